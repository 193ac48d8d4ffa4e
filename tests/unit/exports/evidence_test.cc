#include "services/exports/evidence.h"

#include <gmock/gmock.h>

#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "services/projection/rows/row_keys.h"
#include "tests/unit/exports/export_fixture.h"

namespace apdr::exports {
namespace {

using apdr::testing::ExportFixture;
using apdr::testing::On;
using apdr::testing::UpnNumber;
using ::testing::Contains;
using ::testing::Not;

class EvidenceTest : public ExportFixture {
 protected:
  // A first cycle to its review, advice of a specialist, and a request with the authority's
  // answers.
  void Play() {
    const StreamId stream = Case(1);
    Register(1);
    StartSupport(1);
    AgreePlan(1);
    Send<sen::v1::StartSupport>(stream, "2025-11-03");
    Send<sen::v1::RecordDelivery>(stream, "2025-11-05");
    Send<sen::v1::RecordDelivery>(stream, "2025-11-07");
    Send<sen::v1::RecordNonDelivery>(stream, "2025-11-10");
    Send<sen::v1::AdjustProvision>(stream, "2025-11-12");
    Send<sen::v1::RequestSpecialist>(stream, "2025-11-14");
    Send<sen::v1::RecordSpecialistAdvice>(stream, "2025-12-01");
    Send<sen::v1::HoldReview>(stream, "2025-12-10");
    Send<sen::v1::RequestEhcAssessment>(stream, "2026-01-12");
    Send<sen::v1::RecordEhcDecision>(stream, "2026-02-16", {.role = "la-send-officer"});
    Send<sen::v1::RecordEhcDecision>(
        stream, "2026-04-20",
        {.edit =
             [](sen::v1::RecordEhcDecision& command) {
               command.mutable_ehc_decision()->set_decision(sen::v1::EHC_DECISION_ISSUE);
             },
         .role = "la-send-officer"});
    Send<sen::v1::RecordEhcPlan>(stream, "2026-05-11", {.role = "la-send-officer"});
    Fold();
  }

  sen::v1::EhcEvidence Evidence(const std::string& as_at = "", absl::Time known_at = {}) {
    sen::v1::GetEhcEvidenceRequest request;
    request.set_case_id(Id(1));
    request.set_as_at(as_at);
    if (known_at != absl::Time()) {
      request.mutable_known_at()->set_seconds(absl::ToUnixSeconds(known_at));
    }
    return Ok(reader.GetEhcEvidence(As("senco"), request)).evidence();
  }

  static absl::Time NoonOf(std::string_view date) {
    return absl::FromCivil(On(date), absl::UTCTimeZone()) + absl::Hours(12);
  }

