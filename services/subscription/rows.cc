#include "services/subscription/rows.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"

namespace apdr::subscription {
namespace {

// The first byte of a key: its table.
enum class Table : char {
  kLayout = 'V',
  kSubscription = 'S',
  kShard = 'A',
  kHeld = 'H',
  kSkipped = 'X',
  kPlace = 'P',
};

// Ends a text: none holds it, since tenants, names and case ids are of printable characters.
constexpr char kEnd = '\0';

class Key {
 public:
  explicit Key(Table table) : bytes_(1, static_cast<char>(table)) {}

  Key& Text(std::string_view text) {
    APDR_CHECK(text.find(kEnd) == std::string_view::npos);
    bytes_.append(text);
    bytes_.push_back(kEnd);
    return *this;
  }
  // Big-endian, so that bytewise order is that of the numbers.
  template <class Number>
  Key& Count(Number number) {
    for (std::size_t byte = sizeof(Number); byte > 0; --byte) {
      bytes_.push_back(static_cast<char>((number >> (8 * (byte - 1))) & 0xffU));
    }
    return *this;
  }
  [[nodiscard]] std::string Take() { return std::move(bytes_); }
  // All keys that begin with this one. REQUIRES: it ends with a text.
  [[nodiscard]] projection::KeySpan TakeSpan() {
    projection::KeySpan span{.begin = bytes_, .end = std::move(bytes_)};
    span.end.back() = kEnd + 1;
    return span;
  }

 private:
  std::string bytes_;
};

Key Of(Table table, const SubscriptionId& id) {
  Key key(table);
  key.Text(id.tenant.value()).Text(id.name);
  return key;
}

}  // namespace

std::string LayoutKey() { return Key(Table::kLayout).Take(); }

std::string LayoutValue(std::uint32_t shard_count) {
  return absl::StrCat("subscriptions-1, shards ", shard_count);
}

std::string SubscriptionKey(const SubscriptionId& id) {
  return Of(Table::kSubscription, id).Take();
}

projection::KeySpan SubscriptionsOf(const TenantId& tenant) {
  return Key(Table::kSubscription).Text(tenant.value()).TakeSpan();
}

projection::KeySpan AllSubscriptions() {
  return {.begin = std::string(1, static_cast<char>(Table::kSubscription)),
          .end = std::string(1, static_cast<char>(Table::kSubscription) + 1)};
}

SubscriptionId IdOfKey(std::string_view key) {
  key.remove_prefix(1);
  const std::size_t end = key.find(kEnd);
  APDR_CHECK(end != std::string_view::npos && key.back() == kEnd);
  return {.tenant = TenantId(std::string(key.substr(0, end))),
          .name = std::string(key.substr(end + 1, key.size() - end - 2))};
}

std::string ShardKey(const SubscriptionId& id, Shard shard) {
  return Of(Table::kShard, id).Count(shard.value()).Take();
}

projection::KeySpan ShardsOf(const SubscriptionId& id) { return Of(Table::kShard, id).TakeSpan(); }

std::string HeldKey(const SubscriptionId& id, Shard shard, const CaseId& case_id) {
  return Of(Table::kHeld, id).Count(shard.value()).Text(case_id.value()).Take();
}

projection::KeySpan HeldOf(const SubscriptionId& id, Shard shard) {
  return {.begin = Of(Table::kHeld, id).Count(shard.value()).Take(),
          .end = Of(Table::kHeld, id).Count(shard.value() + 1).Take()};
}

projection::KeySpan HeldOf(const SubscriptionId& id) { return Of(Table::kHeld, id).TakeSpan(); }

std::string SkippedKey(const SubscriptionId& id, Shard shard, Position position) {
  return Of(Table::kSkipped, id).Count(shard.value()).Count(position.value()).Take();
}

projection::KeySpan SkippedOf(const SubscriptionId& id) {
  return Of(Table::kSkipped, id).TakeSpan();
}

std::string PlaceKey(const StreamId& stream, Position position) {
  return Key(Table::kPlace)
      .Text(stream.tenant.value())
      .Text(stream.case_id.value())
      .Count(position.value())
      .Take();
}

absl::Status DamagedRow() {
  return absl::DataLossError(
      "Expected to read a row of the subscriptions, but it does not read back.");
}

}  // namespace apdr::subscription
