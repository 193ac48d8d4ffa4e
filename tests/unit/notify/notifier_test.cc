#include "services/notify/notifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

#include "tests/unit/notify/notify_world.h"

namespace apdr::notify {
namespace {

using apdr::testing::kCase;
using apdr::testing::NotifyWorld;
using apdr::testing::ScriptedChannel;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kMessages[] = R"(
link = "https://apdr.example/{case_id}"
[[messages]]
events = ["ReviewOverdue", "ReviewReminderIssued"]
subject = "{event}"
text = "Case {case}: {event}, {days} days. {link}"
[[messages]]
events = ["PlanAgreed"]
to = ["parent"]
subject = "{event}"
text = "{link}"
)";
constexpr char kMail[] = R"(
[smtp]
url = "smtps://mail.example"
from = "apdr@example.org"
per_minute = 100
[[recipients]]
name = "senco-1"
tenant = "t1"
roles = ["senco"]
settings = ["URN:199001"]
channel = "email"
address = "senco@example.org"
[[recipients]]
name = "la"
tenant = "t1"
roles = ["la-send-officer"]
authorities = ["801"]
channel = "email"
address = "la@example.org"
[[recipients]]
name = "parent-1"
tenant = "t1"
roles = ["parent"]
cases = ["018f2222-0000-7000-8000-000000000001"]
channel = "email"
address = "parent@example.org"
)";
constexpr char kHook[] = R"(
[[webhooks]]
name = "mis"
tenant = "t1"
all = true
url = "https://mis.example/hook"
secrets = ["env:APDR_TEST_HOOK"]
)";

std::string Routes(const std::string& rest) {
  apdr::testing::SetSecrets();
  return kMessages + rest;
}

std::vector<std::string> RecipientsOf(const ScriptedChannel& channel) {
  std::vector<std::string> names;
  for (const auto& sent : channel.sent) names.push_back(sent.recipient);
  return names;
}

SendResult AnOutcome(query::v1::AttemptOutcome outcome, absl::Duration retry_after = {}) {
  return {.outcome = outcome, .detail = "scripted", .retry_after = retry_after};
}

TEST(Notifier, TellsThoseWhomTheEventNamesWhereTheCaseIs) {
  NotifyWorld world(Routes(kMail));
  world.Register();
  world.PublishOverdue(1, {"senco"});
  world.PublishOverdue(3, {"la-send-officer", "head"});
  world.Publish(world.AnEvent(sen::v1::PlanAgreed()));

  world.RunUntilIdle();

  EXPECT_THAT(RecipientsOf(world.mail),
              ::testing::UnorderedElementsAre("senco-1", "la", "parent-1"));
  EXPECT_THAT(world.Deliveries(), SizeIs(3));
  for (const auto& delivery : world.Deliveries()) {
    EXPECT_EQ(delivery.state(), query::v1::DELIVERY_STATE_DELIVERED);
    EXPECT_EQ(delivery.setting_id(), "URN:199001");
    EXPECT_THAT(delivery.attempts(), SizeIs(1));
  }
  const auto senco =
      std::ranges::find(world.mail.sent, "senco-1", &ScriptedChannel::Sent::recipient);
  EXPECT_EQ(senco->text, "Case 000000000001: review overdue, 3 days. https://apdr.example/" +
                             std::string(kCase));
}

TEST(Notifier, FollowsACaseToItsNextSetting) {
  NotifyWorld world(Routes(kMail));
  world.Register();
  sen::v1::ChildTransferredIn moved;
  moved.mutable_acceptance()->mutable_setting()->set_scheme(sen::v1::SETTING_SCHEME_URN);
  moved.mutable_acceptance()->mutable_setting()->set_value("199002");
  world.Publish(world.AnEvent(moved));
  world.PublishOverdue();
  world.RunUntilIdle();
  EXPECT_THAT(world.mail.sent, IsEmpty());
}

TEST(Notifier, SendsOnceWhateverIsRestarted) {
  NotifyWorld world(Routes(kMail));
  world.Register();
  world.PublishOverdue();
  for (int i = 0; i < 3; ++i) {
    world.RunUntilIdle();
    world.Restart();
  }
  world.RunUntilIdle();
  EXPECT_THAT(world.mail.sent, SizeIs(1));
}

// A model that lets a process end before the given write.
class CrashingReadModel final : public readmodel::ReadModel {
 public:
  explicit CrashingReadModel(readmodel::ReadModel& rows) : rows_(rows) {}

