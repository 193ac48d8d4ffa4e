#pragma once

#include <librdkafka/rdkafka.h>

#include <optional>

#include "services/bus/bus.h"
#include "services/bus/kafka/internal/client.h"

namespace apdr::bus::kafka {

// The position that the message carries in kSequenceHeader; nullopt: it is not one of ours.
[[nodiscard]] std::optional<Position> PositionOf(const rd_kafka_message_t& message);

// What LastOnBus() says of the message; nullopt: it is not one of ours.
[[nodiscard]] std::optional<LastRecord> ToLastRecord(const rd_kafka_message_t& message);

// A copy of the message; nullopt: it is not one of ours.
[[nodiscard]] std::optional<Record> ToRecord(const rd_kafka_message_t& message);

[[nodiscard]] Owned<rd_kafka_headers_t> ToHeaders(const Record& record);

}  // namespace apdr::bus::kafka
