#include "services/notify/outbox.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "services/notify/digest.h"
#include "services/notify/times.h"

namespace apdr::notify {
namespace {

using query::v1::Delivery;

// The first byte of a key: its table. Stored for ever; the projector's own are small letters.
enum class Table : char {
  kDelivery = 'D',  // tenant, id -> Delivery
  kByTime = 'L',    // tenant, recorded, id -> key of the delivery
  kByCase = 'C',    // tenant, case, recorded, id -> key of the delivery
  kDue = 'N',       // time, tenant, id -> key of the delivery
  kPlace = 'P',     // tenant, case -> length of the setting, ":", setting, authority
  kEndpoint = 'E',  // recipient -> fingerprint
};

// Text ends with 00 01, a 00 inside it is written 00 ff; times are big-endian microseconds.
class Key {
 public:
  explicit Key(Table table) : bytes_(1, static_cast<char>(table)) {}

  Key& Text(std::string_view text) {
    for (const char c : text) {
      bytes_.push_back(c);
      if (c == '\0') bytes_.push_back('\xff');
    }
    bytes_.append("\0\1", 2);
    return *this;
  }
  Key& At(absl::Time time) {
    const auto micros =
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, absl::ToUnixMicros(time)));
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes_.push_back(static_cast<char>(micros >> static_cast<unsigned>(shift)));
    }
    return *this;
  }
  [[nodiscard]] std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

std::string DeliveryKey(std::string_view tenant, std::string_view id) {
  return Key(Table::kDelivery).Text(tenant).Text(id).Take();
}

std::string KeyOf(const Delivery& delivery) {
  return DeliveryKey(delivery.tenant_id(), delivery.delivery_id());
}

std::string DueKey(const Delivery& delivery) {
  return Key(Table::kDue)
      .At(ToTime(delivery.next_attempt_time()))
      .Text(delivery.tenant_id())
      .Text(delivery.delivery_id())
      .Take();
}

std::string PlaceKey(const StreamId& stream) {
  return Key(Table::kPlace).Text(stream.tenant.value()).Text(stream.case_id.value()).Take();
}

std::string EndpointKey(std::string_view recipient) {
  return Key(Table::kEndpoint).Text(recipient).Take();
}

absl::Status Damaged() {
  return absl::DataLossError("Expected to read a row of the notifier, but it does not read back.");
}

absl::StatusOr<Delivery> Parse(const std::optional<std::string>& row) {
  Delivery delivery;
  if (!row || !delivery.ParseFromString(*row)) return Damaged();
  return delivery;
}

bool IsPending(const Delivery& delivery) {
  return delivery.state() == query::v1::DELIVERY_STATE_PENDING;
}

}  // namespace

std::string DeliveryIdOf(std::string_view notice_id, std::string_view recipient) {
  return UuidOf(
      absl::StrCat("apdr delivery\n", std::string(notice_id), "\n", std::string(recipient)));
}

projection::KeySpan DeliveriesOf(const TenantId& tenant, absl::Time from, absl::Time until) {
  return {.begin = Key(Table::kByTime).Text(tenant.value()).At(from).Take(),
          .end = Key(Table::kByTime).Text(tenant.value()).At(until).Take()};
}

projection::KeySpan DeliveriesOfCase(const StreamId& stream, absl::Time from, absl::Time until) {
  const auto at = [&](absl::Time time) {
    return Key(Table::kByCase)
        .Text(stream.tenant.value())
        .Text(stream.case_id.value())
        .At(time)
        .Take();
  };
  return {.begin = at(from), .end = at(until)};
}

void PutNew(const Delivery& delivery, projection::RowWriter& rows) {
  const std::string key = KeyOf(delivery);
  const absl::Time recorded = ToTime(delivery.recorded_time());
  rows.Put(key, delivery.SerializeAsString());
  rows.Put(Key(Table::kByTime)
               .Text(delivery.tenant_id())
               .At(recorded)
               .Text(delivery.delivery_id())
               .Take(),
           key);
  rows.Put(Key(Table::kByCase)
               .Text(delivery.tenant_id())
               .Text(delivery.case_id())
               .At(recorded)
               .Text(delivery.delivery_id())
               .Take(),
           key);
  if (IsPending(delivery)) rows.Put(DueKey(delivery), key);
}

