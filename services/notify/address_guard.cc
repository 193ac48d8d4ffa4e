#include "services/notify/address_guard.h"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace apdr::notify {
namespace {

struct Net4 {
  std::uint32_t address;
  unsigned bits;
};

constexpr std::uint32_t Ip4(std::uint32_t a, std::uint32_t b, std::uint32_t c = 0,
                            std::uint32_t d = 0) {
  return (a << 24U) | (b << 16U) | (c << 8U) | d;
}

// IANA's registry of special-purpose IPv4 addresses, multicast and what is reserved.
constexpr std::array<Net4, 15> kNotPublic4 = {{{Ip4(0, 0), 8},
                                               {Ip4(10, 0), 8},
                                               {Ip4(100, 64), 10},
                                               {Ip4(127, 0), 8},
                                               {Ip4(169, 254), 16},
                                               {Ip4(172, 16), 12},
                                               {Ip4(192, 0, 0), 24},
                                               {Ip4(192, 0, 2), 24},
                                               {Ip4(192, 88, 99), 24},
                                               {Ip4(192, 168), 16},
                                               {Ip4(198, 18), 15},
                                               {Ip4(198, 51, 100), 24},
                                               {Ip4(203, 0, 113), 24},
                                               {Ip4(224, 0), 4},
                                               {Ip4(240, 0), 4}}};

struct Net6 {
  std::array<std::uint8_t, 4> start;
  unsigned bits;
};

// Inside of 2000::/3, the only public block: protocol assignments with Teredo, documentation (two
// blocks), 6to4, which holds an IPv4 address.
constexpr std::array<Net6, 4> kNotPublic6 = {{{{0x20, 0x01, 0x00, 0x00}, 23},
                                              {{0x20, 0x01, 0x0d, 0xb8}, 32},
                                              {{0x20, 0x02, 0x00, 0x00}, 16},
                                              {{0x3f, 0xff, 0x00, 0x00}, 20}}};

constexpr std::uint32_t Mask(unsigned bits) {
  return bits == 0 ? 0U : ~std::uint32_t{0} << (32U - bits);
}

bool IsPublic4(std::uint32_t address) {
  return std::ranges::none_of(
      kNotPublic4, [&](const Net4& net) { return (address & Mask(net.bits)) == net.address; });
}

bool IsPublic6(const std::array<std::uint8_t, 16>& address) {
  const std::uint32_t start = Ip4(address[0], address[1], address[2], address[3]);
  if ((start & Mask(3)) != Ip4(0x20, 0)) return false;
  return std::ranges::none_of(kNotPublic6, [&](const Net6& net) {
    return (start & Mask(net.bits)) == Ip4(net.start[0], net.start[1], net.start[2], net.start[3]);
  });
}

}  // namespace

bool IsPublicAddress(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    return IsPublic4(ntohl(in.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &address, sizeof in);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
    return IsPublic6(bytes);
  }
  return false;
}

}  // namespace apdr::notify
