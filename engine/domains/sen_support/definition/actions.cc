#include <algorithm>

#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/profile.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "engine/domains/sen_support/assess/assess.h"
#include "engine/domains/sen_support/assess/professionals.h"
#include "engine/domains/sen_support/definition/tables.h"
#include "engine/domains/sen_support/plan/plan.h"

// What is to be done next in each stage, by whom, by which deadline.
namespace apdr::sen {
namespace {

using core::ActionSpec;
using core::State;
using Names = std::vector<std::string>;
using Applies = bool (*)(const State&);

Names Teaching() { return {"teacher", "keyworker", "tutor"}; }
Names Senco() { return {"senco", "named-person", "area-senco"}; }
Names Both() { return {"teacher", "keyworker", "tutor", "senco", "named-person", "area-senco"}; }

struct Line {
  const char* title;
  const char* timer;  // Empty: no date.
};

template <class Command>
ActionSpec To(Names stages, const Line& line, Names roles, Applies applies = nullptr) {
  return {.stages = std::move(stages),
          .command = TypeOf<Command>(),
          .title = line.title,
          .roles = std::move(roles),
          .timer = line.timer,
          .applies = applies};
}

bool IsRunning(const State& state, std::string_view timer) {
  return std::ranges::any_of(
      state.deadlines, [&](const auto& entry) { return entry.second.deadline.timer == timer; });
}

bool SomebodyHasNoSay(const State& state) {
  return std::ranges::any_of(CaseOf(state).current().participants(), [&](const auto& participant) {
    return HasNoSay(CaseOf(state), participant.person());
  });
}

bool InformationIsOpen(const State& state) {
  const auto& current = CaseOf(state).current();
  return !current.information_reviewed_by_teacher() ||
         (NeedsSenco(CaseOf(state)) && !current.information_reviewed_by_senco());
}

bool SupportHasStarted(const State& state) {
  return !CaseOf(state).current().support_started_on().empty();
}

void AddBeforeSupport(std::vector<ActionSpec>& actions) {
  actions.push_back(
      To<v1::RaiseConcern>({"none"}, {"Raise a concern, should there be one", ""}, Both()));
  actions.push_back(To<v1::AdaptTeaching>({"concern"}, {"Adapt the teaching", ""}, Teaching()));
  actions.push_back(
      To<v1::ReviewAdaptation>({"adapting"}, {"Review the adapted teaching", "T01"}, Teaching(),
                               [](const State& state) { return CaseOf(state).adaptation_open(); }));
  actions.push_back(To<v1::StartSenSupport>(
      {"adapting"}, {"Start SEN Support, as concerns remain", ""}, Both(),
      [](const State& state) { return CaseOf(state).concerns_remained(); }));
  actions.push_back(
      To<v1::NotifyParent>(SupportStages(), {"Notify the parent formally", "T02"}, Senco(),
                           [](const State& state) { return !CaseOf(state).parent_notified(); }));
}

void AddAssess(std::vector<ActionSpec>& actions) {
  const Names assess = {"assess"};
  actions.push_back(
      To<v1::StartAssessment>({"k-started"}, {"Start the assessment", "T03"}, Both()));
  actions.push_back(To<v1::ReviewExistingInformation>(
      assess, {"Look at the information already gathered", "T03"}, Both(), InformationIsOpen));
  actions.push_back(To<v1::DecideFurtherAssessment>(
      assess, {"Decide whether further assessment is needed", "T03"}, Both(),
      [](const State& state) { return !CaseOf(state).current().further_assessment_decided(); }));
  actions.push_back(To<v1::RecordChildViews>(
      assess, {"Ask the child", "T03"}, Teaching(),
      [](const State& state) { return !CaseOf(state).current().child_views_settled(); }));
  actions.push_back(To<v1::RecordParentViews>(
      assess, {"Ask the parents", "T03"}, Both(),
      [](const State& state) { return !CaseOf(state).current().parent_views_settled(); }));
  actions.push_back(To<v1::RecordProgress>(
      assess, {"Record an assessment or progress", "T03"}, Teaching(),
      [](const State& state) { return CaseOf(state).current().evidence() == 0; }));
  actions.push_back(To<v1::CompleteAssessment>(assess, {"Complete the assessment", "T03"}, Both()));
}

void AddPlan(std::vector<ActionSpec>& actions) {
  const Names plan = {"plan"};
  actions.push_back(To<v1::ConfirmParticipants>(
      plan, {"Confirm who takes part", "T04"}, Senco(),
      [](const State& state) { return CaseOf(state).current().participants().empty(); }));
  actions.push_back(
      To<v1::RecordContribution>(plan, {"Hear each participant", "T04"}, Both(), SomebodyHasNoSay));
  actions.push_back(To<v1::AgreePlan>(plan, {"Agree the plan", "T04"}, Senco()));
}

void AddDoAndReview(std::vector<ActionSpec>& actions) {
  actions.push_back(To<v1::SharePlan>(SupportStages(), {"Share the plan with the parent", "T05"},
                                      Senco(),
                                      [](const State& state) { return IsRunning(state, "T05"); }));
  actions.push_back(
      To<v1::StartSupport>({"do"}, {"Start the planned support", "T06"}, Teaching(),
                           [](const State& state) { return !SupportHasStarted(state); }));
  actions.push_back(To<v1::HoldReview>({"do"}, {"Hold the review", "T08"}, Both()));
  actions.push_back(To<v1::ShareReviewRecord>(
      SupportStages(), {"Share the review record with the parent", "T10"}, Senco(),
      [](const State& state) { return IsRunning(state, "T10"); }));
  actions.push_back(To<v1::EndSenSupport>({"review"}, {"End SEN Support", ""}, Senco()));
  actions.push_back(To<v1::CreateOnePageProfile>(
      SupportStages(), {"Create the one-page profile", ""}, Both(),
      [](const State& state) { return !CaseOf(state).has_profile(); }));
}

template <class Command>
ActionSpec WhileRunning(Names stages, const Line& line, Names roles) {
  ActionSpec action = To<Command>(std::move(stages), line, std::move(roles));
  action.applies = [timer = std::string(line.timer)](const State& state) {
    return IsRunning(state, timer);
  };
  return action;
}

bool IsOverdue(const State& state, std::string_view timer) {
  return std::ranges::any_of(state.deadlines, [&](const auto& entry) {
    const core::RunningDeadline& running = entry.second;
    return running.deadline.timer == timer &&
           (running.fired || running.deadline.past_when_recorded);
  });
}

// Of what is due once a year: not before its day.
template <class Command>
ActionSpec WhenOverdue(Names stages, const Line& line, Names roles) {
  ActionSpec action = To<Command>(std::move(stages), line, std::move(roles));
  action.applies = [timer = std::string(line.timer)](const State& state) {
    return IsOverdue(state, timer);
  };
  return action;
}

// Whatever the stage: what a running deadline asks for.
void AddBesideTheCycle(std::vector<ActionSpec>& actions) {
  const Names open = OpenStages();
  const Names authority = {"la-send-officer"};
  actions.push_back(WhileRunning<v1::RecordSpecialistAdvice>(
      open, {"Chase the specialist's advice", "T11"}, Senco()));
  actions.push_back(
      WhileRunning<v1::RecordEhcDecision>(open, {"Decide on the EHC request", "T13"}, authority));
  actions.push_back(WhileRunning<v1::Disclose>(open, {"Disclose the record", "T15"}, Senco()));
  actions.push_back(WhileRunning<v1::SendTransferPackage>(
      {"transferred"}, {"Send the child's file", "T14"}, Senco()));
  actions.push_back(To<v1::AcceptTransfer>({"transferred"}, {"Take the child over", ""}, Senco()));
  actions.push_back(WhileRunning<v1::ReviewExitMonitoring>(
      {"ended"}, {"Look again after the end of support", "T20"}, Senco()));
  actions.push_back(
      WhenOverdue<v1::RecordParentMeeting>(SupportStages(), {"Meet the parents", "T09"}, Both()));
  actions.push_back(WhenOverdue<v1::RecordAnnualReport>(
      SupportStages(), {"Report to the parents", "T16"}, Teaching()));
  actions.push_back(WhenOverdue<v1::UpdateOnePageProfile>(
      SupportStages(), {"Refresh the one-page profile", "T12"}, Both()));
}

}  // namespace

std::vector<ActionSpec> ActionTable() {
  std::vector<ActionSpec> actions;
  AddBeforeSupport(actions);
  AddAssess(actions);
  AddPlan(actions);
  AddDoAndReview(actions);
  AddBesideTheCycle(actions);
  return actions;
}

}  // namespace apdr::sen
