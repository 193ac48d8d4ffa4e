#include "services/sink/erasure_scan.h"

#include "engine/base/status_macros.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/message_payload.h"

namespace apdr::sink {

absl::Status ErasureScan::Begin(const readmodel::ReadModel& model, std::uint32_t shard_count) {
  for (std::uint32_t i = 0; i < shard_count; ++i) {
    const Shard shard(i);
    APDR_ASSIGN_OR_RETURN(const readmodel::Progress progress, model.ReadProgress(shard));
    APDR_ASSIGN_OR_RETURN(const Position head, consumer_.Head(shard));
    APDR_RETURN_IF_ERROR(
        consumer_.Assign(shard, {.position = progress.position, .token = progress.token}));
    if (head > progress.position) heads_.emplace(shard, head);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> ErasureScan::Step(std::size_t limit, absl::Duration wait) {
  if (heads_.empty()) return true;
  APDR_ASSIGN_OR_RETURN(const auto received, consumer_.Poll(limit, wait));
  for (const bus::Received& each : received) {
    const auto event = codec::ParseEvent(each.record.value);
    if (event.ok() &&
        codec::TypeOfUrl(event->data().type_url()) == workflow_.definition().erased_by) {
      erased_.insert({TenantId(event->tenant_id()), CaseId(event->case_id())});
    }
    const auto head = heads_.find(each.record.shard);
    if (head != heads_.end() && each.record.position >= head->second) heads_.erase(head);
  }
  return heads_.empty();
}

}  // namespace apdr::sink
