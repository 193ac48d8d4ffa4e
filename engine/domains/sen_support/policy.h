#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apdr/sen/v1/types.pb.h"
#include "engine/base/date.h"
#include "engine/domains/sen_support/calendar.h"

// What a policy profile decides: everything that law, an authority or a setting may change without
// a change of the workflow. Every event records the profile it was judged under.
namespace apdr::sen {

// A type of need of the census. Live on a date from valid_from to valid_to.
struct NeedCode {
  std::string code;
  std::string label;
  v1::Area area = v1::AREA_UNSPECIFIED;  // Unspecified: no fixed broad area.
  Date valid_from;
  std::optional<Date> valid_to;
  bool with_ehc_plan = true;  // May stand beside an education, health and care plan.
};

// Three-digit codes of local authorities, first to last.
struct AuthorityRange {
  int first = 0;
  int last = 0;
};

// Day counts. School days unless the name says otherwise.
struct DayCounts {
  int notify_parent = 5;
  int assess = 20;
  int plan = 15;
  int share_plan = 5;
  int start_support = 5;
  int share_review_record = 5;
  std::vector<int> review_reminder_days = {28, 14, 7, 1};  // Calendar days before the review date.
  std::vector<int> review_overdue = {1, 10, 20};           // One level each.
  int record_too_old = 10;
  int specialist_advice = 30;
  int transfer_package = 15;
  int educational_record = 15;
  int subject_access_months = 1;
  int profile_refresh_days = 365;     // Calendar days.
  int annual_report_days = 365;       // Calendar days.
  int ehc_assess_days = 42;           // Calendar days, SEND Regulations 2014.
  int ehc_plan_days = 140;            // Calendar days, SEND Regulations 2014.
  int information_report_days = 365;  // Calendar days.
  int retention_years = 31;           // After birth.
  int review_date_days_max = 366;     // Calendar days.
};

// What is asked of a type of setting.
struct SettingTypeRules {
  v1::SettingType type = v1::SETTING_TYPE_UNSPECIFIED;
  bool must_inform_parents = true;  // s.68: a "must"; else a "should".
  bool parent_meetings = true;      // Three a year, 6.65.
  bool needs_senco = true;
  std::vector<std::string> teachers;   // Roles of those who are responsible for a child there.
  std::vector<std::string> sencos;     // Roles that its SENCO or named person may have.
  int review_interval_days_max = 140;  // Calendar days.
};

// What the documents are called that people hand over.
struct DocumentTitles {
  std::string profile;
  std::string plan;
  std::string review;
};

struct Policy {
  std::string name;
  int version = 1;
  std::string title;
  DocumentTitles titles;
  DayCounts days;
  std::vector<SettingTypeRules> setting_types;  // Every type, once.
  int outcomes_typical_max = 4;
  std::vector<NeedCode> needs;
  std::vector<std::string> roles;
  std::vector<std::string> disciplines;
  std::vector<std::string> curriculum_years;
  std::vector<AuthorityRange> authorities;
  std::vector<TermCalendar> calendars;
  std::string default_calendar;  // The name of one of them.

  // "code-2015@1"
  [[nodiscard]] std::string Id() const;
  // Null for an unknown code.
  [[nodiscard]] const NeedCode* FindNeed(std::string_view code) const;
  // The calendar of this name; empty: the default one. Null for an unknown name.
  [[nodiscard]] const TermCalendar* FindCalendar(std::string_view name) const;
  // The same, the default one standing in for an unknown name.
  [[nodiscard]] const TermCalendar& CalendarOr(std::string_view name) const;
  // The calendar that names the setting ("URN:199001"); null: none does.
  [[nodiscard]] const TermCalendar* CalendarNaming(const std::string& setting_id) const;
  // The name of the calendar that names the setting ("URN:199001"), or of the default one.
  [[nodiscard]] const std::string& CalendarOfSetting(const std::string& setting_id) const;
  [[nodiscard]] bool KnowsAuthority(int code) const;
  // Whether people of this role may be found in this type of setting. Only who teaches and who
  // coordinates depends on it; of a type that is not said, everybody may be.
  [[nodiscard]] bool HasRole(v1::SettingType type, std::string_view role) const;
  // Of a type that is not known, the first.
  [[nodiscard]] const SettingTypeRules& RulesFor(v1::SettingType type) const;
};

// The SEND code of practice of January 2015: policies/code-2015.toml.
[[nodiscard]] Policy Code2015();

}  // namespace apdr::sen
