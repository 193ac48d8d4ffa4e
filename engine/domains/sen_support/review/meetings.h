#pragma once

#include <cstdint>
#include <string>

#include "engine/domains/sen_support/sen_state.h"
#include "engine/domains/sen_support/sen_terms.h"

// "At least three times each year" a school meets the parents (6.65); counted by academic year,
// 1 September to 31 August.
namespace apdr::sen {

void CountParentMeeting(CaseState& record, Date on);

// The year in which the academic year of `date` begins.
[[nodiscard]] absl::civil_year_t AcademicYearOf(Date date);
// "2025/26".
[[nodiscard]] std::string AcademicYearName(absl::civil_year_t begins);
// Meetings of the academic year that begins then.
[[nodiscard]] std::uint32_t MeetingsIn(const CaseState& record, absl::civil_year_t begins);
// How many of `full` are owed by `until` to a child on SEN Support since `started`: of the days
// from 1 September to `until`, its share, rounded to whole meetings.
[[nodiscard]] std::uint32_t MeetingsOwed(std::uint32_t full, absl::civil_year_t begins,
                                         Date started, Date until);

}  // namespace apdr::sen
