#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/profile.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/setting.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "engine/domains/sen_support/definition/tables.h"
#include "engine/domains/sen_support/sen_terms.h"

// Which stage admits which command, and whose role may send it.
namespace apdr::sen {
namespace {

using Names = std::vector<std::string>;
using core::CommandSpec;

Names Always() { return {}; }   // Every stage of an open case.
Names Anybody() { return {}; }  // Every role.

// `system` is an importer.
Names Staff() {
  return {"teacher", "keyworker", "tutor", "senco", "named-person", "area-senco", "head", "system"};
}

Names StaffAnd(const Names& others) {
  Names roles = Staff();
  roles.insert(roles.end(), others.begin(), others.end());
  return roles;
}

Names BeforeSupport() { return {"none", "concern", "adapting"}; }

template <class C>
CommandSpec Row(std::string title, Names stages, Names roles) {
  return {.type = TypeOf<C>(),
          .title = std::move(title),
          .stages = std::move(stages),
          .roles = std::move(roles),
          .opens_case = false};
}

void AddRegistration(std::vector<CommandSpec>& rows) {
  rows.push_back({.type = TypeOf<v1::RegisterChild>(),
                  .title = "register the child",
                  .stages = {},
                  .roles = StaffAnd({"la-send-officer"}),
                  .opens_case = true});
  rows.push_back(
      Row<v1::LinkParentCarer>("link a parent or carer", Always(), StaffAnd({"la-send-officer"})));
  rows.push_back(Row<v1::AssignResponsibleTeacher>("make somebody responsible for the child",
                                                   Always(), Staff()));
  rows.push_back(Row<v1::UnlinkParentCarer>("unlink a parent or carer", Always(),
                                            StaffAnd({"la-send-officer"})));
  rows.push_back(Row<v1::RecordInvolvedProfessional>("record an involved professional", Always(),
                                                     StaffAnd({"la-send-officer"})));
  rows.push_back(Row<v1::AssignIdentifier>("give the child an identifier", Always(),
                                           StaffAnd({"la-send-officer"})));
}

// Of a setting's own record, which the first of them opens.
void AddSetting(std::vector<CommandSpec>& rows) {
  const Names leaders = {"senco", "named-person",    "area-senco",
                         "head",  "la-send-officer", "system"};
  rows.push_back({.type = TypeOf<v1::AssignSenco>(),
                  .title = "name the setting's SENCO",
                  .stages = {"setting"},
                  .roles = leaders,
                  .opens_case = true});
  rows.push_back({.type = TypeOf<v1::PublishSenInformationReport>(),
                  .title = "publish the SEN information report",
                  .stages = {"setting"},
                  .roles = leaders,
                  .opens_case = true});
}

void AddBeforeSupport(std::vector<CommandSpec>& rows) {
  rows.push_back(Row<v1::RaiseConcern>("raise a concern", {"none", "concern", "adapting", "ended"},
                                       Anybody()));
  rows.push_back(Row<v1::AdaptTeaching>("adapt the teaching", BeforeSupport(), Staff()));
  rows.push_back(
      Row<v1::ReviewAdaptation>("review the adapted teaching", BeforeSupport(), Staff()));
  rows.push_back(
      Row<v1::RecordEarlyDiscussion>("record an early discussion", BeforeSupport(), Staff()));
  rows.push_back(Row<v1::StartSenSupport>("start SEN Support",
                                          {"none", "concern", "adapting", "ended"}, Staff()));
  rows.push_back(Row<v1::DeclineSenSupport>("decline SEN Support", BeforeSupport(), Staff()));
  rows.push_back(Row<v1::NotifyParent>("notify the parent", Always(), Staff()));
}

void AddProfile(std::vector<CommandSpec>& rows) {
  const Names authors = StaffAnd({"parent", "carer", "child", "young-person", "advocate"});
  rows.push_back(Row<v1::CreateOnePageProfile>("create the one-page profile", Always(), authors));
  rows.push_back(Row<v1::UpdateOnePageProfile>("update the one-page profile", Always(), authors));
}

void AddAssess(std::vector<CommandSpec>& rows) {
  rows.push_back(Row<v1::StartAssessment>("start the assessment", {"k-started"}, Staff()));
  rows.push_back(
      Row<v1::ReviewExistingInformation>("review the existing information", {"assess"}, Staff()));
  rows.push_back(
      Row<v1::DecideFurtherAssessment>("decide on further assessment", {"assess"}, Staff()));
  rows.push_back(Row<v1::RecordChildViews>("record the child's views", Always(),
                                           StaffAnd({"child", "young-person", "advocate"})));
  rows.push_back(Row<v1::RecordParentViews>("record the parents' views", Always(),
                                            StaffAnd({"parent", "carer"})));
  rows.push_back(
      Row<v1::RecordViewsNotObtained>("record that views were not had", Always(), Staff()));
  rows.push_back(
      Row<v1::RecordAssessment>("record an assessment", Always(), StaffAnd({"professional"})));
  rows.push_back(
      Row<v1::RecordProgress>("record progress", Always(), StaffAnd({"teaching-assistant"})));
  rows.push_back(Row<v1::RecordProfessionalInput>("record a professional's advice", Always(),
                                                  StaffAnd({"professional"})));
  rows.push_back(Row<v1::RequestSpecialist>("ask a specialist", Always(), Staff()));
  rows.push_back(Row<v1::RecordSpecialistAdvice>("record a specialist's advice", Always(),
                                                 StaffAnd({"professional"})));
  rows.push_back(Row<v1::CloseSpecialistRequest>("close the request to a specialist", Always(),
                                                 StaffAnd({"professional"})));
  rows.push_back(Row<v1::CompleteAssessment>("complete the assessment", {"assess"}, Staff()));
}

void AddPlan(std::vector<CommandSpec>& rows) {
  rows.push_back(Row<v1::ConfirmParticipants>("confirm who takes part", {"plan"}, Staff()));
  rows.push_back(Row<v1::RecordContribution>(
      "record a contribution", Always(),
      StaffAnd({"teaching-assistant", "parent", "carer", "child", "young-person", "advocate",
                "professional", "la-send-officer"})));
  rows.push_back(Row<v1::DraftPlan>("draft the plan", {"plan"}, Staff()));
  rows.push_back(Row<v1::AgreePlan>("agree the plan", {"plan"}, Staff()));
  rows.push_back(Row<v1::IssuePlanWithoutAgreement>(
      "issue the plan without agreement", {"plan"},
      {"senco", "named-person", "area-senco", "head", "system"}));
  rows.push_back(Row<v1::SharePlan>("share the plan", SupportStages(), Staff()));
  rows.push_back(Row<v1::ChangeReviewDate>("change the review date", {"do"}, Staff()));
}

void AddDo(std::vector<CommandSpec>& rows) {
  rows.push_back(Row<v1::StartSupport>("start the planned support", {"do"}, Staff()));
  rows.push_back(Row<v1::BriefStaff>("brief the staff", {"do"}, Staff()));
  rows.push_back(Row<v1::RecordDelivery>("record a session of support", {"do"},
                                         StaffAnd({"teaching-assistant", "professional"})));
  rows.push_back(Row<v1::RecordNonDelivery>("record support that did not happen", {"do"},
                                            StaffAnd({"teaching-assistant", "professional"})));
  rows.push_back(Row<v1::AdjustProvision>("adjust the provision", {"do"}, Staff()));
  rows.push_back(Row<v1::RecordHomeContribution>(
      "record what is done at home", Always(),
      StaffAnd({"teaching-assistant", "parent", "carer", "child", "young-person"})));
  rows.push_back(Row<v1::RecordTeamNote>("record a team note", Always(),
                                         StaffAnd({"teaching-assistant", "professional"})));
  rows.push_back(Row<v1::TransferResponsibility>("transfer responsibility", {"do"}, Staff()));
}

void AddReviewAndLeave(std::vector<CommandSpec>& rows) {
  rows.push_back(Row<v1::ScheduleReview>("schedule the review meeting", {"do"}, Staff()));
  rows.push_back(Row<v1::HoldReview>("hold the review", {"do"}, Staff()));
  rows.push_back(Row<v1::ShareReviewRecord>("share the review record", Always(), Staff()));
  rows.push_back(
      Row<v1::EndSenSupport>("end SEN Support", SupportStages(), StaffAnd({"la-send-officer"})));
  rows.push_back(
      Row<v1::RecordParentMeeting>("record a meeting with the parents", Always(), Staff()));
  rows.push_back(Row<v1::RecordAnnualReport>("record the annual report", Always(), Staff()));
  rows.push_back(
      Row<v1::ReviewExitMonitoring>("look again after the end of support", {"ended"}, Staff()));
}

// Whoever asks, and whatever for: a request is never blocked.
void AddEscalate(std::vector<CommandSpec>& rows) {
  rows.push_back(
      Row<v1::RequestEhcAssessment>("request an EHC needs assessment", Always(), Anybody()));
  rows.push_back(Row<v1::RecordEhcDecision>("record the authority's decision", Always(),
                                            {"la-send-officer", "system"}));
  rows.push_back(
      Row<v1::RecordEhcPlan>("record the EHC plan", Always(), {"la-send-officer", "system"}));
}

void AddMove(std::vector<CommandSpec>& rows) {
  const Names movers = StaffAnd({"la-send-officer"});
  rows.push_back(Row<v1::PlanTransition>("plan the transition", Always(), movers));
  Names leavable = OpenStages();
  std::erase(leavable, "transferred");
  rows.push_back(Row<v1::TransferChild>("transfer the child", leavable, movers));
  rows.push_back(Row<v1::SendTransferPackage>("send the child's file", {"transferred"}, movers));
  rows.push_back(Row<v1::AcceptTransfer>("take the child over", {"transferred"}, movers));
  rows.push_back(Row<v1::CloseCase>("close the case", Always(), movers));
  rows.push_back(Row<v1::ReopenCase>("reopen the case", {"closed"}, movers));
}

// Of a closed case too.
Names OpenOrClosed() {
  Names stages = OpenStages();
  stages.emplace_back("closed");
  return stages;
}

void AddGovernance(std::vector<CommandSpec>& rows) {
  const Names officers = StaffAnd({"la-send-officer"});
  rows.push_back(Row<v1::RaiseDisagreement>(
      "raise a disagreement", Always(),
      StaffAnd({"la-send-officer", "parent", "carer", "child", "young-person", "advocate",
                "iass-adviser", "professional"})));
  rows.push_back(Row<v1::ResolveDisagreement>("resolve a disagreement", Always(), officers));
  rows.push_back(Row<v1::CorrectRecord>("correct the record", OpenOrClosed(), officers));
  rows.push_back(Row<v1::PlaceHold>("place a hold", OpenOrClosed(), officers));
  rows.push_back(Row<v1::LiftHold>("lift a hold", OpenOrClosed(), officers));
  rows.push_back(Row<v1::RequestDisclosure>(
      "record a request for the record", OpenOrClosed(),
      StaffAnd({"la-send-officer", "parent", "carer", "child", "young-person", "advocate"})));
  rows.push_back(Row<v1::Disclose>("disclose the record", OpenOrClosed(), officers));
  rows.push_back(Row<v1::EraseRecord>("erase the record", OpenOrClosed(), officers));
}

}  // namespace

std::vector<CommandSpec> CommandTable() {
  std::vector<CommandSpec> rows;
  AddRegistration(rows);
  AddBeforeSupport(rows);
  AddProfile(rows);
  AddAssess(rows);
  AddPlan(rows);
  AddDo(rows);
  AddReviewAndLeave(rows);
  AddEscalate(rows);
  AddMove(rows);
  AddGovernance(rows);
  AddSetting(rows);
  return rows;
}

}  // namespace apdr::sen