  absl::Status Apply(const readmodel::Write& write) override {
    if (writes_left == 0) return absl::InternalError("the process ends");
    --writes_left;
    return rows_.Apply(write);
  }
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    return rows_.Get(key);
  }
  absl::StatusOr<std::vector<readmodel::Row>> Scan(const readmodel::Range& range) const override {
    return rows_.Scan(range);
  }
  absl::StatusOr<readmodel::Progress> ReadProgress(Shard shard) const override {
    return rows_.ReadProgress(shard);
  }

  int writes_left = 1000;

 private:
  readmodel::ReadModel& rows_;
};

// What the other side acknowledged and the notifier wrote down is never sent again; what was under
// way goes under the same id, and the channel is told.
TEST(Notifier, KnowsAfterACrashWhatMayHaveArrived) {
  for (int writes = 0; writes <= 4; ++writes) {
    NotifyWorld world(Routes(kMail));
    world.Register();
    world.PublishOverdue();
    CrashingReadModel crashing(world.model);
    crashing.writes_left = writes;
    const std::vector<bus::Record> records = world.records();
    apdr::testing::RecordsConsumer consumer(records);
    {
      Notifier notifier({.consumer = consumer,
                         .gaps = nullptr,
                         .model = crashing,
                         .routes = world.routes(),
                         .recorded_clock = world.recorded_clock(),
                         .clock = world.recorded_clock(),
                         .find_place = sen::FindPlace,
                         .mail = &world.mail,
                         .on_failure = {}});
      for (auto step = notifier.Step(); step.ok() && *step == StepResult::kProgressed;) {
        step = notifier.Step();
      }
    }
    const std::size_t before = world.mail.sent.size();

    world.Restart();
    world.RunUntilIdle();

    const bool under_way = writes == 2;  // Folded, begun, not ended.
    ASSERT_THAT(world.mail.sent, SizeIs(under_way ? 2U : 1U)) << writes;
    EXPECT_EQ(before, writes >= 2 ? 1U : 0U);
    EXPECT_EQ(world.mail.sent.back().may_have_arrived, under_way);
    EXPECT_EQ(world.mail.sent.front().delivery_id, world.mail.sent.back().delivery_id);
    EXPECT_EQ(world.Deliveries().at(0).state(), query::v1::DELIVERY_STATE_DELIVERED);
  }
}

TEST(Notifier, AnswersEverybodyWhenTheDiskFails) {
  NotifyWorld world(Routes(kHook));
  world.Register();
  world.PublishOverdue();
  world.RunUntilIdle();
  const std::string id = world.Deliveries().at(0).delivery_id();
  CrashingReadModel crashing(world.model);
  crashing.writes_left = 0;
  const std::vector<bus::Record> records = world.records();
  apdr::testing::RecordsConsumer consumer(records);
  Notifier notifier({.consumer = consumer,
                     .gaps = nullptr,
                     .model = crashing,
                     .routes = world.routes(),
                     .recorded_clock = world.recorded_clock(),
                     .clock = world.recorded_clock(),
                     .find_place = sen::FindPlace,
                     .webhooks = &world.webhooks,
                     .on_failure = {}});
  std::vector<absl::StatusCode> answers;
  for (int i = 0; i < 2; ++i) {
    notifier.Redeliver(TenantId("t1"), id, [&](const absl::StatusOr<query::v1::Delivery>& one) {
      answers.push_back(one.status().code());
    });
  }
  EXPECT_TRUE(absl::IsInternal(notifier.Step().status()));
  EXPECT_THAT(answers, ElementsAre(absl::StatusCode::kInternal, absl::StatusCode::kInternal));
}

TEST(Notifier, TriesAgainForADayAndThenGivesUp) {
  NotifyWorld world(Routes(kHook));
  world.Register();
  world.PublishOverdue();
  world.webhooks.answers.assign(100, AnOutcome(query::v1::ATTEMPT_OUTCOME_FAILED));
  world.RunUntilIdle();
  EXPECT_THAT(world.webhooks.sent, SizeIs(1));

  world.RunFor(absl::Hours(36));

  EXPECT_THAT(world.webhooks.sent, SizeIs(11));
  std::set<std::string> ids;
  for (const auto& sent : world.webhooks.sent) ids.insert(sent.delivery_id);
  EXPECT_THAT(ids, SizeIs(1));
  EXPECT_EQ(world.Deliveries().at(0).state(), query::v1::DELIVERY_STATE_FAILED);
  EXPECT_THAT(world.failures, SizeIs(1));
}

TEST(Notifier, WaitsAsLongAsTheOtherSideAsks) {
  NotifyWorld world(Routes(kHook));
  world.Register();
  world.PublishOverdue();
  world.PublishOverdue();
  world.webhooks.answers = {AnOutcome(query::v1::ATTEMPT_OUTCOME_SLOWED, absl::Minutes(30))};
  world.RunUntilIdle();
  world.RunFor(absl::Minutes(29));
  EXPECT_THAT(world.webhooks.sent, SizeIs(1)) << "the second waits, too";
  world.RunFor(absl::Minutes(2));
  EXPECT_THAT(world.webhooks.sent, SizeIs(3));
}

