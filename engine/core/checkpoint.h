// What a long computation has found out, kept on disk, so that a process that was killed needn't find it out again.
#pragma once
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/event.h"
#include "core/types.h"

namespace bakeoff {

// Answers by question. A question's text has to name everything that its answer depends on (inputs by their
// Fingerprint), apart from the identity, which holds for all: so an answer is only ever used where computing it again
// would give the same bytes, and whoever asks in the same order walks the same way through a computation, killed or
// not. No state of a solver is stored, and none can be stored wrongly.
//
// Answers wait in memory and are written every so often, as a new file in the folder, aside and then renamed; old files
// are never changed. A file of another identity or version, and an answer with a damaged byte, count as unknown, with
// an event "checkpoint_ignored". Where writing fails the computation goes on (event "checkpoint_failed").
class Checkpoint {
 public:
  struct Options {
    std::string folder;
    std::string identity;                 // of spec, data, program: what was found out under another one is of no use
    Micros every = 30 * kSecond;          // 0: after each answer
    std::size_t most_pending = 64 << 20;  // bytes that wait in memory; beyond it they are written at once
  };
  // Reads the folder; an event "resumed" says how much was kept.
  Checkpoint(Options options, EventSink& events);
  // Writes what waits, whatever ended the computation, unless it was closed.
  ~Checkpoint();
  Checkpoint(const Checkpoint&) = delete;
  Checkpoint& operator=(const Checkpoint&) = delete;

  // All of them from any thread. find() adds what the answer has cost to seconds_found().
  std::optional<std::string> find(const std::string& question);
  void keep(const std::string& question, std::string answer, double seconds);
  // Questions that begin like this won't be asked again.
  void forget(const std::string& beginning);
  void save();
  // The computation is finished: nothing is written from now on.
  void close();

  double seconds_found() const;
  // What the processes before this one had spent when they wrote for the last time.
  double seconds_before() const { return before_; }

 private:
  struct Place {  // of an answer: pending, or in a file
    std::string file;
    std::size_t at = 0, size = 0;
    double seconds = 0;
    std::string fingerprint, pending;
  };
  using Places = std::map<std::string, Place>;

  void read(const std::string& file);
  std::optional<std::string> answer(const Place& place) const;
  void ignore(const std::string& file, const std::string& reason);
  void write();
  void save_locked();
  void drop(Places::iterator place);
  double elapsed() const;

  mutable std::mutex mutex_;
  Options options_;
  EventSink& events_;
  Places places_;
  std::map<std::string, int> answers_in_;  // by file; a file without any is removed
  std::size_t pending_ = 0;                // bytes
  int next_file_ = 0;
  bool closed_ = false, failing_ = false;
  double before_ = 0, found_ = 0;
  std::chrono::steady_clock::time_point start_, saved_;
};

// A part of a computation, with questions of its own; without a checkpoint nothing is found and nothing kept.
struct CheckpointSection {
  Checkpoint* checkpoint = nullptr;
  std::string name;

  explicit operator bool() const { return checkpoint != nullptr; }
  std::string question(const std::string& what, const std::string& fingerprint) const {
    return name + "/" + what + "/" + fingerprint;
  }
  void forget(const std::string& what) const {
    if (checkpoint) checkpoint->forget(name + "/" + what + "/");
  }
};

}  // namespace bakeoff
