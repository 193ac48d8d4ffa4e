#include "engine/codec/message_payload.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "apdr/event/v1/event.pb.h"
#include "engine/codec/message_in_block.h"
#include "tests/support/library_loan_domain/library_loan.pb.h"

namespace apdr::codec {
namespace {

using apdr::testing::library::v1::AddNote;
using apdr::testing::library::v1::RenewLoan;

TEST(MessagePayload, CarriesItsMessageAndTheNameOfItsType) {
  RenewLoan renewal;
  renewal.set_days(9);
  const core::PayloadPtr payload = MakePayload(std::move(renewal));
  EXPECT_EQ(payload->type(), "apdr.testing.library.v1.RenewLoan");
  EXPECT_EQ(As<RenewLoan>(*payload).days(), 9U);
}

TEST(MessagePayload, TriesATypeWithoutDying) {
  const core::PayloadPtr payload = MakePayload(RenewLoan());
  EXPECT_NE(TryAs<RenewLoan>(*payload), nullptr);
  EXPECT_EQ(TryAs<AddNote>(*payload), nullptr);
}

TEST(MessagePayload, OwnsAMessageOfAnyType) {
  auto note = std::make_unique<AddNote>();
  note->set_text("Torn page");
  const core::PayloadPtr payload = OwnPayload(std::move(note));
  EXPECT_EQ(payload->type(), "apdr.testing.library.v1.AddNote");
  EXPECT_EQ(As<AddNote>(*payload).text(), "Torn page");
}

TEST(MessagePayloadDeathTest, AbortsOnTheWrongType) {
  const core::PayloadPtr payload = MakePayload(RenewLoan());
  EXPECT_DEATH((void)As<AddNote>(*payload), "message != nullptr");
}

TEST(ParsePayload, ReadsAMessageByItsTypeName) {
  RenewLoan renewal;
  renewal.set_days(9);
  const auto payload =
      ParsePayload("apdr.testing.library.v1.RenewLoan", renewal.SerializeAsString());
  ASSERT_TRUE(payload.ok()) << payload.status();
  EXPECT_EQ(As<RenewLoan>(**payload).days(), 9U);
}

TEST(ParsePayload, ReadsAMessageThatDoesNotFitBesideThePayload) {
  event::v1::Event event;
  for (int i = 0; i < 200; ++i) event.add_warnings()->set_rule_code(std::to_string(i));
  const auto payload = ParsePayload("apdr.event.v1.Event", event.SerializeAsString());
  ASSERT_TRUE(payload.ok()) << payload.status();
  EXPECT_EQ(As<event::v1::Event>(**payload).SerializeAsString(), event.SerializeAsString());
}

TEST(ParsePayload, SaysThatATypeIsUnknown) {
  EXPECT_EQ(ParsePayload("apdr.testing.library.v1.Burnt", "").status().code(),
            absl::StatusCode::kNotFound);
}

TEST(ParsePayload, RefusesBytesThatAreNotTheMessage) {
  EXPECT_EQ(ParsePayload("apdr.testing.library.v1.RenewLoan", "\xff").status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(ParsePayload, RefusesTextThatIsNotUtf8) {
  // Field 1 (text), length 2, bytes that no UTF-8 has.
  EXPECT_EQ(ParsePayload("apdr.testing.library.v1.AddNote", "\x0a\x02\xc3\x28").status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(MessageInBlock, HoldsMoreThanItsBlock) {
  MessageInBlock<event::v1::Event> message;
  EXPECT_EQ(message->ByteSizeLong(), 0U);
  for (int i = 0; i < 200; ++i) message->add_warnings()->set_rule_code(std::to_string(i));
  ASSERT_EQ((*message).warnings_size(), 200);
  EXPECT_EQ(message->warnings(199).rule_code(), "199");
}

TEST(TypeOfUrl, IsWhatFollowsTheLastSlash) {
  EXPECT_EQ(TypeOfUrl("type.googleapis.com/a.B"), "a.B");
  EXPECT_EQ(TypeOfUrl("x/y/a.B"), "a.B");
  EXPECT_EQ(TypeOfUrl("a.B"), "");
  EXPECT_EQ(TypeOfUrl(UrlOfType("a.B")), "a.B");
}

}  // namespace
}  // namespace apdr::codec
