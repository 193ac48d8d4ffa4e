// How long a page of the audit trail takes over ten million events, and the authority's overview
// over 35,000 children, at the readers themselves, without gRPC. The read models are RocksDB's,
// made once before anything is measured, which takes minutes: of the audit by its own projections,
// of the overview as the server folds a log. APDR_BENCH_EVENTS is another number of events; the
// folder is APDR_BENCH_FOLDER or the working directory, and holds some gigabytes meanwhile.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "engine/base/check.h"
#include "eventstore/memory/memory_event_store.h"
#include "services/projection/audit_projection.h"
#include "services/projection/chronology_projection.h"
#include "services/query/audit_reader.h"
#include "services/readmodel/rocksdb/rocksdb_read_model.h"
#include "services/views/board.h"
#include "services/views/overview.h"
#include "services/views/reading.h"
#include "services/views/view_followers.h"
#include "services/views/view_table.h"
#include "tests/bench/authority/many_children.h"

namespace apdr {
namespace {

using testing::ManyChildren;

constexpr std::uint32_t kShards = 8;
constexpr std::uint64_t kChildren = 35'000;
constexpr std::size_t kEventsAtOnce = 4000;

std::string FolderNamed(const std::string& name) {
  const char* const base = std::getenv("APDR_BENCH_FOLDER");
  return absl::StrCat(base == nullptr ? "." : base, "/apdr-reading-bench-", name);
}

std::unique_ptr<readmodel::RocksDbReadModel> NewModel(const std::string& name) {
  APDR_CHECK(readmodel::RocksDbReadModel::Destroy(FolderNamed(name)).ok());
  auto model = readmodel::RocksDbReadModel::Open(FolderNamed(name));
  APDR_CHECK(model.ok());
  return *std::move(model);
}

host::Caller As(std::string role) {
  return {.tenant = ManyChildren::Case(0).tenant,
          .actor_id = "018f0000-0000-7000-a000-0000000000ff",
          .role = std::move(role),
          .setting_id = "",
          .on_behalf_of = "",
          .traceparent = ""};
}

// ---- The audit trail.

class Audit {
 public:
  Audit() : model_(NewModel("audit")) {
    std::uint64_t wanted = 10'000'000;
    if (const char* const said = std::getenv("APDR_BENCH_EVENTS")) {
      APDR_CHECK(absl::SimpleAtoi(said, &wanted) && wanted > 0);
    }
    while (events_ < wanted) Add(cases_++);
    Apply();
    std::cerr << events_ << " events of " << cases_ << " cases" << std::endl;
  }
  ~Audit() {
    model_.reset();
    (void)readmodel::RocksDbReadModel::Destroy(FolderNamed("audit"));
  }
  Audit(const Audit&) = delete;
  Audit& operator=(const Audit&) = delete;

  [[nodiscard]] query::AuditReader Reader() const {
    return query::AuditReader(
        {.workflow = children_.workflow(), .model = *model_, .shard_count = kShards});
  }
  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] std::uint64_t cases() const { return cases_; }

 private:
  // Each child a second later than the last, so that times differ as they would.
  void Add(std::uint64_t number) {
    for (const eventstore::Commit& commit : children_.CommitsOf(number)) {
      for (const std::string& bytes : commit.events) {
        event::v1::Event event;
        APDR_CHECK(event.ParseFromString(bytes));
        event.set_shard(static_cast<std::uint32_t>(number % kShards));
        event.set_position(++events_ / kShards + 1);
        event.mutable_recorded_time()->set_seconds(event.recorded_time().seconds() +
                                                   static_cast<std::int64_t>(number));
        const std::string stored = event.SerializeAsString();
        const projection::FoldInput input{.event = event, .bytes = stored};
        APDR_CHECK(chronology_.Fold(input, rows_).ok());
        APDR_CHECK(audit_.Fold(input, rows_).ok());
        if (events_ % kEventsAtOnce == 0) Apply();
        if (events_ % 1'000'000 == 0) std::cerr << events_ << " events" << std::endl;
      }
    }
  }

  void Apply() {
    APDR_CHECK(chronology_.Finish(rows_).ok());
    APDR_CHECK(model_->Apply(rows_.Take()).ok());
  }

