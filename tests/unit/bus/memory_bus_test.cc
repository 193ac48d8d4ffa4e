#include "services/bus/memory/memory_bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace apdr::bus {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr Shard kShard(0);

std::vector<Record> Records(std::uint64_t count) {
  std::vector<Record> records;
  for (std::uint64_t position = 1; position <= count; ++position) {
    records.push_back({.shard = kShard,
                       .position = Position(position),
                       .key = "case",
                       .value = "value",
                       .headers = {{"ce_sequence", std::to_string(position)}}});
  }
  return records;
}

TEST(MemoryBus, TakesFewerRecordsThanThereAreWhenItsBufferIsFull) {
  MemoryBus bus(1);
  const auto producer = bus.NewProducer();
  const auto records = Records(10'001);
  EXPECT_EQ(*producer->Send(records), 10'000);
  EXPECT_EQ(*producer->Send(records), 0);
  EXPECT_EQ(*producer->Acknowledged(kShard), Position(10'000));
  EXPECT_EQ(*producer->Send(std::span(records).last(1)), 1);
}

TEST(MemoryBus, ForgetsWhatACrashedProducerHadNotBroughtOntoTheBus) {
  MemoryBus bus(1);
  EXPECT_EQ(*bus.NewProducer()->Send(Records(3)), 3);
  EXPECT_THAT(bus.Contents(kShard), SizeIs(0));
}

TEST(MemoryBus, LosesTheAcknowledgementOfRecordsThatAreOnTheBus) {
  PseudoRandom random(1);
  MemoryBus bus(1, {.slow = 50, .lost = 50}, random);
  // Some lost session must have left records behind that were never acknowledged.
  bool seen = false;
  for (int i = 0; i < 100 && !seen; ++i) {
    const auto producer = bus.NewProducer();
    const std::size_t before = bus.Contents(kShard).size();
    if (!producer->Send(Records(5)).ok()) continue;
    const auto acknowledged = producer->Acknowledged(kShard);
    seen = absl::IsUnavailable(acknowledged.status()) && bus.Contents(kShard).size() > before;
  }
  EXPECT_TRUE(seen);
}

TEST(MemoryBus, AcknowledgesAfterALostSessionOnlyWhatWasSentInTheNewOne) {
  PseudoRandom random(1);
  MemoryBus bus(1, {.lost = 50}, random);
  const auto producer = bus.NewProducer();
  int losses = 0;
  for (int i = 0; i < 100; ++i) {
    (void)producer->Send(Records(3));
    if (producer->Acknowledged(kShard).ok()) continue;
    const auto acknowledged = producer->Acknowledged(kShard);
    if (!acknowledged.ok()) continue;
    ++losses;
    EXPECT_EQ(*acknowledged, Position(0));
  }
  EXPECT_GT(losses, 0);
}

TEST(MemoryBus, DoesTheSameUnderTheSameSeed) {
  const auto run = [](std::uint64_t seed) {
    PseudoRandom random(seed);
    MemoryBus bus(1, {.slow = 50, .lost = 10, .away = 10, .redeliver = 50}, random);
    const auto producer = bus.NewProducer();
    const auto consumer = bus.NewConsumer();
    (void)consumer->Assign(kShard, {});
    std::vector<std::string> history;
    for (int i = 0; i < 50; ++i) {
      const auto taken = producer->Send(Records(5));
      history.push_back(taken.ok() ? std::to_string(*taken) : "lost");
      const auto acknowledged = producer->Acknowledged(kShard);
      history.push_back(acknowledged.ok() ? std::to_string(acknowledged->value()) : "lost");
      const auto polled = consumer->Poll(10, absl::ZeroDuration());
      for (const Received& it : polled.value_or(std::vector<Received>())) {
        history.push_back(it.token);
      }
    }
    return history;
  };
  EXPECT_EQ(run(7), run(7));
  EXPECT_NE(run(7), run(8));
}

TEST(MemoryBus, ServesShardsInTurn) {
  MemoryBus bus(3);
  const auto producer = bus.NewProducer();
  std::vector<Record> records;
  for (std::uint32_t shard = 0; shard < 3; ++shard) {
    for (Record record : Records(2)) {
      record.shard = Shard(shard);
      records.push_back(record);
    }
  }
  EXPECT_EQ(*producer->Send(records), 6);
  EXPECT_EQ(*producer->Acknowledged(kShard), Position(2));
  const auto consumer = bus.NewConsumer();
  for (std::uint32_t shard = 0; shard < 3; ++shard) {
    ASSERT_TRUE(consumer->Assign(Shard(shard), {}).ok());
  }
  std::vector<std::uint32_t> shards;
  for (int i = 0; i < 6; ++i) {
    shards.push_back(consumer->Poll(1, absl::ZeroDuration())->at(0).record.shard.value());
  }
  EXPECT_THAT(shards, ElementsAre(0, 1, 2, 0, 1, 2));
}

TEST(MemoryBusDeathTest, RefusesFaultsThatNeverEnd) {
  PseudoRandom random(1);
  EXPECT_DEATH(MemoryBus(1, {.away = 100}, random), "percent < 100");
}

}  // namespace
}  // namespace apdr::bus
