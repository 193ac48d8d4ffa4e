#include "services/query/audit_reader.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/base/date.h"
#include "engine/base/status_macros.h"
#include "services/query/access.h"
#include "services/query/list_answer.h"
#include "services/query/page.h"

namespace apdr::query {
namespace {

using projection::AuditEntry;
using readmodel::Row;

// Timestamps of the years 0001 to 9999, as the schema of Timestamp allows.
constexpr std::int64_t kSecondsMin = -62135596800;
constexpr std::int64_t kSecondsMax = 253402300799;
// Rows counted by one call: some 20 ms.
constexpr std::size_t kCountScanMax = 20000;

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

Reply<AuditConditions> ReadConditions(const v1::ListEventsRequest& request) {
  AuditConditions conditions;
  conditions.actor_id = request.actor_id();
  conditions.actor_role = request.actor_role();
  conditions.setting_id = request.setting_id();
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

std::string TokenConditions(std::string_view method, const host::Caller& caller,
                            v1::ListEventsRequest request) {
  request.clear_page_size();
  request.clear_page_token();
  return absl::StrCat(std::string(method), "/", caller.tenant.value(), "/",
                      request.SerializeAsString());
}

AuditEntry EntryOf(const event::v1::Event& event) {
  const std::string& url = event.data().type_url();
  return {.case_id = CaseId(event.case_id()),
          .version = CaseVersion(event.version()),
          .actor_id = event.actor().id(),
          .actor_role = event.actor().role(),
          .setting_id = event.actor().setting_id(),
          .event_type = url.substr(url.rfind('/') + 1),
          .occurred_on = event.occurred_on()};
}

absl::Status Damaged() {
  return absl::DataLossError("Expected to read an event, but it does not read back.");
}

// Of a chronology's event, which no index of recorded times led to.
bool MeetsOfCase(const AuditConditions& conditions, const event::v1::Event& event) {
  const absl::Time recorded = history::RecordedAt(event);
  return conditions.Meets(EntryOf(event)) && recorded >= conditions.period.from &&
         recorded < conditions.period.until;
}

// A row of a chronology: the event itself.
absl::StatusOr<std::size_t> TakeEvent(const AuditConditions& conditions, const Row& row,
                                      v1::ListEventsResponse& response) {
  event::v1::Event event;
  if (!event.ParseFromString(row.value)) return Damaged();
  if (!MeetsOfCase(conditions, event)) return std::size_t{0};
  *response.add_rows()->mutable_event() = std::move(event);
  return row.value.size();
}

// A row of the audit index: where the event is.
absl::StatusOr<std::size_t> TakeEntry(const readmodel::ReadModel& model, const TenantId& tenant,
                                      const AuditConditions& conditions, const Row& row,
                                      v1::ListEventsResponse& response) {
  APDR_ASSIGN_OR_RETURN(const AuditEntry entry, projection::DecodeAuditEntry(row.value));
  if (!conditions.Meets(entry)) return std::size_t{0};
  const StreamId stream{tenant, entry.case_id};
  APDR_ASSIGN_OR_RETURN(const std::optional<std::string> event,
                        model.Get(projection::ChronologyKey(stream, entry.version)));
  if (!event || !response.add_rows()->mutable_event()->ParseFromString(*event)) return Damaged();
  return event->size();
}

// Of an erased case an audit shows who did what kind of thing when, and nothing of what.
absl::Status HideErased(const readmodel::ReadModel& model, const TenantId& tenant,
                        v1::ListEventsResponse& response) {
  std::map<std::string, bool> erased;  // By case id.
  for (v1::AuditRow& row : *response.mutable_rows()) {
    event::v1::Event& event = *row.mutable_event();
    const auto [known, added] = erased.try_emplace(event.case_id(), false);
    if (added) {
      APDR_ASSIGN_OR_RETURN(known->second,
                            history::IsErased(model, {tenant, CaseId(event.case_id())}));
    }
    if (known->second) history::HideContent(event);
  }
  return absl::OkStatus();
}

// What the caller may not read, and who did what kind of thing when is all there is left of it.
absl::Status HideFrom(const host::Caller& caller, const readmodel::ReadModel& model,
                      const core::Workflow& workflow, const std::string& case_id,
                      v1::ListEventsResponse& response) {
  std::set<std::string> kept;
  if (!case_id.empty()) {
    APDR_ASSIGN_OR_RETURN(kept,
                          KeptFrom(caller, model, workflow, {caller.tenant, CaseId(case_id)}));
  }
  const bool hides_all = case_id.empty() && !MayReadPersonalData(caller);
  for (v1::AuditRow& row : *response.mutable_rows()) {
    event::v1::Event& event = *row.mutable_event();
    if (hides_all || kept.contains(event.event_id())) history::HideContent(event);
  }
  return absl::OkStatus();
}

// The shortest list that holds everything meant.
projection::KeySpan SpanOf(const TenantId& tenant, const std::string& case_id,
                           const AuditConditions& conditions) {
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
  for (const std::string& type : parts_.workflow.definition().events) {
    if (type == name || std::string_view(type).substr(type.rfind('.') + 1) == name) return type;
  }
  return host::MakeError(error::v1::ERROR_CODE_EVENT_TYPE_UNKNOWN,
                         "Expected to list events of a type, but no workflow declares this one.",
                         {{"field", "event_type"}});
}

// The list that a request is about, and its conditions; `method` is what its tokens are good for.
Reply<AuditReader::Asked> AuditReader::ReadRequest(const host::Caller& caller,
                                                   const v1::ListEventsRequest& request,
                                                   std::string_view method) const {
  if (request.case_id().empty()) {
    if (auto error = CheckMayList(caller, "list events of all cases")) return *std::move(error);
  } else if (auto error = CheckCaseId(request.case_id())) {
    return *std::move(error);
  } else if (auto kept_out =
                 CheckMayRead(caller, parts_.model, {caller.tenant, CaseId(request.case_id())})) {
    return *std::move(kept_out);
  }
  auto read = ReadConditions(request);
  if (auto* error = std::get_if<host::ErrorReply>(&read)) return std::move(*error);
  Asked asked{.conditions = std::get<AuditConditions>(std::move(read)), .list = {}};
  if (!request.event_type().empty()) {
    auto type = FindType(request.event_type());
    if (auto* error = std::get_if<host::ErrorReply>(&type)) return std::move(*error);
    asked.conditions.event_type = std::get<std::string>(std::move(type));
  }
  auto kept_back = CasesKeptFrom(caller, parts_.model);
  if (!kept_back.ok()) return host::FromStatus(kept_back.status());
  asked.conditions.kept_back = *std::move(kept_back);
  auto direction = ReadOrder(request.order());
  if (auto* error = std::get_if<host::ErrorReply>(&direction)) return std::move(*error);
  asked.list = {.span = SpanOf(caller.tenant, request.case_id(), asked.conditions),
                .direction = std::get<readmodel::Direction>(direction),
                .conditions = TokenConditions(method, caller, request)};
  return asked;
}

Reply<v1::ListEventsResponse> AuditReader::ListEvents(const host::Caller& caller,
                                                      const v1::ListEventsRequest& request) const {
  auto read = ReadRequest(caller, request, "ListEvents");
  if (auto* error = std::get_if<host::ErrorReply>(&read)) return std::move(*error);
  const AuditConditions& conditions = std::get<Asked>(read).conditions;
  const List& list = std::get<Asked>(read).list;
  const auto take = [&](const Row& row, v1::ListEventsResponse& response) {
    return request.case_id().empty()
               ? TakeEntry(parts_.model, caller.tenant, conditions, row, response)
               : TakeEvent(conditions, row, response);
  };
  auto reply = AnswerList<v1::ListEventsResponse>(
      parts_.model, parts_.shard_count, list,
      {.size = request.page_size(), .token = request.page_token()}, take);
  if (auto* response = std::get_if<v1::ListEventsResponse>(&reply)) {
    absl::Status hidden = HideErased(parts_.model, caller.tenant, *response);
    if (hidden.ok()) {
      hidden = HideFrom(caller, parts_.model, parts_.workflow, request.case_id(), *response);
    }
    if (!hidden.ok()) return host::FromStatus(hidden);
  }
  return reply;
}

Reply<v1::CountEventsResponse> AuditReader::CountEvents(
    const host::Caller& caller, const v1::CountEventsRequest& request) const {
  v1::ListEventsRequest counted = request.conditions();
  counted.set_order(v1::ORDER_OLDEST_FIRST);
  auto read = ReadRequest(caller, counted, "CountEvents");
  if (auto* error = std::get_if<host::ErrorReply>(&read)) return std::move(*error);
  auto& [conditions, list] = std::get<Asked>(read);
  list.scan_max = kCountScanMax;
  const auto start = StartPage(list, {.size = 1, .token = request.page_token()});
  if (const auto* error = std::get_if<host::ErrorReply>(&start)) return *error;
  const auto positions = ReadPositions(parts_.model, parts_.shard_count);
  if (!positions.ok()) return host::FromStatus(positions.status());

  // Rows are counted and never taken, so that only the scan ends a part.
  std::uint64_t count = 0;
  const bool of_case = !counted.case_id().empty();
  const auto take = [&](const Row& row) -> absl::StatusOr<std::size_t> {
    if (of_case) {
      event::v1::Event event;
      if (!event.ParseFromString(row.value)) return Damaged();
      if (MeetsOfCase(conditions, event)) ++count;
    } else {
      APDR_ASSIGN_OR_RETURN(const AuditEntry entry, projection::DecodeAuditEntry(row.value));
      if (conditions.Meets(entry)) ++count;
    }
    return std::size_t{0};
  };
  auto next = ReadPage(parts_.model, list, std::get<PageStart>(start), take);
  if (!next.ok()) return host::FromStatus(next.status());
  v1::CountEventsResponse response;
  response.set_count(count);
  response.set_next_page_token(*std::move(next));
  for (const Position position : *positions) response.add_as_of_positions(position.value());
  return response;
}

}  // namespace apdr::query
