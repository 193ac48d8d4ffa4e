#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/profile.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
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
  rows.push_back(Row<v1::RecordInvolvedProfessional>("record an involved professional", Always(),
                                                     StaffAnd({"la-send-officer"})));
}

void AddBeforeSupport(std::vector<CommandSpec>& rows) {
  rows.push_back(Row<v1::RaiseConcern>("raise a concern", {"none", "concern", "adapting", "ended"},
                                       Anybody()));
  rows.push_back(Row<v1::AdaptTeaching>("adapt the teaching", BeforeSupport(), Staff()));
  rows.push_back(
      Row<v1::ReviewAdaptation>("review the adapted teaching", BeforeSupport(), Staff()));
  rows.push_back(
      Row<v1::RecordEarlyDiscussion>("record an early discussion", BeforeSupport(), Staff()));
  rows.push_back(Row<v1::StartSenSupport>("start SEN Support", BeforeSupport(), Staff()));
  rows.push_back(Row<v1::DeclineSenSupport>("decline SEN Support", BeforeSupport(), Staff()));
  rows.push_back(Row<v1::NotifyParent>("notify the parent", SupportStages(), Staff()));
}

void AddProfile(std::vector<CommandSpec>& rows) {
  const Names authors =
      StaffAnd({"parent", "carer", "child", "young-person", "advocate", "teaching-assistant"});
  rows.push_back(Row<v1::CreateOnePageProfile>("create the one-page profile", Always(), authors));
  rows.push_back(Row<v1::UpdateOnePageProfile>("update the one-page profile", Always(), authors));
}

void AddAssess(std::vector<CommandSpec>& rows) {
  rows.push_back(Row<v1::StartAssessment>("start the assessment", {"k-started"}, Staff()));
  rows.push_back(
      Row<v1::ReviewExistingInformation>("review the existing information", {"assess"}, Staff()));
  rows.push_back(
      Row<v1::DecideFurtherAssessment>("decide on further assessment", {"assess"}, Staff()));
  rows.push_back(Row<v1::RecordChildViews>(
      "record the child's views", Always(),
      StaffAnd({"teaching-assistant", "child", "young-person", "advocate"})));
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
  rows.push_back(Row<v1::SharePlan>("share the plan", SupportStages(), Staff()));
  rows.push_back(Row<v1::ChangeReviewDate>("change the review date", {"do"}, Staff()));
}

void AddDo(std::vector<CommandSpec>& rows) {
  rows.push_back(Row<v1::StartSupport>("start the planned support", {"do"}, Staff()));
  rows.push_back(Row<v1::BriefStaff>("brief the staff", {"do"}, Staff()));
  rows.push_back(Row<v1::RecordTeamNote>("record a team note", Always(),
                                         StaffAnd({"teaching-assistant", "professional"})));
  rows.push_back(Row<v1::TransferResponsibility>("transfer responsibility", {"do"}, Staff()));
}

void AddReviewAndLeave(std::vector<CommandSpec>& rows) {
  rows.push_back(Row<v1::HoldReview>("hold the review", {"do"}, Staff()));
  rows.push_back(Row<v1::ShareReviewRecord>("share the review record", Always(), Staff()));
  rows.push_back(
      Row<v1::EndSenSupport>("end SEN Support", SupportStages(), StaffAnd({"la-send-officer"})));
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
  return rows;
}

}  // namespace apdr::sen