  static std::vector<std::string> Items(const sen::v1::EhcEvidence& evidence) {
    std::vector<std::string> items;
    for (const auto& item : evidence.items()) {
      items.push_back(
          absl::StrCat(item.occurred_on(), " ", item.kind(), " ", item.role(), " ", item.what()));
    }
    return items;
  }
};

TEST_F(EvidenceTest, SaysWhatSen2Asks) {
  Play();
  const sen::v1::EhcEvidence evidence = Evidence();
  EXPECT_EQ(evidence.upn(), UpnNumber(1));
  ASSERT_EQ(evidence.escalations_size(), 1);
  const sen::v1::EhcEscalation& escalation = evidence.escalations(0);
  EXPECT_EQ(escalation.requested_on(), "2026-01-12");
  EXPECT_EQ(escalation.requested_by(), sen::v1::EHC_REQUESTER_SETTING);
  EXPECT_EQ(escalation.request_outcome().decision(), sen::v1::EHC_DECISION_ASSESS);
  EXPECT_EQ(escalation.request_outcome_on(), "2026-02-16");
  EXPECT_EQ(escalation.assessment_outcome().decision(), sen::v1::EHC_DECISION_ISSUE);
  EXPECT_EQ(escalation.assessment_outcome_on(), "2026-04-20");
  EXPECT_EQ(escalation.plan_started_on(), "2026-05-11");
  EXPECT_EQ(escalation.plan().primary_need(), "MLD");
}

TEST_F(EvidenceTest, TellsTheCycleFromAssessmentToReview) {
  Play();
  const sen::v1::EhcEvidence evidence = Evidence();
  ASSERT_EQ(evidence.cycles_size(), 2);
  const sen::v1::CycleEvidence& cycle = evidence.cycles(0);
  EXPECT_EQ(cycle.assessed_on(), "2025-10-15");
  EXPECT_EQ(cycle.assessment().needs(0).sen_type(), "SPLD");
  EXPECT_EQ(cycle.plan_agreed_on(), "2025-10-22");
  EXPECT_FALSE(cycle.issued_without_agreement());
  EXPECT_GT(cycle.plan().outcomes_size(), 0);
  EXPECT_EQ(cycle.support_started_on(), "2025-11-03");
  EXPECT_EQ(cycle.reviewed_on(), "2025-12-10");
  EXPECT_EQ(cycle.days_late(), 0U);
  EXPECT_EQ(cycle.review().outcome_evaluations_size(), cycle.plan().outcomes_size());
  const sen::v1::ProvisionEvidence& provision = cycle.provisions(0);
  EXPECT_EQ(provision.sessions_delivered(), 2U);
  EXPECT_EQ(provision.minutes_delivered(), 40U);
  EXPECT_EQ(provision.first_on(), "2025-11-05");
  EXPECT_EQ(provision.last_on(), "2025-11-07");
  EXPECT_EQ(provision.not_delivered(), 1U);
  EXPECT_EQ(provision.changes_size(), 1);
}

TEST_F(EvidenceTest, HoldsAdviceViewsAndProgress) {
  Play();
  const sen::v1::EhcEvidence evidence = Evidence();
  ASSERT_EQ(evidence.specialists_size(), 1);
  EXPECT_EQ(evidence.specialists(0).discipline(), "EP");
  EXPECT_EQ(evidence.specialists(0).requested_on(), "2025-11-14");
  EXPECT_EQ(evidence.specialists(0).received_on(), "2025-12-01");
  EXPECT_NE(evidence.specialists(0).advice().findings(), "");
  ASSERT_EQ(evidence.views_size(), 2);
  EXPECT_EQ(evidence.views(0).of(), sen::v1::VIEWS_OF_CHILD);
  EXPECT_EQ(evidence.views(1).of(), sen::v1::VIEWS_OF_PARENT);
  EXPECT_EQ(evidence.progress_size(), 1);
}

TEST_F(EvidenceTest, ListsWhatHappenedAndWhoDidItButNotWhoTheChildIs) {
  Play();
  const std::vector<std::string> items = Items(Evidence());
  EXPECT_EQ(items.front(), "2025-09-08 before-support senco Concern raised");
  EXPECT_THAT(items, Contains("2025-11-05 provision senco Provision delivered: P1, 20 minutes on "
                              "2025-11-05"));
  EXPECT_THAT(items, Contains("2026-02-16 ehc la-send-officer EHC decision: assess"));
  for (const std::string& item : items) EXPECT_THAT(item, Not(::testing::HasSubstr("Example")));
}

TEST_F(EvidenceTest, HoldsDeparturesWithTheirReasons) {
  Register(1);
  Send<sen::v1::StartSenSupport>(
      Case(1), "2025-09-08",
      {.edit =
           [](sen::v1::StartSenSupport& command) {
             command.mutable_start()->set_reason(sen::v1::START_REASON_URGENT_NEED);
           },
       .role = "senco",
       .recorded_on = "",
       .departures = {"PRE_SUPPORT_MISSING"}});
  Fold();
  const sen::v1::EhcEvidence evidence = Evidence();
  ASSERT_EQ(evidence.departures_size(), 1);
  EXPECT_EQ(evidence.departures(0).rule_code(), "PRE_SUPPORT_MISSING");
  EXPECT_EQ(evidence.departures(0).reason(), "There was no other way on that day.");
  EXPECT_EQ(evidence.departures(0).event_id(), evidence.items(0).event_id());
}

// The bundle as known on a day can be made again later.
TEST_F(EvidenceTest, IsTheSameWheneverItIsAskedForOneMoment) {
  Register(1);
  StartSupport(1);
  Fold();
  const sen::v1::EhcEvidence then = Evidence();
  EXPECT_EQ(then.total_sha256().size(), 64U);
  AgreePlan(1);
  Fold();
  EXPECT_EQ(Evidence("", NoonOf("2025-10-06") + absl::Hours(1)).SerializeAsString(),
            then.SerializeAsString());
  EXPECT_EQ(Evidence("2025-10-06").SerializeAsString(), then.SerializeAsString());
  EXPECT_NE(Evidence().total_sha256(), then.total_sha256());
}

TEST_F(EvidenceTest, ShowsACorrectedValueAndSaysThatItIsOne) {
  Register(1);
  Send<sen::v1::RaiseConcern>(Case(1), "2025-09-08");
  Fold();
  const sen::v1::EhcEvidence before = Evidence();
  ASSERT_EQ(before.items_size(), 1);
  sen::v1::RecordCorrected corrected;
  corrected.mutable_correction()->set_target_event_id(before.items(0).event_id());
  corrected.mutable_correction()->set_field("concern.description");
  corrected.mutable_correction()->set_new_value("Reads well.");
  Append(Case(1), "2025-09-10", corrected);
  Fold();

  const sen::v1::EhcEvidence after = Evidence();

  ASSERT_EQ(after.items_size(), 2);
  EXPECT_TRUE(after.items(0).corrected());
  EXPECT_NE(after.items(0).sha256(), before.items(0).sha256());
  EXPECT_EQ(after.items(1).kind(), "correction");
  EXPECT_EQ(Evidence("", NoonOf("2025-09-09")).SerializeAsString(), before.SerializeAsString());
}

}  // namespace
}  // namespace apdr::exports
