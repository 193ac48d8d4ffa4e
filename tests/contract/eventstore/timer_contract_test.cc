#include <map>

#include "tests/contract/eventstore/contract_fixture.h"

namespace apdr::eventstore {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class TimerContract : public EventStoreContract {
 protected:
  struct Change {
    std::vector<Timer> started;
    std::vector<Timer> stopped;
  };
  // Appends the next commit of case `case_id`.
  void Apply(const std::string& case_id, Change change) {
    Commit commit = ACommit(case_id, ++versions_[case_id]);
    commit.timers_started = std::move(change.started);
    commit.timers_stopped = std::move(change.stopped);
    MustAppend({commit});
  }
  [[nodiscard]] std::vector<DueTimer> Due(std::int64_t seconds, std::size_t limit = 100) {
    return *store().DueTimers(absl::FromUnixSeconds(seconds), limit);
  }

 private:
  std::map<std::string, std::uint64_t> versions_;
};

DueTimer Of(const std::string& case_id, Timer timer, TenantId tenant = kTenant) {
  return {.stream = {.tenant = std::move(tenant), .case_id = CaseId(case_id)},
          .timer = std::move(timer)};
}

TEST_P(TimerContract, IsDueFromItsSecondOn) {
  Apply("c1", {.started = {ATimer(100, "t")}, .stopped = {}});
  EXPECT_THAT(Due(99), IsEmpty());
  EXPECT_THAT(*store().DueTimers(absl::FromUnixMillis(99'999), 9), IsEmpty());
  EXPECT_THAT(Due(100), ElementsAre(Of("c1", ATimer(100, "t"))));
  EXPECT_THAT(*store().DueTimers(absl::InfiniteFuture(), 9), SizeIs(1));
  EXPECT_THAT(*store().DueTimers(absl::InfinitePast(), 9), IsEmpty());
}

TEST_P(TimerContract, IsListedByTimeThenTenantThenCaseThenKey) {
  Commit islington = ACommit("a", 1);
  islington.stream.tenant = TenantId("islington");
  islington.timers_started = {ATimer(50, "k")};
  MustAppend({islington});
  Apply("b", {.started = {ATimer(50, "k")}, .stopped = {}});
  Apply("a", {.started = {ATimer(60, "k"), ATimer(50, "k2")}, .stopped = {}});
  Apply("a", {.started = {ATimer(50, "k1"), ATimer(-1, "before 1970")}, .stopped = {}});
  Apply(std::string("a\0", 2), {.started = {ATimer(50, "k")}, .stopped = {}});
  EXPECT_THAT(Due(60),
              ElementsAre(Of("a", ATimer(-1, "before 1970")), Of("a", ATimer(50, "k1")),
                          Of("a", ATimer(50, "k2")), Of(std::string("a\0", 2), ATimer(50, "k")),
                          Of("b", ATimer(50, "k")), Of("a", ATimer(50, "k"), TenantId("islington")),
                          Of("a", ATimer(60, "k"))));
}

TEST_P(TimerContract, ListsTheEarliestUpToTheLimit) {
  Apply("c1", {.started = {ATimer(3, "c"), ATimer(1, "a")}, .stopped = {}});
  Apply("c2", {.started = {ATimer(2, "b")}, .stopped = {}});
  EXPECT_THAT(Due(9, 2), ElementsAre(Of("c1", ATimer(1, "a")), Of("c2", ATimer(2, "b"))));
  EXPECT_THAT(Due(9, 0), IsEmpty());
}

TEST_P(TimerContract, StopsWhenItIsStopped) {
  Apply("c1", {.started = {ATimer(1, "a"), ATimer(2, "b")}, .stopped = {}});
  Apply("c1", {.started = {}, .stopped = {ATimer(1, "a")}});
  EXPECT_THAT(Due(9), ElementsAre(Of("c1", ATimer(2, "b"))));
}

TEST_P(TimerContract, StoppedAndStartedInOneCommitRuns) {
  Apply("c1", {.started = {ATimer(1, "a")}, .stopped = {}});
  Apply("c1", {.started = {ATimer(1, "a")}, .stopped = {ATimer(1, "a")}});
  EXPECT_THAT(Due(9), ElementsAre(Of("c1", ATimer(1, "a"))));
}

TEST_P(TimerContract, MovesWhenItIsStoppedAndStartedAtAnotherTime) {
  Apply("c1", {.started = {ATimer(1, "a")}, .stopped = {}});
  Apply("c1", {.started = {ATimer(5, "a")}, .stopped = {ATimer(1, "a")}});
  EXPECT_THAT(Due(9), ElementsAre(Of("c1", ATimer(5, "a"))));
}

TEST_P(TimerContract, RestartsAfterItWasStopped) {
  Apply("c1", {.started = {ATimer(1, "a")}, .stopped = {}});
  Apply("c1", {.started = {}, .stopped = {ATimer(1, "a")}});
  Apply("c1", {.started = {ATimer(1, "a")}, .stopped = {}});
  EXPECT_THAT(Due(9), ElementsAre(Of("c1", ATimer(1, "a"))));
}

TEST_P(TimerContract, StartedTwiceIsOneTimer) {
  Apply("c1", {.started = {ATimer(1, "a"), ATimer(1, "a")}, .stopped = {}});
  Apply("c1", {.started = {ATimer(1, "a")}, .stopped = {}});
  EXPECT_THAT(Due(9), SizeIs(1));
}

TEST_P(TimerContract, StopOfATimerThatDoesNotRunChangesNothing) {
  Apply("c1", {.started = {ATimer(1, "a")}, .stopped = {}});
  Apply("c2", {.started = {}, .stopped = {ATimer(1, "a")}});
  Apply("c1", {.started = {}, .stopped = {ATimer(2, "a"), ATimer(1, "b")}});
  EXPECT_THAT(Due(9), ElementsAre(Of("c1", ATimer(1, "a"))));
}

TEST_P(TimerContract, FollowsTheOrderOfCommitsInOneAppend) {
  Commit start = ACommit("c1", 1);
  start.timers_started = {ATimer(1, "a"), ATimer(1, "b")};
  Commit stop = ACommit("c1", 2);
  stop.timers_stopped = {ATimer(1, "a")};
  MustAppend({start, stop});
  EXPECT_THAT(Due(9), ElementsAre(Of("c1", ATimer(1, "b"))));
}

TEST_P(TimerContract, OfARefusedAppendNeverRuns) {
  Commit start = ACommit("c1", 1);
  start.timers_started = {ATimer(1, "a")};
  EXPECT_FALSE(Append({start, ACommit("c1", 9)}).ok());
  EXPECT_THAT(Due(9), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Stores, TimerContract, testing::ValuesIn(AllFlavours()),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace apdr::eventstore
