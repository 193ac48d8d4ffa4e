#include "services/sink/postgres/copy_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "absl/strings/str_format.h"

#include "apdr/sen/state/v1/copy_state.pb.h"
#include "engine/base/sha256.h"
#include "services/sink/postgres/migration_texts.h"
#include "services/sink/postgres/migrations.h"
#include "services/sink/postgres/session.h"

namespace apdr::sink {
namespace {

using sen::state::v1::CopiedCycle;
using sen::state::v1::CopiedEvent;
using sen::state::v1::CopiedProvision;
using sen::state::v1::CopiedSpecialistRequest;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const StreamId kCase{TenantId("t1"), CaseId("c-1")};

template <class Row>
std::string LineOf(const Row& row, int number = 1) {
  std::string lines;
  AppendLine(kCase, number, row, lines);
  return lines;
}

TEST(AppendLine, WritesCodesDatesAndWhatIsNotThere) {
  CopiedCycle cycle;
  cycle.set_cycle(2);
  cycle.set_assessed_on("2025-10-15");
  cycle.set_days_late(0);
  cycle.set_impact(sen::v1::IMPACT_POSITIVE);
  EXPECT_EQ(
      LineOf(cycle, 3),
      "t1\tc-1\t3\t2\t\\N\t\\N\t2025-10-15\tf\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t0\tpositive\t\\N\t"
      "\\N\n");
}

TEST(AppendLine, EscapesWhatCopyWouldTakeForSomethingElse) {
  CopiedSpecialistRequest request;
  request.set_request_id(std::string("a\tb\\N\nc\rd\0e", 11));
  EXPECT_THAT(LineOf(request), StartsWith("t1\tc-1\t1\ta\\tb\\\\N\\nc\\rde\t"));
}

TEST(AppendLine, LeavesOutATextThatIsNoDate) {
  CopiedSpecialistRequest request;
  request.set_requested_on("2025-02-30");
  EXPECT_THAT(LineOf(request), Not(HasSubstr("2025")));
}

TEST(AppendLine, WritesArraysAndInstants) {
  CopiedProvision provision;
  provision.add_delivered_by("teaching-assistant");
  provision.add_delivered_by("a \"b\" \\c");
  EXPECT_THAT(LineOf(provision),
              HasSubstr("\t{teaching-assistant,\"a \\\\\"b\\\\\" \\\\\\\\c\"}\t"));

  CopiedEvent event;
  event.mutable_recorded_time()->set_seconds(1757314800);
  event.mutable_recorded_time()->set_nanos(120000000);
  EXPECT_THAT(LineOf(event, 0), HasSubstr("\t2025-09-08 07:00:00.12+00\t"));
}

TEST(CheckConnection, TakesAConnectionWithoutAPassword) {
  EXPECT_TRUE(CheckConnection("service=apdr").ok());
  EXPECT_TRUE(CheckConnection("host=db.example dbname=apdr user=apdr_sink").ok());
  EXPECT_TRUE(CheckConnection("postgresql://apdr_sink@db.example/apdr?sslmode=verify-full").ok());
}

TEST(CheckConnection, RefusesAPasswordAndDoesNotRepeatIt) {
  for (const char* connection :
       {"host=db.example password=hunter2", "postgresql://sink:hunter2@db.example/apdr",
        "host=db.example hunter2"}) {
    const absl::Status status = CheckConnection(connection);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << connection;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("hunter2")));
  }
}

TEST(Migrations, AreNumberedWithoutAGap) {
  int number = 0;
  for (const EmbeddedText& migration : Migrations()) {
    EXPECT_THAT(std::string(migration.name), StartsWith(absl::StrFormat("%04d_", ++number)));
    EXPECT_THAT(ScriptOf(migration), StartsWith("BEGIN;\n"));
  }
  EXPECT_GT(number, 0);
}

// Databases have seen it: another text would be refused by all of them. Write a new file instead.
TEST(Migrations, NeverChangeOnceTheyAreReleased) {
  EXPECT_EQ(Sha256Hex(Migrations()[0].text),
            "36bc7c6a8e786f476e46e0191e59a4ff82bbe060bb1855b37adb404de6c7868f");
}

}  // namespace
}  // namespace apdr::sink
