#include "services/document/case_record.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "engine/base/status_macros.h"
#include "engine/codec/message_payload.h"
#include "engine/domains/sen_support/registration/identifiers.h"

namespace apdr::document {
namespace {

using event::v1::Event;
using google::protobuf::Message;

std::unique_ptr<const Message> ReadPayload(const Event& event) {
  const Message* prototype = codec::FindPrototype(codec::TypeOfUrl(event.data().type_url()));
  if (prototype == nullptr) return nullptr;
  std::unique_ptr<Message> payload(prototype->New());
  if (!payload->ParseFromString(event.data().value())) return nullptr;
  return payload;
}

// Events that a disclosure to the family left out, whoever decided it; a later one does not bring
// them back. And what was said in confidence.
std::set<std::string> WithheldFromFamily(const std::vector<Entry>& entries) {
  std::set<std::string> ids;
  for (const Entry& entry : entries) {
    const auto* heard = dynamic_cast<const sen::v1::ChildViewsRecorded*>(entry.payload.get());
    if (heard != nullptr && heard->views().confidentiality() > sen::v1::CONFIDENTIALITY_NORMAL) {
      ids.insert(entry.event->event_id());
    }
    const auto* made = dynamic_cast<const sen::v1::DisclosureMade*>(entry.payload.get());
    if (made == nullptr) continue;
    const auto kind = made->disclosure().kind();
    if (kind != sen::v1::DISCLOSURE_KIND_SUBJECT_ACCESS &&
        kind != sen::v1::DISCLOSURE_KIND_EDUCATIONAL_RECORD) {
      continue;
    }
    for (const auto& withheld : made->disclosure().withheld()) ids.insert(withheld.event_id());
  }
  return ids;
}

// A correction tells what it corrects, so it goes with it.
bool IsOneOf(const std::set<std::string>& event_ids, const Entry& entry) {
  const auto* corrected = dynamic_cast<const sen::v1::RecordCorrected*>(entry.payload.get());
  return event_ids.contains(entry.event->event_id()) ||
         (corrected != nullptr && event_ids.contains(corrected->correction().target_event_id()));
}

bool IsPupilNumber(sen::v1::IdentifierType type) {
  return type == sen::v1::IDENTIFIER_TYPE_UPN || type == sen::v1::IDENTIFIER_TYPE_UPN_TEMPORARY ||
         type == sen::v1::IDENTIFIER_TYPE_UPN_FORMER;
}

// Every UPN that the case has or had. What is given as a former one and is none is printed.
std::vector<std::string> PupilNumbers(const std::vector<Entry>& entries) {
  std::vector<std::string> numbers;
  const auto add = [&](const std::string& text) {
    if (sen::FormOfUpn(sen::NormalisedIdentifier(text)) != sen::UpnForm::kNone) {
      numbers.push_back(text);
    }
  };
  for (const Entry& entry : entries) {
    if (const auto* made = dynamic_cast<const sen::v1::ChildRegistered*>(entry.payload.get())) {
      for (const auto& identifier : made->registration().identifiers()) {
        if (IsPupilNumber(identifier.type())) add(identifier.value());
      }
    } else if (const auto* assigned =
                   dynamic_cast<const sen::v1::IdentifierAssigned*>(entry.payload.get())) {
      if (!IsPupilNumber(assigned->identifier().type())) continue;
      add(assigned->identifier().value());
      add(assigned->identifier().former_value());
    }
  }
  return numbers;
}

}  // namespace

absl::StatusOr<std::vector<Entry>> CaseRecord::ReadEntries(const history::CaseHistory& history) {
  std::vector<Entry> entries;
  for (const Event& event : history.events) {
    auto payload = ReadPayload(event);
    if (payload == nullptr) {
      return absl::DataLossError("Expected to read an event, but its data does not read back.");
    }
    entries.push_back({.event = &event, .payload = std::move(payload), .corrected = {}});
    for (const history::CorrectedValue& value : history.corrected) {
      if (value.event_id == event.event_id()) entries.back().corrected.push_back(value.field);
    }
  }
  return entries;
}

absl::StatusOr<CaseRecord> CaseRecord::Read(const history::CaseHistory& then,
                                            const history::CaseHistory& now, Readers readers) {
  CaseRecord record;
  APDR_ASSIGN_OR_RETURN(record.entries_, ReadEntries(then));
  APDR_ASSIGN_OR_RETURN(const std::vector<Entry> all, ReadEntries(now));
  record.unprinted_ = PupilNumbers(all);
  if (readers == Readers::kFamily) {
    const std::set<std::string> withheld = WithheldFromFamily(all);
    record.withheld_ = std::erase_if(record.entries_,
                                     [&](const Entry& entry) { return IsOneOf(withheld, entry); });
  }
  return record;
}

sen::v1::Registration CaseRecord::Registered() const {
  const auto* registered = Newest<sen::v1::ChildRegistered>();
  return registered == nullptr ? sen::v1::Registration() : registered->registration();
}

std::string CaseRecord::Name() const {
  const sen::v1::Registration registration = Registered();
  const std::string& first = registration.preferred_name().empty() ? registration.given_name()
                                                                   : registration.preferred_name();
  if (first.empty()) return registration.family_name();
  return absl::StrCat(first, registration.family_name().empty() ? "" : " ",
                      registration.family_name());
}

}  // namespace apdr::document
