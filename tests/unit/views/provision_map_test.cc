#include "services/views/provision_map.h"

#include "apdr/sen/v1/leave.pb.h"
#include "tests/unit/views/view_fixture.h"

namespace apdr::views {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class ProvisionMapTest : public apdr::testing::ViewFixture {
 protected:
  // P1 costs as much; two sessions of it were given, one was missed, its outcome was achieved.
  void PlayACycle(int number, std::uint32_t pence) {
    StartSenSupport(number);
    AgreePlan(number, [&](sen::v1::PlanContent& plan) {
      auto& first = *plan.mutable_provisions(0);
      first.set_title("Reading recovery");
      first.set_cost_pence(pence);
      first.mutable_frequency()->set_times_per_week(3);
      first.mutable_frequency()->set_minutes(20);
      plan.mutable_provisions(1)->set_cost_pence(0);
    });
    HoldReview(number);
  }

  sen::v1::ListProvisionsResponse Provisions(const sen::v1::ListProvisionsRequest& request = {}) {
    Fold();
    const auto reply = ListProvisions(reading, As("la-send-officer"), request);
    return Ok(reply);
  }

  sen::v1::ProvisionSum Sum(const std::string& title) {
    Fold();
    const auto reply = ListProvisionSums(reading, As("head"), {});
    for (const auto& sum : Ok(reply).sums()) {
      if (sum.title() == title) return sum;
    }
    return {};
  }
};

TEST_F(ProvisionMapTest, ShowsWhatIsPlannedDeliveredPaidAndAchieved) {
  PlayACycle(1, 12345);

  const auto response = Provisions();

  ASSERT_THAT(response.rows(), SizeIs(2));
  const sen::v1::ProvisionRow& row = response.rows(0);
  EXPECT_EQ(row.setting_id(), kSchool);
  EXPECT_EQ(row.case_id(), Id());
  EXPECT_EQ(row.provision_id(), "P1");
  EXPECT_EQ(row.title(), "Reading recovery");
  EXPECT_EQ(row.cycle(), 1U);
  EXPECT_TRUE(row.in_force());  // Until the next is agreed.
  EXPECT_NE(row.kind(), sen::v1::PROVISION_KIND_UNSPECIFIED);
  EXPECT_NE(row.layer(), sen::v1::PROVISION_LAYER_UNSPECIFIED);
  EXPECT_EQ(row.frequency().times_per_week(), 3U);
  EXPECT_EQ(row.sessions_delivered(), 2U);
  EXPECT_EQ(row.minutes_delivered(), 40U);
  EXPECT_EQ(row.not_delivered(), 1U);
  EXPECT_EQ(row.cost_pence(), 12345U);
  EXPECT_EQ(row.child_cost_pence(), 12345U);
  EXPECT_FALSE(row.above_threshold());
  EXPECT_EQ(row.effect().achieved() + row.effect().being_achieved() + row.effect().not_achieved() +
                row.effect().no_longer_relevant(),
            1U);
}

TEST_F(ProvisionMapTest, ComparesTheCostOfAChildWithTheThreshold) {
  PlayACycle(1, kThresholdPence);
  PlayACycle(2, kThresholdPence + 1);
  EXPECT_EQ(Sum("Reading recovery").above_threshold(), 1U);
}

TEST_F(ProvisionMapTest, AddsUpByTitle) {
  PlayACycle(1, 1000);
  PlayACycle(2, 500);

  const sen::v1::ProvisionSum sum = Sum("Reading recovery");

  EXPECT_EQ(sum.rows(), 2U);
  EXPECT_EQ(sum.in_force(), 2U);
  EXPECT_EQ(sum.sessions_a_week(), 6U);
  EXPECT_EQ(sum.minutes_a_week(), 120U);
  EXPECT_EQ(sum.sessions_delivered(), 4U);
  EXPECT_EQ(sum.not_delivered(), 2U);
  EXPECT_EQ(sum.cost_pence(), 1500U);
  sen::v1::ProvisionSum twice = sum;
  Add(twice, sum);
  EXPECT_EQ(twice.cost_pence(), 3000U);
  EXPECT_EQ(twice.rows(), 4U);
}

TEST_F(ProvisionMapTest, CountsWhatIsRecordedLate) {
  StartSenSupport(1);
  AgreePlan(1);
  Send<sen::v1::StartSupport>(1, "2025-11-03");
  Fold();
  Send<sen::v1::RecordDelivery>(
      1, "2025-11-07",
      {.edit = [](auto& command) { command.mutable_delivery()->set_provision_id("P2"); },
       .recorded_on = "2025-12-05"});
  EXPECT_EQ(Provisions().rows(0).sessions_delivered(), 0U);
  EXPECT_EQ(Provisions().rows(1).sessions_delivered(), 1U);
}

TEST_F(ProvisionMapTest, KeepsOnlyWhatIsInForceOnRequestAndMovesWithTheChild) {
  PlayACycle(1, 1000);
  sen::v1::ListProvisionsRequest request;
  request.set_in_force_only(true);
  EXPECT_THAT(Provisions(request).rows(), SizeIs(2));
  Send<sen::v1::EndSenSupport>(1, "2025-12-16",
                               {.departures = {"END_WITHOUT_REVIEW", "END_PARENT_NOT_INFORMED",
                                               "SUPPORT_DECISION_INCONSISTENT"}});
  EXPECT_THAT(Provisions(request).rows(), IsEmpty());
  EXPECT_THAT(Provisions().rows(), SizeIs(2));
  Move();
  request.set_in_force_only(false);
  request.set_setting_id(kSchool);
  EXPECT_THAT(Provisions(request).rows(), IsEmpty());
  EXPECT_THAT(Provisions().rows(), SizeIs(2));
  Erase(1);
  EXPECT_THAT(Provisions().rows(), IsEmpty());
  EXPECT_EQ(Reason(ListProvisions(reading, As("parent"), {})), "NOT_AUTHORISED");
}

}  // namespace
}  // namespace apdr::views
