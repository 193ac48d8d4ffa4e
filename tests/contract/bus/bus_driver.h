#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "services/bus/bus.h"

// How a publisher and a projector use a bus, for tests: each call repeats what answers kUnavailable
// and fails the test when it takes too long.
namespace apdr::bus {

[[nodiscard]] Record ARecord(std::uint32_t shard, std::uint64_t position,
                             std::string value = "a value");
// Positions first to last, one after the other, all of one shard.
[[nodiscard]] std::vector<Record> Records(std::uint32_t shard, std::uint64_t first,
                                          std::uint64_t last);

// Sends all records, which are in position order per shard, and waits until the bus has
// acknowledged them; after a lost session sends again what was not acknowledged.
void SendAll(Producer& producer, std::span<const Record> records);

void MustAssign(Consumer& consumer, Shard shard, const Resume& from);
// Polls until at least `count` records came whose position is above every earlier one of their
// shard.
[[nodiscard]] std::vector<Received> ReadNew(Consumer& consumer, std::size_t count);
// Everything that comes until `last` has come.
[[nodiscard]] std::vector<Received> ReadUntil(Consumer& consumer, Shard shard, Position last);
[[nodiscard]] Position MustHead(Consumer& consumer, Shard shard);
[[nodiscard]] LastRecord MustLastRecord(Producer& producer, Shard shard);
[[nodiscard]] Position MustLastOnBus(Producer& producer, Shard shard);

// Without records whose position is not above every earlier one of their shard: what a projector
// does with duplicates.
[[nodiscard]] std::vector<Received> WithoutRepeats(std::vector<Received> received);
[[nodiscard]] std::vector<std::uint64_t> Positions(const std::vector<Received>& received);
[[nodiscard]] std::vector<Record> OfShard(const std::vector<Received>& received, Shard shard);

}  // namespace apdr::bus
