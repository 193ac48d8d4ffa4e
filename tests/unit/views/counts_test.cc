#include "services/views/counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace apdr::views {
namespace {

using ::testing::ElementsAre;

TEST(Counts, AreSortedAndAddUp) {
  CodeCounts counts;
  CountCode(counts, "plan");
  CountCode(counts, "assess", 2);
  CountCode(counts, "do");
  CountCode(counts, "plan");
  CodeCounts more;
  CountCode(more, "do", 3);
  CountCode(more, "adapting");
  Add(counts, more);
  std::vector<std::string> texts;
  for (const auto& entry : counts) texts.push_back(entry.code() + std::to_string(entry.count()));
  EXPECT_THAT(texts, ElementsAre("adapting1", "assess2", "do4", "plan2"));
}

TEST(Counts, HaveAMedian) {
  ValueCounts counts;
  EXPECT_EQ(MedianOf(counts), std::nullopt);
  CountValue(counts, 30);
  EXPECT_EQ(MedianOf(counts), 30U);
  CountValue(counts, 0, 2);
  EXPECT_EQ(MedianOf(counts), 0U);
  CountValue(counts, 7, 2);
  EXPECT_EQ(MedianOf(counts), 7U);
}

TEST(Counts, AddSharesAndEffects) {
  sen::v1::Share share;
  Add(share, 1, 3);
  Add(share, 2, 2);
  EXPECT_EQ(share.part(), 3U);
  EXPECT_EQ(share.whole(), 5U);
  sen::v1::Effect effect;
  effect.set_achieved(1);
  sen::v1::Effect more;
  more.set_achieved(2);
  more.set_not_achieved(4);
  Add(effect, more);
  EXPECT_EQ(effect.achieved(), 3U);
  EXPECT_EQ(effect.not_achieved(), 4U);
}

}  // namespace
}  // namespace apdr::views
