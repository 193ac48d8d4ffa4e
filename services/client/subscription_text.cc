#include "services/client/subscription_text.h"

#include <google/protobuf/util/time_util.h>

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/client/text.h"

namespace apdr::client {
namespace {

using subscription::v1::ParkedEvent;
using subscription::v1::ParkedState;
using subscription::v1::ShardStatus;
using subscription::v1::SubscriptionStatus;

constexpr std::size_t kReasonColumns = 40;

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixMicros(google::protobuf::util::TimeUtil::TimestampToMicroseconds(timestamp));
}

std::string TimeText(const google::protobuf::Timestamp& timestamp) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%SZ", ToTime(timestamp), absl::UTCTimeZone());
}

// "2d3h", "45s"; empty: there is none.
template <class Message>
std::string OldestText(const Message& message, absl::Time now) {
  if (!message.has_oldest_parked_time()) return "";
  const absl::Duration age = now - ToTime(message.oldest_parked_time());
  const absl::Duration unit = age < absl::Hours(1) ? absl::Seconds(1) : absl::Minutes(1);
  return absl::FormatDuration(absl::Trunc(age, unit));
}

std::string ListText(const google::protobuf::RepeatedPtrField<std::string>& list) {
  return list.empty() ? "all" : absl::StrJoin(list, ", ");
}

std::string TypesText(const subscription::v1::EventFilter& filter) {
  std::vector<std::string> types;
  for (const std::string& type : filter.event_types()) types.push_back(ShortType(type));
  return types.empty() ? "all" : absl::StrJoin(types, ", ");
}

std::string StateText(ParkedState state) {
  switch (state) {
    case subscription::v1::PARKED_STATE_RETRYING:
      return "retrying";
    case subscription::v1::PARKED_STATE_PARKED:
      return "parked";
    case subscription::v1::PARKED_STATE_RELEASED:
      return "released";
    case subscription::v1::PARKED_STATE_SKIPPED:
      return "skipped";
    default:
      return "unknown";
  }
}

// "shards 3, 7"; empty: none is.
std::string DamagedText(const SubscriptionStatus& status) {
  std::vector<std::uint32_t> damaged;
  for (const ShardStatus& shard : status.shards()) {
    if (shard.damaged()) damaged.push_back(shard.shard());
  }
  if (damaged.empty()) return "";
  return absl::StrCat(damaged.size() == 1 ? "shard " : "shards ", absl::StrJoin(damaged, ", "),
                      "; see subscription_damaged in the server's log");
}

std::string RenderShards(const SubscriptionStatus& status, absl::Time now) {
  Table table({"shard", "acknowledged", "log", "member", "in flight", "held", "retrying", "parked",
               "oldest parked"});
  for (const ShardStatus& shard : status.shards()) {
    table.Add({absl::StrCat(shard.shard()), absl::StrCat(shard.acknowledged_position()),
               absl::StrCat(shard.durable_position()), shard.member_id(),
               absl::StrCat(shard.in_flight_count()), absl::StrCat(shard.held_count()),
               absl::StrCat(shard.retrying_count()), absl::StrCat(shard.parked_count()),
               OldestText(shard, now)});
  }
  return table.Render();
}

}  // namespace

std::string RenderSubscription(const SubscriptionStatus& status, absl::Time now) {
  const auto& subscription = status.subscription();
  Table facts({});
  facts.Add({"Subscription", subscription.name()});
  facts.Add({"Event types", TypesText(subscription.filter())});
  facts.Add({"Settings", ListText(subscription.filter().setting_ids())});
  facts.Add({"Authorities", ListText(subscription.filter().authority_ids())});
  facts.Add({"Created", absl::StrCat(TimeText(subscription.created_time()), " by ",
                                     subscription.created_by())});
  facts.Add({"Members", status.member_ids().empty() ? "none" : ListText(status.member_ids())});
  facts.Add({"Behind by", Count(status.lag(), "position")});
  facts.Add({"Held back", Count(status.held_count(), "case")});
  facts.Add({"Parked", absl::StrCat(status.parked_count())});
  if (status.has_oldest_parked_time()) facts.Add({"Oldest parked", OldestText(status, now)});
  if (const std::string damaged = DamagedText(status); !damaged.empty()) {
    facts.Add({"Damaged", damaged});
  }
  return absl::StrCat(facts.Render(), "\n", RenderShards(status, now));
}

std::string RenderSubscriptions(const std::vector<SubscriptionStatus>& statuses, absl::Time now) {
  Table table({"name", "behind", "members", "held", "retrying", "parked", "oldest parked"});
  for (const SubscriptionStatus& status : statuses) {
    table.Add({status.subscription().name(), absl::StrCat(status.lag()),
               absl::StrCat(status.member_ids_size()), absl::StrCat(status.held_count()),
               absl::StrCat(status.retrying_count()), absl::StrCat(status.parked_count()),
               OldestText(status, now)});
  }
  return table.empty() ? "No subscriptions.\n" : table.Render();
}

std::string RenderParked(const std::vector<ParkedEvent>& events) {
  Table table({"place", "state", "event", "case", "version", "tries", "cause", "member", "failed",
               "decided by", "reason"});
  for (const ParkedEvent& event : events) {
    table.Add({absl::StrCat(event.shard(), "/", event.position()), StateText(event.state()),
               ShortType(event.event_type()), event.case_id(), absl::StrCat(event.version()),
               absl::StrCat(event.attempts()), event.cause(), event.member_id(),
               TimeText(event.last_failed_time()), event.decision().actor_id(),
               OneLine(event.decision().reason(), kReasonColumns)});
  }
  return table.empty() ? "Nothing is parked.\n" : table.Render();
}

}  // namespace apdr::client
