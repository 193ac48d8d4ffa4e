#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
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
          {"ended", "SEN Support ended"}};
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
                                        {"k-started", TypeOf<v1::AssessmentStarted>(), "assess"},
                                        {"assess", TypeOf<v1::ChildAssessed>(), "plan"},
                                        {"plan", TypeOf<v1::PlanAgreed>(), "do"},
                                        {"do", TypeOf<v1::ReviewHeld>(), "review"},
                                        {"review", TypeOf<v1::AssessmentStarted>(), "assess"}};
  for (const std::string& stage : SupportStages()) {
    rows.push_back({stage, TypeOf<v1::SenSupportEnded>(), "ended"});
  }
  return rows;
}

std::vector<std::string> SupportStages() { return {"k-started", "assess", "plan", "do", "review"}; }

}  // namespace apdr::sen
