#include "services/views/counts.h"

namespace apdr::views {
namespace {

// The entry of a key, made in its place when there is none. `key` reads the key of an entry.
template <class Entry, class Key, class Read, class Write>
Entry& EntryAt(google::protobuf::RepeatedPtrField<Entry>& entries, const Key& wanted, Read key,
               Write set_key) {
  int at = entries.size();
  while (at > 0 && key(entries[at - 1]) >= wanted) --at;
  if (at < entries.size() && key(entries[at]) == wanted) return entries[at];
  set_key(*entries.Add(), wanted);
  for (int i = entries.size() - 1; i > at; --i) entries.SwapElements(i, i - 1);
  return entries[at];
}

}  // namespace

void CountCode(CodeCounts& counts, const std::string& code, std::uint32_t count) {
  sen::v1::CodeCount& entry = EntryAt(
      counts, code, [](const sen::v1::CodeCount& e) -> const std::string& { return e.code(); },
      [](sen::v1::CodeCount& e, const std::string& key) { e.set_code(key); });
  entry.set_count(entry.count() + count);
}

void CountValue(ValueCounts& counts, std::uint32_t value, std::uint32_t count) {
  sen::v1::ValueCount& entry = EntryAt(
      counts, value, [](const sen::v1::ValueCount& e) { return e.value(); },
      [](sen::v1::ValueCount& e, std::uint32_t key) { e.set_value(key); });
  entry.set_count(entry.count() + count);
}

void Add(sen::v1::Share& share, std::uint64_t part, std::uint64_t whole) {
  share.set_part(share.part() + part);
  share.set_whole(share.whole() + whole);
}

void Add(sen::v1::Effect& effect, const sen::v1::Effect& more) {
  effect.set_achieved(effect.achieved() + more.achieved());
  effect.set_being_achieved(effect.being_achieved() + more.being_achieved());
  effect.set_not_achieved(effect.not_achieved() + more.not_achieved());
  effect.set_no_longer_relevant(effect.no_longer_relevant() + more.no_longer_relevant());
}

void Add(CodeCounts& counts, const CodeCounts& more) {
  for (const sen::v1::CodeCount& entry : more) CountCode(counts, entry.code(), entry.count());
}

void Add(ValueCounts& counts, const ValueCounts& more) {
  for (const sen::v1::ValueCount& entry : more) CountValue(counts, entry.value(), entry.count());
}

std::optional<std::uint32_t> MedianOf(const ValueCounts& counts) {
  std::uint64_t all = 0;
  for (const sen::v1::ValueCount& entry : counts) all += entry.count();
  std::uint64_t seen = 0;
  for (const sen::v1::ValueCount& entry : counts) {
    seen += entry.count();
    if (2 * seen >= all) return entry.value();
  }
  return std::nullopt;
}

}  // namespace apdr::views
