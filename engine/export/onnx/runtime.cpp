#include "export/onnx/runtime.h"

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <mutex>

#include "core/error.h"
#include "core/text.h"
#include "export/onnx/table_file.h"
#include "export/process.h"
#include "ingest/feature.h"

namespace bakeoff {
namespace fs = std::filesystem;
namespace {

constexpr int kDoesNotFit = 3;        // exit code of `python -m bakeoff.onnx`
constexpr double kProbeSeconds = 60;  // a cold start from a network disk
// -P: a file called numpy.py in the working directory is not numpy.
constexpr const char* kProbe =
    "import importlib.util as u, sys; "
    "missing = [n for n in ('onnxruntime', 'pyarrow', 'numpy', 'bakeoff') if u.find_spec(n) is None]; "
    "print('it has no ' + ' and no '.join(missing)) if missing else None; sys.exit(bool(missing))";

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::error_code error;
    std::string pattern = (fs::temp_directory_path(error) / "bakeoff-onnx-XXXXXX").string();
    if (error || !::mkdtemp(pattern.data()))
      throw RetryableError("can't make a folder for temporary files (" + pattern + "); free space there or set TMPDIR");
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::vector<std::string> candidates(const std::string& chosen) {
  if (!chosen.empty()) return {chosen};
  std::vector<std::string> paths;
  std::error_code error;
  const fs::path beside = fs::read_symlink("/proc/self/exe", error).parent_path() / "python";
  if (!error && ::access(beside.c_str(), X_OK) == 0) paths.push_back(beside.string());
  paths.push_back("python3");
  return paths;
}

OnnxInterpreter search(const Execution& execution, const std::string& chosen) {
  std::vector<std::string> reasons;
  for (const auto& path : candidates(chosen)) {
    const auto probe = run_process(execution, {path, "-P", "-c", kProbe}, kProbeSeconds);
    if (probe.failure.empty()) return {path, ""};
    reasons.push_back(path + ": " + printable(probe.output.empty() ? probe.failure : probe.output, 200));
  }
  return {"", "no Python with onnxruntime and bakeoff was found (" + join(reasons, "; ") +
                  "); install them and set BAKEOFF_PYTHON to that Python"};
}

// The last line that isn't empty: where Python's errors say what happened.
std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of(" \n\r\t");
  if (end == std::string::npos) return "";
  const auto begin = text.find_last_of('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1, end - (begin == std::string::npos ? -1 : begin));
}

}  // namespace

OnnxInterpreter find_onnx_interpreter(const Execution& execution) {
  static std::mutex mutex;
  static std::map<std::string, OnnxInterpreter> found;
  const char* variable = ::getenv("BAKEOFF_PYTHON");
  const std::string chosen = variable ? variable : "";
  const std::lock_guard lock(mutex);
  const auto known = found.find(chosen);
  if (known != found.end()) return known->second;
  const auto interpreter = search(execution, chosen);
  if (!interpreter.path.empty()) found.emplace(chosen, interpreter);
  return interpreter;
}

OnnxScores predict_onnx(const Execution& execution, const std::string& file, const Dataset& data,
                        const std::vector<std::string>& columns, double seconds, int outputs) {
  const auto interpreter = find_onnx_interpreter(execution);
  if (interpreter.path.empty()) throw SpecError(file + ": an ONNX model needs ONNX Runtime, but " + interpreter.reason);
  const TemporaryFolder folder;
  write_table_file(data, folder / "table.arrow");
  std::vector<std::string> command = {interpreter.path,
                                      "-P",
                                      "-m",
                                      "bakeoff.onnx",
                                      fs::absolute(file).string(),
                                      folder / "table.arrow",
                                      folder / "scores.arrow",
                                      "--threads=" + std::to_string(execution.threads())};
  if (outputs > 1) command.push_back("--outputs=" + std::to_string(outputs));
  for (const auto& column : columns) command.push_back("--column=" + column);
  const auto process = run_process(execution, command, seconds);
  const std::string said = printable(last_line(process.output), 600);
  if (process.exit_code == kDoesNotFit) throw DataError(file + " on " + data.source() + ": " + said);
  if (!process.failure.empty())
    throw RetryableError(file + ": " + process.failure + (said.empty() ? "" : ": " + said) + "; try `" +
                         interpreter.path + " -m bakeoff.onnx --help`, then run again");
  auto result = read_score_file(folder / "scores.arrow");
  if (static_cast<std::int64_t>(result.scores.size()) != data.rows() * outputs)
    throw RetryableError(file + ": expected " + std::to_string(data.rows() * outputs) + " scores, got " +
                         std::to_string(result.scores.size()) + "; run again");
  return {std::move(result.scores), std::move(result.judge)};
}

Dataset onnx_inputs(const LinearModel& model, const Dataset& data) {
  const auto& parts = model.parts();
  std::vector<Column> columns;
  for (const auto& term : parts.numeric) columns.push_back({term.column, data.numeric(term.column)});
  std::vector<std::string> times;
  for (const auto& term : parts.categorical) {
    const auto part = parse_time_part(term.column);
    if (!part) {
      columns.push_back({term.column, categorical_feature(data, term.column, parts.zone)});
    } else if (std::find(times.begin(), times.end(), part->column) == times.end()) {
      times.push_back(part->column);
      columns.push_back({part->column, data.time(part->column)});
    }
  }
  return Dataset(std::move(columns), data.source());
}

}  // namespace bakeoff
