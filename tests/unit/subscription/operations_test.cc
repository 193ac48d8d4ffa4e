#include "services/subscription/operations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/subscription/request_check.h"
#include "tests/support/subscription_world.h"

namespace apdr::subscription {
namespace {

using apdr::testing::SubscriptionWorld;
using ::testing::HasSubstr;
using ::testing::SizeIs;

template <class Response>
std::string ReasonOf(const query::Reply<Response>& reply) {
  const auto* error = std::get_if<host::ErrorReply>(&reply);
  return error == nullptr ? "OK" : error->reason;
}

class OperationsTest : public ::testing::Test {
 protected:
  std::string CreateReason(const v1::CreateSubscriptionRequest& request,
                           const host::Caller& caller = SubscriptionWorld::Caller()) {
    return ReasonOf(world_.Call(&Operations::Create, request, caller));
  }

  SubscriptionWorld world_{2};
};

TEST_F(OperationsTest, CreatesOnceHoweverOftenItIsAsked) {
  const auto request = SubscriptionWorld::ARequestFor("reminders", v1::START_FROM_NOW);
  EXPECT_EQ(CreateReason(request), "OK");
  world_.Append(1);
  EXPECT_EQ(CreateReason(request), "OK");
  EXPECT_EQ(world_.Status().lag(), 1U) << "the first answer counts";
  EXPECT_EQ(world_.Status().subscription().created_by(), "p-17");

  EXPECT_EQ(CreateReason(SubscriptionWorld::ARequestFor("reminders")), "SUBSCRIPTION_EXISTS");
  EXPECT_EQ(CreateReason(request, SubscriptionWorld::Caller("t2")), "OK")
      << "another tenant's names are its own";
}

TEST_F(OperationsTest, RefusesWhatCannotBeMeant) {
  struct Case {
    const char* reason;
    std::function<void(v1::Subscription&)> change;
  };
  for (const Case& bad : {
           Case{"FIELD_REQUIRED", [](auto& asked) { asked.clear_name(); }},
           Case{"FIELD_INVALID", [](auto& asked) { asked.set_name("Reminders"); }},
           Case{"FIELD_INVALID", [](auto& asked) { asked.set_name("-x"); }},
           Case{"FIELD_INVALID", [](auto& asked) { asked.set_name(std::string(64, 'x')); }},
           Case{"FIELD_REQUIRED", [](auto& asked) { asked.clear_start_from(); }},
           Case{"ENUM_UNKNOWN",
                [](auto& asked) { asked.set_start_from(static_cast<v1::StartFrom>(9)); }},
           Case{"EVENT_TYPE_UNKNOWN",
                [](auto& asked) { asked.mutable_filter()->add_event_types("x.Y"); }},
           Case{"FIELD_INVALID",
                [](auto& asked) { asked.mutable_filter()->add_setting_ids("North End"); }},
           Case{"FIELD_INVALID",
                [](auto& asked) { asked.mutable_filter()->add_authority_ids(""); }},
           Case{"FIELD_INVALID", [](auto& asked) { asked.add_start_positions(); }},
           Case{"SHARD_UNKNOWN",
                [](auto& asked) {
                  asked.set_start_from(v1::START_FROM_POSITIONS);
                  asked.add_start_positions()->set_shard(2);
                }},
           Case{"POSITION_UNKNOWN",
                [](auto& asked) {
                  asked.set_start_from(v1::START_FROM_POSITIONS);
                  asked.add_start_positions()->set_position(1);
                }},
           Case{"FIELD_INVALID",
                [](auto& asked) {
                  asked.set_start_from(v1::START_FROM_POSITIONS);
                  asked.add_start_positions();
                  asked.add_start_positions();
                }},
           Case{"FIELD_INVALID", [](auto& asked) { asked.set_in_flight_max(1001); }},
           Case{"FIELD_INVALID", [](auto& asked) { asked.set_attempts_max(101); }},
           Case{"FIELD_INVALID", [](auto& asked) { asked.mutable_ack_timeout(); }},
           Case{"FIELD_INVALID",
                [](auto& asked) { asked.mutable_ack_timeout()->set_seconds(3601); }},
           Case{"FIELD_INVALID", [](auto& asked) { asked.set_created_by("p-1"); }},
       }) {
    auto request = SubscriptionWorld::ARequestFor("reminders");
    bad.change(*request.mutable_subscription());
    EXPECT_EQ(CreateReason(request), bad.reason) << request.ShortDebugString();
  }
}

TEST_F(OperationsTest, KeepsToTheLimitOfATenant) {
  for (std::size_t i = 0; i < kSubscriptionsOfTenantMax; ++i) {
    ASSERT_EQ(CreateReason(SubscriptionWorld::ARequestFor(absl::StrCat("s", i))), "OK");
  }
  EXPECT_EQ(CreateReason(SubscriptionWorld::ARequestFor("one-more")), "SUBSCRIPTION_LIMIT");
}

TEST_F(OperationsTest, ListsInPagesWhatTheTenantHas) {
  for (const char* name : {"c", "a", "b"}) world_.Create(SubscriptionWorld::ARequestFor(name));
  v1::ListSubscriptionsRequest request;
  request.set_page_size(2);
  std::string names;
  do {
    const auto reply = world_.Call(&Operations::List, request);
    const auto& page = std::get<v1::ListSubscriptionsResponse>(reply);
    for (const auto& status : page.statuses()) names += status.subscription().name();
    names += "/";
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(names, "ab/c/");
  const auto other = world_.Call(&Operations::List, v1::ListSubscriptionsRequest(),
                                 SubscriptionWorld::Caller("t2"));
  EXPECT_EQ(std::get<v1::ListSubscriptionsResponse>(other).statuses_size(), 0);
  request.set_page_token("x");
  EXPECT_EQ(ReasonOf(world_.Call(&Operations::List, request)), "PAGE_TOKEN_INVALID");
}

TEST_F(OperationsTest, AsksForTheNameOfASubscriptionThatIsThere) {
  v1::GetSubscriptionRequest request;
  EXPECT_EQ(ReasonOf(world_.Call(&Operations::Get, request)), "FIELD_REQUIRED");
  request.set_name("two\nlines");
  EXPECT_EQ(ReasonOf(world_.Call(&Operations::Get, request)), "FIELD_INVALID");
  request.set_name("nobody");
  const auto reply = world_.Call(&Operations::Get, request);
  EXPECT_EQ(ReasonOf(reply), "SUBSCRIPTION_UNKNOWN");
  EXPECT_THAT(std::get<host::ErrorReply>(reply).message, HasSubstr("'nobody'"));
}

TEST_F(OperationsTest, AsksWhichParkedEventsAndWhyTheyAreSkipped) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  v1::SkipParkedEventsRequest request;
  request.set_name("reminders");
  request.set_reason("told by telephone");
  EXPECT_EQ(ReasonOf(world_.Call(&Operations::Skip, request)), "FIELD_REQUIRED");
  request.add_events()->set_position(1);
  request.set_all(true);
  EXPECT_EQ(ReasonOf(world_.Call(&Operations::Skip, request)), "FIELD_INVALID");
  request.set_all(false);
  request.clear_reason();
  EXPECT_EQ(ReasonOf(world_.Call(&Operations::Skip, request)), "FIELD_REQUIRED");
  request.set_reason("because");
  EXPECT_EQ(ReasonOf(world_.Call(&Operations::Skip, request)), "FIELD_INVALID");
  request.set_reason("told by telephone");
  request.mutable_events(0)->set_shard(9);
  const auto reply = world_.Call(&Operations::Skip, request);
  EXPECT_EQ(std::get<v1::SkipParkedEventsResponse>(reply).events_size(), 0)
      << "what is not parked is passed over";
  for (int i = 0; i < 1000; ++i) request.add_events();
  EXPECT_EQ(ReasonOf(world_.Call(&Operations::Skip, request)), "FIELD_INVALID");
}

TEST_F(OperationsTest, DecidesAboutAsManyAsAnAnswerHolds) {
  auto request = SubscriptionWorld::ARequestFor("reminders");
  request.mutable_subscription()->set_in_flight_max(1000);
  world_.Create(request);
  constexpr int kParked = kSelectedMax + 200;
  for (int loan = 1; loan <= kParked; ++loan) world_.Append(static_cast<std::uint64_t>(loan));
  const auto member = world_.Join("m1");
  world_.Settle();
  ASSERT_THAT(member->deliveries, SizeIs(kParked));
  for (const auto& delivery : member->deliveries) {
    member->Nack(delivery, v1::NACK_ACTION_PARK, std::string(64, 'x'));
  }
  world_.Settle();
  member->ended = true;
  v1::SkipParkedEventsRequest skip;
  skip.set_name("reminders");
  skip.set_all(true);
  for (int i = 0; i < 500; ++i) *skip.mutable_reason() += "\U0001F600";

  const auto first = std::get<v1::SkipParkedEventsResponse>(world_.Call(&Operations::Skip, skip));
  ASSERT_EQ(first.events_size(), kSelectedMax);
  EXPECT_TRUE(first.more());
  EXPECT_LT(first.ByteSizeLong(), 4U << 20);
  EXPECT_EQ(world_.Status().parked_count(), kParked - kSelectedMax) << "no more than it answers";
  skip.mutable_after()->set_shard(first.events().rbegin()->shard());
  skip.mutable_after()->set_position(first.events().rbegin()->position());
  const auto rest = std::get<v1::SkipParkedEventsResponse>(world_.Call(&Operations::Skip, skip));
  EXPECT_EQ(rest.events_size(), kParked - kSelectedMax);
  EXPECT_FALSE(rest.more());
  EXPECT_EQ(world_.Status().parked_count(), 0U);
}

// What is retried may fail and be parked again before the next call: it must not come first again.
TEST_F(OperationsTest, GoesOnAfterAPlaceWithWhatIsParked) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  for (std::uint64_t loan = 1; loan <= 8; ++loan) world_.Append(loan);
  const auto member = world_.Join("m1");
  world_.Settle();
  for (const auto& delivery : member->deliveries) {
    member->Nack(delivery, v1::NACK_ACTION_PARK);
  }
  world_.Settle();
  const std::vector<v1::ParkedEvent> parked = world_.Parked();
  ASSERT_EQ(parked.size(), 8U);
  v1::RetryParkedEventsRequest request;
  request.set_name("reminders");
  request.set_all(true);
  request.mutable_after()->set_shard(1);
  const auto reply = world_.Call(&Operations::Retry, request);
  for (const v1::ParkedEvent& event : std::get<v1::RetryParkedEventsResponse>(reply).events()) {
    EXPECT_EQ(event.shard(), 1U);
  }
  EXPECT_GT(std::get<v1::RetryParkedEventsResponse>(reply).events_size(), 0);
  request.set_all(false);
  request.add_events();
  EXPECT_EQ(ReasonOf(world_.Call(&Operations::Retry, request)), "FIELD_INVALID");
}

TEST_F(OperationsTest, KeepsTheFamilyOut) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  host::Caller parent = SubscriptionWorld::Caller();
  parent.role = "parent";
  v1::GetSubscriptionRequest request;
  request.set_name("reminders");
  EXPECT_EQ(ReasonOf(world_.Call(&Operations::Get, request, parent)), "NOT_AUTHORISED");
  EXPECT_EQ(CreateReason(SubscriptionWorld::ARequestFor("other"), parent), "NOT_AUTHORISED");
  EXPECT_EQ(ReasonOf(world_.Call(&Operations::List, v1::ListSubscriptionsRequest(), parent)),
            "NOT_AUTHORISED");
}

TEST_F(OperationsTest, RefusesAStateThatIsNone) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  v1::ListParkedEventsRequest request;
  request.set_name("reminders");
  request.set_state(static_cast<v1::ParkedState>(9));
  EXPECT_EQ(ReasonOf(world_.Call(&Operations::ListParked, request)), "ENUM_UNKNOWN");
}

}  // namespace
}  // namespace apdr::subscription
