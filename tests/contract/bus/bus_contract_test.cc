#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/contract/bus/bus_driver.h"
#include "tests/contract/bus/bus_under_test.h"

namespace apdr::bus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr absl::Duration kSoon = absl::Milliseconds(200);
const Resume kFromTheStart{};

class BusContract : public testing::TestWithParam<Flavour> {
 protected:
  [[nodiscard]] std::unique_ptr<Producer> NewProducer() { return under_test_->NewProducer(); }
  [[nodiscard]] std::unique_ptr<Consumer> NewConsumer() { return under_test_->NewConsumer(); }
  void Forget(Shard shard, std::size_t count) { under_test_->Forget(shard, count); }

  // A consumer of one shard.
  [[nodiscard]] std::unique_ptr<Consumer> ConsumerFrom(Shard shard, const Resume& from) {
    std::unique_ptr<Consumer> consumer = NewConsumer();
    MustAssign(*consumer, shard, from);
    return consumer;
  }
  [[nodiscard]] static Resume After(const Received& received) {
    return {.position = received.record.position, .token = received.token};
  }

 private:
  std::unique_ptr<BusUnderTest> under_test_ = GetParam().make();
};

TEST_P(BusContract, IsEmptyAtFirst) {
  const auto producer = NewProducer();
  EXPECT_EQ(MustLastOnBus(*producer, Shard(3)), Position(0));
  SendAll(*producer, {});
  const auto consumer = ConsumerFrom(Shard(3), kFromTheStart);
  EXPECT_EQ(MustHead(*consumer, Shard(3)), Position(0));
  const auto polled = consumer->Poll(10, absl::ZeroDuration());
  EXPECT_TRUE(!polled.ok() || polled->empty());
}

TEST_P(BusContract, AcknowledgesNothingBeforeSomethingWasSent) {
  const auto first = NewProducer();
  SendAll(*first, Records(0, 1, 3));
  const auto second = NewProducer();
  const auto acknowledged = second->Acknowledged(Shard(0));
  if (acknowledged.ok()) {
    EXPECT_EQ(*acknowledged, Position(0));
  }
}

TEST_P(BusContract, CarriesTenThousandRecordsOfEightShardsInOrder) {
  constexpr std::uint64_t kOfEach = 1250;
  std::vector<Record> sent;
  for (std::uint64_t position = 1; position <= kOfEach; ++position) {
    for (std::uint32_t shard = 0; shard < kTestShardCount; ++shard) {
      sent.push_back(ARecord(shard, position, "value " + std::to_string(position * shard)));
    }
  }
  const auto producer = NewProducer();
  const auto consumer = NewConsumer();
  for (std::uint32_t shard = 0; shard < kTestShardCount; ++shard) {
    MustAssign(*consumer, Shard(shard), kFromTheStart);
  }

  SendAll(*producer, sent);

  const auto received = WithoutRepeats(ReadNew(*consumer, sent.size()));
  ASSERT_EQ(received.size(), sent.size());
  for (std::uint32_t shard = 0; shard < kTestShardCount; ++shard) {
    std::vector<Record> expected;
    std::ranges::copy_if(sent, std::back_inserter(expected),
                         [shard](const Record& it) { return it.shard == Shard(shard); });
    EXPECT_EQ(OfShard(received, Shard(shard)), expected) << "shard " << shard;
    EXPECT_EQ(MustHead(*consumer, Shard(shard)), Position(kOfEach));
  }
}

TEST_P(BusContract, CarriesAnyBytesInKeyValueAndHeaders) {
  Record record = ARecord(1, 18'446'744'073'709'551'615ULL, std::string("\0\xff\n", 3));
  record.key = std::string("k\0\xff", 3);
  record.headers.emplace_back("empty", "");
  record.headers.emplace_back("bytes", std::string("\xff\0\1", 3));
  Record empty = ARecord(1, 7, "");
  const auto producer = NewProducer();
  SendAll(*producer, std::vector{empty, record});
  const auto received = ReadNew(*ConsumerFrom(Shard(1), kFromTheStart), 2);
  EXPECT_THAT(OfShard(WithoutRepeats(received), Shard(1)), ElementsAre(empty, record));
}

