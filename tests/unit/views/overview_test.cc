#include "services/views/overview.h"

#include "tests/unit/views/view_fixture.h"

namespace apdr::views {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> Texts(
    const google::protobuf::RepeatedPtrField<sen::v1::CodeCount>& counts) {
  std::vector<std::string> texts;
  for (const auto& count : counts) texts.push_back(absl::StrCat(count.code(), " ", count.count()));
  return texts;
}

class OverviewTest : public apdr::testing::ViewFixture {
 protected:
  sen::v1::ListOverviewResponse Overview(const sen::v1::ListOverviewRequest& request = {}) {
    Fold();
    const auto reply = ListOverview(reading, As("la-send-officer"), request);
    return Ok(reply);
  }
};

TEST_F(OverviewTest, CountsByStageProvisionNeedAndWhatIsLate) {
  Register(1);
  StartSenSupport(2);
  StartSenSupport(3);
  AgreePlan(3);

  const auto response = Overview();

  ASSERT_THAT(response.settings(), SizeIs(1));
  const sen::v1::SettingOverview& school = response.settings(0);
  EXPECT_EQ(school.setting_id(), kSchool);
  EXPECT_EQ(school.children(), 3U);
  EXPECT_THAT(Texts(school.stages()), ElementsAre("do 1", "k-started 1", "none 1"));
  EXPECT_THAT(Texts(school.provisions()), ElementsAre("K 2", "N 1"));
  EXPECT_THAT(Texts(school.overdue()), ElementsAre("T03 1", "T05 1", "T06 1", "T08 1"));
  EXPECT_EQ(school.children_overdue(), 2U);
  EXPECT_EQ(school.without_plan(), 1U);
  EXPECT_EQ(school.meeting_shortfalls(), 0U);
}

TEST_F(OverviewTest, CountsMeetingsThatFellShortUntilTheyAreHeld) {
  StartSenSupport(1);
  clock.AdvanceTo(HourOf(apdr::testing::On("2026-04-02"), 12, module.definition().zone));
  EXPECT_GT(desk.FireDue(Case(1), apdr::testing::On("2026-04-02")), 0U);
  EXPECT_EQ(Overview().settings(0).meeting_shortfalls(), 1U);
  Send<sen::v1::RecordParentMeeting>(1, "2026-04-14");
  Send<sen::v1::RecordParentMeeting>(1, "2026-04-15");
  EXPECT_EQ(Overview().settings(0).meeting_shortfalls(), 0U);
}

TEST_F(OverviewTest, AddsUpOverPagesAndSettings) {
  for (int number = 1; number <= 4; ++number) StartSenSupport(number);
  Move(4);
  const auto whole = Overview();
  ASSERT_THAT(whole.settings(), SizeIs(2));

  std::map<std::string, sen::v1::SettingOverview> settings;
  sen::v1::ListOverviewRequest request;
  request.set_page_size(1);
  do {
    const auto page = Overview(request);
    for (const auto& setting : page.settings()) {
      auto& added = settings[setting.setting_id()];
      added.set_setting_id(setting.setting_id());
      Add(added, setting);
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());

  ASSERT_EQ(settings.size(), 2U);
  for (const auto& setting : whole.settings()) {
    EXPECT_EQ(settings[setting.setting_id()].SerializeAsString(), setting.SerializeAsString());
  }
}

TEST_F(OverviewTest, LeavesOutClosedAndErasedCases) {
  StartSenSupport(1);
  Send<sen::v1::CloseCase>(1, "2025-10-08");
  StartSenSupport(2);
  Erase(2);
  EXPECT_THAT(Overview().settings(), IsEmpty());
}

}  // namespace
}  // namespace apdr::views
