#include "services/projection/rows/progress_board.h"

#include <gtest/gtest.h>

namespace apdr::projection {
namespace {

TEST(ProgressBoard, KnowsHowFarEachShardIs) {
  ProgressBoard board(2);
  board.Publish(Shard(1), Position(5));
  EXPECT_EQ(board.Reached(Shard(0)), Position(0));
  EXPECT_EQ(board.Reached(Shard(1)), Position(5));
}

TEST(ProgressBoard, AnswersAtOnceWhatIsReached) {
  ProgressBoard board(1);
  board.Publish(Shard(0), Position(5));
  int calls = 0;
  board.Await(Shard(0), Position(5), [&] { ++calls; });
  EXPECT_EQ(calls, 1);
}

TEST(ProgressBoard, CallsEachWaiterOnceWhenItsPositionIsReached) {
  ProgressBoard board(2);
  int calls = 0;
  board.Await(Shard(0), Position(3), [&] { ++calls; });
  board.Publish(Shard(0), Position(2));
  board.Publish(Shard(1), Position(9));
  EXPECT_EQ(calls, 0);
  board.Publish(Shard(0), Position(4));
  board.Publish(Shard(0), Position(5));
  EXPECT_EQ(calls, 1);
}

TEST(ProgressBoard, ForgetsAWaiterThatGaveUp) {
  ProgressBoard board(1);
  int calls = 0;
  const ProgressBoard::Ticket ticket = board.Await(Shard(0), Position(3), [&] { ++calls; });
  EXPECT_TRUE(board.Cancel(ticket));
  EXPECT_FALSE(board.Cancel(ticket));
  board.Publish(Shard(0), Position(3));
  EXPECT_EQ(calls, 0);
}

TEST(ProgressBoard, SaysThatAWaiterHasBeenCalled) {
  ProgressBoard board(1);
  const ProgressBoard::Ticket ticket = board.Await(Shard(0), Position(1), [] {});
  board.Publish(Shard(0), Position(1));
  EXPECT_FALSE(board.Cancel(ticket));
}

TEST(ProgressBoard, LetsAWaiterWaitAgainFromItsCallback) {
  ProgressBoard board(1);
  int calls = 0;
  board.Await(Shard(0), Position(1), [&] { board.Await(Shard(0), Position(2), [&] { ++calls; }); });
  board.Publish(Shard(0), Position(1));
  board.Publish(Shard(0), Position(2));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace apdr::projection
