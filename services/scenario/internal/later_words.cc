#include "services/scenario/internal/later_words.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/setting.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "engine/base/sha256.h"
#include "engine/base/status_macros.h"
#include "engine/domains/sen_support/examples.h"
#include "services/scenario/internal/message_fields.h"
#include "services/scenario/internal/people.h"
#include "services/scenario/internal/registration_facts.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

namespace v1 = sen::v1;
using google::protobuf::Message;

constexpr std::size_t kUuidSize = 36;
constexpr std::size_t kHashDigits = 64;

bool NamesSetting(const Message& command) {
  return dynamic_cast<const v1::TransferChild*>(&command) != nullptr ||
         dynamic_cast<const v1::AcceptTransfer*>(&command) != nullptr;
}

// The setting that a command names; null: it names none.
v1::Setting* SettingIn(Message& command) {
  if (auto* leaves = dynamic_cast<v1::TransferChild*>(&command)) {
    return leaves->mutable_transfer()->mutable_to();
  }
  auto* accepts = dynamic_cast<v1::AcceptTransfer*>(&command);
  return accepts == nullptr ? nullptr : accepts->mutable_acceptance()->mutable_setting();
}

// "to=URN:199002", "urn=199002", "to=199002", "to=unknown".
// "manifest=A": where a hash stands, words are hashed.
absl::StatusOr<bool> PutHash(const std::string& key, const std::string& value, Message& command) {
  const std::string plain = Normalised(key);
  if (!plain.starts_with("manifest") && !plain.starts_with("tombstone")) return false;
  const bool hex = value.size() == kHashDigits &&
                   value.find_first_not_of("0123456789abcdef") == std::string::npos;
  const std::string hash = hex ? value : Sha256Hex(value);
  if (auto* send = dynamic_cast<v1::SendTransferPackage*>(&command)) {
    send->mutable_package()->set_manifest_sha256(hash);
  } else if (auto* accept = dynamic_cast<v1::AcceptTransfer*>(&command)) {
    accept->mutable_acceptance()->set_manifest_sha256(hash);
  } else if (auto* disclose = dynamic_cast<v1::Disclose*>(&command)) {
    disclose->mutable_disclosure()->set_manifest_sha256(hash);
  } else if (auto* erase = dynamic_cast<v1::EraseRecord*>(&command)) {
    erase->mutable_erasure()->set_tombstone_sha256(hash);
  } else {
    return false;
  }
  return true;
}

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
    const std::size_t digits = value.find_first_of("0123456789");
    const bool number = digits != std::string::npos &&
                        value.find_first_not_of("0123456789/", digits) == std::string::npos;
    std::string scheme = value.substr(0, number ? digits : 0);
    if (scheme.ends_with(':')) scheme.pop_back();
    plain = scheme.empty() ? (number ? "urn" : "local") : Normalised(scheme);
    id = !number         ? Normalised(value)
         : plain == "ey" ? scheme + value.substr(digits)
                         : value.substr(digits);
  }
  // Where the child comes from, the case knows.
  if (leaves == nullptr && plain == "from") return true;
  if (leaves == nullptr && plain.starts_with("provision")) {
    // S, A and P are discontinued: no provision of today.
    if (value != "S" && value != "A" && value != "P") return false;
    dynamic_cast<v1::AcceptTransfer&>(command).mutable_acceptance()->clear_provision_on_arrival();
    return true;
  }
  static constexpr std::string_view kKeys[] = {"urn",     "ey",    "ukprn",
                                               "laestab", "local", "settingtype"};
  if (std::ranges::find(kKeys, plain) == std::end(kKeys)) return false;
  v1::Registration registration;
  *registration.mutable_setting() = *SettingIn(command);
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

bool IsNone(const std::string& value) {
  const std::string plain = Normalised(value);
  return plain == "none" || plain == "absent" || plain == "missing" || value == "[]";
}

// Somebody whom the roles of a script do not name: "requester=inspector".
v1::PersonRef Anybody(const std::string& words, const ContentContext& context) {
  auto person = PersonNamed(context.case_id, words, context.policy);
  if (person.ok()) return *std::move(person);
  v1::PersonRef other;
  other.set_person_id(sen::examples::PersonId(context.case_id, words));
  other.set_role("other");
  return other;
}

