#include <date/tz.h>

#include <charconv>
#include <optional>

#include "core/error.h"
#include "core/text.h"
#include "spec/spec.h"

namespace bakeoff {
namespace {

struct Unit {
  char letter;
  Micros micros;
};
constexpr Unit kUnits[] = {{'s', kSecond}, {'m', 60 * kSecond}, {'h', 3600 * kSecond}, {'d', kDay}, {'w', 7 * kDay}};
// 1,000 years: far beyond any data, and far from overflow when periods are added to times.
constexpr Micros kLongest = 365'000 * kDay;

[[noreturn]] void not_a_time(const std::string& text) {
  throw SpecError("expected a time such as 2013-07-01 or 2013-07-01T12:00:00Z, got '" + printable(text) + "'");
}

// Reads fixed-width fields from the front of a text.
class Scanner {
 public:
  explicit Scanner(const std::string& text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  bool skip(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!skip(c)) not_a_time(text_);
  }
  int digits(int count) {
    int value = 0;
    for (int i = 0; i < count; ++i, ++at_) {
      if (at_end() || text_[at_] < '0' || text_[at_] > '9') not_a_time(text_);
      value = value * 10 + (text_[at_] - '0');
    }
    return value;
  }
  // The digits after a decimal point as microseconds; more than six are cut off.
  int fraction() {
    int value = 0, count = 0;
    for (; !at_end() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_, ++count)
      if (count < 6) value = value * 10 + (text_[at_] - '0');
    if (count == 0) not_a_time(text_);
    for (; count < 6; ++count) value *= 10;
    return value;
  }

 private:
  const std::string& text_;
  std::size_t at_ = 0;
};

// "Z", "+02:00", "-0730" or nothing.
std::optional<std::chrono::minutes> scan_offset(Scanner& scan, const std::string& text) {
  if (scan.at_end()) return std::nullopt;
  if (scan.skip('Z') || scan.skip('z')) return std::chrono::minutes(0);
  const bool west = scan.skip('-');
  if (!west) scan.expect('+');
  const int hours = scan.digits(2);
  scan.skip(':');
  const int minutes = scan.digits(2);
  if (hours > 14 || minutes > 59) not_a_time(text);
  return std::chrono::minutes((west ? -1 : 1) * (hours * 60 + minutes));
}

const date::time_zone* find_zone(const std::string& zone) {
  try {
    return date::locate_zone(zone);
  } catch (const std::exception&) {
    std::vector<std::string> known;
    try {
      for (const date::time_zone& entry : date::get_tzdb().zones) known.push_back(entry.name());
    } catch (const std::exception&) {
      throw SpecError("time zone '" + printable(zone) + "': this machine has no time zone data; install tzdata");
    }
    const std::string meant = nearest(zone, known);
    throw SpecError("expected an IANA time zone such as America/New_York, got '" + printable(zone) + "'" +
                    (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
  }
}

}  // namespace

Micros parse_period(const std::string& text) {
  const auto refuse = [&](const std::string& why) {
    throw SpecError("expected a period such as 14d, 12h, 10m or 30s (w, d, h, m, s), got '" + printable(text) + "'" +
                    why);
  };
  Micros count = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || count < 0) refuse("");
  const std::string unit(at, text.data() + text.size());
  for (const Unit& known : kUnits) {
    if (unit.size() != 1 || unit[0] != known.letter) continue;
    if (count > kLongest / known.micros) refuse(", which is longer than 1,000 years");
    return count * known.micros;
  }
  refuse(unit.empty() ? "; add the unit" : "");
  return 0;
}

std::string format_period(Micros period) {
  char letter = 's';
  Micros micros = kSecond;
  for (const Unit& unit : kUnits)
    if (unit.letter != 'w' && period % unit.micros == 0 && period != 0) letter = unit.letter, micros = unit.micros;
  return std::to_string(period / micros) + letter;
}

Micros parse_time(const std::string& text, const std::string& zone) {
  Scanner scan(text);
  const int year = scan.digits(4);
  scan.expect('-');
  const int month = scan.digits(2);
  scan.expect('-');
  const int day = scan.digits(2);
  const date::year_month_day date{date::year(year), date::month(static_cast<unsigned>(month)),
                                  date::day(static_cast<unsigned>(day))};
  if (!date.ok()) throw SpecError("'" + printable(text) + "' is not a day of the calendar");
  int hour = 0, minute = 0, second = 0, micros = 0;
  std::optional<std::chrono::minutes> offset;
  if (!scan.at_end()) {
    if (!scan.skip('T')) scan.expect(' ');
    hour = scan.digits(2);
    scan.expect(':');
    minute = scan.digits(2);
    if (scan.skip(':')) {
      second = scan.digits(2);
      if (scan.skip('.')) micros = scan.fraction();
    }
    offset = scan_offset(scan, text);
    if (hour > 23 || minute > 59 || second > 59 || !scan.at_end()) not_a_time(text);
  }
  const date::local_time<std::chrono::microseconds> local =
      date::local_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second) +
      std::chrono::microseconds(micros);
  if (offset || zone == "UTC") return (local - offset.value_or(std::chrono::minutes(0))).time_since_epoch().count();
  // A local time that comes twice is the first; one that a change of the clocks skips is the moment of the change.
  return find_zone(zone)->to_sys(local, date::choose::earliest).time_since_epoch().count();
}

std::string format_time(Micros time) {
  const date::sys_time<std::chrono::microseconds> at{std::chrono::microseconds(time)};
  if (time % kSecond != 0) return date::format("%FT%TZ", at);
  return date::format("%FT%TZ", date::floor<std::chrono::seconds>(at));
}

}  // namespace bakeoff
