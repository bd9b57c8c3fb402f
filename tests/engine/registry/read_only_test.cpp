#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "core/error.h"
#include "registry/registry.h"
#include "temporary_folder.h"

namespace bakeoff {
namespace {

namespace fs = std::filesystem;

// Whether `work` succeeds as a user without rights: to root no file is read-only.
bool as_nobody(const std::function<bool()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    bool good = geteuid() != 0 || setuid(65534) == 0;
    try {
      good = good && work();
    } catch (const std::exception& e) {
      fprintf(stderr, "%s\n", e.what());
      good = false;
    }
    _exit(good ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(ReadOnlyRegistry, IsReadWhereItLiesAndRefusesChanges) {
  const TemporaryFolder folder;
  const std::string path = folder / "models #1.db";
  {
    Registry registry(path);
    const auto version = registry.add({0, "m", "scores", "score", "", "", ""}).version;
    registry.promote("m", version, std::nullopt, "", "first");
  }
  fs::permissions(path, fs::perms(0444));
  fs::permissions(folder.path(), fs::perms(0555));
  EXPECT_TRUE(as_nobody([&] {
    Registry registry(path);
    return registry.champion("m")->version == 1 && registry.history("m").size() == 2 && registry.verify().empty();
  }));
  EXPECT_TRUE(as_nobody([&] {
    try {
      Registry(path).add({0, "m", "scores", "other", "", "", ""});
      return false;
    } catch (const SpecError& error) {
      return std::string(error.what()).find("permissions") != std::string::npos;
    }
  }));
  fs::permissions(folder.path(), fs::perms(0755));
  fs::permissions(path, fs::perms(0644));
  EXPECT_EQ(Registry(path).list("m").size(), 1u);
}

}  // namespace
}  // namespace bakeoff
