#include "services/views/departures.h"

#include "tests/unit/views/view_fixture.h"

namespace apdr::views {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DeparturesTest : public apdr::testing::ViewFixture {
 protected:
  // SEN Support without trying adapted teaching first.
  void Depart(int number, std::string_view on) {
    Register(number);
    Send<sen::v1::StartSenSupport>(number, on, {.departures = {"PRE_SUPPORT_MISSING"}});
  }

  sen::v1::ListDeparturesResponse Departures(const sen::v1::ListDeparturesRequest& request = {},
                                             const std::string& role = "senco") {
    Fold();
    const auto reply = ListDepartures(reading, As(role), request);
    return Ok(reply);
  }

  std::vector<std::string> Dates(const sen::v1::ListDeparturesRequest& request) {
    std::vector<std::string> dates;
    const auto response = Departures(request);
    for (const auto& row : response.rows()) dates.push_back(row.occurred_on());
    return dates;
  }
};

TEST_F(DeparturesTest, SaysWhichRuleWhyWhoWhereAndWhen) {
  Depart(1, "2025-09-10");

  const auto response = Departures();

  ASSERT_THAT(response.rows(), SizeIs(1));
  const sen::v1::DepartureRow& row = response.rows(0);
  EXPECT_EQ(row.rule_code(), "PRE_SUPPORT_MISSING");
  EXPECT_EQ(row.reason(), "There was no other way on that day.");
  EXPECT_EQ(row.decided_by(), "p-17");
  EXPECT_EQ(row.case_id(), Id());
  EXPECT_EQ(row.setting_id(), kSchool);
  EXPECT_EQ(row.occurred_on(), "2025-09-10");
  EXPECT_EQ(row.event_type(), "apdr.sen.v1.SenSupportStarted");
  EXPECT_EQ(Departures({}, "la-send-officer").rows(0).reason(), "");
}

TEST_F(DeparturesTest, AreFilteredByRuleSettingAndDates) {
  Depart(1, "2025-09-10");
  Depart(2, "2025-10-01");
  Depart(3, "2025-11-12");
  for (const char* setting : {"", kSchool}) {
    sen::v1::ListDeparturesRequest request;
    request.set_setting_id(setting);
    EXPECT_THAT(Dates(request), ElementsAre("2025-09-10", "2025-10-01", "2025-11-12"));
    request.set_from("2025-10-01");
    EXPECT_THAT(Dates(request), ElementsAre("2025-10-01", "2025-11-12"));
    request.set_until("2025-10-01");
    EXPECT_THAT(Dates(request), ElementsAre("2025-10-01"));
    request.set_rule_code("PARENT_VIEWS_MISSING");
    EXPECT_THAT(Dates(request), IsEmpty());
  }
  sen::v1::ListDeparturesRequest request;
  request.set_from("yesterday");
  EXPECT_EQ(Reason(ListDepartures(reading, As("senco"), request)), "FIELD_INVALID");
  EXPECT_EQ(Reason(ListDepartures(reading, As("child"), {})), "NOT_AUTHORISED");
}

TEST_F(DeparturesTest, StayWithTheSettingOfThenAndVanishWithTheRecord) {
  Depart(1, "2025-09-10");
  Fold();
  Move();
  ASSERT_THAT(Departures().rows(), SizeIs(1));
  EXPECT_EQ(Departures().rows(0).setting_id(), kSchool);
  Erase(1);
  EXPECT_THAT(Departures().rows(), IsEmpty());
}

}  // namespace
}  // namespace apdr::views
