#pragma once

#include <functional>
#include <map>
#include <string>

#include "apdr/event/v1/event.pb.h"
#include "apdr/sen/v1/export_service.pb.h"
#include "engine/domains/sen_support/sen_terms.h"

namespace apdr::exports {

// How an event becomes evidence.
struct EvidenceKind {
  std::string kind;
  std::string title;  // "Plan agreed"
  // Adds what the event says to the structured part; returns what it is about, such as a plan's id.
  std::function<std::string(const event::v1::Event& event, sen::v1::EhcEvidence& evidence)> take;
};

// By the full name of the event's type. Events that are not in it are no evidence.
using EvidenceTable = std::map<std::string, EvidenceKind, std::less<>>;
[[nodiscard]] const EvidenceTable& TheEvidenceTable();

// Adds a row for events of type M; `take` is given event, data and evidence.
template <class M, class Take>
void AddKind(EvidenceTable& table, const char* kind, const char* title, Take take) {
  table.emplace(sen::TypeOf<M>(),
                EvidenceKind{.kind = kind,
                             .title = title,
                             .take = [take](const event::v1::Event& event,
                                            sen::v1::EhcEvidence& evidence) -> std::string {
                               M data;
                               if (!event.data().UnpackTo(&data)) return {};
                               return take(event, data, evidence);
                             }});
}

// A row for events that are listed and say no more.
template <class M>
void AddKind(EvidenceTable& table, const char* kind, const char* title) {
  AddKind<M>(table, kind, title, [](const event::v1::Event&, const M&, sen::v1::EhcEvidence&) {
    return std::string();
  });
}

// The date given with the data, else that of the event.
[[nodiscard]] inline std::string DateIn(const std::string& date, const event::v1::Event& event) {
  return date.empty() ? event.occurred_on() : date;
}

// Assess, Plan, Do, Review (internal/evidence_cycles.cc).
void AddCycleKinds(EvidenceTable& table);

}  // namespace apdr::exports
