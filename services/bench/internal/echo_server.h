#pragma once

#include <cstddef>
#include <iosfwd>

namespace apdr::bench {

// How large the echo's answers are: as large as the real server's.
struct EchoSizes {
  std::size_t unary_bytes = 0;
  std::size_t stream_bytes = 0;
};

// The floor: gRPC's callback API with nothing behind it. Serves CommandService's Execute and
// ExecuteStream, answering every request with so many zero bytes; parses nothing. Writes its port
// as a line to `out` and serves until `in` ends. Returns an exit code.
[[nodiscard]] int ServeEcho(EchoSizes sizes, std::istream& in, std::ostream& out);

}  // namespace apdr::bench
