#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "engine/base/date.h"
#include "engine/base/vocabulary.h"

// Keys of the read models' rows. Bytewise order is the order of the lists they serve. The tenant
// comes first in every key of a tenant's data, so that no range of one tenant can reach another's.
// No personal data. Derived data: a change here is a new kRowLayout, and the rows are folded again.
namespace apdr::projection {

inline constexpr std::string_view kRowLayout = "4";

// All keys with one prefix.
struct KeySpan {
  std::string begin;  // The prefix itself.
  std::string end;    // Excluded.

  [[nodiscard]] bool Contains(std::string_view key) const { return key >= begin && key < end; }
};

// The case as it stands: CaseRow (row_values.h).
[[nodiscard]] std::string CaseKey(const StreamId& stream);
[[nodiscard]] KeySpan CasesOf(const TenantId& tenant);

// The cases of a setting, in order of case id: the case id.
[[nodiscard]] std::string SettingCaseKey(const TenantId& tenant, std::string_view setting_id,
                                         const CaseId& case_id);
[[nodiscard]] KeySpan SettingCasesOf(const TenantId& tenant, std::string_view setting_id);

// The cases that a court keeps a person from: the case id.
[[nodiscard]] std::string KeptOutKey(const TenantId& tenant, std::string_view person_id,
                                     const CaseId& case_id);
[[nodiscard]] KeySpan KeptOutOf(const TenantId& tenant, std::string_view person_id);

// The events of a case, in order of version: apdr.event.v1.Event.
[[nodiscard]] std::string ChronologyKey(const StreamId& stream, CaseVersion version);
[[nodiscard]] KeySpan ChronologyOf(const StreamId& stream);

// Those of a case's events that correct another, in order of version: apdr.event.v1.Event.
[[nodiscard]] std::string CorrectionKey(const StreamId& stream, CaseVersion version);
[[nodiscard]] KeySpan CorrectionsOf(const StreamId& stream);

// There is such a row for a case whose record has been erased: nothing.
[[nodiscard]] std::string ErasedKey(const StreamId& stream);

// What the views of a domain keep of a case. The value is the domain's.
[[nodiscard]] std::string CaseDocsKey(const StreamId& stream);

// A row of one of a domain's views, in order of the parts, and all rows whose first parts these
// are. No personal data. The value is the domain's.
using ViewParts = std::span<const std::string>;
[[nodiscard]] std::string ViewKey(const TenantId& tenant, std::string_view view, ViewParts parts);
[[nodiscard]] KeySpan ViewRowsOf(const TenantId& tenant, std::string_view view, ViewParts parts);

// What is due, earliest first: apdr.query.v1.DueItem without its overdue fields, which depend on
// today.
struct DueKeyParts {
  Date due_on;
  CaseId case_id;
  std::string timer;
};
[[nodiscard]] std::string DueKey(const TenantId& tenant, const DueKeyParts& parts);
[[nodiscard]] std::string SettingDueKey(const TenantId& tenant, std::string_view setting_id,
                                        const DueKeyParts& parts);
// Due before `before`.
[[nodiscard]] KeySpan DueOf(const TenantId& tenant, Date before);
[[nodiscard]] KeySpan SettingDueOf(const TenantId& tenant, std::string_view setting_id,
                                   Date before);

// Events by the time they were recorded, then by shard and position: AuditEntry (row_values.h).
struct AuditPlace {
  absl::Time recorded_at;
  Shard shard;
  Position position;
};
// Recorded from `from` (included) until `until` (excluded).
struct AuditPeriod {
  absl::Time from = absl::InfinitePast();
  absl::Time until = absl::InfiniteFuture();
};
[[nodiscard]] std::string AuditKey(const TenantId& tenant, const AuditPlace& place);
[[nodiscard]] KeySpan AuditOf(const TenantId& tenant, const AuditPeriod& period);
[[nodiscard]] std::string ActorAuditKey(const TenantId& tenant, std::string_view actor_id,
                                        const AuditPlace& place);
[[nodiscard]] KeySpan ActorAuditOf(const TenantId& tenant, std::string_view actor_id,
                                   const AuditPeriod& period);
[[nodiscard]] std::string TypeAuditKey(const TenantId& tenant, std::string_view event_type,
                                       const AuditPlace& place);
[[nodiscard]] KeySpan TypeAuditOf(const TenantId& tenant, std::string_view event_type,
                                  const AuditPeriod& period);

// A case that a projection could not go on folding: SetAsideRow (row_values.h).
[[nodiscard]] std::string SetAsideKey(std::string_view projection, const StreamId& stream);
[[nodiscard]] KeySpan AllSetAside();

// Cases that may be set aside at a time. More than this is not a few bad events but a wrong binary,
// and the projector stops.
inline constexpr std::size_t kSetAsideMax = 10000;

// A record that is no event at all: its bytes.
[[nodiscard]] std::string UnreadableKey(Shard shard, Position position);

// The one row that names the layout of all others.
[[nodiscard]] std::string LayoutKey();

}  // namespace apdr::projection