  const ManyChildren children_;
  std::unique_ptr<readmodel::RocksDbReadModel> model_;
  projection::ChronologyProjection chronology_{children_.workflow().definition().erased_by};
  projection::AuditProjection audit_;
  projection::RowWriter rows_;
  std::uint64_t events_ = 0;
  std::uint64_t cases_ = 0;
};

Audit& TheAudit() {
  static auto* const kAudit = new Audit();  // Its folder is removed in main.
  return *kAudit;
}

// One page, newest first unless the question says otherwise.
void AuditPage(benchmark::State& state,
               const std::function<void(std::mt19937_64&, query::v1::ListEventsRequest&)>& ask) {
  const query::AuditReader reader = TheAudit().Reader();
  std::mt19937_64 random(1);
  std::int64_t rows = 0;
  for (auto _ : state) {
    query::v1::ListEventsRequest request;
    ask(random, request);
    const auto reply = reader.ListEvents(As("auditor"), request);
    const auto* response = std::get_if<query::v1::ListEventsResponse>(&reply);
    APDR_CHECK(response != nullptr);
    rows += response->rows_size();
  }
  state.counters["rows"] = static_cast<double>(rows) / static_cast<double>(state.iterations());
}

std::uint64_t SomeCase(std::mt19937_64& random) { return random() % TheAudit().cases(); }

void AuditNewest(benchmark::State& state) {
  AuditPage(state, [](auto&, auto&) {});
}
void AuditOfCase(benchmark::State& state) {
  AuditPage(state, [](auto& random, auto& request) {
    request.set_case_id(ManyChildren::Case(SomeCase(random)).case_id.value());
  });
}
void AuditOfActor(benchmark::State& state) {
  AuditPage(state, [](auto& random, auto& request) {
    request.set_actor_id(absl::StrFormat("018f0000-0000-7000-a000-%012d", SomeCase(random) / 30));
  });
}
void AuditOfType(benchmark::State& state) {
  AuditPage(state, [](auto&, auto& request) { request.set_event_type("PlanAgreed"); });
}
void AuditOfSetting(benchmark::State& state) {
  AuditPage(state, [](auto& random, auto& request) {
    request.set_setting_id(ManyChildren::School(SomeCase(random)));
  });
}
void AuditOfTypeInSettingSince(benchmark::State& state) {
  AuditPage(state, [](auto& random, auto& request) {
    request.set_event_type("PlanAgreed");
    request.set_setting_id(ManyChildren::School(SomeCase(random)));
    request.set_occurred_from("2025-10-01");
    request.set_order(query::v1::ORDER_OLDEST_FIRST);
  });
}

BENCHMARK(AuditNewest)->Unit(benchmark::kMillisecond);
BENCHMARK(AuditOfCase)->Unit(benchmark::kMillisecond);
BENCHMARK(AuditOfActor)->Unit(benchmark::kMillisecond);
BENCHMARK(AuditOfType)->Unit(benchmark::kMillisecond);
BENCHMARK(AuditOfSetting)->Unit(benchmark::kMillisecond);
BENCHMARK(AuditOfTypeInSettingSince)->Unit(benchmark::kMillisecond);

// ---- The views.

class Views {
 public:
  Views() : model_(NewModel("views")) {
    for (std::uint64_t number = 0; number < kChildren; ++number) {
      APDR_CHECK(store_.Append(children_.CommitsOf(number)).ok());
    }
    bus::LogRecordSource source(store_);
    bus::EmbeddedConsumer consumer(source);
    views::ViewFollowers followers(children_.workflow(), *model_, views::ViewTable());
    testing::ReadSide side({.workflow = children_.workflow(),
                            .consumer = consumer,
                            .model = *model_,
                            .gaps = nullptr,
                            .shard_count = kShards,
                            .batch_records_max = 2000,
                            .cached_cases_max = 10'000,
                            .followers = &followers});
    const absl::Time start = absl::Now();
    while (true) {
      const auto step = side.projector.Step();
      APDR_CHECK(step.ok());
      if (*step == StepResult::kIdle) break;
    }
    std::cerr << kChildren * children_.events_each() << " events folded into all read models in "
              << absl::FormatDuration(absl::Now() - start) << std::endl;
  }

  [[nodiscard]] views::Reading Reading() const {
    return {.model = *model_,
            .workflow = children_.workflow(),
            .clock = clock_,
            .shard_count = kShards};
  }

 private:
  const ManyChildren children_;
  eventstore::MemoryEventStore store_{kShards};
  std::unique_ptr<readmodel::RocksDbReadModel> model_;
  const SettableClock clock_{HourOf(Date(2026, 1, 30), 12, children_.workflow().definition().zone)};
};

Views& TheViews() {
  static auto* const kViews = new Views();  // Its folder is removed in main.
  return *kViews;
}

// All pages of the overview: every setting of the authority.
void OverviewOfTheAuthority(benchmark::State& state) {
  const views::Reading reading = TheViews().Reading();
  std::int64_t settings = 0;
  for (auto _ : state) {
    sen::v1::ListOverviewRequest request;
    do {
      const auto reply = views::ListOverview(reading, As("la-send-officer"), request);
      const auto* response = std::get_if<sen::v1::ListOverviewResponse>(&reply);
      APDR_CHECK(response != nullptr);
      settings += response->settings_size();
      request.set_page_token(response->next_page_token());
    } while (!request.page_token().empty());
  }
  state.counters["settings"] =
      static_cast<double>(settings) / static_cast<double>(state.iterations());
}

void BoardOfASchool(benchmark::State& state) {
  const views::Reading reading = TheViews().Reading();
  std::mt19937_64 random(1);
  for (auto _ : state) {
    sen::v1::ListBoardRequest request;
    request.set_setting_id(ManyChildren::School(random()));
    const auto reply = views::ListBoard(reading, As("senco"), request);
    APDR_CHECK(std::get<sen::v1::ListBoardResponse>(reply).rows_size() > 0);
  }
}

BENCHMARK(OverviewOfTheAuthority)->Unit(benchmark::kMillisecond);
BENCHMARK(BoardOfASchool)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace apdr

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  for (const char* name : {"audit", "views"}) {
    std::filesystem::remove_all(apdr::FolderNamed(name));
  }
}
