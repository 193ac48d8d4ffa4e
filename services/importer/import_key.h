#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace apdr::importer {

// The secret from which an authority's imports make the ids of cases and requests. With the same
// key the same line always makes the same ids, so nothing is taken over twice; without it nobody
// can try out which UPN is behind an id. Thread-safe.
class ImportKey {
 public:
  static constexpr std::size_t kBytes = 32;

  // REQUIRES: bytes.size() == kBytes.
  explicit ImportKey(std::string bytes);

  // A UUID (version 8) that follows from the key and these parts, in their order.
  [[nodiscard]] std::string Uuid(std::initializer_list<std::string_view> parts) const;

 private:
  std::string bytes_;
};

struct OpenedKey {
  ImportKey key;
  bool made;  // The file was not there before.
};

// Reads the key from a file of 64 hexadecimal digits, or makes such a file, for its owner alone,
// with a new key. kInvalidArgument: the file holds something else; kUnavailable: it can be neither
// read nor made.
[[nodiscard]] absl::StatusOr<OpenedKey> OpenImportKey(const std::string& path);

}  // namespace apdr::importer
