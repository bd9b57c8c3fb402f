// What a run says while it runs: one JSON object a line, for files, terminals and orchestrators alike.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace bakeoff {

// Fields keep the order in which they were written.
using Json = nlohmann::ordered_json;

// Thread-safe. Without a file and listeners it is silent, and costs next to nothing.
class EventSink {
 public:
  // Called in the order of the events, one at a time; must not emit events itself. What it throws reaches the emitter.
  using Listener = std::function<void(const Json& event)>;

  EventSink() = default;
  ~EventSink();
  EventSink(const EventSink&) = delete;
  EventSink& operator=(const EventSink&) = delete;

  // From now on events are appended to this file, a line each, flushed line by line. A last line that a killed process
  // left unfinished is closed first. Errors as write_file's.
  void open(const std::string& path);
  void listen(Listener listener);

  // {"time": "2013-07-29T04:00:00.123Z", "event": event, ...fields}; `fields` is an object or null.
  void emit(const std::string& event, const Json& fields = nullptr);
  // {"time", "event": "progress", "stage", "done", "total"}. Listeners hear all; the file keeps one a second and stage,
  // and the last one (done == total).
  void progress(const std::string& stage, std::int64_t done, std::int64_t total);

 private:
  void deliver(const Json& event, bool to_file);

  std::mutex mutex_;
  int file_ = -1;
  std::string path_;
  std::vector<Listener> listeners_;
  std::map<std::string, std::chrono::steady_clock::time_point> last_progress_;
};

// Now, ISO 8601 in UTC with milliseconds: "2013-07-29T04:00:00.123Z".
std::string utc_now();

}  // namespace bakeoff
