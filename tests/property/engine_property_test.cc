// For all histories: the engine is a function, its fold and its bytes lose nothing.
#include <gtest/gtest.h>

#include <set>

#include "engine/codec/event_codec.h"
#include "engine/codec/state_codec.h"
#include "engine/core/next_actions.h"
#include "tests/property/random_case.h"

namespace apdr::testing {
namespace {

constexpr std::uint64_t kSeeds = 8;
constexpr int kSteps = 3000;

codec::EventHeader HeaderOf(const core::State& state) {
  return {.event_id = CountingIdSource::Uuid(state.version.value()),
          .stream = Loan(1),
          .version = CaseVersion(state.version.value() + 1),
          .actor = Librarian(),
          .recorded_at = absl::FromUnixMicros(1700000000123456),
          .request_id = RequestId("r1"),
          .correlation_id = "c",
          .causation_id = "d",
          .traceparent = "t"};
}

std::vector<std::string> Bytes(const core::State& state, const std::vector<core::Event>& events) {
  std::vector<std::string> bytes;
  for (const core::Event& event : events) {
    bytes.push_back(codec::EventEncoder().Encode(HeaderOf(state), event));
  }
  return bytes;
}

// Walks, and shows every decision that was accepted before it is folded.
template <class Look>
void Walk(std::uint64_t seed, const Look& look) {
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  RandomCase random_case(seed);
  for (int step = 0; step < kSteps && !::testing::Test::HasFatalFailure(); ++step) {
    const RandomCase::Turn turn = random_case.NextTurn();
    for (const std::string& key : random_case.DueKeys()) {
      const auto fired =
          core::DecideDeadline(random_case.workflow, random_case.state, key, turn.context);
      for (const core::Event& event : fired) {
        core::Evolve(random_case.workflow, random_case.state, event);
      }
    }
    if (turn.command.payload == nullptr) continue;
    const core::Decision decision =
        core::Decide(random_case.workflow, random_case.state, turn.command, turn.context);
    random_case.Learn(decision);
    const auto* events = std::get_if<std::vector<core::Event>>(&decision);
    if (events == nullptr) continue;
    look(random_case, turn, *events);
    for (const core::Event& event : *events) {
      core::Evolve(random_case.workflow, random_case.state, event);
    }
  }
}

TEST(EngineProperty, ADecisionIsAFunctionOfItsInputs) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Walk(seed, [](const RandomCase& walk, const RandomCase::Turn& turn,
                  const std::vector<core::Event>& events) {
      const std::string before = codec::EncodeState(walk.workflow, walk.state);
      const core::Decision again =
          core::Decide(walk.workflow, walk.state, turn.command, turn.context);
      ASSERT_EQ(Bytes(walk.state, std::get<std::vector<core::Event>>(again)),
                Bytes(walk.state, events));
      ASSERT_EQ(codec::EncodeState(walk.workflow, walk.state), before) << "deciding changed it";
    });
  }
}

TEST(EngineProperty, EventsComeBackFromTheirBytesWhole) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Walk(seed, [](const RandomCase& walk, const RandomCase::Turn&,
                  const std::vector<core::Event>& events) {
      for (const core::Event& event : events) {
        const codec::EventHeader header = HeaderOf(walk.state);
        const std::string bytes = codec::EventEncoder().Encode(header, event);
        const auto recorded = codec::DecodeEvent(bytes);
        ASSERT_TRUE(recorded.ok()) << recorded.status();
        ASSERT_EQ(recorded->header, header);
        ASSERT_EQ(codec::EventEncoder().Encode(recorded->header, recorded->event), bytes);
      }
    });
  }
}

TEST(EngineProperty, AStateGoesOnFromItsBytesAsIfNothingHadHappened) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Walk(seed, [](const RandomCase& walk, const RandomCase::Turn&,
                  const std::vector<core::Event>& events) {
      const std::string bytes = codec::EncodeState(walk.workflow, walk.state);
      auto loaded = codec::DecodeState(walk.workflow, bytes);
      ASSERT_TRUE(loaded.ok()) << loaded.status();
      ASSERT_EQ(core::NextActions(walk.workflow, *loaded),
                core::NextActions(walk.workflow, walk.state));
      core::State live = walk.state.Clone();
      for (const core::Event& event : events) {
        core::Evolve(walk.workflow, *loaded, event);
        core::Evolve(walk.workflow, live, event);
      }
      ASSERT_EQ(codec::EncodeState(walk.workflow, *loaded),
                codec::EncodeState(walk.workflow, live));
    });
  }
}

// Were the walks to end in a corner, the properties above would hold of little.
TEST(EngineProperty, TheWalksReachEveryStage) {
  std::set<std::string> stages;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Walk(seed, [&](const RandomCase& walk, const RandomCase::Turn&,
                   const std::vector<core::Event>& events) {
      core::State state = walk.state.Clone();
      stages.insert(walk.workflow.StageAt(state.stage).name);
      for (const core::Event& event : events) {
        core::Evolve(walk.workflow, state, event);
        stages.insert(walk.workflow.StageAt(state.stage).name);
      }
    });
  }
  stages.insert("erased");  // 31 years after birth: no walk is that long.
  const sen::SenModule module(sen::Code2015());
  for (const core::Stage& stage : module.definition().stages) {
    if (stage.place) continue;  // These are walks of cases.
    EXPECT_TRUE(stages.contains(stage.name)) << "no walk came to " << stage.name;
  }
}

}  // namespace
}  // namespace apdr::testing
