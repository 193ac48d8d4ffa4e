// What the generic readers show of SEN Support: moments, corrections, outlooks, settings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/profile.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/setting.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "engine/domains/sen_support/setting/setting.h"
#include "services/query/audit_reader.h"
#include "services/query/case_reader.h"
#include "tests/support/library_loan_domain/loan_desk.h"
#include "tests/support/sen_office.h"

namespace apdr::query {
namespace {

using apdr::testing::SenOffice;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace sv1 = sen::v1;

class SenReadingTest : public ::testing::Test {
 protected:
  SenReadingTest()
      : reader({.model = office.model,
                .workflow = office.workflow,
                .clock = office.clock,
                .shard_count = SenOffice::kShards}) {
    registered = office.Do<sv1::RegisterChild>();
    office.Do<sv1::LinkParentCarer>();
    office.Do<sv1::AssignResponsibleTeacher>();
    office.MoveTo("2025-09-12");
    office.Do<sv1::RaiseConcern>();
  }

  static host::Caller As(std::string role) {
    return {.tenant = SenOffice::Case().tenant,
            .actor_id = "p-1",
            .role = std::move(role),
            .setting_id = "",
            .on_behalf_of = "",
            .traceparent = ""};
  }

  template <class Response>
  static const Response& Ok(const Reply<Response>& reply) {
    const auto* error = std::get_if<host::ErrorReply>(&reply);
    EXPECT_EQ(error, nullptr) << error->reason << ": " << error->message;
    return std::get<Response>(reply);
  }

  v1::CommandOutlook OutlookOn(const std::string& command, const std::string& role = "senco") {
    office.Fold();
    v1::ListCommandsRequest request;
    request.set_case_id(SenOffice::Case().case_id.value());
    const auto reply = reader.ListCommands(As(role), request);
    for (const v1::CommandOutlook& outlook : Ok(reply).commands()) {
      if (outlook.command() == "apdr.sen.v1." + command) return outlook;
    }
    ADD_FAILURE() << command << " is not listed";
    return {};
  }

  static std::vector<std::string> Codes(const v1::CommandOutlook& outlook) {
    std::vector<std::string> codes;
    for (const v1::Obstacle& obstacle : outlook.obstacles()) codes.push_back(obstacle.rule_code());
    return codes;
  }

  v1::GetChronologyResponse Chronology(bool as_recorded = false) {
    office.Fold();
    v1::GetChronologyRequest request;
    request.set_case_id(SenOffice::Case().case_id.value());
    request.set_as_recorded(as_recorded);
    return Ok(reader.GetChronology(As("senco"), request));
  }

  static std::string FamilyNameIn(const v1::GetChronologyResponse& chronology) {
    sv1::ChildRegistered event;
    EXPECT_TRUE(event.ParseFromString(chronology.events(0).data().value()));
    return event.registration().family_name();
  }