TEST_P(BusContract, AcknowledgesPositionsThatLeaveSomeOut) {
  const auto producer = NewProducer();
  SendAll(*producer, std::vector{ARecord(2, 5), ARecord(2, 9), ARecord(3, 100)});
  EXPECT_EQ(MustLastOnBus(*producer, Shard(2)), Position(9));
  EXPECT_EQ(MustLastOnBus(*producer, Shard(3)), Position(100));
  EXPECT_EQ(MustLastOnBus(*producer, Shard(4)), Position(0));
}

TEST_P(BusContract, TellsANewProducerWhatIsOnTheBus) {
  SendAll(*NewProducer(), Records(0, 1, 2500));
  const auto restarted = NewProducer();
  EXPECT_EQ(MustLastOnBus(*restarted, Shard(0)), Position(2500));
  SendAll(*restarted, Records(0, 2501, 2501));
  EXPECT_EQ(MustLastOnBus(*restarted, Shard(0)), Position(2501));
}

TEST_P(BusContract, TellsWhichRecordIsTheLast) {
  const auto producer = NewProducer();
  EXPECT_EQ(MustLastRecord(*producer, Shard(0)), LastRecord{});
  SendAll(*producer, Records(0, 1, 9));
  EXPECT_EQ(MustLastRecord(*producer, Shard(0)),
            (LastRecord{.position = Position(9), .event_id = "event 9"}));

  Record other = ARecord(0, 9);
  other.headers = {{"ce_id", "of another log"}, {"ce_sequence", "9"}};
  SendAll(*NewProducer(), std::vector{other});
  SendAll(*NewProducer(), Records(0, 8, 8));
  EXPECT_EQ(MustLastRecord(*producer, Shard(0)),
            (LastRecord{.position = Position(9), .event_id = "of another log"}));
}

