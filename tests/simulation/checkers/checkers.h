#pragma once

#include <span>
#include <string_view>

#include "tests/support/evidence.h"

namespace apdr::testing {

// One promise each, worded in the first line of its file. Empty: kept.
[[nodiscard]] Findings CheckAcknowledged(const Evidence& evidence);
[[nodiscard]] Findings CheckDense(const Evidence& evidence);
[[nodiscard]] Findings CheckOneEffect(const Evidence& evidence);
[[nodiscard]] Findings CheckPublished(const Evidence& evidence);
[[nodiscard]] Findings CheckProjection(const Evidence& evidence);
[[nodiscard]] Findings CheckRestart(const Evidence& evidence);
[[nodiscard]] Findings CheckTimers(const Evidence& evidence);
[[nodiscard]] Findings CheckSenCycles(const Evidence& evidence);
[[nodiscard]] Findings CheckSenOverdue(const Evidence& evidence);

struct Checker {
  std::string_view name;
  Findings (*check)(const Evidence&);
};

[[nodiscard]] std::span<const Checker> AllCheckers();

}  // namespace apdr::testing
