#include "services/views/departures.h"

#include <string>

#include "absl/strings/str_format.h"
#include "apdr/sen/state/v1/view_state.pb.h"
#include "engine/codec/message_payload.h"
#include "services/query/access.h"

namespace apdr::views {
namespace {

using sen::state::v1::DeparturesDoc;
using sen::v1::DepartureRow;
using sen::v1::ListDeparturesRequest;
using sen::v1::ListDeparturesResponse;

constexpr char kName[] = "departures";

void Fold(const Happened& happened, DeparturesDoc& doc) {
  for (const event::v1::Departure& departure : happened.event.departures()) {
    DepartureRow& row = *doc.add_departures();
    row.set_setting_id(std::string(happened.setting_id));
    row.set_case_id(happened.event.case_id());
    row.set_occurred_on(happened.on());
    row.set_rule_code(departure.rule_code());
    row.set_reason(departure.reason());
    row.set_decided_by(departure.decided_by().empty() ? happened.event.actor().id()
                                                      : departure.decided_by());
    row.set_event_id(happened.event.event_id());
    row.set_event_type(std::string(codec::TypeOfUrl(happened.event.data().type_url())));
  }
}

void Rows(const Standing&, const DeparturesDoc& doc, RowCollector& rows) {
  for (int i = 0; i < doc.departures_size(); ++i) {
    const DepartureRow& row = doc.departures(i);
    rows.Add({row.setting_id(), row.occurred_on(), row.case_id(), absl::StrFormat("%06d", i)}, row);
  }
}

bool Meets(const DepartureRow& row, const ListDeparturesRequest& conditions) {
  if (!conditions.rule_code().empty() && conditions.rule_code() != row.rule_code()) return false;
  if (!conditions.from().empty() && row.occurred_on() < conditions.from()) return false;
  return conditions.until().empty() || row.occurred_on() <= conditions.until();
}

// Of one setting, rows come by date.
void NarrowToDates(const TenantId& tenant, const ListDeparturesRequest& request,
                   projection::KeySpan& span) {
  if (request.setting_id().empty()) return;
  if (!request.from().empty()) {
    const std::vector<std::string> parts = {request.setting_id(), request.from()};
    span.begin = projection::ViewKey(tenant, kName, parts);
  }
  if (!request.until().empty()) {
    const std::vector<std::string> parts = {request.setting_id(), request.until()};
    span.end = projection::ViewRowsOf(tenant, kName, parts).end;
  }
}

}  // namespace

View DeparturesView() { return MakeView<DeparturesDoc>(kName, 1, Fold, Rows); }

query::Reply<ListDeparturesResponse> ListDepartures(const Reading& reading,
                                                    const host::Caller& caller,
                                                    const ListDeparturesRequest& request) {
  if (auto error = query::CheckMayList(caller, "list departures")) return *std::move(error);
  if (auto error = CheckDate("from", request.from())) return *std::move(error);
  if (auto error = CheckDate("until", request.until())) return *std::move(error);
  query::List list{.span = RowsAt(caller.tenant, kName, request.setting_id()),
                   .direction = readmodel::Direction::kForward,
                   .conditions = ConditionsOf("ListDepartures", caller, request)};
  NarrowToDates(caller.tenant, request, list.span);
  return ReadRows<DepartureRow, ListDeparturesResponse>(
      reading, caller, list, request, [&](DepartureRow& row, ListDeparturesResponse& response) {
        if (!Meets(row, request)) return false;
        if (!query::MayReadPersonalData(caller)) row.clear_reason();
        *response.add_rows() = std::move(row);
        return true;
      });
}

}  // namespace apdr::views
