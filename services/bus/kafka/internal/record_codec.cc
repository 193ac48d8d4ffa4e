#include "services/bus/kafka/internal/record_codec.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "services/bus/sequence_header.h"

namespace apdr::bus::kafka {
namespace {

// Kafka's "no bytes" is nullptr, ours the empty string.
std::string Bytes(const void* data, std::size_t size) {
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

std::optional<std::string> HeaderOf(const rd_kafka_message_t& message, std::string_view name) {
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return std::nullopt;
  }
  const void* value = nullptr;
  std::size_t size = 0;
  if (rd_kafka_header_get_last(headers, std::string(name).c_str(), &value, &size) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return std::nullopt;
  }
  return Bytes(value, size);
}

}  // namespace

std::optional<Position> PositionOf(const rd_kafka_message_t& message) {
  const std::optional<std::string> sequence = HeaderOf(message, kSequenceHeader);
  return sequence ? ParseSequence(*sequence) : std::nullopt;
}

std::optional<LastRecord> ToLastRecord(const rd_kafka_message_t& message) {
  const std::optional<Position> position = PositionOf(message);
  if (!position) return std::nullopt;
  return LastRecord{.position = *position,
                    .event_id = HeaderOf(message, kEventIdHeader).value_or(std::string())};
}

std::optional<Record> ToRecord(const rd_kafka_message_t& message) {
  const std::optional<Position> position = PositionOf(message);
  if (!position) return std::nullopt;
  Record record{.shard = Shard(static_cast<std::uint32_t>(message.partition)),
                .position = *position,
                .key = Bytes(message.key, message.key_len),
                .value = Bytes(message.payload, message.len),
                .headers = {}};
  rd_kafka_headers_t* headers = nullptr;
  rd_kafka_message_headers(&message, &headers);
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    record.headers.emplace_back(name, Bytes(value, size));
  }
  return record;
}

Owned<rd_kafka_headers_t> ToHeaders(const Record& record) {
  Owned<rd_kafka_headers_t> headers(rd_kafka_headers_new(record.headers.size()));
  for (const auto& [name, value] : record.headers) {
    rd_kafka_header_add(headers.get(), name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  return headers;
}

}  // namespace apdr::bus::kafka
