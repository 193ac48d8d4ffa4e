#include "services/projection/audit_projection.h"

#include <google/protobuf/util/time_util.h>

#include <string>

#include "engine/codec/message_payload.h"
#include "services/projection/rows/row_keys.h"
#include "services/projection/rows/row_values.h"

namespace apdr::projection {

absl::Status AuditProjection::Fold(const FoldInput& input, RowWriter& rows) {
  const event::v1::Event& event = input.event;
  const TenantId tenant(event.tenant_id());
  const AuditEntry entry{.case_id = CaseId(event.case_id()),
                         .version = CaseVersion(event.version()),
                         .actor_id = event.actor().id(),
                         .actor_role = event.actor().role(),
                         .setting_id = event.actor().setting_id(),
                         .event_type = std::string(codec::TypeOfUrl(event.data().type_url())),
                         .occurred_on = event.occurred_on()};
  const AuditPlace place{
      .recorded_at = absl::FromUnixMicros(
          google::protobuf::util::TimeUtil::TimestampToMicroseconds(event.recorded_time())),
      .shard = Shard(event.shard()),
      .position = Position(event.position())};
  const std::string row = EncodeAuditEntry(entry);
  rows.Put(AuditKey(tenant, place), row);
  rows.Put(ActorAuditKey(tenant, entry.actor_id, place), row);
  rows.Put(TypeAuditKey(tenant, entry.event_type, place), row);
  return absl::OkStatus();
}

}  // namespace apdr::projection
