#include "services/sink/sink.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace apdr::sink {
namespace {

// Reading is cheap beside folding.
constexpr std::size_t kScannedAtOnce = 20000;

// Whoever stops waits for them.
constexpr std::size_t kBatchesAtOnce = 4;

// Positions of all shards.
std::uint64_t FoldedBy(const projection::ProjectorStatus& status) {
  std::uint64_t folded = 0;
  for (const auto& shard : status.shards) folded += shard.position.value();
  return folded;
}

// Why a shard stands still; empty: none does.
std::string TroubleOf(const projection::ProjectorStatus& status) {
  for (const auto& shard : status.shards) {
    if (!shard.trouble.empty()) return shard.trouble;
  }
  return {};
}

absl::Status EndsBefore(const Reached& known, Shard shard) {
  return absl::FailedPreconditionError(absl::StrCat(
      "Expected shard ", shard.value(), " to reach position ", known.position.value(),
      ", as far as the copy does, but it ends before: the copy was made of another log, or the bus "
      "lost its end. Name another database, or drop the copy's schemas."));
}

}  // namespace

Sink::Sink(const CopyFold::Parts& parts, OpenModel open_model, const CopyOptions& options,
           Listener listener)
    : consumer_(parts.consumer, parts.target),
      parts_{.workflow = parts.workflow,
             .consumer = consumer_,
             .gaps = parts.gaps,
             .target = parts.target},
      open_model_(std::move(open_model)),
      options_(options),
      listener_(std::move(listener)) {}

absl::StatusOr<StepResult> Sink::Step() {
  auto result = TryStep();
  if (result.ok()) {
    if (fold_ == nullptr) return result;  // It reads ahead.
    const projection::ProjectorStatus status = fold_->status();
    Report(TroubleOf(status));
    Report(Lacking{status.cases_set_aside, status.records_unreadable});
    return result;
  }
  scan_.reset();
  model_.reset();
  if (absl::IsDataLoss(result.status())) RebuildOnce();
  Report(std::string(result.status().message()));
  return absl::UnavailableError(result.status().message());
}

absl::StatusOr<StepResult> Sink::TryStep() {
  if (!parts_.target.is_open()) {
    // Another process may have taken the copy further.
    fold_.reset();
    scan_.reset();
    model_.reset();
    APDR_RETURN_IF_ERROR(parts_.target.Open(CopyMeaning(parts_.workflow, options_.identifiers),
                                            options_.shard_count));
  }
  if (fold_ == nullptr) {
    if (!scan_) {
      // Damage of the log is not the cache's.
      const absl::Status same = CheckLog();
      if (!same.ok()) return absl::UnavailableError(same.message());
      APDR_RETURN_IF_ERROR(BeginScan());
    }
    APDR_ASSIGN_OR_RETURN(const bool read, scan_->Step(kScannedAtOnce, options_.poll_wait));
    if (!read) return StepResult::kProgressed;
    fold_ = std::make_unique<CopyFold>(parts_, std::move(model_), options_, scan_->erased());
    scan_.reset();
  }
  return CopyOn();
}

// Several batches while they are full: a pause after each would be most of the time.
absl::StatusOr<StepResult> Sink::CopyOn() {
  StepResult result = StepResult::kIdle;
  for (std::size_t i = 0; i < kBatchesAtOnce; ++i) {
    const std::uint64_t before = FoldedBy(fold_->status());
    APDR_ASSIGN_OR_RETURN(const StepResult step, fold_->Step());
    if (step == StepResult::kIdle) break;
    result = step;
    // A bus may give less than it has.
    if ((FoldedBy(fold_->status()) - before) * 2 < options_.batch_records_max) break;
  }
  return result;
}

// A log that ends before the copy, or has another event where the copy ends, is another one.
absl::Status Sink::CheckLog() const {
  const std::vector<Reached>& reached = parts_.target.reached();
  for (std::uint32_t i = 0; i < reached.size(); ++i) {
    APDR_ASSIGN_OR_RETURN(const Position head, parts_.consumer.Head(Shard(i)));
    if (head < reached[i].position) return EndsBefore(reached[i], Shard(i));
    APDR_RETURN_IF_ERROR(CheckEvent(Shard(i), reached[i]));
  }
  return absl::OkStatus();
}

// The bus shows the event again where it can; the log always can.
absl::Status Sink::CheckEvent(Shard shard, const Reached& known) const {
  if (parts_.gaps == nullptr || known.event_id.empty()) return absl::OkStatus();
  const auto records = parts_.gaps->ReadAfter(shard, Position(known.position.value() - 1), 1);
  if (absl::IsFailedPrecondition(records.status())) return EndsBefore(known, shard);
  if (!records.ok()) return records.status();
  return records->empty() ? EndsBefore(known, shard) : CheckSameLog(known, records->front());
}

absl::Status Sink::BeginScan() {
  APDR_ASSIGN_OR_RETURN(model_, open_model_(begin_));
  begin_ = Begin::kWhereItStopped;
  APDR_ASSIGN_OR_RETURN(const bool ahead, CopyFold::IsAhead(*model_, parts_.target.reached()));
  if (ahead) {
    model_.reset();
    APDR_ASSIGN_OR_RETURN(model_, open_model_(Begin::kAnew));
  }
  scan_.emplace(parts_.workflow, parts_.consumer);
  return scan_->Begin(*model_, options_.shard_count);
}

// What is damaged at the same place in a new cache too is not the cache.
void Sink::RebuildOnce() {
  if (rebuilt_at_ == parts_.target.reached()) return;
  rebuilt_at_ = parts_.target.reached();
  fold_.reset();
  begin_ = Begin::kAnew;
}

void Sink::Report(const std::string& trouble) {
  if (trouble == trouble_) return;
  trouble_ = trouble;
  listener_.on_trouble(trouble);
}

void Sink::Report(const Lacking& lacking) {
  const bool more = lacking.cases_set_aside > lacking_.cases_set_aside ||
                    lacking.records_unreadable > lacking_.records_unreadable;
  lacking_ = lacking;
  if (more) listener_.on_lacking(lacking);
}

}  // namespace apdr::sink
