#include "engine/domains/sen_support/policy.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/domains/sen_support/sen_terms.h"

namespace apdr::sen {

std::string Policy::Id() const { return absl::StrCat(name, "@", version); }

const NeedCode* Policy::FindNeed(std::string_view code) const {
  const auto found = std::ranges::find(needs, code, &NeedCode::code);
  return found == needs.end() ? nullptr : &*found;
}

const TermCalendar* Policy::FindCalendar(std::string_view calendar) const {
  const std::string_view wanted = calendar.empty() ? default_calendar : calendar;
  const auto found = std::ranges::find(calendars, wanted, &TermCalendar::name);
  return found == calendars.end() ? nullptr : &*found;
}

const TermCalendar& Policy::CalendarOr(std::string_view calendar) const {
  const TermCalendar* found = FindCalendar(calendar);
  if (found == nullptr) found = FindCalendar({});
  APDR_CHECK(found != nullptr);
  return *found;
}

bool Policy::KnowsAuthority(int code) const {
  return std::ranges::any_of(authorities, [&](const AuthorityRange& range) {
    return range.first <= code && code <= range.last;
  });
}

const TermCalendar* Policy::CalendarNaming(const std::string& setting_id) const {
  const auto own = std::ranges::find_if(calendars, [&](const TermCalendar& calendar) {
    return std::ranges::find(calendar.settings(), NormalisedSettingId(setting_id)) !=
           calendar.settings().end();
  });
  return own == calendars.end() ? nullptr : &*own;
}

const std::string& Policy::CalendarOfSetting(const std::string& setting_id) const {
  const TermCalendar* own = CalendarNaming(setting_id);
  return own == nullptr ? default_calendar : own->name();
}

bool Policy::HasRole(v1::SettingType type, std::string_view role) const {
  if (type == v1::SETTING_TYPE_UNSPECIFIED) return true;
  const SettingTypeRules& rules = RulesFor(type);
  const auto among = [role](const std::vector<std::string>& holders) {
    return std::ranges::find(holders, role) != holders.end();
  };
  if (IsTeaching(role)) return among(rules.teachers);
  return !IsSenco(role) || among(rules.sencos);
}

const SettingTypeRules& Policy::RulesFor(v1::SettingType type) const {
  const auto rules = std::ranges::find(setting_types, type, &SettingTypeRules::type);
  return rules == setting_types.end() ? setting_types.front() : *rules;
}

}  // namespace apdr::sen
