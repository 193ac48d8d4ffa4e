#pragma once

#include <string>

#include "engine/base/date.h"
#include "engine/domains/sen_support/sen_state.h"

// Professionals outside the setting, as the case knows them.
namespace apdr::sen {

// Null for somebody the case does not know.
[[nodiscard]] const state::v1::KnownProfessional* FindProfessional(const CaseState& record,
                                                                   const std::string& person_id);
[[nodiscard]] state::v1::KnownProfessional& KnownOrNew(CaseState& record,
                                                       const std::string& person_id);
// Works with the child on that date.
[[nodiscard]] bool IsInvolved(const state::v1::KnownProfessional& professional, Date on);

}  // namespace apdr::sen
