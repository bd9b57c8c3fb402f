// Models and champions in SQLite (WAL): compare-and-set promotion, append-only history.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/types.h"

struct sqlite3;

namespace bakeoff {

struct RegisteredModel {
  std::int64_t version = 0;  // 1, 2, ... within a name
  std::string name;          // of the registry entry, e.g. "flights-late"
  std::string kind;          // "bakeoff" (a model folder) | "onnx" (a file) | "scores" (a column of logged scores)
  std::string location;      // absolute path of the folder or file, or the name of the column
  std::string sha256;        // of the content (core/hash.h); empty for scores
  std::string metadata;      // JSON: run id, candidate, metrics, spec hash, data hash, versions
  std::string created;       // ISO 8601 UTC, set by add()
};
struct HistoryEntry {
  std::int64_t id = 0;
  std::string name, action;  // "register" | "promote" | "rollback"
  std::int64_t version = 0;
  std::optional<std::int64_t> previous;  // the champion before; empty for "register"
  std::string run_id, reason, at;
};

// One object serves one thread at a time; any number of processes may hold the same file open. Every call is one
// transaction. Errors, beside those named below: RetryableError when the file is busy for 30 s, the disk is full or
// fails; SpecError when the file or its folder can't be opened or written; DataError when it is damaged or is no
// registry.
class Registry {
 public:
  // Created if missing (its folder must exist). A file without write permission can still be read.
  explicit Registry(const std::string& path);
  ~Registry();
  Registry(Registry&&) noexcept;
  Registry& operator=(Registry&&) noexcept;

  // Paths below the registry's folder are kept relative to it, so that both can be moved together. An empty sha256 is
  // computed; an empty metadata is "{}". Registering the same content (kind, location, sha256, metadata) by the same
  // run again returns its version. SpecError for an unknown kind, an empty name or location, or metadata that is no
  // JSON object.
  RegisteredModel add(const RegisteredModel& model, const std::string& run_id = "");
  std::vector<RegisteredModel> list(const std::string& name = "") const;
  RegisteredModel get(const std::string& name, std::int64_t version) const;  // SpecError if there is none
  std::optional<RegisteredModel> champion(const std::string& name) const;
  std::vector<HistoryEntry> history(const std::string& name) const;

  // Compare-and-set: throws PromotionConflict unless the champion is `expected` (nullopt: none yet).
  // Idempotent by run id: a run that has promoted this version already returns quietly, whatever happened since.
  // Promoting the champion itself changes nothing.
  void promote(const std::string& name, std::int64_t version, std::optional<std::int64_t> expected,
               const std::string& run_id, const std::string& reason);
  // Back to the champion before the present one (further back when repeated); SpecError if there was none. With
  // `expected`, PromotionConflict unless that is the champion: whoever promoted meanwhile is not rolled back by
  // mistake.
  RegisteredModel rollback(const std::string& name, const std::string& reason,
                           std::optional<std::int64_t> expected = std::nullopt);

  // What is wrong, one line each; empty if nothing is. Checks the file's own structure, that each champion is what its
  // history replays to, that each model was registered once, and the sha256 of every registered folder and file.
  std::vector<std::string> verify() const;

 private:
  struct Close {
    void operator()(sqlite3* db) const;
  };
  std::string stored_location(const std::string& kind, const std::string& location) const;
  std::string full_location(const std::string& kind, const std::string& stored) const;

  std::unique_ptr<sqlite3, Close> db_;
  std::string folder_;  // of the registry file, absolute
};

}  // namespace bakeoff
