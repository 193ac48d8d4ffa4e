#include "services/scenario/internal/later_words.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "engine/base/status_macros.h"
#include "services/scenario/internal/people.h"
#include "services/scenario/internal/registration_facts.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

namespace v1 = sen::v1;
using google::protobuf::Message;

constexpr std::size_t kUuidSize = 36;

// The setting that a command names; null: it names none.
v1::Setting* SettingIn(Message& command) {
  if (auto* leaves = dynamic_cast<v1::TransferChild*>(&command)) {
    return leaves->mutable_transfer()->mutable_to();
  }
  auto* accepts = dynamic_cast<v1::AcceptTransfer*>(&command);
  return accepts == nullptr ? nullptr : accepts->mutable_acceptance()->mutable_setting();
}

// "to=URN:199002", "urn=199002", "to=199002", "to=unknown".
absl::StatusOr<bool> PutSetting(const std::string& key, const std::string& value,
                                Message& command) {
  std::string plain = Normalised(key);
  std::string id = value;
  auto* leaves = dynamic_cast<v1::TransferChild*>(&command);
  const bool whole = (leaves != nullptr && plain == "to") ||
                     (leaves == nullptr && (plain == "setting" || plain == "to"));
  if (whole && Normalised(value) == "unknown") {
    if (leaves == nullptr) return false;
    leaves->mutable_transfer()->clear_to();
    return true;
  }
  if (whole) {
    const std::size_t colon = value.find(':');
    plain = colon == std::string::npos ? "urn" : Normalised(value.substr(0, colon));
    if (colon != std::string::npos) id = value.substr(colon + 1);
  }
  v1::Registration registration;
  *registration.mutable_setting() = *SettingIn(command);
  static constexpr std::string_view kKeys[] = {"urn",     "ey",    "ukprn",
                                               "laestab", "local", "settingtype"};
  if (std::ranges::find(kKeys, plain) == std::end(kKeys)) return false;
  APDR_ASSIGN_OR_RETURN(const bool known, PutRegistrationFact(plain, id, registration));
  if (plain != "settingtype") PutUsualSettingType(registration);
  *SettingIn(command) = registration.setting();
  return known;
}

absl::StatusOr<bool> PutIdentifier(const std::string& key, const std::string& value,
                                   v1::AssignIdentifier& command) {
  static constexpr std::string_view kKeys[] = {"upn", "upntemporary", "uln", "nhs", "formerupn"};
  if (std::ranges::find(kKeys, Normalised(key)) == std::end(kKeys)) return false;
  v1::Registration registration;
  APDR_ASSIGN_OR_RETURN(const bool known, PutRegistrationFact(key, value, registration));
  if (!known || registration.identifiers().empty()) return false;
  command.mutable_identifier()->set_type(registration.identifiers(0).type());
  command.mutable_identifier()->set_value(registration.identifiers(0).value());
  return true;
}

}  // namespace

absl::StatusOr<bool> PutOutside(const std::string& key, const std::string& value,
                                const ContentContext& context, Message& command) {
  if (auto* assign = dynamic_cast<v1::AssignIdentifier*>(&command)) {
    return PutIdentifier(key, value, *assign);
  }
  if (SettingIn(command) != nullptr) return PutSetting(key, value, command);
  const std::string plain = Normalised(key);
  if (auto* correct = dynamic_cast<v1::CorrectRecord*>(&command)) {
    if (plain != "event" && plain != "target" && plain != "targeteventid") return false;
    const auto found = context.event_ids.find(value);
    correct->mutable_correction()->set_target_event_id(
        found == context.event_ids.end() ? value : found->second);
    return true;
  }
  // "evidence=cycles 1-5": words, not ids.
  return plain == "evidence" && dynamic_cast<v1::RequestEhcAssessment*>(&command) != nullptr &&
         value.size() != kUuidSize;
}

absl::Status PutAsker(const CommandLine& line, const ContentContext& context,
                      const std::set<std::string>& said, Message& command) {
  const std::string base = line.actor.substr(0, line.actor.find_first_of("0123456789"));
  const bool family = base == "PAR" || base == "CHI" || base == "YP";
  if (auto* request = dynamic_cast<v1::RequestEhcAssessment*>(&command)) {
    if (said.contains("requested_by")) return absl::OkStatus();
    request->mutable_request()->set_requested_by(
        base == "PAR"                   ? v1::EHC_REQUESTER_PARENT
        : base == "YP" || base == "CHI" ? v1::EHC_REQUESTER_YOUNG_PERSON
        : base == "LA" || base == "EXT" ? v1::EHC_REQUESTER_OTHER
                                        : v1::EHC_REQUESTER_SETTING);
    return absl::OkStatus();
  }
  v1::PersonRef* person = nullptr;
  if (auto* raise = dynamic_cast<v1::RaiseDisagreement*>(&command)) {
    if (family && !said.contains("by")) person = raise->mutable_disagreement()->mutable_by();
  } else if (auto* home = dynamic_cast<v1::RecordHomeContribution*>(&command)) {
    if (family && !said.contains("by")) person = home->mutable_contribution()->mutable_by();
  } else if (auto* request = dynamic_cast<v1::RequestDisclosure*>(&command)) {
    if (family && !said.contains("requester")) {
      person = request->mutable_request()->mutable_requester();
    }
  }
  if (person == nullptr) return absl::OkStatus();
  APDR_ASSIGN_OR_RETURN(*person, PersonNamed(context.case_id, line.actor, context.policy));
  return absl::OkStatus();
}

}  // namespace apdr::scenario
