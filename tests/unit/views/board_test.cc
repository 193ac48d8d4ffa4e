#include "services/views/board.h"

#include "tests/unit/views/view_fixture.h"

namespace apdr::views {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class BoardTest : public apdr::testing::ViewFixture {
 protected:
  sen::v1::ListBoardResponse Board(const sen::v1::ListBoardRequest& request = {},
                                   const std::string& role = "senco") {
    Fold();
    const auto reply = ListBoard(reading, As(role), request);
    return Ok(reply);
  }

  // "stage due" of every row.
  std::vector<std::string> Rows(const sen::v1::ListBoardRequest& request = {}) {
    std::vector<std::string> rows;
    const auto response = Board(request);
    for (const auto& row : response.rows()) {
      rows.push_back(absl::StrCat(row.stage(), " ", row.due_on()));
    }
    return rows;
  }
};

TEST_F(BoardTest, SaysWhatIsNextForWhomAndByWhen) {
  StartSenSupport();
  AgreePlan();

  const auto board = Board();

  ASSERT_THAT(board.rows(), SizeIs(1));
  const sen::v1::BoardRow& row = board.rows(0);
  EXPECT_EQ(row.case_id(), Id());
  EXPECT_EQ(row.name(), "Ami");
  EXPECT_EQ(row.family_name(), "Khan");
  EXPECT_EQ(row.nc_year(), "4");
  EXPECT_EQ(row.setting_id(), kSchool);
  EXPECT_EQ(row.stage(), "do");
  EXPECT_EQ(row.cycle(), 1U);
  EXPECT_EQ(row.provision(), sen::v1::PROVISION_SEN_SUPPORT);
  EXPECT_EQ(row.responsible_teacher().role(), "teacher");
  EXPECT_EQ(row.next_action(), "Share the plan with the parent");
  EXPECT_THAT(row.roles(), ElementsAre("senco"));
  EXPECT_EQ(row.due_on(), "2025-11-05");  // Five school days on, after half-term.
  EXPECT_EQ(row.days_overdue(), 86U);     // On 30 January.
  EXPECT_EQ(row.review_on(), "2025-12-12");
  EXPECT_TRUE(row.child_voice());
  EXPECT_EQ(board.today(), "2026-01-30");
  EXPECT_THAT(board.as_of_positions(), SizeIs(kShards));
}

TEST_F(BoardTest, ComesByDateTheUndatedLast) {
  Register(1);
  Send<sen::v1::RaiseConcern>(1, "2025-09-08");
  StartSenSupport(2);
  StartSenSupport(3);
  AgreePlan(3);

  EXPECT_THAT(Rows(), ElementsAre("do 2025-11-05", "k-started 2025-11-10", "concern "));
}

TEST_F(BoardTest, IsFilteredByStageTeacherAndWhatIsLate) {
  StartSenSupport(1);
  StartSenSupport(2);
  AgreePlan(2);
  sen::v1::ListBoardRequest request;
  request.set_setting_id(kSchool);
  request.set_stage("do");
  EXPECT_THAT(Rows(request), ElementsAre("do 2025-11-05"));
  request.clear_stage();
  request.set_teacher_id(Board().rows(0).responsible_teacher().person_id());
  EXPECT_THAT(Rows(request), SizeIs(1));
  request.clear_teacher_id();
  request.set_overdue_only(true);
  EXPECT_THAT(Rows(request), SizeIs(2));
  request.set_setting_id("URN:100000");
  EXPECT_THAT(Rows(request), IsEmpty());
}

TEST_F(BoardTest, LeavesOutWhereNothingHasBegun) {
  Register();
  EXPECT_THAT(Rows(), IsEmpty());
}

TEST_F(BoardTest, LosesAClosedCaseAndHasItAgain) {
  StartSenSupport();
  Send<sen::v1::CloseCase>(1, "2025-10-08");
  EXPECT_THAT(Rows(), IsEmpty());
  Send<sen::v1::ReopenCase>(1, "2025-10-09");
  EXPECT_THAT(Rows(), SizeIs(1));
}

TEST_F(BoardTest, ForgetsTheChildsVoiceWithANewCycle) {
  StartSenSupport();
  AgreePlan();
  HoldReview();
  EXPECT_EQ(Board().rows(0).stage(), "assess");
  EXPECT_FALSE(Board().rows(0).child_voice());
}

TEST_F(BoardTest, ShowsNamesOnlyToThoseWhoMayReadAProfile) {
  StartSenSupport();
  for (const char* role : {"teacher", "keyworker", "tutor", "teaching-assistant", "senco",
                           "named-person", "head", "inspector", "auditor", "system"}) {
    EXPECT_EQ(Board({}, role).rows(0).name(), "Ami") << role;
  }
  for (const char* role : {"la-send-officer", "professional", "area-senco"}) {
    EXPECT_EQ(Board({}, role).rows(0).name(), "") << role;
    EXPECT_EQ(Board({}, role).rows(0).family_name(), "") << role;
    EXPECT_EQ(Board({}, role).rows(0).case_id(), Id()) << role;
  }
  EXPECT_EQ(Reason(ListBoard(reading, As("parent"), {})), "NOT_AUTHORISED");
  const auto other = ListBoard(reading, As("senco", "t2"), {});
  EXPECT_THAT(Ok(other).rows(), IsEmpty());
}

TEST_F(BoardTest, FollowsACorrection) {
  StartSenSupport();
  Fold();
  CorrectRegistration(1, "registration.preferred_name", "Mira");
  EXPECT_EQ(Board().rows(0).name(), "Mira");
}

TEST_F(BoardTest, FollowsAMove) {
  StartSenSupport();
  Fold();
  Move();
  sen::v1::ListBoardRequest request;
  request.set_setting_id(kSchool);
  EXPECT_THAT(Rows(request), IsEmpty());
  const auto all = Board();
  ASSERT_THAT(all.rows(), SizeIs(1));
  EXPECT_NE(all.rows(0).setting_id(), kSchool);
}

TEST_F(BoardTest, ComesInPages) {
  for (int number = 1; number <= 3; ++number) StartSenSupport(number);
  sen::v1::ListBoardRequest request;
  request.set_page_size(2);
  auto page = Board(request);
  EXPECT_THAT(page.rows(), SizeIs(2));
  ASSERT_THAT(page.next_page_token(), Not(IsEmpty()));
  request.set_page_token(page.next_page_token());
  page = Board(request);
  EXPECT_THAT(page.rows(), SizeIs(1));
  EXPECT_THAT(page.next_page_token(), IsEmpty());
  request.set_stage("do");  // The token is of another list.
  EXPECT_EQ(Reason(ListBoard(reading, As("senco"), request)), "PAGE_TOKEN_INVALID");
}

TEST_F(BoardTest, RefusesAStageThatThereIsNotAndAPositionNotYetRead) {
  sen::v1::ListBoardRequest request;
  request.set_stage("waiting");
  EXPECT_EQ(Reason(ListBoard(reading, As("senco"), request)), "FIELD_INVALID");
  request.clear_stage();
  request.mutable_min_position()->set_position(1);
  EXPECT_EQ(Reason(ListBoard(reading, As("senco"), request)), "READ_MODEL_BEHIND");
  request.mutable_min_position()->set_shard(kShards);
  EXPECT_EQ(Reason(ListBoard(reading, As("senco"), request)), "FIELD_INVALID");
}

}  // namespace
}  // namespace apdr::views
