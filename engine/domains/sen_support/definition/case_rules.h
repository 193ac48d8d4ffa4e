#pragma once

#include <optional>

#include "engine/domains/sen_support/sen_input.h"

// Rules that belong to no single part of the story.
namespace apdr::sen {

// R08, R09, and what R10 demands within a stage.
[[nodiscard]] std::optional<Breach> DateInFuture(const SenInput& input);
[[nodiscard]] std::optional<Breach> DateOrder(const SenInput& input);
[[nodiscard]] std::optional<Breach> StageOrder(const SenInput& input);
// R53, R57, R60, R62 to R65.
[[nodiscard]] std::optional<Breach> NotCurrentSetting(const SenInput& input);
[[nodiscard]] std::optional<Breach> NotAuthorised(const SenInput& input);
[[nodiscard]] std::optional<Breach> YpDecides(const SenInput& input);
[[nodiscard]] std::optional<Breach> RecordTooOld(const SenInput& input);
[[nodiscard]] std::optional<Breach> InsufficientAttempts(const SenInput& input);
[[nodiscard]] std::optional<Breach> RestrictedPerson(const SenInput& input);
[[nodiscard]] std::optional<Breach> ReasonRequired(const SenInput& input);

}  // namespace apdr::sen
