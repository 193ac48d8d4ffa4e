#include <CLI/App.hpp>
#include <iostream>
#include <memory>

#include "engine/codec/events_reference.h"
#include "engine/core/reference.h"
#include "engine/core/render.h"
#include "engine/domains/sen_support/policy_file.h"
#include "engine/domains/sen_support/sen_module.h"
#include "nlohmann/json.hpp"
#include "services/apdr/policy_option.h"
#include "services/apdr/subcommands.h"

namespace apdr {
namespace {

using nlohmann::ordered_json;

struct ShowOptions {
  std::string policy = "code-2015";
  bool mermaid = false;
  bool json = false;
};

ordered_json StagesToJson(const core::Definition& definition) {
  ordered_json stages = ordered_json::array();
  for (const core::Stage& stage : definition.stages) {
    stages.push_back({{"name", stage.name}, {"title", stage.title}});
  }
  return stages;
}

ordered_json TransitionsToJson(const core::Definition& definition) {
  ordered_json moves = ordered_json::array();
  for (const core::Transition& move : definition.transitions) {
    moves.push_back({{"from", move.from}, {"event", move.event}, {"to", move.to}});
  }
  return moves;
}

ordered_json CommandsToJson(const core::Definition& definition) {
  ordered_json commands = ordered_json::array();
  for (const core::CommandSpec& command : definition.commands) {
    commands.push_back({{"type", command.type},
                        {"title", command.title},
                        {"stages", command.stages},
                        {"roles", command.roles},
                        {"opens_case", command.opens_case}});
  }
  return commands;
}

ordered_json RulesToJson(const core::Definition& definition) {
  ordered_json rules = ordered_json::array();
  for (const core::Rule& rule : definition.rules) {
    rules.push_back({{"id", rule.id},
                     {"code", rule.code},
                     {"strength", core::StrengthName(rule.strength)},
                     {"strength_depends_on_case", static_cast<bool>(rule.strength_here)},
                     {"text", rule.text},
                     {"source", rule.source},
                     {"guards", rule.guards}});
  }
  return rules;
}

ordered_json TimersToJson(const core::Definition& definition) {
  ordered_json timers = ordered_json::array();
  for (const core::TimerSpec& timer : definition.timers) {
    timers.push_back({{"id", timer.id},
                      {"title", timer.title},
                      {"due", timer.due},
                      {"starts_on", timer.starts_on},
                      {"stops_on", timer.stops_on},
                      {"emits", timer.emits}});
  }
  return timers;
}

ordered_json ActionsToJson(const core::Definition& definition) {
  ordered_json actions = ordered_json::array();
  for (const core::ActionSpec& action : definition.actions) {
    actions.push_back({{"title", action.title},
                       {"command", action.command},
                       {"stages", action.stages},
                       {"roles", action.roles},
                       {"timer", action.timer}});
  }
  return actions;
}

ordered_json ToJson(const core::Definition& definition) {
  return {{"name", definition.name},
          {"title", definition.title},
          {"policy", definition.policy},
          {"zone", definition.zone.name()},
          {"roles", definition.roles},
          {"stages", StagesToJson(definition)},
          {"transitions", TransitionsToJson(definition)},
          {"commands", CommandsToJson(definition)},
          {"rules", RulesToJson(definition)},
          {"timers", TimersToJson(definition)},
          {"next_actions", ActionsToJson(definition)}};
}

int Show(const ShowOptions& options) {
  absl::StatusOr<sen::Policy> policy = ReadPolicy(options.policy);
  if (!policy.ok()) return ReportUsage(policy.status());
  const sen::SenModule module(*std::move(policy));
  const core::Definition& definition = module.definition();
  if (options.json) {
    std::cout << ToJson(definition).dump() << "\n";
  } else {
    std::cout << (options.mermaid ? core::RenderMermaid(definition) : core::RenderText(definition));
  }
  return client::kExitOk;
}

// A profile of the product as a file to copy; of a file, whether it is a profile.
int ShowPolicy(const std::string& name) {
  const absl::StatusOr<sen::Policy> policy = ReadPolicy(name);
  if (!policy.ok()) return ReportUsage(policy.status());
  const absl::StatusOr<std::string> text = sen::BuiltInPolicyText(name);
  if (text.ok()) {
    std::cout << *text;
  } else {
    std::cout << name << " is a valid policy profile: " << policy->Id() << ", " << policy->title
              << "\n";
  }
  return client::kExitOk;
}

int PrintReference(const std::string& page) {
  const sen::SenModule module(sen::Code2015());
  const core::Definition& definition = module.definition();
  if (page == "events") std::cout << codec::EventsReference(definition);
  if (page == "rules") std::cout << core::RulesReference(definition);
  if (page == "timers") std::cout << core::TimersReference(definition);
  if (page == "stages") std::cout << core::StagesReference(definition);
  return client::kExitOk;
}

}  // namespace

void AddWorkflow(CLI::App& app, Chosen& chosen) {
  CLI::App* workflow = app.add_subcommand("workflow", "The declared workflow; needs no server");
  workflow->require_subcommand(1);
  workflow->footer("Example:\n  apdr workflow show");
  CLI::App* show = workflow->add_subcommand(
      "show", "Print stages, commands, rules with strength and source, timers, next actions");
  const auto options = std::make_shared<ShowOptions>();
  AddPolicyOption(*show, options->policy);
  auto* mermaid = show->add_flag("--mermaid", options->mermaid, "A Mermaid state diagram");
  show->add_flag("--json", options->json, "One JSON object")->excludes(mermaid);
  show->footer(
      "Example:\n  apdr workflow show | less\n  apdr workflow show --mermaid > workflow.mmd");
  show->callback([options, &chosen] { chosen = [options] { return Show(*options); }; });
  CLI::App* policy = workflow->add_subcommand(
      "policy", "Print a policy profile of the product as TOML, or check a file of your own");
  const auto name = std::make_shared<std::string>();
  policy->add_option("NAME", *name, "code-2015, isp-draft, or a file such as my.toml")->required();
  policy->footer(
      "Example:\n  apdr workflow policy code-2015 > my.toml\n  apdr workflow policy my.toml");
  policy->callback([name, &chosen] { chosen = [name] { return ShowPolicy(*name); }; });
  CLI::App* reference =
      workflow->add_subcommand("reference", "Print a page of the reference in Markdown");
  const auto page = std::make_shared<std::string>();
  reference->add_option("PAGE", *page, "events, rules, timers or stages")
      ->required()
      ->check(CLI::IsMember({"events", "rules", "timers", "stages"}));
  reference->footer("Example:\n  apdr workflow reference rules > docs/rules.md");
  reference->callback([page, &chosen] { chosen = [page] { return PrintReference(*page); }; });
}

}  // namespace apdr
