#include "services/subscription/log_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/support/forwarding_store.h"
#include "tests/support/subscription_world.h"

namespace apdr::subscription {
namespace {

using apdr::testing::SubscriptionWorld;
using ::testing::ElementsAre;

// Counts the commits that are read of a store. Some may be damaged: it refuses a page with one.
class CountingStore final : public apdr::testing::ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;

  absl::StatusOr<std::vector<eventstore::StoredCommit>> ReadStream(const StreamId& stream,
                                                                   CaseVersion from,
                                                                   std::size_t limit) override {
    return Counted(ForwardingStore::ReadStream(stream, from, limit));
  }
  absl::StatusOr<std::vector<eventstore::StoredCommit>> ReadShard(Shard shard, Position after,
                                                                  std::size_t limit) override {
    return Counted(ForwardingStore::ReadShard(shard, after, limit));
  }

  std::vector<std::size_t> pages;  // The commits in each.
  std::set<Position> damaged;

 private:
  using Page = absl::StatusOr<std::vector<eventstore::StoredCommit>>;
  Page Counted(Page page) {
    if (!page.ok()) return page;
    for (const eventstore::StoredCommit& stored : *page) {
      if (damaged.contains(stored.place.first_position)) return absl::DataLossError("damaged");
    }
    pages.push_back(page->size());
    return page;
  }
};

class LogReaderTest : public ::testing::Test {
 protected:
  static Selection Wanting(const std::string& type) {
    v1::EventFilter filter;
    filter.add_event_types(type);
    return {.tenant = TenantId("t1"), .filter = EventFilter(filter)};
  }
  std::vector<std::uint64_t> Deliver() {
    std::vector<std::uint64_t> positions;
    for (const auto& outgoing : ledger_.Deliver(absl::ZeroDuration(), 1U << 20)) {
      positions.push_back(outgoing.event->position());
    }
    return positions;
  }

  SubscriptionWorld world_{1};
  CountingStore store_{world_.store};
  PlaceIndex places_{store_, world_.model, nullptr};
  LogReader reader_{store_, places_};
  PageSize pages_;
  ShardLedger ledger_{Shard(0), {.in_flight_max = 1, .attempts_max = 5}, Position(0), {}};
};

TEST_F(LogReaderTest, ReadsFewCommitsWhereFewAreWanted) {
  for (std::uint64_t loan = 1; loan <= 100; ++loan) world_.Append(loan);

  ASSERT_TRUE(reader_.ReadOn(Wanting(SubscriptionWorld::kLent), Shard(0), pages_, ledger_).ok());

  EXPECT_THAT(Deliver(), ElementsAre(1));
  EXPECT_THAT(store_.pages, ElementsAre(4));
  ASSERT_TRUE(ledger_.Acknowledge(1));
  ASSERT_TRUE(reader_.ReadOn(Wanting(SubscriptionWorld::kLent), Shard(0), pages_, ledger_).ok());
  EXPECT_THAT(Deliver(), ElementsAre(2));
  EXPECT_THAT(store_.pages, ElementsAre(4, 1)) << "as few as it took before";
}

TEST_F(LogReaderTest, ReadsMoreAndMoreWhereNothingIsWanted) {
  for (std::uint64_t loan = 1; loan <= 200; ++loan) world_.Append(loan);

  ASSERT_TRUE(reader_.ReadOn(Wanting(SubscriptionWorld::kRenewed), Shard(0), pages_, ledger_).ok());

  EXPECT_EQ(ledger_.acknowledged(), Position(128)) << "a step has its limit";
  EXPECT_THAT(store_.pages, ElementsAre(4, 8, 16, 32, 64, 4));
  ASSERT_TRUE(reader_.ReadOn(Wanting(SubscriptionWorld::kRenewed), Shard(0), pages_, ledger_).ok());
  EXPECT_EQ(ledger_.acknowledged(), Position(200));
  EXPECT_THAT(store_.pages, ElementsAre(4, 8, 16, 32, 64, 4, 72)) << "as many as it took before";
}

TEST_F(LogReaderTest, ReadsShortPagesOfLargeEvents) {
  const std::string large(1U << 20, 'x');
  for (std::uint64_t loan = 1; loan <= 10; ++loan) {
    world_.Append(loan, SubscriptionWorld::kLent, large);
  }

  ASSERT_TRUE(reader_.ReadOn(Wanting(SubscriptionWorld::kRenewed), Shard(0), pages_, ledger_).ok());

  EXPECT_EQ(ledger_.acknowledged(), Position(10));
  EXPECT_THAT(store_.pages, ElementsAre(4, 2, 1, 1, 1, 1));
}

TEST_F(LogReaderTest, FindsTheNextEventOfAHeldCaseHoweverFarItIs) {
  world_.Append(1);
  for (int i = 0; i < 150; ++i) world_.Append(1, SubscriptionWorld::kRenewed);
  world_.Append(1);
  const Selection selection = Wanting(SubscriptionWorld::kLent);
  ASSERT_TRUE(reader_.ReadOn(selection, Shard(0), pages_, ledger_).ok());
  ASSERT_THAT(Deliver(), ElementsAre(1));
  ASSERT_EQ(ledger_.Nack(1, {.action = v1::NACK_ACTION_PARK, .cause = "", .member_id = ""},
                         absl::UnixEpoch()),
            ShardLedger::NackResult::kParked);
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(reader_.ReadOn(selection, Shard(0), pages_, ledger_).ok());
  ASSERT_EQ(ledger_.acknowledged(), Position(152));
  ASSERT_TRUE(ledger_.Skip(Position(1), {}).has_value());
  store_.pages.clear();

  ASSERT_TRUE(reader_.LookUp(selection, Shard(0), ledger_).ok());

  EXPECT_THAT(Deliver(), ElementsAre(152));
  ASSERT_TRUE(ledger_.Acknowledge(2));
  EXPECT_TRUE(ledger_.Settled());
  EXPECT_THAT(store_.pages, ElementsAre(4, 8, 16, 32, 64, 27));
}

TEST_F(LogReaderTest, FindsNoMoreOfHeldCasesThanHasRoom) {
  const std::string large(kWindowBytesMax, 'x');
  for (const std::uint64_t loan : {1U, 2U}) world_.Append(loan, SubscriptionWorld::kLent, large);
  std::vector<v1::HeldCase> held(2);
  for (const std::uint64_t loan : {1U, 2U}) {
    held[loan - 1].set_case_id(apdr::testing::Loan(loan, "t1").case_id.value());
    held[loan - 1].set_next_version(1);
  }
  ShardLedger ledger(Shard(0), LedgerLimits(), Position(2), held);
  const Selection selection = Wanting(SubscriptionWorld::kLent);
  ASSERT_TRUE(reader_.LookUp(selection, Shard(0), ledger).ok());
  EXPECT_EQ(ledger.Looks(2).size(), 1U);
  ASSERT_TRUE(reader_.LookUp(selection, Shard(0), ledger).ok());
  EXPECT_EQ(ledger.Looks(2).size(), 1U) << "nothing was delivered meanwhile";

  ASSERT_EQ(ledger.Deliver(absl::ZeroDuration(), 1).size(), 1U);
  ASSERT_TRUE(ledger.Acknowledge(1));
  ASSERT_TRUE(reader_.LookUp(selection, Shard(0), ledger).ok());
  EXPECT_EQ(ledger.Deliver(absl::ZeroDuration(), 1).size(), 1U);
}

// One damaged commit makes the store refuse the whole page.
TEST_F(LogReaderTest, ReadsUpToADamagedCommitWhateverItsPage) {
  for (std::uint64_t loan = 1; loan <= 10; ++loan) world_.Append(loan);
  store_.damaged = {Position(8)};
  const Selection selection = Wanting(SubscriptionWorld::kRenewed);

  const auto read = reader_.ReadOn(selection, Shard(0), pages_, ledger_);

  EXPECT_EQ(ledger_.read(), Position(7));
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->progressed);
  EXPECT_TRUE(absl::IsDataLoss(read->damage));
  store_.damaged.clear();
  ASSERT_TRUE(reader_.ReadOn(selection, Shard(0), pages_, ledger_).ok());
  EXPECT_EQ(ledger_.read(), Position(10));
}

