#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "services/sink/target.h"

namespace apdr::testing {

// The twin of a database with a copy. Outlives the sinks that write to it; `next_failure` makes its
// next commit fail. Does not simulate another process that has it open.
class MemoryTarget final : public sink::Target {
 public:
  enum class Failure { kNone, kBefore, kAfter };
  struct Content {
    std::map<StreamId, std::string> cases;                             // Serialized CaseCopy.
    std::map<std::pair<StreamId, std::uint64_t>, std::string> events;  // By version.

    friend bool operator==(const Content&, const Content&) = default;
  };

  [[nodiscard]] bool is_open() const override { return open_; }
  [[nodiscard]] absl::Status Open(std::string_view meaning, std::uint32_t shard_count) override {
    if (meaning != meaning_ || shard_count != reached_.size()) {
      meaning_ = std::string(meaning);
      reached_.assign(shard_count, {});
      content = {};
    }
    stale_.clear();
    for (const auto& [stream, bytes] : content.cases) {
      sen::state::v1::CaseCopy copy;
      if (copy.ParseFromString(bytes) && copy.cases_size() > 0 && copy.cases(0).stale()) {
        stale_.insert(stream);
      }
    }
    open_ = true;
    return absl::OkStatus();
  }
  [[nodiscard]] const std::vector<sink::Reached>& reached() const override { return reached_; }
  [[nodiscard]] const std::set<StreamId>& stale() const override { return stale_; }

  [[nodiscard]] absl::Status Commit(const sink::Changes& changes,
                                    const std::map<Shard, sink::Reached>& reached) override {
    APDR_CHECK(open_);
    const Failure failure = std::exchange(next_failure, Failure::kNone);
    if (failure != Failure::kBefore) Apply(changes, reached);
    if (failure == Failure::kNone) return absl::OkStatus();
    open_ = false;
    return absl::UnavailableError("the server went away");
  }

  // The process that had it open is gone.
  void Close() { open_ = false; }

  Content content;
  Failure next_failure = Failure::kNone;

 private:
  void Apply(const sink::Changes& changes, const std::map<Shard, sink::Reached>& reached) {
    for (const auto& [stream, change] : changes.cases) {
      APDR_CHECK(!changes.erased.contains(stream));
      Replace(change, content.cases[stream]);
    }
    for (const auto& [stream, event] : changes.events) {
      APDR_CHECK(!changes.erased.contains(stream));
      const bool is_new =
          content.events.emplace(std::pair(stream, event.version()), event.SerializeAsString())
              .second;
      APDR_CHECK(is_new);
    }
    for (const StreamId& stream : changes.erased) {
      content.cases.erase(stream);
      std::erase_if(content.events, [&](const auto& each) { return each.first.first == stream; });
    }
    for (const auto& [shard, further] : reached) {
      APDR_CHECK(further.position > reached_[shard.value()].position);
      reached_[shard.value()] = further;
    }
  }

  static void Replace(const sink::CaseChange& change, std::string& bytes) {
    sen::state::v1::CaseCopy copy;
    APDR_CHECK(copy.ParseFromString(bytes));
    sen::state::v1::CaseCopy put = change.copy;
    for (int i = 0; i < put.GetDescriptor()->field_count(); ++i) {
      const auto* table = put.GetDescriptor()->field(i);
      if (change.unchanged.contains(table->number())) {
        put.GetReflection()->ClearField(&put, table);
      } else {
        copy.GetReflection()->ClearField(&copy, table);
      }
    }
    copy.MergeFrom(put);
    bytes = copy.SerializeAsString();
  }

  std::string meaning_;
  std::vector<sink::Reached> reached_;
  std::set<StreamId> stale_;
  bool open_ = false;
};

}  // namespace apdr::testing
