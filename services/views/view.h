#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "apdr/event/v1/event.pb.h"
#include "apdr/query/v1/view.pb.h"
#include "apdr/sen/v1/types.pb.h"
#include "engine/base/vocabulary.h"
#include "engine/codec/message_payload.h"
#include "engine/domains/sen_support/sen_state.h"

// What a read model of children's cases declares: what it folds of a case into a document of its
// own, and the rows that follow from the document and from the case as it stands. Deterministic and
// without a date of today: what is overdue is said when it is asked.
namespace apdr::views {

// An event of a child's case, with corrected values in place. Borrowed for the call.
struct Happened {
  const event::v1::Event& event;
  const google::protobuf::Message& data;
  std::string_view setting_id;  // That holds the case once this has happened.

  // The event if it is an E, else null.
  template <class E>
  [[nodiscard]] const E* As() const {
    return codec::TryCast<E>(data);
  }
  [[nodiscard]] const std::string& on() const { return event.occurred_on(); }
  // A date that the event may leave out.
  [[nodiscard]] const std::string& OnOr(const std::string& date) const {
    return date.empty() ? on() : date;
  }
};

// The case as it stands. Borrowed for the call.
struct Standing {
  const query::v1::CaseView& view;
  const sen::CaseState& record;

  [[nodiscard]] bool IsOpen() const { return !record.closed() && !view.erased(); }
  [[nodiscard]] bool IsOnSenSupport() const {
    return record.provision() == sen::v1::PROVISION_SEN_SUPPORT;
  }
  // Empty: there is none.
  [[nodiscard]] const std::string& PlanInForce() const { return record.plan().plan_id(); }
};

// Takes the rows of one view and case.
class RowCollector {
 public:
  // Borrows `rows`, which is keyed by the read model's keys.
  RowCollector(const TenantId& tenant, std::string_view view,
               std::map<std::string, std::string>& rows)
      : tenant_(tenant), view_(view), rows_(rows) {}

  // In order of the parts, the first of which is the setting. No personal data in a part.
  void Add(const std::vector<std::string>& parts, const google::protobuf::Message& row);

 private:
  const TenantId& tenant_;
  const std::string_view view_;
  std::map<std::string, std::string>& rows_;
};

struct View {
  std::string name;  // Stored in keys.
  int version = 1;   // Of what it folds and of its rows: another one folds all rows again.
  std::function<std::unique_ptr<google::protobuf::Message>()> make_doc;
  std::function<void(const Happened&, google::protobuf::Message& doc)> fold;
  std::function<void(const Standing&, const google::protobuf::Message& doc, RowCollector&)> rows;
};

template <class Doc>
[[nodiscard]] View MakeView(std::string name, int version, void (*fold)(const Happened&, Doc&),
                            void (*rows)(const Standing&, const Doc&, RowCollector&)) {
  return {
      .name = std::move(name),
      .version = version,
      .make_doc = [] { return std::make_unique<Doc>(); },
      .fold = [fold](const Happened& happened,
                     google::protobuf::Message& doc) { fold(happened, static_cast<Doc&>(doc)); },
      .rows =
          [rows](const Standing& standing, const google::protobuf::Message& doc,
                 RowCollector& collector) {
            rows(standing, static_cast<const Doc&>(doc), collector);
          }};
}

}  // namespace apdr::views
