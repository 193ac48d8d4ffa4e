#pragma once

#include <cstddef>
#include <cstdint>

namespace apdr {

inline constexpr std::size_t kCacheLineBytes = 64;

// Has the processor fetch lines of its cache, of which the first holds `start`. Changes nothing;
// any address will do, null too.
inline void PrefetchLines(const void* start, std::size_t lines) {
  auto address = reinterpret_cast<std::uintptr_t>(start);
  for (std::size_t i = 0; i < lines; ++i, address += kCacheLineBytes) {
    __builtin_prefetch(reinterpret_cast<const void*>(address));
  }
}

// All lines that hold a value.
template <class T>
void PrefetchAll(const T& value) {
  PrefetchLines(&value, (sizeof(T) + kCacheLineBytes - 2) / kCacheLineBytes + 1);
}

}  // namespace apdr
