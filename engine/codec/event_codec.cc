#include "engine/codec/event_codec.h"

#include <google/protobuf/util/time_util.h>

#include <limits>
#include <optional>

#include "engine/base/check.h"
#include "engine/base/date.h"
#include "engine/base/status_macros.h"
#include "engine/codec/message_payload.h"

namespace apdr::codec {
namespace {

// Version of the meaning of today's payloads; an upcaster brings older ones forward. Stored for
// ever.
constexpr std::uint32_t kSchemaVersion = 1;

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError("Expected to read an event, but its " + std::string(what) +
                             " does not read back.");
}

void SetRecordedTime(absl::Time time, google::protobuf::Timestamp* out) {
  const std::int64_t micros = absl::ToUnixMicros(time);
  *out = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(micros);
}

void Fill(const core::Actor& actor, event::v1::Actor& message) {
  message.set_id(actor.id);
  message.set_role(actor.role);
  message.set_setting_id(actor.setting_id);
  message.set_on_behalf_of(actor.on_behalf_of);
}

// A date as it is stored. What is written for ever reads back.
std::string StoredDate(Date date) {
  APDR_CHECK(date >= Date(1900, 1, 1) && date <= Date(2199, 12, 31));
  return FormatDate(date);
}

void Fill(const core::Deadline& deadline, event::v1::Deadline& message) {
  message.set_timer(deadline.timer);
  message.set_key(deadline.Key());
  message.set_due_on(StoredDate(deadline.due_on));
  message.set_fires_on(StoredDate(deadline.fires_on));
  message.set_level(deadline.level);
  message.set_reminder(deadline.reminder);
  message.set_past_when_recorded(deadline.past_when_recorded);
  message.set_explanation(deadline.explanation);
  message.set_subject(deadline.subject);
  if (deadline.days_counted > 0) {
    message.set_counted_from(StoredDate(deadline.counted_from));
    message.set_days_counted(deadline.days_counted);
  }
}

void Fill(const core::Warning& warning, event::v1::Warning& message) {
  message.set_rule_code(warning.rule_code);
  message.set_message(warning.message);
}

core::Actor ActorFrom(const event::v1::Actor& message) {
  return {.id = message.id(),
          .role = message.role(),
          .setting_id = message.setting_id(),
          .on_behalf_of = message.on_behalf_of()};
}

absl::StatusOr<std::vector<core::Deadline>> DeadlinesFrom(
    const google::protobuf::RepeatedPtrField<event::v1::Deadline>& messages) {
  std::vector<core::Deadline> deadlines;
  for (const event::v1::Deadline& message : messages) {
    APDR_ASSIGN_OR_RETURN(core::Deadline deadline, FromMessage(message));
    deadlines.push_back(std::move(deadline));
  }
  return deadlines;
}

// Into an empty message, or one that this filled before and whose lists were cleared: it sets the
// same other fields each time.
void Fill(const EventHeader& header, const core::Event& event, event::v1::Event& message) {
  message.set_event_id(header.event_id);
  message.set_tenant_id(header.stream.tenant.value());
  message.set_case_id(header.stream.case_id.value());
  message.set_version(header.version.value());
  AssignUrlOfType(event.payload->type(), *message.mutable_data()->mutable_type_url());
  static_cast<const MessagePayload&>(*event.payload)
      .message()
      .SerializeToString(message.mutable_data()->mutable_value());
  message.set_schema_version(kSchemaVersion);
  Fill(header.actor, *message.mutable_actor());
  message.set_occurred_on(StoredDate(event.occurred_on));
  SetRecordedTime(header.recorded_at, message.mutable_recorded_time());
  message.set_policy(event.policy);
  for (const core::Departure& departure : event.departures) {
    event::v1::Departure* added = message.add_departures();
    added->set_rule_code(departure.rule_code);
    added->set_reason(departure.reason);
    added->set_decided_by(departure.decided_by);
  }
  for (const core::Warning& warning : event.warnings) Fill(warning, *message.add_warnings());
  message.set_request_id(header.request_id.value());
  message.set_correlation_id(header.correlation_id);
  message.set_causation_id(header.causation_id);
  for (const core::Deadline& deadline : event.deadlines_started) {
    Fill(deadline, *message.add_deadlines_started());
  }
  for (const core::Deadline& deadline : event.deadlines_stopped) {
    Fill(deadline, *message.add_deadlines_stopped());
  }
  for (const core::Deadline& deadline : event.deadlines_paused) {
    Fill(deadline, *message.add_deadlines_paused());
  }
  message.set_deadline_fired(event.deadline_fired);
  message.set_traceparent(header.traceparent);
}

}  // namespace

