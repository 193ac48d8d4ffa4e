#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "apdr/sen/v1/types.pb.h"
#include "engine/core/command.h"
#include "engine/core/definition.h"
#include "engine/domains/sen_support/policy.h"

namespace apdr::scenario {

// The person whom a script means: TCH, TCH2 (another teacher), teacher, cover teacher, SLT (the
// professional of that discipline). The same words are the same person throughout a case.
[[nodiscard]] absl::StatusOr<sen::v1::PersonRef> PersonNamed(std::string_view case_id,
                                                             std::string_view words,
                                                             const sen::Policy& policy);

// Who acts, from the setting `setting_id` unless the role belongs to no setting.
[[nodiscard]] core::Actor ActorNamed(std::string_view case_id, const std::string& abbreviation,
                                     const std::string& setting_id);

// `abbreviation` if its role may send the command, else the first one whose role may.
[[nodiscard]] std::string WhoMay(const core::CommandSpec& command, const std::string& abbreviation);

}  // namespace apdr::scenario
