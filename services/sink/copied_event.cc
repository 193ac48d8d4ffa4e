#include "services/sink/copied_event.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "engine/base/status_macros.h"
#include "engine/codec/message_payload.h"
#include "services/projection/rows/row_keys.h"

namespace apdr::sink {
namespace {

// Whose ids say nothing about a family.
constexpr std::array<std::string_view, 11> kRolesWithIds = {
    "teacher", "keyworker",       "tutor",      "teaching-assistant", "senco", "named-person",
    "head",    "la-send-officer", "area-senco", "professional",       "system"};

bool MayBeNamed(const std::string& role) {
  return std::ranges::find(kRolesWithIds, role) != kRolesWithIds.end();
}

Reached PlaceOf(const event::v1::Event& event) {
  return {.position = Position(event.position()),
          .event_id = event.event_id(),
          .recorded_at = absl::FromUnixMicros(
              google::protobuf::util::TimeUtil::TimestampToMicroseconds(event.recorded_time()))};
}

}  // namespace

sen::state::v1::CopiedEvent CopyEvent(const event::v1::Event& event) {
  sen::state::v1::CopiedEvent row;
  row.set_event_id(event.event_id());
  row.set_version(event.version());
  row.set_event_type(std::string(codec::TypeOfUrl(event.data().type_url())));
  row.set_occurred_on(event.occurred_on());
  *row.mutable_recorded_time() = event.recorded_time();
  if (MayBeNamed(event.actor().role())) row.set_actor_id(event.actor().id());
  row.set_actor_role(event.actor().role());
  row.set_actor_setting_id(event.actor().setting_id());
  row.set_shard(event.shard());
  row.set_position(event.position());
  return row;
}

bool CountsFromBirth(std::string_view timer_or_key) {
  const std::string_view timer = timer_or_key.substr(0, timer_or_key.find(':'));
  return timer == "T17" || timer == "T18";
}

absl::Status EventCopying::Fold(const projection::FoldInput& input, projection::RowWriter&) {
  const event::v1::Event& event = input.event;
  last_[Shard(event.shard())] = PlaceOf(event);
  Changes& changes = parts_.changes;
  const StreamId stream = input.stream();
  if (codec::TypeOfUrl(event.data().type_url()) == parts_.workflow.definition().erased_by) {
    changes.erased.insert(stream);
    changes.cases.erase(stream);
    std::erase_if(changes.events, [&](const auto& copied) { return copied.first == stream; });
  }
  if (changes.erased.contains(stream)) return absl::OkStatus();
  APDR_ASSIGN_OR_RETURN(const auto erased, parts_.model.Get(projection::ErasedKey(stream)));
  if (!erased && !CountsFromBirth(event.deadline_fired()))
    changes.events.emplace_back(stream, CopyEvent(event));
  return absl::OkStatus();
}

void EventCopying::Forget() {
  parts_.changes = {};
  last_.clear();
}

Reached EventCopying::LastOf(Shard shard) const {
  const auto found = last_.find(shard);
  return found == last_.end() ? Reached() : found->second;
}

}  // namespace apdr::sink
