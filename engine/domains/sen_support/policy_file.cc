#include "engine/domains/sen_support/policy_file.h"

#define TOML_EXCEPTIONS 0  // Ours and the headers alone: the packaged library throws.
#include <toml++/toml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "engine/domains/sen_support/definition/tables.h"
#include "engine/domains/sen_support/registration/identifiers.h"
#include "engine/domains/sen_support/sen_terms.h"

namespace apdr::sen {
namespace {

// What reaches further than this is a slip of the hand, and dates are stored to the year 2199.
constexpr std::int64_t kDaysMax = 1100;
constexpr std::int64_t kMonthsMax = 12;
constexpr int kRetentionYearsMin = 25;
constexpr int kRetentionYearsMax = 35;
// To the SENCO, the head and the authority.
constexpr std::size_t kOverdueLevels = 3;
constexpr Date kDateMin(1900, 1, 1);
constexpr Date kDateMax(2199, 12, 31);

// What is wrong with the file: the first thing, by its line.
class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}

  void Add(const toml::source_region& where, const std::string& what) {
    if (!status_.ok() && line_ <= where.begin.line) return;
    line_ = where.begin.line;
    status_ = absl::InvalidArgumentError(absl::StrCat(file_, ":", line_, ": ", what, "."));
  }
  [[nodiscard]] const absl::Status& status() const { return status_; }

 private:
  const std::string file_;
  std::uint32_t line_ = 0;
  absl::Status status_;
};

std::optional<Date> DateIn(const toml::node& node) {
  const auto* date = node.as_date();
  if (date == nullptr) return std::nullopt;
  const Date day(date->get().year, date->get().month, date->get().day);
  return day >= kDateMin && day <= kDateMax ? std::optional(day) : std::nullopt;
}

// One table of the file. Remembers which keys it was asked for, so that a mistyped one is found.
class TableReader {
 public:
  // `path` is what the table is called in messages: "", "days.".
  TableReader(const toml::table& table, std::string path, Problems& problems)
      : table_(table), path_(std::move(path)), problems_(problems) {}

  std::string Text(const std::string& key, bool required = true) {
    const toml::node* node = Find(key, required);
    if (node == nullptr) return {};
    if (const auto* text = node->as_string(); text != nullptr && !text->get().empty()) {
      return text->get();
    }
    Wrong(*node, key, "must be a text");
    return {};
  }

  int Number(const std::string& key, std::int64_t max = kDaysMax) {
    const toml::node* node = Find(key, true);
    return node == nullptr ? 1 : NumberIn(*node, key, max);
  }

  std::vector<int> Numbers(const std::string& key) {
    std::vector<int> numbers;
    for (const toml::node& item : Items(key)) numbers.push_back(NumberIn(item, key, kDaysMax));
    return numbers;
  }

  bool Flag(const std::string& key, bool otherwise) {
    const toml::node* node = Find(key, false);
    if (node == nullptr) return otherwise;
    if (const auto* flag = node->as_boolean()) return flag->get();
    Wrong(*node, key, "must be true or false");
    return otherwise;
  }

  std::optional<Date> Day(const std::string& key, bool required) {
    const toml::node* node = Find(key, required);
    if (node == nullptr) return std::nullopt;
    const auto date = DateIn(*node);
    if (!date) Wrong(*node, key, "must be a date such as 2026-02-06, without quotes");
    return date;
  }

  std::vector<std::string> Texts(const std::string& key, bool required = true) {
    std::vector<std::string> texts;
    for (const toml::node& item : Items(key, required)) {
      const auto* text = item.as_string();
      if (text == nullptr || text->get().empty()) {
        Wrong(item, key, "must be a list of texts");
      } else if (std::ranges::find(texts, text->get()) != texts.end()) {
        Wrong(item, key, "must not name anything twice");
      } else {
        texts.push_back(text->get());
      }
    }
    return texts;
  }