absl::StatusOr<bool> PutNamedOtherwise(const std::string& plain, const std::string& value,
                                       const ContentContext& context, Message& command) {
  if (auto* request = dynamic_cast<v1::RequestSpecialist*>(&command)) {
    if ((plain != "agreement" && plain != "agreedby") || !IsNone(value)) return false;
    request->mutable_request()->clear_agreement();
    return true;
  }
  if (auto* disclose = dynamic_cast<v1::Disclose*>(&command)) {
    if (plain != "requester" && plain != "to") return false;
    *disclose->mutable_disclosure()->mutable_requester() = Anybody(value, context);
    return true;
  }
  if (auto* request = dynamic_cast<v1::RequestDisclosure*>(&command)) {
    if (plain != "requester" && plain != "from") return false;
    *request->mutable_request()->mutable_requester() = Anybody(value, context);
    return true;
  }
  if (auto* plan = dynamic_cast<v1::RecordEhcPlan*>(&command)) {
    const bool secondary = plain == "secondaryneed";
    if (plain != "primaryneed" && plain != "needs" && !secondary) return false;
    const std::string code = IsNone(value) ? std::string() : value.substr(0, value.find('('));
    if (secondary) plan->mutable_plan()->set_secondary_need(code);
    if (!secondary) plan->mutable_plan()->set_primary_need(code);
    return true;
  }
  if (auto* adjust = dynamic_cast<v1::AdjustProvision*>(&command)) {
    if (!plain.starts_with("newoutcome") && !plain.starts_with("outcome")) return false;
    *adjust->mutable_adjustment()->add_outcomes() = sen::examples::OutcomeNumber(1, context.date);
    return true;
  }
  if (auto* end = dynamic_cast<v1::EndSenSupport*>(&command)) {
    if (plain == "informedon") return true;
    if (plain != "informedwho") return false;
    end->mutable_end()->clear_informed();
    for (const std::string& who : SplitOutside(value, ',')) {
      APDR_ASSIGN_OR_RETURN(*end->mutable_end()->add_informed(),
                            PersonNamed(context.case_id, who, context.policy));
    }
    return true;
  }
  return false;
}

// The path of the first field, depth first, that is called this; empty: there is none.
std::string PathOf(const google::protobuf::Descriptor& type, const std::string& plain, int depth) {
  constexpr int kDepthMax = 3;
  for (int i = 0; i < type.field_count(); ++i) {
    if (Normalised(type.field(i)->name()) == plain) return type.field(i)->name();
  }
  for (int i = 0; i < type.field_count() && depth < kDepthMax; ++i) {
    const auto* inner = type.field(i)->message_type();
    if (inner == nullptr || type.field(i)->is_repeated()) continue;
    const std::string rest = PathOf(*inner, plain, depth + 1);
    if (!rest.empty()) return absl::StrCat(type.field(i)->name(), ".", rest);
  }
  return {};
}

}  // namespace

