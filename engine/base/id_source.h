#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/clock.h"
#include "engine/base/random.h"

namespace apdr {

// Makes event ids. Thread-safe.
class IdSource {
 public:
  virtual ~IdSource() = default;
  // A new UUID in canonical lower-case text, 36 characters.
  [[nodiscard]] virtual std::string NextUuid() = 0;
};

// UUID version 7 (RFC 9562): time-ordered to the millisecond of `clock`, the rest drawn from
// `random`.
class UuidV7Source final : public IdSource {
 public:
  UuidV7Source(const Clock& clock, Random& random);
  [[nodiscard]] std::string NextUuid() override;

 private:
  const Clock& clock_;
  Random& random_;
};

// Whether `text` is a UUID in canonical lower-case text (8-4-4-4-12), of any version.
[[nodiscard]] bool IsUuid(std::string_view text);

}  // namespace apdr
