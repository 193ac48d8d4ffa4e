#include "engine/base/random.h"

namespace apdr {
namespace {

std::uint64_t SeedFromSystem() {
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32 | device();
}

}  // namespace

PseudoRandom::PseudoRandom() : PseudoRandom(SeedFromSystem()) {}

PseudoRandom::PseudoRandom(std::uint64_t seed) : engine_(seed) {}

std::uint64_t PseudoRandom::Next() {
  const absl::MutexLock lock(&mutex_);
  return engine_();
}

}  // namespace apdr
