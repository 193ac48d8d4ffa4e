#include "engine/domains/sen_support/registration/identifiers.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "engine/base/check.h"

namespace apdr::sen {
namespace {

// The 23 letters of a UPN, in the order in which their index counts.
constexpr std::string_view kUpnLetters = "ABCDEFGHJKLMNPQRTUVWXYZ";
constexpr std::size_t kUpnSize = 13;
constexpr std::size_t kUlnSize = 10;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool AllDigits(std::string_view text) { return std::ranges::all_of(text, IsDigit); }
bool IsUpnLetter(char c) { return kUpnLetters.find(c) != std::string_view::npos; }
int DigitOf(char c) { return c - '0'; }

// A digit by its value, a letter by its index among the letters of a UPN.
int UpnValueOf(char c) { return IsDigit(c) ? DigitOf(c) : static_cast<int>(kUpnLetters.find(c)); }

// 8012000, which may be written 801/2000.
bool IsLaestab(std::string_view text) {
  if (text.size() == 8 && text[3] == '/') {
    return AllDigits(text.substr(0, 3)) && AllDigits(text.substr(4));
  }
  return text.size() == 7 && AllDigits(text);
}

bool StartsWithDigitFrom1(std::string_view text) { return text.front() >= '1'; }

}  // namespace

std::string NormalisedIdentifier(std::string_view text) {
  std::string result(text);
  absl::StripAsciiWhitespace(&result);
  absl::AsciiStrToUpper(&result);
  return result;
}

v1::Identifier AsStored(const v1::Identifier& identifier) {
  v1::Identifier stored = identifier;
  stored.set_value(NormalisedIdentifier(identifier.value()));
  if (stored.type() == v1::IDENTIFIER_TYPE_UPN ||
      stored.type() == v1::IDENTIFIER_TYPE_UPN_TEMPORARY) {
    stored.set_type(FormOfUpn(stored.value()) == UpnForm::kTemporary
                        ? v1::IDENTIFIER_TYPE_UPN_TEMPORARY
                        : v1::IDENTIFIER_TYPE_UPN);
  }
  return stored;
}

UpnForm FormOfUpn(std::string_view upn) {
  if (upn.size() != kUpnSize || !IsUpnLetter(upn.front())) return UpnForm::kNone;
  if (!AllDigits(upn.substr(1, kUpnSize - 2))) return UpnForm::kNone;
  if (IsDigit(upn.back())) return UpnForm::kPermanent;
  return IsUpnLetter(upn.back()) ? UpnForm::kTemporary : UpnForm::kNone;
}

bool UpnCheckLetterHolds(std::string_view upn) {
  APDR_CHECK(FormOfUpn(upn) != UpnForm::kNone);
  int sum = 0;
  for (std::size_t i = 1; i < kUpnSize; ++i) sum += static_cast<int>(i + 1) * UpnValueOf(upn[i]);
  const auto letters = static_cast<int>(kUpnLetters.size());
  return upn.front() == kUpnLetters[static_cast<std::size_t>(sum % letters)];
}

int AuthorityOfUpn(std::string_view upn) {
  APDR_CHECK(FormOfUpn(upn) != UpnForm::kNone);
  return DigitOf(upn[1]) * 100 + DigitOf(upn[2]) * 10 + DigitOf(upn[3]);
}

bool IsUln(std::string_view text) {
  if (text.size() != kUlnSize || !AllDigits(text) || text.front() == '0') return false;
  int sum = 0;
  for (std::size_t i = 0; i < kUlnSize; ++i)
    sum += static_cast<int>(kUlnSize - i) * DigitOf(text[i]);
  return sum % 11 == 10;
}

bool IsNhsNumber(std::string_view text) {
  constexpr std::size_t kSize = 10;
  constexpr int kModulus = 11;
  if (text.size() != kSize || !AllDigits(text)) return false;
  int sum = 0;
  for (std::size_t i = 0; i + 1 < kSize; ++i) sum += static_cast<int>(kSize - i) * DigitOf(text[i]);
  return (kModulus - sum % kModulus) % kModulus == DigitOf(text.back());
}

bool IsSettingId(v1::SettingScheme scheme, std::string_view value) {
  switch (scheme) {
    case v1::SETTING_SCHEME_URN:
      return value.size() == 6 && AllDigits(value) && StartsWithDigitFrom1(value);
    case v1::SETTING_SCHEME_EY:
      if (value.starts_with("EY")) return value.size() == 8 && AllDigits(value.substr(2));
      return (value.size() == 6 || value.size() == 7) && AllDigits(value);
    case v1::SETTING_SCHEME_UKPRN:
      return value.size() == 8 && AllDigits(value) && value.front() == '1';
    case v1::SETTING_SCHEME_LAESTAB:
      return IsLaestab(value);
    case v1::SETTING_SCHEME_LOCAL:
      return !value.empty();
    default:
      return false;
  }
}

}  // namespace apdr::sen
