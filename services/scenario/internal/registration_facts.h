#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "apdr/sen/v1/registration.pb.h"

namespace apdr::scenario {

// Puts a fact such as upn=U801299922001, urn=199001 or setting-type=college into a registration.
// False: no fact of a registration has this name.
[[nodiscard]] absl::StatusOr<bool> PutRegistrationFact(std::string_view name,
                                                       const std::string& value,
                                                       sen::v1::Registration& registration);

}  // namespace apdr::scenario
