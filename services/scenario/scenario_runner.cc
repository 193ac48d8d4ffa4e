#include "services/scenario/scenario_runner.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/id_source.h"
#include "engine/base/status_macros.h"
#include "engine/domains/sen_support/policy_file.h"
#include "services/scenario/internal/checks.h"
#include "services/scenario/internal/player.h"
#include "services/scenario/internal/setup.h"
#include "services/scenario/internal/timer_checks.h"
#include "services/scenario/internal/world.h"

namespace apdr::scenario {
namespace {

constexpr std::string_view kTenant = "scenario";

absl::Status At(const Script& script, int line, const absl::Status& status) {
  if (!absl::IsInvalidArgument(status)) return status;
  return absl::InvalidArgumentError(
      absl::StrCat(script.file, ":", line, ": ", std::string(status.message())));
}

// The policy that a script names, with the calendars it brings.
absl::StatusOr<sen::Policy> PolicyOf(const Script& script, const sen::Policy& otherwise) {
  const auto named = script.facts.find("policy");
  absl::StatusOr<sen::Policy> found =
      named == script.facts.end() ? otherwise : sen::BuiltInPolicy(named->second.value);
  if (!found.ok()) {
    return At(script, named->second.line, absl::InvalidArgumentError(found.status().message()));
  }
  sen::Policy policy = *std::move(found);
  for (const sen::TermCalendar& calendar : script.calendars) {
    std::erase_if(policy.calendars,
                  [&](const sen::TermCalendar& known) { return known.name() == calendar.name(); });
    policy.calendars.push_back(calendar);
  }
  const auto wanted = script.facts.find("calendar");
  if (wanted != script.facts.end() && policy.FindCalendar(wanted->second.value) == nullptr) {
    return At(script, wanted->second.line,
              absl::InvalidArgumentError(
                  absl::StrCat("Expected a calendar that the script or the product has, but '",
                               wanted->second.value, "' is none.")));
  }
  // Of every setting of the script.
  if (wanted != script.facts.end()) policy.default_calendar = wanted->second.value;
  return policy;
}

class Run {
 public:
  Run(const Script& script, World& world, Report& report)
      : script_(script), world_(world), player_(world, script), report_(report) {}

  absl::Status Play(const std::vector<Step>& setup) {
    APDR_RETURN_IF_ERROR(SetUp(setup));
    const CaseVersion first(world_.state().version.value() + 1);
    Date last = script_.steps.front().date;
    for (const Step& step : script_.steps) {
      last = std::max(last, LastDateOf(step));
      if (step.commands.empty()) {
        APDR_RETURN_IF_ERROR(CheckStateOf(step));
        continue;
      }
      APDR_ASSIGN_OR_RETURN(const std::vector<Played> played, player_.Play(step));
      auto line = CheckStep(step, played, world_);
      if (!line.ok()) return At(script_, step.line, line.status());
      report_.lines.push_back(*std::move(line));
    }
    APDR_RETURN_IF_ERROR(world_.AdvanceTo(last));
    auto timers = CheckTimers(script_, world_, first);
    if (!timers.ok()) return At(script_, TimerLine(), timers.status());
    report_.lines.insert(report_.lines.end(), timers->begin(), timers->end());
    std::ranges::stable_sort(report_.lines, {}, &ReportLine::line);
    APDR_RETURN_IF_ERROR(Close(first));
    report_.notes = script_.remarks;
    report_.notes.insert(report_.notes.end(), player_.notes().begin(), player_.notes().end());
    return absl::OkStatus();
  }

 private:
  absl::Status SetUp(const std::vector<Step>& setup) {
    for (const Step& step : setup) {
      APDR_ASSIGN_OR_RETURN(const std::vector<Played> played, player_.Play(step));
      for (const Played& one : played) {
        if (one.problems.empty()) continue;
        return At(
            script_, step.line,
            absl::InvalidArgumentError(absl::StrCat("Expected what is given to be as '", step.text,
                                                    "' says, but ", one.problems.front(), ".")));
      }
      if (!played.back().rejection.has_value()) continue;
      return At(script_, step.line,
                absl::InvalidArgumentError(absl::StrCat(
                    "Expected what is given to be possible, but '", step.text, "' is rejected: ",
                    played.back().rejection->code(), ": ", played.back().rejection->message)));
    }
    return absl::OkStatus();
  }

  // What a SYS line says of the case after its timers.
  absl::Status CheckStateOf(const Step& step) {
    if (step.expect.state.empty()) return absl::OkStatus();
    const Date last = LastDateOf(step);
    for (const Step& other : script_.steps) {
      if (other.line <= step.line || other.date >= last) continue;
      return At(script_, step.line,
                absl::InvalidArgumentError(
                    "Expected the days of a SYS line that says how the case is then to lie before "
                    "the next step, but one does not."));
    }
    APDR_RETURN_IF_ERROR(world_.AdvanceTo(last));
    for (const Assertion& assertion : step.expect.state) {
      const auto got = CheckAssertion(assertion, world_, CaseVersion(1));
      if (!got.ok()) return At(script_, step.line, got.status());
      report_.lines.push_back({.line = step.line,
                               .label = step.label,
                               .date = FormatDate(step.date),
                               .text = assertion.text,
                               .expected = assertion.text,
                               .got = *got,
                               .ok = got->empty()});
    }
    return absl::OkStatus();
  }

  absl::Status Close(CaseVersion first) {
    for (const Assertion& assertion : script_.closing) {
      const auto got = CheckAssertion(assertion, world_, first);
      if (!got.ok()) return At(script_, assertion.line, got.status());
      report_.lines.push_back({.line = assertion.line,
                               .label = "then",
                               .date = {},
                               .text = assertion.text,
                               .expected = assertion.text,
                               .got = *got,
                               .ok = got->empty()});
    }
    return absl::OkStatus();
  }

  // The SYS line that names an event this product does not have.
  [[nodiscard]] int TimerLine() const {
    for (const Step& step : script_.steps) {
      for (const EventExpectation& expected : step.expect.events) {
        if (!step.timer_days.empty() && !CheckEventName(world_, expected.name).ok()) {
          return step.line;
        }
      }
    }
    return script_.steps.front().line;
  }

  const Script& script_;
  World& world_;
  Player player_;
  Report& report_;
};

}  // namespace

absl::StatusOr<Report> PlayScenario(const Script& script, const sen::Policy& policy) {
  Report report;
  report.file = script.file;
  report.title = script.title;
  report.case_id = CaseIdOf(script);
  if (!IsUuid(report.case_id)) {
    return At(script, script.facts.at("caseid").line,
              absl::InvalidArgumentError("Expected caseId to be a UUID, but it is not."));
  }
  APDR_ASSIGN_OR_RETURN(sen::Policy judged_by, PolicyOf(script, policy));
  auto setup = SetupSteps(script);
  if (!setup.ok()) return At(script, script.steps.front().line, setup.status());
  const Date start = setup->empty() ? script.steps.front().date : setup->front().date;
  World world(std::move(judged_by), start,
              {TenantId(std::string(kTenant)), CaseId(report.case_id)});
  APDR_RETURN_IF_ERROR(Run(script, world, report).Play(*setup));
  return report;
}

}  // namespace apdr::scenario
