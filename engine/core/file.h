// Files that are whole or not there: written aside, flushed to the disk, then renamed.
#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace bakeoff {

// The whole file. SpecError if it can't be read, or is larger than `limit` bytes (0: no limit).
std::string read_file(const std::string& path, std::size_t limit = 0);
// The file in blocks of up to 1 MiB, in order.
void read_blocks(const std::string& path, const std::function<void(std::string_view)>& take);

// Replaces the file in one step: a reader sees the old bytes or the new, whatever happens. Makes missing folders.
void write_file(const std::string& path, std::string_view bytes);

// Flushes every file below `aside` to the disk and gives the folder its name in one step. SpecError if `target` exists.
// Both must lie on one file system.
void publish_folder(const std::string& aside, const std::string& target);
// Makes the folder and its parents; quiet if it is there.
void make_folder(const std::string& path);

// Throws for `code` (an errno): RetryableError where trying again may help (disk full, I/O error, too many open files),
// SpecError where the path must change (not there, not allowed, read-only). `action` is "read", "write", ...
[[noreturn]] void throw_file_error(const std::string& action, const std::string& path, int code);

}  // namespace bakeoff