  std::vector<Date> Days(const std::string& key) {
    std::vector<Date> days;
    for (const toml::node& item : Items(key, false)) {
      const auto date = DateIn(item);
      if (date) days.push_back(*date);
      if (!date) Wrong(item, key, "must be a list of dates such as 2026-02-06, without quotes");
    }
    return days;
  }

  // Spans in ascending order that do not touch each other.
  std::vector<DateSpan> Spans(const std::string& key) {
    std::vector<DateSpan> spans;
    for (const toml::node& item : Items(key, false)) {
      const auto* pair = item.as_array();
      const auto first =
          pair != nullptr && pair->size() == 2 ? DateIn(*pair->get(0)) : std::nullopt;
      const auto last = first ? DateIn(*pair->get(1)) : std::nullopt;
      if (!last || *last < *first || (!spans.empty() && *first <= spans.back().last)) {
        Wrong(item, key, "must be a list of [first, last] dates in ascending order");
        continue;
      }
      spans.push_back({*first, *last});
    }
    return spans;
  }

  std::vector<AuthorityRange> Ranges(const std::string& key) {
    constexpr std::int64_t kCodeMax = 999;
    std::vector<AuthorityRange> ranges;
    for (const toml::node& item : Items(key)) {
      const auto* pair = item.as_array();
      if (pair == nullptr || pair->size() != 2) {
        Wrong(item, key, "must be a list of [first, last] codes");
        continue;
      }
      const AuthorityRange range{.first = NumberIn(*pair->get(0), key, kCodeMax),
                                 .last = NumberIn(*pair->get(1), key, kCodeMax)};
      if (range.last < range.first) Wrong(item, key, "must name the lower code first");
      ranges.push_back(range);
    }
    return ranges;
  }

  // Runs `read` on a table, or on each of a list of tables.
  template <class Read>
  void Table(const std::string& key, Read read) {
    const toml::node* node = Find(key, true);
    if (node == nullptr) return;
    if (node->as_table() == nullptr) return Wrong(*node, key, "must be a table");
    TableReader reader(*node->as_table(), absl::StrCat(path_, key, "."), problems_);
    read(reader);
    reader.Finish();
  }
  template <class Read>
  void Tables(const std::string& key, Read read) {
    for (const toml::node& item : Items(key)) {
      if (item.as_table() == nullptr) {
        Wrong(item, key, "must be a list of tables");
        continue;
      }
      TableReader reader(*item.as_table(), absl::StrCat(path_, key, "."), problems_);
      read(reader);
      reader.Finish();
    }
  }

  // Something that is wrong with the value of a key, or with the table.
  void Wrong(const std::string& key, const std::string& fact) {
    const toml::node* node = table_.get(key);
    Wrong(node == nullptr ? static_cast<const toml::node&>(table_) : *node, key, fact);
  }

  // Every key must have been asked for.
  void Finish() {
    for (const auto& [key, node] : table_) {
      if (asked_.contains(std::string(key.str()))) continue;
      problems_.Add(key.source(),
                    absl::StrCat(path_, std::string(key.str()), " is no key of a policy profile"));
    }
  }

 private:
  const toml::node* Find(const std::string& key, bool required) {
    asked_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr && required) {
      problems_.Add(table_.source(), absl::StrCat(path_, key, " is missing"));
    }
    return node;
  }

  const toml::array& Items(const std::string& key, bool required = true) {
    static const toml::array kNone;
    const toml::node* node = Find(key, required);
    if (node == nullptr) return kNone;
    if (const auto* array = node->as_array()) return *array;
    Wrong(*node, key, "must be a list");
    return kNone;
  }

  int NumberIn(const toml::node& node, const std::string& key, std::int64_t max) {
    const auto* number = node.as_integer();
    if (number != nullptr && number->get() >= 1 && number->get() <= max) {
      return static_cast<int>(number->get());
    }
    Wrong(node, key, absl::StrCat("must be a whole number from 1 to ", max));
    return 1;
  }

  void Wrong(const toml::node& node, const std::string& key, const std::string& fact) {
    problems_.Add(node.source(), absl::StrCat(path_, key, " ", fact));
  }

  const toml::table& table_;
  const std::string path_;
  Problems& problems_;
  std::set<std::string> asked_;
};

