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

// "PRU", "nursery": the setting type that is meant, "alternative-provision"; else the words.
[[nodiscard]] std::string_view SettingTypeNamed(std::string_view words);
// Whether a setting is called this.
[[nodiscard]] bool IsSettingWord(std::string_view words);

// The type of most settings with an identifier of this scheme: a UKPRN is a college's, an EY number
// a private nursery's. Other schemes leave it as it is.
void PutUsualSettingType(sen::v1::Registration& registration);

}  // namespace apdr::scenario
