#include "engine/domains/sen_support/calendar.h"

#include <algorithm>
#include <utility>

#include "absl/time/civil_time.h"
#include "engine/base/check.h"

namespace apdr::sen {
namespace {

bool IsWeekday(Date date) {
  const absl::Weekday day = absl::GetWeekday(date);
  return day != absl::Weekday::saturday && day != absl::Weekday::sunday;
}

bool InAny(const std::vector<DateSpan>& spans, Date date) {
  return std::ranges::any_of(spans, [&](const DateSpan& span) { return span.Contains(date); });
}

}  // namespace

TermCalendar::TermCalendar(std::string name, std::vector<DateSpan> teaching,
                           std::vector<DateSpan> closed)
    : name_(std::move(name)), teaching_(std::move(teaching)), closed_(std::move(closed)) {
  APDR_CHECK(std::ranges::is_sorted(teaching_, {}, &DateSpan::first));
}

bool TermCalendar::IsSchoolDay(Date date) const {
  if (!IsWeekday(date) || InAny(closed_, date)) return false;
  const bool known =
      !teaching_.empty() && teaching_.front().first <= date && date <= teaching_.back().last;
  return !known || InAny(teaching_, date);
}

Date TermCalendar::AddSchoolDays(Date from, int days) const {
  APDR_CHECK(days >= 0);
  Date date = from;
  while (days > 0) {
    ++date;
    if (IsSchoolDay(date)) --days;
  }
  return date;
}

Date TermCalendar::LastSchoolDayBy(Date date) const {
  while (!IsSchoolDay(date)) --date;
  return date;
}

}  // namespace apdr::sen