// "SETTING_TYPE_MAINTAINED_NURSERY" is written "maintained-nursery".
v1::SettingType SettingTypeNamed(const std::string& name) {
  std::string value = absl::StrCat("SETTING_TYPE_", name);
  std::ranges::transform(value, value.begin(), [](unsigned char c) {
    return c == '-' ? '_' : static_cast<char>(std::toupper(c));
  });
  v1::SettingType type = v1::SETTING_TYPE_UNSPECIFIED;
  return v1::SettingType_Parse(value, &type) ? type : v1::SETTING_TYPE_UNSPECIFIED;
}

void ReadDays(TableReader& days, DayCounts& counts) {
  counts.notify_parent = days.Number("notify_parent");
  counts.assess = days.Number("assess");
  counts.plan = days.Number("plan");
  counts.share_plan = days.Number("share_plan");
  counts.start_support = days.Number("start_support");
  counts.share_review_record = days.Number("share_review_record");
  counts.review_reminder_days = days.Numbers("review_reminders");
  counts.review_overdue = days.Numbers("review_overdue");
  counts.record_too_old = days.Number("record_too_old");
  counts.specialist_advice = days.Number("specialist_advice");
  counts.transfer_package = days.Number("transfer_package");
  counts.educational_record = days.Number("educational_record");
  counts.subject_access_months = days.Number("subject_access_months", kMonthsMax);
  counts.profile_refresh_days = days.Number("profile_refresh");
  counts.annual_report_days = days.Number("annual_report");
  counts.information_report_days = days.Number("information_report");
  counts.ehc_assess_days = days.Number("ehc_assess");
  counts.ehc_plan_days = days.Number("ehc_plan");
  counts.retention_years = days.Number("retention_years");
  counts.review_date_days_max = days.Number("review_date_max");
  if (counts.review_overdue.size() != kOverdueLevels ||
      !std::ranges::is_sorted(counts.review_overdue)) {
    days.Wrong("review_overdue", "must be three numbers in ascending order");
  }
  if (counts.review_reminder_days.empty()) {
    days.Wrong("review_reminders", "must not be empty");
  }
  if (counts.retention_years < kRetentionYearsMin || counts.retention_years > kRetentionYearsMax) {
    days.Wrong("retention_years",
               absl::StrCat("must be from ", kRetentionYearsMin, " to ", kRetentionYearsMax));
  }
}

SettingTypeRules ReadSettingType(TableReader& table) {
  SettingTypeRules rules;
  rules.type = SettingTypeNamed(table.Text("type"));
  if (rules.type == v1::SETTING_TYPE_UNSPECIFIED) {
    table.Wrong("type", "must be a type of setting such as maintained-nursery");
  }
  const std::string inform = table.Text("inform_parents");
  if (inform != "must" && inform != "should") {
    table.Wrong("inform_parents", "must be \"must\" or \"should\"");
  }
  rules.must_inform_parents = inform == "must";
  rules.parent_meetings = table.Flag("parent_meetings", false);
  rules.needs_senco = table.Flag("needs_senco", true);
  rules.teachers = table.Texts("teachers");
  rules.sencos = table.Texts("sencos");
  rules.review_interval_days_max = table.Number("review_interval_max");
  return rules;
}

