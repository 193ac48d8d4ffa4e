#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "apdr/event/v1/event.pb.h"
#include "apdr/query/v1/view.pb.h"
#include "engine/base/date.h"
#include "engine/base/vocabulary.h"
#include "engine/core/state.h"
#include "engine/core/workflow.h"
#include "services/readmodel/read_model.h"

// A case folded again from its chronology: as it was on a day, as it was known at an instant. Two
// times, because a record may be made late: when it happened, and when it was recorded.
namespace apdr::history {

// The instant at which an event was recorded.
[[nodiscard]] absl::Time RecordedAt(const event::v1::Event& event);

// What of a case a reader wants to see.
struct Moment {
  std::optional<Date> as_at;                     // Only what had happened by the end of this day.
  absl::Time known_at = absl::InfiniteFuture();  // Only what had been recorded by then.

  [[nodiscard]] bool IsNow() const { return !as_at && known_at == absl::InfiniteFuture(); }
  [[nodiscard]] bool Includes(const event::v1::Event& event) const;
};

// A value that an event was corrected to.
struct CorrectedValue {
  std::string event_id;
  std::string field;
  std::string correction_event_id;  // The event that says so.
};

// Corrections of a case that were known at an instant, to put into its events. They are knowledge,
// not happenings: what is known now is true of any day in the past.
class Corrections {
 public:
  // Reads those of the case. kDataLoss: a row does not read back.
  [[nodiscard]] static absl::StatusOr<Corrections> Read(const readmodel::ReadModel& model,
                                                        const core::Workflow& workflow,
                                                        const StreamId& stream,
                                                        absl::Time known_at);

  // Whether the event is one of them.
  [[nodiscard]] bool Has(const std::string& correction_event_id) const;

  // Puts the newest values into the event; says which those were.
  [[nodiscard]] std::vector<CorrectedValue> ApplyTo(event::v1::Event& event) const;

 private:
  struct Entry {
    core::Correction correction;
    std::string correction_event_id;
  };
  // An event that corrects nothing changes nothing.
  absl::Status Add(const core::Workflow& workflow, const event::v1::Event& event);
  friend absl::Status Correct(const core::Workflow& workflow, std::span<event::v1::Event> events);

  std::vector<Entry> entries_;  // Oldest first.
};

// Puts into the events of a case, oldest first, what later ones among them correct them to.
// kDataLoss: a correction does not read back.
[[nodiscard]] absl::Status Correct(const core::Workflow& workflow,
                                   std::span<event::v1::Event> events);

// The case at a moment.
struct CaseHistory {
  std::vector<event::v1::Event> events;  // Oldest first, with corrected values in place.
  std::vector<CorrectedValue> corrected;
  core::State state;
  query::v1::CaseView view;
};

// Whether the record of the case has been erased; false for an unknown case.
[[nodiscard]] absl::StatusOr<bool> IsErased(const readmodel::ReadModel& model,
                                            const StreamId& stream);

// Cases of the tenant that were set aside before their record was erased: their rows have not been
// taken away.
[[nodiscard]] absl::StatusOr<std::set<std::string>> ErasedWhileSetAside(
    const readmodel::ReadModel& model, const TenantId& tenant);

// Ids of the case's events whose content is kept from readers of this role, and of the corrections
// of them. kDataLoss: a row does not read back.
[[nodiscard]] absl::StatusOr<std::set<std::string>> EventsKeptFrom(
    const readmodel::ReadModel& model, const core::Workflow& workflow, const StreamId& stream,
    std::string_view role);

// Leaves of an event, of an erased case or kept from a reader, only who did what kind of thing
// when.
void HideContent(event::v1::Event& event);

// Reads and folds all of a case; a case of 5,000 events takes some ten milliseconds. nullopt: there
// was nothing of it yet. kFailedPrecondition: the case has been erased. kDataLoss: a row does not
// read back.
[[nodiscard]] absl::StatusOr<std::optional<CaseHistory>> ReadHistory(
    const readmodel::ReadModel& model, const core::Workflow& workflow, const StreamId& stream,
    const Moment& moment);

}  // namespace apdr::history
