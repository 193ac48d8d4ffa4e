#include "services/timer/demo_clock_service.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include "tests/support/served_library.h"

namespace apdr::timer {
namespace {

using apdr::testing::ALoan;
using apdr::testing::InfoOf;
using apdr::testing::Loan;
using apdr::testing::On;
using apdr::testing::ServedLibrary;
using ::testing::HasSubstr;

grpc::Status Advance(ServedLibrary& library, const std::string& date,
                     command::v1::AdvanceClockResponse* response) {
  grpc::ClientContext context;
  command::v1::AdvanceClockRequest request;
  request.set_date(date);
  return library.demo_clock->AdvanceClock(&context, request, response);
}

TEST(DemoClock, ReportsEveryDeadlineOnTheWayAtItsInstant) {
  ServedLibrary library;
  command::v1::ExecuteResponse lent;
  ASSERT_TRUE(library.Execute(ServedLibrary::Request("r1", 1, ALoan("slip-1", 21)), &lent).ok());
  command::v1::AdvanceClockResponse response;

  ASSERT_TRUE(Advance(library, "2026-04-30", &response).ok());

  EXPECT_EQ(response.fired(), 4U);
  EXPECT_EQ(google::protobuf::util::TimeUtil::ToString(response.now()), "2026-04-30T08:00:00Z")
      << "09:00 British Summer Time";
  const auto commits = library.side.store.ReadStream(Loan(1), CaseVersion(2), 10).value();
  ASSERT_EQ(commits.size(), 4U);
  const absl::TimeZone zone = library.side.workflow.definition().zone;
  const char* const kDays[] = {"2026-03-18", "2026-03-21", "2026-03-24", "2026-03-31"};
  for (std::size_t i = 0; i < commits.size(); ++i) {
    EXPECT_EQ(commits[i].commit.recorded_at, HourOf(On(kDays[i]), 6, zone)) << kDays[i];
  }
}

TEST(DemoClock, NeverGoesBack) {
  ServedLibrary library;
  command::v1::AdvanceClockResponse response;
  ASSERT_TRUE(Advance(library, "2026-05-01", &response).ok());
  const absl::Time now = library.side.clock.Now();

  ASSERT_TRUE(Advance(library, "2026-04-01", &response).ok());

  EXPECT_EQ(library.side.clock.Now(), now);
  EXPECT_EQ(response.fired(), 0U);
}

TEST(DemoClock, WantsADate) {
  ServedLibrary library;
  command::v1::AdvanceClockResponse response;

  const grpc::Status status = Advance(library, "tomorrow", &response);

  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(InfoOf(status).reason(), "FIELD_INVALID");
  EXPECT_THAT(status.error_message(), HasSubstr("a date such as 2026-02-06"));
}

}  // namespace
}  // namespace apdr::timer
