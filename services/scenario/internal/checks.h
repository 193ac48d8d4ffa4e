#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/vocabulary.h"
#include "services/scenario/internal/player.h"
#include "services/scenario/internal/world.h"
#include "services/scenario/scenario.h"
#include "services/scenario/scenario_report.h"

// Comparing what happened with what a script expects. A name that the product does not have is
// kInvalidArgument, without the place.
namespace apdr::scenario {

// "PlanAgreed"
[[nodiscard]] std::string NameOf(const codec::RecordedEvent& event);

// "ContributionRecorded x5, PlanAgreed"
[[nodiscard]] std::string Listing(const std::vector<codec::RecordedEvent>& events);

// kInvalidArgument unless the product has an event of this name.
[[nodiscard]] absl::Status CheckEventName(const World& world, const std::string& name);

// Whether the event has the name and the field values.
[[nodiscard]] absl::StatusOr<bool> Fits(const EventExpectation& expected,
                                        const codec::RecordedEvent& event);

// A step of commands, with the conditions on the case after it.
[[nodiscard]] absl::StatusOr<ReportLine> CheckStep(const Step& step,
                                                   const std::vector<Played>& played,
                                                   const World& world);

// A condition on the case now; events count from `first_version` on. Empty: it holds; else what is
// there instead.
[[nodiscard]] absl::StatusOr<std::string> CheckAssertion(const Assertion& assertion,
                                                         const World& world,
                                                         CaseVersion first_version);

}  // namespace apdr::scenario
