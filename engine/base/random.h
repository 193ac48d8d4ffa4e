#pragma once

#include <cstdint>
#include <random>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace apdr {

// A source of chance that can be seeded, so that a simulated run is a function of its seed.
// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  // 64 uniform bits.
  [[nodiscard]] virtual std::uint64_t Next() = 0;
};

// Seeded from the operating system, or with a given seed. Not for keys or secrets.
class PseudoRandom final : public Random {
 public:
  PseudoRandom();
  explicit PseudoRandom(std::uint64_t seed);

  [[nodiscard]] std::uint64_t Next() override;

 private:
  absl::Mutex mutex_;
  std::mt19937_64 engine_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace apdr
