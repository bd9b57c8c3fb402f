#include "cli/exit_code.h"

#include <new>
#include <sstream>
#include <string>

#include "cli/signals.h"
#include "core/error.h"
#include "kernels/launch.h"

namespace bakeoff::cli {
namespace {

int say(std::ostream& out, const std::string& text, int exit_code) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) out << "error: " << line << "\n";
  return exit_code;
}

}  // namespace

int report_error(std::ostream& out) {
  try {
    throw;
  } catch (const SpecError& error) {
    return say(out, error.what(), kBadSpec);
  } catch (const DataError& error) {
    return say(out, error.what(), kBadData);
  } catch (const PromotionConflict& error) {
    return say(out, error.what(), kConflict);
  } catch (const RetryableError& error) {
    return say(out, error.what(), kRetry);
  } catch (const Interrupted& error) {
    const int signal = stop_signal();
    return say(out, error.what(), signal != 0 ? 128 + signal : static_cast<int>(kStopped));
  } catch (const Error& error) {
    return say(out, error.what(), kBug);
  } catch (const kernels::DeviceError& error) {
    return say(out, error.what(), error.retryable() ? kRetry : kBug);
  } catch (const std::bad_alloc&) {
    return say(out, "out of memory: use a machine with more, or fewer candidates, rows or resamples", kRetry);
  } catch (const std::exception& error) {
    return say(out, std::string("unexpected: ") + error.what() + "; this is a bug in Bakeoff, please report it", kBug);
  }
}

}  // namespace bakeoff::cli
