#include "services/command/internal/state_loader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/base/status_macros.h"
#include "engine/codec/state_codec.h"
#include "engine/core/evolve.h"

namespace apdr::command {
namespace {

constexpr std::size_t kCommitsPerPage = 256;  // Bounds the memory of one page of a long case.

}  // namespace

StateLoader::StateLoader(const core::Workflow& workflow, eventstore::EventStore& store,
                         eventstore::SnapshotStore* snapshots, std::size_t snapshot_every)
    : workflow_(workflow), store_(store), snapshots_(snapshots), snapshot_every_(snapshot_every) {}

absl::StatusOr<core::State> StateLoader::Start(const StreamId& stream, CaseVersion until) const {
  if (snapshots_ == nullptr) return workflow_.NewState();
  APDR_ASSIGN_OR_RETURN(const auto snapshot, snapshots_->ReadSnapshot(stream));
  if (!snapshot || snapshot->version > until || snapshot->format != codec::StateFormat(workflow_)) {
    return workflow_.NewState();
  }
  auto state = codec::DecodeState(workflow_, snapshot->state);
  if (!state.ok()) return workflow_.NewState();  // A cache that does not read back is no cache.
  return state;
}

absl::StatusOr<core::State> StateLoader::Load(const StreamId& stream, CaseVersion until) const {
  APDR_ASSIGN_OR_RETURN(core::State state, Start(stream, until));
  APDR_ASSIGN_OR_RETURN(const std::size_t replayed, CatchUp(stream, state, until));
  if (snapshots_ != nullptr && replayed >= snapshot_every_ && until == kNewestVersion) {
    APDR_RETURN_IF_ERROR(
        snapshots_->WriteSnapshot(stream, {.version = state.version,
                                           .format = codec::StateFormat(workflow_),
                                           .state = codec::EncodeState(workflow_, state)}));
  }
  return state;
}

absl::Status StateLoader::ReadEvents(const StreamId& stream, CaseVersion after, CaseVersion until,
                                     Visit visit) const {
  CaseVersion read = after;
  while (read < until) {
    // A commit holds an event at least.
    const std::size_t limit =
        std::min<std::uint64_t>(kCommitsPerPage, until.value() - read.value());
    APDR_ASSIGN_OR_RETURN(const std::vector<eventstore::StoredCommit> page,
                          store_.ReadStream(stream, CaseVersion(read.value() + 1), limit));
    for (const eventstore::StoredCommit& stored : page) {
      std::uint64_t version = stored.commit.first_version.value();
      for (const std::string& bytes : stored.commit.events) {
        const CaseVersion at(version++);
        if (at <= read || at > until) continue;
        APDR_ASSIGN_OR_RETURN(const codec::RecordedEvent recorded, codec::DecodeEvent(bytes));
        if (!visit(at, recorded)) return absl::OkStatus();
        read = at;
      }
    }
    if (page.size() < limit) break;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::size_t> StateLoader::CatchUp(const StreamId& stream, core::State& state,
                                                 CaseVersion until) const {
  std::size_t replayed = 0;
  APDR_RETURN_IF_ERROR(ReadEvents(stream, state.version, until,
                                  [&](CaseVersion, const codec::RecordedEvent& recorded) {
                                    core::Evolve(workflow_, state, recorded.event);
                                    ++replayed;
                                    return true;
                                  }));
  return replayed;
}

absl::StatusOr<std::map<std::string, core::PayloadPtr>> StateLoader::FindEvents(
    const StreamId& stream, const std::vector<std::string>& ids) const {
  std::map<std::string, core::PayloadPtr> found;
  if (ids.empty()) return found;
  APDR_RETURN_IF_ERROR(ReadEvents(stream, CaseVersion(0), kNewestVersion,
                                  [&](CaseVersion, const codec::RecordedEvent& recorded) {
                                    const std::string& id = recorded.header.event_id;
                                    if (std::ranges::find(ids, id) != ids.end()) {
                                      found.emplace(id, recorded.event.payload);
                                    }
                                    return found.size() < ids.size();
                                  }));
  return found;
}

}  // namespace apdr::command
