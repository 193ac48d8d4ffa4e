#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/workflow.h"
#include "services/bus/bus.h"
#include "services/projection/audit_projection.h"
#include "services/projection/case_projection.h"
#include "services/projection/chronology_projection.h"
#include "services/projection/projector.h"

namespace apdr::testing {

// A process that folds a bus into a read model: its projections and its projector, which a restart
// makes anew. The bus and the read model outlive it.
class ReadSide {
 public:
  struct Parts {
    const core::Workflow& workflow;
    bus::Consumer& consumer;
    readmodel::ReadModel& model;
    bus::RecordSource* gaps = nullptr;
    std::uint32_t shard_count = 1;
    std::size_t batch_records_max = 100;
    std::size_t cached_cases_max = 100;
    const projection::CaseFollowers* followers = nullptr;
  };

  explicit ReadSide(const Parts& parts)
      : board(parts.shard_count),
        chronology_(parts.workflow.definition().erased_by),
        cases_({.workflow = parts.workflow, .model = parts.model, .followers = parts.followers},
               parts.cached_cases_max),
        projector(
            {.consumer = parts.consumer,
             .model = parts.model,
             .projections = {&chronology_, &audit_, &cases_},
             .layout = parts.workflow.definition().name,
             .board = board,
             .gaps = parts.gaps},
            {.batch_records_max = parts.batch_records_max, .poll_wait = absl::ZeroDuration()}) {}

  void RunUntilIdle() {
    for (int i = 0; i < 10000; ++i) {
      const auto step = projector.Step();
      ASSERT_TRUE(step.ok()) << step.status();
      if (*step == StepResult::kIdle) return;
    }
    FAIL() << "still not idle after 10000 steps";
  }

  projection::ProgressBoard board;

 private:
  projection::ChronologyProjection chronology_;
  projection::AuditProjection audit_;
  projection::CaseProjection cases_;

 public:
  projection::Projector projector;
};

}  // namespace apdr::testing
