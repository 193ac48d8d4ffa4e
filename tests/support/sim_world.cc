#include "tests/support/sim_world.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "services/bus/record/event_record.h"
#include "services/views/view_followers.h"
#include "services/views/view_table.h"

namespace apdr::testing {
namespace {

constexpr std::size_t kJournalLines = 30;
constexpr std::size_t kQuietRounds = 400;  // Enough for a bus with faults to deliver everything.

bus::BusFaults BusFaultsOf(const SimOptions& options) {
  if (!options.faults) return {};
  return {.slow = 30, .lost = 3, .away = 10, .redeliver = 10};
}

}  // namespace

absl::Status CrashingReadModel::Apply(const readmodel::Write& write) {
  if (one_in_ == 0 || random_.Next() % one_in_ != 0) return rows_.Apply(write);
  if (random_.Next() % 2 == 0) APDR_CHECK(rows_.Apply(write).ok());
  return absl::InternalError("the query process died here");
}

// The command role: what a crash of its process destroys.
struct SimWorld::CommandNode {
  explicit CommandNode(SimWorld& world)
      : handler(
            {.workflow = world.workflow_,
             .store = world.store_,
             .snapshots = &world.store_,
             .clock = world.clock_,
             .ids = world.ids_},
            {.queue_max = 8, .batch_commands_max = 4, .cached_cases_max = 3, .snapshot_every = 10}),
        timer(world.clock_, world.store_, handler),
        second_timer(world.clock_, world.store_, handler),
        events(world.events_.NewProducer()),
        notices(world.notices_.NewProducer()),
        publisher({.store = world.store_,
                   .cursors = world.store_,
                   .events = *events,
                   .notices = *notices,
                   .ensure_topics = [] { return absl::OkStatus(); }},
                  {.read_commits_max = 4, .window_records_max = 16, .window_bytes_max = 1U << 20}) {
  }

  command::CommandHandler handler;
  timer::TimerWorker timer;
  timer::TimerWorker second_timer;
  std::unique_ptr<bus::Producer> events;
  std::unique_ptr<bus::Producer> notices;
  publisher::Publisher publisher;
};

// The query role.
struct SimWorld::QueryNode {
  QueryNode(const core::Workflow& workflow, bus::MemoryBus& topic, readmodel::ReadModel& model)
      : consumer(topic.NewConsumer()),
        board(kShardsMax),
        chronology(workflow.definition().erased_by),
        views(workflow, model, views::ViewTable()),
        cases({.workflow = workflow, .model = model, .followers = &views}, 2),
        projector({.consumer = *consumer,
                   .model = model,
                   .projections = {&chronology, &cases, &audit},
                   .layout = views::RowMeaning(workflow),
                   .board = board,
                   .gaps = nullptr},
                  {.batch_records_max = 7, .poll_wait = absl::ZeroDuration()}) {}

