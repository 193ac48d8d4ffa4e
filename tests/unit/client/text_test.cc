#include "services/client/text.h"

#include <gtest/gtest.h>

#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"

namespace apdr::client {
namespace {

TEST(Table, LinesItsColumnsUp) {
  Table table({"DUE", "WHAT"});
  table.Add({"2026-02-06", "review"});
  table.Add({"-", "a longer text"});

  EXPECT_EQ(table.Render(2),
            "  DUE         WHAT\n  2026-02-06  review\n  -           a longer text\n");
}

TEST(Table, CountsCharactersNotBytes) {
  Table table({});
  table.Add({"Zoë", "x"});
  table.Add({"Anna", "y"});

  EXPECT_EQ(table.Render(), "Zoë   x\nAnna  y\n");
}

TEST(InWords, ReadsATypeNameAsASentence) {
  EXPECT_EQ(InWords("type.googleapis.com/apdr.sen.v1.PlanAgreed"), "Plan agreed");
  EXPECT_EQ(InWords("apdr.sen.v1.OnePageProfileCreated"), "One page profile created");
  EXPECT_EQ(InWords("apdr.sen.v1.StartSenSupport"), "Start SEN support");
}

TEST(Count, UsesThePluralExceptForOne) {
  EXPECT_EQ(Count(0, "step"), "0 steps");
  EXPECT_EQ(Count(1, "step"), "1 step");
  EXPECT_EQ(Count(2, "step"), "2 steps");
}

TEST(OneLine, CutsAtCharactersAndDisarmsControlCharacters) {
  EXPECT_EQ(OneLine("short", 10), "short");
  EXPECT_EQ(OneLine("a longer text", 10), "a longe...");
  EXPECT_EQ(OneLine("ëëëëëëëëëëë", 10), "ëëëëëëë...");
  EXPECT_EQ(OneLine("two\nlines\x1b[2J", 40), "two lines [2J");
}

TEST(Describe, SaysWhatAnEventHolds) {
  sen::v1::ChildAssessed assessed;
  assessed.set_cycle(2);
  auto* assessment = assessed.mutable_assessment();
  assessment->add_by()->set_role("teacher");
  assessment->add_by()->set_role("senco");
  assessment->set_strengths("listens well");
  assessment->add_needs()->set_sen_type("SPLD");
  assessment->set_needs_understood(sen::v1::ANSWER_PARTLY);
  google::protobuf::Any any;
  any.PackFrom(assessed);

  EXPECT_EQ(Describe(any, 200),
            "cycle: 2; by: teacher, senco; strengths: listens well; needs: SPLD; needs understood: "
            "partly");
}

TEST(Describe, ShowsMeasuredValues) {
  sen::v1::ProgressRecorded recorded;
  auto* result = recorded.mutable_progress()->mutable_result();
  result->set_measure("words per minute");
  result->set_value("51");
  recorded.mutable_progress()->set_outcome_id("O1");
  google::protobuf::Any any;
  any.PackFrom(recorded);

  EXPECT_EQ(Describe(any, 100), "result: words per minute 51; outcome id: O1");
}

TEST(Describe, IsSilentAboutWhatItDoesNotKnow) {
  google::protobuf::Any any;
  any.set_type_url("type.googleapis.com/some.other.Event");
  EXPECT_EQ(Describe(any, 100), "");
  any.set_type_url("type.googleapis.com/apdr.sen.v1.ConcernRaised");
  any.set_value("\xff\xff");
  EXPECT_EQ(Describe(any, 100), "");
}

}  // namespace
}  // namespace apdr::client
