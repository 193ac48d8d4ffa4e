#include "services/history/command_outlooks.h"

#include <string>
#include <utility>

#include "engine/base/status_macros.h"
#include "engine/codec/state_codec.h"
#include "engine/core/decide.h"
#include "services/projection/rows/row_keys.h"
#include "services/projection/rows/row_values.h"

namespace apdr::history {

using query::v1::CommandOutlook;

absl::StatusOr<std::optional<std::vector<CommandOutlook>>> ReadCommandOutlooks(
    const readmodel::ReadModel& model, const core::Workflow& workflow, const StreamId& stream,
    const core::Actor& actor, absl::Time now) {
  APDR_ASSIGN_OR_RETURN(const std::optional<std::string> row,
                        model.Get(projection::CaseKey(stream)));
  if (!row) return std::nullopt;
  APDR_ASSIGN_OR_RETURN(const std::string_view bytes, projection::DecodeCaseState(*row));
  APDR_ASSIGN_OR_RETURN(const core::State state, codec::DecodeState(workflow, bytes));
  const core::Context context{.now = now,
                              .today = DateOf(now, workflow.definition().zone),
                              .actor = actor,
                              .key_holders = {},
                              .case_id = stream.case_id};
  std::vector<CommandOutlook> outlooks;
  for (const core::CommandSpec& spec : workflow.definition().commands) {
    CommandOutlook& outlook = outlooks.emplace_back();
    outlook.set_command(spec.type);
    outlook.set_title(spec.title);
    for (const std::string& role : spec.roles) outlook.add_roles(role);
    for (const core::Obstacle& obstacle : core::Foresee(workflow, state, spec.type, context)) {
      query::v1::Obstacle& said = *outlook.add_obstacles();
      said.set_rule_code(obstacle.rule_code);
      said.set_fact(obstacle.fact);
      said.set_departure_possible(obstacle.strength == core::Strength::kShould);
    }
    outlook.set_admitted(outlook.obstacles().empty());
  }
  return outlooks;
}

}  // namespace apdr::history
