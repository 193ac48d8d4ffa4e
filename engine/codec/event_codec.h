#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "apdr/event/v1/event.pb.h"
#include "apdr/event/v1/next_action.pb.h"
#include "engine/base/vocabulary.h"
#include "engine/core/event.h"
#include "engine/core/next_actions.h"

namespace apdr::codec {

// What the envelope of an event holds besides the event itself.
struct EventHeader {
  std::string event_id;
  StreamId stream;
  CaseVersion version;
  core::Actor actor;
  absl::Time recorded_at;
  RequestId request_id;
  std::string correlation_id;
  std::string causation_id;
  std::string traceparent;

  friend bool operator==(const EventHeader&, const EventHeader&) = default;
};

// A stored event read back.
struct RecordedEvent {
  EventHeader header;
  core::Event event;
};

// The envelope message of an event, without shard and position.
[[nodiscard]] event::v1::Event ToMessage(const EventHeader& header, const core::Event& event);

// Encodes one event after the other in a message that keeps its memory. The bytes are those of
// ToMessage and deterministic. Not thread-safe.
class EventEncoder {
 public:
  [[nodiscard]] std::string Encode(const EventHeader& header, const core::Event& event);

 private:
  event::v1::Event message_;
};

// The engine's event from its envelope. kDataLoss: a date or payload does not read back. kNotFound:
// the payload's type is unknown to this binary.
[[nodiscard]] absl::StatusOr<RecordedEvent> FromMessage(const event::v1::Event& message);

// Stored bytes back.
[[nodiscard]] absl::StatusOr<event::v1::Event> ParseEvent(std::string_view bytes);
[[nodiscard]] absl::StatusOr<RecordedEvent> DecodeEvent(std::string_view bytes);

[[nodiscard]] event::v1::Deadline ToMessage(const core::Deadline& deadline);
[[nodiscard]] absl::StatusOr<core::Deadline> FromMessage(const event::v1::Deadline& message);
[[nodiscard]] event::v1::Warning ToMessage(const core::Warning& warning);
// Into an empty message. `today` decides what is overdue.
void Fill(const core::NextAction& action, Date today, event::v1::NextAction& message);

}  // namespace apdr::codec
