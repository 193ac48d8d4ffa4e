#pragma once

#include <cstdint>
#include <string>

#include "engine/base/strong_id.h"

// The ids and numbers that every module shares. One idea, one word: see docs/glossary.md.
namespace apdr {

// A data controller (an authority, a trust). Comes from the caller's credentials, never from a
// request body.
using TenantId = StrongId<struct TenantIdTag, std::string>;

// One stream of events in one tenant. Opaque; a lower-case UUID at the edge.
using CaseId = StrongId<struct CaseIdTag, std::string>;

// The caller's name for one command; the same id never has two effects in one tenant.
using RequestId = StrongId<struct RequestIdTag, std::string>;

// A slice of the log with a total order of its own; equals the Kafka partition. 0 .. shard_count
// - 1.
using Shard = StrongId<struct ShardTag, std::uint32_t>;

// Place of an event in its shard: 1, 2, 3 ... without a gap. 0 means "before the first".
using Position = StrongId<struct PositionTag, std::uint64_t>;

// Place of an event in its case: 1, 2, 3 ... without a gap. 0 means "no such case yet".
using CaseVersion = StrongId<struct CaseVersionTag, std::uint64_t>;

// A case in its tenant.
struct StreamId {
  TenantId tenant;
  CaseId case_id;

  friend auto operator<=>(const StreamId&, const StreamId&) = default;
  template <class H>
  friend H AbslHashValue(H hash, const StreamId& id) {
    return H::combine(std::move(hash), id.tenant, id.case_id);
  }
};

}  // namespace apdr
