#include "services/document/case_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "tests/unit/document/record_builder.h"

namespace apdr::document {
namespace {

using ::testing::UnorderedElementsAre;

TEST(CaseRecord, CallsThePersonByThePreferredName) {
  RecordBuilder builder;
  auto registered = ARegistration("Amira", "Rahman");
  builder.Add("2025-09-03", registered);
  EXPECT_EQ(Made(builder).record().Name(), "Amira Rahman");

  registered.mutable_registration()->set_preferred_name("Mira");
  builder.Add("2025-09-04", registered);
  EXPECT_EQ(Made(builder).record().Name(), "Mira Rahman");
}

TEST(CaseRecord, KnowsEveryPupilNumberThatMayNotBePrinted) {
  RecordBuilder builder;
  auto registered = ARegistration("Amira", "Rahman");
  auto& upn = *registered.mutable_registration()->add_identifiers();
  upn.set_type(sen::v1::IDENTIFIER_TYPE_UPN);
  upn.set_value("U801299922001");
  auto& local = *registered.mutable_registration()->add_identifiers();
  local.set_type(sen::v1::IDENTIFIER_TYPE_LOCAL);
  local.set_value("7");
  builder.Add("2025-09-03", registered);
  sen::v1::IdentifierAssigned assigned;
  assigned.mutable_identifier()->set_type(sen::v1::IDENTIFIER_TYPE_UPN);
  assigned.mutable_identifier()->set_value("Z801200001001");
  assigned.mutable_identifier()->set_former_value("T80129992200A");
  builder.Add("2025-09-04", assigned);

  EXPECT_THAT(Made(builder).record().unprinted(),
              UnorderedElementsAre("U801299922001", "Z801200001001", "T80129992200A"));
}

TEST(CaseRecord, GivesTheFamilyNothingThatADisclosureToItWithheld) {
  RecordBuilder builder;
  builder.Add("2025-09-03", ARegistration("Amira", "Rahman"));
  const std::string withheld = builder.Add("2025-09-15", sen::v1::ConcernRaised()).event_id();
  sen::v1::RecordCorrected corrected;
  corrected.mutable_correction()->set_target_event_id(withheld);
  builder.Add("2025-09-20", corrected);
  sen::v1::DisclosureMade disclosed;
  disclosed.mutable_disclosure()->set_kind(sen::v1::DISCLOSURE_KIND_SUBJECT_ACCESS);
  disclosed.mutable_disclosure()->add_withheld()->set_event_id(withheld);
  builder.Add("2025-10-01", disclosed);

  const Made family(builder);
  EXPECT_EQ(family.record().All<sen::v1::ConcernRaised>().size(), 0U);
  EXPECT_EQ(family.record().All<sen::v1::RecordCorrected>().size(), 0U);
  EXPECT_EQ(family.record().withheld(), 2U);
  const Made all(builder, Readers::kAll);
  EXPECT_EQ(all.record().All<sen::v1::ConcernRaised>().size(), 1U);
  EXPECT_EQ(all.record().withheld(), 0U);
}

TEST(CaseRecord, WithholdsWhatIsWithheldNowFromAnyDayInThePast) {
  RecordBuilder builder;
  sen::v1::ConcernRaised concern;
  concern.mutable_concern()->set_description("Words that are kept from the family.");
  const std::string id = builder.Add("2025-09-03", concern).event_id();
  history::CaseHistory then;
  then.events = builder.history().events;
  sen::v1::DisclosureMade made;
  made.mutable_disclosure()->set_kind(sen::v1::DISCLOSURE_KIND_SUBJECT_ACCESS);
  made.mutable_disclosure()->add_withheld()->set_event_id(id);
  builder.Add("2025-10-03", made);

  const auto family = CaseRecord::Read(then, builder.history(), Readers::kFamily);
  ASSERT_TRUE(family.ok());
  EXPECT_EQ(family->withheld(), 1U);
  EXPECT_EQ(family->All<sen::v1::ConcernRaised>().size(), 0U);
}

TEST(CaseRecord, WithholdsFromTheFamilyWhatAChildSaidInConfidence) {
  for (const auto confidentiality :
       {sen::v1::CONFIDENTIALITY_NORMAL, sen::v1::CONFIDENTIALITY_WITHHOLD_FROM_PARENT,
        sen::v1::CONFIDENTIALITY_PROFESSIONAL_ONLY}) {
    RecordBuilder builder;
    sen::v1::ChildViewsRecorded heard;
    heard.mutable_views()->set_views("Words for the teacher alone.");
    heard.mutable_views()->set_confidentiality(confidentiality);
    builder.Add("2025-09-03", heard);
    const Made family(builder, Readers::kFamily);
    const bool withheld = confidentiality != sen::v1::CONFIDENTIALITY_NORMAL;
    EXPECT_EQ(family.record().withheld(), withheld ? 1U : 0U);
    EXPECT_EQ(family.record().All<sen::v1::ChildViewsRecorded>().size(), withheld ? 0U : 1U);
    const Made all(builder, Readers::kAll);
    EXPECT_EQ(all.record().All<sen::v1::ChildViewsRecorded>().size(), 1U);
  }
}

TEST(CaseRecord, TakesNoOtherTextForAPupilNumber) {
  RecordBuilder builder;
  sen::v1::IdentifierAssigned assigned;
  assigned.mutable_identifier()->set_type(sen::v1::IDENTIFIER_TYPE_UPN);
  assigned.mutable_identifier()->set_value("H801200001001");
  assigned.mutable_identifier()->set_former_value("1");
  builder.Add("2025-09-03", assigned);
  const auto record = CaseRecord::Read(builder.history(), builder.history(), Readers::kAll);
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record->unprinted(), std::vector<std::string>{"H801200001001"});
}

TEST(CaseRecord, RefusesDataThatDoesNotReadBack) {
  RecordBuilder builder;
  builder.Add("2025-09-03", ARegistration("Amira", "Rahman")).mutable_data()->set_value("\x0a\xff");
  EXPECT_EQ(CaseRecord::Read(builder.history(), builder.history(), Readers::kAll).status().code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace apdr::document
