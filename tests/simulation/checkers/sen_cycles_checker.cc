// Promise (SEN Support): never two open cycles, no review before a plan, no agreed plan without a
// review date.
#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/plan.pb.h"
#include "engine/base/date.h"
#include "tests/simulation/checkers/checkers.h"

namespace apdr::testing {
namespace {

// Where a case stands in its cycle, by its events alone.
class Cycle {
 public:
  // Empty: as promised.
  std::string Take(const event::v1::Event& event) {
    const std::string& url = event.data().type_url();
    const std::string type = url.substr(url.rfind('.') + 1);
    if (type == "AssessmentStarted") {
      if (open_) return "a cycle was opened while one is open";
      open_ = true;
      planned_ = false;
    } else if (type == "PlanAgreed") {
      sen::v1::PlanAgreed agreed;
      if (!event.data().UnpackTo(&agreed) || !ParseDate(agreed.plan().review_on())) {
        return "a plan was agreed without a review date";
      }
      planned_ = true;
    } else if (type == "PlanIssuedWithoutAgreement") {
      sen::v1::PlanIssuedWithoutAgreement issued;
      if (!event.data().UnpackTo(&issued) || !ParseDate(issued.plan().review_on())) {
        return "a plan was issued without a review date";
      }
      planned_ = true;
    } else if (type == "ReviewHeld") {
      if (!open_ || !planned_) return "a review was held before a plan was agreed";
      open_ = false;
    } else if (type == "SenSupportEnded") {
      open_ = false;
    }
    return "";
  }

 private:
  bool open_ = false;
  bool planned_ = false;
};

}  // namespace

Findings CheckSenCycles(const Evidence& evidence) {
  Findings findings;
  for (const auto& [stream, events] : EventsByCase(evidence)) {
    Cycle cycle;
    for (const event::v1::Event& event : events) {
      const std::string finding = cycle.Take(event);
      if (finding.empty()) continue;
      findings.push_back(absl::StrCat("case ", stream.case_id.value(), " version ", event.version(),
                                      ": ", finding));
    }
  }
  return findings;
}

}  // namespace apdr::testing
