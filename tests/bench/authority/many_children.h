#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "eventstore/event_store.h"
#include "tests/support/sen_office.h"

namespace apdr::testing {

// The children of an authority, for measuring: every one of them has the history of the same child,
// under an id of its own and in one of 250 schools. The history goes from registration to support
// under a plan agreed on 22 October 2025, to be reviewed by 12 December.
class ManyChildren {
 public:
  ManyChildren();

  static constexpr std::uint64_t kSchools = 250;

  [[nodiscard]] static StreamId Case(std::uint64_t number);
  [[nodiscard]] static std::string School(std::uint64_t number);  // "URN:100007"

  // The history of a child; timers that fire at `quiet_until` or before are left out, as if they
  // had been reported.
  [[nodiscard]] std::vector<eventstore::Commit> CommitsOf(
      std::uint64_t number, absl::Time quiet_until = absl::InfinitePast()) const;
  [[nodiscard]] std::size_t events_each() const { return events_each_; }
  [[nodiscard]] const core::Workflow& workflow() const { return office_.workflow; }

 private:
  [[nodiscard]] static std::string EventOf(std::uint64_t number, const std::string& bytes);

  SenOffice office_;
  std::vector<eventstore::StoredCommit> history_;
  std::size_t events_each_ = 0;
};

}  // namespace apdr::testing
