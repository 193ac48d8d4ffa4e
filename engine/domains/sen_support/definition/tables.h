#pragma once

#include <string>
#include <vector>

#include "engine/core/definition.h"
#include "engine/domains/sen_support/policy.h"

// The workflow as tables, one file each: stages.cc, commands.cc, rules.cc, timers.cc, actions.cc.
// Functions in the tables borrow the policy, which must outlive them.
namespace apdr::sen {

[[nodiscard]] std::vector<core::Stage> StageTable();
[[nodiscard]] std::vector<core::Transition> TransitionTable();
[[nodiscard]] std::vector<core::CommandSpec> CommandTable();
[[nodiscard]] std::vector<core::Rule> RuleTable(const Policy& policy);
[[nodiscard]] std::vector<core::TimerSpec> TimerTable(const Policy& policy);
[[nodiscard]] std::vector<core::ActionSpec> ActionTable(const Policy& policy);

// Every stage of a case that is neither closed nor erased.
[[nodiscard]] std::vector<std::string> OpenStages();
// Stages from the start of SEN Support to its end.
[[nodiscard]] std::vector<std::string> SupportStages();

}  // namespace apdr::sen
