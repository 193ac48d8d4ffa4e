#include "services/notify/escalation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/review.pb.h"

namespace apdr::notify {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

event::v1::Event AnOverdueReview() {
  sen::v1::ReviewOverdue overdue;
  overdue.set_level(2);
  overdue.add_to("senco");
  overdue.add_to("head");
  event::v1::Event event;
  event.set_deadline_fired("T08:2026-02-06:2");
  event.mutable_data()->PackFrom(overdue);
  return event;
}

TEST(ReadEscalation, ReadsLevelAndRolesOfAReminder) {
  const Escalation escalation = ReadEscalation(AnOverdueReview());
  EXPECT_EQ(escalation.level, 2U);
  EXPECT_THAT(escalation.to, ElementsAre("head", "senco"));
}

TEST(ReadEscalation, ReadsNothingOfOtherEventsOrOfWhatDoesNotRead) {
  event::v1::Event event = AnOverdueReview();
  event.clear_deadline_fired();
  EXPECT_THAT(ReadEscalation(event).to, IsEmpty());
  event = AnOverdueReview();
  event.mutable_data()->set_value("\xff\xff");
  EXPECT_THAT(ReadEscalation(event).to, IsEmpty());
  event = AnOverdueReview();
  event.set_key_id("sealed");
  EXPECT_EQ(ReadEscalation(event).level, 0U);
}

TEST(NamesRoles, IsNotMisledByAFieldOfTheSameName) {
  EXPECT_TRUE(NamesRoles(*sen::v1::ReviewOverdue::descriptor()));
  EXPECT_FALSE(NamesRoles(*sen::v1::ReviewDateChanged::descriptor()));
  EXPECT_FALSE(NamesRoles(*sen::v1::PlanAgreed::descriptor()));
}

}  // namespace
}  // namespace apdr::notify
