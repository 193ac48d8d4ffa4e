#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/projection/row_writer.h"
#include "services/projection/rows/row_keys.h"
#include "services/projection/rows/row_values.h"

namespace apdr::projection {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const TenantId kTenant("t1");

AuditPlace APlace(std::int64_t micros, std::uint32_t shard, std::uint64_t position) {
  return {.recorded_at = absl::FromUnixMicros(micros),
          .shard = Shard(shard),
          .position = Position(position)};
}

TEST(RowKeys, OrderVersionsByNumber) {
  const StreamId stream{kTenant, CaseId("c")};
  EXPECT_LT(ChronologyKey(stream, CaseVersion(2)), ChronologyKey(stream, CaseVersion(10)));
  EXPECT_LT(ChronologyKey(stream, CaseVersion(255)), ChronologyKey(stream, CaseVersion(256)));
}

TEST(RowKeys, KeepOneTenantOutOfTheRangesOfAnother) {
  for (const char* other : {"t", "t1x", "t10", "t2"}) {
    const StreamId stream{TenantId(other), CaseId("c")};
    EXPECT_FALSE(CasesOf(kTenant).Contains(CaseKey(stream))) << other;
    EXPECT_FALSE(AuditOf(kTenant, {}).Contains(AuditKey(stream.tenant, APlace(5, 0, 1)))) << other;
  }
  EXPECT_TRUE(CasesOf(kTenant).Contains(CaseKey({kTenant, CaseId("c")})));
}

TEST(RowKeys, LetNoNameSlipIntoTheNextPart) {
  // With plain concatenation both would be "ab".
  EXPECT_NE(SettingCaseKey(kTenant, "a", CaseId("b")), SettingCaseKey(kTenant, "ab", CaseId("")));
  const std::string nul("a\0", 2);
  EXPECT_FALSE(SettingCasesOf(kTenant, "a").Contains(SettingCaseKey(kTenant, nul, CaseId("b"))));
}

TEST(RowKeys, OrderRowsOfAViewByTheirParts) {
  const auto key = [](const char* view, std::vector<std::string> parts) {
    return ViewKey(kTenant, view, parts);
  };
  const std::vector<std::string> keys = {
      key("board", {"A", "2025-12-31", "z"}), key("board", {"A", "2026-01-01", "a"}),
      key("board", {"AB", "2025-01-01", "a"}), key("class", {"A", "", "a"})};
  EXPECT_TRUE(std::ranges::is_sorted(keys));
  const std::vector<std::string> setting = {"A"};
  const KeySpan span = ViewRowsOf(kTenant, "board", setting);
  EXPECT_TRUE(span.Contains(keys[0]) && span.Contains(keys[1]));
  EXPECT_FALSE(span.Contains(keys[2]) || span.Contains(keys[3]));
  EXPECT_FALSE(ViewRowsOf(TenantId("t"), "board", {}).Contains(keys[0]));
}

TEST(RowKeys, OrderDueRowsByDateThenCaseThenTimer) {
  const auto key = [](Date due_on, const char* case_id, const char* timer) {
    return DueKey(kTenant, {.due_on = due_on, .case_id = CaseId(case_id), .timer = timer});
  };
  const std::vector<std::string> keys = {
      key(Date(2025, 12, 31), "z", "T9"), key(Date(2026, 1, 1), "a", "T9"),
      key(Date(2026, 1, 1), "b", "T1"), key(Date(2026, 1, 1), "b", "T2")};
  EXPECT_TRUE(std::ranges::is_sorted(keys));
  const KeySpan december = DueOf(kTenant, Date(2026, 1, 1));
  EXPECT_TRUE(december.Contains(keys[0]));
  EXPECT_FALSE(december.Contains(keys[1]));
}

TEST(RowKeys, OrderEventsByRecordedTimeAcrossShards) {
  const std::vector<std::string> keys = {
      AuditKey(kTenant, APlace(1, 7, 9)), AuditKey(kTenant, APlace(2, 0, 1)),
      AuditKey(kTenant, APlace(2, 0, 2)), AuditKey(kTenant, APlace(2, 1, 1))};
  EXPECT_TRUE(std::ranges::is_sorted(keys));
}

TEST(RowKeys, BoundAPeriodByItsEnds) {
  const KeySpan span = ActorAuditOf(
      kTenant, "p-1", {.from = absl::FromUnixMicros(10), .until = absl::FromUnixMicros(20)});
  EXPECT_FALSE(span.Contains(ActorAuditKey(kTenant, "p-1", APlace(9, 0, 1))));
  EXPECT_TRUE(span.Contains(ActorAuditKey(kTenant, "p-1", APlace(10, 0, 1))));
  EXPECT_TRUE(span.Contains(ActorAuditKey(kTenant, "p-1", APlace(19, 0, 1))));
  EXPECT_FALSE(span.Contains(ActorAuditKey(kTenant, "p-1", APlace(20, 0, 1))));
  EXPECT_FALSE(span.Contains(ActorAuditKey(kTenant, "p-2", APlace(15, 0, 1))));
}

TEST(RowKeys, BoundNothingWithoutAPeriod) {
  EXPECT_TRUE(TypeAuditOf(kTenant, "x.Y", {})
                  .Contains(TypeAuditKey(kTenant, "x.Y", APlace(1772452800123456, 3, 9))));
}

TEST(RowValues, ReadACaseRowBack) {
  query::v1::CaseView view;
  view.set_case_id("c");
  view.set_version(3);
  const std::string row = EncodeCaseRow(view, "state");
  EXPECT_EQ(DecodeCaseView(row)->SerializeAsString(), view.SerializeAsString());
  EXPECT_EQ(DecodeCaseState(row).value(), "state");
}

TEST(RowValues, ReadAnAuditEntryBack) {
  const AuditEntry entry{.case_id = CaseId("c"),
                         .version = CaseVersion(300),
                         .actor_id = "p-1",
                         .actor_role = "senco",
                         .setting_id = "URN:199001",
                         .event_type = "x.Y",
                         .occurred_on = "2026-02-06"};
  EXPECT_EQ(DecodeAuditEntry(EncodeAuditEntry(entry)).value(), entry);
}

TEST(RowValues, ReadACaseSetAsideBack) {
  const SetAsideRow row{.projection = "case",
                        .stream = {kTenant, CaseId("c")},
                        .version = CaseVersion(2),
                        .reason = "unknown"};
  EXPECT_EQ(DecodeSetAside(EncodeSetAside(row)).value(), row);
}

TEST(RowValues, SayThatARowDoesNotReadBack) {
  const std::string good = EncodeAuditEntry({});
  for (const std::string& bad :
       {std::string(), good.substr(1), good + "x", std::string(40, '\xff')}) {
    EXPECT_EQ(DecodeAuditEntry(bad).status().code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(DecodeSetAside(bad).status().code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(DecodeCaseView(bad).status().code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(DecodeCaseState(bad).status().code(), absl::StatusCode::kDataLoss);
  }
}

TEST(RowWriter, GivesRowsInOrderOfKeyAndTheLastOfEach) {
  RowWriter rows;
  rows.Put("b", "1");
  rows.Put("a", "2");
  rows.Put("b", "3");
  rows.Delete("d");
  rows.Delete("c");
  const readmodel::Write write = rows.Take();
  EXPECT_THAT(write.puts, ElementsAre(readmodel::Row{"a", "2"}, readmodel::Row{"b", "3"}));
  EXPECT_THAT(write.deletes, ElementsAre("c", "d"));
  EXPECT_THAT(rows.Take().puts, IsEmpty());
}

}  // namespace
}  // namespace apdr::projection
