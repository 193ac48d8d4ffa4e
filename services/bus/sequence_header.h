#pragma once

#include <optional>
#include <string_view>

#include "services/bus/bus.h"

namespace apdr::bus {

// The CloudEvents attribute that carries a record's position to consumers that have nothing but the
// topic: 20 decimal digits, so that it compares as text, as CloudEvents' sequence extension asks.
// Stored for ever in the topics.
inline constexpr std::string_view kSequenceHeader = "ce_sequence";

// The CloudEvents attribute that carries the event's id. Stored for ever in the topics.
inline constexpr std::string_view kEventIdHeader = "ce_id";

// The position in `text`; nullopt unless it is 1 to 18446744073709551615 in 1 to 20 digits.
[[nodiscard]] std::optional<Position> ParseSequence(std::string_view text);

// Aborts unless the record carries its position in kSequenceHeader, once: without it nobody could
// tell what is on the bus already.
void CheckSequence(const Record& record);

// Its position, and the id in its kEventIdHeader if it has one.
[[nodiscard]] LastRecord AsLastRecord(const Record& record);

}  // namespace apdr::bus
