#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/domains/sen_support/assess/professionals.h"
#include "engine/domains/sen_support/review/review.h"

namespace apdr::sen {
namespace {

constexpr int kAttemptsMin = 2;

const v1::Review& ReviewOf(const SenInput& input) {
  return input.command<v1::HoldReview>().review();
}

bool WithoutProgress(v1::Impact impact) {
  return impact == v1::IMPACT_NONE || impact == v1::IMPACT_NEGATIVE;
}

bool IsEvaluated(const v1::Review& review, const std::string& outcome_id) {
  return std::ranges::any_of(review.outcome_evaluations(), [&](const auto& evaluation) {
    return evaluation.outcome_id() == outcome_id;
  });
}

bool SaysWhatIsDifferent(const v1::SupportDecision& decision) {
  return decision.choice() != v1::SUPPORT_CHOICE_DIFFERENT || !decision.what_different().empty();
}

bool EndsTooEarly(const v1::Review& review) {
  return review.support_decision().choice() == v1::SUPPORT_CHOICE_END &&
         std::ranges::any_of(review.outcome_evaluations(), [](const auto& evaluation) {
           return evaluation.status() == v1::OUTCOME_STATUS_BEING_ACHIEVED;
         });
}

// Somebody who works with the child, has advised, or has been asked and not declined.
bool HasSpecialist(const SenInput& input) {
  if (!input.record.specialist_requests().empty() || input.record.specialist_advised()) return true;
  return std::ranges::any_of(input.record.professionals(), [&](const auto& professional) {
    return IsInvolved(professional, input.on()) || professional.consulted_in_cycle() > 0;
  });
}

}  // namespace

int DaysLate(const SenInput& input) {
  const std::optional<Date> review_on = ParseDate(input.record.plan().review_on());
  return review_on ? static_cast<int>(input.on() - *review_on) : 0;
}

std::vector<v1::PersonRef> PeopleAt(const v1::Review& review) {
  std::vector<v1::PersonRef> people;
  for (const v1::ReviewParticipant& participant : review.participants()) {
    people.push_back(participant.person());
  }
  return people;
}

std::optional<Breach> SupportNotStarted(const SenInput& input) {
  if (!input.record.current().support_started_on().empty()) return std::nullopt;
  if (!ReviewOf(input).never_delivered_reason().empty()) return std::nullopt;
  return Broken("the planned support has not started and no reason says why it never did");
}

std::optional<Breach> ReviewDecisionsIncomplete(const SenInput& input) {
  const v1::Review& review = ReviewOf(input);
  std::vector<std::string> missing;
  if (review.impact() == v1::IMPACT_UNSPECIFIED) missing.emplace_back("the impact");
  if (review.outcome_evaluations().empty()) missing.emplace_back("the outcomes");
  if (!review.has_new_outcomes()) missing.emplace_back("whether new outcomes are needed");
  if (review.support_decision().choice() == v1::SUPPORT_CHOICE_UNSPECIFIED) {
    missing.emplace_back("whether support continues, differs or ends");
  }
  if (missing.empty()) return std::nullopt;
  return Broken(absl::StrCat("the review does not decide ", absl::StrJoin(missing, ", ")));
}

// What is judged besides the plan's outcomes does no harm. A review that judges none at all lacks a
// decision: REVIEW_DECISIONS_INCOMPLETE says that.
std::optional<Breach> OutcomeNotEvaluated(const SenInput& input) {
  const v1::Review& review = ReviewOf(input);
  if (review.outcome_evaluations().empty()) return std::nullopt;
  for (const std::string& id : input.record.plan().outcome_ids()) {
    if (!IsEvaluated(review, id)) {
      return Broken(absl::StrCat("outcome ", id, " of the plan is not judged"), {{"outcome", id}});
    }
  }
  return std::nullopt;
}

std::optional<Breach> NewOutcomesInconsistent(const SenInput& input) {
  const v1::Review& review = ReviewOf(input);
  if (!review.has_new_outcomes()) return std::nullopt;
  const bool given = !review.new_outcomes().items().empty();
  if (review.new_outcomes().needed() == given) return std::nullopt;
  return Broken(given ? "new outcomes are given though none are needed"
                      : "new outcomes are needed and none is given");
}

std::optional<Breach> SupportDecisionInconsistent(const SenInput& input) {
  const v1::Review& review = ReviewOf(input);
  if (!SaysWhatIsDifferent(review.support_decision())) {
    return Broken("the support is to be different and nothing says what is different");
  }
  if (EndsTooEarly(review)) {
    return Broken("support is to end while an outcome is still being achieved");
  }
  return std::nullopt;
}

core::Strength SupportDecisionStrength(const SenInput& input) {
  return SaysWhatIsDifferent(ReviewOf(input).support_decision()) ? core::Strength::kShould
                                                                 : core::Strength::kIntegrity;
}

std::optional<Breach> ReviewWithoutParent(const SenInput& input) {
  const v1::Review& review = ReviewOf(input);
  if (Includes(PeopleAt(review), IsParentOrYoungPerson) || !review.parent_views().empty() ||
      review.parent_attempts_size() >= kAttemptsMin ||
      input.record.current().family_heard_for_review()) {
    return std::nullopt;
  }
  return Broken(
      "no parent or young person took part, gave views, or was tried to be reached twice");
}

std::optional<Breach> ReviewWithoutChildVoice(const SenInput& input) {
  if (!ReviewOf(input).child_views().empty() || input.record.current().child_heard_for_review()) {
    return std::nullopt;
  }
  return Broken("the review has no views of the child or young person");
}

std::optional<Breach> ReviewLate(const SenInput& input) {
  if (const auto* schedule = input.TryCommand<v1::ScheduleReview>()) {
    const std::optional<Date> meeting_on = ParseDate(schedule->meeting().meeting_on());
    const std::optional<Date> review_on = ParseDate(input.record.plan().review_on());
    if (!meeting_on || !review_on || *meeting_on <= *review_on) return std::nullopt;
    return Broken("the meeting is later than the agreed review date",
                  {{"meeting_on", FormatDate(*meeting_on)}, {"review_on", FormatDate(*review_on)}});
  }
  const int days_late = DaysLate(input);
  if (days_late <= 0) return std::nullopt;
  return Broken(absl::StrCat("the review was held ", days_late, " days after the agreed date"),
                {{"days_late", absl::StrCat(days_late)}});
}

// Two reviews in a row, this one and the one before it in the same run of cycles.
std::optional<Breach> SpecialistExpected(const SenInput& input) {
  const auto& last = input.record.last_review();
  const bool twice = WithoutProgress(ReviewOf(input).impact()) && WithoutProgress(last.impact()) &&
                     last.cycle() + 1 == input.record.cycle();
  if (!twice || HasSpecialist(input)) return std::nullopt;
  return Broken("two reviews in a row found no positive impact and no specialist is involved");
}

}  // namespace apdr::sen
