#include "run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <vector>

#include "core/error.h"
#include "core/event.h"
#include "core/file.h"

namespace bakeoff {
namespace {

namespace fs = std::filesystem;

std::string make_id(const std::string& name) {
  std::string time = utc_now();
  std::erase_if(time, [](char c) { return c == '-' || c == ':' || c == '.'; });
  return name + "-" + time + "-" + std::to_string(getpid());
}

void check_id(const std::string& id) {
  const bool plain =
      !id.empty() && id[0] != '.' && id.size() <= 200 &&
      id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == std::string::npos;
  if (!plain)
    throw SpecError("run id: expected up to 200 letters, digits, '.', '_' and '-', not beginning with a dot, got '" +
                    id + "'");
}

// Between open() and flock() its last holder may have unlinked the file: a lock on a file of no name keeps nobody out.
bool has_its_name(int file, const std::string& path) {
  struct stat opened {
  }, named{};
  return fstat(file, &opened) == 0 && stat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

int take_lock(const std::string& path) {
  for (;;) {
    const int file = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
    if (file < 0) throw_file_error("write", path, errno);
    const int code = flock(file, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
    if (code == 0 && has_its_name(file, path)) return file;
    close(file);
    if (code == EWOULDBLOCK) break;
    if (code != 0) throw_file_error("lock", path, code);
  }
  throw RetryableError("run folder: another process is working on this run id (it holds " + path +
                       "); wait for it, or use another --run-id");
}

// What write_file() was writing when its process was killed; the lock says that nobody is writing now.
void remove_unfinished_files(const std::string& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".part" && it->is_regular_file(error)) found.push_back(it->path());
  for (const fs::path& file : found) fs::remove(file, error);
}

}  // namespace

RunFolder::RunFolder(const std::string& out, const std::string& id, const std::string& name)
    : out_(fs::absolute(out).lexically_normal().string()), id_(id.empty() ? make_id(name) : id) {
  check_id(id_);
  make_folder(out_);
  if (fs::exists(target()) && !finished())
    throw SpecError(target() + ": is there, and no run folder (it has no decision.json); use another --run-id");
  lock_ = take_lock(out_ + "/." + id_ + ".lock");
}

RunFolder::~RunFolder() {
  if (lock_ < 0) return;
  // Unlinked while still held: see has_its_name().
  unlink((out_ + "/." + id_ + ".lock").c_str());
  close(lock_);
}

bool RunFolder::finished() const { return fs::exists(target() + "/decision.json"); }
std::string RunFolder::target() const { return out_ + "/" + id_; }
std::string RunFolder::aside() const { return out_ + "/." + id_ + ".partial"; }

void RunFolder::claim(const RunIdentity& identity) {
  if (!finished()) remove_unfinished_files(aside());
  const std::string file = path("identity.json");
  if (fs::exists(file)) {
    const Json before = parse_json(read_file(file), file);
    for (const auto& [key, now, what] :
         {std::tuple{"spec", identity.spec_hash, "another spec"}, {"data", identity.data_hash, "other data"}})
      if (before.value(key, "") != now)
        throw SpecError("run id '" + id_ + "' was used before with " + what + " (" +
                        before.value(key, "?").substr(0, 12) + ", now " + now.substr(0, 12) +
                        "); use another --run-id");
    return;
  }
  make_folder(aside());
  write_file(file, json_pretty({{"spec", identity.spec_hash}, {"data", identity.data_hash}}));
}

void RunFolder::publish() { publish_folder(aside(), target()); }

}  // namespace bakeoff
