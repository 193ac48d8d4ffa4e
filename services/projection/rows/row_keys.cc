#include "services/projection/rows/row_keys.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "engine/base/check.h"

namespace apdr::projection {
namespace {

// The first byte of a key: its table.
enum class Table : char {
  kCase = 'c',
  kSettingCase = 'l',
  kKeptOut = 'k',
  kChronology = 'h',
  kCorrection = 'r',
  kErased = 'e',
  kCaseDocs = 'f',
  kView = 'w',
  kDue = 'd',
  kSettingDue = 's',
  kAudit = 'a',
  kActorAudit = 'b',
  kTypeAudit = 't',
  kSetAside = 'q',
  kUnreadable = 'u',
  kLayout = 'v',
};

// Builds a key of parts so that the order of keys is the order of their parts, and no part can be
// mistaken for the beginning of another: text ends with 00 01, a 00 inside it is written 00 ff;
// numbers are big-endian.
class Key {
 public:
  // Of a tenant, a case and two or three short parts.
  static constexpr std::size_t kUsualBytes = 120;

  explicit Key(Table table) {
    bytes_.reserve(kUsualBytes);
    bytes_.push_back(static_cast<char>(table));
  }

  Key& Text(std::string_view text) {
    for (auto zero = text.find('\0'); zero != std::string_view::npos; zero = text.find('\0')) {
      bytes_.append(text.substr(0, zero + 1)).push_back('\xff');
      text.remove_prefix(zero + 1);
    }
    bytes_.append(text).append("\0\1", 2);
    return *this;
  }
  Key& Number(std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes_.push_back(static_cast<char>(number >> static_cast<unsigned>(shift)));
    }
    return *this;
  }
  Key& Tenant(const TenantId& tenant) { return Text(tenant.value()); }
  Key& Stream(const StreamId& stream) { return Tenant(stream.tenant).Text(stream.case_id.value()); }
  Key& View(std::string_view view, ViewParts parts) {
    Text(view);
    for (const std::string& part : parts) Text(part);
    return *this;
  }
  Key& On(Date date) { return Text(FormatDate(date)); }
  Key& Due(const DueKeyParts& parts) {
    return On(parts.due_on).Text(parts.case_id.value()).Text(parts.timer);
  }
  Key& At(absl::Time time) { return Number(Micros(time)); }
  Key& Place(const AuditPlace& place) {
    return At(place.recorded_at).Number(place.shard.value()).Number(place.position.value());
  }

  [[nodiscard]] std::string Take() { return std::move(bytes_); }
  [[nodiscard]] KeySpan TakeSpan() {
    KeySpan span{.begin = bytes_, .end = std::move(bytes_)};
    ++span.end.back();  // No prefix ends with ff: text ends with 01, tables are letters.
    return span;
  }
  // Everything with this prefix and then a time of the period.
  [[nodiscard]] KeySpan TakePeriod(const AuditPeriod& period) {
    Key until = *this;
    return {.begin = At(period.from).Take(), .end = until.At(period.until).Take()};
  }
  [[nodiscard]] KeySpan TakeBefore(Date before) {
    KeySpan span{.begin = bytes_, .end = {}};
    span.end = On(before).Take();
    return span;
  }

 private:
  // Instants before 1970 count as 1970: nothing was recorded then.
  static std::uint64_t Micros(absl::Time time) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, absl::ToUnixMicros(time)));
  }

  std::string bytes_;
};

}  // namespace

std::string CaseKey(const StreamId& stream) { return Key(Table::kCase).Stream(stream).Take(); }

KeySpan CasesOf(const TenantId& tenant) { return Key(Table::kCase).Tenant(tenant).TakeSpan(); }

std::string SettingCaseKey(const TenantId& tenant, std::string_view setting_id,
                           const CaseId& case_id) {
  return Key(Table::kSettingCase).Tenant(tenant).Text(setting_id).Text(case_id.value()).Take();
}

KeySpan SettingCasesOf(const TenantId& tenant, std::string_view setting_id) {
  return Key(Table::kSettingCase).Tenant(tenant).Text(setting_id).TakeSpan();
}

