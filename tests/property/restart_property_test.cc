// For all histories: a restart after every step changes nothing, and a repeat writes nothing.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "engine/base/shard_of.h"
#include "eventstore/rocksdb/rocksdb_event_store.h"
#include "tests/property/random_case.h"
#include "tests/support/evidence.h"

namespace apdr::testing {
namespace {

constexpr std::uint32_t kShards = 2;

// A store that can be closed and opened again, and the snapshots in it.
struct OpenStore {
  eventstore::EventStore* store = nullptr;
  eventstore::SnapshotStore* snapshots = nullptr;
};
using Reopen = std::function<OpenStore()>;

// The command process of one history.
class Process {
 public:
  Process(const core::Workflow& workflow, SettableClock& clock, Reopen reopen)
      : workflow_(workflow), clock_(clock), reopen_(std::move(reopen)) {
    Restart();
  }

  void Restart() {
    handler_.reset();
    open_ = reopen_();
    handler_ = std::make_unique<command::CommandHandler>(
        command::CommandHandler::Parts{.workflow = workflow_,
                                       .store = *open_.store,
                                       .snapshots = open_.snapshots,
                                       .clock = clock_,
                                       .ids = ids_},
        command::HandlerOptions{.snapshot_every = 5});
  }
  command::Outcome Execute(const command::Request& request) {
    return command::ExecuteInline(*handler_, request);
  }
  [[nodiscard]] Position Head() const {
    return open_.store->DurableHead(ShardOf(Loan(1).case_id, kShards));
  }
  std::vector<eventstore::StoredCommit> Log() {
    return open_.store->ReadStream(Loan(1), CaseVersion(1), 100000).value();
  }

 private:
  const core::Workflow& workflow_;
  SettableClock& clock_;
  const Reopen reopen_;
  CountingIdSource ids_;
  OpenStore open_;
  std::unique_ptr<command::CommandHandler> handler_;
};

std::string Text(const command::Outcome& outcome) {
  const auto* accepted = std::get_if<command::Accepted>(&outcome);
  if (accepted == nullptr) return Verdict(outcome);
  std::string text = absl::StrCat(accepted->version.value(), " ", accepted->position.value());
  for (const std::string& event : EventsAsSent(*accepted)) text += event;
  return text + RestOf(*accepted);
}

// Sends the same commands to a process that lives on and to one that restarts after every step.
void CompareRestarted(std::uint64_t seed, int steps, const Reopen& keep, const Reopen& reopen) {
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  RandomCase walk(seed);
  SettableClock clock(absl::UnixEpoch());
  Process lives(walk.workflow, clock, keep);
  Process restarts(walk.workflow, clock, reopen);
  for (int step = 0; step < steps; ++step) {
    const RandomCase::Turn turn = walk.NextTurn();
    clock.AdvanceTo(turn.context.now);
    if (turn.command.payload == nullptr) continue;
    command::Request request;
    request.stream = Loan(1);
    request.request_id = RequestId(absl::StrCat("r", step));
    request.digest = DigestOfText(request.request_id.value());
    request.command = turn.command;
    request.actor = turn.context.actor;

    const command::Outcome outcome = lives.Execute(request);
    const Position head = lives.Head();
    ASSERT_EQ(Text(restarts.Execute(request)), Text(outcome)) << "step " << step;
    if (std::holds_alternative<command::Accepted>(outcome)) {
      ASSERT_EQ(Text(lives.Execute(request)), Text(outcome)) << "repeated at step " << step;
    }
    ASSERT_EQ(lives.Head(), head) << "a repeat wrote something at step " << step;
    restarts.Restart();

    const core::Decision decision =
        core::Decide(walk.workflow, walk.state, turn.command, turn.context);
    walk.Learn(decision);
    if (const auto* events = std::get_if<std::vector<core::Event>>(&decision)) {
      for (const core::Event& event : *events) core::Evolve(walk.workflow, walk.state, event);
    }
  }
  EXPECT_EQ(restarts.Log(), lives.Log());
  EXPECT_GT(lives.Log().size(), static_cast<std::size_t>(steps) / 20);
}

Reopen InMemory(eventstore::MemoryEventStore& store) {
  return [&store] {
    store.Restart();
    return OpenStore{&store, &store};
  };
}

TEST(RestartProperty, ChangesNothingOnTheMemoryStore) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    eventstore::MemoryEventStore kept(kShards);
    eventstore::MemoryEventStore restarted(kShards);
    CompareRestarted(seed, 150, InMemory(kept), InMemory(restarted));
  }
}

TEST(RestartProperty, ChangesNothingOnTheRocksDbStore) {
  const std::string path = ::testing::TempDir() + "/apdr_restart_property";
  std::filesystem::remove_all(path);
  std::unique_ptr<eventstore::RocksDbEventStore> disk;
  const Reopen reopen = [&] {
    disk.reset();
    eventstore::RocksDbEventStore::Options options;
    options.path = path;
    options.shard_count = kShards;
    disk = eventstore::RocksDbEventStore::Open(std::move(options)).value();
    return OpenStore{disk.get(), disk.get()};
  };
  eventstore::MemoryEventStore kept(kShards);
  CompareRestarted(11, 40, InMemory(kept), reopen);
  disk.reset();
  std::filesystem::remove_all(path);
}

}  // namespace
}  // namespace apdr::testing
