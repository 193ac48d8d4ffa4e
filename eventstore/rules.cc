#include "eventstore/rules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace apdr::eventstore {
namespace {

absl::Status CheckTimer(const Timer& timer) {
  if (timer.fires_at - absl::FromUnixSeconds(absl::ToUnixSeconds(timer.fires_at)) !=
      absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        "Expected to append timers on whole seconds, but one lies between two.");
  }
  return absl::OkStatus();
}

absl::Status CheckCommit(const Commit& commit) {
  if (commit.events.empty() || commit.events.size() > kCommitEventsMax) {
    return absl::InvalidArgumentError(absl::StrCat("Expected to append commits of 1 to ",
                                                   kCommitEventsMax, " events, but one has ",
                                                   commit.events.size(), "."));
  }
  if (commit.claims.size() > kCommitClaimsMax) {
    return absl::InvalidArgumentError(absl::StrCat("Expected to append commits of at most ",
                                                   kCommitClaimsMax, " claims, but one has ",
                                                   commit.claims.size(), "."));
  }
  for (const std::string& event : commit.events) {
    if (event.size() > kEventBytesMax) {
      return absl::InvalidArgumentError(absl::StrCat("Expected to append events of at most ",
                                                     kEventBytesMax, " bytes, but one has ",
                                                     event.size(), "."));
    }
  }
  if (absl::AbsDuration(commit.recorded_at - AsStored(commit.recorded_at)) >=
      absl::Microseconds(1)) {
    return absl::InvalidArgumentError(
        "Expected to append commits recorded at an instant, but one lies beyond all calendars.");
  }
  for (const Timer& timer : commit.timers_started) APDR_RETURN_IF_ERROR(CheckTimer(timer));
  for (const Timer& timer : commit.timers_stopped) APDR_RETURN_IF_ERROR(CheckTimer(timer));
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckLimits(std::span<const Commit> commits) {
  if (commits.size() > kAppendCommitsMax) {
    return absl::InvalidArgumentError(absl::StrCat("Expected to append at most ", kAppendCommitsMax,
                                                   " commits, but there are ", commits.size(),
                                                   "."));
  }
  for (const Commit& commit : commits) APDR_RETURN_IF_ERROR(CheckCommit(commit));
  return absl::OkStatus();
}

absl::Status CheckVersion(const Commit& commit, CaseVersion actual) {
  if (commit.first_version.value() == actual.value() + 1) return absl::OkStatus();
  return absl::AbortedError(
      absl::StrCat("Expected to append version ", commit.first_version.value(), " to case ",
                   commit.stream.case_id.value(), ", but it is at version ", actual.value(), "."));
}

absl::Status RequestIsTaken(const Commit& commit) {
  return absl::AlreadyExistsError(absl::StrCat("Expected to append under request id ",
                                               commit.request_id.value(),
                                               ", but an earlier commit has it or a claim."));
}

absl::Status CheckShard(Shard shard, std::uint32_t shard_count) {
  if (shard.value() < shard_count) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("Expected to read shard ", shard.value(),
                                          ", but the store has ", shard_count, "."));
}

absl::Status CheckAfter(Shard shard, Position after, Position head) {
  if (after <= head) return absl::OkStatus();
  return absl::OutOfRangeError(absl::StrCat("Expected to read shard ", shard.value(),
                                            " after position ", after.value(),
                                            ", but it is durable up to ", head.value(), "."));
}

absl::Time AsStored(absl::Time time) { return absl::FromUnixMicros(absl::ToUnixMicros(time)); }

}  // namespace apdr::eventstore
