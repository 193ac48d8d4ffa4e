#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

// Local dates. Statutory and agreed dates have no time of day; instants are UTC (absl::Time).
namespace apdr {

using Date = absl::CivilDay;

// "2026-02-06" and nothing else (ISO 8601, year 1900 to 2199); nullopt for any other text or an
// impossible date.
[[nodiscard]] std::optional<Date> ParseDate(std::string_view text);

// "2026-02-06".
[[nodiscard]] std::string FormatDate(Date date);

// The date on which `instant` falls in `zone`: 23:30Z in British Summer Time is already tomorrow.
[[nodiscard]] Date DateOf(absl::Time instant, absl::TimeZone zone);

// The same day so many months later, or the last of a shorter month: 31 January + 1 = 28 February.
[[nodiscard]] Date AddMonths(Date date, int months);

// The instant of `hour`:00 on `date` in `zone`.
[[nodiscard]] absl::Time HourOf(Date date, int hour, absl::TimeZone zone);

// "2026-02-06T09:00:00.123Z" with as many sub-second digits as needed.
[[nodiscard]] std::string FormatInstant(absl::Time instant);

}  // namespace apdr
