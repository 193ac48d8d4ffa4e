#include "engine/domains/sen_support/sen_terms.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

namespace apdr::sen {
namespace {

constexpr int kCompulsoryAge = 16;

std::string_view SchemeName(v1::SettingScheme scheme) {
  switch (scheme) {
    case v1::SETTING_SCHEME_URN:
      return "URN";
    case v1::SETTING_SCHEME_EY:
      return "EY";
    case v1::SETTING_SCHEME_UKPRN:
      return "UKPRN";
    case v1::SETTING_SCHEME_LAESTAB:
      return "LAESTAB";
    default:
      return "LOCAL";
  }
}

}  // namespace

bool IsTeaching(std::string_view role) {
  return role == "teacher" || role == "keyworker" || role == "tutor";
}

bool IsSenco(std::string_view role) {
  return role == "senco" || role == "named-person" || role == "area-senco";
}

bool IsParent(std::string_view role) { return role == "parent" || role == "carer"; }

bool IsChild(std::string_view role) { return role == "child" || role == "young-person"; }

bool IsParentOrYoungPerson(std::string_view role) {
  return IsParent(role) || role == "young-person";
}

bool IsEarlyYears(v1::SettingType type) {
  return type == v1::SETTING_TYPE_MAINTAINED_NURSERY || type == v1::SETTING_TYPE_PRIVATE_NURSERY ||
         type == v1::SETTING_TYPE_CHILDMINDER;
}

std::string NormalisedSettingId(std::string_view setting_id) {
  std::string id(setting_id);
  if (setting_id.starts_with("LAESTAB:"))
    id.erase(std::remove(id.begin(), id.end(), '/'), id.end());
  return id;
}

std::string SettingId(const v1::Setting& setting) {
  if (setting.value().empty()) return {};
  const std::string_view scheme = SchemeName(setting.scheme());
  std::string id;
  id.reserve(scheme.size() + 1 + setting.value().size());
  id.append(scheme).append(1, ':').append(setting.value());
  return setting.scheme() == v1::SETTING_SCHEME_LAESTAB ? NormalisedSettingId(id) : id;
}

bool IsIdOf(std::string_view setting_id, const v1::Setting& setting) {
  const std::string_view scheme = SchemeName(setting.scheme());
  // Word for word, as nearly always: without building either text.
  if (!setting.value().empty() && setting_id.size() == scheme.size() + 1 + setting.value().size() &&
      setting_id.starts_with(scheme) && setting_id[scheme.size()] == ':' &&
      setting_id.ends_with(setting.value())) {
    return true;
  }
  return NormalisedSettingId(setting_id) == SettingId(setting);
}

Date BirthdayOf(Date date_of_birth, int age) {
  return Date(date_of_birth.year() + age, date_of_birth.month(), date_of_birth.day());
}

int AgeOn(Date date_of_birth, Date on) {
  const auto years = static_cast<int>(on.year() - date_of_birth.year());
  const bool had_birthday =
      on.month() > date_of_birth.month() ||
      (on.month() == date_of_birth.month() && on.day() >= date_of_birth.day());
  return had_birthday ? years : years - 1;
}

Date CompulsorySchoolAgeEnds(Date date_of_birth) {
  const absl::civil_year_t birthday_year = date_of_birth.year() + kCompulsoryAge;
  const absl::civil_year_t june_of = date_of_birth.month() >= 9 ? birthday_year + 1 : birthday_year;
  return absl::PrevWeekday(Date(june_of, 7, 1), absl::Weekday::friday);
}

bool IsYoungPerson(const std::string& date_of_birth, Date on) {
  const std::optional<Date> born = ParseDate(date_of_birth);
  return born && on > CompulsorySchoolAgeEnds(*born);
}

}  // namespace apdr::sen
