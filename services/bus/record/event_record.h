#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "apdr/event/v1/event.pb.h"
#include "eventstore/event_store.h"
#include "services/bus/bus.h"

// How an event looks on the bus, the same on every bus. CloudEvents 1.0, Kafka binary mode: the
// value is a serialized apdr.event.v1.Event (or Notice), the key is the case id, and these headers
// say what it is without opening it. None holds personal data.
//
//   content-type      application/protobuf
//   ce_specversion    1.0
//   ce_id             event id
//   ce_source         /apdr/<tenant> (a notice: /apdr/<tenant>/notices, for it has its event's id)
//   ce_type           full name of the domain event: apdr.sen.v1.PlanAgreed; the version is in its
//                     package (a notice: apdr.event.v1.Notice)
//   ce_subject        case id
//   ce_time           when it was recorded, UTC
//   ce_dataschema     https://type.googleapis.com/<message of the value>
//   ce_sequence       position in the shard, 20 digits
//   ce_partitionkey   case id
//   traceparent       W3C trace context of the request, if it had a well-formed one
namespace apdr::bus {

// The event of a stored commit with its shard and position filled in. kDataLoss: its bytes do not
// read back. REQUIRES: index < stored.commit.events.size()
[[nodiscard]] absl::StatusOr<event::v1::Event> OutgoingEvent(const eventstore::StoredCommit& stored,
                                                             std::size_t index);

// A record of kEventsTopic.
[[nodiscard]] Record MakeEventRecord(const event::v1::Event& event);

// A record of kNoticesTopic: what changed, which case, which date; no name, no free text.
[[nodiscard]] Record MakeNoticeRecord(const event::v1::Event& event);

}  // namespace apdr::bus
