#include "services/exports/roll.h"

#include <gmock/gmock.h>

#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "services/exports/census.h"
#include "services/projection/rows/row_keys.h"
#include "tests/unit/exports/export_fixture.h"

namespace apdr::exports {
namespace {

using apdr::testing::ExportFixture;
using apdr::testing::On;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RollTest : public ExportFixture {
 protected:
  // "1 K", "2 N": who is on the roll on a day, by the number of the case.
  std::vector<std::string> RollOn(const std::string& on, const std::string& setting_id = "") {
    Roll roll{.tenant = TenantId("t1"), .setting_id = setting_id, .moment = {.as_at = On(on)}};
    return Read(roll);
  }
  std::vector<std::string> RollNow(const std::string& setting_id = "") {
    Roll roll{.tenant = TenantId("t1"), .setting_id = setting_id, .moment = {}, .is_now = true};
    std::vector<std::string> found = Read(roll);
    if (!setting_id.empty()) {
      roll.by_setting = true;
      EXPECT_EQ(Read(roll), found) << "the setting's index says otherwise";
    }
    return found;
  }

  void End(int number, sen::v1::EndReason reason) {
    Send<sen::v1::EndSenSupport>(
        Case(number), "2026-02-02",
        {.edit =
             [&](sen::v1::EndSenSupport& command) { command.mutable_end()->set_reason(reason); },
         .role = "senco",
         .recorded_on = "",
         .departures = {"END_WITHOUT_REVIEW"}});
  }

 private:
  std::vector<std::string> Read(const Roll& roll) {
    Fold();
    const RollReader rolls(model, workflow);
    const projection::KeySpan span = roll.Span();
    const auto rows = model.Scan({.begin = span.begin, .end = span.end, .limit = 100});
    std::vector<std::string> found;
    for (const readmodel::Row& row : *rows) {
      const auto entry = rolls.Read(roll, row);
      EXPECT_TRUE(entry.ok()) << entry.status();
      const std::string number =
          entry->case_id.value().empty() ? "" : std::string(1, entry->case_id.value().back());
      if (entry->place == OnRoll::Place::kOnRoll) {
        found.push_back(absl::StrCat(number, " ", CodeOf(entry->record.provision())));
      }
      if (entry->place == OnRoll::Place::kErased) found.push_back(number + " erased");
    }
    return found;
  }
};

TEST_F(RollTest, HasAChildFromTheRegistrationOn) {
  Register(1);
  EXPECT_THAT(RollOn("2025-09-01"), IsEmpty());
  EXPECT_THAT(RollOn("2025-09-02"), ElementsAre("1 N"));
  EXPECT_THAT(RollNow(), ElementsAre("1 N"));
}

TEST_F(RollTest, SaysKFromTheDayOnWhichSupportStarted) {
  Register(1);
  StartSupport(1);
  EXPECT_THAT(RollOn("2025-10-05"), ElementsAre("1 N"));
  EXPECT_THAT(RollOn("2025-10-06"), ElementsAre("1 K"));
  EXPECT_THAT(RollNow("URN:199001"), ElementsAre("1 K"));
  EXPECT_THAT(RollNow("URN:199002"), IsEmpty());
}

TEST_F(RollTest, SaysNAfterSupportEndedSinceNeedsAreMet) {
  Register(1);
  StartSupport(1);
  End(1, sen::v1::END_REASON_NEEDS_MET);
  EXPECT_THAT(RollOn("2026-02-01"), ElementsAre("1 K"));
  EXPECT_THAT(RollOn("2026-02-02"), ElementsAre("1 N"));
  EXPECT_THAT(RollNow("URN:199001"), ElementsAre("1 N"));
}

TEST_F(RollTest, LosesAChildWhoLeftTheSetting) {
  Register(1);
  StartSupport(1);
  End(1, sen::v1::END_REASON_LEFT_SETTING);
  EXPECT_THAT(RollOn("2026-02-01"), ElementsAre("1 K"));
  EXPECT_THAT(RollOn("2026-02-02"), IsEmpty());
  EXPECT_THAT(RollNow(), IsEmpty());
}

TEST_F(RollTest, SaysEOnceThePlanIsIssuedAndSupportEnded) {
  Register(1);
  StartSupport(1);
  Send<sen::v1::RequestEhcAssessment>(Case(1), "2026-01-12");
  const With<sen::v1::RecordEhcPlan> plan{.role = "la-send-officer"};
  Send<sen::v1::RecordEhcPlan>(Case(1), "2026-02-02", plan);
  End(1, sen::v1::END_REASON_EHC_PLAN_ISSUED);
  EXPECT_THAT(RollOn("2026-01-12"), ElementsAre("1 K"));
  EXPECT_THAT(RollOn("2026-02-02"), ElementsAre("1 E"));
  EXPECT_THAT(RollNow(), ElementsAre("1 E"));
}

TEST_F(RollTest, FollowsAChildFromSettingToSetting) {
  Register(1);
  StartSupport(1);
  Send<sen::v1::TransferChild>(Case(1), "2026-01-12");
  Send<sen::v1::SendTransferPackage>(Case(1), "2026-01-14");
  Send<sen::v1::AcceptTransfer>(Case(1), "2026-01-19");
  EXPECT_THAT(RollOn("2026-01-11", "URN:199001"), ElementsAre("1 K"));
  EXPECT_THAT(RollOn("2026-01-11", "URN:199002"), IsEmpty());
  EXPECT_THAT(RollOn("2026-01-15"), IsEmpty());
  EXPECT_THAT(RollOn("2026-01-19", "URN:199001"), IsEmpty());
  EXPECT_THAT(RollOn("2026-01-19", "URN:199002"), ElementsAre("1 K"));
  EXPECT_THAT(RollNow("URN:199002"), ElementsAre("1 K"));
}

TEST_F(RollTest, LosesAChildWhoseCaseIsClosed) {
  Register(1);
  Send<sen::v1::CloseCase>(Case(1), "2026-01-12");
  EXPECT_THAT(RollOn("2026-01-11"), ElementsAre("1 N"));
  EXPECT_THAT(RollOn("2026-01-12"), IsEmpty());
  EXPECT_THAT(RollNow(), IsEmpty());
}

TEST_F(RollTest, NamesAnErasedRecordAndNothingOfIt) {
  Register(1);
  sen::v1::RecordErased erased;
  erased.mutable_erasure()->set_basis("retention");
  Append(Case(1), "2026-01-12", erased);
  EXPECT_THAT(RollOn("2025-09-02"), ElementsAre("1 erased"));
  EXPECT_THAT(RollNow(), ElementsAre("1 erased"));
  EXPECT_THAT(RollNow("URN:199009"), IsEmpty());
}

TEST_F(RollTest, KnowsWhatAChildWasRegisteredWithAsCorrected) {
  Register(1, [](sen::v1::Registration& registration) { registration.set_sex("M"); });
  Fold();
  const RollReader rolls(model, workflow);
  const Roll now{.tenant = TenantId("t1"), .setting_id = "", .moment = {}, .is_now = true};
  const auto before = rolls.ReadRegistration(now, Case(1).case_id);
  ASSERT_TRUE(before.ok() && before->has_value());
  EXPECT_EQ((*before)->sex(), "M");

  const auto row = model.Get(projection::ChronologyKey(Case(1), CaseVersion(1)));
  event::v1::Event registered;
  ASSERT_TRUE(registered.ParseFromString(**row));
  sen::v1::RecordCorrected corrected;
  corrected.mutable_correction()->set_target_event_id(registered.event_id());
  corrected.mutable_correction()->set_field("registration.sex");
  corrected.mutable_correction()->set_new_value("F");
  Append(Case(1), "2026-01-12", corrected);
  Fold();

  const auto after = rolls.ReadRegistration(now, Case(1).case_id);
  ASSERT_TRUE(after.ok() && after->has_value());
  EXPECT_EQ((*after)->sex(), "F");
}

}  // namespace
}  // namespace apdr::exports
