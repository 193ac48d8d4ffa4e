#include "engine/domains/sen_support/sen_module.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>

#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/codec/field_rules.h"
#include "tests/unit/sen_support/case_driver.h"

namespace apdr::sen {
namespace {

TEST(SenDefinition, HasADecideForEveryCommandAndAnEvolveForEveryEvent) {
  const SenModule module(Code2015());
  std::set<std::string> decided;
  for (const auto& [type, function] : DecideTable()) decided.insert(type);
  std::set<std::string> declared;
  for (const auto& command : module.definition().commands) declared.insert(command.type);
  EXPECT_EQ(decided, declared);
  EXPECT_EQ(module.definition().events.size(), EvolveTable().size());
}

// A message of the schema that no table names would be a command or event nobody handles. Parts of
// other messages are told apart by being a field somewhere.
TEST(SenDefinition, HandlesEveryMessageOfItsSchemas) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  std::set<std::string> messages;
  std::set<std::string> parts = {"apdr.sen.v1.CaseSummary", "apdr.sen.v1.SettingSummary"};
  for (const char* part :
       {"registration", "before_support", "profile", "assess", "plan", "do", "review", "leave",
        "specialist", "escalate", "move", "governance", "setting", "types"}) {
    const auto* file = pool->FindFileByName("apdr/sen/v1/" + std::string(part) + ".proto");
    ASSERT_NE(file, nullptr);
    for (int i = 0; i < file->message_type_count(); ++i) {
      const auto* message = file->message_type(i);
      messages.insert(message->full_name());
      for (int f = 0; f < message->field_count(); ++f) {
        if (message->field(f)->message_type() != nullptr) {
          parts.insert(message->field(f)->message_type()->full_name());
        }
      }
    }
  }
  std::set<std::string> handled;
  for (const auto& [type, function] : DecideTable()) handled.insert(type);
  for (const auto& [type, function] : EvolveTable()) handled.insert(type);
  for (const std::string& part : parts) messages.erase(part);
  EXPECT_EQ(messages, handled);
}

TEST(SenDefinition, NamesEachRuleOnceAndSaysWhereItComesFrom) {
  const SenModule module(Code2015());
  std::set<std::string> codes;
  for (const core::Rule& rule : module.definition().rules) {
    EXPECT_TRUE(codes.insert(rule.code).second) << rule.code;
    EXPECT_FALSE(rule.text.empty()) << rule.code;
    EXPECT_FALSE(rule.source.empty()) << rule.code;
  }
}

TEST(SenDefinition, ListsItsRulesInRegistryOrder) {
  const SenModule module(Code2015());
  std::string last;
  for (const core::Rule& rule : module.definition().rules) {
    EXPECT_LE(last, rule.id);
    last = rule.id;
  }
}

TEST(SenModule, SavesAndLoadsItsStateExactly) {
  CaseDriver driver;
  BringToStartedSupport(driver);
  const std::string saved = driver.Saved();
  auto loaded = driver.module().LoadState(saved);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(driver.module().SaveState(**loaded), saved);
  EXPECT_EQ(driver.Refolded(), saved);
}

TEST(SenModule, SaysThatBytesAreNoState) {
  const SenModule module(Code2015());
  EXPECT_EQ(module.LoadState("\xff\xff").status().code(), absl::StatusCode::kDataLoss);
}

TEST(SenModule, AsksForOneKeyPerUpnNormalised) {
  const SenModule module(Code2015());
  const core::State none = core::Workflow(module).NewState();
  v1::RegisterChild registers;
  auto& upn = *registers.mutable_registration()->add_identifiers();
  upn.set_type(v1::IDENTIFIER_TYPE_UPN);
  upn.set_value(" u801299922001");
  registers.mutable_registration()->add_identifiers()->set_type(v1::IDENTIFIER_TYPE_ULN);
  EXPECT_THAT(module.UniqueKeys(none, *codec::MakePayload(registers)),
              testing::ElementsAre("upn:U801299922001"));
  EXPECT_THAT(module.UniqueKeys(none, *codec::MakePayload(v1::RaiseConcern())), testing::IsEmpty());
}

TEST(SenModule, StoresIdentifiersNormalisedAndUnderTheTypeTheyHave) {
  CaseDriver driver;
  auto registers = driver.Example<v1::RegisterChild>("2025-09-02");
  auto& upn = *registers.mutable_registration()->add_identifiers();
  upn.set_type(v1::IDENTIFIER_TYPE_UPN);
  upn.set_value("g80120000101a ");
  ASSERT_EQ(driver.Send("2025-09-02", "senco", registers), "ChildRegistered");
  const auto& event = codec::As<v1::ChildRegistered>(*driver.events().front().payload);
  EXPECT_EQ(event.registration().identifiers(0).value(), "G80120000101A");
  EXPECT_EQ(event.registration().identifiers(0).type(), v1::IDENTIFIER_TYPE_UPN_TEMPORARY);
  EXPECT_EQ(event.registration().joined_on(), "2025-09-02");
  EXPECT_EQ(event.registration().calendar(), "TC-2025");
}

TEST(SenState, FetchingAheadChangesNothing) {
  SenState with_setting;
  with_setting.record.mutable_setting()->set_value("123456");
  for (const SenState& state : {SenState(), with_setting}) {
    const std::string before = state.record.SerializeAsString();
    for (int step = 0; step < core::DomainState::kPrefetchSteps; ++step) state.Prefetch(step);
    EXPECT_EQ(state.record.SerializeAsString(), before);
  }
}

// The contract of the examples: complete, by the schema's own rules, in any state.
TEST(Examples, PassTheSchemasRulesForEveryCommand) {
  CaseDriver fresh;
  CaseDriver grown;
  BringToStartedSupport(grown);
  for (const auto& command : fresh.module().definition().commands) {
    for (const CaseDriver* driver : {&fresh, &grown}) {
      const auto message = examples::Minimal(command.type, driver->Context());
      ASSERT_NE(message, nullptr) << command.type;
      EXPECT_EQ(message->GetTypeName(), command.type);
      if (driver == &fresh && command.type == TypeOf<v1::HoldReview>()) continue;
      const auto problem = codec::CheckFields(*message);
      EXPECT_FALSE(problem.has_value()) << command.type << " " << problem->field;
    }
  }
  EXPECT_EQ(examples::Minimal("apdr.sen.v1.ChildRegistered", fresh.Context()), nullptr);
}

TEST(Examples, GiveEachPersonOfACaseOneLowerCaseUuid) {
  EXPECT_EQ(examples::PersonId("a", "PAR"), examples::PersonId("a", "PAR"));
  EXPECT_NE(examples::PersonId("a", "PAR"), examples::PersonId("a", "CHI"));
  EXPECT_NE(examples::PersonId("a", "PAR"), examples::PersonId("b", "PAR"));
  EXPECT_EQ(examples::RoleOf("XYZ"), "");
}

}  // namespace
}  // namespace apdr::sen
