#include "core/checkpoint.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/json_text.h"

namespace bakeoff {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr const char* kEnding = ".checkpoint";
// A file: the fingerprint of its second line; that line, JSON; the answers, one after another.
constexpr int kFormat = 1;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string fingerprint_of(std::string_view bytes) { return Fingerprint().add(bytes).text(); }

// The second line, if the first one vouches for it; null otherwise.
Json read_header(std::ifstream& file) {
  std::string fingerprint, line;
  if (!std::getline(file, fingerprint) || !std::getline(file, line) || fingerprint != fingerprint_of(line)) return {};
  return parse_json(line, "checkpoint");
}

std::string file_name(int number) {
  char text[32];
  std::snprintf(text, sizeof text, "%06d%s", number, kEnding);
  return text;
}

}  // namespace

Checkpoint::Checkpoint(Options options, EventSink& events)
    : options_(std::move(options)), events_(events), start_(Clock::now()), saved_(start_) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator it(options_.folder, error), end; !error && it != end; it.increment(error))
    files.push_back(it->path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    if (file.extension() == kEnding) read(file.string());
    if (file.extension() == ".part") fs::remove(file, error);  // it was being written when its process was killed
  }
  if (places_.empty()) return;
  double seconds = 0;
  std::size_t bytes = 0;
  for (const auto& [question, place] : places_) {
    seconds += place.seconds;
    bytes += place.size;
  }
  events_.emit("resumed", {{"answers", places_.size()}, {"bytes", bytes}, {"seconds_kept", seconds}});
}

Checkpoint::~Checkpoint() {
  try {
    save();
  } catch (...) {  // a listener's: there is nobody left to tell
  }
}

void Checkpoint::ignore(const std::string& file, const std::string& reason) {
  events_.emit("checkpoint_ignored", {{"file", file}, {"reason", reason}});
}

void Checkpoint::read(const std::string& path) {
  next_file_ = std::max(next_file_, std::atoi(fs::path(path).filename().c_str()) + 1);
  std::string reason;
  try {
    std::ifstream file(path, std::ios::binary);
    const Json header = read_header(file);
    if (header.is_null() || header.at("format") != kFormat) {
      reason = "damaged, or of another version";
    } else if (header.at("identity") != options_.identity) {
      reason = "of another run: its spec, data or program are not these";
    } else {
      std::size_t at = static_cast<std::size_t>(file.tellg());
      Places found;
      for (const Json& each : header.at("answers")) {
        const Place place{path, at, each.at("size"), each.at("seconds"), each.at("fingerprint"), {}};
        found[each.at("question")] = place;
        at += place.size;
      }
      if (fs::file_size(path) != at) throw DataError("truncated");
      for (auto& [question, place] : found)
        if (places_.emplace(question, place).second) ++answers_in_[path];
      before_ = std::max(before_, header.at("elapsed").get<double>());
    }
  } catch (const std::exception& error) {
    reason = error.what();
  }
  if (reason.empty()) return;
  ignore(path, reason);
  std::error_code ignored;
  fs::remove(path, ignored);
}

std::optional<std::string> Checkpoint::answer(const Place& place) const {
  if (place.file.empty()) return place.pending;
  std::string bytes(place.size, '\0');
  std::ifstream file(place.file, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(place.at));
  if (!file.read(bytes.data(), static_cast<std::streamsize>(place.size)) || fingerprint_of(bytes) != place.fingerprint)
    return std::nullopt;
  return bytes;
}

std::optional<std::string> Checkpoint::find(const std::string& question) {
  const std::lock_guard lock(mutex_);
  const auto at = places_.find(question);
  if (at == places_.end()) return std::nullopt;
  std::optional<std::string> bytes = answer(at->second);
  if (bytes) {
    found_ += at->second.seconds;
  } else {
    ignore(at->second.file, "damaged: " + question + " is computed again");
    drop(at);
  }
  return bytes;
}

void Checkpoint::keep(const std::string& question, std::string answer, double seconds) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  const auto before = places_.find(question);
  if (before != places_.end()) drop(before);
  pending_ += answer.size();
  Place place;
  place.size = answer.size();
  place.seconds = seconds;
  place.pending = std::move(answer);
  places_.emplace(question, std::move(place));
  if (seconds_since(saved_) * kSecond >= static_cast<double>(options_.every) || pending_ >= options_.most_pending)
    save_locked();
}

void Checkpoint::drop(Places::iterator at) {
  const Place& place = at->second;
  if (place.file.empty()) {
    pending_ -= place.size;
  } else if (--answers_in_[place.file] == 0) {
    std::error_code ignored;
    fs::remove(place.file, ignored);
    answers_in_.erase(place.file);
  }
  places_.erase(at);
}

void Checkpoint::forget(const std::string& beginning) {
  const std::lock_guard lock(mutex_);
  const auto drop_all = [&](bool pending) {
    bool others = false;
    for (auto at = places_.lower_bound(beginning); at != places_.end() && at->first.starts_with(beginning);) {
      const auto next = std::next(at);
      if (at->second.file.empty() == pending)
        drop(at);
      else
        others = true;
      at = next;
    }
    return others;
  };
  if (!drop_all(true)) return;
  save_locked();  // what makes them superfluous must be on the disk before they go
  if (pending_ == 0) drop_all(false);
}

void Checkpoint::save() {
  const std::lock_guard lock(mutex_);
  save_locked();
}

// A disk that is full now may have room later, so that what waits goes on waiting; too much of it is let go.
void Checkpoint::save_locked() {
  if (closed_ || pending_ == 0) return;
  saved_ = Clock::now();
  const std::size_t bytes = pending_;
  try {
    write();
  } catch (const std::exception& error) {
    if (!failing_) events_.emit("checkpoint_failed", {{"reason", error.what()}});
    failing_ = true;
    for (auto at = places_.begin(); pending_ >= options_.most_pending && at != places_.end();) {
      const auto next = std::next(at);
      if (at->second.file.empty()) drop(at);
      at = next;
    }
    return;
  }
  failing_ = false;
  events_.emit("checkpoint", {{"bytes", bytes}});
}

void Checkpoint::write() {
  const std::string path = options_.folder + "/" + file_name(next_file_);
  std::string payload;
  Json answers = Json::array();
  std::vector<Place*> written;
  for (auto& [question, place] : places_) {
    if (!place.file.empty()) continue;
    place.at = payload.size();
    place.fingerprint = fingerprint_of(place.pending);
    payload += place.pending;
    answers.push_back(
        {{"question", question}, {"size", place.size}, {"seconds", place.seconds}, {"fingerprint", place.fingerprint}});
    written.push_back(&place);
  }
  const std::string header = json_line(
      {{"format", kFormat}, {"identity", options_.identity}, {"elapsed", elapsed()}, {"answers", std::move(answers)}});
  const std::string head = fingerprint_of(header) + "\n" + header + "\n";
  write_file(path, head + payload);
  ++next_file_;
  pending_ = 0;
  for (Place* place : written) {
    place->file = path;
    place->at += head.size();
    place->pending = {};
    ++answers_in_[path];
  }
}

void Checkpoint::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

double Checkpoint::elapsed() const { return before_ + seconds_since(start_); }

double Checkpoint::seconds_found() const {
  const std::lock_guard lock(mutex_);
  return found_;
}

}  // namespace bakeoff