std::string KeptOutKey(const TenantId& tenant, std::string_view person_id, const CaseId& case_id) {
  return Key(Table::kKeptOut).Tenant(tenant).Text(person_id).Text(case_id.value()).Take();
}

KeySpan KeptOutOf(const TenantId& tenant, std::string_view person_id) {
  return Key(Table::kKeptOut).Tenant(tenant).Text(person_id).TakeSpan();
}

std::string ChronologyKey(const StreamId& stream, CaseVersion version) {
  return Key(Table::kChronology).Stream(stream).Number(version.value()).Take();
}

KeySpan ChronologyOf(const StreamId& stream) {
  return Key(Table::kChronology).Stream(stream).TakeSpan();
}

std::string CorrectionKey(const StreamId& stream, CaseVersion version) {
  return Key(Table::kCorrection).Stream(stream).Number(version.value()).Take();
}

KeySpan CorrectionsOf(const StreamId& stream) {
  return Key(Table::kCorrection).Stream(stream).TakeSpan();
}

std::string ErasedKey(const StreamId& stream) { return Key(Table::kErased).Stream(stream).Take(); }

std::string CaseDocsKey(const StreamId& stream) {
  return Key(Table::kCaseDocs).Stream(stream).Take();
}

std::string ViewKey(const TenantId& tenant, std::string_view view, ViewParts parts) {
  return Key(Table::kView).Tenant(tenant).View(view, parts).Take();
}

KeySpan ViewRowsOf(const TenantId& tenant, std::string_view view, ViewParts parts) {
  return Key(Table::kView).Tenant(tenant).View(view, parts).TakeSpan();
}

std::string DueKey(const TenantId& tenant, const DueKeyParts& parts) {
  return Key(Table::kDue).Tenant(tenant).Due(parts).Take();
}

std::string SettingDueKey(const TenantId& tenant, std::string_view setting_id,
                          const DueKeyParts& parts) {
  return Key(Table::kSettingDue).Tenant(tenant).Text(setting_id).Due(parts).Take();
}

KeySpan DueOf(const TenantId& tenant, Date before) {
  return Key(Table::kDue).Tenant(tenant).TakeBefore(before);
}

KeySpan SettingDueOf(const TenantId& tenant, std::string_view setting_id, Date before) {
  return Key(Table::kSettingDue).Tenant(tenant).Text(setting_id).TakeBefore(before);
}

std::string AuditKey(const TenantId& tenant, const AuditPlace& place) {
  return Key(Table::kAudit).Tenant(tenant).Place(place).Take();
}

KeySpan AuditOf(const TenantId& tenant, const AuditPeriod& period) {
  return Key(Table::kAudit).Tenant(tenant).TakePeriod(period);
}

std::string ActorAuditKey(const TenantId& tenant, std::string_view actor_id,
                          const AuditPlace& place) {
  return Key(Table::kActorAudit).Tenant(tenant).Text(actor_id).Place(place).Take();
}

KeySpan ActorAuditOf(const TenantId& tenant, std::string_view actor_id, const AuditPeriod& period) {
  return Key(Table::kActorAudit).Tenant(tenant).Text(actor_id).TakePeriod(period);
}

std::string TypeAuditKey(const TenantId& tenant, std::string_view event_type,
                         const AuditPlace& place) {
  return Key(Table::kTypeAudit).Tenant(tenant).Text(event_type).Place(place).Take();
}

KeySpan TypeAuditOf(const TenantId& tenant, std::string_view event_type,
                    const AuditPeriod& period) {
  return Key(Table::kTypeAudit).Tenant(tenant).Text(event_type).TakePeriod(period);
}

std::string SetAsideKey(std::string_view projection, const StreamId& stream) {
  return Key(Table::kSetAside).Text(projection).Stream(stream).Take();
}

KeySpan AllSetAside() { return Key(Table::kSetAside).TakeSpan(); }

std::string UnreadableKey(Shard shard, Position position) {
  return Key(Table::kUnreadable).Number(shard.value()).Number(position.value()).Take();
}

std::string LayoutKey() { return Key(Table::kLayout).Take(); }

}  // namespace apdr::projection
