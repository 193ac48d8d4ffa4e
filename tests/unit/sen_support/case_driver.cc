#include "tests/unit/sen_support/case_driver.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/setting.pb.h"
#include "engine/base/check.h"
#include "engine/core/evolve.h"
#include "engine/domains/sen_support/setting/setting.h"

namespace apdr::sen {
namespace {

constexpr std::string_view kCaseId = "018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f";

std::string ShortName(std::string_view type) {
  return std::string(type.substr(type.rfind('.') + 1));
}

Date DateOrDie(std::string_view text) {
  const auto date = ParseDate(text);
  APDR_CHECK(date.has_value());
  return *date;
}

}  // namespace

CaseDriver::CaseDriver(Policy policy)
    : module_(std::move(policy)),
      workflow_(module_),
      state_(workflow_.NewState()),
      setting_(workflow_.NewState()),
      today_(Date(2025, 9, 1)) {
  // A setting whose report lists every discipline there is.
  v1::SenInformationReportPublished published;
  for (const std::string& discipline : module_.policy().disciplines) {
    published.mutable_report()->add_external_agencies()->set_discipline(discipline);
  }
  core::Event event;
  event.payload = codec::MakePayload(std::move(published));
  event.occurred_on = today_;
  core::Evolve(workflow_, setting_, event);
}

void CaseDriver::MoveTo(std::string_view date) {
  const Date target = DateOrDie(date);
  while (today_ < target) {
    ++today_;
    FireOn(today_);
  }
}

void CaseDriver::FireOn(Date date) {
  std::vector<std::string> keys;
  for (const auto& [key, running] : state_.deadlines) {
    if (running.deadline.fires_on == date) keys.push_back(key);
  }
  core::Context context = MakeContext("system");
  context.now = HourOf(date, core::kDeadlineHour, module_.definition().zone);
  for (const std::string& key : keys) {
    for (core::Event& event : core::DecideDeadline(workflow_, state_, key, context)) {
      fired_.push_back(absl::StrCat(FormatDate(date), " ", ShortName(event.payload->type())));
      Append(std::move(event));
    }
  }
}

void CaseDriver::Append(core::Event event) {
  core::Evolve(workflow_, state_, event);
  events_.push_back(std::move(event));
}

core::Context CaseDriver::MakeContext(std::string_view role) const {
  return {.now = HourOf(today_, 12, module_.definition().zone),
          .today = today_,
          .actor = {.id = actor_id_,
                    .role = std::string(role),
                    .setting_id = setting_id_,
                    .on_behalf_of = on_behalf_of_},
          .key_holders = key_holders_,
          .case_id = CaseId(std::string(kCaseId)),
          .events_named = {},
          .cases_read = {{SettingCaseId(SettingId(record().setting())), &setting_}}};
}

examples::ExampleContext CaseDriver::Context() const {
  return {.case_id = kCaseId, .occurred_on = today_, .state = state_, .policy = module_.policy()};
}

std::string CaseDriver::Decide(std::string_view role, core::PayloadPtr payload,
                               std::vector<core::Departure> departures) {
  const core::Command command{.payload = std::move(payload),
                              .occurred_on = today_,
                              .expected = core::AnyVersion{},
                              .departures = std::move(departures)};
  core::Decision decision = core::Decide(workflow_, state_, command, MakeContext(role));
  if (auto* rejection = std::get_if<core::Rejection>(&decision)) {
    rejection_ = std::move(*rejection);
    std::vector<std::string> codes;
    for (const auto& violation : rejection_.violations) codes.push_back(violation.code);
    return absl::StrCat("X ", absl::StrJoin(codes, ", "));
  }
  std::vector<std::string> names;
  std::string warnings;
  for (core::Event& event : std::get<std::vector<core::Event>>(decision)) {
    names.push_back(ShortName(event.payload->type()));
    for (const auto& warning : event.warnings)
      absl::StrAppend(&warnings, " warns ", warning.rule_code);
    Append(std::move(event));
  }
  return absl::StrCat(absl::StrJoin(names, ", "), warnings);
}

std::string CaseDriver::SendDated(std::string_view occurred_on, core::PayloadPtr payload) {
  const Date today = today_;
  core::Context context = MakeContext("senco");
  const core::Command command{.payload = std::move(payload),
                              .occurred_on = DateOrDie(occurred_on),
                              .expected = core::AnyVersion{},
                              .departures = {}};
  context.today = today;
  core::Decision decision = core::Decide(workflow_, state_, command, context);
  if (auto* rejection = std::get_if<core::Rejection>(&decision)) {
    rejection_ = std::move(*rejection);
    return absl::StrCat("X ", rejection_.code());
  }
  const auto& events = std::get<std::vector<core::Event>>(decision);
  if (events.empty()) return "";
  std::string answer = ShortName(events.front().payload->type());
  for (const auto& warning : events.front().warnings) {
    absl::StrAppend(&answer, " warns ", warning.rule_code);
  }
  return answer;
}

std::vector<std::string> CaseDriver::Next() const {
  std::vector<std::string> lines;
  for (const core::NextAction& action : core::NextActions(workflow_, state_)) {
    lines.push_back(ShortName(action.spec->command));
    if (action.due_on) absl::StrAppend(&lines.back(), " ", FormatDate(*action.due_on));
  }
  return lines;
}

std::vector<std::string> CaseDriver::Running(std::string_view timer) const {
  std::vector<std::string> dates;
  for (const auto& [key, running] : state_.deadlines) {
    if (running.deadline.timer == timer) dates.push_back(FormatDate(running.deadline.fires_on));
  }
  std::ranges::sort(dates);
  return dates;
}

std::string CaseDriver::Saved() const { return module_.SaveState(*state_.domain); }

std::string CaseDriver::Refolded() const {
  core::State state = workflow_.NewState();
  for (const core::Event& event : events_) core::Evolve(workflow_, state, event);
  APDR_CHECK(state.deadlines == state_.deadlines && state.stage == state_.stage);
  return module_.SaveState(*state.domain);
}

core::Departure DepartFrom(std::string rule_code) {
  return {.rule_code = std::move(rule_code),
          .reason = "There is a good reason, and it is written here.",
          .decided_by = "head"};
}

void OpenCase(CaseDriver& driver) {
  APDR_CHECK(driver.Send<v1::RegisterChild>("2025-09-02") == "ChildRegistered");
  APDR_CHECK(driver.Send<v1::LinkParentCarer>("2025-09-02") == "ParentCarerLinked");
  APDR_CHECK(driver.Send<v1::AssignResponsibleTeacher>("2025-09-02") ==
             "ResponsibleTeacherAssigned");
}

void BringToAdapting(CaseDriver& driver) {
  OpenCase(driver);
  APDR_CHECK(driver.Send<v1::RaiseConcern>("2025-09-08") == "ConcernRaised");
  APDR_CHECK(driver.Send<v1::AdaptTeaching>("2025-09-09") == "TeachingAdapted");
}

void BringToSupport(CaseDriver& driver) {
  BringToAdapting(driver);
  APDR_CHECK(driver.Send<v1::ReviewAdaptation>("2025-10-03") == "ConcernsRemained");
  APDR_CHECK(driver.Send<v1::StartSenSupport>("2025-10-06") == "SenSupportStarted");
}

void BringToAssess(CaseDriver& driver) {
  BringToSupport(driver);
  APDR_CHECK(driver.Send<v1::NotifyParent>("2025-10-07") == "ParentFormallyNotified");
  APDR_CHECK(driver.Send<v1::StartAssessment>("2025-10-08") == "AssessmentStarted");
  driver.Send<v1::ReviewExistingInformation>("2025-10-08");
  driver.Send<v1::DecideFurtherAssessment>("2025-10-08");
  driver.Send<v1::RecordChildViews>("2025-10-09");
  driver.Send<v1::RecordParentViews>("2025-10-09");
  driver.Send<v1::RecordProgress>("2025-10-10");
}

void BringToPlan(CaseDriver& driver) {
  BringToAssess(driver);
  APDR_CHECK(driver.Send<v1::CompleteAssessment>("2025-10-15") == "ChildAssessed");
  APDR_CHECK(driver.Send<v1::ConfirmParticipants>("2025-10-20") == "ParticipantsConfirmed");
  for (int i = 0; i < driver.record().current().participants_size(); ++i) {
    APDR_CHECK(driver.Send<v1::RecordContribution>("2025-10-21") == "ContributionRecorded");
  }
}

void BringToDo(CaseDriver& driver) {
  BringToPlan(driver);
  auto agree = driver.Example<v1::AgreePlan>("2025-10-22");
  agree.mutable_plan()->set_review_on("2025-12-12");
  APDR_CHECK(driver.Send("2025-10-22", "senco", agree) == "PlanAgreed");
}

void BringToStartedSupport(CaseDriver& driver) {
  BringToDo(driver);
  APDR_CHECK(driver.Send<v1::StartSupport>("2025-11-03") == "SupportStarted");
}

std::vector<std::string> CaseDriver::Awaited() const {
  std::vector<std::string> keys;
  for (const auto& [key, running] : state_.deadlines) {
    const std::string& timer = running.deadline.timer;
    if (timer != "T17" && timer != "T18") keys.push_back(key);
  }
  return keys;
}

}  // namespace apdr::sen
