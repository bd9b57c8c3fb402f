#include "core/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "core/error.h"

namespace bakeoff {
namespace {

namespace fs = std::filesystem;

// An open file descriptor, closed on every way out.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

// Flushes a file or a folder (its entries). Some file systems refuse to flush folders; that isn't the caller's concern.
void flush(const std::string& path, bool folder) {
  const Descriptor file(path, folder ? O_RDONLY | O_DIRECTORY : O_RDONLY);
  if (!file.ok()) throw_file_error("flush", path, errno);
  if (::fsync(file.get()) != 0 && !(folder && (errno == EINVAL || errno == EROFS)))
    throw_file_error("flush", path, errno);
}

std::string parent(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// Beside the target, so that the rename stays on one file system; unique to this process and call.
std::string aside_name(const std::string& path) {
  static std::atomic<unsigned> counter{0};
  return path + "." + std::to_string(::getpid()) + "." + std::to_string(counter++) + ".part";
}

void write_all(const Descriptor& file, const std::string& path, std::string_view bytes) {
  if (!file.ok()) throw_file_error("write", path, errno);
  while (!bytes.empty()) {
    const ssize_t n = ::write(file.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_file_error("write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void write_aside(const std::string& aside, const std::string& path, std::string_view bytes) {
  const Descriptor file(aside, O_WRONLY | O_CREAT | O_EXCL);
  write_all(file, path, bytes);
  if (::fsync(file.get()) != 0) throw_file_error("write", path, errno);
}

// A terminal, a pipe, /dev/null: a rename would put a file in its place (as root, of /dev/null for everybody).
bool is_a_device(const std::string& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  return fs::is_character_file(status) || fs::is_fifo(status) || fs::is_socket(status) || fs::is_block_file(status);
}

}  // namespace

void throw_file_error(const std::string& action, const std::string& path, int code) {
  const std::string what = "cannot " + action + " '" + path + "': " + std::strerror(code);
  switch (code) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      throw RetryableError(what + "; free some space and run again");
    case EIO:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ESTALE:
    case EAGAIN:
      throw RetryableError(what + "; run again");
    case EACCES:
    case EPERM:
      throw SpecError(what + "; give this user the right, or name another path");
    case EROFS:
      throw SpecError(what + "; name a path that can be written");
    case ENOENT:
      throw SpecError(what + "; check the path (relative paths start at the working directory)");
    default:
      throw SpecError(what + "; check the path");
  }
}

void read_blocks(const std::string& path, const std::function<void(std::string_view)>& take) {
  const Descriptor file(path, O_RDONLY);
  if (!file.ok()) throw_file_error("read", path, errno);
  std::string block(1 << 20, '\0');
  for (;;) {
    const ssize_t n = ::read(file.get(), block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_file_error("read", path, errno);
    if (n == 0) return;
    take(std::string_view(block.data(), static_cast<std::size_t>(n)));
  }
}

std::string read_file(const std::string& path, std::size_t limit) {
  std::string bytes;
  read_blocks(path, [&](std::string_view block) {
    if (limit > 0 && bytes.size() + block.size() > limit)
      throw SpecError("'" + path + "' is larger than " + std::to_string(limit) +
                      " bytes, the most that is read here; is it the right file?");
    bytes += block;
  });
  return bytes;
}

void make_folder(const std::string& path) {
  if (path.empty()) return;
  std::error_code error;
  fs::create_directories(path, error);
  if (error) throw_file_error("make the folder", path, error.value());
  if (!fs::is_directory(path, error)) throw_file_error("make the folder", path, ENOTDIR);
}

void write_file(const std::string& path, std::string_view bytes) {
  if (is_a_device(path)) return write_all(Descriptor(path, O_WRONLY), path, bytes);
  make_folder(fs::path(path).parent_path().string());
  const std::string aside = aside_name(path);
  try {
    write_aside(aside, path, bytes);
    if (::rename(aside.c_str(), path.c_str()) != 0) throw_file_error("write", path, errno);
  } catch (...) {
    ::unlink(aside.c_str());
    throw;
  }
  flush(parent(path), true);
}

void publish_folder(const std::string& aside, const std::string& target) {
  std::error_code error;
  for (fs::recursive_directory_iterator it(aside, error), end; !error && it != end; it.increment(error))
    if (it->is_directory() || it->is_regular_file()) flush(it->path().string(), it->is_directory());
  if (error) throw_file_error("read", aside, error.value());
  flush(aside, true);
  make_folder(fs::path(target).parent_path().string());
  int failed = ::renameat2(AT_FDCWD, aside.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE);
  // A file system without RENAME_NOREPLACE: rename() still refuses a folder that has something in it.
  if (failed != 0 && (errno == EINVAL || errno == ENOSYS)) failed = ::rename(aside.c_str(), target.c_str());
  if (failed != 0 && (errno == EEXIST || errno == ENOTEMPTY))
    throw SpecError("'" + target + "' exists already; name another folder or remove it");
  if (failed != 0) throw_file_error("write", target, errno);
  flush(parent(target), true);
}

}  // namespace bakeoff
