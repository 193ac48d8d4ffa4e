#include "services/document/case_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(CaseRecord, KnowsWhomACourtKeepsFromIt) {
  RecordBuilder builder;
  sen::v1::ParentCarerLinked linked;
  linked.mutable_parent_carer()->set_person_id("018f0000-0000-7000-8000-00000000000a");
  linked.mutable_parent_carer()->set_restriction(sen::v1::PARENT_RESTRICTION_NO_CONTACT);
  builder.Add("2025-09-03", linked);

  EXPECT_TRUE(Made(builder).record().IsRestricted("018f0000-0000-7000-8000-00000000000a"));
  EXPECT_FALSE(Made(builder).record().IsRestricted("018f0000-0000-7000-8000-00000000000b"));

  linked.mutable_parent_carer()->set_restriction(sen::v1::PARENT_RESTRICTION_NONE);
  builder.Add("2025-10-03", linked);
  EXPECT_FALSE(Made(builder).record().IsRestricted("018f0000-0000-7000-8000-00000000000a"));
}

TEST(CaseRecord, RefusesDataThatDoesNotReadBack) {
  RecordBuilder builder;
  builder.Add("2025-09-03", ARegistration("Amira", "Rahman")).mutable_data()->set_value("\x0a\xff");
  EXPECT_EQ(CaseRecord::Read(builder.history(), Readers::kAll).status().code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace apdr::document
