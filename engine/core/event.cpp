#include "core/event.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ctime>

#include "core/file.h"
#include "core/json_text.h"

namespace bakeoff {
namespace {

bool ends_in_the_middle_of_a_line(int file) {
  const off_t size = ::lseek(file, 0, SEEK_END);
  char last = '\n';
  return size > 0 && ::pread(file, &last, 1, size - 1) == 1 && last != '\n';
}

// One write() a line: with O_APPEND the lines of two processes don't mix.
void append(int file, const std::string& path, const std::string& line) {
  for (std::size_t at = 0; at < line.size();) {
    const ssize_t n = ::write(file, line.data() + at, line.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_file_error("write", path, errno);
    at += static_cast<std::size_t>(n);
  }
}

}  // namespace

EventSink::~EventSink() {
  if (file_ >= 0) ::close(file_);
}

void EventSink::open(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file < 0) throw_file_error("write", path, errno);
  if (file_ >= 0) ::close(file_);
  file_ = file;
  path_ = path;
  if (ends_in_the_middle_of_a_line(file_)) append(file_, path_, "\n");
}

void EventSink::listen(Listener listener) {
  const std::lock_guard lock(mutex_);
  listeners_.push_back(std::move(listener));
}

void EventSink::emit(const std::string& event, const Json& fields) {
  const std::lock_guard lock(mutex_);
  if (file_ < 0 && listeners_.empty()) return;
  Json line = {{"time", utc_now()}, {"event", event}};
  if (fields.is_object()) line.update(fields);
  deliver(line, true);
}

void EventSink::progress(const std::string& stage, std::int64_t done, std::int64_t total) {
  const std::lock_guard lock(mutex_);
  if (file_ < 0 && listeners_.empty()) return;
  const auto now = std::chrono::steady_clock::now();
  const auto last = last_progress_.find(stage);
  const bool to_file = done == total || last == last_progress_.end() || now - last->second >= std::chrono::seconds(1);
  if (to_file) last_progress_[stage] = now;
  deliver({{"time", utc_now()}, {"event", "progress"}, {"stage", stage}, {"done", done}, {"total", total}}, to_file);
}

void EventSink::deliver(const Json& event, bool to_file) {
  if (file_ >= 0 && to_file) append(file_, path_, json_line(event) + "\n");
  for (const Listener& listener : listeners_) listener(event);
}

std::string utc_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  const std::time_t seconds = millis / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[64];
  const std::size_t n = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + n, sizeof text - n, ".%03dZ", static_cast<int>(millis % 1000));
  return text;
}

}  // namespace bakeoff
