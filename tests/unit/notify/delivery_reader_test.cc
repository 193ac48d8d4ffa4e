#include "services/notify/service/delivery_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/notify/notify_world.h"

namespace apdr::notify {
namespace {

using ::testing::SizeIs;

constexpr char kRoutes[] = R"(
[smtp]
url = "smtps://mail.example"
from = "apdr@example.org"
[[messages]]
events = ["ReviewOverdue"]
subject = "{event}"
text = "{event}"
[[recipients]]
name = "senco-1"
tenant = "t1"
roles = ["senco"]
all = true
channel = "email"
address = "senco@example.org"
[[recipients]]
name = "head-1"
tenant = "t1"
roles = ["head"]
all = true
channel = "email"
address = "head@example.org"
)";

class DeliveryReaderTest : public ::testing::Test {
 protected:
  DeliveryReaderTest()
      : world_(kRoutes),
        reader_({.model = world_.model, .event_types = apdr::testing::EventTypes()}) {
    world_.Register();
    world_.PublishOverdue(1, {"senco"});
    world_.PublishOverdue(2, {"senco", "head"});
    world_.RunUntilIdle();
  }

  host::Caller ACaller(const std::string& role = "senco", const std::string& tenant = "t1") {
    host::Caller caller;
    caller.tenant = TenantId(tenant);
    caller.role = role;
    return caller;
  }
  std::size_t CountOf(const query::v1::ListDeliveriesRequest& request) {
    const auto reply = reader_.ListDeliveries(ACaller(), request);
    const auto* response = std::get_if<query::v1::ListDeliveriesResponse>(&reply);
    if (response == nullptr) ADD_FAILURE() << std::get<host::ErrorReply>(reply).message;
    return response == nullptr ? 0 : static_cast<std::size_t>(response->deliveries_size());
  }
  std::string ReasonFor(const host::Caller& caller,
                        const query::v1::ListDeliveriesRequest& request) {
    const auto reply = reader_.ListDeliveries(caller, request);
    const auto* error = std::get_if<host::ErrorReply>(&reply);
    return error == nullptr ? "" : error->reason;
  }

  apdr::testing::NotifyWorld world_;
  DeliveryReader reader_;
};

TEST_F(DeliveryReaderTest, ListsByEachCondition) {
  query::v1::ListDeliveriesRequest request;
  EXPECT_EQ(CountOf(request), 3U);
  request.set_recipient("head-1");
  EXPECT_EQ(CountOf(request), 1U);
  request.clear_recipient();
  request.set_state(query::v1::DELIVERY_STATE_DELIVERED);
  EXPECT_EQ(CountOf(request), 3U);
  request.set_state(query::v1::DELIVERY_STATE_FAILED);
  EXPECT_EQ(CountOf(request), 0U);
  request.clear_state();
  request.set_case_id(apdr::testing::kCase);
  EXPECT_EQ(CountOf(request), 3U);
  request.set_case_id("018f2222-0000-7000-8000-000000000002");
  EXPECT_EQ(CountOf(request), 0U);
  request.clear_case_id();
  request.set_event_type("ReviewOverdue");
  EXPECT_EQ(CountOf(request), 3U);
  request.set_event_type("apdr.sen.v1.PlanAgreed");
  EXPECT_EQ(CountOf(request), 0U);
  request.clear_event_type();
  *request.mutable_recorded_from() =
      ToTimestamp(apdr::testing::NotifyWorld::kStart + absl::Seconds(1));
  EXPECT_EQ(CountOf(request), 0U);
}

TEST_F(DeliveryReaderTest, ListsInPages) {
  query::v1::ListDeliveriesRequest request;
  request.set_page_size(2);
  const auto first =
      std::get<query::v1::ListDeliveriesResponse>(reader_.ListDeliveries(ACaller(), request));
  EXPECT_THAT(first.deliveries(), SizeIs(2));
  request.set_page_token(first.next_page_token());
  const auto second =
      std::get<query::v1::ListDeliveriesResponse>(reader_.ListDeliveries(ACaller(), request));
  EXPECT_THAT(second.deliveries(), SizeIs(1));
  request.set_recipient("head-1");
  EXPECT_EQ(ReasonFor(ACaller(), request), "PAGE_TOKEN_INVALID");
}

TEST_F(DeliveryReaderTest, KeepsToTheCallersTenantAndRole) {
  EXPECT_EQ(ReasonFor(ACaller("parent"), {}), "NOT_AUTHORISED");
  const auto other = std::get<query::v1::ListDeliveriesResponse>(
      reader_.ListDeliveries(ACaller("senco", "t2"), {}));
  EXPECT_THAT(other.deliveries(), SizeIs(0));
}

TEST_F(DeliveryReaderTest, RefusesWhatItCannotRead) {
  query::v1::ListDeliveriesRequest request;
  request.set_event_type("Nothing");
  EXPECT_EQ(ReasonFor(ACaller(), request), "EVENT_TYPE_UNKNOWN");
  request.Clear();
  request.set_case_id("x");
  EXPECT_EQ(ReasonFor(ACaller(), request), "FIELD_INVALID");
  request.Clear();
  request.set_state(static_cast<query::v1::DeliveryState>(99));
  EXPECT_EQ(ReasonFor(ACaller(), request), "ENUM_UNKNOWN");
  request.Clear();
  request.mutable_recorded_from()->set_nanos(-1);
  EXPECT_EQ(ReasonFor(ACaller(), request), "FIELD_INVALID");
  request.Clear();
  request.mutable_recorded_from()->set_seconds(10);
  request.mutable_recorded_until()->set_seconds(5);
  EXPECT_EQ(ReasonFor(ACaller(), request), "FIELD_INVALID");
}

}  // namespace
}  // namespace apdr::notify
