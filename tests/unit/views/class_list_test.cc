#include "services/views/class_list.h"

#include "tests/unit/views/view_fixture.h"

namespace apdr::views {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ClassListTest : public apdr::testing::ViewFixture {
 protected:
  sen::v1::ListClassResponse Class(const sen::v1::ListClassRequest& request = {}) {
    Fold();
    const auto reply = ListClass(reading, As("teacher"), request);
    return Ok(reply);
  }
};

TEST_F(ClassListTest, ShowsProfileNeedsAndStrategies) {
  StartSenSupport();
  AgreePlan(1, [](sen::v1::PlanContent& plan) {
    plan.mutable_provisions(0)->set_title("Reading recovery");
    plan.mutable_provisions(0)->mutable_frequency()->set_times_per_week(3);
  });

  const auto response = Class();

  ASSERT_THAT(response.rows(), SizeIs(1));
  const sen::v1::ClassRow& row = response.rows(0);
  EXPECT_EQ(row.name(), "Ami");
  EXPECT_THAT(row.needs(), Not(IsEmpty()));
  EXPECT_THAT(row.important_to_me(), Not(IsEmpty()));
  EXPECT_THAT(row.how_to_support(), Not(IsEmpty()));
  ASSERT_THAT(row.strategies(), SizeIs(2));
  EXPECT_EQ(row.strategies(0).title(), "Reading recovery");
  EXPECT_EQ(row.strategies(0).frequency().times_per_week(), 3U);
  EXPECT_THAT(row.strategies(0).delivered_by(), Not(IsEmpty()));
}

TEST_F(ClassListTest, IsOfOneTeacher) {
  StartSenSupport(1);
  StartSenSupport(2);
  for (const char* setting : {"", kSchool}) {
    sen::v1::ListClassRequest request;
    request.set_setting_id(setting);
    request.set_teacher_id(sen::CaseOf(desk.state(Case(2))).responsible_teacher().person_id());
    const auto response = Class(request);
    ASSERT_THAT(response.rows(), SizeIs(1));
    EXPECT_EQ(response.rows(0).case_id(), Id(2));
  }
}

TEST_F(ClassListTest, TakesTheNewestProfile) {
  StartSenSupport();
  AgreePlan();
  Fold();
  Send<sen::v1::UpdateOnePageProfile>(1, "2025-11-05", {.edit = [](auto& command) {
                                        command.mutable_profile()->clear_important_to_me();
                                        command.mutable_profile()->add_important_to_me("My dog");
                                      }});
  EXPECT_THAT(Class().rows(0).important_to_me(), ElementsAre("My dog"));
}

TEST_F(ClassListTest, LeavesOutWhomNobodyWorriesAboutAndWhoIsGone) {
  Register(1);
  StartSenSupport(2);
  Send<sen::v1::CloseCase>(2, "2025-10-08");
  StartSenSupport(3);
  Erase(3);
  EXPECT_THAT(Class().rows(), IsEmpty());
}

TEST_F(ClassListTest, IsRefusedToThoseWhoMayNotReadAProfile) {
  for (const char* role : {"parent", "la-send-officer", "professional"}) {
    EXPECT_EQ(Reason(ListClass(reading, As(role), {})), "NOT_AUTHORISED") << role;
  }
}

}  // namespace
}  // namespace apdr::views
