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

// Reads the key from a file of 64 hexadecimal digits. kNotFound: there is no such file;
// kInvalidArgument: it holds something else; kUnavailable: it cannot be read.
[[nodiscard]] absl::StatusOr<ImportKey> ReadImportKey(const std::string& path);

// Makes such a file, for its owner alone, with a new key. kAlreadyExists: there is a file, which is
// left as it is; kUnavailable: none can be made.
[[nodiscard]] absl::StatusOr<ImportKey> MakeImportKey(const std::string& path);

}  // namespace apdr::importer