NeedCode ReadNeed(TableReader& table) {
  static const std::map<std::string, v1::Area> kAreas = {
      {"", v1::AREA_UNSPECIFIED},
      {"CI", v1::AREA_COMMUNICATION_AND_INTERACTION},
      {"CL", v1::AREA_COGNITION_AND_LEARNING},
      {"SEMH", v1::AREA_SOCIAL_EMOTIONAL_MENTAL_HEALTH},
      {"SP", v1::AREA_SENSORY_PHYSICAL}};
  NeedCode need;
  need.code = table.Text("code");
  need.label = table.Text("label");
  const auto area = kAreas.find(table.Text("area", /*required=*/false));
  if (area == kAreas.end()) {
    table.Wrong("area", "must be CI, CL, SEMH or SP");
  } else {
    need.area = area->second;
  }
  need.valid_from = table.Day("from", /*required=*/true).value_or(Date());
  need.valid_to = table.Day("until", /*required=*/false);
  if (need.valid_to && *need.valid_to < need.valid_from) {
    table.Wrong("until", "must not lie before from");
  }
  need.with_ehc_plan = table.Flag("with_ehc_plan", true);
  return need;
}

// "URN:199001": a scheme, and an id as the scheme writes it.
bool IsSettingIdText(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return false;
  v1::SettingScheme scheme = v1::SETTING_SCHEME_UNSPECIFIED;
  return v1::SettingScheme_Parse(absl::StrCat("SETTING_SCHEME_", text.substr(0, colon)), &scheme) &&
         IsSettingId(scheme, text.substr(colon + 1));
}

TermCalendar ReadCalendar(TableReader& table, const std::vector<Date>& bank_holidays,
                          const std::string& policy_id) {
  std::string name = table.Text("name");
  std::vector<DateSpan> teaching = table.Spans("teaching");
  std::vector<DateSpan> closed = table.Spans("closed");
  if (table.Flag("bank_holidays", true)) {
    for (const Date day : bank_holidays) closed.push_back({day, day});
  }
  TermCalendar calendar(std::move(name), std::move(teaching), std::move(closed));
  std::vector<std::string> settings;
  for (const std::string& setting : table.Texts("settings", /*required=*/false)) {
    if (!IsSettingIdText(setting)) {
      table.Wrong("settings", "must name settings as URN:199001, EY:EY123456, UKPRN:10099999, ...");
    }
    settings.push_back(NormalisedSettingId(setting));
  }
  calendar.set_settings(std::move(settings));
  calendar.set_policy(policy_id);
  return calendar;
}

// Of people whom a setting must have, and whom the rules of the workflow know by these roles.
void CheckRoles(const Policy& policy, const char* key, const std::vector<std::string>& roles,
                bool (*is)(std::string_view), TableReader& table) {
  if (roles.empty()) table.Wrong(key, "must not be empty");
  for (const std::string& role : roles) {
    if (std::ranges::find(policy.roles, role) == policy.roles.end() || !is(role)) {
      table.Wrong(key, "must name roles of the profile that may have this duty");
    }
  }
}

void ReadLists(TableReader& top, Policy& policy) {
  top.Tables("setting_types", [&](TableReader& table) {
    SettingTypeRules rules = ReadSettingType(table);
    CheckRoles(policy, "teachers", rules.teachers, IsTeaching, table);
    CheckRoles(policy, "sencos", rules.sencos, IsSenco, table);
    if (rules.review_interval_days_max > policy.days.review_date_days_max) {
      table.Wrong("review_interval_max", "must not be more than days.review_date_max");
    }
    if (std::ranges::find(policy.setting_types, rules.type, &SettingTypeRules::type) !=
        policy.setting_types.end()) {
      table.Wrong("type", "stands twice");
    }
    policy.setting_types.push_back(std::move(rules));
  });
  top.Tables("needs", [&](TableReader& table) {
    NeedCode need = ReadNeed(table);
    if (policy.FindNeed(need.code) != nullptr) table.Wrong("code", "stands twice");
    policy.needs.push_back(std::move(need));
  });
  const std::vector<Date> bank_holidays = top.Days("bank_holidays");
  top.Tables("calendars", [&](TableReader& table) {
    TermCalendar calendar = ReadCalendar(table, bank_holidays, policy.Id());
    if (std::ranges::find(policy.calendars, calendar.name(), &TermCalendar::name) !=
        policy.calendars.end()) {
      table.Wrong("name", "stands twice");
    }
    for (const std::string& setting : calendar.settings()) {
      if (policy.CalendarNaming(setting) != nullptr) {
        table.Wrong("settings", "must not name a setting of another calendar");
      }
    }
    policy.calendars.push_back(std::move(calendar));
  });
}

