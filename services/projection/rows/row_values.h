#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "apdr/query/v1/view.pb.h"
#include "engine/base/vocabulary.h"

// Values of the read models' rows that are not a message of the schemas by themselves. kDataLoss:
// the bytes do not read back; the rows must be folded again.
namespace apdr::projection {

// The view of a case for queries and, beside it, the folded state from which projecting goes on.
[[nodiscard]] std::string EncodeCaseRow(const query::v1::CaseView& view, std::string_view state);
[[nodiscard]] absl::StatusOr<query::v1::CaseView> DecodeCaseView(std::string_view row);
// Points into `row`.
[[nodiscard]] absl::StatusOr<std::string_view> DecodeCaseState(std::string_view row);

// What a list of events is filtered by, and where the event is.
struct AuditEntry {
  CaseId case_id;
  CaseVersion version;
  std::string actor_id;
  std::string actor_role;
  std::string setting_id;  // For which the actor acted.
  std::string event_type;
  std::string occurred_on;

  friend bool operator==(const AuditEntry&, const AuditEntry&) = default;
};

[[nodiscard]] std::string EncodeAuditEntry(const AuditEntry& entry);
[[nodiscard]] absl::StatusOr<AuditEntry> DecodeAuditEntry(std::string_view row);

// A case that a projection stopped folding at `version`: that event and all later ones wait in the
// chronology.
struct SetAsideRow {
  std::string projection;
  StreamId stream;
  CaseVersion version;
  std::string reason;

  friend bool operator==(const SetAsideRow&, const SetAsideRow&) = default;
};

[[nodiscard]] std::string EncodeSetAside(const SetAsideRow& set_aside);
[[nodiscard]] absl::StatusOr<SetAsideRow> DecodeSetAside(std::string_view row);

}  // namespace apdr::projection
