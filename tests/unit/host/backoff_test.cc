#include "services/host/backoff.h"

#include <gtest/gtest.h>

namespace apdr::host {
namespace {

TEST(Backoff, DoublesUpToItsMaximumAndStartsAgainAfterAReset) {
  Backoff backoff(absl::Milliseconds(10), absl::Milliseconds(35));

  EXPECT_EQ(backoff.Next(), absl::Milliseconds(10));
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(20));
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(35));
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(35));
  backoff.Reset();
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(10));
}

}  // namespace
}  // namespace apdr::host
