// The checkpoint of fits of arrays: what a killed fit or search has found out.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/checkpoint.h"
#include "train/array_fit.h"

namespace bakeoff {

class ArrayMemory {
 public:
  struct Options {
    std::string folder;  // rows of a kind have a folder in it, named after them, so that the rungs of a search share it
    std::string program;  // its version: what another one has found out is not used
    Micros every = 30 * kSecond;
  };
  // Reads all of the input once, for its fingerprint.
  ArrayMemory(const Options& options, const Execution& execution, const ArrayInput& input, const std::string& family);

  CheckpointSection section() { return {checkpoint_.get(), "fit"}; }
  const std::string& folder() const { return folder_; }                   // of these rows
  const std::vector<std::string>& warnings() const { return warnings_; }  // what was ignored or could not be written

 private:
  std::string folder_;
  std::vector<std::string> warnings_;
  EventSink events_;
  std::unique_ptr<Checkpoint> checkpoint_;  // after what it tells
};

}  // namespace bakeoff
