#include "services/bus/checked_consumer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/bus/memory/memory_bus.h"

namespace apdr::bus {
namespace {

using testing::SizeIs;

constexpr Shard kShard(0);

TEST(CheckedConsumer, ReadsNothingBeforeTheTopicFitsAndThenAll) {
  MemoryBus bus(1);
  const auto producer = bus.NewProducer();
  const std::vector<Record> records = {{.shard = kShard,
                                        .position = Position(1),
                                        .key = "case",
                                        .value = "value",
                                        .headers = {{"ce_sequence", "1"}}}};
  ASSERT_EQ(*producer->Send(records), 1U);
  ASSERT_EQ(*producer->Acknowledged(kShard), Position(1));
  absl::Status fit = absl::UnavailableError("the topic is not there yet");
  int checks = 0;
  CheckedConsumer consumer(bus.NewConsumer(), [&] {
    ++checks;
    return fit;
  });

  EXPECT_EQ(consumer.Assign(kShard, {}), fit);
  EXPECT_THAT(consumer.Poll(10, absl::ZeroDuration()).value(), SizeIs(0));
  fit = absl::FailedPreconditionError("the topic has 9 partitions, not 1");
  EXPECT_EQ(consumer.Assign(kShard, {}), fit);
  fit = absl::OkStatus();
  EXPECT_TRUE(consumer.Assign(kShard, {}).ok());
  EXPECT_TRUE(consumer.Assign(kShard, {}).ok());
  EXPECT_EQ(checks, 3) << "a topic that fits is not asked again";
  EXPECT_THAT(consumer.Poll(10, absl::ZeroDuration()).value(), SizeIs(1));
  EXPECT_EQ(consumer.Head(kShard).value(), Position(1));
}

}  // namespace
}  // namespace apdr::bus
