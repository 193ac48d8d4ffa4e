#include "engine/domains/sen_support/assess/needs.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/move.pb.h"

namespace apdr::sen {
namespace {

// The needs that the command states.
Needs StatedNeeds(const SenInput& input) {
  if (const auto* start = input.TryCommand<v1::StartSenSupport>()) return start->start().needs();
  const auto* plan = input.TryCommand<v1::RecordEhcPlan>();
  if (plan == nullptr) return input.command<v1::CompleteAssessment>().assessment().needs();
  Needs needs;
  v1::Need& primary = *needs.Add();
  primary.set_sen_type(plan->plan().primary_need());
  primary.set_rank(1);
  if (!plan->plan().secondary_need().empty()) {
    v1::Need& secondary = *needs.Add();
    secondary.set_sen_type(plan->plan().secondary_need());
    secondary.set_rank(secondary.sen_type() == needs[0].sen_type() ? 1 : 2);
  }
  return needs;
}

bool HasEnded(const NeedCode& code, Date on) { return code.valid_to && *code.valid_to < on; }

}  // namespace

bool IsCurrent(const v1::Need& need, Date on) {
  const std::optional<Date> end = ParseDate(need.end_on());
  return !end || *end > on;
}

void DateNeeds(Needs& needs, const SenInput& input) {
  for (v1::Need& need : needs) {
    if (!need.start_on().empty()) continue;
    const auto& known = input.record.needs();
    const auto same = std::ranges::find(known, need.sen_type(),
                                        [](const v1::Need& other) { return other.sen_type(); });
    need.set_start_on(same == known.end() ? input.on_text() : same->start_on());
  }
}

std::optional<Breach> NeedMissing(const SenInput& input) {
  const Needs needs = StatedNeeds(input);
  if (needs.empty()) return Broken("the assessment names no need");
  for (const v1::Need& need : needs) {
    if (need.narrative().empty()) {
      return Broken("a need is not described in words", {{"rank", absl::StrCat(need.rank())}});
    }
  }
  return std::nullopt;
}

std::optional<Breach> NeedCodeInvalid(const SenInput& input) {
  for (const Needs stated = StatedNeeds(input); const v1::Need& need : stated) {
    if (need.sen_type().empty()) continue;
    const NeedCode* code = input.policy.FindNeed(need.sen_type());
    if (code == nullptr || input.on() < code->valid_from) {
      return Broken("a need has a code that the census does not know on that date");
    }
  }
  return std::nullopt;
}

std::optional<Breach> NeedDiscontinued(const SenInput& input) {
  for (const Needs stated = StatedNeeds(input); const v1::Need& need : stated) {
    const NeedCode* code = input.policy.FindNeed(need.sen_type());
    if (code != nullptr && HasEnded(*code, input.on())) {
      return Broken(absl::StrCat("the code of need ", code->code, " is discontinued"),
                    {{"need", code->code}, {"valid_to", FormatDate(*code->valid_to)}});
    }
  }
  return std::nullopt;
}

std::optional<Breach> NeedCodeMissing(const SenInput& input) {
  for (const Needs stated = StatedNeeds(input); const v1::Need& need : stated) {
    if (need.sen_type().empty()) return Broken("a need has no code");
  }
  return std::nullopt;
}

std::optional<Breach> NeedProvisionInvalid(const SenInput& input) {
  if (input.command<v1::AcceptTransfer>().acceptance().provision_on_arrival() !=
      v1::PROVISION_UNSPECIFIED) {
    return std::nullopt;
  }
  return Broken("the provision on arrival is not N, K or E");
}

std::optional<Breach> NeedRankInvalid(const SenInput& input) {
  std::vector<std::uint32_t> ranks;
  for (const Needs stated = StatedNeeds(input); const v1::Need& need : stated) {
    if (IsCurrent(need, input.on())) ranks.push_back(need.rank());
  }
  std::ranges::sort(ranks);
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    if (ranks[i] != i + 1) {
      return Broken("the ranks of the needs are not 1, 2, 3 ... each once",
                    {{"needs", absl::StrCat(ranks.size())}});
    }
  }
  return std::nullopt;
}

// The census takes NSA with K only. Needs stay when support ends with an education, health and care
// plan, so that is where an NSA would slip through.
std::optional<Breach> NeedNsaNotK(const SenInput& input) {
  const auto* start = input.TryCommand<v1::StartSenSupport>();
  if (start != nullptr && (input.record.provision() != v1::PROVISION_EHC_PLAN ||
                           start->start().reason() == v1::START_REASON_EHC_CEASED)) {
    return std::nullopt;
  }
  const auto* end = input.TryCommand<v1::EndSenSupport>();
  if (end != nullptr && end->end().reason() != v1::END_REASON_EHC_PLAN_ISSUED) {
    return std::nullopt;
  }
  for (const Needs needs = end != nullptr ? input.record.needs() : StatedNeeds(input);
       const v1::Need& need : needs) {
    const NeedCode* code = input.policy.FindNeed(need.sen_type());
    if (code != nullptr && !code->with_ehc_plan && IsCurrent(need, input.on())) {
      return Broken(absl::StrCat("the code of need ", code->code,
                                 " may not stand beside an education, health and care plan"),
                    {{"need", code->code}});
    }
  }
  return std::nullopt;
}

}  // namespace apdr::sen
