#include "engine/domains/sen_support/sen_module.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/summary.pb.h"
#include "engine/base/check.h"
#include "engine/domains/sen_support/assess/assess.h"
#include "engine/domains/sen_support/definition/content.h"
#include "engine/domains/sen_support/definition/tables.h"
#include "engine/domains/sen_support/registration/registration.h"
#include "engine/domains/sen_support/setting/setting.h"

namespace apdr::sen {
namespace {

core::Definition MakeDefinition(const Policy& policy) {
  core::Definition definition;
  definition.name = "sen_support";
  definition.title = "SEN Support: the graduated approach";
  definition.policy = policy.Id();
  definition.roles = policy.roles;
  definition.roles.emplace_back("system");  // Importers and the engine's own timers.
  APDR_CHECK(absl::LoadTimeZone("Europe/London", &definition.zone));
  definition.stages = StageTable();
  definition.transitions = TransitionTable();
  definition.commands = CommandTable();
  for (const auto& [type, fold] : EvolveTable()) definition.events.push_back(type);
  definition.erased_by = TypeOf<v1::RecordErased>();
  definition.rules = RuleTable(policy);
  definition.timers = TimerTable(policy);
  definition.actions = ActionTable(policy);
  definition.has_role = [&policy](const core::State& state, std::string_view role) {
    return policy.HasRole(CaseOf(state).setting().type(), role);
  };
  return definition;
}

CaseState& RecordOf(core::DomainState& state) { return static_cast<SenState&>(state).record; }

// A plan is in force from its agreement until the next one or the end of support.
v1::CaseSummary Summarise(const CaseState& record) {
  v1::CaseSummary summary;
  summary.set_provision(record.provision());
  *summary.mutable_needs() = record.needs();
  if (record.has_responsible_teacher()) {
    *summary.mutable_responsible_teacher() = record.responsible_teacher();
  }
  if (record.has_plan() && !record.plans().empty()) {
    *summary.mutable_plan() = record.plans(record.plans_size() - 1);
  }
  summary.set_cycles_completed(record.cycles_completed());
  summary.set_parent_meetings(record.parent_meetings());
  *summary.mutable_plans() = record.plans();
  summary.set_departures(record.departures());
  summary.set_has_profile(record.has_profile());
  return summary;
}

v1::SettingSummary SummariseSetting(const CaseState& record) {
  v1::SettingSummary summary;
  *summary.mutable_setting() = record.setting();
  const state::v1::PlaceRecord& place = record.place();
  if (place.has_senco()) *summary.mutable_senco() = place.senco();
  summary.set_senco_from(place.senco_from());
  if (place.has_report()) *summary.mutable_report() = place.report();
  return summary;
}

}  // namespace

SenModule::SenModule(Policy policy)
    : policy_(std::move(policy)),
      definition_(MakeDefinition(policy_)),
      decide_(DecideTable()),
      evolve_(EvolveTable()) {
  APDR_CHECK(policy_.FindCalendar({}) != nullptr);
}

std::variant<std::vector<core::PayloadPtr>, core::Rejection> SenModule::Decide(
    const core::RuleInput& input) const {
  const std::string_view type = input.command.payload->type();
  const auto decide = decide_.find(type);
  APDR_CHECK(decide != decide_.end());
  const SenInput sen_input{.engine = input, .record = CaseOf(input.state), .policy = policy_};
  if (auto rejection = CheckContent(sen_input, definition_.commands)) return *std::move(rejection);
  return decide->second(sen_input);
}

void SenModule::Evolve(core::DomainState& state, const core::Event& event) const {
  const auto evolve = evolve_.find(event.payload->type());
  APDR_CHECK(evolve != evolve_.end());
  CaseState& record = RecordOf(state);
  evolve->second(record, event);
  record.set_departures(record.departures() + static_cast<std::uint32_t>(event.departures.size()));
}

std::vector<std::string> SenModule::UniqueKeys(const core::State& state,
                                               const core::Payload& command) const {
  return UpnKeys(CaseOf(state), command);
}

bool SenModule::HoldsKey(const core::State& state, const std::string& key) const {
  return HoldsUpnKey(CaseOf(state), key);
}

std::vector<std::string> SenModule::EventsNamed(const core::Payload& command) const {
  const auto* correct = TryAs<v1::CorrectRecord>(command);
  if (correct == nullptr) return {};
  return {correct->correction().target_event_id()};
}

std::vector<CaseId> SenModule::CasesRead(const core::State& state,
                                         const core::Payload& command) const {
  return SettingsRead(CaseOf(state), command);
}

core::PayloadPtr SenModule::Blank(std::string_view type) const {
  const google::protobuf::Message* prototype = codec::FindPrototype(type);
  if (prototype == nullptr) return nullptr;
  return codec::OwnPayload(std::unique_ptr<const google::protobuf::Message>(prototype->New()));
}

std::optional<core::Correction> SenModule::CorrectionIn(const core::Payload& event) const {
  const auto* corrected = TryAs<v1::RecordCorrected>(event);
  if (corrected == nullptr) return std::nullopt;
  const v1::Correction& correction = corrected->correction();
  return core::Correction{.event_id = correction.target_event_id(),
                          .field = correction.field(),
                          .value = correction.new_value()};
}

bool SenModule::IsKeptFrom(std::string_view role, const core::Payload& event) const {
  const auto* heard = TryAs<v1::ChildViewsRecorded>(event);
  return heard != nullptr && IsWithheldFrom(role, heard->views().confidentiality());
}

core::CaseFacts SenModule::Facts(const core::State& state) const {
  const CaseState& record = CaseOf(state);
  std::vector<std::string> kept_out;
  for (const state::v1::LinkedParent& parent : record.parents()) {
    if (parent.restricted()) kept_out.push_back(parent.person_id());
  }
  return {.cycle = record.cycle(),
          .setting_id = SettingId(record.setting()),
          .authority_id = record.home_la(),
          .summary = record.has_place() ? MakePayload(SummariseSetting(record))
                                        : MakePayload(Summarise(record)),
          .erased = definition_.stages.at(state.stage).name == "erased",
          .kept_out = std::move(kept_out)};
}

std::string SenModule::SaveState(const core::DomainState& state) const {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream output(&stream);
    output.SetSerializationDeterministic(true);
    APDR_CHECK(static_cast<const SenState&>(state).record.SerializeToCodedStream(&output));
  }
  return bytes;
}

absl::StatusOr<std::unique_ptr<core::DomainState>> SenModule::LoadState(
    std::string_view bytes) const {
  auto state = std::make_unique<SenState>();
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      !state->record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("Expected to load a case, but the bytes are not one.");
  }
  return state;
}

}  // namespace apdr::sen
