#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/domains/sen_support/plan/plan.h"

namespace apdr::sen {
namespace {

bool IsMeasured(const v1::Measure& measure) {
  return !measure.measure().empty() && !measure.value().empty();
}

bool HasOutcome(const v1::PlanContent& plan, const std::string& id) {
  return std::ranges::any_of(plan.outcomes(),
                             [&](const auto& outcome) { return outcome.outcome_id() == id; });
}

// A plan without outcomes has NO_OUTCOMES to say so, not each of its provisions.
bool ServesOutcomes(const v1::PlannedProvision& provision, const v1::PlanContent& plan) {
  const auto& ids = provision.outcome_ids();
  if (ids.empty()) return false;
  return plan.outcomes().empty() ||
         std::ranges::all_of(ids, [&](const std::string& id) { return HasOutcome(plan, id); });
}

// Who, how often, how long.
bool IsDefinite(const v1::PlannedProvision& provision) {
  const v1::Frequency& frequency = provision.frequency();
  return !provision.delivered_by().empty() && frequency.times_per_week() > 0 &&
         frequency.minutes() > 0 && frequency.weeks() > 0;
}

bool IsAdditional(const v1::PlannedProvision& provision) {
  return provision.layer() != v1::PROVISION_LAYER_UNIVERSAL &&
         !provision.additional_or_different().empty();
}

}  // namespace

std::optional<Breach> NoOutcomes(const SenInput& input) {
  if (!PlanOf(input).outcomes().empty()) return std::nullopt;
  return Broken("the plan has no outcome");
}

std::optional<Breach> ManyOutcomes(const SenInput& input) {
  const int count = PlanOf(input).outcomes_size();
  if (count <= input.policy.outcomes_typical_max) return std::nullopt;
  return Broken(absl::StrCat("the plan has ", count, " outcomes where ",
                             input.policy.outcomes_typical_max, " at most are usual"),
                {{"outcomes", absl::StrCat(count)}});
}

std::optional<Breach> OutcomeNotSmart(const SenInput& input) {
  for (const v1::Outcome& outcome : PlanOf(input).outcomes()) {
    if (outcome.statement().empty() || !IsMeasured(outcome.baseline()) ||
        outcome.target().value().empty() || outcome.by_date().empty()) {
      return Broken(absl::StrCat("outcome ", outcome.outcome_id(),
                                 " lacks its statement, baseline, target or date"),
                    {{"outcome", outcome.outcome_id()}});
    }
  }
  return std::nullopt;
}

std::optional<Breach> NoProvision(const SenInput& input) {
  const v1::PlanContent& plan = PlanOf(input);
  if (plan.provisions().empty()) return Broken("the plan has no provision");
  for (const v1::PlannedProvision& provision : plan.provisions()) {
    const std::string& id = provision.provision_id();
    if (!ServesOutcomes(provision, plan)) {
      return Broken(absl::StrCat("provision ", id, " is not linked to outcomes of the plan"),
                    {{"provision", id}});
    }
    if (!IsDefinite(provision)) {
      return Broken(absl::StrCat("provision ", id, " does not say who, how often and how long"),
                    {{"provision", id}});
    }
  }
  return std::nullopt;
}

std::optional<Breach> ProvisionNotAdditional(const SenInput& input) {
  const auto& provisions = PlanOf(input).provisions();
  if (provisions.empty() || std::ranges::any_of(provisions, IsAdditional)) return std::nullopt;
  return Broken("no provision is additional to or different from what everybody gets");
}

std::optional<Breach> PlanNotWritten(const SenInput& input) {
  const v1::WrittenPlan& written = PlanOf(input).written_plan();
  if (!written.document_id().empty() && !written.sha256().empty()) return std::nullopt;
  return Broken("the written plan or its hash is missing");
}

}  // namespace apdr::sen
