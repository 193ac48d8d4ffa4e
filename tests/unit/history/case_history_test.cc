#include "services/history/case_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "engine/codec/state_codec.h"
#include "services/projection/rows/row_keys.h"
#include "services/projection/rows/row_values.h"
#include "tests/support/sen_office.h"

namespace apdr::history {
namespace {

using apdr::testing::On;
using apdr::testing::SenOffice;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace v1 = sen::v1;

// A child who is registered, and of whom concerns are raised and recorded a week late.
class CaseHistoryTest : public ::testing::Test {
 protected:
  CaseHistoryTest() {
    registered = office.Do<v1::RegisterChild>();
    office.MoveTo("2025-09-19");
    office.Do(office.Example<v1::RaiseConcern>(), "2025-09-12");
    office.MoveTo("2025-09-26");
    office.Do<v1::AdaptTeaching>();
  }

  std::optional<CaseHistory> Read(const Moment& moment) {
    office.Fold();
    auto history = ReadHistory(office.model, office.workflow, SenOffice::Case(), moment);
    EXPECT_TRUE(history.ok()) << history.status();
    return *std::move(history);
  }

  static Moment AsAt(std::string_view date) {
    Moment moment;
    moment.as_at = On(date);
    return moment;
  }
  Moment KnownOn(std::string_view date) {
    Moment moment;
    moment.known_at = HourOf(On(date), 23, office.workflow.definition().zone);
    return moment;
  }

  v1::Registration RegistrationIn(const CaseHistory& history) {
    v1::ChildRegistered event;
    EXPECT_TRUE(event.ParseFromString(history.events.front().data().value()));
    return event.registration();
  }

  void CorrectFamilyName(const std::string& name) {
    auto correct = office.Example<v1::CorrectRecord>();
    correct.mutable_correction()->set_target_event_id(registered.event_id());
    correct.mutable_correction()->set_field("registration.family_name");
    correct.mutable_correction()->set_new_value(name);
    office.Do(correct);
  }

  SenOffice office;
  event::v1::Event registered;
};

TEST_F(CaseHistoryTest, NowIsTheCaseAsItsRowSaysIt) {
  const auto history = Read({});
  ASSERT_TRUE(history.has_value());
  EXPECT_THAT(history->events, SizeIs(3));
  const auto row = office.model.Get(projection::CaseKey(SenOffice::Case()));
  ASSERT_TRUE(row.ok() && row->has_value());
  const auto view = projection::DecodeCaseView(**row);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(history->view.SerializeAsString(), view->SerializeAsString());
}

TEST_F(CaseHistoryTest, AsAtADayHoldsWhatHadHappenedHoweverLateItWasRecorded) {
  EXPECT_EQ(Read(AsAt("2025-09-11"))->view.stage(), "none");
  EXPECT_EQ(Read(AsAt("2025-09-12"))->view.stage(), "concern");
  EXPECT_EQ(Read(AsAt("2025-09-26"))->view.stage(), "adapting");
}

TEST_F(CaseHistoryTest, AsKnownAtAnInstantHoldsWhatHadBeenRecorded) {
  EXPECT_EQ(Read(KnownOn("2025-09-18"))->view.stage(), "none");
  EXPECT_EQ(Read(KnownOn("2025-09-19"))->view.stage(), "concern");
}

TEST_F(CaseHistoryTest, BothTogetherAnswerWhatWasKnownThenOfADayBefore) {
  Moment moment = KnownOn("2025-09-18");
  moment.as_at = On("2025-09-12");
  EXPECT_EQ(Read(moment)->view.stage(), "none");
  moment.known_at = KnownOn("2025-09-19").known_at;
  EXPECT_EQ(Read(moment)->view.stage(), "concern");
}

TEST_F(CaseHistoryTest, BeforeTheFirstEventThereIsNothing) {
  EXPECT_FALSE(Read(AsAt("2025-08-31")).has_value());
}

TEST_F(CaseHistoryTest, CorrectedValuesStandInPlaceOfWhatWasWrong) {
  office.MoveTo("2025-10-01");
  CorrectFamilyName("Okoye");
  office.MoveTo("2025-10-02");
  CorrectFamilyName("Okoye-Smith");
  const auto history = Read({});
  EXPECT_EQ(RegistrationIn(*history).family_name(), "Okoye-Smith");
  ASSERT_THAT(history->corrected, SizeIs(1));
  EXPECT_EQ(history->corrected.front().field, "registration.family_name");
  EXPECT_EQ(history->corrected.front().event_id, registered.event_id());
  EXPECT_EQ(history->corrected.front().correction_event_id, history->events.back().event_id());
}

TEST_F(CaseHistoryTest, WithCorrectionsTodayIsStillTheCaseAsItsRowSaysIt) {
  office.MoveTo("2025-10-01");
  CorrectFamilyName("Okoye");
  auto correct = office.Example<v1::CorrectRecord>();
  correct.mutable_correction()->set_target_event_id(registered.event_id());
  correct.mutable_correction()->set_field("registration.date_of_birth");
  correct.mutable_correction()->set_new_value("2016-01-05");
  office.Do(correct);
  const auto today = Read(AsAt("2025-10-01"));
  const auto row = office.model.Get(projection::CaseKey(SenOffice::Case()));
  ASSERT_TRUE(row.ok() && row->has_value());
  EXPECT_EQ(codec::EncodeState(office.workflow, today->state), *projection::DecodeCaseState(**row));
  EXPECT_EQ(sen::CaseOf(Read(AsAt("2025-09-02"))->state).date_of_birth(), "2016-01-05");
}

TEST_F(CaseHistoryTest, ACorrectionIsTrueOfADayBeforeItButWasNotKnownThen) {
  office.MoveTo("2025-10-01");
  CorrectFamilyName("Okoye");
  EXPECT_EQ(RegistrationIn(*Read(AsAt("2025-09-02"))).family_name(), "Okoye");
  const auto then = Read(KnownOn("2025-09-30"));
  EXPECT_EQ(RegistrationIn(*then).family_name(), "Child");
  EXPECT_THAT(then->corrected, IsEmpty());
}

TEST_F(CaseHistoryTest, AnErasedRecordHasNoHistory) {
  office.MoveTo("2049-01-01");
  office.Do<v1::EraseRecord>();
  office.Fold();
  const auto history =
      ReadHistory(office.model, office.workflow, SenOffice::Case(), AsAt("2025-09-12"));
  EXPECT_TRUE(absl::IsFailedPrecondition(history.status())) << history.status();
}

}  // namespace
}  // namespace apdr::history
