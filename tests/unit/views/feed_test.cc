#include "services/views/feed.h"

#include "apdr/sen/state/v1/view_state.pb.h"
#include "tests/unit/views/view_fixture.h"

namespace apdr::views {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class FeedTest : public apdr::testing::ViewFixture {
 protected:
  sen::v1::ListNoticesResponse Notices(const sen::v1::ListNoticesRequest& request = {}) {
    Fold();
    const auto reply = ListNotices(reading, As("head"), request);
    return Ok(reply);
  }

  std::vector<std::string> Types(const sen::v1::ListNoticesRequest& request = {}) {
    std::vector<std::string> types;
    const auto response = Notices(request);
    for (const auto& row : response.rows()) {
      types.push_back(row.event_type().substr(row.event_type().rfind('.') + 1));
    }
    return types;
  }
};

TEST_F(FeedTest, TellsWhatTimersReportNewestFirst) {
  StartSenSupport();
  EXPECT_EQ(desk.FireDue(Case(), apdr::testing::On("2025-11-11")), 1U);

  const auto response = Notices();

  ASSERT_THAT(response.rows(), SizeIs(2));
  const sen::v1::NoticeRow& row = response.rows(0);
  EXPECT_EQ(row.event_type(), "apdr.sen.v1.AssessmentOverdue");
  EXPECT_EQ(row.timer(), "T03");
  EXPECT_EQ(row.due_on(), "2025-11-10");
  EXPECT_THAT(row.to(), Not(IsEmpty()));
  EXPECT_EQ(row.setting_id(), kSchool);
  EXPECT_EQ(row.case_id(), Id());
  EXPECT_EQ(response.rows(1).event_type(), "apdr.sen.v1.SenSupportStarted");
  EXPECT_EQ(response.rows(1).timer(), "");
}

TEST_F(FeedTest, IsFilteredBySettingAndRole) {
  StartSenSupport(1);
  AgreePlan(1);
  Fold();
  Move(1);
  Send<sen::v1::RaiseDisagreement>(1, "2026-01-13");
  EXPECT_THAT(Types(), ElementsAre("DisagreementRaised", "ChildTransferredIn",
                                   "ChildTransferredOut", "PlanAgreed", "SenSupportStarted"));
  sen::v1::ListNoticesRequest request;
  request.set_role("head");
  EXPECT_THAT(Types(request), ElementsAre("DisagreementRaised"));
  request.set_role("teacher");
  request.set_setting_id(kSchool);
  EXPECT_THAT(Types(request), ElementsAre("PlanAgreed", "SenSupportStarted"));
  EXPECT_EQ(Reason(ListNotices(reading, As("young-person"), {})), "NOT_AUTHORISED");
}

TEST_F(FeedTest, KeepsTheNewestOfACaseOnly) {
  StartSenSupport();
  event::v1::Event event;
  event.set_deadline_fired("T03:2025-11-03:0");
  event.mutable_data()->set_type_url("type.googleapis.com/apdr.sen.v1.ReviewOverdue");
  const sen::v1::ReviewOverdue data;
  const View view = FeedView();
  const auto doc = view.make_doc();
  for (std::size_t i = 1; i <= kNoticesOfCaseMax + 5; ++i) {
    event.set_position(i);
    view.fold({.event = event, .data = data, .setting_id = kSchool}, *doc);
  }
  const auto& feed = static_cast<const sen::state::v1::FeedDoc&>(*doc);
  EXPECT_EQ(feed.entries_size(), static_cast<int>(kNoticesOfCaseMax));
  EXPECT_EQ(feed.entries(0).position(), 6U);
}

TEST_F(FeedTest, ForgetsAnErasedRecord) {
  StartSenSupport();
  EXPECT_THAT(Types(), SizeIs(1));
  Erase(1);
  EXPECT_THAT(Types(), IsEmpty());
}

}  // namespace
}  // namespace apdr::views
