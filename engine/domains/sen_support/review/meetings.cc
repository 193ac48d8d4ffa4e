#include "engine/domains/sen_support/review/meetings.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "engine/domains/sen_support/review/review.h"

namespace apdr::sen {
namespace {

constexpr int kSeptember = 9;

}  // namespace

absl::civil_year_t AcademicYearOf(Date date) {
  return date.month() >= kSeptember ? date.year() : date.year() - 1;
}

std::string AcademicYearName(absl::civil_year_t begins) {
  constexpr int kCentury = 100;
  return absl::StrFormat("%d/%02d", begins, (begins + 1) % kCentury);
}

void CountParentMeeting(CaseState& record, Date on) {
  record.set_parent_meetings(record.parent_meetings() + 1);
  record.add_parent_meeting_dates(FormatDate(on));
}

std::uint32_t MeetingsIn(const CaseState& record, absl::civil_year_t begins) {
  return static_cast<std::uint32_t>(
      std::ranges::count_if(record.parent_meeting_dates(), [&](const std::string& text) {
        const std::optional<Date> date = ParseDate(text);
        return date && AcademicYearOf(*date) == begins;
      }));
}

std::uint32_t MeetingsOwed(std::uint32_t full, absl::civil_year_t begins, Date started,
                           Date until) {
  const Date first(begins, kSeptember, 1);
  const auto whole = static_cast<std::uint64_t>(until - first + 1);
  if (started > until) return 0;
  const auto part = static_cast<std::uint64_t>(until - std::max(first, started) + 1);
  return static_cast<std::uint32_t>((2 * full * part + whole) / (2 * whole));
}

void Evolve(CaseState& record, const v1::ParentMeetingHeld& event, Date occurred_on) {
  if (!Includes(event.meeting().attendees(), IsParentOrYoungPerson)) return;
  CountParentMeeting(record, occurred_on);
}

}  // namespace apdr::sen
