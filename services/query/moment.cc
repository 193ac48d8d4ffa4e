#include "services/query/moment.h"

#include <utility>

#include "services/query/access.h"

namespace apdr::query {
namespace {

// Timestamps of the years 0001 to 9999, as the schema of Timestamp allows.
constexpr std::int64_t kSecondsMin = -62135596800;
constexpr std::int64_t kSecondsMax = 253402300799;
constexpr std::int32_t kNanosMax = 999999999;

}  // namespace

Reply<absl::Time> ReadKnownAt(const google::protobuf::Timestamp* known_at) {
  if (known_at == nullptr) return absl::InfiniteFuture();
  if (known_at->seconds() < kSecondsMin || known_at->seconds() > kSecondsMax ||
      known_at->nanos() < 0 || known_at->nanos() > kNanosMax) {
    return InvalidField("known_at", "must be an instant of the years 1 to 9999");
  }
  return absl::FromUnixSeconds(known_at->seconds()) + absl::Nanoseconds(known_at->nanos());
}

Reply<history::Moment> ReadMoment(const std::string& as_at,
                                  const google::protobuf::Timestamp* known_at) {
  history::Moment moment;
  if (!as_at.empty()) {
    moment.as_at = ParseDate(as_at);
    if (!moment.as_at) return InvalidField("as_at", "must be a date such as 2026-02-06");
  }
  auto instant = ReadKnownAt(known_at);
  if (auto* error = std::get_if<host::ErrorReply>(&instant)) return std::move(*error);
  moment.known_at = std::get<absl::Time>(instant);
  return moment;
}

}  // namespace apdr::query
