#include "services/projection/row_writer.h"

#include <algorithm>
#include <utility>

namespace apdr::projection {

void RowWriter::Put(std::string key, std::string value) {
  write_.puts.push_back({.key = std::move(key), .value = std::move(value)});
}

void RowWriter::Delete(std::string key) { write_.deletes.push_back(std::move(key)); }

readmodel::Write RowWriter::Take() {
  std::ranges::stable_sort(write_.puts, {}, &readmodel::Row::key);
  // Of equal neighbours the last stays: so unique, looked at from behind.
  const auto kept = std::unique(write_.puts.rbegin(), write_.puts.rend(),
                                [](const auto& a, const auto& b) { return a.key == b.key; });
  write_.puts.erase(write_.puts.begin(), kept.base());
  std::ranges::sort(write_.deletes);
  return std::exchange(write_, {});
}

}  // namespace apdr::projection
