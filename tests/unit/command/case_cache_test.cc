#include "services/command/internal/case_cache.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "engine/core/workflow.h"
#include "tests/support/library_loan_domain/library_loan_domain.h"

namespace apdr::command {
namespace {

StreamId Case(int number) { return {TenantId("t"), CaseId("case-" + std::to_string(number))}; }

class CaseCacheTest : public ::testing::Test {
 protected:
  CachedCase& Insert(CaseCache& cache, int number) {
    return cache.Insert(Case(number), workflow_.NewState());
  }

  const testing::LibraryLoanModule module_;
  const core::Workflow workflow_{module_};
};

TEST_F(CaseCacheTest, FindsWhatItHolds) {
  CaseCache cache(10);
  EXPECT_EQ(cache.Find(Case(1)), nullptr);
  EXPECT_FALSE(cache.Contains(Case(1)));
  CachedCase& first = Insert(cache, 1);
  for (int i = 2; i <= 1000; ++i) Insert(cache, i);
  EXPECT_EQ(cache.Find(Case(1)), &first) << "a case stays where it is";
  EXPECT_TRUE(cache.Contains(Case(1)));
  EXPECT_FALSE(cache.Contains({TenantId("u"), CaseId("case-1")}));
}

TEST_F(CaseCacheTest, LetsTheUnusedGoFirst) {
  CaseCache cache(3);
  for (int i = 1; i <= 4; ++i) Insert(cache, i);
  cache.Evict(0);  // All were new: one had to go, the others have had their chance.
  EXPECT_FALSE(cache.Contains(Case(1)));
  ASSERT_NE(cache.Find(Case(2)), nullptr);
  Insert(cache, 5);
  cache.Evict(0);
  EXPECT_TRUE(cache.Contains(Case(2)));
  EXPECT_FALSE(cache.Contains(Case(3)));
  EXPECT_EQ(cache.Find(Case(3)), nullptr);
}

TEST_F(CaseCacheTest, KeepsWhatIsNotDurable) {
  CaseCache cache(1);
  for (int i = 1; i <= 200; ++i) Insert(cache, i).last_batch = 7;
  cache.Evict(6);
  for (int i = 1; i <= 200; ++i) EXPECT_NE(cache.Find(Case(i)), nullptr) << i;
  cache.Evict(7);
  int left = 0;
  for (int i = 1; i <= 200; ++i) left += cache.Contains(Case(i)) ? 1 : 0;
  EXPECT_EQ(left, 1);
}

TEST_F(CaseCacheTest, ABusyCaseDoesNotKeepTheOthers) {
  CaseCache cache(2);
  Insert(cache, 1);
  for (std::uint64_t batch = 1; batch <= 100; ++batch) {
    cache.Find(Case(1))->last_batch = batch;  // Never durable when there is something to let go.
    Insert(cache, static_cast<int>(batch) + 1);
    cache.Evict(batch - 1);
    ASSERT_TRUE(cache.Contains(Case(1)));
  }
  int left = 0;
  for (int i = 1; i <= 101; ++i) left += cache.Contains(Case(i)) ? 1 : 0;
  EXPECT_EQ(left, 2);
}

TEST_F(CaseCacheTest, PrefetchesWhetherTheyAreHereOrNot) {
  CaseCache cache(10);
  Insert(cache, 1);
  const std::array<StreamId, 2> streams = {Case(1), Case(2)};
  cache.Prefetch(std::array<const StreamId*, 2>{&streams[0], &streams[1]});
  EXPECT_TRUE(cache.Contains(Case(1)));
  EXPECT_FALSE(cache.Contains(Case(2)));
}

}  // namespace
}  // namespace apdr::command
