#include "services/notify/retry_plan.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "services/notify/digest.h"

namespace apdr::notify {
namespace {

constexpr std::array<absl::Duration, 10> kWaits = {
    absl::Seconds(5), absl::Seconds(30), absl::Minutes(2), absl::Minutes(10), absl::Minutes(30),
    absl::Hours(1),   absl::Hours(2),    absl::Hours(4),   absl::Hours(8),    absl::Hours(12)};

constexpr absl::Duration kLate = absl::Seconds(1);

// 0.9 to 1.1 in thousandths.
std::int64_t JitterOf(std::uint32_t tries, std::string_view delivery_id) {
  const std::string digest = Sha256(absl::StrCat(std::string(delivery_id), "/", tries));
  const auto chance = static_cast<unsigned>(static_cast<unsigned char>(digest[0])) << 8U |
                      static_cast<unsigned char>(digest[1]);
  return 900 + static_cast<std::int64_t>(chance % 201);
}

}  // namespace

std::optional<absl::Duration> WaitAfter(std::uint32_t tries, std::string_view delivery_id) {
  APDR_CHECK(tries > 0);
  if (tries > kWaits.size()) return std::nullopt;
  return kWaits[tries - 1] * JitterOf(tries, delivery_id) / 1000;
}

RateLimit::RateLimit(std::uint32_t per_minute) : per_minute_(per_minute) {
  APDR_CHECK(per_minute > 0);
}

bool RateLimit::Take(absl::Time now) {
  while (!taken_.empty() && taken_.front() + absl::Minutes(1) <= now) taken_.pop_front();
  absl::Time counted = now;
  if (!promised_.empty() && promised_.front() <= now) {
    // One that comes a little late is counted as if in time; else those behind it came too early.
    if (now - promised_.front() <= kLate) counted = promised_.front();
    promised_.pop_front();
  }
  if (taken_.size() >= per_minute_) return false;
  taken_.insert(std::ranges::upper_bound(taken_, counted), counted);
  return true;
}

// A minute after the one that goes so many before it.
absl::Time RateLimit::Next() {
  const std::size_t before = promised_.size();
  const absl::Time earlier =
      before < per_minute_ ? taken_.at(before) : promised_.at(before - per_minute_);
  return promised_.emplace_back(earlier + absl::Minutes(1));
}

}  // namespace apdr::notify
