#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/summary.pb.h"
#include "engine/base/status_macros.h"
#include "engine/codec/message_payload.h"
#include "engine/core/next_actions.h"
#include "engine/core/render.h"
#include "engine/domains/sen_support/examples.h"
#include "services/scenario/internal/checks.h"
#include "services/scenario/internal/message_fields.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

std::string Dates(const std::vector<Date>& dates) {
  std::vector<std::string> texts;
  for (const Date date : dates) texts.push_back(FormatDate(date));
  return texts.empty() ? "none" : absl::StrJoin(texts, ", ");
}

// Decision rights and retention: they run as long as there is a case, and nobody waits for them.
bool IsByBirthAlone(std::string_view timer) { return timer == "T17" || timer == "T18"; }

// Days from each plan to its review, or of the newest plan alone.
std::string Intervals(const sen::v1::CaseSummary& summary, bool newest) {
  std::vector<std::string> days;
  for (const sen::v1::PlanSummary& plan : summary.plans()) {
    const auto agreed = ParseDate(plan.agreed_on());
    const auto review = ParseDate(plan.review_on());
    if (agreed.has_value() && review.has_value()) days.push_back(absl::StrCat(*review - *agreed));
  }
  if (newest && !days.empty()) return days.back();
  return absl::StrJoin(days, ",");
}

absl::StatusOr<std::string> FactValue(const std::string& name, const World& world) {
  const core::State& state = world.state();
  const core::CaseFacts facts = world.module().Facts(state);
  const auto* found =
      facts.summary == nullptr ? nullptr : codec::TryAs<sen::v1::CaseSummary>(*facts.summary);
  const sen::v1::CaseSummary& summary =
      found == nullptr ? sen::v1::CaseSummary::default_instance() : *found;
  if (name == "stage") return world.workflow().StageAt(state.stage).name;
  if (name == "version") return absl::StrCat(state.version.value());
  if (name == "policy") return state.policy;
  if (name == "cycle") return absl::StrCat(facts.cycle);
  if (name == "cycles") return absl::StrCat(summary.cycles_completed());
  if (name == "meetings") return absl::StrCat(summary.parent_meetings());
  if (name == "departures") return absl::StrCat(summary.departures());
  if (name == "plans") return absl::StrCat(summary.plans_size());
  if (name == "outcomes") return absl::StrCat(summary.plan().outcomes());
  if (name == "reviewon") return summary.plan().review_on();
  if (name == "planid") return summary.plan().plan_id();
  if (name == "interval" || name == "intervals") return Intervals(summary, name == "interval");
  if (name == "responsibleteacher") return summary.responsible_teacher().person_id();
  if (name == "needs") {
    std::vector<std::string> needs;
    for (const sen::v1::Need& need : summary.needs()) {
      needs.push_back(absl::StrCat(need.sen_type(), "(", need.rank(), ")"));
    }
    return absl::StrJoin(needs, ",");
  }
  if (name == "provision") {
    return EnumWords(*sen::v1::Provision_descriptor()->FindValueByNumber(summary.provision()));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("Expected a fact of the case, but '", name, "' is none."));
}

absl::StatusOr<std::string> CheckFact(const Assertion& assertion, const World& world) {
  APDR_ASSIGN_OR_RETURN(const std::string value, FactValue(assertion.name, world));
  std::string wanted = assertion.value;
  if (assertion.name == "responsibleteacher") {
    wanted = sen::examples::PersonId(world.main_case().case_id.value(), wanted);
  }
  if (assertion.name == "provision") {
    APDR_ASSIGN_OR_RETURN(const int number, EnumNumber(*sen::v1::Provision_descriptor(), wanted));
    wanted = EnumWords(*sen::v1::Provision_descriptor()->FindValueByNumber(number));
  }
  if (assertion.name == "stage") {
    const auto& stages = world.workflow().definition().stages;
    std::vector<std::string> names;
    for (const core::Stage& stage : stages) names.push_back(stage.name);
    const auto known = std::ranges::find_if(
        names, [&](const std::string& name) { return Normalised(name) == Normalised(wanted); });
    if (known == names.end()) {
      return absl::InvalidArgumentError(absl::StrCat("Expected a stage of the workflow, but ",
                                                     UnknownName("stage", wanted, names), "."));
    }
  }
  if (Normalised(value) == Normalised(wanted)) return std::string();
  return absl::StrCat(assertion.name, "=", value);
}

absl::StatusOr<std::string> CheckCount(const Assertion& assertion, const World& world,
                                       CaseVersion first) {
  const bool overdue = assertion.kind == Assertion::Kind::kNoOverdue;
  if (!overdue) APDR_RETURN_IF_ERROR(CheckEventName(world, assertion.name));
  const auto wanted = ParseCount(assertion.value);
  if (!wanted.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat("Expected a number of ", assertion.name,
                                                   ", but found '", assertion.value, "'."));
  }
  const auto count = std::ranges::count_if(world.events(), [&](const codec::RecordedEvent& event) {
    const std::string name = NameOf(event);
    return event.header.version >= first &&
           (overdue ? name.ends_with("Overdue") : name == assertion.name);
  });
  if (count == *wanted) return std::string();
  return absl::StrCat(count, " ", overdue ? "overdue events" : assertion.name);
}

// The days of a timer.
struct Days {
  std::set<Date> due_on;
  std::set<Date> fires_on;
  std::set<Date> still_fires_on;
};

