#include "services/scenario/internal/timer_checks.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "engine/codec/message_payload.h"
#include "services/scenario/internal/checks.h"
#include "services/scenario/internal/message_fields.h"

namespace apdr::scenario {
namespace {

struct Fired {
  const codec::RecordedEvent* event = nullptr;
  std::string name;
  Date date;
  bool claimed = false;
};

std::string Show(const std::vector<const Fired*>& fired) {
  std::vector<std::string> texts;
  for (const Fired* one : fired) {
    texts.push_back(absl::StrCat(one->name, " on ", FormatDate(one->date)));
  }
  return texts.empty() ? "nothing" : absl::StrJoin(texts, ", ");
}

class TimerCheck {
 public:
  // `elsewhere` are timers of what is not the main case; they count where the script names them.
  TimerCheck(const Script& script, const World& world, CaseVersion first,
             const std::vector<codec::RecordedEvent>& elsewhere)
      : script_(script), world_(world) {
    for (const codec::RecordedEvent& event : world.events()) {
      if (event.header.version < first || event.event.deadline_fired.empty()) continue;
      fired_.push_back({&event, NameOf(event), event.event.occurred_on, false});
    }
    for (const Step& step : script.steps) {
      if (step.timer_days.empty()) continue;
      for (const EventExpectation& expected : step.expect.events) mentioned_.insert(expected.name);
    }
    for (const codec::RecordedEvent& event : elsewhere) {
      if (!mentioned_.contains(NameOf(event))) continue;
      fired_.push_back({&event, NameOf(event), event.event.occurred_on, false});
    }
  }

  absl::StatusOr<std::vector<ReportLine>> Run() {
    std::optional<Date> before;
    for (const Step& step : script_.steps) {
      if (!step.timer_days.empty()) APDR_RETURN_IF_ERROR(CheckLine(step, before));
      before = LastDateOf(step);
    }
    ClaimByClosing();
    ReportUnclaimed();
    return std::move(lines_);
  }

 private:
  // The events that a SYS line speaks of: since the step before it, of the kinds it names.
  std::vector<Fired*> Window(const Step& step, std::optional<Date> before) {
    std::set<std::string> names;
    for (const EventExpectation& expected : step.expect.events) names.insert(expected.name);
    const bool named = !names.empty();
    if (step.expect.nothing) names = mentioned_;
    std::vector<Fired*> window;
    for (Fired& fired : fired_) {
      const bool on_day =
          std::ranges::find(step.timer_days, fired.date, &TimerDay::date) != step.timer_days.end();
      const bool within =
          (!before.has_value() || fired.date > *before) && fired.date <= LastDateOf(step);
      const bool kind = named || step.expect.nothing ? names.contains(fired.name) : true;
      const bool on_quiet_day = step.expect.nothing && on_day;
      if (on_quiet_day || ((on_day || within) && kind && !fired.claimed)) window.push_back(&fired);
    }
    return window;
  }

  absl::Status CheckLine(const Step& step, std::optional<Date> before) {
    const std::vector<Fired*> window = Window(step, before);
    std::vector<std::string> problems;
    for (const EventExpectation& expected : step.expect.events) {
      APDR_RETURN_IF_ERROR(CheckEventName(world_, expected.name));
      int found = 0;
      for (Fired* fired : window) {
        if (fired->claimed || found == expected.count) continue;
        APDR_ASSIGN_OR_RETURN(fired->claimed, Fits(expected, *fired->event));
        if (fired->claimed) ++found;
      }
      if (found != expected.count) {
        problems.push_back(absl::StrCat(found, " that fit ", expected.name));
      }
    }
    CheckDays(step, window, problems);
    CheckWhole(step, window, problems);
    std::string got = Show({window.begin(), window.end()});
    if (!problems.empty()) absl::StrAppend(&got, "; ", absl::StrJoin(problems, "; "));
    lines_.push_back({.line = step.line,
                      .label = step.label,
                      .date = FormatDate(step.date),
                      .text = step.text,
                      .expected = step.expect.text.empty() ? "events" : step.expect.text,
                      .got = std::move(got),
                      .ok = problems.empty()});
    return absl::OkStatus();
  }

  static int Expected(const Step& step) {
    int count = 0;
    for (const EventExpectation& expected : step.expect.events) count += expected.count;
    return count;
  }

