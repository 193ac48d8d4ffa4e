#include "engine/base/shard_of.h"

#include <cstddef>

#include "engine/base/check.h"

namespace apdr {
namespace {

std::uint32_t LittleEndian32(const char* bytes) {
  const auto byte = [bytes](int i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]));
  };
  return byte(0) | byte(1) << 8 | byte(2) << 16 | byte(3) << 24;
}

}  // namespace

std::uint32_t Murmur2(std::string_view key) {
  constexpr std::uint32_t kSeed =
      0x9747b28c;  // The seed Kafka chose; stored for ever through the partitioning.
  constexpr std::uint32_t kMultiplier = 0x5bd1e995;
  std::uint32_t hash = kSeed ^ static_cast<std::uint32_t>(key.size());
  std::size_t at = 0;
  for (; at + 4 <= key.size(); at += 4) {
    std::uint32_t word = LittleEndian32(key.data() + at) * kMultiplier;
    word ^= word >> 24;
    hash = (hash * kMultiplier) ^ (word * kMultiplier);
  }
  std::uint32_t rest = 0;
  for (std::size_t i = key.size(); i > at; --i) {
    rest = rest << 8 | static_cast<unsigned char>(key[i - 1]);
  }
  if (at < key.size()) hash = (hash ^ rest) * kMultiplier;
  hash ^= hash >> 13;
  hash *= kMultiplier;
  return hash ^ hash >> 15;
}

Shard ShardOf(const CaseId& case_id, std::uint32_t shard_count) {
  APDR_CHECK(shard_count > 0);
  return Shard((Murmur2(case_id.value()) & 0x7fffffffU) % shard_count);
}

}  // namespace apdr
