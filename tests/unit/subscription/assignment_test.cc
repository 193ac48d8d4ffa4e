#include "services/subscription/assignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace apdr::subscription {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

using Owners = std::vector<std::string>;

TEST(SplitShards, GivesEverythingToTheOnlyMember) {
  EXPECT_THAT(SplitShards(Owners(3), {"a"}), Each("a"));
}

TEST(SplitShards, LeavesShardsWithoutAMemberWhereThereIsNone) {
  EXPECT_THAT(SplitShards({"a", "", "a"}, {}), Each(""));
}

TEST(SplitShards, MovesNoMoreThanItMustWhenAMemberJoins) {
  EXPECT_THAT(SplitShards({"a", "a", "a", "a"}, {"a", "b"}), ElementsAre("a", "a", "b", "b"));
}

TEST(SplitShards, LetsWhoHasMoreKeepTheOneThatIsLeftOver) {
  EXPECT_THAT(SplitShards({"b", "b", "a"}, {"a", "b"}), ElementsAre("b", "b", "a"));
}

TEST(SplitShards, GivesTheShardsOfOneWhoIsGoneToTheOthers) {
  EXPECT_THAT(SplitShards({"a", "gone", "b", "gone"}, {"a", "b"}), ElementsAre("a", "a", "b", "b"));
}

TEST(SplitShards, IsEvenAndMovesTheFewestForAllSplits) {
  std::mt19937 chance(7);
  for (int round = 0; round < 500; ++round) {
    Owners owners(1 + chance() % 12);
    std::set<std::string> members;
    for (unsigned i = 0; i <= chance() % 6; ++i) members.insert(std::string(1, "abcdef"[i]));
    for (std::string& owner : owners) owner = std::string(1, "abcdefgh"[chance() % 8]);

    const Owners split = SplitShards(owners, members);

    std::size_t kept = 0;
    std::size_t could_keep = 0;
    const std::size_t least = owners.size() / members.size();
    std::size_t left_over = owners.size() % members.size();
    for (const std::string& member : members) {
      const auto has = static_cast<std::size_t>(std::ranges::count(split, member));
      EXPECT_GE(has, least);
      EXPECT_LE(has, least + 1);
      const auto had = static_cast<std::size_t>(std::ranges::count(owners, member));
      could_keep += std::min(had, least);
      if (had > least && left_over > 0) {
        --left_over;
        ++could_keep;
      }
    }
    for (std::size_t i = 0; i < owners.size(); ++i) kept += split[i] == owners[i] ? 1 : 0;
    EXPECT_EQ(kept, could_keep);
    EXPECT_EQ(SplitShards(split, members), split) << "a split that is even stays";
  }
}

}  // namespace
}  // namespace apdr::subscription
