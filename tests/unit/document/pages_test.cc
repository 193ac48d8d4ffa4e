// The documents as text, before they are HTML.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/profile.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/base/sha256.h"
#include "tests/unit/document/record_builder.h"

namespace apdr::document {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

void SetRole(sen::v1::PersonRef& person, std::string role) { person.set_role(std::move(role)); }

sen::v1::OnePageProfileCreated AProfile() {
  sen::v1::OnePageProfileCreated created;
  created.mutable_profile()->add_appreciate("Kind to younger children.");
  created.mutable_profile()->add_how_to_support("Read the text aloud first.");
  SetRole(*created.mutable_profile()->add_authored_with(), "child");
  created.mutable_profile()->set_voice_method(sen::v1::VIEW_METHOD_DRAWING);
  return created;
}

sen::v1::PlanAgreed APlan(std::uint32_t cycle) {
  sen::v1::PlanAgreed agreed;
  agreed.set_cycle(cycle);
  sen::v1::PlanContent& plan = *agreed.mutable_plan();
  plan.set_plan_id(absl::StrCat("plan-", cycle));
  plan.set_review_on("2026-02-06");
  sen::v1::Outcome& outcome = *plan.add_outcomes();
  outcome.set_outcome_id("O1");
  outcome.set_area(sen::v1::AREA_COGNITION_AND_LEARNING);
  outcome.set_statement("Reads 80 words a minute.");
  sen::v1::PlannedProvision& support = *plan.add_provisions();
  support.set_provision_id("P1");
  support.set_title("Paired reading");
  support.mutable_frequency()->set_times_per_week(3);
  sen::v1::Agreement& agreement = *agreed.add_agreements();
  SetRole(*agreement.mutable_person(), "parent");
  agreement.set_stance(sen::v1::AGREEMENT_STANCE_AGREES);
  return agreed;
}

sen::v1::ReviewHeld AReview(std::uint32_t cycle) {
  sen::v1::ReviewHeld held;
  held.set_cycle(cycle);
  held.set_days_late(3);
  sen::v1::Review& review = *held.mutable_review();
  review.set_plan_id(absl::StrCat("plan-", cycle));
  review.set_impact(sen::v1::IMPACT_POSITIVE);
  sen::v1::OutcomeEvaluation& evaluation = *review.add_outcome_evaluations();
  evaluation.set_outcome_id("O1");
  evaluation.set_status(sen::v1::OUTCOME_STATUS_ACHIEVED);
  review.mutable_support_decision()->set_choice(sen::v1::SUPPORT_CHOICE_CONTINUE);
  review.mutable_new_outcomes()->set_needed(false);
  return held;
}

TEST(ProfilePage, ShowsTheNewestTextAndLeavesOutWhatIsEmpty) {
  RecordBuilder builder;
  builder.Add("2025-09-03", ARegistration("Amira", "Rahman"));
  EXPECT_FALSE(ProfilePage(Made(builder).sources()).has_value());
  builder.Add("2025-10-01", AProfile());
  sen::v1::OnePageProfileUpdated updated;
  *updated.mutable_profile() = AProfile().profile();
  updated.mutable_profile()->set_appreciate(0, "Tells stories.");
  builder.Add("2025-11-01", updated);

  EXPECT_EQ(TextOf(*ProfilePage(Made(builder).sources())),
            "[2] What people like and admire about me\n- Tells stories.\n"
            "[2] How best to support me\n- Read the text aloud first.\n"
            "[2] How this was written\nWritten with: child\nHow I said it: drawing\n");
}

TEST(ProfilePage, RunsManyShortItemsOnSoThatTheyFit) {
  RecordBuilder builder;
  sen::v1::OnePageProfileCreated created = AProfile();
  for (int i = 0; i < 100; ++i) created.mutable_profile()->add_worries("Loud rooms.");
  builder.Add("2025-10-01", created);

  const std::string text = TextOf(*ProfilePage(Made(builder).sources()));
  EXPECT_THAT(text, HasSubstr("Loud rooms.; Loud rooms."));
  EXPECT_THAT(text, Not(HasSubstr("- Loud rooms.")));
}

TEST(PlanPage, ShowsThePlanOfACycleAndWhatWasChangedInIt) {
  RecordBuilder builder;
  builder.Add("2025-09-03", ARegistration("Amira", "Rahman"));
  builder.Add("2025-10-22", APlan(1));
  sen::v1::ReviewDateChanged moved;
  moved.set_from("2026-02-06");
  moved.set_to("2026-02-10");
  moved.set_reason("The family is away.");
  builder.Add("2025-12-01", moved);
  builder.Add("2026-02-20", APlan(2));

  const std::string text = TextOf(*PlanPage(Made(builder).sources(), 1));
  EXPECT_THAT(text, HasSubstr("Agreed on: 22 October 2025\n"));
  EXPECT_THAT(text,
              HasSubstr("[3] Outcome O1: cognition and learning\nReads 80 words a minute.\n"));
  EXPECT_THAT(text, HasSubstr("P1: Paired reading"));
  EXPECT_THAT(text, HasSubstr("3 times a week"));
  EXPECT_THAT(text, HasSubstr("Parent |  | agrees | 22 October 2025 | "));
  EXPECT_THAT(text, HasSubstr("- 1 December 2025: the review moves from 6 February 2026 to 10 "
                              "February 2026. The family is away.\n"));
  EXPECT_THAT(text, Not(HasSubstr("Who does what")));
  EXPECT_THAT(TextOf(*PlanPage(Made(builder).sources(), 0)), HasSubstr("Cycle: 2\n"));
  EXPECT_FALSE(PlanPage(Made(builder).sources(), 3).has_value());
  EXPECT_THAT(PlannedCycles(Made(builder).record()), ElementsAre(1U, 2U));
}

TEST(PlanPage, SaysOpenlyThatAPlanWasNotAgreed) {
  RecordBuilder builder;
  sen::v1::PlanIssuedWithoutAgreement issued;
  issued.set_cycle(1);
  *issued.mutable_plan() = APlan(1).plan();
  SetRole(*issued.mutable_disagreement()->add_who(), "parent");
  issued.mutable_disagreement()->set_points("Wants more hours.");
  issued.mutable_disagreement()->add_routes_offered(sen::v1::DISAGREEMENT_ROUTE_MEDIATION);
  builder.Add("2025-10-22", issued);

  const std::string text = TextOf(*PlanPage(Made(builder).sources(), 0));
  EXPECT_THAT(text, HasSubstr("Put in place without agreement on: 22 October 2025\n"));
  EXPECT_THAT(text, HasSubstr("[2] This plan was not agreed\nWho does not agree: parent\nWhat "
                              "about: Wants more hours.\n"));
  EXPECT_THAT(text, Not(HasSubstr("Who agreed")));
}

TEST(PlanPage, IsCalledAsThePolicyCallsIt) {
  RecordBuilder builder;
  builder.Add("2025-10-22", APlan(1));
  const Made made(builder);
  const DocumentTitles titles{.plan = "Individual Support Plan"};
  const Sources sources{.record = made.record(), .workflow = builder.workflow(), .titles = titles};
  EXPECT_EQ(PlanPage(sources, 0)->title, "Individual Support Plan");
}

TEST(ReviewPage, AnswersTheFourQuestions) {
  RecordBuilder builder;
  builder.Add("2025-10-22", APlan(1));
  builder.Add("2026-02-09", AReview(1));

  const std::string text = TextOf(*ReviewPage(Made(builder).sources(), 0));
  EXPECT_THAT(text, HasSubstr("In time: 3 days late\n"));
  EXPECT_THAT(text, HasSubstr("positive impact?\nYes: the impact was positive\n"));
  EXPECT_THAT(text, HasSubstr("O1: Reads 80 words a minute. | achieved"));
  EXPECT_THAT(text, HasSubstr("[2] Are new outcomes needed?\nNo.\n"));
  EXPECT_THAT(text, HasSubstr("[2] Should the support go on?\nThe support goes on\n"));
}

TEST(ChronologyPage, OrdersByTheDayOnWhichItHappened) {
  RecordBuilder builder;
  builder.Add("2025-09-03", ARegistration("Amira", "Rahman"));
  event::v1::Event& late = builder.Add("2025-09-01", sen::v1::ConcernRaised());
  late.mutable_recorded_time()->set_seconds(1757000000);  // 4 September 2025.
  event::v1::Departure& departure = *late.add_departures();
  departure.set_rule_code("PARENT_NOT_NOTIFIED");
  departure.set_reason("The parents could not be reached for a week.");
  late.add_warnings()->set_message("Expected a date, but there was none.");

  const std::string text = TextOf(ChronologyPage(Made(builder).sources()));
  EXPECT_LT(text.find("1 September 2025 | Concern raised"),
            text.find("3 September 2025 | Child registered"));
  EXPECT_THAT(text, HasSubstr("! Recorded late, on 4 September 2025."));
  EXPECT_THAT(text, HasSubstr("Reason: The parents could not be reached for a week."));
  EXPECT_THAT(text, Not(HasSubstr("PARENT_NOT_NOTIFIED")));
  EXPECT_THAT(text, HasSubstr("! Warning: Expected a date, but there was none."));
  EXPECT_THAT(text, HasSubstr(" | SENCO\n"));
}

TEST(ChronologyPage, MarksWhatWasCorrectedAndSaysWhatACorrectionCorrects) {
  RecordBuilder builder;
  auto registered = ARegistration("Amira", "Rahman");
  registered.mutable_registration()->set_date_of_birth("2017-11-03");
  const std::string id = builder.Add("2025-09-03", registered).event_id();
  sen::v1::RecordCorrected corrected;
  corrected.mutable_correction()->set_target_event_id(id);
  corrected.mutable_correction()->set_field("registration.date_of_birth");
  builder.Add("2025-10-01", corrected);
  builder.history().corrected.push_back(
      {.event_id = id, .field = "registration.date_of_birth", .correction_event_id = "018f"});

  const std::string text = TextOf(ChronologyPage(Made(builder).sources()));
  EXPECT_THAT(text, HasSubstr("Date of birth: 3 November 2017 (corrected)"));
  EXPECT_THAT(text, HasSubstr("Entry corrected: Child registered of 3 September 2025"));
}

TEST(EvidencePage, HoldsEveryDocumentThatThereIsAndTheManifest) {
  RecordBuilder builder;
  builder.Add("2025-09-03", ARegistration("Amira", "Rahman"));
  builder.Add("2025-10-01", AProfile());
  sen::v1::ChildViewsRecorded views;
  views.mutable_views()->set_views("I like drawing.");
  builder.Add("2025-10-09", views);
  builder.Add("2025-10-22", APlan(1)).add_departures()->set_rule_code("PRE_SUPPORT_MISSING");

  const Manifest manifest{
      .lines = {{1, "018f", "apdr.sen.v1.ChildRegistered", "2025-09-03", Sha256Hex("abc")}}};
  const Page page = EvidencePage(Made(builder).sources(), manifest);
  std::vector<std::string> parts;
  for (const Section& section : page.sections) {
    if (!section.id.empty()) parts.push_back(section.id);
  }
  EXPECT_THAT(parts,
              ElementsAre("profile", "plan-1", "views", "departures", "chronology", "manifest"));
  const std::string text = TextOf(page);
  EXPECT_THAT(text, HasSubstr("[4] Outcome O1"));
  EXPECT_THAT(text, HasSubstr("I like drawing."));
  EXPECT_THAT(text, HasSubstr(manifest.Hash()));
}

TEST(Manifest, HashesItsLines) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const Manifest manifest{
      .lines = {{1, "e1", "T", "2025-09-03", "aa"}, {2, "e2", "T", "2025-09-04", "bb"}}};
  EXPECT_EQ(manifest.Hash(), Sha256Hex("1 e1 T 2025-09-03 aa\n2 e2 T 2025-09-04 bb\n"));
}

}  // namespace
}  // namespace apdr::document