TEST(Notifier, HoldsUpNobodyForAnother) {
  NotifyWorld world(Routes(std::string(kMail) + kHook));
  world.Register();
  world.PublishOverdue();
  world.webhooks.answers.assign(100, AnOutcome(query::v1::ATTEMPT_OUTCOME_UNKNOWN));
  world.RunUntilIdle();
  EXPECT_THAT(world.mail.sent, SizeIs(1));
  EXPECT_THAT(world.webhooks.sent, SizeIs(1));
}

TEST(Notifier, CallsNoEndpointThatIsGoneUntilItHasChanged) {
  NotifyWorld world(Routes(kHook));
  world.Register();
  world.PublishOverdue();
  world.webhooks.answers = {AnOutcome(query::v1::ATTEMPT_OUTCOME_GONE)};
  world.RunUntilIdle();
  world.PublishOverdue(2, {"head"});
  world.RunUntilIdle();
  world.RunFor(absl::Hours(2));
  EXPECT_THAT(world.webhooks.sent, SizeIs(1));
  for (const auto& delivery : world.Deliveries()) {
    EXPECT_EQ(delivery.state(), query::v1::DELIVERY_STATE_DISABLED);
  }

  std::string elsewhere = Routes(kHook);
  elsewhere.replace(elsewhere.find("/hook"), 5, "/new");
  world.UseRoutes(elsewhere);
  world.PublishOverdue(3, {"la-send-officer"});
  world.RunUntilIdle();
  EXPECT_THAT(world.webhooks.sent, SizeIs(2));
}

TEST(Notifier, SendsAgainUnderTheSameIdWhenAsked) {
  NotifyWorld world(Routes(kHook));
  world.Register();
  world.PublishOverdue();
  world.webhooks.answers = {AnOutcome(query::v1::ATTEMPT_OUTCOME_GONE)};
  world.RunUntilIdle();
  const std::string id = world.Deliveries().at(0).delivery_id();
  std::vector<absl::StatusCode> answers;
  const auto keep = [&](const absl::StatusOr<query::v1::Delivery>& delivery) {
    answers.push_back(delivery.status().code());
  };

  world.notifier().Redeliver(TenantId("t1"), id, keep);
  world.notifier().Redeliver(TenantId("t2"), id, keep);
  world.RunUntilIdle();

  EXPECT_THAT(answers, ElementsAre(absl::StatusCode::kOk, absl::StatusCode::kNotFound));
  ASSERT_THAT(world.webhooks.sent, SizeIs(2));
  EXPECT_EQ(world.webhooks.sent[1].delivery_id, id);
  EXPECT_EQ(world.Deliveries().at(0).state(), query::v1::DELIVERY_STATE_DELIVERED);
  EXPECT_THAT(world.Deliveries().at(0).attempts(), SizeIs(2));

  world.notifier().Redeliver(TenantId("t1"), id, keep);
  world.Restart();
  EXPECT_EQ(answers.back(), absl::StatusCode::kUnavailable);
}

TEST(Notifier, TriesNowWhatWaitsWhenAsked) {
  NotifyWorld world(Routes(kHook));
  world.Register();
  world.PublishOverdue();
  world.webhooks.answers.assign(5, AnOutcome(query::v1::ATTEMPT_OUTCOME_FAILED));
  world.RunUntilIdle();
  world.RunFor(absl::Minutes(20));
  ASSERT_THAT(world.webhooks.sent, SizeIs(5));

  world.Advance(absl::Minutes(5));
  world.notifier().Redeliver(TenantId("t1"), world.Deliveries().at(0).delivery_id(),
                             [](const absl::StatusOr<query::v1::Delivery>& delivery) {
                               EXPECT_EQ(delivery.value().tries(), 5U);
                             });
  world.RunUntilIdle();

  EXPECT_THAT(world.webhooks.sent, SizeIs(6));
}

TEST(Notifier, KeepsToItsRate) {
  NotifyWorld world(Routes(kMail));
  world.Register();
  for (int i = 0; i < 150; ++i) world.PublishOverdue();
  world.RunUntilIdle();
  EXPECT_THAT(world.mail.sent, SizeIs(100));
  world.Advance(absl::Seconds(59));
  world.RunUntilIdle();
  EXPECT_THAT(world.mail.sent, SizeIs(100));
  world.Advance(absl::Seconds(2));
  world.RunUntilIdle();
  EXPECT_THAT(world.mail.sent, SizeIs(150));
}

