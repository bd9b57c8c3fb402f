// The folder of one run: written aside under a lock, then renamed; made again, it comes to the same end.
#pragma once
#include <optional>
#include <string>

#include "core/json_text.h"

namespace bakeoff {

// What a run id stands for: the same id with another spec or other data is a SpecError.
struct RunIdentity {
  std::string spec_hash, data_hash;
};

class RunFolder {
 public:
  // Takes the lock of out/id; RetryableError if another process holds it. An empty id is made from `name` and the time.
  // SpecError if out/id is there and no run's.
  RunFolder(const std::string& out, const std::string& id, const std::string& name);
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  const std::string& id() const { return id_; }
  bool finished() const;       // out/id is there, a run's
  std::string target() const;  // out/id, absolute
  std::string aside() const;   // out/.id.partial
  std::string path(const std::string& file) const { return (finished() ? target() : aside()) + "/" + file; }

  // SpecError unless the id was used with the same spec and data before, or is new.
  void claim(const RunIdentity& identity);
  void publish();

 private:
  std::string out_, id_;
  int lock_ = -1;
};

}  // namespace bakeoff
