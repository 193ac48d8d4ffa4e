#pragma once

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "services/sink/postgres/session.h"
#include "services/sink/target.h"

namespace apdr::sink {

// A copy in a PostgreSQL database (12 or later), in the schemas apdr and apdr_identifiers, which it
// makes and migrates. docs/analysts.md describes them.
//
// A session-level advisory lock keeps other sinks out for as long as the session lives, and every
// transaction finds all positions where this one left them, or fails: a sink that lost its
// session, or sits behind a pooler that shares sessions, cannot do harm.
class PostgresTarget final : public Target {
 public:
  // REQUIRES: CheckConnection(connection) is OK.
  explicit PostgresTarget(std::string connection);

  [[nodiscard]] bool is_open() const override { return session_ != nullptr && session_->IsAlive(); }
  [[nodiscard]] absl::Status Open(std::string_view meaning, std::uint32_t shard_count) override;
  [[nodiscard]] const std::vector<Reached>& reached() const override { return reached_; }
  [[nodiscard]] const std::set<StreamId>& stale() const override { return stale_; }
  [[nodiscard]] absl::Status Commit(const Changes& changes,
                                    const std::map<Shard, Reached>& reached) override;

  // Thread-safe, and for good: of a server that hangs nothing is heard for a second at most.
  void StopWaiting() { stopping_ = true; }

 private:
  absl::Status CommitTo(Session& session, const Changes& changes,
                        const std::map<Shard, Reached>& reached) const;
  absl::Status CheckReached(Session& session) const;

  const std::string connection_;
  std::atomic<bool> stopping_ = false;  // Outlives the session, which looks at it.
  std::unique_ptr<Session> session_;
  std::vector<Reached> reached_;
  std::set<StreamId> stale_;
};

}  // namespace apdr::sink
