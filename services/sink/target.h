#pragma once

#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/sink/changes.h"

namespace apdr::sink {

// Where a copy is kept. One thread at a time; of all processes one at a time has it open.
class Target {
 public:
  virtual ~Target() = default;

  // Whether changes can be committed, as far as is known: since an Open() that was OK nothing has
  // failed, and nobody has hung up.
  [[nodiscard]] virtual bool is_open() const = 0;

  // Gets ready to take changes of a copy of this meaning; a copy of another meaning, or of another
  // shard count, is emptied first. Waits seconds at most: kUnavailable when it cannot be had now,
  // because it is away or another process has it. kFailedPrecondition: somebody must do something
  // about it, and the message says what. It may be opened again after any error.
  [[nodiscard]] virtual absl::Status Open(std::string_view meaning, std::uint32_t shard_count) = 0;

  // How far the copy has come, by shard number. REQUIRES: it was open, and no Commit() has failed
  // since.
  [[nodiscard]] virtual const std::vector<Reached>& reached() const = 0;

  // The cases that the copy showed as stale when it was opened. REQUIRES: as reached().
  [[nodiscard]] virtual const std::set<StreamId>& stale() const = 0;

  // All of it and how far it goes becomes visible at once, or nothing; after an error that nobody
  // knows, and reached() of the next Open() tells. Errors as Open(). REQUIRES: as reached(), and
  // each position lies beyond the one reached.
  [[nodiscard]] virtual absl::Status Commit(const Changes& changes,
                                            const std::map<Shard, Reached>& reached) = 0;
};

}  // namespace apdr::sink
