// Promise (SEN Support): a child whose review is overdue is in the due list of the authority.
#include <set>

#include "absl/strings/str_cat.h"
#include "apdr/query/v1/view.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "engine/base/date.h"
#include "services/projection/rows/row_keys.h"
#include "tests/simulation/checkers/checkers.h"

namespace apdr::testing {
namespace {

// The review date of the plan in force whose review has not been held; of a closed case none.
std::optional<Date> AwaitedReview(const std::vector<event::v1::Event>& events) {
  std::optional<Date> review_on;
  bool closed = false;
  for (const event::v1::Event& event : events) {
    sen::v1::PlanAgreed agreed;
    sen::v1::PlanIssuedWithoutAgreement issued;
    sen::v1::ReviewDateChanged changed;
    if (event.data().UnpackTo(&agreed)) review_on = ParseDate(agreed.plan().review_on());
    if (event.data().UnpackTo(&issued)) review_on = ParseDate(issued.plan().review_on());
    if (event.data().UnpackTo(&changed)) review_on = ParseDate(changed.to());
    const std::string& url = event.data().type_url();
    if (url.ends_with(".CaseClosed")) closed = true;
    if (url.ends_with(".CaseReopened")) closed = false;
    if (url.ends_with(".ReviewHeld") || url.ends_with(".SenSupportEnded")) review_on.reset();
  }
  return closed ? std::nullopt : review_on;
}

}  // namespace

Findings CheckSenOverdue(const Evidence& evidence) {
  Findings findings;
  for (const auto& [stream, events] : EventsByCase(evidence)) {
    const std::optional<Date> review_on = AwaitedReview(events);
    if (!review_on || *review_on >= evidence.today) continue;
    const projection::KeySpan due = projection::DueOf(stream.tenant, evidence.today);
    bool listed = false;
    for (const readmodel::Row& row : evidence.rows) {
      query::v1::DueItem item;
      if (!due.Contains(row.key) || !item.ParseFromString(row.value)) continue;
      listed = listed || (item.case_id() == stream.case_id.value() && item.timer() == "T08");
    }
    if (!listed) {
      findings.push_back(absl::StrCat("the review of case ", stream.case_id.value(), " was due on ",
                                      FormatDate(*review_on), " and the due list does not say so"));
    }
  }
  return findings;
}

}  // namespace apdr::testing