event::v1::Deadline ToMessage(const core::Deadline& deadline) {
  event::v1::Deadline message;
  Fill(deadline, message);
  return message;
}

absl::StatusOr<core::Deadline> FromMessage(const event::v1::Deadline& message) {
  const std::optional<Date> due_on = ParseDate(message.due_on());
  const std::optional<Date> fires_on = ParseDate(message.fires_on());
  const std::optional<Date> counted_from = ParseDate(message.counted_from());
  if (!due_on || !fires_on || (message.days_counted() > 0 && !counted_from)) {
    return Damaged("deadline");
  }
  return core::Deadline{.timer = message.timer(),
                        .due_on = *due_on,
                        .fires_on = *fires_on,
                        .level = message.level(),
                        .reminder = message.reminder(),
                        .past_when_recorded = message.past_when_recorded(),
                        .explanation = message.explanation(),
                        .subject = message.subject(),
                        .days_counted = message.days_counted(),
                        .counted_from = counted_from.value_or(Date())};
}

event::v1::Warning ToMessage(const core::Warning& warning) {
  event::v1::Warning message;
  Fill(warning, message);
  return message;
}

void Fill(const core::NextAction& action, Date today, event::v1::NextAction& message) {
  message.set_command(action.spec->command);
  message.set_title(action.spec->title);
  for (const std::string& role : action.roles) message.add_roles(role);
  message.set_timer(action.spec->timer);
  message.set_why(action.spec->why);
  if (action.due_on) {
    message.set_due_on(FormatDate(*action.due_on));
    message.set_overdue(*action.due_on < today);
  }
}

event::v1::Event ToMessage(const EventHeader& header, const core::Event& event) {
  event::v1::Event message;
  Fill(header, event, message);
  return message;
}

std::string EventEncoder::Encode(const EventHeader& header, const core::Event& event) {
  // Not Clear, which would free the messages inside.
  message_.clear_departures();
  message_.clear_warnings();
  message_.clear_deadlines_started();
  message_.clear_deadlines_stopped();
  message_.clear_deadlines_paused();
  Fill(header, event, message_);
  return message_.SerializeAsString();
}

absl::StatusOr<RecordedEvent> FromMessage(const event::v1::Event& message) {
  RecordedEvent recorded;
  recorded.header = {
      .event_id = message.event_id(),
      .stream = {TenantId(message.tenant_id()), CaseId(message.case_id())},
      .version = CaseVersion(message.version()),
      .actor = ActorFrom(message.actor()),
      .recorded_at = absl::FromUnixMicros(
          google::protobuf::util::TimeUtil::TimestampToMicroseconds(message.recorded_time())),
      .request_id = RequestId(message.request_id()),
      .correlation_id = message.correlation_id(),
      .causation_id = message.causation_id(),
      .traceparent = message.traceparent()};
  core::Event& event = recorded.event;
  auto payload = ParsePayload(TypeOfUrl(message.data().type_url()), message.data().value());
  if (absl::IsInvalidArgument(payload.status())) return Damaged("payload");
  if (!payload.ok()) return payload.status();
  event.payload = *std::move(payload);
  const std::optional<Date> occurred_on = ParseDate(message.occurred_on());
  if (!occurred_on) return Damaged("occurred_on");
  event.occurred_on = *occurred_on;
  event.policy = message.policy();
  for (const event::v1::Departure& departure : message.departures()) {
    event.departures.push_back({departure.rule_code(), departure.reason(), departure.decided_by()});
  }
  for (const event::v1::Warning& warning : message.warnings()) {
    event.warnings.push_back({warning.rule_code(), warning.message()});
  }
  APDR_ASSIGN_OR_RETURN(event.deadlines_started, DeadlinesFrom(message.deadlines_started()));
  APDR_ASSIGN_OR_RETURN(event.deadlines_stopped, DeadlinesFrom(message.deadlines_stopped()));
  APDR_ASSIGN_OR_RETURN(event.deadlines_paused, DeadlinesFrom(message.deadlines_paused()));
  event.deadline_fired = message.deadline_fired();
  return recorded;
}

absl::StatusOr<event::v1::Event> ParseEvent(std::string_view bytes) {
  event::v1::Event message;
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Damaged("envelope");
  }
  return message;
}

absl::StatusOr<RecordedEvent> DecodeEvent(std::string_view bytes) {
  APDR_ASSIGN_OR_RETURN(const event::v1::Event message, ParseEvent(bytes));
  return FromMessage(message);
}

}  // namespace apdr::codec
