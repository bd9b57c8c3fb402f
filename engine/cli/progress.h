// What a person sees while a command works: a bar on a terminal, one line an event otherwise.
#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <ostream>
#include <string>

#include "core/event.h"

namespace bakeoff::cli {

class Progress {
 public:
  // `terminal`: `out` is one, so that a line may be written over.
  Progress(std::ostream& out, bool terminal) : out_(out), terminal_(terminal) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const Json& event);

 private:
  void bar(const Json& event);
  void line(const Json& event);
  void clear();

  std::ostream& out_;
  bool terminal_;
  bool bar_shown_ = false;
  std::map<std::string, std::chrono::steady_clock::time_point> last_;
};

// Shows the events of `events` on stderr for as long as the result lives; nothing if `quiet`.
std::unique_ptr<Progress> show_progress(EventSink& events, bool quiet);

}  // namespace bakeoff::cli
