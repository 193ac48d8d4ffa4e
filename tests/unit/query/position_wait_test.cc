#include "services/query/position_wait.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "absl/synchronization/notification.h"

namespace apdr::query {
namespace {

// A board that has reached position 1 of its only shard, and what tells that a wait is gone: its
// function owns a token.
class PositionWaitTest : public ::testing::Test {
 protected:
  PositionWaitTest() { board_.Publish(Shard(0), Position(1)); }

  class Token {
   public:
    explicit Token(absl::Notification& gone) : gone_(gone) {}
    ~Token() { gone_.Notify(); }
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;

   private:
    absl::Notification& gone_;
  };

  void Wait(Position position, gpr_timespec from_now) {
    const gpr_timespec deadline = gpr_time_add(gpr_now(GPR_CLOCK_REALTIME), from_now);
    WhenReached(board_, Shard(0), position, deadline,
                [this, token = std::make_shared<Token>(freed_)] { ended_.Notify(); });
  }
  [[nodiscard]] bool Ended() { return ended_.WaitForNotificationWithTimeout(kPatience); }
  [[nodiscard]] bool Freed() { return freed_.WaitForNotificationWithTimeout(kPatience); }

  static constexpr absl::Duration kPatience = absl::Seconds(20);
  const gpr_timespec kLong = gpr_time_from_seconds(60, GPR_TIMESPAN);
  const gpr_timespec kShort = gpr_time_from_millis(20, GPR_TIMESPAN);

  // Before the board, which may own the last wait.
  absl::Notification ended_;
  absl::Notification freed_;
  projection::ProgressBoard board_{1};
};

TEST_F(PositionWaitTest, GoesOnAtOnceWhereThePositionIsReached) {
  Wait(Position(1), kLong);
  EXPECT_TRUE(ended_.HasBeenNotified());
  EXPECT_TRUE(Freed());
}

TEST_F(PositionWaitTest, IsFreedOnceThePositionIsReached) {
  Wait(Position(2), kLong);
  EXPECT_FALSE(ended_.HasBeenNotified());
  board_.Publish(Shard(0), Position(2));
  EXPECT_TRUE(Ended());
  EXPECT_TRUE(Freed());
}

TEST_F(PositionWaitTest, IsFreedOnceItsTimeIsOver) {
  Wait(Position(2), kShort);
  EXPECT_TRUE(Ended());
  EXPECT_TRUE(Freed());
}

TEST_F(PositionWaitTest, IsFreedWhenItsTimeWasOverBeforeItBegan) {
  Wait(Position(2), gpr_time_0(GPR_TIMESPAN));
  EXPECT_TRUE(Ended());
  EXPECT_TRUE(Freed());
}

TEST_F(PositionWaitTest, EndsOnceHoweverTimeAndPositionRace) {
  for (std::uint64_t position = 2; position < 200; ++position) {
    absl::Notification freed;
    std::atomic<int> ended = 0;
    WhenReached(board_, Shard(0), Position(position),
                gpr_time_add(gpr_now(GPR_CLOCK_REALTIME), gpr_time_from_millis(1, GPR_TIMESPAN)),
                [&ended, token = std::make_shared<Token>(freed)] { ++ended; });
    board_.Publish(Shard(0), Position(position));
    ASSERT_TRUE(freed.WaitForNotificationWithTimeout(kPatience)) << position;
    ASSERT_EQ(ended, 1) << position;
  }
}

}  // namespace
}  // namespace apdr::query
