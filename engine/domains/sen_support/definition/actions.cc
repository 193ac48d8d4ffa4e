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
#include "apdr/sen/v1/setting.pb.h"
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
  const char* why;    // The rule, and the seed sentence or paragraph of the Code.
};

template <class Command>
ActionSpec To(Names stages, const Line& line, Names roles, Applies applies = nullptr) {
  return {.stages = std::move(stages),
          .command = TypeOf<Command>(),
          .title = line.title,
          .roles = std::move(roles),
          .timer = line.timer,
          .why = line.why,
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

bool SupportHasStarted(const State& state) {
  return !CaseOf(state).current().support_started_on().empty();
}

void AddBeforeSupport(std::vector<ActionSpec>& actions) {
  actions.push_back(To<v1::RaiseConcern>(
      {"none"}, {"Raise a concern, should there be one", "", "S2; 6.17; 5.36"}, Both()));
  actions.push_back(To<v1::AdaptTeaching>(
      {"concern"}, {"Adapt the teaching", "", "PRE_SUPPORT_MISSING; S2; 6.19"}, Teaching()));
  actions.push_back(To<v1::ReviewAdaptation>(
      {"adapting"}, {"Review the adapted teaching", "T01", "PRE_SUPPORT_MISSING; S3; 6.19"},
      Teaching(), [](const State& state) { return CaseOf(state).adaptation_open(); }));
  actions.push_back(To<v1::StartSenSupport>(
      {"adapting"}, {"Start SEN Support, as concerns remain", "", "S3; 6.37; 5.36"}, Both(),
      [](const State& state) { return CaseOf(state).concerns_remained(); }));
  actions.push_back(To<v1::NotifyParent>(
      SupportStages(), {"Notify the parent formally", "T02", "PARENT_NOT_NOTIFIED; s.68; 6.48"},
      Senco(), [](const State& state) { return !CaseOf(state).parent_notified(); }));
}

// Its teacher and, where there has to be one, its SENCO look at it.
bool InformationIsOpen(const State& state, const Policy& policy) {
  const auto& current = CaseOf(state).current();
  return !current.information_reviewed_by_teacher() ||
         (policy.RulesFor(CaseOf(state).setting().type()).needs_senco &&
          !current.information_reviewed_by_senco());
}

void AddAssess(std::vector<ActionSpec>& actions, const Policy& policy) {
  const Names assess = {"assess"};
  actions.push_back(To<v1::StartAssessment>(
      {"k-started"}, {"Start the assessment", "T03", "STAGE_ORDER; S11; 6.44"}, Both()));
  actions.push_back(To<v1::ReviewExistingInformation>(
      assess,
      {"Look at the information already gathered", "T03", "INFORMATION_NOT_REVIEWED; S8; 6.38"},
      Both()));
  actions.back().applies = [&policy](const State& state) {
    return InformationIsOpen(state, policy);
  };
  actions.push_back(To<v1::DecideFurtherAssessment>(
      assess,
      {"Decide whether further assessment is needed", "T03", "FURTHER_ASSESSMENT_UNDECIDED; S9"},
      Both(),
      [](const State& state) { return !CaseOf(state).current().further_assessment_decided(); }));
  actions.push_back(To<v1::RecordChildViews>(
      assess, {"Ask the child", "T03", "CHILD_VIEWS_MISSING; S16; s.19"}, Teaching(),
      [](const State& state) { return !CaseOf(state).current().child_views_settled(); }));
  actions.push_back(To<v1::RecordParentViews>(
      assess, {"Ask the parents", "T03", "PARENT_VIEWS_MISSING; S16; 6.45"}, Both(),
      [](const State& state) { return !CaseOf(state).current().parent_views_settled(); }));
  actions.push_back(To<v1::RecordProgress>(
      assess, {"Record an assessment or progress", "T03", "NO_EVIDENCE; S17"}, Teaching(),
      [](const State& state) { return CaseOf(state).current().evidence() == 0; }));
  actions.push_back(To<v1::CompleteAssessment>(
      assess, {"Complete the assessment", "T03", "STAGE_ORDER; S10; S15"}, Both()));
}

void AddPlan(std::vector<ActionSpec>& actions) {
  const Names plan = {"plan"};
  actions.push_back(To<v1::ConfirmParticipants>(
      plan, {"Confirm who takes part", "T04", "PARTICIPANTS_INCOMPLETE; S20"}, Senco(),
      [](const State& state) { return CaseOf(state).current().participants().empty(); }));
  actions.push_back(To<v1::RecordContribution>(
      plan, {"Hear each participant", "T04", "PARTICIPANT_NO_SAY; S20"}, Both(), SomebodyHasNoSay));
  actions.push_back(To<v1::AgreePlan>(
      plan, {"Agree the plan", "T04", "OUTCOMES_NOT_AGREED; S19; S21; S22; 6.48"}, Senco()));
}

void AddDoAndReview(std::vector<ActionSpec>& actions) {
  actions.push_back(
      To<v1::SharePlan>(SupportStages(), {"Share the plan with the parent", "T05", "S22; 6.75"},
                        Senco(), [](const State& state) { return IsRunning(state, "T05"); }));
  actions.push_back(To<v1::StartSupport>(
      {"do"}, {"Start the planned support", "T06", "NO_PLAN_IN_FORCE; S23"}, Teaching(),
      [](const State& state) { return !SupportHasStarted(state); }));
  actions.push_back(
      To<v1::HoldReview>({"do"}, {"Hold the review", "T08", "REVIEW_LATE; S26; 6.53"}, Both()));
  actions.push_back(To<v1::ShareReviewRecord>(
      SupportStages(), {"Share the review record with the parent", "T10", "S27; 6.75"}, Senco(),
      [](const State& state) { return IsRunning(state, "T10"); }));
  actions.push_back(To<v1::EndSenSupport>(
      {"review"}, {"End SEN Support", "", "END_WITHOUT_REVIEW; S30; 6.54"}, Senco()));
  actions.push_back(To<v1::CreateOnePageProfile>(
      SupportStages(), {"Create the one-page profile", "", "S7"}, Both(),
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
      open, {"Chase the specialist's advice", "T11", "S13; 6.59"}, Senco()));
  actions.push_back(WhileRunning<v1::RecordEhcDecision>(
      open, {"Decide on the EHC request", "T13", "SEND Regulations 2014, 5 and 13"}, authority));
  actions.push_back(WhileRunning<v1::Disclose>(
      open,
      {"Disclose the record", "T15",
       "UK GDPR Art. 15; Education (Pupil Information) Regulations 2005"},
      Senco()));
  actions.push_back(WhileRunning<v1::SendTransferPackage>(
      {"transferred"},
      {"Send the child's file", "T14", "Education (Pupil Information) Regulations 2005"}, Senco()));
  actions.push_back(
      To<v1::AcceptTransfer>({"transferred"}, {"Take the child over", "", "6.57; 5.47"}, Senco()));
  actions.push_back(WhileRunning<v1::ReviewExitMonitoring>(
      {"ended"}, {"Look again after the end of support", "T20", "6.55"}, Senco()));
  actions.push_back(To<v1::RaiseConcern>(
      {"ended"}, {"Raise a concern, should it come back", "", "S2; 6.17; 5.36"}, Both()));
  actions.push_back(To<v1::ReopenCase>(
      {"closed"}, {"Reopen the case, should the child come back", "", "6.73"}, Senco()));
  // Of a setting.
  actions.push_back(
      To<v1::AssignSenco>({"setting"}, {"Name the SENCO", "", "s.67; 6.84; 5.52"}, {"head"},
                          [](const State& state) { return !CaseOf(state).place().has_senco(); }));
  actions.push_back(To<v1::PublishSenInformationReport>(
      {"setting"}, {"Publish the SEN information report", "T19", "s.69; 6.79"}, Senco()));
  actions.push_back(WhenOverdue<v1::RecordParentMeeting>(
      SupportStages(), {"Meet the parents", "T09", "6.65"}, Both()));
  actions.push_back(WhenOverdue<v1::RecordAnnualReport>(
      SupportStages(), {"Report to the parents", "T16", "6.64; 6.75"}, Teaching()));
  actions.push_back(WhenOverdue<v1::UpdateOnePageProfile>(
      SupportStages(), {"Refresh the one-page profile", "T12", "S7"}, Both()));
}

}  // namespace

std::vector<ActionSpec> ActionTable(const Policy& policy) {
  std::vector<ActionSpec> actions;
  AddBeforeSupport(actions);
  AddAssess(actions, policy);
  AddPlan(actions);
  AddDoAndReview(actions);
  AddBesideTheCycle(actions);
  return actions;
}

}  // namespace apdr::sen
