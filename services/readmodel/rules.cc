#include "services/readmodel/rules.h"

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "engine/base/check.h"

namespace apdr::readmodel {
namespace {

absl::string_view View(const std::string& text) { return {text.data(), text.size()}; }

}  // namespace

void CheckWrite(const Write& write) {
  absl::flat_hash_set<absl::string_view> keys;
  keys.reserve(write.puts.size() + write.deletes.size());
  for (const Row& row : write.puts) APDR_CHECK(keys.insert(View(row.key)).second);
  for (const std::string& key : write.deletes) APDR_CHECK(keys.insert(View(key)).second);
  absl::flat_hash_set<Shard> shards;
  for (const ShardProgress& entry : write.progress) APDR_CHECK(shards.insert(entry.shard).second);
}

bool CheckRange(const Range& range) {
  APDR_CHECK(range.limit > 0);
  return range.end.empty() || range.begin < range.end;
}

}  // namespace apdr::readmodel
