#include "ingest/calendar.h"

#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <fstream>

#include "core/error.h"
#include "core/text.h"

// ptz.h 3.0.1 says hh_mm_ss where C++20 has one in std::chrono too.
namespace date {
template <class Duration>
using date_hh_mm_ss = hh_mm_ss<Duration>;
}
#define hh_mm_ss date_hh_mm_ss
#include <date/ptz.h>
#undef hh_mm_ss

namespace bakeoff {
namespace {

using std::chrono::microseconds;

Micros micros(date::sys_seconds time) {
  return std::chrono::duration_cast<microseconds>(time.time_since_epoch()).count();
}

const date::time_zone* find_zone(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    std::vector<std::string> known;
    try {
      for (const date::time_zone& zone : date::get_tzdb().zones) known.push_back(zone.name());
    } catch (const std::exception&) {
      throw SpecError("zone '" + printable(name) + "': this machine has no time zones; install the package tzdata");
    }
    const std::string near = nearest(name, known);
    throw SpecError("zone: expected an IANA name such as America/New_York or UTC, got '" + printable(name) + "'" +
                    (near.empty() ? "" : "; did you mean '" + near + "'?"));
  }
}

// Years that the calendar of `date` can name; beyond them the offset of the nearest stays.
constexpr Micros kFirst = -30000LL * 366 * kDay, kLast = 30000LL * 365 * kDay;

// The last line of a zone's file says how summer time goes on (RFC 9636, the footer). The library stops at the last
// change in the file: 2037 where tzdata was made "fat", as Debian's is, but 2007 for New York where it was made "slim".
std::shared_ptr<const Posix::time_zone> find_rule(const std::string& zone) {
  std::ifstream file("/usr/share/zoneinfo/" + zone, std::ios::binary);
  std::string line, last;
  while (std::getline(file, line)) last = line;
  if (last.find(',') == std::string::npos) return nullptr;
  try {
    return std::make_shared<const Posix::time_zone>(last);
  } catch (const std::exception&) {
    return nullptr;  // hours below 0, which ptz.h 3.0.1 can't read (Nuuk): summer time ends in 2037
  }
}

}  // namespace

ZoneClock::ZoneClock(const std::string& zone) : zone_(find_zone(zone)), rule_(find_rule(zone)) {}

ZoneClock::Stretch ZoneClock::stretch(Micros utc) const {
  const date::sys_seconds asked(std::chrono::seconds(floor_div(std::clamp(utc, kFirst, kLast), kSecond)));
  auto info = zone_->get_info(asked);
  if (rule_ && micros(info.end) > kLast) {
    const auto listed = info.begin;
    info = rule_->get_info(asked);
    info.begin = std::max(info.begin, listed);
  }
  const Micros offset = info.offset.count() * kSecond;
  if (utc < kFirst) return {std::numeric_limits<Micros>::min(), kFirst, offset};
  if (utc >= kLast) return {kLast, std::numeric_limits<Micros>::max(), offset};
  return {micros(info.begin), micros(info.end), offset};
}

Micros ZoneClock::local(Micros utc) {
  if (utc < now_.begin || utc >= now_.end) now_ = stretch(utc);
  return utc + now_.offset;
}

Micros ZoneClock::day_start(std::int64_t day) {
  if (day == day_) return day_start_;
  day_ = day;
  const auto known = days_.find(day);
  if (known != days_.end()) return day_start_ = known->second;
  // The first instant whose local time is midnight or later. No zone is 36 hours from UTC.
  const Micros midnight = day * kDay;
  Stretch now = stretch(midnight - 36 * kDay / 24);
  while (midnight - now.offset >= now.end) now = stretch(now.end);
  day_start_ = std::max(midnight - now.offset, now.begin);
  days_.emplace(day, day_start_);
  return day_start_;
}

Micros ZoneClock::period_start(Micros utc, Micros every) {
  if (every <= 0 || (every % kDay != 0 && kDay % every != 0))
    throw SpecError(
        "every: expected a whole number of days or a part of a day that divides it (1d, 7d, 1h, 15m), got " +
        shortest(static_cast<double>(every) / kSecond) + " seconds");
  const std::int64_t day = floor_div(local(utc), kDay);
  if (every < kDay) {
    const Micros midnight = day_start(day);
    return midnight + floor_div(utc - midnight, every) * every;
  }
  constexpr std::int64_t kMonday = 4;  // 1970-01-05
  const std::int64_t days = every / kDay;
  return day_start(kMonday + floor_div(day - kMonday, days) * days);
}

}  // namespace bakeoff