  SenOffice office;
  CaseReader reader;
  event::v1::Event registered;
};

TEST_F(SenReadingTest, ACommandThatTheStageAdmitsHasNothingInItsWay) {
  const v1::CommandOutlook outlook = OutlookOn("AdaptTeaching");
  EXPECT_TRUE(outlook.admitted());
  EXPECT_THAT(Codes(outlook), IsEmpty());
}

TEST_F(SenReadingTest, AnOutlookNamesStageAndRulesAndWhetherADepartureHelps) {
  EXPECT_THAT(Codes(OutlookOn("AgreePlan")), ElementsAre("STAGE_ORDER"));
  const v1::CommandOutlook start = OutlookOn("StartSenSupport");
  ASSERT_THAT(Codes(start), ElementsAre("PRE_SUPPORT_MISSING"));
  EXPECT_FALSE(start.admitted());
  EXPECT_TRUE(start.obstacles(0).departure_possible());
  EXPECT_THAT(start.obstacles(0).fact(), HasSubstr("adapt"));
}

TEST_F(SenReadingTest, AnOutlookIsForTheCallersRole) {
  EXPECT_THAT(Codes(OutlookOn("AdaptTeaching", "parent")), ElementsAre("NOT_AUTHORISED"));
}

TEST_F(SenReadingTest, AnAssessmentThatLacksEverythingIsToldSoAtOnce) {
  office.Do<sv1::AdaptTeaching>();
  office.MoveTo("2025-10-20");
  office.Do<sv1::ReviewAdaptation>();
  office.Do<sv1::StartSenSupport>();
  office.Do<sv1::StartAssessment>();
  EXPECT_THAT(Codes(OutlookOn("CompleteAssessment")),
              ElementsAre("PARENT_VIEWS_MISSING", "CHILD_VIEWS_MISSING", "NO_EVIDENCE",
                          "INFORMATION_NOT_REVIEWED", "FURTHER_ASSESSMENT_UNDECIDED"));
}

TEST_F(SenReadingTest, EveryNextActionIsAdmittedAndSaysWhy) {
  office.Fold();
  v1::GetCaseRequest request;
  request.set_case_id(SenOffice::Case().case_id.value());
  const auto reply = reader.GetCase(As("senco"), request);
  ASSERT_GT(Ok(reply).case_().next_actions_size(), 0);
  for (const auto& action : Ok(reply).case_().next_actions()) {
    EXPECT_FALSE(action.why().empty()) << action.title();
    EXPECT_TRUE(OutlookOn(action.command().substr(12)).admitted()) << action.command();
  }
}

TEST_F(SenReadingTest, TheChronologyShowsCorrectedValuesOrBoth) {
  auto correct = office.Example<sv1::CorrectRecord>();
  correct.mutable_correction()->set_target_event_id(registered.event_id());
  correct.mutable_correction()->set_field("registration.family_name");
  correct.mutable_correction()->set_new_value("Okoye");
  office.Do(correct);
  const v1::GetChronologyResponse corrected = Chronology();
  EXPECT_EQ(FamilyNameIn(corrected), "Okoye");
  ASSERT_THAT(corrected.corrected(), SizeIs(1));
  EXPECT_EQ(corrected.corrected(0).field(), "registration.family_name");
  const v1::GetChronologyResponse recorded = Chronology(/*as_recorded=*/true);
  EXPECT_EQ(FamilyNameIn(recorded), "Child");
  EXPECT_THAT(recorded.corrected(), IsEmpty());
}

TEST_F(SenReadingTest, WhatAChildSaysInConfidenceItsParentsDoNotRead) {
  auto views = office.Example<sv1::RecordChildViews>();
  views.mutable_views()->set_confidentiality(sv1::CONFIDENTIALITY_WITHHOLD_FROM_PARENT);
  const std::string id = office.Do(views).event_id();
  auto correct = office.Example<sv1::CorrectRecord>();
  correct.mutable_correction()->set_target_event_id(id);
  correct.mutable_correction()->set_field("views.views");
  correct.mutable_correction()->set_new_value("The same in other words.");
  const std::string correction_id = office.Do(correct).event_id();
  office.Fold();
  const AuditReader audit(
      {.workflow = office.workflow, .model = office.model, .shard_count = SenOffice::kShards});
  v1::GetChronologyRequest chronology;
  chronology.set_case_id(SenOffice::Case().case_id.value());
  v1::ListEventsRequest events;
  events.set_case_id(SenOffice::Case().case_id.value());
  for (const std::string role : {"parent", "carer", "advocate", "child", "senco"}) {
    const bool reads = role == "child" || role == "senco";
    int seen = 0;
    const auto check = [&](const event::v1::Event& event) {
      if (event.event_id() != id && event.event_id() != correction_id) {
        EXPECT_FALSE(event.data().value().empty());
        return;
      }
      ++seen;
      EXPECT_EQ(!event.data().value().empty(), reads) << role;
    };
    const auto told = reader.GetChronology(As(role), chronology);
    for (const auto& event : Ok(told).events()) check(event);
    const auto listed = audit.ListEvents(As(role), events);
    for (const auto& row : Ok(listed).rows()) check(row.event());
    EXPECT_EQ(seen, 4) << role;
  }
}

TEST_F(SenReadingTest, WhoMayReadWhatAChildSaidCanBePutRight) {
  const std::string id = office.Do<sv1::RecordChildViews>().event_id();
  auto correct = office.Example<sv1::CorrectRecord>();
  correct.mutable_correction()->set_target_event_id(id);
  correct.mutable_correction()->set_field("views.confidentiality");
  correct.mutable_correction()->set_new_value("CONFIDENTIALITY_PROFESSIONAL_ONLY");
  office.Do(correct);
  office.Fold();
  const auto kept =
      history::EventsKeptFrom(office.model, office.workflow, SenOffice::Case(), "parent");
  ASSERT_TRUE(kept.ok());
  EXPECT_THAT(*kept, SizeIs(2));  // The views, and the correction of them.
  EXPECT_TRUE(kept->contains(id));
}

TEST_F(SenReadingTest, AnAuditOverAllCasesShowsContentOnlyToWhoReadsNames) {
  office.Fold();
  const AuditReader audit(
      {.workflow = office.workflow, .model = office.model, .shard_count = SenOffice::kShards});
  for (const std::string role : {"senco", "auditor", "la-send-officer", "professional"}) {
    const bool reads = role == "senco" || role == "auditor";
    const auto reply = audit.ListEvents(As(role), {});
    ASSERT_GT(Ok(reply).rows_size(), 3);
    for (const auto& row : Ok(reply).rows()) {
      EXPECT_EQ(!row.event().data().value().empty(), reads) << role;
      EXPECT_FALSE(row.event().data().type_url().empty());
    }
  }
}

TEST_F(SenReadingTest, AnErasedCaseShowsWhatHappenedAndWhenButNotWhat) {
  office.MoveTo("2049-01-01");
  office.Do<sv1::EraseRecord>();
  const v1::GetChronologyResponse chronology = Chronology();
  ASSERT_GT(chronology.events_size(), 4);
  for (const auto& event : chronology.events()) {
    EXPECT_THAT(event.data().value(), IsEmpty()) << event.data().type_url();
    // Nor the dates that deadlines were counted to from the date of birth.
    EXPECT_THAT(event.deadlines_started(), IsEmpty()) << event.data().type_url();
    EXPECT_THAT(event.deadlines_stopped(), IsEmpty()) << event.data().type_url();
    EXPECT_FALSE(event.occurred_on().empty());
  }
}

TEST_F(SenReadingTest, APersonWhomACourtKeepsOutReadsNothingOfAnyDay) {
  auto link = office.Example<sv1::LinkParentCarer>();
  link.mutable_parent_carer()->set_person_id("018f0000-0000-7000-8000-0000000000aa");
  link.mutable_parent_carer()->set_restriction(sv1::PARENT_RESTRICTION_NO_DISCLOSURE);
  office.Do(link);
  office.Fold();
  host::Caller parent = As("parent");
  parent.actor_id = "018f0000-0000-7000-8000-0000000000aa";
  v1::GetCaseRequest of_case;
  of_case.set_case_id(SenOffice::Case().case_id.value());
  const auto reason = [](const auto& reply) {
    const auto* error = std::get_if<host::ErrorReply>(&reply);
    return error == nullptr ? "OK" : error->reason;
  };
  EXPECT_EQ(reason(reader.GetCase(parent, of_case)), "NOT_AUTHORISED");
  of_case.set_as_at("2025-09-02");
  EXPECT_EQ(reason(reader.GetCase(parent, of_case)), "NOT_AUTHORISED");
  v1::GetChronologyRequest chronology;
  chronology.set_case_id(of_case.case_id());
  EXPECT_EQ(reason(reader.GetChronology(parent, chronology)), "NOT_AUTHORISED");
  v1::ListCommandsRequest commands;
  commands.set_case_id(of_case.case_id());
  EXPECT_EQ(reason(reader.ListCommands(parent, commands)), "NOT_AUTHORISED");
  const AuditReader audit({.workflow = office.workflow, .model = office.model, .shard_count = 2});
  v1::ListEventsRequest events;
  events.set_case_id(of_case.case_id());
  EXPECT_EQ(reason(audit.ListEvents(parent, events)), "NOT_AUTHORISED");
  host::Caller advocate = As("advocate");
  advocate.on_behalf_of = parent.actor_id;
  EXPECT_EQ(reason(reader.GetCase(advocate, of_case)), "NOT_AUTHORISED");
  // The same person as a member of staff: no list has the case.
  host::Caller staff = As("senco");
  staff.actor_id = parent.actor_id;
  EXPECT_THAT(Ok(reader.ListCases(staff, {})).cases(), IsEmpty());
  EXPECT_THAT(Ok(reader.ListDue(staff, {})).items(), IsEmpty());
  EXPECT_THAT(Ok(audit.ListEvents(staff, {})).rows(), IsEmpty());
  EXPECT_EQ(Ok(audit.CountEvents(staff, {})).count(), 0U);
  EXPECT_THAT(Ok(reader.ListCases(As("senco"), {})).cases(), SizeIs(1));
  parent.actor_id = "018f0000-0000-7000-8000-0000000000ab";
  const auto reply = reader.GetCase(parent, of_case);
  EXPECT_THAT(Ok(reply).case_().kept_out(), IsEmpty());
}

TEST_F(SenReadingTest, TheAuditOfAnErasedCaseShowsNothingOfWhatItsEventsSaid) {
  office.MoveTo("2049-01-01");
  office.Do<sv1::EraseRecord>();
  office.Fold();
  const AuditReader audit({.workflow = office.workflow, .model = office.model, .shard_count = 2});
  for (const bool of_case : {true, false}) {
    v1::ListEventsRequest request;
    if (of_case) request.set_case_id(SenOffice::Case().case_id.value());
    const auto reply = audit.ListEvents(As("senco"), request);
    ASSERT_GT(Ok(reply).rows_size(), 4);
    for (const auto& row : Ok(reply).rows()) {
      EXPECT_THAT(row.event().data().value(), IsEmpty()) << row.event().data().type_url();
      EXPECT_FALSE(row.event().actor().id().empty());
    }
  }
}

TEST_F(SenReadingTest, ACaseThatIsSetAsideIsForStaffUntilItIsErased) {
  office.Fold();
  const StreamId stream = SenOffice::Case();
  event::v1::Event event;
  event.set_tenant_id(stream.tenant.value());
  event.set_case_id(stream.case_id.value());
  event.set_occurred_on("2025-09-12");
  CaseVersion version = office.StateOf(stream).version;
  const auto append = [&](const std::string& id, const std::string& type) {
    version = CaseVersion(version.value() + 1);
    event.set_event_id(id);
    event.set_version(version.value());
    event.mutable_data()->set_type_url("type.googleapis.com/apdr.sen.v1." + type);
    apdr::testing::AppendBytes(office.store, stream, version, event.SerializeAsString());
    office.Fold();
  };
  v1::GetCaseRequest of_case;
  of_case.set_case_id(stream.case_id.value());
  const auto reason = [](const auto& reply) {
    const auto* error = std::get_if<host::ErrorReply>(&reply);
    return error == nullptr ? "OK" : error->reason;
  };
  EXPECT_EQ(reason(reader.GetCase(As("parent"), of_case)), "OK");

  append("from-the-future", "FromTheFuture");
  EXPECT_EQ(reason(reader.GetCase(As("parent"), of_case)), "NOT_AUTHORISED");
  const auto shown = reader.GetCase(As("senco"), of_case);
  EXPECT_TRUE(Ok(shown).case_().stale());
  const auto listed = reader.ListCases(As("senco"), {});
  EXPECT_THAT(Ok(listed).cases(), SizeIs(1));
  const auto due = reader.ListDue(As("senco"), {});
  EXPECT_FALSE(Ok(due).items().empty());

  append("erased", "RecordErased");
  EXPECT_EQ(reason(reader.GetCase(As("senco"), of_case)), "CASE_UNKNOWN");
  const auto listed_after = reader.ListCases(As("senco"), {});
  EXPECT_THAT(Ok(listed_after).cases(), IsEmpty());
  const auto due_after = reader.ListDue(As("senco"), {});
  EXPECT_THAT(Ok(due_after).items(), IsEmpty());
}

TEST_F(SenReadingTest, NoListIsForTheFamily) {
  for (const char* role : {"parent", "carer", "child", "young-person", "advocate"}) {
    const auto reply = reader.ListCases(As(role), {});
    ASSERT_TRUE(std::holds_alternative<host::ErrorReply>(reply)) << role;
    EXPECT_EQ(std::get<host::ErrorReply>(reply).reason, "NOT_AUTHORISED");
  }
}

// Walks through the story: what is said to be admitted is, and what is not is not, for the commands
// whose minimal content the case alone decides about.
TEST_F(SenReadingTest, WhatTheCaseAloneRefusesIsNotSaidToBeAdmitted) {
  EXPECT_THAT(Codes(OutlookOn("UpdateOnePageProfile")), ElementsAre("DATE_ORDER"));
  EXPECT_THAT(Codes(OutlookOn("ShareReviewRecord")), ElementsAre("DATE_ORDER"));
  EXPECT_THAT(Codes(OutlookOn("RecordSpecialistAdvice")), ElementsAre("DATE_ORDER"));
  EXPECT_THAT(Codes(OutlookOn("ResolveDisagreement")), ElementsAre("DATE_ORDER"));
  EXPECT_THAT(Codes(OutlookOn("LiftHold")), ElementsAre("DATE_ORDER"));
  office.Do<sv1::CreateOnePageProfile>();
  office.Do<sv1::RequestSpecialist>();
  office.Do<sv1::PlaceHold>();
  EXPECT_THAT(Codes(OutlookOn("CreateOnePageProfile")), ElementsAre("STAGE_ORDER"));
  for (const char* command : {"UpdateOnePageProfile", "RecordSpecialistAdvice", "LiftHold"}) {
    EXPECT_TRUE(OutlookOn(command).admitted()) << command;
  }
}

TEST_F(SenReadingTest, AsAtMustBeADate) {
  v1::GetCaseRequest request;
  request.set_case_id(SenOffice::Case().case_id.value());
  request.set_as_at("yesterday");
  const auto reply = reader.GetCase(As("senco"), request);
  ASSERT_TRUE(std::holds_alternative<host::ErrorReply>(reply));
  EXPECT_EQ(std::get<host::ErrorReply>(reply).reason, "FIELD_INVALID");
}

TEST_F(SenReadingTest, WhatIsOverdueIsOverdueOnTheDayAskedFor) {
  office.Do<sv1::AdaptTeaching>();
  office.MoveTo("2026-06-01");
  office.Fold();
  v1::GetCaseRequest request;
  request.set_case_id(SenOffice::Case().case_id.value());
  const auto now = reader.GetCase(As("senco"), request);
  EXPECT_TRUE(Ok(now).case_().next_actions(0).overdue());
  request.set_as_at("2025-09-12");
  const auto then = reader.GetCase(As("senco"), request);
  EXPECT_FALSE(Ok(then).case_().next_actions(0).overdue());
}

TEST_F(SenReadingTest, ASettingsRecordIsNoCaseInAListUnlessItIsAskedFor) {
  const StreamId setting{SenOffice::Case().tenant, sen::SettingCaseId("URN:199001")};
  office.Do(office.Example<sv1::AssignSenco>(), {}, setting);
  office.Do(office.Example<sv1::PublishSenInformationReport>(), {}, setting);
  office.Fold();
  v1::ListCasesRequest request;
  const auto cases = reader.ListCases(As("senco"), request);
  ASSERT_THAT(Ok(cases).cases(), SizeIs(1));
  EXPECT_EQ(Ok(cases).cases(0).case_id(), SenOffice::Case().case_id.value());
  request.set_stage("setting");
  const auto settings = reader.ListCases(As("senco"), request);
  ASSERT_THAT(Ok(settings).cases(), SizeIs(1));
  EXPECT_EQ(Ok(settings).cases(0).setting_id(), "URN:199001");
  sv1::SettingSummary summary;
  ASSERT_TRUE(Ok(settings).cases(0).summary().UnpackTo(&summary));
  EXPECT_EQ(summary.senco().role(), "senco");
  EXPECT_THAT(summary.report().external_agencies(), SizeIs(2));
}

}  // namespace
}  // namespace apdr::query
