#include "services/scenario/internal/setup.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "services/scenario/internal/content.h"
#include "services/scenario/internal/step_parser.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

// How long things take where the script does not say, in days.
constexpr int kRegisteredBefore = 7;
constexpr int kConcernBefore = 21;
constexpr int kCycle = 70;
constexpr int kToPlan = 28;  // From the start of the newest cycle to its plan.
constexpr int kReviewInterval = 56;
constexpr int kReviewIntervalMax = 80;  // Within the early years' limit too.

// Whether the script registers the child itself.
bool Registers(const std::vector<Step>& steps) {
  return std::ranges::any_of(steps, [](const Step& step) {
    return std::ranges::any_of(step.commands, [](const CommandLine& command) {
      return command.name == "RegisterChild" && !IsOfOtherCase(command);
    });
  });
}

class SetupWriter {
 public:
  explicit SetupWriter(const Script& script) : script_(script) {}

  absl::StatusOr<std::vector<Step>> Write() {
    const std::optional<Date> agreed = DateFact("planagreed");
    const int cycle = ParseCount(TextFact("cycle", "1")).value_or(1);
    std::optional<Date> since = DateFact("since");
    if (!since.has_value() && agreed.has_value()) {
      since = *agreed - kToPlan - kCycle * (cycle - 1);
    }
    Date first = script_.steps.front().date;
    if (!script_.given.empty()) first = std::min(first, script_.given.front().date);
    const bool in_cycle = !agreed.has_value() && cycle > 1;
    if (!since.has_value() && in_cycle) since = first - 1 - kCycle * (cycle - 1);
    const std::optional<Date> ended = DateFact("ended");
    if (!since.has_value() && script_.facts.contains("onk")) since = ended.value_or(first) - 1;
    const Date before_steps = first - 1;
    if (since.has_value()) first = std::min(first, *since - kConcernBefore);
    if (!Registers(script_.steps) && !Registers(script_.given)) {
      const Date registered = DateFact("registered").value_or(first - kRegisteredBefore);
      APDR_RETURN_IF_ERROR(
          Add(registered, TextFact("responsible", "").empty()
                              ? "RegisterChild; LinkParentCarer; AssignResponsibleTeacher"
                              : "RegisterChild; LinkParentCarer"));
      APDR_RETURN_IF_ERROR(SetUpSetting(registered));
    }
    if (since.has_value()) APDR_RETURN_IF_ERROR(StartSupport(*since));
    if (agreed.has_value()) APDR_RETURN_IF_ERROR(Cycles(*since, *agreed, cycle));
    if (in_cycle) APDR_RETURN_IF_ERROR(CyclesBefore(*since, before_steps, cycle));
    if (ended.has_value()) APDR_RETURN_IF_ERROR(Add(*ended, "EndSenSupport reason=left-setting"));
    const std::string state = TextFact("state", "");
    if (!state.empty()) APDR_RETURN_IF_ERROR(Add(before_steps, state));
    for (const Step& step : script_.given) steps_.push_back(step);
    return std::move(steps_);
  }

 private:
  std::optional<Date> DateFact(const std::string& name) {
    const auto found = script_.facts.find(name);
    if (found == script_.facts.end()) return std::nullopt;
    line_ = found->second.line;
    return ParseDate(found->second.value);
  }

  std::string TextFact(const std::string& name, std::string otherwise) const {
    const auto found = script_.facts.find(name);
    return found == script_.facts.end() ? std::move(otherwise) : found->second.value;
  }

  absl::Status Add(Date date, const std::string& commands) {
    APDR_ASSIGN_OR_RETURN(Step step,
                          ParseGivenStep(absl::StrCat(FormatDate(date), " SEN ", commands), line_));
    step.label = absl::StrCat("given ", steps_.size() + 1);
    steps_.push_back(std::move(step));
    return absl::OkStatus();
  }

  // A SENCO, and a report that lists speech therapists and educational psychologists.
  absl::Status SetUpSetting(Date on) {
    const std::string agencies = TextFact("report", "SLT,EP");
    const bool published = Commands("PublishSenInformationReport") || Normalised(agencies) == "no";
    if (!Commands("AssignSenco")) APDR_RETURN_IF_ERROR(Add(on, "AssignSenco"));
    if (published) return absl::OkStatus();
    return Add(on, absl::StrCat("PublishSenInformationReport agencies=", agencies));
  }

  // Whether the script itself has a command of this name.
  [[nodiscard]] bool Commands(std::string_view name) const {
    const auto has = [&](const Step& step) {
      return std::ranges::find(step.commands, name, &CommandLine::name) != step.commands.end();
    };
    return std::ranges::any_of(script_.steps, has) || std::ranges::any_of(script_.given, has);
  }

