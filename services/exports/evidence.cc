#include "services/exports/evidence.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/sha256.h"
#include "engine/codec/message_payload.h"
#include "engine/domains/sen_support/sen_state.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "services/exports/census.h"
#include "services/exports/internal/evidence_table.h"

namespace apdr::exports {
namespace {

using event::v1::Event;
using sen::v1::EhcEvidence;
using sen::v1::EvidenceItem;

void AddDepartures(const Event& event, EhcEvidence& evidence) {
  for (const event::v1::Departure& departure : event.departures()) {
    sen::v1::DepartureEvidence& added = *evidence.add_departures();
    added.set_on(event.occurred_on());
    added.set_event_id(event.event_id());
    added.set_rule_code(departure.rule_code());
    added.set_reason(departure.reason());
  }
}

void AddItem(const Event& event, std::string kind, std::string what, EhcEvidence& evidence) {
  EvidenceItem& item = *evidence.add_items();
  item.set_occurred_on(event.occurred_on());
  item.set_kind(std::move(kind));
  item.set_what(std::move(what));
  item.set_role(event.actor().role());
  item.set_event_id(event.event_id());
  item.set_sha256(Sha256Hex(event.data().value()));
}

void AddEvent(const Event& event, EhcEvidence& evidence) {
  AddDepartures(event, evidence);
  const std::string_view type = codec::TypeOfUrl(event.data().type_url());
  const EvidenceTable& table = TheEvidenceTable();
  const auto found = table.find(type);
  if (found != table.end()) {
    const std::string subject = found->second.take(event, evidence);
    AddItem(
        event, found->second.kind,
        subject.empty() ? found->second.title : absl::StrCat(found->second.title, ": ", subject),
        evidence);
  } else if (event.departures_size() > 0) {
    AddItem(event, "departure", std::string(type.substr(type.rfind('.') + 1)), evidence);
  }
}

void MarkCorrected(const history::CaseHistory& history, EhcEvidence& evidence) {
  for (EvidenceItem& item : *evidence.mutable_items()) {
    item.set_corrected(std::ranges::any_of(
        history.corrected,
        [&](const history::CorrectedValue& value) { return value.event_id == item.event_id(); }));
  }
}

}  // namespace

EhcEvidence MakeEvidence(const CaseId& case_id, const history::CaseHistory& history) {
  const sen::CaseState& record = sen::CaseOf(history.state);
  EhcEvidence evidence;
  evidence.set_case_id(case_id.value());
  evidence.set_upn(UpnOf(record));
  evidence.set_date_of_birth(record.date_of_birth());
  evidence.set_setting_id(sen::SettingId(record.setting()));
  evidence.set_provision(record.provision());
  *evidence.mutable_needs() = record.needs();
  for (const Event& event : history.events) AddEvent(event, evidence);
  MarkCorrected(history, evidence);
  std::string lines;
  for (const EvidenceItem& item : evidence.items()) {
    absl::StrAppend(&lines, item.event_id(), " ", item.sha256(), "\n");
  }
  evidence.set_total_sha256(Sha256Hex(lines));
  return evidence;
}

}  // namespace apdr::exports