// One date is one of the timer's; several are all of them.
bool AreThese(const std::vector<Date>& dates, const Days& days) {
  if (dates.size() == 1) {
    return days.due_on.contains(dates.front()) || days.fires_on.contains(dates.front());
  }
  const std::set<Date> wanted(dates.begin(), dates.end());
  return wanted == days.fires_on || wanted == days.still_fires_on || wanted == days.due_on;
}

absl::StatusOr<std::string> CheckDue(const Assertion& assertion, const World& world) {
  const bool any = assertion.name.empty() && assertion.kind == Assertion::Kind::kNotDue;
  if (!any && world.workflow().FindTimer(assertion.name) == nullptr) {
    std::vector<std::string> names;
    for (const core::TimerSpec& timer : world.workflow().definition().timers) {
      names.push_back(timer.id);
    }
    return absl::InvalidArgumentError(absl::StrCat("Expected a timer of the workflow, but ",
                                                   UnknownName("timer", assertion.name, names),
                                                   "."));
  }
  std::vector<std::string> running;
  Days days;
  for (const auto& [key, deadline] : world.state().deadlines) {
    const core::Deadline& due = deadline.deadline;
    if (assertion.name.empty() ? IsByBirthAlone(due.timer) : due.timer != assertion.name) continue;
    running.push_back(absl::StrCat("due ", FormatDate(due.due_on), ", fires ",
                                   FormatDate(due.fires_on), deadline.fired ? ", fired" : ""));
    days.due_on.insert(due.due_on);
    days.fires_on.insert(due.fires_on);
    if (!deadline.fired) days.still_fires_on.insert(due.fires_on);
  }
  const bool holds =
      assertion.kind == Assertion::Kind::kDue ? AreThese(assertion.dates, days) : running.empty();
  if (holds) return std::string();
  return running.empty() ? absl::StrCat("no ", assertion.name, " runs")
                         : absl::StrCat(assertion.name, " ", absl::StrJoin(running, "; "));
}

absl::StatusOr<std::string> CheckReminders(const Assertion& assertion, const World& world) {
  std::uint32_t cycle = 0;
  std::vector<std::pair<std::uint32_t, Date>> reminders;
  for (const codec::RecordedEvent& event : world.events()) {
    if (const auto* plan = codec::TryAs<sen::v1::PlanAgreed>(*event.event.payload)) {
      cycle = plan->cycle();
    }
    if (NameOf(event) == "ReviewReminderIssued")
      reminders.emplace_back(cycle, event.event.occurred_on);
  }
  const auto wanted_cycle = ParseCount(assertion.value);
  if (!assertion.value.empty() && !wanted_cycle.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "Expected the number of a cycle before reminders, but found '", assertion.value, "'."));
  }
  const std::uint32_t of = wanted_cycle ? static_cast<std::uint32_t>(*wanted_cycle) : cycle;
  std::vector<Date> dates;
  for (const auto& [in, date] : reminders) {
    if (in == of) dates.push_back(date);
  }
  if (dates == assertion.dates) return std::string();
  return absl::StrCat("reminders on ", Dates(dates));
}

absl::StatusOr<std::string> CheckNext(const Assertion& assertion, const World& world) {
  if (world.workflow().FindCommand(absl::StrCat("apdr.sen.v1.", assertion.name)) == nullptr) {
    std::vector<std::string> names;
    for (const core::CommandSpec& known : world.workflow().definition().commands) {
      names.push_back(core::ShortName(known.type));
    }
    return absl::InvalidArgumentError(absl::StrCat("Expected a command of this product, but ",
                                                   UnknownName("command", assertion.name, names),
                                                   "."));
  }
  std::string role(sen::examples::RoleOf(assertion.value));
  if (role.empty()) role = absl::AsciiStrToLower(assertion.value);
  std::vector<std::string> actions;
  for (const core::NextAction& action : core::NextActions(world.workflow(), world.state())) {
    const bool who = role.empty() || std::ranges::find(action.roles, role) != action.roles.end();
    const bool when = assertion.dates.empty() || action.due_on == assertion.dates.front();
    const bool late = !assertion.overdue || (action.due_on && *action.due_on < world.today());
    if (core::ShortName(action.spec->command) == assertion.name && who && when && late)
      return std::string();
    actions.push_back(absl::StrCat(
        core::ShortName(action.spec->command), " by ", absl::StrJoin(action.roles, "/"),
        action.due_on ? absl::StrCat(" due ", FormatDate(*action.due_on)) : std::string()));
  }
  return absl::StrCat("next: ", actions.empty() ? "nothing" : absl::StrJoin(actions, "; "));
}

}  // namespace

absl::StatusOr<std::string> CheckAssertion(const Assertion& assertion, const World& world,
                                           CaseVersion first_version) {
  switch (assertion.kind) {
    case Assertion::Kind::kFact:
      return CheckFact(assertion, world);
    case Assertion::Kind::kEventCount:
    case Assertion::Kind::kNoOverdue:
      return CheckCount(assertion, world, first_version);
    case Assertion::Kind::kDue:
    case Assertion::Kind::kNotDue:
      return CheckDue(assertion, world);
    case Assertion::Kind::kReminders:
      return CheckReminders(assertion, world);
    case Assertion::Kind::kNext:
      return CheckNext(assertion, world);
  }
  return std::string();
}

}  // namespace apdr::scenario
