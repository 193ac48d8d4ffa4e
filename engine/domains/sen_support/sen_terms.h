#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apdr/sen/v1/types.pb.h"
#include "engine/base/characters.h"
#include "engine/base/date.h"

// The vocabulary of SEN Support: who is who, and what the law's ages and settings mean. Numbers in
// comments are paragraphs of the Code of Practice (2015).
namespace apdr::sen {

// The full name of a command or event: TypeOf<v1::AgreePlan>().
template <class M>
[[nodiscard]] std::string TypeOf() {
  return M::descriptor()->full_name();
}

// May be responsible for a child's progress day by day: teacher, keyworker, tutor; never a teaching
// assistant (6.36, 6.52, 5.42).
[[nodiscard]] bool IsTeaching(std::string_view role);
// SENCO; the named person of a college (7.22); the area SENCO of a small provider (5.57).
[[nodiscard]] bool IsSenco(std::string_view role);
// Anyone with parental responsibility or care of the child.
[[nodiscard]] bool IsParent(std::string_view role);
// The child or young person.
[[nodiscard]] bool IsChild(std::string_view role);
// Whom the law wants told: a parent, or the young person.
[[nodiscard]] bool IsParentOrYoungPerson(std::string_view role);

// Whether any of these people has a role for which `is` holds.
template <class People>
[[nodiscard]] bool Includes(const People& people, bool (*is)(std::string_view)) {
  for (const v1::PersonRef& person : people) {
    if (is(person.role())) return true;
  }
  return false;
}

// The same as SettingId writes it: "LAESTAB:801/2000" is "LAESTAB:8012000".
[[nodiscard]] std::string NormalisedSettingId(std::string_view setting_id);
// Nurseries and childminders.
[[nodiscard]] bool IsEarlyYears(v1::SettingType type);
// "URN:199001"; empty for no setting.
[[nodiscard]] std::string SettingId(const v1::Setting& setting);
// Whether a caller's or a script's `setting_id`, normalised, is the setting's.
[[nodiscard]] bool IsIdOf(std::string_view setting_id, const v1::Setting& setting);

// The day on which somebody reaches an age; of a 29 February, 1 March of a year that has none.
[[nodiscard]] Date BirthdayOf(Date date_of_birth, int age);

// Whole years of age on a date; negative before birth.
[[nodiscard]] int AgeOn(Date date_of_birth, Date on);
// The last Friday of June of the school year (September to August) of the 16th birthday.
[[nodiscard]] Date CompulsorySchoolAgeEnds(Date date_of_birth);
// Whether decisions are the young person's own (s.83). An unreadable date of birth: not.
[[nodiscard]] bool IsYoungPerson(const std::string& date_of_birth, Date on);

}  // namespace apdr::sen
