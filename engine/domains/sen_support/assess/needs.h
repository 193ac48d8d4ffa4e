#pragma once

#include <google/protobuf/repeated_field.h>

#include <optional>

#include "apdr/sen/v1/types.pb.h"
#include "engine/domains/sen_support/sen_input.h"

// Types of need: the census rules. They guard every command that carries needs.
namespace apdr::sen {

using Needs = google::protobuf::RepeatedPtrField<v1::Need>;

// Gives each need without a start date its date: when the same need began, or the command's date.
void DateNeeds(Needs& needs, const SenInput& input);

// Whether the need has not ended by that date.
[[nodiscard]] bool IsCurrent(const v1::Need& need, Date on);

// R19 to R22.
[[nodiscard]] std::optional<Breach> NeedMissing(const SenInput& input);
[[nodiscard]] std::optional<Breach> NeedCodeInvalid(const SenInput& input);
[[nodiscard]] std::optional<Breach> NeedDiscontinued(const SenInput& input);
[[nodiscard]] std::optional<Breach> NeedCodeMissing(const SenInput& input);
[[nodiscard]] std::optional<Breach> NeedProvisionInvalid(const SenInput& input);
[[nodiscard]] std::optional<Breach> NeedRankInvalid(const SenInput& input);
[[nodiscard]] std::optional<Breach> NeedNsaNotK(const SenInput& input);

}  // namespace apdr::sen
