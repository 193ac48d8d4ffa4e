#include "engine/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace apdr {

void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "APDR_CHECK failed: %s (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace apdr