std::string CommandOfEvent(std::string_view event) {
  static constexpr std::pair<std::string_view, std::string_view> kCommands[] = {
      {"SencoAssigned", "AssignSenco"},
      {"SenInformationReportPublished", "PublishSenInformationReport"},
      {"HoldPlaced", "PlaceHold"},
      {"HoldLifted", "LiftHold"},
      {"DisclosureRequested", "RequestDisclosure"},
      {"DisclosureMade", "Disclose"},
      {"CaseClosed", "CloseCase"},
      {"CaseReopened", "ReopenCase"},
      {"AnnualReportIssued", "RecordAnnualReport"},
      {"ParentMeetingHeld", "RecordParentMeeting"},
      {"DisagreementRaised", "RaiseDisagreement"},
      {"DisagreementResolved", "ResolveDisagreement"},
      {"RecordCorrected", "CorrectRecord"},
      {"RecordErased", "EraseRecord"},
      {"EhcAssessmentRequested", "RequestEhcAssessment"},
      {"EhcDecisionRecorded", "RecordEhcDecision"},
      {"EhcPlanIssued", "RecordEhcPlan"},
      {"TransitionPlanned", "PlanTransition"},
      {"ChildTransferredOut", "TransferChild"},
      {"ChildTransferredIn", "AcceptTransfer"},
      {"TransferPackageSent", "SendTransferPackage"},
      {"SpecialistRequested", "RequestSpecialist"},
      {"SpecialistAdviceReceived", "RecordSpecialistAdvice"},
      {"ProvisionDelivered", "RecordDelivery"},
      {"ProvisionNotDelivered", "RecordNonDelivery"},
      {"ProvisionAdjusted", "AdjustProvision"},
      {"ReviewScheduled", "ScheduleReview"},
      {"PlanShared", "SharePlan"},
      {"ReviewRecordShared", "ShareReviewRecord"},
      {"ConcernRaised", "RaiseConcern"},
      {"PlanAgreed", "AgreePlan"},
      {"SupportStarted", "StartSupport"},
      {"ReviewHeld", "HoldReview"},
      {"SenSupportStarted", "StartSenSupport"},
      {"SenSupportEnded", "EndSenSupport"}};
  const auto* found =
      std::ranges::find(kCommands, event, &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(kCommands) ? std::string() : std::string(found->second);
}

absl::StatusOr<bool> PutLaterPhrase(const std::string& phrase, const ContentContext& context,
                                    Message& command) {
  const std::vector<std::string> words = SplitOutside(phrase, ' ');
  if (words.empty()) return false;
  if (auto* assign = dynamic_cast<v1::AssignIdentifier*>(&command)) {
    return words.size() == 2 ? PutIdentifier(words[0], words[1], *assign) : false;
  }
  if (auto* assign = dynamic_cast<v1::AssignSenco*>(&command)) {
    const auto person = PersonNamed(context.case_id, phrase, context.policy);
    if (person.ok()) *assign->mutable_assignment()->mutable_person() = *person;
    return person.ok();
  }
  if (auto* unlink = dynamic_cast<v1::UnlinkParentCarer*>(&command)) {
    const auto person = PersonNamed(context.case_id, phrase, context.policy);
    if (person.ok()) unlink->set_person_id(person->person_id());
    return person.ok();
  }
  const bool provision = words[0].size() > 1 && words[0][0] == 'P' &&
                         ParseCount(words[0].substr(1)).has_value() && words.size() <= 2;
  if (!provision) return false;
  if (auto* delivery = dynamic_cast<v1::RecordDelivery*>(&command)) {
    delivery->mutable_delivery()->set_provision_id(words[0]);
    return words.size() == 1;
  }
  if (auto* adjust = dynamic_cast<v1::AdjustProvision*>(&command)) {
    adjust->mutable_adjustment()->set_provision_id(words[0]);
    return words.size() == 1;
  }
  auto* missed = dynamic_cast<v1::RecordNonDelivery*>(&command);
  if (missed == nullptr) return false;
  missed->mutable_non_delivery()->set_provision_id(words[0]);
  if (words.size() == 1) return true;
  APDR_ASSIGN_OR_RETURN(const int reason,
                        EnumNumber(*v1::NonDeliveryReason_descriptor(), words[1]));
  missed->mutable_non_delivery()->set_reason(static_cast<v1::NonDeliveryReason>(reason));
  return true;
}

void CompleteCorrection(const ContentContext& context, Message& command) {
  auto* correct = dynamic_cast<v1::CorrectRecord*>(&command);
  if (correct == nullptr) return;
  v1::Correction& correction = *correct->mutable_correction();
  std::string event = "ChildRegistered";
  if (correction.target_event_id() == sen::examples::PersonId(context.case_id, "no event")) {
    const auto found = context.event_ids.find(event);
    if (found != context.event_ids.end()) correction.set_target_event_id(found->second);
  }
  for (const auto& [name, id] : context.event_ids) {
    if (id == correction.target_event_id()) event = name;
  }
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      absl::StrCat("apdr.sen.v1.", event));
  const std::string& field = correction.field();
  if (type == nullptr || field.find('_') != std::string::npos) return;
  const std::string path = PathOf(*type, Normalised(field.substr(field.rfind('.') + 1)), 0);
  if (!path.empty()) correction.set_field(path);
}

absl::StatusOr<bool> PutOutside(const std::string& key, const std::string& value,
                                const ContentContext& context, Message& command) {
  if (auto* assign = dynamic_cast<v1::AssignIdentifier*>(&command)) {
    return PutIdentifier(key, value, *assign);
  }
  APDR_ASSIGN_OR_RETURN(const bool hashed, PutHash(key, value, command));
  if (hashed) return true;
  if (NamesSetting(command)) return PutSetting(key, value, command);
  const std::string plain = Normalised(key);
  if (auto* correct = dynamic_cast<v1::CorrectRecord*>(&command)) {
    if (plain != "event" && plain != "target" && plain != "targeteventid") return false;
    const auto found = context.event_ids.find(value);
    correct->mutable_correction()->set_target_event_id(
        found == context.event_ids.end() ? value : found->second);
    return true;
  }
  APDR_ASSIGN_OR_RETURN(const bool said, PutNamedOtherwise(plain, value, context, command));
  if (said) return true;
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
