#pragma once

#include <optional>

#include "apdr/sen/v1/profile.pb.h"
#include "engine/domains/sen_support/sen_input.h"

// The one-page profile: the child's voice on one side of paper. Both commands, their events and
// their rules are small and stand together in profile.cc.
namespace apdr::sen {

[[nodiscard]] Payloads Decide(const v1::CreateOnePageProfile& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::UpdateOnePageProfile& command, const SenInput& input);

void Evolve(CaseState& record, const v1::OnePageProfileCreated& event, Date occurred_on);

// R14 for a profile: the child took part, or somebody is named who gave the child a voice.
[[nodiscard]] bool ChildHasVoice(const v1::OnePageProfile& profile);

// It fits one A4 page.
inline constexpr std::size_t kProfileCharactersMax = 3000;
[[nodiscard]] std::size_t CharactersOf(const v1::OnePageProfile& profile);

}  // namespace apdr::sen
