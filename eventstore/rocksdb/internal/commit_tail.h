#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/synchronization/mutex.h"
#include "eventstore/rocksdb/internal/commit_rows.h"

namespace apdr::eventstore {

// The lookups for the end of the log: every commit that the indexes do not hold yet, and the last
// ones that they do, so that a busy case is looked up in memory. A reader asks the tail first and
// the indexes second: a commit is added here before it is visible, and leaves only when its rows
// are in the indexes, so it is always in one of the two. Thread-safe.
class CommitTail {
 public:
  // The commit after `indexed` will be the first one added. Up to `kept_max` indexed commits stay.
  CommitTail(Sequence indexed, std::size_t kept_max);

  // Has the processor fetch what looking these commits' cases up will read.
  void Prefetch(std::span<const CommitRows> commits) const;
  // The next commits of the log.
  void Add(std::vector<CommitRows> commits);
  // The oldest `limit` commits that are not indexed. They stay where they are until the caller says
  // that they are: only one thread may use NotIndexed and SetIndexed at a time.
  [[nodiscard]] std::vector<const CommitRows*> NotIndexed(std::size_t limit) const;
  // The indexes now hold `count` commits more.
  void SetIndexed(std::size_t count);
  [[nodiscard]] std::size_t not_indexed_count() const;

  // Where a case stands, if a commit here says so.
  [[nodiscard]] std::optional<CaseVersion> VersionOf(const std::string& stream_key) const;
  // The commit that has a request id, if it is here.
  [[nodiscard]] std::optional<Sequence> FindRequest(std::string_view request_key) const;
  // Which of many FindRequest would find; the processor fetches for all at once.
  [[nodiscard]] std::vector<bool> AreTaken(std::span<const std::string_view> request_keys) const;

  // The commits of a case that are here and have a last version >= `from`, oldest first, and the
  // first version that is here: below it, ask the indexes.
  struct Stream {
    std::optional<CaseVersion> first_version;
    std::vector<Sequence> commits;
  };
  [[nodiscard]] Stream ReadStream(const std::string& stream_key, CaseVersion from) const;

  // What the commits that are not indexed say about the timers below `bound` (empty: all), in order
  // of their keys: running or stopped.
  using TimerRow = std::pair<std::string, bool>;
  [[nodiscard]] std::vector<TimerRow> Timers(const std::string& bound) const;

 private:
  struct Entry {
    CommitRows rows;
    Sequence previous;  // The commit before this one in the same case, if it is still here.
  };
  struct StreamEnd {
    Sequence sequence;  // Of its last commit here.
    CaseVersion version;
  };
  struct TimerState {
    bool running;
    Sequence said_by;
  };
  // A key with its hash: a table of hundreds of thousands that grows then moves them without
  // reading keys that nothing has touched for long.
  struct HashedKey {
    explicit HashedKey(std::string_view key) : text(key), hash(absl::HashOf(key)) {}
    friend bool operator==(const HashedKey& a, const HashedKey& b) {
      return a.hash == b.hash && a.text == b.text;
    }

    std::string_view text;
    std::size_t hash;
  };
  struct HashOfKey {
    std::size_t operator()(const HashedKey& key) const { return key.hash; }
  };

  void AddOne(CommitRows rows) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SetOneIndexed() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropOldest() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SetTimers(const std::vector<std::string>& keys, TimerState state)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ForgetTimers(const std::vector<std::string>& keys) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const Entry& At(Sequence sequence) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  std::size_t KeptCount() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  const std::size_t kept_max_;
  mutable absl::Mutex mutex_;
  Sequence indexed_ ABSL_GUARDED_BY(mutex_);
  Sequence dropped_ ABSL_GUARDED_BY(mutex_);           // At most indexed_.
  std::deque<Entry> entries_ ABSL_GUARDED_BY(mutex_);  // The commits dropped_ + 1, dropped_ + 2 ...
  absl::flat_hash_map<std::string, StreamEnd> ends_ ABSL_GUARDED_BY(mutex_);
  // Keyed by the entries' own strings.
  absl::flat_hash_map<HashedKey, Sequence, HashOfKey> requests_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, TimerState> timers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace apdr::eventstore
