#include "services/history/case_history.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/base/status_macros.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/field_path.h"
#include "engine/codec/message_payload.h"
#include "engine/core/evolve.h"
#include "services/projection/case_view.h"
#include "services/projection/rows/row_keys.h"
#include "services/projection/rows/row_values.h"

namespace apdr::history {
namespace {

using event::v1::Event;
using readmodel::Row;

constexpr std::size_t kRowsAtOnce = 1000;

absl::Status Damaged() {
  return absl::DataLossError(
      "Expected to read an event of a read model, but it does not read back; delete the read model "
      "and let it be rebuilt.");
}

// Runs `take` over all rows of the span until it fails.
template <class Take>
absl::Status ForEachRow(const readmodel::ReadModel& model, const projection::KeySpan& span,
                        Take take) {
  readmodel::Range range{.begin = span.begin, .end = span.end, .limit = kRowsAtOnce};
  while (true) {
    APDR_ASSIGN_OR_RETURN(const std::vector<Row> rows, model.Scan(range));
    for (const Row& row : rows) APDR_RETURN_IF_ERROR(take(row));
    if (rows.size() < range.limit) return absl::OkStatus();
    range.begin = rows.back().key + '\0';
  }
}

// The payload with a value changed; false: it has no such place for it.
bool Put(const core::Correction& correction, Event& event) {
  const auto* prototype = codec::FindPrototype(codec::TypeOfUrl(event.data().type_url()));
  if (prototype == nullptr) return false;
  const std::unique_ptr<google::protobuf::Message> payload(prototype->New());
  if (!payload->ParseFromString(event.data().value())) return false;
  const codec::FieldPlace place = codec::FindField(*payload, correction.field);
  if (place.field == nullptr || !codec::Fits(place, correction.value)) return false;
  codec::SetValue(place, correction.value);
  payload->SerializeToString(event.mutable_data()->mutable_value());
  return true;
}

}  // namespace

absl::Time RecordedAt(const Event& event) {
  return absl::FromUnixMicros(
      google::protobuf::util::TimeUtil::TimestampToMicroseconds(event.recorded_time()));
}

bool Moment::Includes(const Event& event) const {
  if (RecordedAt(event) > known_at) return false;
  if (!as_at) return true;
  const std::optional<Date> occurred_on = ParseDate(event.occurred_on());
  return occurred_on && *occurred_on <= *as_at;
}

absl::StatusOr<Corrections> Corrections::Read(const readmodel::ReadModel& model,
                                              const core::Workflow& workflow,
                                              const StreamId& stream, absl::Time known_at) {
  Corrections corrections;
  const auto take = [&](const Row& row) -> absl::Status {
    Event event;
    if (!event.ParseFromString(row.value)) return Damaged();
    if (RecordedAt(event) > known_at) return absl::OkStatus();
    return corrections.Add(workflow, event);
  };
  APDR_RETURN_IF_ERROR(ForEachRow(model, projection::CorrectionsOf(stream), take));
  return corrections;
}

bool Corrections::Has(const std::string& correction_event_id) const {
  return std::ranges::any_of(entries_, [&](const Entry& entry) {
    return entry.correction_event_id == correction_event_id;
  });
}

absl::Status Corrections::Add(const core::Workflow& workflow, const Event& event) {
  APDR_ASSIGN_OR_RETURN(const codec::RecordedEvent recorded, codec::FromMessage(event));
  auto correction = workflow.module().CorrectionIn(*recorded.event.payload);
  if (!correction) return absl::OkStatus();
  entries_.push_back(
      {.correction = *std::move(correction), .correction_event_id = event.event_id()});
  return absl::OkStatus();
}

std::vector<CorrectedValue> Corrections::ApplyTo(Event& event) const {
  std::vector<CorrectedValue> corrected;
  for (const Entry& entry : entries_) {
    if (entry.correction.event_id != event.event_id()) continue;
    if (!Put(entry.correction, event)) continue;
    std::erase_if(corrected, [&](const CorrectedValue& earlier) {
      return earlier.field == entry.correction.field;
    });
    corrected.push_back({.event_id = event.event_id(),
                         .field = entry.correction.field,
                         .correction_event_id = entry.correction_event_id});
  }
  return corrected;
}

absl::StatusOr<bool> IsErased(const readmodel::ReadModel& model, const StreamId& stream) {
  APDR_ASSIGN_OR_RETURN(const std::optional<std::string> row,
                        model.Get(projection::ErasedKey(stream)));
  return row.has_value();
}

absl::StatusOr<std::set<std::string>> ErasedWhileSetAside(const readmodel::ReadModel& model,
                                                          const TenantId& tenant) {
  const projection::KeySpan span = projection::AllSetAside();
  APDR_ASSIGN_OR_RETURN(const std::vector<Row> rows,
                        model.Scan({.begin = span.begin,
                                    .end = span.end,
                                    .direction = readmodel::Direction::kForward,
                                    .limit = projection::kSetAsideMax}));
  std::set<std::string> erased;
  for (const Row& row : rows) {
    APDR_ASSIGN_OR_RETURN(const projection::SetAsideRow set_aside,
                          projection::DecodeSetAside(row.value));
    if (set_aside.stream.tenant != tenant) continue;
    APDR_ASSIGN_OR_RETURN(const bool is_erased, IsErased(model, set_aside.stream));
    if (is_erased) erased.insert(set_aside.stream.case_id.value());
  }
  return erased;
}

absl::StatusOr<std::set<std::string>> EventsKeptFrom(const readmodel::ReadModel& model,
                                                     const core::Workflow& workflow,
                                                     const StreamId& stream,
                                                     std::string_view role) {
  std::vector<Event> events;
  const auto take = [&](const Row& row) -> absl::Status {
    return events.emplace_back().ParseFromString(row.value) ? absl::OkStatus() : Damaged();
  };
  APDR_RETURN_IF_ERROR(ForEachRow(model, projection::ChronologyOf(stream), take));
  // Who may read it may have been put right, too.
  APDR_RETURN_IF_ERROR(Correct(workflow, events));
  std::set<std::string> kept;
  const core::DomainModule& module = workflow.module();
  for (const Event& event : events) {
    APDR_ASSIGN_OR_RETURN(const codec::RecordedEvent recorded, codec::FromMessage(event));
    const core::Payload& payload = *recorded.event.payload;
    // A correction comes after what it corrects.
    const auto correction = module.CorrectionIn(payload);
    if (module.IsKeptFrom(role, payload) || (correction && kept.contains(correction->event_id))) {
      kept.insert(event.event_id());
    }
  }
  return kept;
}

void HideContent(Event& event) {
  event.mutable_data()->clear_value();
  event.clear_departures();
  event.clear_warnings();
  // Dates of deadlines are counted from dates of the record: of a birth, too.
  event.clear_deadlines_started();
  event.clear_deadlines_stopped();
  event.clear_deadlines_paused();
  event.clear_deadline_fired();
}

absl::Status Correct(const core::Workflow& workflow, std::span<Event> events) {
  Corrections corrections;
  for (const Event& event : events) APDR_RETURN_IF_ERROR(corrections.Add(workflow, event));
  for (Event& event : events) (void)corrections.ApplyTo(event);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<CaseHistory>> ReadHistory(const readmodel::ReadModel& model,
                                                       const core::Workflow& workflow,
                                                       const StreamId& stream,
                                                       const Moment& moment) {
  APDR_ASSIGN_OR_RETURN(const std::optional<std::string> row,
                        model.Get(projection::CaseKey(stream)));
  if (!row) return std::nullopt;
  APDR_ASSIGN_OR_RETURN(const bool erased, IsErased(model, stream));
  if (erased) {
    return absl::FailedPreconditionError(
        "Expected to read the history of a case, but its record has been erased.");
  }
  APDR_ASSIGN_OR_RETURN(const Corrections corrections,
                        Corrections::Read(model, workflow, stream, moment.known_at));
  CaseHistory history;
  history.state = workflow.NewState();
  // Folded is what was recorded, as everywhere; a correction that was known is folded whatever day
  // is asked for. Shown are the corrected values.
  const auto take = [&](const Row& event_row) -> absl::Status {
    Event event;
    if (!event.ParseFromString(event_row.value)) return Damaged();
    const bool included = moment.Includes(event);
    if (!included && !corrections.Has(event.event_id())) return absl::OkStatus();
    APDR_ASSIGN_OR_RETURN(const codec::RecordedEvent recorded, codec::FromMessage(event));
    if (workflow.HasEvent(recorded.event.payload->type())) {
      core::Evolve(workflow, history.state, recorded.event);
    }
    if (!included) return absl::OkStatus();
    for (CorrectedValue& value : corrections.ApplyTo(event)) {
      history.corrected.push_back(std::move(value));
    }
    history.events.push_back(std::move(event));
    return absl::OkStatus();
  };
  APDR_RETURN_IF_ERROR(ForEachRow(model, projection::ChronologyOf(stream), take));
  if (history.events.empty()) return std::nullopt;
  const Event& last = history.events.back();
  history.view = projection::BuildCaseView(workflow, history.state,
                                           {.case_id = stream.case_id,
                                            .shard = Shard(last.shard()),
                                            .position = Position(last.position())});
  history.view.set_version(last.version());
  return history;
}

}  // namespace apdr::history
