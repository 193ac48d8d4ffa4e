#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/bus/memory/memory_bus.h"
#include "services/projection/rows/row_keys.h"
#include "services/readmodel/memory/memory_read_model.h"
#include "tests/support/library_loan_domain/library_loan_domain.h"
#include "tests/support/read_side.h"

namespace apdr::projection {
namespace {

using apdr::testing::ReadSide;
using ::testing::HasSubstr;

class ReadModelLayoutTest : public ::testing::Test {
 protected:
  // Of a projector's first step on the read model.
  absl::Status Start(std::uint32_t shards) {
    bus::MemoryBus bus(shards);
    const auto consumer = bus.NewConsumer();
    ReadSide side(ReadSide::Parts{
        .workflow = workflow_, .consumer = *consumer, .model = model_, .shard_count = shards});
    return side.projector.Step().status();
  }
  void Store(std::string layout) {
    const readmodel::Write write{
        .puts = {{LayoutKey(), std::move(layout)}}, .deletes = {}, .progress = {}};
    ASSERT_TRUE(model_.Apply(write).ok());
  }

  apdr::testing::LibraryLoanModule module_;
  core::Workflow workflow_{module_};
  readmodel::MemoryReadModel model_;
};

TEST_F(ReadModelLayoutTest, AnotherMeaningOfTheRowsIsRefused) {
  Store("0/older");
  const absl::Status status = Start(1);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("this one has 0/older"));
}

TEST_F(ReadModelLayoutTest, AnotherShardCountIsRefused) {
  Store(LayoutOf(workflow_.definition().name, 2));
  EXPECT_TRUE(Start(2).ok());
  const absl::Status status = Start(3);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("3 shards, but this one has"));
}

}  // namespace
}  // namespace apdr::projection
