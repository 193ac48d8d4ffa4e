#include "services/notify/service/delivery_reader.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/base/status_macros.h"
#include "services/notify/outbox.h"
#include "services/notify/text_template.h"
#include "services/notify/times.h"
#include "services/query/access.h"
#include "services/query/page.h"

namespace apdr::notify {
namespace {

using query::v1::Delivery;
using query::v1::ListDeliveriesRequest;
using query::v1::ListDeliveriesResponse;
namespace time_util = google::protobuf::util;

struct Period {
  absl::Time from = absl::UnixEpoch();
  absl::Time until = absl::FromUnixSeconds(time_util::TimeUtil::kTimestampMaxSeconds);
};

query::Reply<Period> ReadPeriod(const ListDeliveriesRequest& request) {
  Period period;
  if (request.has_recorded_from()) {
    if (!IsValid(request.recorded_from())) {
      return query::InvalidField("recorded_from", "must be an instant of the years 1 to 9999");
    }
    period.from = ToTime(request.recorded_from());
  }
  if (request.has_recorded_until()) {
    if (!IsValid(request.recorded_until())) {
      return query::InvalidField("recorded_until", "must be an instant of the years 1 to 9999");
    }
    period.until = ToTime(request.recorded_until());
  }
  if (period.until < period.from) {
    return query::InvalidField("recorded_until", "must not be before recorded_from");
  }
  return period;
}

std::optional<host::ErrorReply> CheckRequest(const ListDeliveriesRequest& request,
                                             const std::vector<std::string>& event_types) {
  if (!request.case_id().empty()) {
    if (auto error = query::CheckCaseId(request.case_id())) return error;
  }
  if (!query::v1::DeliveryState_IsValid(request.state())) {
    return host::MakeError(error::v1::ERROR_CODE_ENUM_UNKNOWN,
                           absl::StrCat("Expected to read the request, but state has no value ",
                                        static_cast<int>(request.state()), "."),
                           {{"field", "state"}});
  }
  const std::string& asked = request.event_type();
  const bool known =
      asked.empty() || std::ranges::any_of(event_types, [&](const std::string& type) {
        return type == asked || ShortName(type) == asked;
      });
  if (known) return std::nullopt;
  return host::MakeError(error::v1::ERROR_CODE_EVENT_TYPE_UNKNOWN,
                         "Expected to list deliveries of an event, but no workflow declares it.",
                         {{"field", "event_type"}});
}

bool Meets(const Delivery& delivery, const ListDeliveriesRequest& request) {
  return (request.state() == query::v1::DELIVERY_STATE_UNSPECIFIED ||
          request.state() == delivery.state()) &&
         (request.recipient().empty() || request.recipient() == delivery.recipient()) &&
         (request.event_type().empty() || request.event_type() == delivery.event_type() ||
          request.event_type() == ShortName(delivery.event_type()));
}

std::string TokenConditions(const host::Caller& caller, ListDeliveriesRequest request) {
  request.clear_page_size();
  request.clear_page_token();
  return absl::StrCat("ListDeliveries/", caller.tenant.value(), "/", request.SerializeAsString());
}

}  // namespace

DeliveryReader::DeliveryReader(Parts parts) : parts_(std::move(parts)) {}

query::Reply<ListDeliveriesResponse> DeliveryReader::ListDeliveries(
    const host::Caller& caller, const ListDeliveriesRequest& request) const {
  if (auto error = query::CheckMayList(caller, "list deliveries")) return *std::move(error);
  if (auto error = CheckRequest(request, parts_.event_types)) return *std::move(error);
  auto read = ReadPeriod(request);
  if (auto* error = std::get_if<host::ErrorReply>(&read)) return std::move(*error);
  const auto [from, until] = std::get<Period>(read);
  const query::List list{
      .span = request.case_id().empty()
                  ? DeliveriesOf(caller.tenant, from, until)
                  : DeliveriesOfCase({caller.tenant, CaseId(request.case_id())}, from, until),
      .direction = readmodel::Direction::kBackward,
      .conditions = TokenConditions(caller, request)};
  auto start = query::StartPage(list, {.size = request.page_size(), .token = request.page_token()});
  if (auto* error = std::get_if<host::ErrorReply>(&start)) return std::move(*error);

  ListDeliveriesResponse response;
  const auto take = [&](const readmodel::Row& row) -> absl::StatusOr<std::size_t> {
    APDR_ASSIGN_OR_RETURN(Delivery delivery, ReadListed(parts_.model, row.value));
    if (!Meets(delivery, request)) return std::size_t{0};
    const std::size_t size = delivery.ByteSizeLong();
    *response.add_deliveries() = std::move(delivery);
    return size;
  };
  auto next = query::ReadPage(parts_.model, list, std::get<query::PageStart>(start), take);
  if (!next.ok()) return host::FromStatus(next.status());
  response.set_next_page_token(*std::move(next));
  return response;
}

}  // namespace apdr::notify
