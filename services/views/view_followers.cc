#include "services/views/view_followers.h"

#include <optional>
#include <utility>

#include "apdr/sen/state/v1/view_state.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "engine/base/status_macros.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/message_payload.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "services/history/case_history.h"
#include "services/projection/rows/row_keys.h"

namespace apdr::views {
namespace {

using google::protobuf::Message;
using sen::state::v1::ViewsOfCase;

constexpr std::size_t kRowsAtOnce = 1000;

// FNV-1a: tells a row that changed from one that did not.
std::uint64_t DigestOf(const std::string& bytes) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211U;
  }
  return hash;
}

absl::Status Damaged() {
  return absl::DataLossError(
      "Expected to read the views of a case, but they do not read back; delete the read model and "
      "let it be rebuilt.");
}

class ViewFollower final : public projection::CaseFollower {
 public:
  struct Parts {
    const core::Workflow& workflow;
    const readmodel::ReadModel& model;
    const std::vector<View>& views;
  };

  ViewFollower(const Parts& parts, StreamId stream) : parts_(parts), stream_(std::move(stream)) {
    StartOver();
  }

  absl::Status Load() {
    APDR_ASSIGN_OR_RETURN(const std::optional<std::string> row,
                          parts_.model.Get(projection::CaseDocsKey(stream_)));
    if (!row) return absl::OkStatus();
    if (!kept_.ParseFromString(*row)) return Damaged();
    if (kept_.docs_size() != static_cast<int>(docs_.size())) return Damaged();
    for (std::size_t i = 0; i < docs_.size(); ++i) {
      if (!docs_[i]->ParseFromString(kept_.docs(static_cast<int>(i)))) return Damaged();
    }
    return absl::OkStatus();
  }

  void Fold(const projection::FoldInput& input, const core::Event& event) override {
    corrected_ |= parts_.workflow.module().CorrectionIn(*event.payload).has_value();
    pending_.push_back({.event = input.event, .payload = event.payload});
  }

  absl::Status Write(const core::State& state, const query::v1::CaseView& view,
                     projection::RowWriter& rows) override {
    if (corrected_) APDR_RETURN_IF_ERROR(TakeChronology());
    for (const Pending& pending : pending_) FoldOne(pending);
    if (kept_.setting_id().empty()) return absl::OkStatus();
    std::map<std::string, std::string> now;
    if (view.erased()) {
      StartOver();
    } else {
      CollectRows({.view = view, .record = sen::CaseOf(state)}, now);
    }
    WriteRows(std::move(now), rows);
    kept_.clear_docs();
    for (const auto& doc : docs_) kept_.add_docs(doc->SerializeAsString());
    rows.Put(projection::CaseDocsKey(stream_), kept_.SerializeAsString());
    return absl::OkStatus();
  }

 private:
  struct Pending {
    event::v1::Event event;
    core::PayloadPtr payload;
  };

  void StartOver() {
    docs_.clear();
    for (const View& view : parts_.views) docs_.push_back(view.make_doc());
  }

  // Everything from the beginning takes the place of what is pending, with corrected values.
  absl::Status TakeChronology() {
    std::vector<event::v1::Event> events;
    readmodel::Range range{
        .begin = projection::ChronologyOf(stream_).begin,
        .end = projection::ChronologyKey(stream_, CaseVersion(pending_.front().event.version())),
        .direction = readmodel::Direction::kForward,
        .limit = kRowsAtOnce};
    while (true) {
      APDR_ASSIGN_OR_RETURN(const std::vector<readmodel::Row> rows, parts_.model.Scan(range));
      for (const readmodel::Row& row : rows) {
        if (!events.emplace_back().ParseFromString(row.value)) return Damaged();
      }
      if (rows.size() < range.limit) break;
      range.begin = rows.back().key + '\0';
    }
    for (Pending& pending : pending_) events.push_back(std::move(pending.event));
    APDR_RETURN_IF_ERROR(history::Correct(parts_.workflow, events));
    pending_.clear();
    for (event::v1::Event& event : events) {
      APDR_ASSIGN_OR_RETURN(codec::RecordedEvent recorded, codec::FromMessage(event));
      pending_.push_back({.event = std::move(event), .payload = std::move(recorded.event.payload)});
    }
    kept_.clear_setting_id();
    StartOver();
    return absl::OkStatus();
  }

  void FoldOne(const Pending& pending) {
    const Message& data = static_cast<const codec::MessagePayload&>(*pending.payload).message();
    if (const auto* registered = dynamic_cast<const sen::v1::ChildRegistered*>(&data)) {
      kept_.set_setting_id(sen::SettingId(registered->registration().setting()));
    } else if (const auto* moved = dynamic_cast<const sen::v1::ChildTransferredIn*>(&data)) {
      kept_.set_setting_id(sen::SettingId(moved->acceptance().setting()));
    }
    if (kept_.setting_id().empty()) return;
    const Happened happened{.event = pending.event, .data = data, .setting_id = kept_.setting_id()};
    for (std::size_t i = 0; i < docs_.size(); ++i) parts_.views[i].fold(happened, *docs_[i]);
  }

  void CollectRows(const Standing& standing, std::map<std::string, std::string>& rows) const {
    for (std::size_t i = 0; i < docs_.size(); ++i) {
      RowCollector collector(stream_.tenant, parts_.views[i].name, rows);
      parts_.views[i].rows(standing, *docs_[i], collector);
    }
  }

  // Of the rows those that differ from what is there.
  void WriteRows(std::map<std::string, std::string> now, projection::RowWriter& rows) {
    std::map<std::string, std::uint64_t> before;
    for (const auto& row : kept_.rows()) before.emplace(row.key(), row.digest());
    for (const auto& [key, digest] : before) {
      if (!now.contains(key)) rows.Delete(key);
    }
    kept_.clear_rows();
    for (auto& [key, value] : now) {
      auto& written = *kept_.add_rows();
      written.set_key(key);
      written.set_digest(DigestOf(value));
      const auto earlier = before.find(key);
      if (earlier != before.end() && earlier->second == written.digest()) continue;
      rows.Put(key, std::move(value));
    }
  }

  const Parts parts_;
  const StreamId stream_;
  ViewsOfCase kept_;
  std::vector<std::unique_ptr<Message>> docs_;  // In the order of the views.
  std::vector<Pending> pending_;                // Of this batch.
  bool corrected_ = false;                      // One of them corrects an earlier event.
};

}  // namespace

absl::StatusOr<std::unique_ptr<projection::CaseFollower>> ViewFollowers::Open(
    const StreamId& stream) const {
  auto follower = std::make_unique<ViewFollower>(
      ViewFollower::Parts{.workflow = workflow_, .model = model_, .views = views_}, stream);
  APDR_RETURN_IF_ERROR(follower->Load());
  return follower;
}

}  // namespace apdr::views
