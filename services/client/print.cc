#include "services/client/print.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "apdr/sen/v1/summary.pb.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "services/client/text.h"

namespace apdr::client {
namespace {

constexpr std::size_t kColumns = 118;
constexpr std::size_t kAllColumns = std::numeric_limits<std::size_t>::max();

std::string RolesOf(const event::v1::NextAction& action) {
  return absl::StrJoin(action.roles(), " or ");
}

// "Hold the review, by teacher or senco, by 2026-02-06 (overdue)"
std::string ActionText(const event::v1::NextAction& action) {
  std::string text = action.title();
  if (action.roles_size() > 0) absl::StrAppend(&text, ", by ", RolesOf(action));
  if (!action.due_on().empty()) absl::StrAppend(&text, ", until ", action.due_on());
  if (action.overdue()) text += " (overdue)";
  return text;
}

std::string ActorText(const event::v1::Actor& actor) {
  if (actor.role() == "system") return "system";
  std::string text = absl::StrCat(actor.role(), " ", actor.id());
  if (!actor.setting_id().empty()) absl::StrAppend(&text, " of ", actor.setting_id());
  if (!actor.on_behalf_of().empty()) absl::StrAppend(&text, " for ", actor.on_behalf_of());
  return text;
}

std::string RecordedText(const event::v1::Event& event) {
  const absl::Time time = absl::FromUnixSeconds(event.recorded_time().seconds()) +
                          absl::Nanoseconds(event.recorded_time().nanos());
  return absl::FormatTime("%Y-%m-%d %H:%M:%SZ", time, absl::UTCTimeZone());
}

// "T08" of the deadline key "T08:2026-02-06:1".
std::string TimerOf(const event::v1::Event& event) {
  return event.deadline_fired().substr(0, event.deadline_fired().find(':'));
}

// Why it was done or why it was allowed: what stands beside the data of the event.
std::string WhyText(const event::v1::Event& event, std::size_t columns) {
  std::vector<std::string> reasons;
  if (!event.deadline_fired().empty()) {
    reasons.push_back(absl::StrCat("timer ", event.deadline_fired()));
  }
  for (const auto& departure : event.departures()) {
    reasons.push_back(absl::StrCat("departs from ", departure.rule_code(), ": ",
                                   OneLine(departure.reason(), columns)));
  }
  for (const auto& warning : event.warnings()) {
    reasons.push_back(absl::StrCat("warned of ", warning.rule_code()));
  }
  if (event.deadline_fired().empty()) {
    reasons.push_back(absl::StrCat("request ", event.request_id()));
  }
  reasons.push_back(absl::StrCat("under ", event.policy()));
  return absl::StrJoin(reasons, "; ");
}

std::string StepLine(const std::string& label, const std::string& date, const std::string& who,
                     const std::string& what, const std::string& result) {
  return absl::StrFormat("%4s  %-10s  %-18s  %-30s  %s\n", label, date, who, what, result);
}

// "-> Review held, Cycle completed", or that there was nothing to do.
std::string AnswerText(const command::v1::ExecuteResponse& answer) {
  std::vector<std::string> events;
  for (const auto& event : answer.events()) events.push_back(InWords(event.data().type_url()));
  return absl::StrCat(events.empty() ? "-> nothing new: it was already so"
                                     : absl::StrCat("-> ", absl::StrJoin(events, ", ")),
                      answer.repeated_request() ? " (answered before)" : "");
}

std::string Times(std::string text, std::size_t count) {
  return count == 1 ? text : absl::StrCat(text, " x", count);
}

// The commands of a step and their results, one line for each run of equal ones.
std::string CommandLines(const StepReport& report) {
  struct Line {
    std::string command;
    std::string result;
    std::size_t count = 1;
  };
  std::vector<Line> lines;
  const ScriptStep& step = *report.step;
  for (std::size_t i = 0; i < step.requests.size(); ++i) {
    Line line;
    line.command = InWords(step.requests[i].command().type_url());
    if (i < report.answers.size()) {
      line.result = AnswerText(report.answers[i]);
    } else if (i == report.answers.size() && report.failure) {
      line.result = absl::StrCat("refused: ", report.failure->reason);
    } else {
      break;
    }
    if (!lines.empty() && lines.back().command == line.command &&
        lines.back().result == line.result) {
      ++lines.back().count;
    } else {
      lines.push_back(std::move(line));
    }
  }
  std::string out;
  for (const Line& line : lines) {
    const bool first = out.empty();
    out += StepLine(first ? step.label : "", first ? step.date : "", first ? step.caller.role : "",
                    Times(line.command, line.count), line.result);
  }
  return out;
}

void AppendSummary(const query::v1::CaseView& view, Table& facts) {
  sen::v1::CaseSummary summary;
  if (!view.summary().UnpackTo(&summary)) return;
  switch (summary.provision()) {
    case sen::v1::PROVISION_SEN_SUPPORT:
      facts.Add({"Provision", "K, SEN Support"});
      break;
    case sen::v1::PROVISION_EHC_PLAN:
      facts.Add({"Provision", "E, education, health and care plan"});
      break;
    default:
      facts.Add({"Provision", "N, no SEN Support"});
  }
  std::vector<std::string> needs;
  for (const auto& need : summary.needs()) {
    needs.push_back(absl::StrCat(need.sen_type(), need.rank() == 1 ? " (primary)" : ""));
  }
  if (!needs.empty()) facts.Add({"Needs", absl::StrJoin(needs, ", ")});
  if (summary.has_responsible_teacher()) {
    facts.Add({"Responsible", absl::StrCat(summary.responsible_teacher().role(), " ",
                                           summary.responsible_teacher().person_id())});
  }
  const auto& plan = summary.plan();
  std::string in_force = "none";
  if (!plan.plan_id().empty()) {
    in_force = absl::StrCat(plan.plan_id(), ", agreed ", plan.agreed_on(), ", review by ",
                            plan.review_on(), ", ", Count(plan.outcomes(), "outcome"), ", ",
                            Count(plan.provisions(), "provision"));
    absl::StrAppend(&in_force, plan.support_started_on().empty() ? "" : ", support since ",
                    plan.support_started_on());
  }
  facts.Add({"Plan in force", in_force});
  facts.Add({"So far", absl::StrCat(Count(summary.cycles_completed(), "cycle"), " completed, ",
                                    Count(static_cast<std::size_t>(summary.plans_size()), "plan"),
                                    ", ", Count(summary.parent_meetings(), "meeting"),
                                    " with parents, ", Count(summary.departures(), "departure"))});
}

std::string DeadlineText(const event::v1::Deadline& deadline) {
  std::string text = deadline.reminder() ? absl::StrCat("reminder, due ", deadline.due_on())
                                         : absl::StrCat("due ", deadline.due_on());
  if (deadline.level() > 0) absl::StrAppend(&text, ", level ", deadline.level());
  if (deadline.past_when_recorded()) text += ", already past when recorded";
  return text;
}

void AppendActions(const google::protobuf::RepeatedPtrField<event::v1::NextAction>& actions,
                   std::string& out) {
  Table table({});
  for (const auto& action : actions) {
    table.Add({action.due_on().empty() ? "any time" : absl::StrCat("until ", action.due_on()),
               absl::StrCat(action.title(), action.overdue() ? " (overdue)" : ""),
               action.roles_size() == 0 ? "" : absl::StrCat("by ", RolesOf(action))});
  }
  absl::StrAppend(&out, "\nNext\n", table.empty() ? "  nothing is waited for\n" : table.Render(2));
}

void AppendDeadlines(const google::protobuf::RepeatedPtrField<event::v1::Deadline>& deadlines,
                     std::string& out) {
  if (deadlines.empty()) return;
  Table table({});
  for (const auto& deadline : deadlines) {
    table.Add({deadline.fires_on(), deadline.timer(), DeadlineText(deadline)});
  }
  absl::StrAppend(&out, "\nDeadlines\n", table.Render(2));
}

}  // namespace

std::string RenderStep(const StepReport& report) {
  const ScriptStep& step = *report.step;
  const bool only_a_day = step.requests.empty();
  std::string out;
  for (const auto& timer : report.timers) {
    out += StepLine(only_a_day && out.empty() ? step.label : "", timer.occurred_on(),
                    "timer " + TimerOf(timer), "",
                    absl::StrCat("-> ", InWords(timer.data().type_url())));
  }
  if (only_a_day && out.empty()) out = StepLine(step.label, step.date, "", "(the day passes)", "");
  out += CommandLines(report);
  for (const auto& answer : report.answers) {
    for (const auto& warning : answer.warnings()) {
      absl::StrAppend(&out, "      warning ", warning.rule_code(), ": ", warning.message(), "\n");
    }
  }
  if (report.failure && !report.failure->message.empty()) {
    absl::StrAppend(&out, "      ", report.failure->message, "\n");
  }
  if (!report.unexpected.empty()) {
    absl::StrAppend(&out, "      ", step.place, ": ", report.unexpected, "\n");
  }
  return out;
}

std::string RenderPlayed(const PlayResult& result) {
  std::string out = absl::StrCat(Count(result.steps, "step"),
                                 " played as expected: ", Count(result.commands, "command"), ", ",
                                 Count(result.events, "event"));
  if (result.demo_clock) {
    absl::StrAppend(&out, ", ", Count(result.timers, "timer"), " fired");
  }
  if (result.repeated > 0) {
    absl::StrAppend(&out, "; ", Count(result.repeated, "command"),
                    " had been answered before and changed nothing");
  }
  out += ".\n";
  if (!result.demo_clock) out += "The server lives in real time: timers were not waited for.\n";
  return out;
}

std::string RenderCase(const query::v1::CaseView& view) {
  Table facts({});
  facts.Add(
      {"Stage", absl::StrCat(view.stage_title(),
                             view.cycle() == 0 ? "" : absl::StrCat(", cycle ", view.cycle()))});
  facts.Add({"Held by",
             absl::StrCat(view.setting_id().empty() ? "-" : view.setting_id(),
                          view.authority_id().empty() ? "" : ", authority ", view.authority_id())});
  AppendSummary(view, facts);
  facts.Add({"Record", absl::StrCat("version ", view.version(), ", shard ", view.shard(),
                                    ", position ", view.position(), ", policy ", view.policy())});
  std::string out = absl::StrCat("Case ", view.case_id(), "\n", facts.Render(2));
  AppendActions(view.next_actions(), out);
  AppendDeadlines(view.deadlines(), out);
  return out;
}

std::string RenderCases(const query::v1::ListCasesResponse& response) {
  if (response.cases_size() == 0) return "No case.\n";
  Table table({"CASE", "STAGE", "CYCLE", "SETTING", "NEXT"});
  for (const auto& view : response.cases()) {
    table.Add({view.case_id(), view.stage_title(), absl::StrCat(view.cycle()), view.setting_id(),
               view.next_actions_size() == 0 ? "-" : ActionText(view.next_actions(0))});
  }
  return table.Render();
}

std::string RenderDue(const query::v1::ListDueResponse& response) {
  if (response.items_size() == 0) return "Nothing is due.\n";
  Table table({"DUE", "", "WHAT", "WHO", "SETTING", "CASE", "STAGE"});
  for (const auto& item : response.items()) {
    table.Add({item.due_on(),
               item.overdue() ? absl::StrCat(Count(item.days_overdue(), "day"), " late") : "",
               absl::StrCat(item.timer(), " ", item.title()), absl::StrJoin(item.roles(), ", "),
               item.setting_id(), item.case_id(), item.stage()});
  }
  return table.Render();
}

std::string RenderCorrected(const query::v1::GetChronologyResponse& chronology) {
  std::string out;
  for (const query::v1::CorrectedValue& value : chronology.corrected()) {
    const auto event =
        std::ranges::find(chronology.events(), value.event_id(),
                          [](const event::v1::Event& each) { return each.event_id(); });
    if (event == chronology.events().end()) continue;
    absl::StrAppend(&out, out.empty() ? "\nCorrected values\n" : "", "  ", value.field(), " of ",
                    InWords(event->data().type_url()), ", ", event->occurred_on(), "\n");
  }
  return out;
}

std::string RenderOutlook(const query::v1::CommandOutlook& outlook) {
  std::string out = absl::StrCat(outlook.admitted() ? "yes  " : "no   ",
                                 ShortType(outlook.command()), ": ", outlook.title(), "\n");
  for (const query::v1::Obstacle& obstacle : outlook.obstacles()) {
    absl::StrAppend(&out, "       ", obstacle.rule_code(), ": ", obstacle.fact(),
                    obstacle.departure_possible() ? " (or give a departure with its reason)" : "",
                    "\n");
  }
  return out;
}

std::string RenderChronology(const google::protobuf::RepeatedPtrField<event::v1::Event>& events,
                             Length length) {
  Table table({});
  constexpr std::size_t kDetail = 58;
  const std::size_t columns = length == Length::kFull ? kAllColumns : kDetail;
  for (const auto& event : events) {
    const bool timer = !event.deadline_fired().empty();
    table.Add({event.occurred_on(), timer ? "timer " + TimerOf(event) : event.actor().role(),
               InWords(event.data().type_url()), Describe(event.data(), columns)});
  }
  return table.Render(2);
}

std::string RenderAudit(const query::v1::ListEventsResponse& response, Length length) {
  const std::size_t columns = length == Length::kFull ? kAllColumns : kColumns;
  if (response.rows_size() == 0) return "No event.\n";
  std::string out;
  for (const auto& row : response.rows()) {
    const event::v1::Event& event = row.event();
    absl::StrAppend(&out, InWords(event.data().type_url()), "  (case ", event.case_id(),
                    ", version ", event.version(), ")\n");
    Table table({});
    table.Add({"who", ActorText(event.actor())});
    if (std::string what = Describe(event.data(), columns); !what.empty()) {
      table.Add({"what", std::move(what)});
    }
    table.Add({"why", WhyText(event, columns)});
    table.Add({"when",
               absl::StrCat("happened ", event.occurred_on(), ", recorded ", RecordedText(event))});
    out += table.Render(4);
  }
  return out;
}

std::string RenderTail(const event::v1::Event& event) {
  return absl::StrFormat("%2d/%-6d  %s  %-10s  %-30s  case %s v%d\n", event.shard(),
                         event.position(), RecordedText(event), event.occurred_on(),
                         InWords(event.data().type_url()), event.case_id(), event.version());
}

std::vector<std::string> AuditColumns() {
  return {"recorded_time", "occurred_on", "event_type", "case_id",        "version",
          "actor_id",      "actor_role",  "setting_id", "on_behalf_of",   "policy",
          "departures",    "warnings",    "request_id", "deadline_fired", "event_id"};
}

std::vector<std::string> AuditCells(const event::v1::Event& event) {
  const auto codes = [](const auto& items) {
    std::vector<std::string> all;
    for (const auto& item : items) all.push_back(item.rule_code());
    return absl::StrJoin(all, " ");
  };
  const event::v1::Actor& actor = event.actor();
  return {RecordedText(event),
          event.occurred_on(),
          ShortType(event.data().type_url()),
          event.case_id(),
          absl::StrCat(event.version()),
          actor.id(),
          actor.role(),
          actor.setting_id(),
          actor.on_behalf_of(),
          event.policy(),
          codes(event.departures()),
          codes(event.warnings()),
          event.request_id(),
          event.deadline_fired(),
          event.event_id()};
}

std::string RenderPreview(const command::v1::PreviewResponse& response) {
  std::string out = "Nothing was written. The command would be accepted";
  std::vector<std::string> names;
  for (const auto& event : response.events()) names.push_back(InWords(event.data().type_url()));
  absl::StrAppend(&out,
                  names.empty() ? " and change nothing: it is already so.\n" : " and record:\n");
  if (!names.empty()) out += RenderChronology(response.events(), Length::kLine);
  for (const auto& warning : response.warnings()) {
    absl::StrAppend(&out, "  warning ", warning.rule_code(), ": ", warning.message(), "\n");
  }
  AppendActions(response.next_actions(), out);
  AppendDeadlines(response.deadlines(), out);
  return out;
}

std::string FailureToJson(const Failure& failure) {
  const nlohmann::ordered_json json = {{"code", static_cast<int>(failure.code)},
                                       {"reason", failure.reason},
                                       {"message", failure.message},
                                       {"metadata", failure.metadata}};
  return json.dump();
}

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = false;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) return absl::StrCat("{\"error\":\"cannot be shown as JSON\"}\n");
  return json + "\n";
}

}  // namespace apdr::client
