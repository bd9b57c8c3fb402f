// Local time in IANA zones.
#pragma once
#include <memory>
#include <string>
#include <unordered_map>

#include "core/types.h"

namespace date {
class time_zone;
}
namespace Posix {
class time_zone;
}

namespace bakeoff {

// A zone's clock. Remembers the stretch between two changes of the clock, and the days it was asked for: 336,776 times
// in order cost a few ms. Not for several threads at once.
class ZoneClock {
 public:
  // `zone`: an IANA name such as America/New_York. SpecError if it is unknown.
  explicit ZoneClock(const std::string& zone);

  // What the zone's wall clock shows, as microseconds since 1970-01-01T00:00 on that clock.
  Micros local(Micros utc);
  // The first instant of a local day, counted from 1970-01-01 (where the clock skips midnight: when the skip ends).
  Micros day_start(std::int64_t day);
  // The first instant of the local period that `utc` lies in. Whole days are calendar days, and those of several days
  // are counted from Monday, 5 January 1970: 7d is the ISO week. Parts of a day count from its first instant. SpecError
  // unless `every` is a whole number of days or divides a day.
  Micros period_start(Micros utc, Micros every);

 private:
  struct Stretch {
    Micros begin = 0, end = 0, offset = 0;
  };
  Stretch stretch(Micros utc) const;

  const date::time_zone* zone_;
  std::shared_ptr<const Posix::time_zone> rule_;  // after the last change that the zone's file lists; null: none
  Stretch now_;
  std::int64_t day_ = std::numeric_limits<std::int64_t>::min();
  Micros day_start_ = 0;
  std::unordered_map<std::int64_t, Micros> days_;
};

// Rounds down, below zero too.
constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0); }

}  // namespace bakeoff