TEST_F(LogReaderTest, FindsTheNextEventOfAHeldCaseBeforeADamagedOne) {
  for (int i = 0; i < 3; ++i) world_.Append(1);
  store_.damaged = {Position(2)};
  v1::HeldCase held;
  held.set_case_id(apdr::testing::Loan(1, "t1").case_id.value());
  held.set_next_version(1);
  ShardLedger ledger(Shard(0), LedgerLimits(), Position(3), {held});

  ASSERT_TRUE(reader_.LookUp(Wanting(SubscriptionWorld::kLent), Shard(0), ledger).ok());

  const auto delivered = ledger.Deliver(absl::ZeroDuration(), 1U << 20);
  ASSERT_EQ(delivered.size(), 1U);
  EXPECT_EQ(delivered[0].event->position(), 1U);
}

// More of them than are looked for at a time.
TEST_F(LogReaderTest, DamagedHeldCasesTakeNoTurnsOfOthers) {
  std::map<CaseId, std::uint64_t> positions;
  for (std::uint64_t loan = 1; loan <= 50; ++loan) {
    positions[apdr::testing::Loan(loan, "t1").case_id] = world_.Append(loan).position();
  }
  std::vector<v1::HeldCase> held;
  for (const auto& [case_id, position] : positions) {
    held.emplace_back().set_case_id(case_id.value());
    held.back().set_next_version(1);
    store_.damaged.insert(Position(position));
  }
  const auto sound = std::prev(positions.end());
  store_.damaged.erase(Position(sound->second));
  ShardLedger ledger(Shard(0), LedgerLimits(), Position(50), held);
  const Selection selection = Wanting(SubscriptionWorld::kLent);

  const auto first = reader_.LookUp(selection, Shard(0), ledger);
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(absl::IsDataLoss(first->damage));
  EXPECT_TRUE(first->progressed);
  ASSERT_TRUE(reader_.LookUp(selection, Shard(0), ledger).ok());

  const auto delivered = ledger.Deliver(absl::ZeroDuration(), 1U << 20);
  ASSERT_EQ(delivered.size(), 1U);
  EXPECT_EQ(delivered[0].event->position(), sound->second);
  EXPECT_TRUE(ledger.HasDamaged());
  const auto third = reader_.LookUp(selection, Shard(0), ledger);
  ASSERT_TRUE(third.ok());
  EXPECT_FALSE(third->progressed);

  ASSERT_TRUE(ledger.Acknowledge(1));
  ledger.Rest();
  EXPECT_EQ(ledger.Looks(100).size(), 49U) << "as after a restart";
}

TEST_F(LogReaderTest, FoldsPlacesUpToADamagedCommitWhateverItsPage) {
  for (std::uint64_t loan = 1; loan <= 10; ++loan) world_.Append(loan);
  store_.damaged = {Position(8)};
  PlaceIndex places(store_, world_.model,
                    [](const event::v1::Event&) { return codec::PlaceChange(); });

  ASSERT_TRUE(places.Step().ok());

  EXPECT_EQ(places.known(Shard(0)), Position(7));
  EXPECT_TRUE(absl::IsDataLoss(places.damage(Shard(0))));
}

}  // namespace
}  // namespace apdr::subscription
