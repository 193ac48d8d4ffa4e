#include "services/sink/case_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "apdr/options/v1/options.pb.h"
#include "apdr/sen/state/v1/copy_state.pb.h"
#include "services/views/departures.h"
#include "services/views/provision_map.h"
#include "tests/unit/sink/sink_fixture.h"
#include "tests/unit/views/view_fixture.h"

namespace apdr::sink {
namespace {

using apdr::testing::MemoryTarget;
using apdr::testing::SinkDisk;
using apdr::testing::SinkProcess;
using sen::state::v1::CaseCopy;
using sen::state::v1::CopiedCycle;
using sen::state::v1::CopiedEvent;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class CaseCopyTest : public apdr::testing::ViewFixture {
 protected:
  void Copy(Identifiers identifiers = Identifiers::kLeftOut) {
    target.Close();
    SinkProcess(workflow, source, target, disks[identifiers],
                {.identifiers = identifiers, .shard_count = kShards})
        .RunUntilIdle();
  }
  CaseCopy CopyOf(int number = 1) {
    CaseCopy copy;
    copy.ParseFromString(target.content.cases.at(Case(number)));
    return copy;
  }
  std::vector<CopiedEvent> Events() {
    std::vector<CopiedEvent> events;
    for (const auto& [key, bytes] : target.content.events) {
      events.emplace_back().ParseFromString(bytes);
    }
    return events;
  }
  // Everything that was copied, as one text.
  std::string Everything() {
    std::string text = CopyOf().ShortDebugString();
    for (const CopiedEvent& event : Events()) text += event.ShortDebugString();
    return text;
  }

  void AssignNumber() {
    Send<sen::v1::AssignIdentifier>(1, "2025-09-03", {.edit = [](auto& command) {
                                      auto& identifier = *command.mutable_identifier();
                                      identifier.set_type(sen::v1::IDENTIFIER_TYPE_LOCAL);
                                      identifier.set_value("NUMBER-4711");
                                    }});
  }

  // An event of a type that this program does not know: the case is set aside there.
  CaseVersion AppendUnknown(int number) {
    event::v1::Event event;
    event.set_event_id("from-the-future");
    event.set_tenant_id("t1");
    event.set_case_id(Id(number));
    event.set_version(desk.state(Case(number)).version.value() + 1);
    event.set_occurred_on("2025-10-08");
    event.mutable_data()->set_type_url("type.googleapis.com/apdr.sen.v1.FromTheFuture");
    const CaseVersion version(event.version());
    apdr::testing::AppendBytes(store, Case(number), version, event.SerializeAsString());
    return version;
  }
  void AppendErasedBehindIt(int number) {
    event::v1::Event event;
    event.set_event_id("erased");
    event.set_tenant_id("t1");
    event.set_case_id(Id(number));
    event.set_version(desk.state(Case(number)).version.value() + 2);
    event.set_occurred_on("2025-10-08");
    event.mutable_data()->PackFrom(sen::v1::RecordErased());
    apdr::testing::AppendBytes(store, Case(number), CaseVersion(event.version()),
                               event.SerializeAsString());
  }

  MemoryTarget target;
  std::map<Identifiers, SinkDisk> disks;
};

TEST_F(CaseCopyTest, TellsACycleFromAssessmentToReview) {
  StartSenSupport();
  AgreePlan();
  HoldReview();
  Copy();

  const CaseCopy copy = CopyOf();
  ASSERT_THAT(copy.cases(), SizeIs(1));
  EXPECT_EQ(copy.cases(0).setting_id(), kSchool);
  EXPECT_EQ(copy.cases(0).provision(), "K");
  EXPECT_EQ(copy.cases(0).nc_year(), "4");
  EXPECT_EQ(copy.cases(0).registered_on(), "2025-09-02");
  EXPECT_EQ(copy.cases(0).concern_raised_on(), "2025-09-08");
  EXPECT_EQ(copy.cases(0).sen_support_started_on(), "2025-10-06");
  const CopiedCycle& cycle = copy.cycles(0);
  EXPECT_EQ(cycle.cycle(), 1U);
  EXPECT_EQ(cycle.assessment_started_on(), "2025-10-08");
  EXPECT_EQ(cycle.assessed_on(), "2025-10-15");
  EXPECT_EQ(cycle.plan_on(), "2025-10-22");
  EXPECT_TRUE(cycle.agreed_with_family());
  EXPECT_EQ(cycle.support_started_on(), "2025-11-03");
  EXPECT_EQ(cycle.review_on(), "2025-12-12");
  EXPECT_EQ(cycle.reviewed_on(), "2025-12-15");
  EXPECT_EQ(cycle.days_late(), 3U);
  EXPECT_TRUE(cycle.child_heard());
  EXPECT_EQ(cycle.completed_on(), "2025-12-15");
  EXPECT_EQ(copy.provisions(0).sessions_delivered(), 2U);
  EXPECT_EQ(copy.provisions(0).minutes_delivered(), 40U);
  EXPECT_EQ(copy.provisions(0).times_not_delivered(), 1U);
  EXPECT_EQ(copy.outcomes(0).reviewed_on(), "2025-12-15");
}

TEST_F(CaseCopyTest, NamesNobody) {
  Register();
  AssignNumber();
  Send<sen::v1::RaiseConcern>(1, "2025-09-08");
  Copy();

  const sen::CaseState& record = sen::CaseOf(desk.state(Case()));
  const std::string everything = Everything();
  for (const std::string& secret : {std::string("Ami"), std::string("Khan"), std::string("NUMBER"),
                                    record.date_of_birth(), record.parents(0).person_id()}) {
    EXPECT_THAT(everything, Not(HasSubstr(secret)));
  }
}

// The dates of these timers are the birthday, or tell its year.
TEST_F(CaseCopyTest, LeavesOutWhatCountsFromTheDateOfBirth) {
  StartSenSupport();
  Copy();
  const CaseCopy copy = CopyOf();
  ASSERT_THAT(copy.deadlines(), Not(IsEmpty()));
  for (const auto& deadline : copy.deadlines()) {
    EXPECT_NE(deadline.timer(), "T17");
    EXPECT_NE(deadline.timer(), "T18");
  }
}

// But for the two that are meant to be there, no column is of a field that holds personal data.
TEST_F(CaseCopyTest, HasNoSensitiveColumnsButTypesOfNeedAndIdentifiers) {
  std::vector<std::string> sensitive;
  for (int i = 0; i < CaseCopy::descriptor()->field_count(); ++i) {
    const auto& row = *CaseCopy::descriptor()->field(i)->message_type();
    for (int j = 0; j < row.field_count(); ++j) {
      if (row.field(j)->options().GetExtension(options::v1::sensitive)) {
        sensitive.push_back(row.field(j)->full_name());
      }
    }
  }
  EXPECT_THAT(sensitive, ::testing::ElementsAre("apdr.sen.state.v1.CopiedNeed.sen_type",
                                                "apdr.sen.state.v1.CopiedIdentifier.value"));
}

TEST_F(CaseCopyTest, CopiesIdentifiersOnlyWhenToldTo) {
  Register();
  AssignNumber();
  Copy();
  EXPECT_THAT(CopyOf().identifiers(), IsEmpty());
  Copy(Identifiers::kCopied);
  EXPECT_EQ(CopyOf().identifiers(0).value(), "NUMBER-4711");
  Copy(Identifiers::kLeftOut);
  EXPECT_THAT(CopyOf().identifiers(), IsEmpty());
}

TEST_F(CaseCopyTest, HoldsIdsOfStaffAndOnlyRolesOfTheFamily) {
  Register();
  Send<sen::v1::RaiseConcern>(1, "2025-09-08", {.role = "parent"});
  Copy();
  const std::vector<CopiedEvent> events = Events();
  EXPECT_EQ(events.front().actor_id(), "p-17");
  EXPECT_EQ(events.back().actor_role(), "parent");
  EXPECT_EQ(events.back().actor_id(), "");
  EXPECT_EQ(events.back().occurred_on(), "2025-09-08");
  EXPECT_EQ(events.back().event_type(), "apdr.sen.v1.ConcernRaised");
}

TEST_F(CaseCopyTest, HasNothingOfAnErasedRecordAndNothingThatFollows) {
  StartSenSupport(1);
  StartSenSupport(2);
  Copy();
  Erase(1);
  Copy();
  EXPECT_FALSE(target.content.cases.contains(Case(1)));
  for (const auto& [key, event] : target.content.events) EXPECT_EQ(key.first, Case(2));
  EXPECT_TRUE(target.content.cases.contains(Case(2)));

  SinkDisk fresh;  // A fold of the whole log never shows it either.
  MemoryTarget again;
  SinkProcess(workflow, source, again, fresh, {.shard_count = kShards, .batch_records_max = 1})
      .RunUntilIdle();
  EXPECT_EQ(again.content, target.content);
}

TEST_F(CaseCopyTest, HasNothingOfARecordErasedWhileItWasSetAside) {
  StartSenSupport(1);
  AppendUnknown(1);
  Copy();
  EXPECT_TRUE(CopyOf().cases(0).stale());
  AppendErasedBehindIt(1);
  Copy();
  EXPECT_THAT(target.content.cases, IsEmpty());
  EXPECT_THAT(target.content.events, IsEmpty());
}

// A newer program knows the event that had the case set aside, and folds what waited, in pieces.
TEST_F(CaseCopyTest, ShowsNothingOfAnErasedRecordThatIsFoldedAtLast) {
  StartSenSupport(1);
  const CaseVersion unknown = AppendUnknown(1);
  AppendErasedBehindIt(1);
  Copy();
  readmodel::ReadModel& model_of_sink = *disks[Identifiers::kLeftOut].model;
  const std::string key = projection::ChronologyKey(Case(1), unknown);
  event::v1::Event known;
  ASSERT_TRUE(known.ParseFromString(*model_of_sink.Get(key).value()));
  known.mutable_data()->PackFrom(sen::v1::TeamNoteRecorded());
  ASSERT_TRUE(model_of_sink
                  .Apply({.puts = {{.key = key, .value = known.SerializeAsString()}},
                          .deletes = {},
                          .progress = {}})
                  .ok());

  target.Close();
  SinkProcess process(workflow, source, target, disks[Identifiers::kLeftOut],
                      {.shard_count = kShards, .batch_records_max = 1});
  for (int step = 0; step < 5; ++step) {
    ASSERT_TRUE(process.Step().ok());
    EXPECT_THAT(target.content.cases, IsEmpty());
  }
}

TEST_F(CaseCopyTest, FollowsACorrection) {
  Register();
  Copy();
  CorrectRegistration(1, "registration.nc_year", "5");
  Copy();
  EXPECT_EQ(CopyOf().cases(0).nc_year(), "5");
}

TEST_F(CaseCopyTest, KeepsAMovedChildAndWhatHappenedWhere) {
  StartSenSupport();
  AgreePlan();
  Move();
  Copy();
  EXPECT_NE(CopyOf().cases(0).setting_id(), kSchool);
  EXPECT_EQ(CopyOf().cycles(0).setting_id(), kSchool);
}

TEST_F(CaseCopyTest, MeansSomethingElseWhenTheDefinitionOrAViewFoldedIntoItDoes) {
  const std::string meaning = CopyMeaning(workflow, Identifiers::kLeftOut);
  for (const views::View& view : {views::ProvisionMapView(), views::DeparturesView()}) {
    EXPECT_THAT(meaning, HasSubstr(absl::StrCat(" ", view.name, "@", view.version)));
  }
  sen::Policy policy = sen::Code2015();
  policy.roles.push_back("librarian");
  const sen::SenModule other(policy);
  EXPECT_NE(CopyMeaning(core::Workflow(other), Identifiers::kLeftOut), meaning);
}

TEST_F(CaseCopyTest, SaysThatACaseIsStale) {
  StartSenSupport();
  SinkProcess process(workflow, source, target, disks[Identifiers::kLeftOut],
                      {.shard_count = kShards});
  process.RunUntilIdle();
  EXPECT_EQ(process.lacking().cases_set_aside, 0U);
  AppendUnknown(1);
  process.RunUntilIdle();
  EXPECT_EQ(process.lacking().cases_set_aside, 1U);
  EXPECT_THAT(process.trouble(), IsEmpty());
}

}  // namespace
}  // namespace apdr::sink
