#include "services/sink/sink.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace apdr::sink {
namespace {

// Why a shard stands still; empty: none does.
std::string TroubleOf(const projection::ProjectorStatus& status) {
  for (const auto& shard : status.shards) {
    if (!shard.trouble.empty()) return shard.trouble;
  }
  return {};
}

}  // namespace

Sink::Sink(const CopyFold::Parts& parts, OpenModel open_model, const CopyOptions& options,
           Listener listener)
    : parts_(parts),
      open_model_(std::move(open_model)),
      options_(options),
      listener_(std::move(listener)) {}

absl::StatusOr<StepResult> Sink::Step() {
  auto result = TryStep();
  if (result.ok()) {
    const projection::ProjectorStatus status = fold_->status();
    Report(TroubleOf(status));
    Report(Lacking{status.cases_set_aside, status.records_unreadable});
    return result;
  }
  if (absl::IsDataLoss(result.status())) RebuildOnce();
  Report(std::string(result.status().message()));
  return absl::UnavailableError(result.status().message());
}

absl::StatusOr<StepResult> Sink::TryStep() {
  if (!parts_.target.is_open()) {
    fold_.reset();  // Another process may have taken the copy further.
    APDR_RETURN_IF_ERROR(parts_.target.Open(CopyMeaning(parts_.workflow, options_.identifiers),
                                            options_.shard_count));
  }
  if (fold_ == nullptr) {
    APDR_RETURN_IF_ERROR(CheckLog());
    APDR_RETURN_IF_ERROR(OpenFold());
  }
  return fold_->Step();
}

// A log that ends before the copy is another one, or lost its end.
absl::Status Sink::CheckLog() const {
  const std::vector<Reached>& reached = parts_.target.reached();
  for (std::uint32_t i = 0; i < reached.size(); ++i) {
    APDR_ASSIGN_OR_RETURN(const Position head, parts_.consumer.Head(Shard(i)));
    if (head >= reached[i].position) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "Expected shard ", i, " to reach position ", reached[i].position.value(),
        ", as far as the copy does, but the bus ends at ", head.value(),
        ": the copy was made of another log, or the bus lost its end. Name another database, or "
        "drop the copy's schemas."));
  }
  return absl::OkStatus();
}

absl::Status Sink::OpenFold() {
  APDR_ASSIGN_OR_RETURN(auto model, open_model_(begin_));
  begin_ = Begin::kWhereItStopped;
  APDR_ASSIGN_OR_RETURN(const bool ahead, CopyFold::IsAhead(*model, parts_.target.reached()));
  if (ahead) {
    model.reset();
    APDR_ASSIGN_OR_RETURN(model, open_model_(Begin::kAnew));
  }
  fold_ = std::make_unique<CopyFold>(parts_, std::move(model), options_);
  return absl::OkStatus();
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
