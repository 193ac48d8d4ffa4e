#pragma once

#include <memory>

#include "apdr/sen/state/v1/case_state.pb.h"
#include "engine/base/prefetch.h"
#include "engine/core/state.h"

namespace apdr::sen {

using CaseState = state::v1::CaseState;

// A child's case as the engine carries it.
class SenState final : public core::DomainState {
 public:
  CaseState record;

  [[nodiscard]] std::unique_ptr<core::DomainState> Clone() const override {
    return std::make_unique<SenState>(*this);
  }
  // Whose case it is, every command asks.
  void Prefetch(int step) const override {
    if (step == 0) {
      PrefetchLines(&record.setting(), 1);
    } else {
      PrefetchLines(&record.setting().value(), 1);
    }
  }
};

// The guest's part of a state of this workflow.
[[nodiscard]] inline const CaseState& CaseOf(const core::State& state) {
  return static_cast<const SenState&>(*state.domain).record;
}

}  // namespace apdr::sen
