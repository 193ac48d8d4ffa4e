#include "services/projection/case_view.h"

#include "engine/codec/event_codec.h"
#include "engine/codec/message_payload.h"
#include "engine/core/next_actions.h"

namespace apdr::projection {
namespace {

// Before every date: nothing is overdue on it.
constexpr Date kNever(1, 1, 1);

}  // namespace

query::v1::CaseView BuildCaseView(const core::Workflow& workflow, const core::State& state,
                                  const CasePlace& place) {
  query::v1::CaseView view;
  view.set_case_id(place.case_id.value());
  view.set_version(state.version.value());
  view.set_shard(place.shard.value());
  view.set_position(place.position.value());
  view.set_workflow(workflow.definition().name);
  view.set_stage(workflow.StageAt(state.stage).name);
  view.set_stage_title(workflow.StageAt(state.stage).title);
  view.set_policy(state.policy);
  const core::CaseFacts facts = workflow.module().Facts(state);
  view.set_cycle(facts.cycle);
  view.set_setting_id(facts.setting_id);
  view.set_authority_id(facts.authority_id);
  view.set_erased(facts.erased);
  for (const std::string& person : facts.kept_out) view.add_kept_out(person);
  for (const auto& [key, running] : state.deadlines) {
    *view.add_deadlines() = codec::ToMessage(running.deadline);
  }
  for (const core::NextAction& action : core::NextActions(workflow, state)) {
    codec::Fill(action, kNever, *view.add_next_actions());
  }
  if (facts.summary != nullptr) {
    view.mutable_summary()->set_type_url(codec::UrlOfType(facts.summary->type()));
    static_cast<const codec::MessagePayload&>(*facts.summary)
        .message()
        .SerializeToString(view.mutable_summary()->mutable_value());
  }
  return view;
}

}  // namespace apdr::projection
