#include "services/notify/retry_plan.h"

#include <gtest/gtest.h>

namespace apdr::notify {
namespace {

TEST(WaitAfter, GrowsAndEndsAfterALittleMoreThanADay) {
  absl::Duration sum = absl::ZeroDuration();
  absl::Duration last = absl::ZeroDuration();
  std::uint32_t tries = 1;
  for (; WaitAfter(tries, "d1"); ++tries) {
    EXPECT_GT(*WaitAfter(tries, "d1"), last);
    last = *WaitAfter(tries, "d1");
    sum += last;
  }
  EXPECT_EQ(tries, 11U);
  EXPECT_GT(sum, absl::Hours(24));
  EXPECT_LT(sum, absl::Hours(32));
}

TEST(WaitAfter, IsAsMuchForADeliveryEachTimeAndOtherForAnother) {
  EXPECT_EQ(WaitAfter(3, "d1"), WaitAfter(3, "d1"));
  EXPECT_NE(WaitAfter(3, "d1"), WaitAfter(3, "d2"));
  for (const char* id : {"a", "b", "c", "d", "e", "f"}) {
    EXPECT_GE(*WaitAfter(1, id), absl::Milliseconds(4500));
    EXPECT_LE(*WaitAfter(1, id), absl::Milliseconds(5500));
  }
}

TEST(RateLimit, LetsSoManyGoInAnyMinute) {
  RateLimit limit(2);
  const absl::Time start = absl::FromUnixSeconds(1000);
  EXPECT_TRUE(limit.Take(start));
  EXPECT_TRUE(limit.Take(start + absl::Seconds(30)));
  EXPECT_FALSE(limit.Take(start + absl::Seconds(59)));
  EXPECT_EQ(limit.Next(), start + absl::Minutes(1));
  EXPECT_TRUE(limit.Take(start + absl::Minutes(1)));
  EXPECT_FALSE(limit.Take(start + absl::Seconds(89)));
}

TEST(RateLimit, GivesEachThatWaitsATimeOfItsOwn) {
  RateLimit limit(2);
  const absl::Time start = absl::FromUnixSeconds(1000);
  EXPECT_TRUE(limit.Take(start));
  EXPECT_TRUE(limit.Take(start + absl::Seconds(30)));
  EXPECT_FALSE(limit.Take(start + absl::Seconds(31)));
  for (const int seconds : {60, 90, 120, 150, 180}) {
    EXPECT_EQ(limit.Next(), start + absl::Seconds(seconds));
  }
  // The first of them comes; who comes new stands behind the others.
  EXPECT_TRUE(limit.Take(start + absl::Seconds(60)));
  EXPECT_FALSE(limit.Take(start + absl::Seconds(61)));
  EXPECT_EQ(limit.Next(), start + absl::Seconds(210));
}

TEST(RateLimit, LetsAllGoThatComeALittleLate) {
  RateLimit limit(2);
  const absl::Time start = absl::FromUnixSeconds(1000);
  EXPECT_TRUE(limit.Take(start));
  EXPECT_TRUE(limit.Take(start + absl::Seconds(30)));
  EXPECT_FALSE(limit.Take(start + absl::Seconds(31)));
  std::vector<absl::Time> promised;
  for (int i = 0; i < 20; ++i) promised.push_back(limit.Next());
  for (std::size_t i = 0; i < promised.size(); ++i) {
    EXPECT_TRUE(limit.Take(promised[i] + absl::Milliseconds(i % 2 == 0 ? 300 : 10))) << i;
  }
}

}  // namespace
}  // namespace apdr::notify
