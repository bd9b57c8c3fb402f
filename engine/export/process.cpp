#include "export/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "core/error.h"

extern char** environ;

namespace bakeoff {
namespace {

constexpr std::size_t kKept = 8192;
constexpr int kPollMilliseconds = 50;  // how soon a stop is noticed

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0)
      throw RetryableError(std::string("can't make a pipe: ") + std::strerror(errno) + "; close files and run again");
  }
  ~Pipe() {
    close_writer();
    ::close(ends_[0]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void close_writer() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

// The child's files, signals and group; freed on every way out.
class Setup {
 public:
  explicit Setup(int output) {
    posix_spawn_file_actions_init(&files_);
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_addopen(&files_, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files_, output, 1);
    posix_spawn_file_actions_adddup2(&files_, output, 2);
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~Setup() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  Setup(const Setup&) = delete;
  Setup& operator=(const Setup&) = delete;
  const posix_spawn_file_actions_t* files() const { return &files_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

// A child that is killed and waited for unless finish() was called: none outlives the call that made it.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {}
  ~Child() {
    if (id_ <= 0) return;
    ::kill(-id_, SIGKILL);
    wait(0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  // True once it has ended; then status() is what waitpid says.
  bool ended() { return wait(WNOHANG); }
  int status() const { return status_; }

 private:
  bool wait(int flags) {
    if (id_ <= 0) return true;
    pid_t got;
    while ((got = ::waitpid(id_, &status_, flags)) < 0 && errno == EINTR) {
    }
    if (got != 0) id_ = 0;
    return got != 0;
  }
  pid_t id_;
  int status_ = 0;
};

void keep_tail(std::string& text, const char* more, std::size_t size) {
  text.append(more, size);
  if (text.size() > kKept) text.erase(0, text.size() - kKept);
}

bool readable(int fd, int wait_milliseconds) {
  pollfd waiting{fd, POLLIN, 0};
  return ::poll(&waiting, 1, wait_milliseconds) > 0;
}

// Reads a block of what is there. False at the end of the stream.
bool take(int fd, std::string& output) {
  char block[4096];
  const ssize_t n = ::read(fd, block, sizeof block);
  if (n > 0) keep_tail(output, block, static_cast<std::size_t>(n));
  return n > 0 || (n < 0 && errno == EINTR);
}

void describe_end(int status, const std::string& program, ProcessResult& result) {
  if (WIFSIGNALED(status)) {
    result.failure = program + " was killed by signal " + std::to_string(WTERMSIG(status)) + " (" +
                     strsignal(WTERMSIG(status)) + ")";
    return;
  }
  result.exit_code = WEXITSTATUS(status);
  if (result.exit_code != 0) result.failure = program + " ended with code " + std::to_string(result.exit_code);
}

}  // namespace

ProcessResult run_process(const Execution& execution, const std::vector<std::string>& arguments, double seconds) {
  const std::string& program = arguments.at(0);
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  Pipe pipe;
  const Setup setup(pipe.writer());
  ProcessResult result;
  pid_t id = 0;
  const int error = ::posix_spawnp(&id, program.c_str(), setup.files(), setup.attributes(), argv.data(), environ);
  if (error == EAGAIN || error == ENOMEM)
    throw RetryableError("can't start " + program + ": " + std::strerror(error) +
                         "; run again when the machine has room");
  if (error != 0) {
    result.failure = program + " can't be started: " + std::strerror(error);
    return result;
  }
  Child child(id);
  pipe.close_writer();
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  // Until it has ended, not until its output has: a grandchild may keep that open.
  for (bool open = true; !child.ended();) {
    execution.check_stop();
    if (std::chrono::steady_clock::now() > end) {
      result.failure = program + " was stopped after " + std::to_string(static_cast<int>(seconds)) + " s";
      return result;
    }
    if (!open) {
      ::poll(nullptr, 0, kPollMilliseconds / 10);
    } else if (readable(pipe.reader(), kPollMilliseconds)) {
      open = take(pipe.reader(), result.output);
    }
  }
  while (readable(pipe.reader(), 0) && take(pipe.reader(), result.output)) {
  }
  describe_end(child.status(), program, result);
  return result;
}

}  // namespace bakeoff
