#include "engine/core/decide.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/check.h"
#include "engine/core/deadlines.h"

namespace apdr::core {
namespace {

using CompiledCommand = Workflow::CompiledCommand;
using Metadata = std::vector<std::pair<std::string, std::string>>;

// A rule of this code says that somebody else may, as the engine's own check of roles does.
constexpr std::string_view kNotAuthorised = "NOT_AUTHORISED";

Rejection Reject(RejectionKind kind, const std::string& title, Violation violation,
                 Metadata metadata = {}) {
  Rejection rejection{
      .kind = kind, .violations = {}, .message = {}, .metadata = std::move(metadata)};
  rejection.message = absl::StrCat("Expected to ", title, ", but ", violation.fact, ".");
  rejection.violations.push_back(std::move(violation));
  return rejection;
}

Rejection CaseExists(const std::string& title) {
  return Reject(RejectionKind::kReused, title,
                {.code = "CASE_EXISTS", .fact = "the case exists already"});
}

std::optional<Rejection> CheckVersion(const State& state, const Command& command,
                                      const std::string& title) {
  const auto* expected = std::get_if<CaseVersion>(&command.expected);
  if (expected == nullptr || *expected == state.version) return std::nullopt;
  if (*expected == CaseVersion(0)) return CaseExists(title);
  return Reject(RejectionKind::kConflict, title,
                {.code = "VERSION_CONFLICT",
                 .fact = absl::StrCat("the case is at version ", state.version.value(),
                                      ", not at the expected ", expected->value())},
                {{"version", absl::StrCat(state.version.value())},
                 {"expected", absl::StrCat(expected->value())}});
}

std::optional<Rejection> CheckRole(const Workflow& workflow, const CommandSpec& spec,
                                   const Actor& actor) {
  const std::vector<std::string>& admitted =
      spec.roles.empty() ? workflow.definition().roles : spec.roles;
  if (admitted.empty() || std::ranges::find(admitted, actor.role) != admitted.end())
    return std::nullopt;
  const std::string roles = absl::StrJoin(admitted, ", ");
  return Reject(RejectionKind::kNotAuthorised, spec.title,
                {.code = std::string(kNotAuthorised),
                 .fact = absl::StrCat("the role '", actor.role, "' may not; these may: ", roles)},
                {{"role", actor.role}, {"admitted_roles", roles}});
}

std::optional<Rejection> CheckStage(const Workflow& workflow, const State& state,
                                    const CompiledCommand& compiled) {
  if (compiled.admitted.at(state.stage)) return std::nullopt;
  const CommandSpec& spec = *compiled.spec;
  if (state.version == CaseVersion(0)) {
    return Reject(RejectionKind::kUnknownCase, spec.title,
                  {.code = "CASE_UNKNOWN", .fact = "there is no such case"});
  }
  if (spec.opens_case && spec.stages.empty()) return CaseExists(spec.title);
  std::vector<std::string> admitted;
  for (std::size_t stage = 1; stage < compiled.admitted.size(); ++stage) {
    if (compiled.admitted[stage]) admitted.push_back(workflow.StageAt(stage).name);
  }
  const std::string& stage = workflow.StageAt(state.stage).name;
  const std::string stages = absl::StrJoin(admitted, ", ");
  return Reject(
      RejectionKind::kRefused, spec.title,
      {.code = "STAGE_ORDER",
       .fact = absl::StrCat("the case is in stage '", stage, "' and this belongs to: ", stages)},
      {{"stage", stage}, {"admitted_stages", stages}});
}

std::optional<Rejection> CheckDepartures(const Workflow& workflow, const Command& command,
                                         const std::string& title) {
  for (const Departure& departure : command.departures) {
    if (workflow.FindRule(departure.rule_code) != nullptr) continue;
    return Reject(
        RejectionKind::kMalformed, title,
        {.code = "DEPARTURE_UNKNOWN_RULE",
         .fact = absl::StrCat("the policy has no rule '", departure.rule_code, "' to depart from")},
        {{"rule", departure.rule_code}});
  }
  return std::nullopt;
}

// Broken rules of one command, by class.
struct Findings {
  struct Finding {
    const Rule* rule;
    Breach breach;
  };
  std::array<std::vector<Finding>, 4> by_strength;