TEST_P(BusContract, GivesARecordSentTwiceTheSamePositionTwice) {
  const auto producer = NewProducer();
  SendAll(*producer, Records(0, 1, 5));
  const auto repeating = NewProducer();
  SendAll(*repeating, Records(0, 3, 4));
  EXPECT_EQ(MustLastOnBus(*repeating, Shard(0)), Position(5)) << "the highest, not the newest";

  SendAll(*repeating, Records(0, 6, 6));
  const auto consumer = ConsumerFrom(Shard(0), kFromTheStart);
  const auto received = ReadUntil(*consumer, Shard(0), Position(6));
  if (!GetParam().redelivers) {
    EXPECT_THAT(Positions(received), ElementsAre(1, 2, 3, 4, 5, 3, 4, 6));
  }
  EXPECT_THAT(Positions(WithoutRepeats(received)), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_P(BusContract, ResumesWithTheRecordOfTheToken) {
  SendAll(*NewProducer(), Records(0, 1, 20));
  const auto first = ReadNew(*ConsumerFrom(Shard(0), kFromTheStart), 8);
  const auto eighth = std::ranges::find_if(
      first, [](const Received& it) { return it.record.position == Position(8); });
  const auto consumer = ConsumerFrom(Shard(0), After(*eighth));
  const auto rest = ReadUntil(*consumer, Shard(0), Position(20));
  if (!GetParam().redelivers) {
    EXPECT_EQ(Positions(rest).front(), 8);
  }
  for (std::uint64_t position = 9; position <= 20; ++position) {
    EXPECT_THAT(Positions(rest), testing::Contains(position));
  }
}

TEST_P(BusContract, ResumesAtTheEndWithWhatIsSentLater) {
  const auto producer = NewProducer();
  SendAll(*producer, Records(0, 1, 5));
  const auto all = ReadUntil(*ConsumerFrom(Shard(0), kFromTheStart), Shard(0), Position(5));
  const auto consumer = ConsumerFrom(Shard(0), After(all.back()));
  SendAll(*producer, Records(0, 6, 7));
  const auto rest = ReadUntil(*consumer, Shard(0), Position(7));
  if (!GetParam().redelivers) {
    EXPECT_THAT(Positions(rest), ElementsAre(5, 6, 7));
  }
}

TEST_P(BusContract, StartsAtTheBeginningWithATokenThatIsNotItsOwn) {
  SendAll(*NewProducer(), Records(0, 1, 5));
  for (const std::string token : {"", "of another bus", "-3", "4x", "99999999999999999999999"}) {
    const auto consumer = ConsumerFrom(Shard(0), {.position = Position(3), .token = token});
    const auto received = ReadUntil(*consumer, Shard(0), Position(5));
    EXPECT_EQ(Positions(received).front(), 1) << "token '" << token << "'";
  }
}

TEST_P(BusContract, StartsAtTheBeginningWithATokenBeyondTheEnd) {
  SendAll(*NewProducer(), Records(0, 1, 5));
  const auto consumer = ConsumerFrom(Shard(0), {.position = Position(999), .token = "1000"});
  EXPECT_EQ(Positions(ReadUntil(*consumer, Shard(0), Position(5))).front(), 1);
}

TEST_P(BusContract, GoesOnAtTheFirstRecordThatIsLeftAfterRetention) {
  SendAll(*NewProducer(), Records(0, 1, 1));
  const auto first = ReadNew(*ConsumerFrom(Shard(0), kFromTheStart), 1);
  SendAll(*NewProducer(), Records(0, 2, 10));
  const auto all = ReadUntil(*ConsumerFrom(Shard(0), kFromTheStart), Shard(0), Position(10));
  const auto before_seven = std::ranges::count_if(
      all, [](const Received& it) { return it.record.position < Position(7); });
  if (!GetParam().redelivers) {
    ASSERT_EQ(before_seven, 6);
  }
  Forget(Shard(0), 6);

  for (const Resume& from : {kFromTheStart, After(first.front())}) {
    const auto consumer = ConsumerFrom(Shard(0), from);
    const auto received = ReadUntil(*consumer, Shard(0), Position(10));
    EXPECT_THAT(Positions(WithoutRepeats(received)), ElementsAre(7, 8, 9, 10));
    EXPECT_EQ(MustHead(*consumer, Shard(0)), Position(10));
  }
}

TEST_P(BusContract, DeliversOnlyAssignedShards) {
  const auto producer = NewProducer();
  SendAll(*producer, std::vector{ARecord(0, 1), ARecord(1, 1), ARecord(2, 1)});
  const auto consumer = ConsumerFrom(Shard(1), kFromTheStart);
  EXPECT_THAT(OfShard(ReadNew(*consumer, 1), Shard(1)), ElementsAre(ARecord(1, 1)));
  MustAssign(*consumer, Shard(2), kFromTheStart);
  const auto received = ReadUntil(*consumer, Shard(2), Position(1));
  EXPECT_THAT(OfShard(received, Shard(0)), IsEmpty());
}

TEST_P(BusContract, ReplacesAnEarlierAssignmentOfTheShard) {
  SendAll(*NewProducer(), Records(0, 1, 3000));
  const auto consumer = ConsumerFrom(Shard(0), kFromTheStart);
  const auto first = ReadNew(*consumer, 1);
  MustAssign(*consumer, Shard(0), kFromTheStart);
  const auto again = ReadUntil(*consumer, Shard(0), Position(3000));
  ASSERT_EQ(Positions(again).front(), 1) << "nothing of the earlier assignment may come first";
  EXPECT_EQ(WithoutRepeats(again).size(), 3000);
}

TEST_P(BusContract, DeliversNoMoreThanTheLimit) {
  SendAll(*NewProducer(), Records(0, 1, 40));
  const auto consumer = ConsumerFrom(Shard(0), kFromTheStart);
  std::vector<Received> received;
  while (WithoutRepeats(received).size() < 40) {
    auto polled = consumer->Poll(7, kSoon);
    if (!polled.ok()) continue;
    EXPECT_LE(polled->size(), 7);
    std::ranges::move(*polled, std::back_inserter(received));
  }
  EXPECT_THAT(WithoutRepeats(received).back().record, ARecord(0, 40));
}

INSTANTIATE_TEST_SUITE_P(All, BusContract, testing::ValuesIn(AllFlavours()),
                         [](const auto& suite) { return suite.param.name; });

}  // namespace
}  // namespace apdr::bus
