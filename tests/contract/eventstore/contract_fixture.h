#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/contract/eventstore/store_under_test.h"

namespace apdr::eventstore {

inline const TenantId kTenant("camden");
inline const absl::Time kNow = absl::FromUnixMicros(1'770'000'000'123'456);

// A commit with one event; request id "r/<case>/<version>". Tests say what matters to them.
[[nodiscard]] inline Commit ACommit(const std::string& case_id, std::uint64_t version) {
  Commit commit;
  commit.stream = {.tenant = kTenant, .case_id = CaseId(case_id)};
  commit.first_version = CaseVersion(version);
  commit.request_id = RequestId("r/" + case_id + "/" + std::to_string(version));
  commit.request_digest.fill(7);
  commit.recorded_at = kNow;
  commit.events = {"event " + std::to_string(version) + " of " + case_id};
  return commit;
}

[[nodiscard]] inline Timer ATimer(std::int64_t seconds, std::string key) {
  return {.fires_at = absl::FromUnixSeconds(seconds), .key = std::move(key)};
}

MATCHER_P(HasCode, code, "") {
  *result_listener << arg.status();
  return arg.status().code() == code;
}

class EventStoreContract : public testing::TestWithParam<Flavour> {
 protected:
  [[nodiscard]] EventStore& store() { return under_test_->events(); }
  [[nodiscard]] CursorStore& cursors() { return under_test_->cursors(); }
  [[nodiscard]] SnapshotStore& snapshots() { return under_test_->snapshots(); }

  absl::StatusOr<std::vector<CommitPlace>> Append(std::initializer_list<Commit> commits) {
    auto places = store().Append(std::vector<Commit>(commits));
    under_test_->AfterAppend();
    return places;
  }
  // Appends, expects success and returns the commits as they must be read again.
  std::vector<StoredCommit> MustAppend(std::initializer_list<Commit> commits) {
    const auto places = Append(commits);
    EXPECT_TRUE(places.ok()) << places.status();
    std::vector<StoredCommit> stored;
    for (std::size_t i = 0; places.ok() && i < places->size(); ++i) {
      stored.push_back({.commit = commits.begin()[i], .place = (*places)[i]});
    }
    return stored;
  }

 private:
  std::unique_ptr<StoreUnderTest> under_test_ = GetParam().make();
};

}  // namespace apdr::eventstore