  std::vector<Finding>& of(Strength strength) {
    return by_strength.at(static_cast<std::size_t>(strength));
  }
};

Findings JudgeRules(const CompiledCommand& compiled, const RuleInput& input, bool before_stage) {
  Findings findings;
  for (const Rule* rule : compiled.rules) {
    if (rule->before_stage != before_stage) continue;
    std::optional<Breach> breach = rule->check(input);
    if (!breach) continue;
    const Strength strength = rule->strength_here ? rule->strength_here(input) : rule->strength;
    findings.of(strength).push_back({rule, *std::move(breach)});
  }
  return findings;
}

std::optional<Departure> FindDeparture(const RuleInput& input, const Rule& rule) {
  const auto& departures = input.command.departures;
  const auto found = std::ranges::find(departures, rule.code, &Departure::rule_code);
  if (found != departures.end()) return *found;
  return rule.implied_departure ? rule.implied_departure(input) : std::nullopt;
}

// Moves the departures that lift a broken "should" to `used`.
void LiftDepartures(const RuleInput& input, std::vector<Findings::Finding>& shoulds,
                    std::vector<Departure>& used) {
  std::erase_if(shoulds, [&](const Findings::Finding& finding) {
    std::optional<Departure> departure = FindDeparture(input, *finding.rule);
    if (!departure) return false;
    used.push_back(*std::move(departure));
    return true;
  });
}

Rejection RejectAll(const CommandSpec& spec, const std::vector<Findings::Finding>& findings) {
  Rejection rejection;
  const bool malformed = std::ranges::all_of(
      findings, [](const auto& finding) { return finding.rule->wrong_in_any_state; });
  rejection.kind = malformed ? RejectionKind::kMalformed : RejectionKind::kRefused;
  if (findings.front().rule->code == kNotAuthorised) {
    rejection.kind = RejectionKind::kNotAuthorised;
  }
  std::vector<std::string> facts;
  for (const Findings::Finding& finding : findings) {
    rejection.violations.push_back({finding.rule->code, finding.breach.fact});
    facts.push_back(finding.breach.fact);
    std::ranges::copy(finding.breach.metadata, std::back_inserter(rejection.metadata));
  }
  rejection.message =
      absl::StrCat("Expected to ", spec.title, ", but ", absl::StrJoin(facts, "; and "), ".");
  return rejection;
}

std::optional<Rejection> FirstFailingClass(const CommandSpec& spec, Findings& findings) {
  for (const Strength strength : {Strength::kIntegrity, Strength::kMust, Strength::kShould}) {
    if (!findings.of(strength).empty()) return RejectAll(spec, findings.of(strength));
  }
  return std::nullopt;
}

std::vector<Warning> Warnings(const Command& command, Findings& findings,
                              const std::vector<Departure>& used) {
  std::vector<Warning> warnings;
  for (const Findings::Finding& finding : findings.of(Strength::kWarning)) {
    warnings.push_back({finding.rule->code, finding.breach.fact});
  }
  for (const Departure& departure : command.departures) {
    if (std::ranges::find(used, departure) == used.end()) {
      warnings.push_back(
          {"DEPARTURE_NOT_NEEDED",
           absl::StrCat("the rule ", departure.rule_code, " holds, so no departure was recorded")});
    }
  }
  return warnings;
}

std::vector<Event> ToEvents(const Workflow& workflow, const RuleInput& input,
                            std::vector<PayloadPtr> payloads) {
  std::vector<Event> events;
  DeadlineLedger ledger(workflow, input.state, input.context);
  for (PayloadPtr& payload : payloads) {
    APDR_CHECK(workflow.HasEvent(payload->type()));
    Event event{.payload = std::move(payload),
                .occurred_on = input.command.occurred_on,
                .policy = workflow.definition().policy,
                .departures = {},
                .warnings = {},
                .deadlines_started = {},
                .deadlines_stopped = {},
                .deadline_fired = {}};
    ledger.Apply(event);
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace

Decision Decide(const Workflow& workflow, const State& state, const Command& command,
                const Context& context) {
  const CompiledCommand* compiled = workflow.FindCommand(command.payload->type());
  if (compiled == nullptr) {
    return Reject(
        RejectionKind::kMalformed, "run a command",
        {.code = "COMMAND_UNKNOWN", .fact = "the workflow declares no command of this type"},
        {{"command", std::string(command.payload->type())}});
  }
  const CommandSpec& spec = *compiled->spec;
  const RuleInput input{.state = state, .command = command, .context = context};
  if (auto rejection = CheckVersion(state, command, spec.title)) return *std::move(rejection);
  if (auto rejection = CheckRole(workflow, spec, context.actor)) return *std::move(rejection);
  if (state.version != CaseVersion(0) || spec.opens_case) {
    Findings early = JudgeRules(*compiled, input, /*before_stage=*/true);
    if (auto rejection = FirstFailingClass(spec, early)) return *std::move(rejection);
  }
  if (auto rejection = CheckStage(workflow, state, *compiled)) return *std::move(rejection);
  if (auto rejection = CheckDepartures(workflow, command, spec.title)) return *std::move(rejection);

  Findings findings = JudgeRules(*compiled, input, /*before_stage=*/false);
  std::vector<Departure> used;
  LiftDepartures(input, findings.of(Strength::kShould), used);
  if (auto rejection = FirstFailingClass(spec, findings)) return *std::move(rejection);

  auto decided = workflow.module().Decide(input);
  if (auto* rejection = std::get_if<Rejection>(&decided)) return std::move(*rejection);
  std::vector<Event> events =
      ToEvents(workflow, input, std::get<std::vector<PayloadPtr>>(std::move(decided)));
  if (!events.empty()) {
    events.front().warnings = Warnings(command, findings, used);
    events.front().departures = std::move(used);
  }
  return events;
}

namespace {

Obstacle ToObstacle(const Rejection& rejection, Strength strength) {
  return {.rule_code = rejection.code(),
          .strength = strength,
          .fact = rejection.violations.front().fact};
}

void JudgeForeseen(const CompiledCommand& compiled, const RuleInput& input, bool before_stage,
                   std::vector<Obstacle>& obstacles) {
  for (const Rule* rule : compiled.rules) {
    if (rule->before_stage != before_stage ||
        std::ranges::find(rule->foreseen_for, compiled.spec->type) == rule->foreseen_for.end()) {
      continue;
    }
    std::optional<Breach> breach = rule->check(input);
    if (!breach) continue;
    obstacles.push_back(
        {.rule_code = rule->code,
         .strength = rule->strength_here ? rule->strength_here(input) : rule->strength,
         .fact = std::move(breach->fact)});
  }
}

}  // namespace

std::vector<Obstacle> Foresee(const Workflow& workflow, const State& state,
                              std::string_view command, const Context& context) {
  const CompiledCommand* compiled = workflow.FindCommand(command);
  APDR_CHECK(compiled != nullptr);
  std::vector<Obstacle> obstacles;
  if (!context.actor.role.empty()) {
    if (auto rejection = CheckRole(workflow, *compiled->spec, context.actor)) {
      obstacles.push_back(ToObstacle(*rejection, Strength::kIntegrity));
    }
  }
  const Command blank{.payload = workflow.module().Blank(command),
                      .occurred_on = context.today,
                      .expected = AnyVersion{},
                      .departures = {}};
  const RuleInput input{.state = state, .command = blank, .context = context};
  if (blank.payload != nullptr) JudgeForeseen(*compiled, input, /*before_stage=*/true, obstacles);
  if (auto rejection = CheckStage(workflow, state, *compiled)) {
    obstacles.push_back(ToObstacle(*rejection, Strength::kMust));
    return obstacles;
  }
  if (blank.payload != nullptr) JudgeForeseen(*compiled, input, /*before_stage=*/false, obstacles);
  return obstacles;
}

std::vector<Event> DecideDeadline(const Workflow& workflow, const State& state,
                                  const std::string& deadline_key, const Context& context) {
  const auto running = state.deadlines.find(deadline_key);
  if (running == state.deadlines.end() || running->second.fired) return {};
  const Deadline& deadline = running->second.deadline;
  const absl::Time fires_at = HourOf(deadline.fires_on, kDeadlineHour, workflow.definition().zone);
  if (deadline.past_when_recorded || context.now < fires_at) return {};
  const TimerSpec* timer = workflow.FindTimer(deadline.timer);
  if (timer == nullptr) return {};  // The policy no longer has this timer: it reminds nobody.
  return {Event{.payload = timer->fire(deadline, state),
                .occurred_on = deadline.fires_on,
                .policy = workflow.definition().policy,
                .departures = {},
                .warnings = {},
                .deadlines_started = {},
                .deadlines_stopped = {},
                .deadline_fired = deadline_key}};
}

}  // namespace apdr::core
