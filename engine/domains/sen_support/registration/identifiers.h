#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apdr/sen/v1/types.pb.h"

// Identifiers of children and settings: formats and check characters. Pure; accepts any text.
namespace apdr::sen {

// Without surrounding blanks, letters in upper case: how identifiers are compared and stored.
[[nodiscard]] std::string NormalisedIdentifier(std::string_view text);

// An identifier as it is stored: normalised, and a UPN under the type that its form says.
[[nodiscard]] v1::Identifier AsStored(const v1::Identifier& identifier);

enum class UpnForm { kNone, kPermanent, kTemporary };

// The form of a normalised UPN, whatever its check letter: a letter and twelve digits, or, for a
// temporary one, a letter, eleven digits and a letter. The letters I, O and S never appear.
[[nodiscard]] UpnForm FormOfUpn(std::string_view upn);
// REQUIRES: FormOfUpn(upn) != kNone.
[[nodiscard]] bool UpnCheckLetterHolds(std::string_view upn);
// The authority that first gave it. REQUIRES: FormOfUpn(upn) != kNone.
[[nodiscard]] int AuthorityOfUpn(std::string_view upn);

// Unique learner number: ten digits, the first not 0, with its check digit.
[[nodiscard]] bool IsUln(std::string_view text);

// NHS number: ten digits with a check digit (modulus 11).
[[nodiscard]] bool IsNhsNumber(std::string_view text);

// Whether the value is written as its scheme demands.
[[nodiscard]] bool IsSettingId(v1::SettingScheme scheme, std::string_view value);

}  // namespace apdr::sen
