#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "engine/domains/sen_support/registration/identifiers.h"
#include "engine/domains/sen_support/registration/registration.h"
#include "engine/domains/sen_support/setting/setting.h"

namespace apdr::sen {
namespace {

constexpr int kAgeToRecordMax = 26;   // Not reached yet when a child is registered.
constexpr int kAgeOfSupportMax = 25;  // Not reached yet when support starts.

bool IsUpn(const v1::Identifier& identifier) {
  return identifier.type() == v1::IDENTIFIER_TYPE_UPN ||
         identifier.type() == v1::IDENTIFIER_TYPE_UPN_TEMPORARY;
}

// The identifiers that a command gives to the child, as they are stored.
std::vector<v1::Identifier> IdentifiersIn(const core::Payload& command) {
  std::vector<v1::Identifier> identifiers;
  if (const auto* registers = TryAs<v1::RegisterChild>(command)) {
    for (const v1::Identifier& identifier : registers->registration().identifiers()) {
      identifiers.push_back(AsStored(identifier));
    }
  } else if (const auto* assigns = TryAs<v1::AssignIdentifier>(command)) {
    v1::Identifier identifier;
    identifier.set_type(assigns->identifier().type());
    identifier.set_value(assigns->identifier().value());
    identifiers.push_back(AsStored(identifier));
  }
  return identifiers;
}

std::vector<v1::Identifier> IdentifiersIn(const SenInput& input) {
  return IdentifiersIn(*input.engine.command.payload);
}

std::vector<std::string> Upns(const core::Payload& command) {
  std::vector<std::string> upns;
  for (const v1::Identifier& identifier : IdentifiersIn(command)) {
    if (IsUpn(identifier)) upns.push_back(identifier.value());
  }
  return upns;
}

std::string KeyOf(const std::string& upn) { return absl::StrCat("upn:", upn); }

// The same, without those that are no UPN at all: rule UPN_FORMAT says that.
std::vector<std::string> WellFormedUpns(const SenInput& input) {
  std::vector<std::string> upns = Upns(*input.engine.command.payload);
  std::erase_if(upns, [](const std::string& upn) { return FormOfUpn(upn) == UpnForm::kNone; });
  return upns;
}

// The setting that a command brings the child to.
const v1::Setting& SettingIn(const SenInput& input) {
  if (const auto* registers = input.TryCommand<v1::RegisterChild>()) {
    return registers->registration().setting();
  }
  if (const auto* leaves = input.TryCommand<v1::TransferChild>()) return leaves->transfer().to();
  if (IsAboutSetting(input)) return SettingNamed(input);
  return input.command<v1::AcceptTransfer>().acceptance().setting();
}

}  // namespace

std::vector<std::string> UpnKeys(const CaseState& record, const core::Payload& command) {
  std::vector<std::string> keys;
  if (TryAs<v1::ReopenCase>(command) != nullptr) {
    for (const v1::Identifier& identifier : record.identifiers()) {
      if (IsUpn(identifier)) keys.push_back(KeyOf(identifier.value()));
    }
  }
  for (const std::string& upn : Upns(command)) keys.push_back(KeyOf(upn));
  return keys;
}

bool HoldsUpnKey(const CaseState& record, std::string_view key) {
  return !record.closed() &&
         std::ranges::any_of(record.identifiers(), [key](const v1::Identifier& identifier) {
           return (IsUpn(identifier) || identifier.type() == v1::IDENTIFIER_TYPE_UPN_FORMER) &&
                  KeyOf(identifier.value()) == key;
         });
}

std::optional<Breach> UpnFormat(const SenInput& input) {
  for (const std::string& upn : Upns(*input.engine.command.payload)) {
    if (FormOfUpn(upn) == UpnForm::kNone) {
      return Broken(
          "a UPN is a letter (never I, O or S) and twelve digits, the last a letter if temporary");
    }
  }
  return std::nullopt;
}

std::optional<Breach> UpnCheckLetter(const SenInput& input) {
  for (const std::string& upn : WellFormedUpns(input)) {
    if (!UpnCheckLetterHolds(upn)) {
      return Broken("the first letter of the UPN does not agree with its other characters");
    }
  }
  return std::nullopt;
}

std::optional<Breach> UpnLaCode(const SenInput& input) {
  for (const std::string& upn : WellFormedUpns(input)) {
    const int authority = AuthorityOfUpn(upn);
    if (!input.policy.KnowsAuthority(authority)) {
      return Broken("the UPN names an authority that is not in the policy's list",
                    {{"authority", absl::StrCat(authority)}});
    }
  }
  return std::nullopt;
}

std::optional<Breach> UpnDuplicate(const SenInput& input) {
  for (const std::string& key : UpnKeys(input.record, *input.engine.command.payload)) {
    const auto holder = input.engine.context.key_holders.find(key);
    if (holder == input.engine.context.key_holders.end()) continue;
    if (holder->second != input.engine.context.case_id) {
      return Broken("another open case of this tenant has this UPN",
                    {{"holder", holder->second.value()}});
    }
  }
  return std::nullopt;
}

std::optional<Breach> UlnInvalid(const SenInput& input) {
  for (const v1::Identifier& identifier : IdentifiersIn(input)) {
    if (identifier.type() == v1::IDENTIFIER_TYPE_ULN && !IsUln(identifier.value())) {
      return Broken("a ULN is ten digits, the first not 0, with a check digit that agrees");
    }
  }
  return std::nullopt;
}

std::optional<Breach> AgeOutOfRange(const SenInput& input) {
  const auto* registers = input.TryCommand<v1::RegisterChild>();
  const auto* corrects = input.TryCommand<v1::CorrectRecord>();
  if (corrects != nullptr && corrects->correction().field() != "registration.date_of_birth") {
    return std::nullopt;
  }
  const std::optional<Date> born =
      ParseDate(registers != nullptr  ? registers->registration().date_of_birth()
                : corrects != nullptr ? corrects->correction().new_value()
                                      : input.record.date_of_birth());
  const int limit =
      registers != nullptr || corrects != nullptr ? kAgeToRecordMax : kAgeOfSupportMax;
  if (!born) return std::nullopt;
  const int age = AgeOn(*born, input.on());
  if (age >= 0 && age < limit) return std::nullopt;
  return Broken(absl::StrCat("on that date the age must be from 0 to ", limit - 1),
                {{"age_max", absl::StrCat(limit - 1)}});
}

std::optional<Breach> SettingIdInvalid(const SenInput& input) {
  const v1::Setting& setting = SettingIn(input);
  if (IsAboutSetting(input) && IsSettingId(setting.scheme(), setting.value())) {
    return OtherSettingsRecord(input);
  }
  const auto* leaves = input.TryCommand<v1::TransferChild>();
  if (leaves != nullptr && !leaves->transfer().has_to()) return std::nullopt;
  if (IsSettingId(setting.scheme(), setting.value())) return std::nullopt;
  return Broken("the setting's identifier is not written as its scheme demands",
                {{"scheme", v1::SettingScheme_Name(setting.scheme())}});
}

}  // namespace apdr::sen
