#include "services/views/indicators.h"

#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "services/views/counts.h"
#include "tests/unit/views/view_fixture.h"

namespace apdr::views {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string Text(const sen::v1::Share& share) {
  return absl::StrCat(share.part(), "/", share.whole());
}

std::vector<std::string> Texts(const ValueCounts& counts) {
  std::vector<std::string> texts;
  for (const auto& count : counts) texts.push_back(absl::StrCat(count.value(), "x", count.count()));
  return texts;
}

class IndicatorsTest : public apdr::testing::ViewFixture {
 protected:
  sen::v1::ListIndicatorsResponse Indicators(const sen::v1::ListIndicatorsRequest& request = {}) {
    Fold();
    const auto reply = ListIndicators(reading, As("inspector"), request);
    return Ok(reply);
  }
  sen::v1::SettingIndicators OfSchool(const std::string& from = "", const std::string& until = "") {
    sen::v1::ListIndicatorsRequest request;
    request.set_from(from);
    request.set_until(until);
    request.set_setting_id(kSchool);
    const auto response = Indicators(request);
    return response.settings().empty() ? sen::v1::SettingIndicators() : response.settings(0);
  }

  void PlayACycle(int number) {
    StartSenSupport(number);
    AgreePlan(number, [](sen::v1::PlanContent& plan) {
      for (auto& provision : *plan.mutable_provisions()) {
        provision.mutable_frequency()->set_times_per_week(3);
        provision.mutable_frequency()->set_weeks(5);
      }
    });
    HoldReview(number);
  }
};

TEST_F(IndicatorsTest, CountACycle) {
  PlayACycle(1);

  const sen::v1::SettingIndicators school = OfSchool();

  EXPECT_EQ(school.setting_id(), kSchool);
  EXPECT_EQ(Text(school.reviews_on_time()), "0/1");
  EXPECT_THAT(Texts(school.days_late()), ElementsAre("3x1"));
  EXPECT_EQ(Text(school.plans_agreed()), "1/1");
  EXPECT_EQ(Text(school.child_voice()), "1/1");
  EXPECT_THAT(Texts(school.days_to_support()), ElementsAre("28x1"));  // 6 October, 3 November.
  EXPECT_EQ(Text(school.sessions_delivered()), "2/30");
  ASSERT_THAT(school.outcomes(), SizeIs(1));
  EXPECT_EQ(school.outcomes(0).cycle(), 1U);
  EXPECT_EQ(school.outcomes(0).achieved().whole(), 2U);
  EXPECT_EQ(Text(school.families_below_three_meetings()), "1/1");
  EXPECT_EQ(Text(school.without_plan()), "0/1");
}

TEST_F(IndicatorsTest, CountWhatHappenedInThePeriod) {
  PlayACycle(1);
  EXPECT_EQ(Text(OfSchool("2025-12-15", "2025-12-15").reviews_on_time()), "0/1");
  EXPECT_EQ(Text(OfSchool("2025-12-16").reviews_on_time()), "0/0");
  EXPECT_EQ(Text(OfSchool("", "2025-12-14").reviews_on_time()), "0/0");
  EXPECT_EQ(Text(OfSchool("2025-11-01", "2025-11-30").plans_agreed()), "0/0");
  EXPECT_EQ(Text(OfSchool("2025-11-01", "2025-11-30").sessions_delivered()), "2/30");
}

TEST_F(IndicatorsTest, CountPlansThatTheFamilyDidNotAgreeTo) {
  StartSenSupport(1);
  AgreePlan(1);
  sen::v1::PlanIssuedWithoutAgreement issued;
  issued.mutable_plan()->set_plan_id("PLAN-9");
  Append(1, "2025-11-05", issued);
  EXPECT_EQ(Text(OfSchool().plans_agreed()), "1/2");
}

TEST_F(IndicatorsTest, CountMeetingsOfTheAcademicYear) {
  StartSenSupport(1);
  for (const char* on : {"2025-11-04", "2025-12-02", "2026-01-13"}) {
    Send<sen::v1::RecordParentMeeting>(1, on);
  }
  EXPECT_EQ(Text(OfSchool().families_below_three_meetings()), "0/1");
  EXPECT_EQ(Text(OfSchool("", "2026-09-01").families_below_three_meetings()), "1/1");
}

TEST_F(IndicatorsTest, CountWaitsEscalationsAndEnds) {
  PlayACycle(1);
  Send<sen::v1::RequestSpecialist>(1, "2025-12-16");
  EXPECT_EQ(OfSchool().specialists_awaited(), 1U);
  Send<sen::v1::RecordSpecialistAdvice>(1, "2026-01-13");
  Send<sen::v1::RequestEhcAssessment>(1, "2026-01-14");
  Send<sen::v1::EndSenSupport>(1, "2026-01-15",
                               {.departures = {"END_WITHOUT_REVIEW", "END_PARENT_NOT_INFORMED",
                                               "SUPPORT_DECISION_INCONSISTENT"}});

  const sen::v1::SettingIndicators school = OfSchool();

  EXPECT_THAT(Texts(school.specialist_wait_days()), ElementsAre("28x1"));
  EXPECT_EQ(school.specialists_awaited(), 0U);
  EXPECT_THAT(Texts(school.cycles_until_escalated()), ElementsAre("1x1"));
  EXPECT_THAT(Texts(school.cycles_until_ended()), ElementsAre("1x1"));
  EXPECT_EQ(Text(school.without_plan()), "0/0");
}

TEST_F(IndicatorsTest, CountDeparturesByRule) {
  Register(1);
  Send<sen::v1::StartSenSupport>(1, "2025-09-10", {.departures = {"PRE_SUPPORT_MISSING"}});
  const auto school = OfSchool();
  ASSERT_THAT(school.departures(), SizeIs(1));
  EXPECT_EQ(school.departures(0).code(), "PRE_SUPPORT_MISSING");
  EXPECT_EQ(Text(school.without_plan()), "1/1");
  EXPECT_THAT(OfSchool("2025-09-11").departures(), IsEmpty());
}

TEST_F(IndicatorsTest, CountWhereItHappenedAndWhereTheChildIsNow) {
  PlayACycle(1);
  Fold();
  Move();
  const auto response = Indicators();
  ASSERT_THAT(response.settings(), SizeIs(2));
  for (const auto& setting : response.settings()) {
    const bool then = setting.setting_id() == kSchool;
    EXPECT_EQ(Text(setting.reviews_on_time()), then ? "0/1" : "0/0");
    EXPECT_EQ(Text(setting.without_plan()), then ? "0/0" : "0/1");
  }
  Erase(1);
  EXPECT_THAT(Indicators().settings(), IsEmpty());
}

TEST_F(IndicatorsTest, AddUpOverPages) {
  for (int number = 1; number <= 3; ++number) PlayACycle(number);
  sen::v1::ListIndicatorsRequest request;
  request.set_page_size(1);
  sen::v1::SettingIndicators sum;
  sum.set_setting_id(kSchool);
  do {
    const auto page = Indicators(request);
    for (const auto& setting : page.settings()) Add(sum, setting);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(sum.SerializeAsString(), Indicators().settings(0).SerializeAsString());
  EXPECT_EQ(Text(sum.sessions_delivered()), "6/90");
}

TEST_F(IndicatorsTest, RefuseWhatIsNoDateAndWhoGetsNoLists) {
  sen::v1::ListIndicatorsRequest request;
  request.set_until("2025");
  EXPECT_EQ(Reason(ListIndicators(reading, As("head"), request)), "FIELD_INVALID");
  EXPECT_EQ(Reason(ListIndicators(reading, As("parent"), {})), "NOT_AUTHORISED");
}

}  // namespace
}  // namespace apdr::views
