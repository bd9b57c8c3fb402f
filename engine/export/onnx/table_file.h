// Tables and scores as Arrow IPC files, between us and ONNX Runtime's process.
#pragma once
#include <string>
#include <vector>

#include "ingest/dataset.h"

namespace bakeoff {

// Batches of 65,536 rows. Numbers as float64 (int64 where only that is exact), text as dictionary, times as UTC
// microseconds; missing values are nulls.
void write_table_file(const Dataset& data, const std::string& path);

struct ScoreFile {
  std::vector<float> scores;
  std::string judge;
};
ScoreFile read_score_file(const std::string& path);

}  // namespace bakeoff