TEST(Notifier, TellsNobodyOfHistory) {
  NotifyWorld world(Routes(kMail));
  world.Register();
  auto old = world.AnOverdueReview(1, {"senco"});
  *old.mutable_recorded_time() = ToTimestamp(NotifyWorld::kStart - absl::Hours(7 * 24 + 1));
  world.Publish(old);
  world.RunUntilIdle();
  EXPECT_THAT(world.Deliveries(), IsEmpty());
}

TEST(Notifier, FailsWhatTheRoutesNoLongerHave) {
  NotifyWorld world(Routes(kMail));
  world.Register();
  world.PublishOverdue();
  world.mail.answers = {AnOutcome(query::v1::ATTEMPT_OUTCOME_FAILED)};
  world.RunUntilIdle();
  world.UseRoutes(Routes(kHook));
  world.RunFor(absl::Minutes(1));
  const auto all = world.Deliveries();
  const auto senco = std::ranges::find(all, "senco-1", &query::v1::Delivery::recipient);
  ASSERT_NE(senco, all.end());
  EXPECT_EQ(senco->state(), query::v1::DELIVERY_STATE_FAILED);
  EXPECT_THAT(senco->attempts().rbegin()->detail(), HasSubstr("no such recipient"));
}

TEST(KeepOutbox, KeepsWhatWasDeliveredWhenTheProjectorsRowsChange) {
  readmodel::MemoryReadModel model;
  const auto store = [&](const std::string& layout) {
    readmodel::Write write;
    write.puts.push_back({.key = projection::LayoutKey(), .value = layout});
    ASSERT_TRUE(model.Apply(write).ok());
  };
  const auto kept = [&] {
    EXPECT_TRUE(KeepOutbox(model, 8).ok());
    return model.Get(projection::LayoutKey()).value().value_or("none");
  };
  EXPECT_EQ(kept(), "none");
  store("1/notify-1/8 shards");
  EXPECT_EQ(kept(), projection::LayoutOf(kOutboxLayout, 8));
  store("1/notify-1/4 shards");
  EXPECT_EQ(kept(), "1/notify-1/4 shards");
  store("1/notify-0/8 shards");
  EXPECT_EQ(kept(), "1/notify-0/8 shards");
}

// Writes the marker into every text of a message, at any depth.
void Mark(google::protobuf::Message& message, int depth = 0) {
  const auto& descriptor = *message.GetDescriptor();
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const auto* const field = descriptor.field(i);
    if (field->type() == google::protobuf::FieldDescriptor::TYPE_STRING) {
      if (field->is_repeated()) {
        if (field->name() != "to") reflection.AddString(&message, field, "Amira");
      } else {
        reflection.SetString(&message, field, "Amira");
      }
    } else if (field->message_type() != nullptr && depth < 6 &&
               field->message_type()->full_name().starts_with("apdr.")) {
      Mark(field->is_repeated() ? *reflection.AddMessage(&message, field)
                                : *reflection.MutableMessage(&message, field),
           depth + 1);
    }
  }
}

TEST(Notifier, NeverNamesAPerson) {
  NotifyWorld world(Routes(std::string(kMail) + kHook));
  world.Register();
  sen::v1::PlanAgreed plan;
  Mark(plan);
  sen::v1::ReviewOverdue overdue;
  Mark(overdue);
  overdue.add_to("senco");
  for (const google::protobuf::Message* data :
       std::vector<const google::protobuf::Message*>{&plan, &overdue}) {
    event::v1::Event event = world.AnEvent(sen::v1::PlanAgreed());
    event.mutable_data()->PackFrom(*data);
    Mark(*event.mutable_actor());
    Mark(*event.add_departures());
    Mark(*event.add_warnings());
    Mark(*event.add_deadlines_started());
    event.set_request_id("Amira");
    event.set_correlation_id("Amira");
    event.set_deadline_fired("T08:Amira:1:Amira");
    world.Publish(event);
  }

  world.RunUntilIdle();

  EXPECT_THAT(world.mail.sent, SizeIs(2));
  EXPECT_THAT(world.webhooks.sent, SizeIs(2));
  for (const ScriptedChannel* channel : {&world.mail, &world.webhooks}) {
    for (const auto& sent : channel->sent) {
      EXPECT_THAT(sent.subject + sent.text, Not(HasSubstr("Amira")));
    }
  }
  for (const auto& delivery : world.Deliveries()) {
    EXPECT_THAT(delivery.ShortDebugString(), Not(HasSubstr("Amira")));
  }
}

}  // namespace
}  // namespace apdr::notify
