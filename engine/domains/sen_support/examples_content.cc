#include "engine/domains/sen_support/examples_content.h"

#include <array>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/check.h"

namespace apdr::sen::examples {
namespace {

struct Abbreviation {
  std::string_view name;
  std::string_view role;
};

constexpr std::array<Abbreviation, 12> kAbbreviations = {{{"TCH", "teacher"},
                                                          {"KEY", "keyworker"},
                                                          {"TUT", "tutor"},
                                                          {"SEN", "senco"},
                                                          {"TA", "teaching-assistant"},
                                                          {"HEAD", "head"},
                                                          {"PAR", "parent"},
                                                          {"CHI", "child"},
                                                          {"YP", "young-person"},
                                                          {"EXT", "professional"},
                                                          {"LA", "la-send-officer"},
                                                          {"COV", "teacher"}}};

constexpr int kReviewAfterDays = 70;
constexpr int kOutcomeDays = 84;

// FNV-1a: the same on every machine.
std::uint64_t Hash(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = 14695981039346656037ULL ^ seed;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return hash;
}

// The outcomes and provisions of the draft at hand, complete. False: there is no draft that has
// both.
bool AddDrafted(v1::PlanContent& plan, const ExampleContext& context) {
  const auto& current = CaseOf(context.state).current();
  if (current.draft_outcome_ids().empty() || current.draft_provision_ids().empty()) return false;
  for (const std::string& id : current.draft_outcome_ids()) {
    *plan.add_outcomes() = OutcomeNumber(plan.outcomes_size() + 1, context.occurred_on);
    plan.mutable_outcomes(plan.outcomes_size() - 1)->set_outcome_id(id);
  }
  for (const std::string& id : current.draft_provision_ids()) {
    v1::PlannedProvision& provision = *plan.add_provisions();
    provision = ProvisionNumber(plan.provisions_size(), context);
    provision.set_provision_id(id);
    provision.set_outcome_ids(
        0, plan.outcomes((plan.provisions_size() - 1) % plan.outcomes_size()).outcome_id());
  }
  return true;
}

v1::SettingType SettingTypeOf(const ExampleContext& context) {
  return CaseOf(context.state).setting().type();
}

}  // namespace

std::string PersonId(std::string_view case_id, std::string_view abbreviation) {
  const std::string name = absl::StrCat(std::string(case_id), "/", std::string(abbreviation));
  const std::uint64_t high = Hash(name, 1);
  const std::uint64_t low = Hash(name, 2);
  // Version 8, "custom", of RFC 9562.
  return absl::StrFormat("%08x-%04x-8%03x-8%03x-%012x", high >> 32U, (high >> 16U) & 0xffffU,
                         high & 0xfffU, (low >> 48U) & 0xfffU, low & 0xffffffffffffULL);
}

std::string_view RoleOf(std::string_view abbreviation) {
  for (const Abbreviation& known : kAbbreviations) {
    if (known.name == abbreviation) return known.role;
  }
  return {};
}

v1::PersonRef Person(std::string_view case_id, std::string_view abbreviation) {
  const std::string_view role = RoleOf(abbreviation);
  APDR_CHECK(!role.empty());
  v1::PersonRef person;
  person.set_person_id(PersonId(case_id, abbreviation));
  person.set_role(std::string(role));
  return person;
}

v1::PersonRef Teacher(const ExampleContext& context) {
  const CaseState& record = CaseOf(context.state);
  if (record.has_responsible_teacher()) return record.responsible_teacher();
  if (SettingTypeOf(context) == v1::SETTING_TYPE_COLLEGE) return Person(context.case_id, "TUT");
  return Person(context.case_id, IsEarlyYears(SettingTypeOf(context)) ? "KEY" : "TCH");
}

v1::Setting SettingOf(const ExampleContext& context) {
  if (CaseOf(context.state).has_setting()) return CaseOf(context.state).setting();
  v1::Setting setting;
  setting.set_scheme(v1::SETTING_SCHEME_URN);
  setting.set_value("199001");
  setting.set_type(v1::SETTING_TYPE_SCHOOL);
  return setting;
}

v1::PersonRef Senco(const ExampleContext& context) {
  v1::PersonRef person = Person(context.case_id, "SEN");
  if (SettingTypeOf(context) == v1::SETTING_TYPE_COLLEGE) person.set_role("named-person");
  return person;
}

v1::PersonRef Parent(const ExampleContext& context) { return Person(context.case_id, "PAR"); }

v1::PersonRef Child(const ExampleContext& context) {
  const bool decides = IsYoungPerson(CaseOf(context.state).date_of_birth(), context.occurred_on);
  return Person(context.case_id, decides ? "YP" : "CHI");
}

v1::PersonRef Decider(const ExampleContext& context) {
  const v1::PersonRef child = Child(context);
  return child.role() == "young-person" ? child : Parent(context);
}

v1::Attempt AttemptOn(Date on) {
  v1::Attempt attempt;
  attempt.set_on(FormatDate(on));
  attempt.set_method(v1::CONTACT_METHOD_PHONE);
  attempt.set_result("No answer.");
  return attempt;
}

v1::Measure MeasureOn(std::string_view value, Date on) {
  v1::Measure measure;
  measure.set_measure("words read a minute");
  measure.set_value(std::string(value));
  measure.set_unit("words");
  measure.set_on(FormatDate(on));
  return measure;
}

v1::Need NeedOf(std::string_view code, std::uint32_t rank) {
  v1::Need need;
  need.set_sen_type(std::string(code));
  need.set_rank(rank);
  need.set_narrative("Reading takes much longer than for others of the same age.");
  return need;
}

v1::Outcome OutcomeNumber(int number, Date on) {
  v1::Outcome outcome;
  outcome.set_outcome_id(absl::StrCat("O", number));
  outcome.set_area(v1::AREA_COGNITION_AND_LEARNING);
  outcome.set_statement("Reads a text of the year group at 80 words a minute on two occasions.");
  *outcome.mutable_baseline() = MeasureOn("42", on);
  *outcome.mutable_target() = MeasureOn("80", on + kOutcomeDays);
  outcome.set_by_date(FormatDate(on + kOutcomeDays));
  return outcome;
}

v1::PlannedProvision ProvisionNumber(int number, const ExampleContext& context) {
  v1::PlannedProvision provision;
  provision.set_provision_id(absl::StrCat("P", number));
  provision.add_outcome_ids(absl::StrCat("O", number));
  provision.set_title("Paired reading");
  provision.set_kind(v1::PROVISION_KIND_SMALL_GROUP);
  provision.set_layer(v1::PROVISION_LAYER_TARGETED);
  provision.set_additional_or_different("Reading with an adult in a group of four.");
  *provision.add_delivered_by() = Teacher(context);
  provision.set_ratio("1:4");
  provision.mutable_frequency()->set_times_per_week(3);
  provision.mutable_frequency()->set_minutes(20);
  provision.mutable_frequency()->set_weeks(10);
  return provision;
}

Date ReviewDate(const ExampleContext& context) {
  const TermCalendar& calendar = context.policy.CalendarOr(CaseOf(context.state).calendar());
  const Date wanted = context.occurred_on + kReviewAfterDays;
  const Date school_day = calendar.LastSchoolDayBy(wanted);
  return school_day > context.occurred_on ? school_day : wanted;
}

v1::PlanContent PlanFor(const ExampleContext& context) {
  const CaseState& record = CaseOf(context.state);
  const std::string& draft = record.current().draft_plan_id();
  v1::PlanContent plan;
  plan.set_plan_id(draft.empty() ? absl::StrCat("plan-", record.cycle()) : draft);
  if (!AddDrafted(plan, context)) {
    for (const int number : {1, 2}) {
      *plan.add_outcomes() = OutcomeNumber(number, context.occurred_on);
      *plan.add_provisions() = ProvisionNumber(number, context);
    }
  }
  plan.set_review_on(FormatDate(ReviewDate(context)));
  plan.set_support_starts_on(FormatDate(context.occurred_on));
  plan.mutable_responsibilities()->set_parent("Reads with the child on three evenings a week.");
  plan.mutable_responsibilities()->set_child("Chooses the books.");
  plan.mutable_responsibilities()->set_setting("Finds the time and the place.");
  plan.set_expected_impact("Reading no longer holds up other learning.");
  plan.mutable_written_plan()->set_document_id(absl::StrCat("document-", plan.plan_id()));
  plan.mutable_written_plan()->set_sha256(std::string(64, 'a'));
  *plan.mutable_responsible_teacher() = Teacher(context);
  return plan;
}

}  // namespace apdr::sen::examples