  static constexpr std::uint32_t kShardsMax = 3;
  std::unique_ptr<bus::Consumer> consumer;
  projection::ProgressBoard board;
  projection::ChronologyProjection chronology;
  views::ViewFollowers views;
  projection::CaseProjection cases;
  projection::AuditProjection audit;
  projection::Projector projector;
};

SimWorld::SimWorld(const SimOptions& options)
    : options_(options),
      random_(options.seed),
      module_(sen::Code2015()),
      workflow_(module_),
      clock_(HourOf(On("2025-09-08"), 9, workflow_.definition().zone)),
      store_(options.shards),
      events_(options.shards, BusFaultsOf(options), random_),
      notices_(options.shards, BusFaultsOf(options), random_),
      flaky_rows_(rows_, random_, options.faults ? 40 : 0) {
  APDR_CHECK(options.shards == QueryNode::kShardsMax);
  StartCommandNode();
  StartQueryNode();
  const SimUser::Parts parts{.workflow = workflow_,
                             .store = store_,
                             .clock = clock_,
                             .random = random_,
                             .history = history_};
  for (std::size_t i = 0; i < options.cases; ++i) {
    users_.push_back(std::make_unique<SimUser>(parts, Loan(i)));
  }
}

SimWorld::~SimWorld() = default;

void SimWorld::Note(std::string line) {
  journal_.push_back(absl::StrCat(steps_, " ", FormatInstant(clock_.Now()), " ", line));
  if (journal_.size() > kJournalLines) journal_.pop_front();
}

void SimWorld::StartCommandNode() { command_node_ = std::make_unique<CommandNode>(*this); }

void SimWorld::StartQueryNode() {
  query_node_ = std::make_unique<QueryNode>(workflow_, events_, flaky_rows_);
}

void SimWorld::CrashCommandNode(std::string_view why) {
  Note(absl::StrCat("command process dies: ", std::string(why)));
  command_node_.reset();
  store_.Restart();
  StartCommandNode();
}

void SimWorld::CrashQueryNode(std::string_view why) {
  Note(absl::StrCat("query process dies: ", std::string(why)));
  query_node_.reset();
  StartQueryNode();
}

void SimWorld::StepWorker(std::string_view name, Worker& worker) {
  const absl::StatusOr<StepResult> result = worker.Step();
  const std::string who(name);
  if (result.ok()) {
    if (*result == StepResult::kProgressed) Note(absl::StrCat(who, " steps"));
    return;
  }
  if (absl::IsUnavailable(result.status())) return Note(absl::StrCat(who, " has to wait"));
  // Any other failure stops its process.
  const std::string why = absl::StrCat(who, ": ", std::string(result.status().message()));
  if (name == "projector") return CrashQueryNode(why);
  CrashCommandNode(why);
}

void SimWorld::StepCommandNode() {
  CommandNode& node = *command_node_;
  switch (random_.Next() % 6) {
    case 0:
    case 1:
      return StepWorker("decider", node.handler.decider());
    case 2:
      return StepWorker("committer", node.handler.committer());
    case 3:
      return StepWorker("timer", node.timer);
    case 4:
      return StepWorker("second timer", node.second_timer);
    default:
      return StepWorker("publisher", node.publisher);
  }
}

void SimWorld::AdvanceClock() {
  // Mostly hours, now and then a week: deadlines are days and weeks ahead.
  const absl::Duration by = Chance(10) ? absl::Hours(24 * 7) : absl::Hours(1 + random_.Next() % 30);
  clock_.AdvanceTo(clock_.Now() + by);
  Note("time passes");
}

void SimWorld::Step() {
  ++steps_;
  if (options_.faults && Chance(200)) {
    const bool lost = Chance(2);
    store_.FailNextAppend(lost ? eventstore::AppendFault::kAnswerLost
                               : eventstore::AppendFault::kBeforeWrite);
    return Note(lost ? "the answer of the next append will be lost" : "the next append will fail");
  }
  if (options_.faults && Chance(300)) return CrashCommandNode("killed");
  if (options_.faults && Chance(300)) return CrashQueryNode("killed");
  const std::uint64_t turn = random_.Next() % 20;
  if (turn < 9) return StepCommandNode();
  if (turn < 11) return StepWorker("projector", query_node_->projector);
  if (turn < 12) return AdvanceClock();
  SimUser& user = *users_.at(random_.Next() % users_.size());
  Note(absl::StrCat("user ", user.Act(command_node_->handler)));
}

// Everybody works until nobody has anything to do.
void SimWorld::RunDry() {
  for (std::size_t round = 0; round < kQuietRounds; ++round) {
    for (int i = 0; i < 3; ++i) {
      StepWorker("decider", command_node_->handler.decider());
      StepWorker("committer", command_node_->handler.committer());
    }
    StepWorker("timer", command_node_->timer);
    StepWorker("publisher", command_node_->publisher);
    StepWorker("projector", query_node_->projector);
  }
}

void SimWorld::Settle() {
  RunDry();
  CrashCommandNode("to see that a restart changes nothing");
  for (const auto& user : users_) user->RepeatAll(command_node_->handler);
  RunDry();
}

// The log, once more from the beginning, through a bus and a read model without faults.
std::vector<readmodel::Row> SimWorld::FoldAgain() const {
  bus::MemoryBus topic(options_.shards);
  const auto producer = topic.NewProducer();
  for (const auto& shard : ReadLog()) {
    for (const eventstore::StoredCommit& stored : shard) {
      for (std::size_t i = 0; i < stored.commit.events.size(); ++i) {
        const std::vector<bus::Record> record = {
            bus::MakeEventRecord(bus::OutgoingEvent(stored, i).value())};
        APDR_CHECK(producer->Send(record).value() == 1);
        APDR_CHECK(producer->Acknowledged(record.front().shard).ok());
      }
    }
  }
  readmodel::MemoryReadModel model;
  QueryNode node(workflow_, topic, model);
  while (node.projector.Step().value() == StepResult::kProgressed) continue;
  return AllRows(model);
}

std::vector<std::vector<eventstore::StoredCommit>> SimWorld::ReadLog() const {
  std::vector<std::vector<eventstore::StoredCommit>> log;
  for (std::uint32_t shard = 0; shard < options_.shards; ++shard) {
    log.push_back(store_.ReadShard(Shard(shard), Position(0), 1U << 20).value());
  }
  return log;
}

Evidence SimWorld::CollectEvidence() {
  Evidence evidence{.workflow = &workflow_,
                    .today = DateOf(clock_.Now(), workflow_.definition().zone),
                    .log = ReadLog(),
                    .timers_due = store_.DueTimers(clock_.Now(), 1000).value(),
                    .history = history_,
                    .events_topic = {},
                    .notices_topic = {},
                    .rows = AllRows(rows_),
                    .rows_again = FoldAgain()};
  for (std::uint32_t shard = 0; shard < options_.shards; ++shard) {
    evidence.events_topic.push_back(events_.Contents(Shard(shard)));
    evidence.notices_topic.push_back(notices_.Contents(Shard(shard)));
  }
  return evidence;
}

std::vector<readmodel::Row> AllRows(const readmodel::ReadModel& model) {
  return model.Scan({.begin = "", .end = "", .limit = 1U << 20}).value();
}

}  // namespace apdr::testing
