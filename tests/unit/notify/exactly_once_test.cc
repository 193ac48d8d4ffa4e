// Whatever fails and whatever ends: each message arrives, and only once where the way can be asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "engine/base/random.h"
#include "tests/unit/notify/notify_world.h"

namespace apdr::notify {
namespace {

using apdr::testing::NotifyWorld;

constexpr int kEvents = 12;
constexpr int kSteps = 5000;
// Half a minute each, on average: fewer tries than after which a delivery is given up.
constexpr int kRoughSteps = 500;

constexpr char kRoutes[] = R"(
[smtp]
url = "smtps://mail.example"
from = "apdr@example.org"
[govuk_notify]
api_key = "env:APDR_TEST_GOVUK"
email_template_id = "t"
[[messages]]
events = ["ReviewOverdue"]
to = ["senco", "head"]
subject = "{event}"
text = "{event}"
[[recipients]]
name = "asked"
tenant = "t1"
roles = ["senco"]
all = true
channel = "govuk-email"
address = "senco@example.org"
[[recipients]]
name = "blind"
tenant = "t1"
roles = ["head"]
all = true
channel = "email"
address = "head@example.org"
)";

// Takes what it is sent, or not, and answers, or not. `asked`: knows by the id what it has.
class MoodyChannel final : public Channel {
 public:
  MoodyChannel(Random& random, bool asked) : random_(random), asked_(asked) {}

  SendResult Send(const Message& message) override {
    int& count = arrived[message.delivery.delivery_id()];
    if (asked_ && message.may_have_arrived && count > 0) {
      return {.outcome = query::v1::ATTEMPT_OUTCOME_DELIVERED};
    }
    switch (moody ? random_.Next() % 8 : 7) {
      case 0:
        return {.outcome = query::v1::ATTEMPT_OUTCOME_FAILED};
      case 1:
        return {.outcome = query::v1::ATTEMPT_OUTCOME_SLOWED};
      case 2:
        return {.outcome = query::v1::ATTEMPT_OUTCOME_UNKNOWN};
      case 3:
        ++count;
        return {.outcome = query::v1::ATTEMPT_OUTCOME_UNKNOWN};
      default:
        ++count;
        return {.outcome = query::v1::ATTEMPT_OUTCOME_DELIVERED};
    }
  }

  bool moody = true;
  std::map<std::string, int> arrived;  // How often, by delivery id.

 private:
  Random& random_;
  const bool asked_;
};

// Now and then the process ends at a write: before it, or right after.
class MortalReadModel final : public readmodel::ReadModel {
 public:
  MortalReadModel(readmodel::ReadModel& rows, Random& random) : rows_(rows), random_(random) {}

  absl::Status Apply(const readmodel::Write& write) override {
    const std::uint64_t fate = mortal ? random_.Next() % 12 : 0;
    if (fate == 1) return absl::InternalError("the process ends");
    const absl::Status applied = rows_.Apply(write);
    return fate == 2 ? absl::InternalError("the process ends") : applied;
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

  bool mortal = true;

 private:
  readmodel::ReadModel& rows_;
  Random& random_;
};

// How often the channel cannot know whether it has been sent already.
int UnknownIn(const query::v1::Delivery& delivery) {
  int unknown = 0;
  for (const auto& attempt : delivery.attempts()) {
    if (attempt.outcome() == query::v1::ATTEMPT_OUTCOME_UNKNOWN) ++unknown;
  }
  return unknown;
}

void RunWithSeed(std::uint64_t seed) {
  apdr::testing::SetSecrets();
  PseudoRandom random(seed);
  NotifyWorld world(kRoutes);
  for (int i = 0; i < kEvents; ++i) world.PublishOverdue();
  MoodyChannel asked(random, /*asked=*/true);
  MoodyChannel blind(random, /*asked=*/false);
  MortalReadModel model(world.model, random);
  std::unique_ptr<apdr::testing::RecordsConsumer> consumer;
  std::unique_ptr<Notifier> notifier;
  for (int step = 0; step < kSteps; ++step) {
    model.mortal = asked.moody = blind.moody = step < kRoughSteps;
    if (notifier == nullptr) {
      consumer = std::make_unique<apdr::testing::RecordsConsumer>(world.records());
      notifier = std::make_unique<Notifier>(Notifier::Parts{.consumer = *consumer,
                                                            .gaps = nullptr,
                                                            .model = model,
                                                            .routes = world.routes(),
                                                            .recorded_clock = world.clock(),
                                                            .clock = world.clock(),
                                                            .find_place = sen::FindPlace,
                                                            .govuk = &asked,
                                                            .mail = &blind,
                                                            .on_failure = {}});
    }
    if (!notifier->Step().ok()) notifier.reset();
    world.Advance(absl::Seconds(static_cast<std::int64_t>(random.Next() % 60)));
  }

  const auto deliveries = world.Deliveries();
  ASSERT_EQ(deliveries.size(), 2U * kEvents) << "seed " << seed;
  for (const query::v1::Delivery& delivery : deliveries) {
    EXPECT_EQ(delivery.state(), query::v1::DELIVERY_STATE_DELIVERED) << "seed " << seed;
    if (delivery.recipient() == "asked") {
      EXPECT_EQ(asked.arrived[delivery.delivery_id()], 1) << "seed " << seed;
    } else {
      EXPECT_GE(blind.arrived[delivery.delivery_id()], 1) << "seed " << seed;
      EXPECT_LE(blind.arrived[delivery.delivery_id()], 1 + UnknownIn(delivery)) << "seed " << seed;
    }
  }
}

TEST(Notifier, SendsEachMessageOnceWhateverFailsAndEnds) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) RunWithSeed(seed);
}

}  // namespace
}  // namespace apdr::notify
