#include "services/bus/record/event_record.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/date.h"
#include "engine/base/status_macros.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/message_payload.h"

namespace apdr::bus {
namespace {

// "00-<32 hex>-<16 hex>-<2 hex>", neither id all zeros, and nothing else: the entry comes from the
// caller.
bool IsTraceparent(std::string_view text) {
  constexpr std::string_view kShape = "00-hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh-hhhhhhhhhhhhhhhh-hh";
  constexpr std::string_view kHex = "0123456789abcdef";
  const bool has_shape =
      text.size() == kShape.size() &&
      std::equal(text.begin(), text.end(), kShape.begin(), [&](char c, char shape) {
        return shape == 'h' ? kHex.find(c) != std::string_view::npos : c == shape;
      });
  const auto is_zero = [](std::string_view id) {
    return id.find_first_not_of('0') == std::string_view::npos;
  };
  return has_shape && !is_zero(text.substr(3, 32)) && !is_zero(text.substr(36, 16));
}

absl::Time RecordedTime(const event::v1::Event& event) {
  return absl::FromUnixMicros(
      google::protobuf::util::TimeUtil::TimestampToMicroseconds(event.recorded_time()));
}

// The due date inside a deadline's key, "T08:2026-02-06:1" or "T11:2026-05-01:0:SR1"; empty when
// there is none.
std::string DueOnOf(std::string_view deadline_key) {
  const std::size_t first = deadline_key.find(':');
  const std::size_t second = deadline_key.find(':', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return {};
  const std::string_view due_on = deadline_key.substr(first + 1, second - first - 1);
  return ParseDate(due_on) ? std::string(due_on) : std::string();
}

struct CloudEventType {
  std::string_view type;
  std::string_view schema;
  // An event and its notice have the same id, so they come from different sources.
  std::string_view source_suffix = "";
};

Record MakeRecord(const event::v1::Event& event, const CloudEventType& described,
                  std::string value) {
  Record record{.shard = Shard(event.shard()),
                .position = Position(event.position()),
                .key = event.case_id(),
                .value = std::move(value),
                .headers = {}};
  record.headers = {
      {"content-type", "application/protobuf"},
      {"ce_specversion", "1.0"},
      {"ce_id", event.event_id()},
      {"ce_source",
       absl::StrCat("/apdr/", event.tenant_id(), std::string(described.source_suffix))},
      {"ce_type", std::string(described.type)},
      {"ce_subject", event.case_id()},
      {"ce_time", FormatInstant(RecordedTime(event))},
      {"ce_dataschema", absl::StrCat("https://", codec::UrlOfType(described.schema))},
      // Of one width, because the extension compares them as text.
      {"ce_sequence", absl::StrCat(absl::Dec(event.position(), absl::kZeroPad20))},
      {"ce_partitionkey", event.case_id()},
  };
  if (IsTraceparent(event.traceparent())) {
    record.headers.emplace_back("traceparent", event.traceparent());
  }
  return record;
}

}  // namespace

absl::StatusOr<event::v1::Event> OutgoingEvent(const eventstore::StoredCommit& stored,
                                               std::size_t index) {
  APDR_CHECK(index < stored.commit.events.size());
  APDR_ASSIGN_OR_RETURN(event::v1::Event event, codec::ParseEvent(stored.commit.events[index]));
  event.set_shard(stored.place.shard.value());
  event.set_position(stored.place.first_position.value() + index);
  return event;
}

Record MakeEventRecord(const event::v1::Event& event) {
  return MakeRecord(
      event, {.type = codec::TypeOfUrl(event.data().type_url()), .schema = "apdr.event.v1.Event"},
      event.SerializeAsString());
}

Record MakeNoticeRecord(const event::v1::Event& event) {
  event::v1::Notice notice;
  notice.set_notice_id(event.event_id());
  notice.set_tenant_id(event.tenant_id());
  notice.set_case_id(event.case_id());
  notice.set_shard(event.shard());
  notice.set_position(event.position());
  notice.set_event_type(std::string(codec::TypeOfUrl(event.data().type_url())));
  notice.set_occurred_on(event.occurred_on());
  *notice.mutable_recorded_time() = event.recorded_time();
  notice.set_due_on(DueOnOf(event.deadline_fired()));
  constexpr std::string_view kType = "apdr.event.v1.Notice";
  return MakeRecord(event, {.type = kType, .schema = kType, .source_suffix = "/notices"},
                    notice.SerializeAsString());
}

}  // namespace apdr::bus
