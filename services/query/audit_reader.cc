#include "services/query/audit_reader.h"

#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/base/date.h"
#include "engine/base/status_macros.h"
#include "services/projection/rows/row_keys.h"
#include "services/projection/rows/row_values.h"
#include "services/query/access.h"
#include "services/query/page.h"

namespace apdr::query {
namespace {

using projection::AuditEntry;
using readmodel::Row;

// Timestamps of the years 0001 to 9999, as the schema of Timestamp allows.
constexpr std::int64_t kSecondsMin = -62135596800;
constexpr std::int64_t kSecondsMax = 253402300799;

// The request, understood.
struct Conditions {
  std::string actor_id;
  std::string event_type;  // Full name.
  std::string occurred_from;
  std::string occurred_until;
  projection::AuditPeriod period;

  [[nodiscard]] bool Meets(const AuditEntry& entry) const {
    return (actor_id.empty() || actor_id == entry.actor_id) &&
           (event_type.empty() || event_type == entry.event_type) &&
           (occurred_from.empty() || occurred_from <= entry.occurred_on) &&
           (occurred_until.empty() || entry.occurred_on <= occurred_until);
  }
};

// Events are recorded to the microsecond: the first that is not before `time`.
absl::Time CeilMicros(absl::Time time) {
  return time + absl::Nanoseconds(999) -
         ((time + absl::Nanoseconds(999) - absl::UnixEpoch()) % absl::Microseconds(1));
}

std::optional<absl::Time> ReadTime(const google::protobuf::Timestamp& timestamp) {
  if (timestamp.seconds() < kSecondsMin || timestamp.seconds() > kSecondsMax ||
      timestamp.nanos() < 0 || timestamp.nanos() > 999999999) {
    return std::nullopt;
  }
  return CeilMicros(absl::FromUnixSeconds(timestamp.seconds()) +
                    absl::Nanoseconds(timestamp.nanos()));
}

Reply<Conditions> ReadConditions(const v1::ListEventsRequest& request) {
  Conditions conditions;
  conditions.actor_id = request.actor_id();
  conditions.occurred_from = request.occurred_from();
  conditions.occurred_until = request.occurred_until();
  if (!request.occurred_from().empty() && !ParseDate(request.occurred_from())) {
    return InvalidField("occurred_from", "must be a date such as 2026-02-06");
  }
  if (!request.occurred_until().empty() && !ParseDate(request.occurred_until())) {
    return InvalidField("occurred_until", "must be a date such as 2026-02-06");
  }
  // An empty period would answer "no event", which is no answer to a slip of the hand. Dates sort
  // as their texts do.
  if (!request.occurred_until().empty() && request.occurred_until() < request.occurred_from()) {
    return InvalidField("occurred_until", "must not be before occurred_from");
  }
  if (request.has_recorded_from()) {
    const auto time = ReadTime(request.recorded_from());
    if (!time) return InvalidField("recorded_from", "must be an instant of the years 1 to 9999");
    conditions.period.from = *time;
  }
  if (request.has_recorded_until()) {
    const auto time = ReadTime(request.recorded_until());
    if (!time) return InvalidField("recorded_until", "must be an instant of the years 1 to 9999");
    conditions.period.until = *time;
    if (*time < conditions.period.from) {
      return InvalidField("recorded_until", "must not be before recorded_from");
    }
  }
  return conditions;
}

Reply<readmodel::Direction> ReadOrder(v1::Order order) {
  switch (order) {
    case v1::ORDER_UNSPECIFIED:
    case v1::ORDER_NEWEST_FIRST:
      return readmodel::Direction::kBackward;
    case v1::ORDER_OLDEST_FIRST:
      return readmodel::Direction::kForward;
    default:
      return host::MakeError(error::v1::ERROR_CODE_ENUM_UNKNOWN,
                             absl::StrCat("Expected to read the request, but order has no value ",
                                          static_cast<int>(order), "."),
                             {{"field", "order"}});
  }
}

std::string TokenConditions(const host::Caller& caller, v1::ListEventsRequest request) {
  request.clear_page_size();
  request.clear_page_token();
  return absl::StrCat("ListEvents/", caller.tenant.value(), "/", request.SerializeAsString());
}

AuditEntry EntryOf(const event::v1::Event& event) {
  const std::string& url = event.data().type_url();
  return {.case_id = CaseId(event.case_id()),
          .version = CaseVersion(event.version()),
          .actor_id = event.actor().id(),
          .event_type = url.substr(url.rfind('/') + 1),
          .occurred_on = event.occurred_on()};
}

absl::Time RecordedTime(const event::v1::Event& event) {
  return absl::FromUnixSeconds(event.recorded_time().seconds()) +
         absl::Nanoseconds(event.recorded_time().nanos());
}

absl::Status Damaged() {
  return absl::DataLossError("Expected to read an event, but it does not read back.");
}

// Rows of a chronology: the events themselves.
TakeRow TakeEvents(const Conditions& conditions, v1::ListEventsResponse& response) {
  return [&conditions, &response](const Row& row) -> absl::StatusOr<std::size_t> {
    event::v1::Event event;
    if (!event.ParseFromString(row.value)) return Damaged();
    const absl::Time recorded = RecordedTime(event);
    if (!conditions.Meets(EntryOf(event)) || recorded < conditions.period.from ||
        recorded >= conditions.period.until) {
      return std::size_t{0};
    }
    *response.add_rows()->mutable_event() = std::move(event);
    return row.value.size();
  };
}

// Rows of the audit index: where the events are.
TakeRow TakeEntries(const readmodel::ReadModel& model, const TenantId& tenant,
                    const Conditions& conditions, v1::ListEventsResponse& response) {
  return [&model, &tenant, &conditions, &response](const Row& row) -> absl::StatusOr<std::size_t> {
    APDR_ASSIGN_OR_RETURN(const AuditEntry entry, projection::DecodeAuditEntry(row.value));
    if (!conditions.Meets(entry)) return std::size_t{0};
    const StreamId stream{tenant, entry.case_id};
    APDR_ASSIGN_OR_RETURN(const std::optional<std::string> event,
                          model.Get(projection::ChronologyKey(stream, entry.version)));
    if (!event || !response.add_rows()->mutable_event()->ParseFromString(*event)) return Damaged();
    return event->size();
  };
}

// The shortest list that holds everything meant.
projection::KeySpan SpanOf(const TenantId& tenant, const std::string& case_id,
                           const Conditions& conditions) {
  if (!case_id.empty()) return projection::ChronologyOf({tenant, CaseId(case_id)});
  if (!conditions.actor_id.empty())
    return projection::ActorAuditOf(tenant, conditions.actor_id, conditions.period);
  if (!conditions.event_type.empty())
    return projection::TypeAuditOf(tenant, conditions.event_type, conditions.period);
  return projection::AuditOf(tenant, conditions.period);
}

}  // namespace

AuditReader::AuditReader(Parts parts) : parts_(std::move(parts)) {}

// The full name of an event type given as such or by its last part.
Reply<std::string> AuditReader::FindType(const std::string& name) const {
  for (const std::string& type : parts_.event_types) {
    if (type == name || std::string_view(type).substr(type.rfind('.') + 1) == name) return type;
  }
  return host::MakeError(error::v1::ERROR_CODE_EVENT_TYPE_UNKNOWN,
                         "Expected to list events of a type, but no workflow declares this one.",
                         {{"field", "event_type"}});
}

Reply<v1::ListEventsResponse> AuditReader::ListEvents(const host::Caller& caller,
                                                      const v1::ListEventsRequest& request) const {
  if (request.case_id().empty()) {
    if (auto error = CheckMayList(caller, "list events of all cases")) return *std::move(error);
  } else if (auto error = CheckCaseId(request.case_id())) {
    return *std::move(error);
  }
  auto read = ReadConditions(request);
  if (auto* error = std::get_if<host::ErrorReply>(&read)) return std::move(*error);
  Conditions& conditions = std::get<Conditions>(read);
  if (!request.event_type().empty()) {
    auto type = FindType(request.event_type());
    if (auto* error = std::get_if<host::ErrorReply>(&type)) return std::move(*error);
    conditions.event_type = std::get<std::string>(std::move(type));
  }
  auto direction = ReadOrder(request.order());
  if (auto* error = std::get_if<host::ErrorReply>(&direction)) return std::move(*error);

  const List list{.span = SpanOf(caller.tenant, request.case_id(), conditions),
                  .direction = std::get<readmodel::Direction>(direction),
                  .conditions = TokenConditions(caller, request)};
  auto start = StartPage(list, {.size = request.page_size(), .token = request.page_token()});
  if (auto* error = std::get_if<host::ErrorReply>(&start)) return std::move(*error);
  const auto positions = ReadPositions(parts_.model, parts_.shard_count);
  if (!positions.ok()) return host::FromStatus(positions.status());

  v1::ListEventsResponse response;
  auto next = ReadPage(parts_.model, list, std::get<PageStart>(start),
                       request.case_id().empty()
                           ? TakeEntries(parts_.model, caller.tenant, conditions, response)
                           : TakeEvents(conditions, response));
  if (!next.ok()) return host::FromStatus(next.status());
  response.set_next_page_token(*std::move(next));
  for (const Position position : *positions) response.add_as_of_positions(position.value());
  return response;
}

}  // namespace apdr::query