  absl::Status StartSupport(Date since) {
    const std::string needs = TextFact("needs", "");
    const Date concern = since - kConcernBefore;
    APDR_RETURN_IF_ERROR(
        Add(concern, absl::StrCat("RaiseConcern; AdaptTeaching reviewOn=", FormatDate(since))));
    APDR_RETURN_IF_ERROR(Add(since, "ReviewAdaptation result=concerns-remain"));
    APDR_RETURN_IF_ERROR(Add(since, absl::StrCat("StartSenSupport reason=concerns-remained",
                                                 needs.empty() ? "" : " needs=", needs)));
    const std::string notified = Normalised(TextFact("parentnotified", ""));
    if (notified == "no" || notified == "false") return absl::OkStatus();
    return Add(DateFact("parentnotified").value_or(since), "NotifyParent");
  }

  // The assessment and the plan of a cycle that begins at `start`.
  absl::Status AssessAndPlan(int cycle, Date start, Date assessed, Date agreed,
                             const std::string& plan) {
    if (cycle == 1) APDR_RETURN_IF_ERROR(Add(start, "StartAssessment cycle=1"));
    APDR_RETURN_IF_ERROR(
        Add(start, "ReviewExistingInformation; decision; views of CHI and PAR; progress"));
    APDR_RETURN_IF_ERROR(Add(assessed, "CompleteAssessment"));
    APDR_RETURN_IF_ERROR(Add(agreed, "ConfirmParticipants; contributions"));
    APDR_RETURN_IF_ERROR(Add(agreed, absl::StrCat("AgreePlan ", plan)));
    return Add(agreed, "SharePlan");
  }

  absl::Status Cycles(Date since, Date agreed, int cycle) {
    if (agreed < since) {
      return absl::InvalidArgumentError(
          "Expected the plan to be agreed after SEN Support started, but its date lies before.");
    }
    const Date newest = std::max(since, agreed - kToPlan);
    const int span = cycle > 1 ? static_cast<int>(newest - since) / (cycle - 1) : 0;
    Date start = since;
    for (int k = 1; k < cycle; ++k) {
      const Date end = k + 1 == cycle ? newest : start + span;
      APDR_RETURN_IF_ERROR(EarlierCycle(k, start, end));
      start = end;
    }
    const Date review = DateFact("reviewon").value_or(agreed + kReviewInterval);
    const std::optional<Date> started = DateFact("supportstarted");
    const Date starts = DateFact("supportstartson").value_or(started.value_or(agreed + 1));
    const Date assessed = start + static_cast<int>(agreed - start) / 2;
    std::string plan =
        absl::StrCat("reviewOn=", FormatDate(review), " supportStartsOn=", FormatDate(starts));
    for (const char* list : {"outcomes", "provisions"}) {
      const std::string value = TextFact(list, "");
      if (!value.empty()) absl::StrAppend(&plan, " ", list, "=", value);
    }
    APDR_RETURN_IF_ERROR(AssessAndPlan(cycle, start, assessed, agreed, plan));
    return started.has_value() ? Add(*started, "StartSupport") : absl::OkStatus();
  }

  // "cycle 2" without a plan: the cycles before it, and it is being assessed.
  absl::Status CyclesBefore(Date since, Date until, int cycle) {
    if (until < since) {
      return absl::InvalidArgumentError(
          "Expected SEN Support to start before the first step, but it starts later.");
    }
    const int span = static_cast<int>(until - since) / (cycle - 1);
    Date start = since;
    for (int k = 1; k < cycle; ++k) {
      const Date end = k + 1 == cycle ? until : start + span;
      APDR_RETURN_IF_ERROR(EarlierCycle(k, start, end));
      start = end;
    }
    return absl::OkStatus();
  }

  absl::Status EarlierCycle(int cycle, Date start, Date end) {
    const int span = static_cast<int>(end - start);
    const Date assessed = start + std::min(7, span / 4);
    const Date agreed = start + std::min(14, span / 2);
    const Date review_on = std::max(agreed + 1, std::min(end, agreed + kReviewIntervalMax));
    const Date held = std::min(end, review_on);
    APDR_RETURN_IF_ERROR(AssessAndPlan(
        cycle, start, assessed, agreed,
        absl::StrCat("reviewOn=", FormatDate(review_on), " supportStartsOn=", FormatDate(agreed))));
    APDR_RETURN_IF_ERROR(Add(agreed, "StartSupport"));
    return Add(held, "HoldReview decision=continue; ShareReviewRecord");
  }

  const Script& script_;
  int line_ = 1;
  std::vector<Step> steps_;
};

}  // namespace

absl::StatusOr<std::vector<Step>> SetupSteps(const Script& script) {
  return SetupWriter(script).Write();
}

}  // namespace apdr::scenario
