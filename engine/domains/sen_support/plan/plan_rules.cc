#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apdr/sen/v1/do.pb.h"
#include "engine/domains/sen_support/assess/assess.h"
#include "engine/domains/sen_support/governance/governance.h"
#include "engine/domains/sen_support/plan/plan.h"

namespace apdr::sen {
namespace {

// An agreement of a later day is none yet.
bool HasAgreement(const SenInput& input, v1::AgreementCapacity capacity) {
  return std::ranges::any_of(
      input.command<v1::AgreePlan>().agreements(), [&](const v1::Agreement& agreement) {
        const std::optional<Date> on = ParseDate(agreement.on());
        return agreement.capacity() == capacity && (!on || *on <= input.on());
      });
}

// The review date that the command sets, if it sets one.
std::optional<Date> NewReviewDate(const SenInput& input) {
  if (const auto* change = input.TryCommand<v1::ChangeReviewDate>()) {
    return ParseDate(change->to());
  }
  return ParseDate(PlanOf(input).review_on());
}

// When the plan was or is agreed whose review date it is.
Date PlanDate(const SenInput& input) {
  if (input.TryCommand<v1::ChangeReviewDate>() == nullptr) return input.on();
  return ParseDate(input.record.plan().agreed_on()).value_or(input.on());
}

std::string MissingParticipant(const std::vector<v1::PersonRef>& people, const SenInput& input) {
  if (!Includes(people, IsParentOrYoungPerson)) return "a parent or the young person";
  if (!Includes(people, IsTeaching)) return "the responsible teacher, keyworker or tutor";
  const SettingTypeRules& rules = input.policy.RulesFor(input.record.setting().type());
  const bool senco = std::ranges::any_of(people, [&](const v1::PersonRef& person) {
    return std::ranges::find(rules.sencos, person.role()) != rules.sencos.end();
  });
  if (rules.needs_senco && !senco) return absl::StrJoin(rules.sencos, " or ");
  if (!Includes(people, IsChild)) return "the child";
  return {};
}

}  // namespace

// Setting and family. Before the end of compulsory school age the family's agreement is a parent's.
std::optional<Breach> OutcomesNotAgreed(const SenInput& input) {
  if (input.TryCommand<v1::IssuePlanWithoutAgreement>() != nullptr) {
    return Broken("the family has not agreed to the plan");
  }
  const bool by_family =
      HasAgreement(input, v1::AGREEMENT_CAPACITY_PARENT) ||
      (input.ChildIsYoungPerson() && (HasAgreement(input, v1::AGREEMENT_CAPACITY_YOUNG_PERSON) ||
                                      HasAgreement(input, v1::AGREEMENT_CAPACITY_ALTERNATIVE)));
  if (!by_family) return Broken("neither a parent nor the young person has agreed");
  if (!HasAgreement(input, v1::AGREEMENT_CAPACITY_SETTING)) {
    return Broken("the setting has not agreed");
  }
  return std::nullopt;
}

std::optional<Breach> ParticipantNoSay(const SenInput& input) {
  int silent = 0;
  for (const v1::Participant& participant : input.record.current().participants()) {
    if (HasNoSay(input.record, participant.person())) ++silent;
  }
  if (silent == 0) return std::nullopt;
  return Broken(absl::StrCat(silent,
                             " of the participants have neither contributed nor a recorded "
                             "silence"),
                {{"participants", absl::StrCat(silent)}});
}

// Judged when the participants are confirmed; a plan only asks that they have been.
std::optional<Breach> ParticipantsIncomplete(const SenInput& input) {
  const auto* confirm = input.TryCommand<v1::ConfirmParticipants>();
  if (confirm == nullptr) {
    if (!input.record.current().participants().empty()) return std::nullopt;
    return Broken("nobody has confirmed who takes part in the plan");
  }
  std::vector<v1::PersonRef> people;
  for (const v1::Participant& participant : confirm->participants()) {
    people.push_back(participant.person());
  }
  const std::string missing = MissingParticipant(people, input);
  if (missing.empty()) return std::nullopt;
  return Broken(absl::StrCat("the participants do not include ", missing));
}

std::optional<Breach> ReviewDateMissing(const SenInput& input) {
  if (!PlanOf(input).review_on().empty()) return std::nullopt;
  return Broken("the plan has no review date");
}

std::optional<Breach> ReviewDateRange(const SenInput& input) {
  const std::optional<Date> review_on = NewReviewDate(input);
  if (!review_on) return std::nullopt;
  const Date plan_date = PlanDate(input);
  const int days_max = input.policy.days.review_date_days_max;
  if (*review_on > plan_date && *review_on >= input.on() && *review_on - plan_date <= days_max) {
    return std::nullopt;
  }
  return Broken(
      absl::StrCat("the review date must lie 1 to ", days_max, " days after the plan, not past"),
      {{"review_on", FormatDate(*review_on)}, {"plan_date", FormatDate(plan_date)}});
}

std::optional<Breach> ReviewIntervalLong(const SenInput& input) {
  const std::optional<Date> review_on = NewReviewDate(input);
  if (!review_on) return std::nullopt;
  const int days_max =
      input.policy.RulesFor(input.record.setting().type()).review_interval_days_max;
  const auto interval = *review_on - PlanDate(input);
  if (interval <= days_max) return std::nullopt;
  return Broken(absl::StrCat("the review is ", interval, " days after the plan where ", days_max,
                             " at most are usual"),
                {{"review_on", FormatDate(*review_on)}, {"days", absl::StrCat(interval)}});
}

std::optional<Breach> PlanLocked(const SenInput& input) {
  if (input.TryCommand<v1::CorrectRecord>() != nullptr) return RecordLocked(input);
  if (const auto* adjust = input.TryCommand<v1::AdjustProvision>()) {
    const v1::ProvisionAdjustment& adjustment = adjust->adjustment();
    if (adjustment.outcomes().empty() && adjustment.review_on().empty()) return std::nullopt;
    return Broken("an adjustment of provision changes neither outcomes nor the review date");
  }
  const auto* draft = input.TryCommand<v1::DraftPlan>();
  const std::string& id = draft != nullptr ? draft->plan().plan_id() : PlanOf(input).plan_id();
  const bool agreed = std::ranges::any_of(
      input.record.plans(), [&](const v1::PlanSummary& plan) { return plan.plan_id() == id; });
  if (!agreed) return std::nullopt;
  return Broken("a plan of this id has been agreed and can no longer change", {{"plan", id}});
}

std::optional<Breach> ReviewDateChangeRefused(const SenInput& input) {
  const std::optional<Date> review_on = ParseDate(input.record.plan().review_on());
  if (review_on && input.on() > *review_on) {
    return Broken("the review date has passed", {{"review_on", FormatDate(*review_on)}});
  }
  const auto& agreed_by = input.command<v1::ChangeReviewDate>().agreed_by();
  if (Includes(agreed_by, IsParentOrYoungPerson)) return std::nullopt;
  return Broken("neither a parent nor the young person has agreed to the new date");
}

}  // namespace apdr::sen
