#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/setting.pb.h"
#include "engine/domains/sen_support/definition/tables.h"
#include "engine/domains/sen_support/sen_terms.h"

// The graduated approach: four stages in order, again and again (Code of Practice 6.44, 5.38).
namespace apdr::sen {

std::vector<core::Stage> StageTable() {
  return {{"new", "No case"},
          {"none", "No concern"},
          {"concern", "Concern raised"},
          {"adapting", "Adapting teaching"},
          {"k-started", "SEN Support started"},
          {"assess", "Assess"},
          {"plan", "Plan"},
          {"do", "Do"},
          {"review", "Review"},
          {"ended", "SEN Support ended"},
          {"transferred", "Moving to another setting", /*suspends=*/true},
          {"closed", "Case closed", /*suspends=*/true, /*closed=*/true},
          {"erased", "Record erased", /*suspends=*/false, /*closed=*/true},
          {"setting", "Setting", /*suspends=*/false, /*closed=*/true, /*place=*/true}};
}

std::vector<core::Transition> TransitionTable() {
  std::vector<core::Transition> rows = {{"new", TypeOf<v1::ChildRegistered>(), "none"},
                                        {"none", TypeOf<v1::ConcernRaised>(), "concern"},
                                        {"ended", TypeOf<v1::ConcernRaised>(), "concern"},
                                        {"concern", TypeOf<v1::TeachingAdapted>(), "adapting"},
                                        {"adapting", TypeOf<v1::ConcernsResolved>(), "none"},
                                        {"concern", TypeOf<v1::SenSupportDeclined>(), "none"},
                                        {"adapting", TypeOf<v1::SenSupportDeclined>(), "none"},
                                        {"none", TypeOf<v1::SenSupportStarted>(), "k-started"},
                                        {"concern", TypeOf<v1::SenSupportStarted>(), "k-started"},
                                        {"adapting", TypeOf<v1::SenSupportStarted>(), "k-started"},
                                        {"ended", TypeOf<v1::SenSupportStarted>(), "k-started"},
                                        {"k-started", TypeOf<v1::AssessmentStarted>(), "assess"},
                                        {"assess", TypeOf<v1::ChildAssessed>(), "plan"},
                                        {"plan", TypeOf<v1::PlanAgreed>(), "do"},
                                        {"plan", TypeOf<v1::PlanIssuedWithoutAgreement>(), "do"},
                                        {"do", TypeOf<v1::ReviewHeld>(), "review"},
                                        {"review", TypeOf<v1::AssessmentStarted>(), "assess"}};
  for (const std::string& stage : SupportStages()) {
    rows.push_back({stage, TypeOf<v1::SenSupportEnded>(), "ended"});
  }
  for (const std::string& stage : OpenStages()) {
    if (stage != "transferred") {
      rows.push_back({stage, TypeOf<v1::ChildTransferredOut>(), "transferred"});
    }
    rows.push_back({stage, TypeOf<v1::CaseClosed>(), "closed"});
  }
  rows.push_back({"transferred", TypeOf<v1::ChildTransferredIn>(), core::kBack});
  rows.push_back({"closed", TypeOf<v1::CaseReopened>(), core::kBack});
  rows.push_back({"*", TypeOf<v1::RecordErased>(), "erased"});
  rows.push_back({"new", TypeOf<v1::SencoAssigned>(), "setting"});
  rows.push_back({"new", TypeOf<v1::SenInformationReportPublished>(), "setting"});
  return rows;
}

std::vector<std::string> OpenStages() {
  std::vector<std::string> stages = SupportStages();
  for (const char* stage : {"none", "concern", "adapting", "ended", "transferred"}) {
    stages.emplace_back(stage);
  }
  return stages;
}

std::vector<std::string> SupportStages() { return {"k-started", "assess", "plan", "do", "review"}; }

}  // namespace apdr::sen
