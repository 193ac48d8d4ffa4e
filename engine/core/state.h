#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/vocabulary.h"
#include "engine/core/event.h"

namespace apdr::core {

// The guest's part of a case's state.
class DomainState {
 public:
  virtual ~DomainState() = default;
  [[nodiscard]] virtual std::unique_ptr<DomainState> Clone() const = 0;
  static constexpr int kPrefetchSteps = 2;
  // Has the processor fetch what lies elsewhere and most decisions read. Called for step 0, 1 ...
  // below kPrefetchSteps; a step may read what the step before it fetched. Changes nothing.
  virtual void Prefetch(int /*step*/) const {}
};

// A deadline that has not been stopped; after it fired it is kept, overdue, until what it waits for
// happens.
struct RunningDeadline {
  Deadline deadline;
  bool fired = false;

  friend bool operator==(const RunningDeadline&, const RunningDeadline&) = default;
};

// What a case is now: the fold of its events. Never stored as truth.
struct State {
  CaseVersion version;                               // 0: the case does not exist.
  std::size_t stage = 0;                             // Index into Definition::stages.
  std::vector<std::size_t> stages_before;            // In a stage that suspends: the way back.
  std::string policy;                                // Of the last event.
  std::map<std::string, RunningDeadline> deadlines;  // By Deadline::Key().
  std::map<std::string, RunningDeadline> paused;     // Put aside until the case goes on.
  std::unique_ptr<DomainState> domain;

  [[nodiscard]] State Clone() const;
};

}  // namespace apdr::core
