#include "cli/progress.h"

#include <unistd.h>

#include <iostream>

#include "core/json_text.h"
#include "core/text.h"

namespace bakeoff::cli {
namespace {

constexpr int kBarWidth = 30;
// A bar is redrawn often enough to look alive; a log gets a line every ten seconds and stage.
constexpr std::chrono::milliseconds kRedraw{100}, kLogLine{10'000};

std::string plain(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return shortest(value.get<double>());
  if (!value.is_array()) return json_line(value);
  std::vector<std::string> parts;
  for (const Json& entry : value) parts.push_back(plain(entry));
  return join(parts, "; ");
}

}  // namespace

void Progress::show(const Json& event) {
  if (event.at("event") == "progress") {
    bar(event);
  } else {
    clear();
    line(event);
  }
}

void Progress::bar(const Json& event) {
  const std::string stage = event.at("stage");
  const auto done = event.at("done").get<std::int64_t>(), total = event.at("total").get<std::int64_t>();
  const auto now = std::chrono::steady_clock::now();
  const auto last = last_.find(stage);
  if (done < total && last != last_.end() && now - last->second < (terminal_ ? kRedraw : kLogLine)) return;
  last_[stage] = now;
  if (!terminal_) return line(event);
  const double share = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 1;
  const int filled = static_cast<int>(share * kBarWidth);
  out_ << "\r\x1b[K" << stage << " [" << std::string(filled, '#') << std::string(kBarWidth - filled, '-') << "] "
       << done << "/" << total << std::flush;
  bar_shown_ = true;
}

void Progress::line(const Json& event) {
  std::string text = terminal_ ? "" : plain(event.at("time")) + " ";
  text += plain(event.at("event"));
  for (const auto& [name, value] : event.items())
    if (name != "time" && name != "event") text += " " + name + "=" + plain(value);
  out_ << printable(text, 2000) << "\n" << std::flush;
}

void Progress::clear() {
  if (bar_shown_) out_ << "\r\x1b[K" << std::flush;
  bar_shown_ = false;
}

std::unique_ptr<Progress> show_progress(EventSink& events, bool quiet) {
  if (quiet) return nullptr;
  auto progress = std::make_unique<Progress>(std::cerr, ::isatty(STDERR_FILENO) == 1);
  events.listen([shown = progress.get()](const Json& event) { shown->show(event); });
  return progress;
}

}  // namespace bakeoff::cli