// What one value of the file alone cannot tell.
void CheckWhole(TableReader& top, const Policy& policy) {
  if (policy.FindCalendar({}) == nullptr) {
    top.Wrong("default_calendar", "must be one of the calendars");
  }
  for (int type = v1::SettingType_MIN + 1; type <= v1::SettingType_MAX; ++type) {
    if (std::ranges::find(policy.setting_types, static_cast<v1::SettingType>(type),
                          &SettingTypeRules::type) == policy.setting_types.end()) {
      top.Wrong("setting_types",
                absl::StrCat("must hold every type, but lacks ",
                             v1::SettingType_Name(static_cast<v1::SettingType>(type))));
    }
  }
  std::set<std::string> missing;
  for (const core::CommandSpec& command : CommandTable()) {
    for (const std::string& role : command.roles) {
      if (role != "system" && std::ranges::find(policy.roles, role) == policy.roles.end()) {
        missing.insert(role);
      }
    }
  }
  if (!missing.empty()) {
    top.Wrong("roles", absl::StrCat("must hold the workflow's ", absl::StrJoin(missing, ", ")));
  }
}

Policy ReadPolicy(TableReader& top) {
  constexpr std::int64_t kVersionMax = 1'000'000;
  constexpr std::int64_t kOutcomesMax = 100;
  Policy policy;
  policy.name = top.Text("name");
  if (!std::ranges::all_of(policy.name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
      })) {
    top.Wrong("name", "must be of small letters, digits and hyphens, such as our-authority");
  }
  policy.version = top.Number("version", kVersionMax);
  policy.title = top.Text("title");
  policy.default_calendar = top.Text("default_calendar");
  policy.outcomes_typical_max = top.Number("outcomes_typical_max", kOutcomesMax);
  policy.roles = top.Texts("roles");
  policy.disciplines = top.Texts("disciplines");
  policy.curriculum_years = top.Texts("curriculum_years");
  policy.authorities = top.Ranges("authorities");
  top.Table("titles", [&](TableReader& titles) {
    policy.titles = {.profile = titles.Text("profile"),
                     .plan = titles.Text("plan"),
                     .review = titles.Text("review")};
  });
  top.Table("days", [&](TableReader& days) { ReadDays(days, policy.days); });
  ReadLists(top, policy);
  return policy;
}

absl::StatusOr<Policy> Parse(std::string_view text, const std::string& name) {
  const toml::parse_result parsed = toml::parse(text, name);
  if (!parsed) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ":", parsed.error().source().begin.line,
                     ": not TOML: ", std::string(parsed.error().description()), "."));
  }
  Problems problems(name);
  TableReader top(parsed.table(), "", problems);
  Policy policy = ReadPolicy(top);
  if (problems.status().ok()) CheckWhole(top, policy);
  top.Finish();
  if (!problems.status().ok()) return problems.status();
  return policy;
}

}  // namespace

bool HoldSameValues(std::string_view one, std::string_view other) {
  const toml::parse_result first = toml::parse(one);
  const toml::parse_result second = toml::parse(other);
  return first && second && first.table() == second.table();
}

absl::StatusOr<Policy> ParsePolicy(std::string_view text, const std::string& name) {
  APDR_ASSIGN_OR_RETURN(Policy policy, Parse(text, name));
  // Events name the profile that they were judged under: that name may mean one thing only.
  const absl::StatusOr<std::string> built_in = BuiltInPolicyText(policy.name);
  if (built_in.ok() && *built_in != text) {
    return absl::InvalidArgumentError(absl::StrCat(name, ":1: name must be another than ",
                                                   policy.name,
                                                   ", which is a profile of the product."));
  }
  return policy;
}

}  // namespace apdr::sen
