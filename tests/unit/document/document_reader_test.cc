#include "services/document/document_reader.h"
#include "engine/base/sha256.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/document/case_fixture.h"

namespace apdr::document {
namespace {

using query::v1::GetDocumentRequest;
using query::v1::GetDocumentResponse;
using ::testing::HasSubstr;
using ::testing::Not;
using enum query::v1::DocumentKind;

using DocumentReaderTest = CaseFixture;

TEST_F(DocumentReaderTest, GivesEveryDocumentWithItsHash) {
  PlayACycle();
  for (const auto kind :
       {DOCUMENT_KIND_ONE_PAGE_PROFILE, DOCUMENT_KIND_PLAN, DOCUMENT_KIND_REVIEW_RECORD,
        DOCUMENT_KIND_CHRONOLOGY, DOCUMENT_KIND_EVIDENCE_BUNDLE}) {
    const GetDocumentResponse response = Get(ARequest(kind));
    SCOPED_TRACE(response.file_name());
    EXPECT_THAT(response.content(), HasSubstr("</html>"));
    EXPECT_EQ(response.sha256(), Sha256Hex(response.content()));
    EXPECT_EQ(response.total_bytes(), response.content().size());
    EXPECT_EQ(response.media_type(), "text/html; charset=utf-8");
    EXPECT_GT(response.as_of_position(), 0U);
    EXPECT_THAT(response.content(), Not(HasSubstr("018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e10")));
  }
  EXPECT_THAT(Get(ARequest(DOCUMENT_KIND_PLAN)).file_name(),
              ::testing::MatchesRegex("plan-cycle-1-[0-9a-f-]{36}-v[0-9]+\\.html"));
}

TEST_F(DocumentReaderTest, PrintsNoPupilNumberWhereverItWasWritten) {
  auto registration = Example<sen::v1::RegisterChild>("2025-09-02");
  auto& upn = *registration.mutable_registration()->add_identifiers();
  upn.set_type(sen::v1::IDENTIFIER_TYPE_UPN);
  upn.set_value("U801299922001");
  Do("2025-09-02", registration);
  auto concern = Example<sen::v1::RaiseConcern>("2025-09-08");
  concern.mutable_concern()->set_description("Number U801299922001 reads slowly.");
  Do("2025-09-08", concern);
  side_.RunUntilIdle();

  const std::string bundle = Get(ARequest(DOCUMENT_KIND_EVIDENCE_BUNDLE)).content();
  EXPECT_THAT(bundle, HasSubstr("Number (number not printed) reads slowly."));
  EXPECT_THAT(bundle, Not(HasSubstr("U801299922001")));
}

TEST_F(DocumentReaderTest, GivesTheSameBytesForTheSameMoment) {
  PlayACycle();
  GetDocumentRequest then = ARequest(DOCUMENT_KIND_EVIDENCE_BUNDLE);
  then.set_as_at("2025-10-10");
  const GetDocumentResponse before = Get(then);
  EXPECT_EQ(Get(ARequest(DOCUMENT_KIND_CHRONOLOGY)).sha256(),
            Get(ARequest(DOCUMENT_KIND_CHRONOLOGY)).sha256());

  Do<sen::v1::RecordProgress>("2026-01-12");
  side_.RunUntilIdle();
  EXPECT_EQ(Get(then).content(), before.content()) << "what came later changed what was";
  EXPECT_THAT(before.content(), Not(HasSubstr("plan-1")));
  EXPECT_THAT(before.content(), HasSubstr("As at 10 October 2025."));
}

TEST_F(DocumentReaderTest, ShowsACorrectionAndHashesWhatWasStored) {
  Register();
  side_.RunUntilIdle();
  const auto history = history::ReadHistory(model_, workflow_, stream_, {});
  ASSERT_TRUE(history.ok() && history->has_value());
  const event::v1::Event registered = (*history)->events.front();
  sen::v1::RecordCorrected corrected;
  corrected.mutable_correction()->set_target_event_id(registered.event_id());
  corrected.mutable_correction()->set_field("registration.family_name");
  corrected.mutable_correction()->set_new_value("Rahman");
  event::v1::Event event = registered;
  event.set_event_id("018f0000-0000-7000-8000-0000000000ff");
  event.set_version((*history)->view.version() + 1);
  event.clear_position();
  event.clear_deadlines_started();
  event.mutable_data()->PackFrom(corrected);
  apdr::testing::AppendBytes(store_, stream_, CaseVersion(event.version()),
                             event.SerializeAsString());
  side_.RunUntilIdle();

  EXPECT_THAT(Get(ARequest(DOCUMENT_KIND_CHRONOLOGY)).content(),
              HasSubstr("<dt>Family name</dt><dd>Rahman (corrected)</dd>"));
  EXPECT_THAT(Get(ARequest(DOCUMENT_KIND_EVIDENCE_BUNDLE)).content(),
              HasSubstr(Sha256Hex(registered.data().value())));
}

TEST_F(DocumentReaderTest, SaysWhatToDoForADocumentThatIsNotThereYet) {
  Register();
  side_.RunUntilIdle();
  EXPECT_THAT(Refusal(ARequest(DOCUMENT_KIND_ONE_PAGE_PROFILE)),
              HasSubstr("FIELD_INVALID: Expected to read the request, but kind names a one-page "
                        "profile, which the case does not have yet"));
  EXPECT_THAT(Refusal(ARequest(DOCUMENT_KIND_PLAN)), HasSubstr("AgreePlan"));
  EXPECT_THAT(Refusal(ARequest(DOCUMENT_KIND_REVIEW_RECORD)), HasSubstr("HoldReview"));
  EXPECT_EQ(Refusal(ARequest(DOCUMENT_KIND_CHRONOLOGY)), "OK");
  EXPECT_EQ(Refusal(ARequest(DOCUMENT_KIND_EVIDENCE_BUNDLE)), "OK");
}

TEST_F(DocumentReaderTest, RefusesWhatItCannotUnderstand) {
  PlayACycle();
  EXPECT_THAT(Refusal(ARequest(DOCUMENT_KIND_UNSPECIFIED)), HasSubstr("FIELD_REQUIRED"));
  EXPECT_THAT(Refusal(ARequest(static_cast<query::v1::DocumentKind>(99))),
              HasSubstr("ENUM_UNKNOWN"));
  GetDocumentRequest request = ARequest(DOCUMENT_KIND_CHRONOLOGY);
  request.set_cycle(1);
  EXPECT_THAT(Refusal(request),
              HasSubstr("FIELD_INVALID: Expected to read the request, but cycle"));
  request = ARequest(DOCUMENT_KIND_PLAN);
  request.set_cycle(7);
  EXPECT_THAT(Refusal(request), HasSubstr("cycle must be one of 1, or 0 for the newest"));
  request = ARequest(DOCUMENT_KIND_PLAN);
  request.set_as_at("yesterday");
  EXPECT_THAT(Refusal(request), HasSubstr("FIELD_INVALID"));
  request = ARequest(DOCUMENT_KIND_PLAN);
  request.mutable_known_at()->set_nanos(-1);
  EXPECT_THAT(Refusal(request), HasSubstr("FIELD_INVALID"));
  request = ARequest(DOCUMENT_KIND_PLAN);
  request.set_offset(1U << 30);
  EXPECT_THAT(Refusal(request), HasSubstr("FIELD_INVALID"));
  request = ARequest(DOCUMENT_KIND_PLAN);
  request.set_min_position(1000);
  EXPECT_THAT(Refusal(request), HasSubstr("READ_MODEL_BEHIND"));
}

TEST_F(DocumentReaderTest, KnowsNoCaseOfAnotherTenantOrTime) {
  PlayACycle();
  host::Caller stranger = ACaller();
  stranger.tenant = TenantId("t2");
  EXPECT_THAT(Refusal(ARequest(DOCUMENT_KIND_PLAN), stranger), HasSubstr("CASE_UNKNOWN"));
  GetDocumentRequest request = ARequest(DOCUMENT_KIND_PLAN);
  request.set_as_at("2025-09-01");
  EXPECT_THAT(Refusal(request), HasSubstr("CASE_UNKNOWN"));
}

TEST_F(DocumentReaderTest, GivesNothingToAParentWhomACourtKeepsFromIt) {
  Register();
  auto link = Example<sen::v1::LinkParentCarer>("2025-09-03");
  link.mutable_parent_carer()->set_person_id("018f0000-0000-7000-8000-00000000000a");
  link.mutable_parent_carer()->set_restriction(sen::v1::PARENT_RESTRICTION_NO_DISCLOSURE);
  Do("2025-09-03", link);
  side_.RunUntilIdle();
  EXPECT_THAT(Refusal(ARequest(DOCUMENT_KIND_CHRONOLOGY),
                      ACaller("parent", "018f0000-0000-7000-8000-00000000000a")),
              HasSubstr("NOT_AUTHORISED"));
  EXPECT_EQ(Refusal(ARequest(DOCUMENT_KIND_CHRONOLOGY),
                    ACaller("parent", "018f0000-0000-7000-8000-00000000000b")),
            "OK");
}

TEST_F(DocumentReaderTest, SaysThatSomeItemsAreNotIncluded) {
  Register();
  auto concern = Example<sen::v1::RaiseConcern>("2025-09-08");
  concern.mutable_concern()->set_description("Kept from the family.");
  Do("2025-09-08", concern);
  side_.RunUntilIdle();
  const auto history = history::ReadHistory(model_, workflow_, stream_, {});
  ASSERT_TRUE(history.ok() && history->has_value());
  Do<sen::v1::RequestDisclosure>("2025-09-09");
  auto disclose = Example<sen::v1::Disclose>("2025-09-10");
  disclose.mutable_disclosure()->set_kind(sen::v1::DISCLOSURE_KIND_SUBJECT_ACCESS);
  sen::v1::WithheldEvent& withheld = *disclose.mutable_disclosure()->add_withheld();
  withheld.set_event_id((*history)->events.back().event_id());
  withheld.set_exemption("serious harm");
  Do("2025-09-10", disclose);
  side_.RunUntilIdle();

  for (const auto kind : {DOCUMENT_KIND_CHRONOLOGY, DOCUMENT_KIND_EVIDENCE_BUNDLE}) {
    const std::string family = Get(ARequest(kind), ACaller("parent")).content();
    EXPECT_THAT(family, HasSubstr("Some items are not included."));
    EXPECT_THAT(family, Not(HasSubstr("Kept from the family.")));
    EXPECT_THAT(family, Not(HasSubstr("ConcernRaised")));
  }
  EXPECT_THAT(Get(ARequest(DOCUMENT_KIND_CHRONOLOGY)).content(),
              Not(HasSubstr("Kept from the family.")));
  EXPECT_THAT(Get(ARequest(DOCUMENT_KIND_EVIDENCE_BUNDLE)).content(),
              HasSubstr("Kept from the family."));
}

TEST_F(DocumentReaderTest, AnswersALongDocumentInParts) {
  Register();
  auto progress = Example<sen::v1::RecordProgress>("2025-09-03");
  for (int i = 0; i < 5000; ++i) Do("2025-09-03", progress);
  side_.RunUntilIdle();
  GetDocumentRequest request = ARequest(DOCUMENT_KIND_EVIDENCE_BUNDLE);
  std::string whole;
  GetDocumentResponse part;
  do {
    request.set_offset(whole.size());
    part = Get(request);
    ASSERT_FALSE(part.content().empty());
    ASSERT_LE(part.content().size(), kPartBytesMax);
    whole += part.content();
  } while (whole.size() < part.total_bytes());
  EXPECT_GT(whole.size(), kPartBytesMax);
  EXPECT_EQ(Sha256Hex(whole), part.sha256());
}

}  // namespace
}  // namespace apdr::document
