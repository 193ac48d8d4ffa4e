#pragma once

#include <sys/socket.h>

namespace apdr::notify {

// Whether a socket address is one of the public internet: neither private, loopback, link-local (a
// cloud's metadata among them), shared, multicast, reserved, for documentation, nor an IPv6 address
// that stands for such an IPv4 address.
[[nodiscard]] bool IsPublicAddress(const sockaddr& address);

}  // namespace apdr::notify
