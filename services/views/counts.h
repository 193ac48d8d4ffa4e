#pragma once

#include <google/protobuf/repeated_field.h>

#include <cstdint>
#include <optional>
#include <string>

#include "apdr/sen/v1/view_service.pb.h"

// Counting and adding up, exact: whole numbers, sorted by what is counted.
namespace apdr::views {

using CodeCounts = google::protobuf::RepeatedPtrField<sen::v1::CodeCount>;
using ValueCounts = google::protobuf::RepeatedPtrField<sen::v1::ValueCount>;

void CountCode(CodeCounts& counts, const std::string& code, std::uint32_t count = 1);
void CountValue(ValueCounts& counts, std::uint32_t value, std::uint32_t count = 1);

void Add(sen::v1::Share& share, std::uint64_t part, std::uint64_t whole);
void Add(sen::v1::Effect& effect, const sen::v1::Effect& more);
void Add(CodeCounts& counts, const CodeCounts& more);
void Add(ValueCounts& counts, const ValueCounts& more);

// What at least half of the counted are at or below; nullopt: nothing is counted.
[[nodiscard]] std::optional<std::uint32_t> MedianOf(const ValueCounts& counts);

}  // namespace apdr::views
