#include "engine/codec/state_codec.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "apdr/event/v1/case_state.pb.h"
#include "engine/base/status_macros.h"
#include "engine/codec/event_codec.h"

namespace apdr::codec {
namespace {

// Raise when core::Evolve or CaseState change meaning.
constexpr int kCoreStateVersion = 4;

}  // namespace

std::string StateFormat(const core::Workflow& workflow) {
  return absl::StrCat(workflow.definition().name, "/", kCoreStateVersion);
}

std::string EncodeState(const core::Workflow& workflow, const core::State& state) {
  event::v1::CaseState message;
  message.set_version(state.version.value());
  message.set_stage(workflow.StageAt(state.stage).name);
  for (const std::size_t stage : state.stages_before) {
    message.add_stages_before(workflow.StageAt(stage).name);
  }
  for (const auto& [key, paused] : state.paused) {
    event::v1::RunningDeadline& added = *message.add_paused();
    *added.mutable_deadline() = ToMessage(paused.deadline);
    added.set_fired(paused.fired);
  }
  message.set_policy(state.policy);
  for (const auto& [key, running] : state.deadlines) {
    event::v1::RunningDeadline* added = message.add_deadlines();
    *added->mutable_deadline() = ToMessage(running.deadline);
    added->set_fired(running.fired);
  }
  message.set_domain(workflow.module().SaveState(*state.domain));
  return message.SerializeAsString();
}

absl::StatusOr<core::State> DecodeState(const core::Workflow& workflow, std::string_view bytes) {
  event::v1::CaseState message;
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("Expected to read a cached state, but it does not parse.");
  }
  const auto& stages = workflow.definition().stages;
  const auto stage = std::ranges::find(stages, message.stage(), &core::Stage::name);
  if (stage == stages.end()) {
    return absl::DataLossError("Expected to read a cached state, but its stage is not declared.");
  }
  core::State state;
  state.version = CaseVersion(message.version());
  state.stage = static_cast<std::size_t>(stage - stages.begin());
  for (const std::string& name : message.stages_before()) {
    const auto before = std::ranges::find(stages, name, &core::Stage::name);
    if (before == stages.end()) {
      return absl::DataLossError("Expected to read a cached state, but a stage is not declared.");
    }
    state.stages_before.push_back(static_cast<std::size_t>(before - stages.begin()));
  }
  state.policy = message.policy();
  for (const event::v1::RunningDeadline& running : message.deadlines()) {
    APDR_ASSIGN_OR_RETURN(core::Deadline deadline, FromMessage(running.deadline()));
    std::string key = deadline.Key();
    state.deadlines.emplace(std::move(key), core::RunningDeadline{.deadline = std::move(deadline),
                                                                  .fired = running.fired()});
  }
  for (const event::v1::RunningDeadline& paused : message.paused()) {
    APDR_ASSIGN_OR_RETURN(core::Deadline deadline, FromMessage(paused.deadline()));
    std::string key = deadline.Key();
    state.paused.emplace(std::move(key), core::RunningDeadline{.deadline = std::move(deadline),
                                                               .fired = paused.fired()});
  }
  APDR_ASSIGN_OR_RETURN(state.domain, workflow.module().LoadState(message.domain()));
  return state;
}

}  // namespace apdr::codec
