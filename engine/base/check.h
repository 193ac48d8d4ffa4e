#pragma once

namespace apdr {

// Prints the failed condition and where it stands, then aborts. Never carries values: they may be
// personal data.
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);

}  // namespace apdr

// A bug of ours: on in every build, aborts the process. For what the domain refuses use a
// Rejection, for what the world does an absl::Status.
#define APDR_CHECK(condition)                                              \
  do {                                                                     \
    if (!(condition)) ::apdr::CheckFailed(#condition, __FILE__, __LINE__); \
  } while (false)
