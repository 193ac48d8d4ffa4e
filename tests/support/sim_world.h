#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "engine/base/settable_clock.h"
#include "engine/domains/sen_support/sen_module.h"
#include "eventstore/memory/memory_event_store.h"
#include "services/bus/memory/memory_bus.h"
#include "services/command/command_handler.h"
#include "services/projection/audit_projection.h"
#include "services/projection/case_projection.h"
#include "services/projection/chronology_projection.h"
#include "services/projection/projector.h"
#include "services/publisher/publisher.h"
#include "services/readmodel/memory/memory_read_model.h"
#include "services/timer/timer_worker.h"
#include "tests/support/command_side.h"
#include "tests/support/evidence.h"
#include "tests/support/sim_user.h"

namespace apdr::testing {

struct SimOptions {
  std::uint64_t seed = 1;
  std::uint32_t shards = 3;
  std::size_t cases = 6;
  bool faults = true;  // Crashes, failing appends, a bus and a read model that misbehave.
};

// A read model whose process may die between folding a batch and knowing that it was kept.
class CrashingReadModel final : public readmodel::ReadModel {
 public:
  // Borrows both. One Apply in `one_in` fails, after the write or before it; 0: none.
  CrashingReadModel(readmodel::ReadModel& rows, Random& random, std::uint64_t one_in)
      : rows_(rows), random_(random), one_in_(one_in) {}

  [[nodiscard]] absl::Status Apply(const readmodel::Write& write) override;
  [[nodiscard]] absl::StatusOr<std::optional<std::string>> Get(
      std::string_view key) const override {
    return rows_.Get(key);
  }
  [[nodiscard]] absl::StatusOr<std::vector<readmodel::Row>> Scan(
      const readmodel::Range& range) const override {
    return rows_.Scan(range);
  }
  [[nodiscard]] absl::StatusOr<readmodel::Progress> ReadProgress(Shard shard) const override {
    return rows_.ReadProgress(shard);
  }

 private:
  readmodel::ReadModel& rows_;
  Random& random_;
  const std::uint64_t one_in_;
};

// The whole product on its twins, in one thread, with a virtual clock: one seed chooses whose turn
// it is, who dies and when. A run is a function of the seed. Does not simulate gRPC, RocksDB's
// files or several threads; the integration tests do.
class SimWorld {
 public:
  explicit SimWorld(const SimOptions& options);
  ~SimWorld();
  SimWorld(const SimWorld&) = delete;
  SimWorld& operator=(const SimWorld&) = delete;

  // One turn of somebody.
  void Step();
  // Every worker runs until nothing is left to do, then the command process restarts and every
  // acknowledged request is sent once more.
  void Settle();

  // What checkers look at. REQUIRES: Settle() was called.
  [[nodiscard]] Evidence CollectEvidence();
  // The last steps, oldest first.
  [[nodiscard]] const std::deque<std::string>& journal() const { return journal_; }
  [[nodiscard]] const core::Workflow& workflow() const { return workflow_; }

 private:
  // Destroyed in a crash.
  struct CommandNode;
  struct QueryNode;

  [[nodiscard]] bool Chance(std::uint64_t one_in) { return random_.Next() % one_in == 0; }
  void Note(std::string line);
  void StartCommandNode();
  void StartQueryNode();
  void StepWorker(std::string_view name, Worker& worker);
  void StepCommandNode();
  void CrashCommandNode(std::string_view why);
  void CrashQueryNode(std::string_view why);
  void AdvanceClock();
  void RunDry();
  [[nodiscard]] std::vector<std::vector<eventstore::StoredCommit>> ReadLog() const;
  [[nodiscard]] std::vector<readmodel::Row> FoldAgain() const;

  const SimOptions options_;
  PseudoRandom random_;
  sen::SenModule module_;
  core::Workflow workflow_;
  SettableClock clock_;
  CountingIdSource ids_;
  mutable eventstore::MemoryEventStore store_;  // The disk: outlives every crash.
  bus::MemoryBus events_;                       // The broker.
  bus::MemoryBus notices_;
  readmodel::MemoryReadModel rows_;
  CrashingReadModel flaky_rows_;
  History history_;
  std::uint64_t steps_ = 0;
  std::deque<std::string> journal_;
  std::unique_ptr<CommandNode> command_node_;
  std::unique_ptr<QueryNode> query_node_;
  std::vector<std::unique_ptr<SimUser>> users_;
};

// Every row of a read model.
[[nodiscard]] std::vector<readmodel::Row> AllRows(const readmodel::ReadModel& model);

}  // namespace apdr::testing
