#include "engine/base/date.h"

#include <algorithm>

#include <cstddef>
#include <cstdint>
#include <span>

namespace apdr {
namespace {

std::optional<int> Digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// The decimal digits of `value`, with zeros in front, into `digits`.
void PutDigits(std::int64_t value, std::span<char> digits) {
  for (std::size_t i = digits.size(); i > 0; --i, value /= 10) {
    digits[i - 1] = static_cast<char>('0' + value % 10);
  }
}

}  // namespace

std::optional<Date> ParseDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = Digits(text.substr(0, 4));
  const auto month = Digits(text.substr(5, 2));
  const auto day = Digits(text.substr(8, 2));
  if (!year || !month || !day || *year < 1900 || *year > 2199) return std::nullopt;
  const Date date(*year, *month,
                  *day);  // Normalises: 31 June becomes 1 July, which the next line refuses.
  if (date.month() != *month || date.day() != *day) return std::nullopt;
  return date;
}

// By hand: every event and view holds several dates, and the general formatter costs half a
// microsecond for each.
std::string FormatDate(Date date) {
  if (date.year() < 0 || date.year() > 9999) return absl::FormatCivilTime(date);
  std::string text = "0000-00-00";
  const std::span<char> digits(text);
  PutDigits(date.year(), digits.subspan(0, 4));
  PutDigits(date.month(), digits.subspan(5, 2));
  PutDigits(date.day(), digits.subspan(8, 2));
  return text;
}

Date DateOf(absl::Time instant, absl::TimeZone zone) { return absl::ToCivilDay(instant, zone); }

Date AddMonths(Date date, int months) {
  const absl::CivilMonth month = absl::CivilMonth(date) + months;
  const Date last = Date(month + 1) - 1;
  return std::min(Date(month.year(), month.month(), 1) + (date.day() - 1), last);
}

absl::Time HourOf(Date date, int hour, absl::TimeZone zone) {
  return absl::FromCivil(absl::CivilHour(date.year(), date.month(), date.day(), hour), zone);
}

std::string FormatInstant(absl::Time instant) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", instant, absl::UTCTimeZone());
}

}  // namespace apdr
