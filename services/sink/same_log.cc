#include "services/sink/same_log.h"

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "services/bus/sequence_header.h"

namespace apdr::sink {

absl::Status CheckSameLog(const Reached& known, const bus::Record& record) {
  if (known.position != record.position || known.event_id.empty()) return absl::OkStatus();
  const std::string found = bus::AsLastRecord(record).event_id;
  if (known.event_id == found) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "Expected event ", known.event_id, " at position ", record.position.value(), " of shard ",
      record.shard.value(), ", as the copy has it, but the log has ", found,
      ": the copy was made of another log. Name another database, or drop the copy's schemas."));
}

absl::StatusOr<std::vector<bus::Received>> SameLogConsumer::Poll(std::size_t limit,
                                                                 absl::Duration wait) {
  APDR_ASSIGN_OR_RETURN(auto received, consumer_.Poll(limit, wait));
  const std::vector<Reached>& reached = target_.reached();
  for (const bus::Received& each : received) {
    const std::size_t shard = each.record.shard.value();
    if (shard >= reached.size()) continue;  // Whoever folds it refuses.
    APDR_RETURN_IF_ERROR(CheckSameLog(reached[shard], each.record));
  }
  return received;
}

}  // namespace apdr::sink
