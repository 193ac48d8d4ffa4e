// Promise: a deadline fires once, not before its time, not after it was stopped, and none is
// forgotten.
#include <map>

#include "absl/strings/str_cat.h"
#include "engine/base/date.h"
#include "engine/core/definition.h"
#include "tests/simulation/checkers/checkers.h"

namespace apdr::testing {
namespace {

// The deadlines of a case that wait to fire.
class Waiting {
 public:
  explicit Waiting(absl::TimeZone zone) : zone_(zone) {}

  Findings Take(const event::v1::Event& event) {
    Findings findings;
    for (const event::v1::Deadline& stopped : event.deadlines_stopped()) {
      fires_on_.erase(stopped.key());
    }
    for (const event::v1::Deadline& started : event.deadlines_started()) {
      if (!started.past_when_recorded()) fires_on_[started.key()] = started.fires_on();
    }
    if (event.deadline_fired().empty()) return findings;
    const std::string what = absl::StrCat("case ", event.case_id(), " version ", event.version(),
                                          " reports ", event.deadline_fired());
    const auto found = fires_on_.find(event.deadline_fired());
    if (found == fires_on_.end()) {
      findings.push_back(what + ", which was not waiting");
      return findings;
    }
    const auto fires_on = ParseDate(found->second);
    const absl::Time recorded_at = absl::FromUnixSeconds(event.recorded_time().seconds());
    if (!fires_on || recorded_at < HourOf(*fires_on, core::kDeadlineHour, zone_)) {
      findings.push_back(what + " before its time");
    }
    fires_on_.erase(found);
    return findings;
  }

 private:
  const absl::TimeZone zone_;
  std::map<std::string, std::string> fires_on_;  // By key.
};

}  // namespace

Findings CheckTimers(const Evidence& evidence) {
  Findings findings;
  for (const auto& [stream, events] : EventsByCase(evidence)) {
    Waiting waiting(evidence.workflow->definition().zone);
    for (const event::v1::Event& event : events) {
      for (Finding& finding : waiting.Take(event)) findings.push_back(std::move(finding));
    }
  }
  for (const eventstore::DueTimer& due : evidence.timers_due) {
    findings.push_back(absl::StrCat("case ", due.stream.case_id.value(), ": ", due.timer.key,
                                    " is due and was not fired"));
  }
  return findings;
}

}  // namespace apdr::testing
