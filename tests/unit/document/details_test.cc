#include "services/document/details.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/registration.pb.h"

namespace apdr::document {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(FactsOf, TellsWhatIsSetInPlainEnglish) {
  sen::v1::ConcernRaised raised;
  raised.mutable_concern()->mutable_raised_by()->set_role("teaching-assistant");
  raised.mutable_concern()->mutable_raised_by()->set_person_id("018f0000");
  raised.mutable_concern()->add_areas(sen::v1::AREA_COGNITION_AND_LEARNING);
  raised.mutable_concern()->add_areas(sen::v1::AREA_SENSORY_PHYSICAL);
  raised.mutable_concern()->set_description("Reads slowly.");
  raised.mutable_concern()->set_since("2025-09-08");

  EXPECT_THAT(FactsOf(raised, {}, Detail::kFull),
              ElementsAre(Fact{"Raised by", "teaching assistant"},
                          Fact{"Areas", "cognition and learning; sensory and physical"},
                          Fact{"Description", "Reads slowly."}, Fact{"Since", "8 September 2025"}));
}

TEST(FactsOf, MarksCorrectedValues) {
  sen::v1::ChildRegistered registered;
  registered.mutable_registration()->set_family_name("Rahman");
  registered.mutable_registration()->set_date_of_birth("2017-11-03");

  EXPECT_THAT(FactsOf(registered, {"registration.date_of_birth"}, Detail::kFull),
              ElementsAre(Fact{"Family name", "Rahman"},
                          Fact{"Date of birth", "3 November 2017 (corrected)"}));
}

TEST(FactsOf, CountsOutcomesWhereTheyAreToldElsewhere) {
  sen::v1::PlanAgreed agreed;
  agreed.mutable_plan()->add_outcomes()->set_statement("Reads a chapter book.");
  agreed.mutable_plan()->add_outcomes();

  EXPECT_THAT(FactsOf(agreed, {}, Detail::kBrief), ElementsAre(Fact{"Outcomes", "2"}));
  EXPECT_THAT(FactsOf(agreed, {}, Detail::kFull),
              ElementsAre(Fact{"Outcomes", "Reads a chapter book."}));
}

TEST(FactsOf, NeverTellsTheNumberOfAPerson) {
  const auto number = Field(&Fact::value, HasSubstr("U801299922001"));
  sen::v1::ChildRegistered registered;
  registered.mutable_registration()->add_identifiers()->set_value("U801299922001");
  EXPECT_THAT(FactsOf(registered, {}, Detail::kFull), Each(Not(number)));

  sen::v1::IdentifierAssigned assigned;
  assigned.mutable_identifier()->set_value("U801299922001");
  assigned.mutable_identifier()->set_former_value("U801299922001");
  EXPECT_THAT(FactsOf(assigned, {}, Detail::kFull), Each(Not(number)));

  sen::v1::RecordCorrected corrected;
  corrected.mutable_correction()->set_field("identifier.value");
  corrected.mutable_correction()->set_new_value("U801299922001");
  corrected.set_old_value("U801299922001");
  EXPECT_THAT(FactsOf(corrected, {}, Detail::kFull), Each(Not(number)));
}

TEST(FactsOf, TellsACorrectionByItsFieldAndValues) {
  sen::v1::RecordCorrected corrected;
  corrected.mutable_correction()->set_target_event_id("018f0000-0000-7000-8000-000000000001");
  corrected.mutable_correction()->set_field("concern.areas");
  corrected.mutable_correction()->set_new_value("AREA_SENSORY_PHYSICAL");
  corrected.set_old_value("2025-09-08");

  EXPECT_THAT(FactsOf(corrected, {}, Detail::kFull),
              ElementsAre(Fact{"Field", "Areas"}, Fact{"New value", "sensory and physical"},
                          Fact{"Old value", "8 September 2025"}));
}

}  // namespace
}  // namespace apdr::document