void PutPlace(const StreamId& stream, const CasePlace& place, projection::RowWriter& rows) {
  rows.Put(PlaceKey(stream),
           absl::StrCat(place.setting_id.size(), ":", place.setting_id, place.authority_id));
}

absl::StatusOr<std::optional<Delivery>> ReadDelivery(const readmodel::ReadModel& model,
                                                     const TenantId& tenant,
                                                     std::string_view delivery_id) {
  APDR_ASSIGN_OR_RETURN(const std::optional<std::string> row,
                        model.Get(DeliveryKey(tenant.value(), delivery_id)));
  if (!row) return std::optional<Delivery>();
  APDR_ASSIGN_OR_RETURN(Delivery delivery, Parse(row));
  return delivery;
}

absl::StatusOr<Delivery> ReadListed(const readmodel::ReadModel& model, std::string_view value) {
  APDR_ASSIGN_OR_RETURN(const std::optional<std::string> row, model.Get(value));
  return Parse(row);
}

absl::StatusOr<std::vector<Delivery>> Outbox::Due(absl::Time now, std::size_t limit) const {
  APDR_ASSIGN_OR_RETURN(const std::vector<readmodel::Row> rows,
                        model_.Scan({.begin = std::string(1, static_cast<char>(Table::kDue)),
                                     .end = Key(Table::kDue).At(now + absl::Microseconds(1)).Take(),
                                     .direction = readmodel::Direction::kForward,
                                     .limit = limit}));
  std::vector<Delivery> due;
  for (const readmodel::Row& row : rows) {
    APDR_ASSIGN_OR_RETURN(Delivery delivery, ReadListed(model_, row.value));
    due.push_back(std::move(delivery));
  }
  return due;
}

absl::Status Outbox::Change(const Delivery& before, const Delivery& after) {
  const std::string key = KeyOf(after);
  readmodel::Write write;
  write.puts.push_back({.key = key, .value = after.SerializeAsString()});
  const std::string was_due = IsPending(before) ? DueKey(before) : std::string();
  const std::string is_due = IsPending(after) ? DueKey(after) : std::string();
  if (was_due != is_due) {
    if (!was_due.empty()) write.deletes.push_back(was_due);
    if (!is_due.empty()) write.puts.push_back({.key = is_due, .value = key});
  }
  return model_.Apply(write);
}

absl::StatusOr<CasePlace> ReadPlace(const readmodel::ReadModel& model, const StreamId& stream) {
  APDR_ASSIGN_OR_RETURN(const std::optional<std::string> row, model.Get(PlaceKey(stream)));
  if (!row) return CasePlace();
  const std::size_t colon = row->find(':');
  if (colon == std::string::npos) return Damaged();
  std::size_t size = 0;
  for (const char digit : row->substr(0, colon)) {
    size = size * 10 + static_cast<std::size_t>(digit - '0');
  }
  if (size > row->size() - colon - 1) return Damaged();
  return CasePlace{.setting_id = row->substr(colon + 1, size),
                   .authority_id = row->substr(colon + 1 + size)};
}

absl::StatusOr<std::string> Outbox::GoneEndpoint(std::string_view recipient) const {
  APDR_ASSIGN_OR_RETURN(std::optional<std::string> row, model_.Get(EndpointKey(recipient)));
  return std::move(row).value_or("");
}

absl::Status Outbox::SetGoneEndpoint(std::string_view recipient, std::string_view fingerprint) {
  readmodel::Write write;
  write.puts.push_back({.key = EndpointKey(recipient), .value = std::string(fingerprint)});
  return model_.Apply(write);
}

}  // namespace apdr::notify