  // Every event lies on a listed day, unless the line expects more events than it lists days. Where
  // it lists several, each has its event and there are no others.
  static void CheckDays(const Step& step, const std::vector<Fired*>& window,
                        std::vector<std::string>& problems) {
    const bool listed = step.timer_days.size() > 1;
    for (const TimerDay& day : step.timer_days) {
      const auto on_day = std::ranges::find(window, day.date, &Fired::date);
      if (on_day == window.end()) {
        if (listed) problems.push_back(absl::StrCat("nothing on ", FormatDate(day.date)));
        continue;
      }
      const auto& message =
          static_cast<const codec::MessagePayload&>(*(*on_day)->event->event.payload).message();
      const auto* field = message.GetDescriptor()->FindFieldByName("offset_days");
      if (!day.offset_days.has_value() || field == nullptr) continue;
      const auto offset = FieldValues(message, {field});
      if (offset.front() != absl::StrCat(*day.offset_days)) {
        problems.push_back(absl::StrCat("-", offset.front(), " on ", FormatDate(day.date)));
      }
    }
    for (const Fired* fired : window) {
      const bool known =
          std::ranges::find(step.timer_days, fired->date, &TimerDay::date) != step.timer_days.end();
      const bool each = static_cast<std::size_t>(Expected(step)) <= step.timer_days.size();
      const bool named = fired->claimed && each;
      if ((listed || named) && !known) {
        problems.push_back(absl::StrCat("one on ", FormatDate(fired->date)));
      }
    }
  }

  static void CheckWhole(const Step& step, const std::vector<Fired*>& window,
                         std::vector<std::string>& problems) {
    const bool open = step.expect.events.empty() && !step.expect.nothing;
    const auto total = step.expect.total;
    if (step.expect.nothing && !window.empty()) problems.emplace_back("not nothing");
    if (total.has_value() && static_cast<std::size_t>(*total) != window.size()) {
      problems.push_back(absl::StrCat(window.size(), " events"));
    }
    if (open && !total.has_value() && window.empty()) problems.emplace_back("no events");
    if (!step.expect.rejection.empty()) problems.emplace_back("timers are never rejected");
    for (Fired* fired : window) {
      const bool over = !step.expect.events.empty() && !fired->claimed;
      if (over) problems.push_back(absl::StrCat("one ", fired->name, " more"));
      fired->claimed = true;
    }
  }

  // What the closing assertions count or list is expected too.
  void ClaimByClosing() {
    for (const Assertion& assertion : script_.closing) {
      const bool count = assertion.kind == Assertion::Kind::kEventCount;
      const bool reminders = assertion.kind == Assertion::Kind::kReminders;
      for (Fired& fired : fired_) {
        const bool counted = count && fired.name == assertion.name;
        fired.claimed =
            fired.claimed || counted ||
            (reminders && std::ranges::find(assertion.dates, fired.date) != assertion.dates.end());
      }
    }
  }

  void ReportUnclaimed() {
    for (const Fired& fired : fired_) {
      const bool mentioned = fired.name.ends_with("Overdue") && mentioned_.contains(fired.name);
      const bool wanted = script_.timers == TimerRule::kStrict ||
                          (script_.timers == TimerRule::kMentioned && mentioned);
      if (fired.claimed || !wanted) continue;
      int line = script_.steps.front().line;
      for (const Step& step : script_.steps) {
        if (step.date <= fired.date) line = step.line;
      }
      lines_.push_back({.line = line,
                        .label = "timer",
                        .date = FormatDate(fired.date),
                        .text = "no SYS line",
                        .expected = "nothing",
                        .got = absl::StrCat(fired.name, " on ", FormatDate(fired.date)),
                        .ok = false});
    }
  }

  const Script& script_;
  const World& world_;
  std::vector<Fired> fired_;
  std::set<std::string> mentioned_;
  std::vector<ReportLine> lines_;
};

}  // namespace

Date LastDateOf(const Step& step) {
  Date last = step.date;
  for (const CommandLine& command : step.commands) last = std::max(last, command.date);
  for (const TimerDay& day : step.timer_days) last = std::max(last, day.date);
  return last;
}

absl::StatusOr<std::vector<ReportLine>> CheckTimers(const Script& script, World& world,
                                                    CaseVersion first_version) {
  APDR_ASSIGN_OR_RETURN(const auto elsewhere, world.WatchedTimers());
  return TimerCheck(script, world, first_version, elsewhere).Run();
}

}  // namespace apdr::scenario
