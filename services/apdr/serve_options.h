#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace apdr {

struct ServeOptions {
  // Holds events/, policies/, subscriptions/, readmodel/, notify/ and sink/.
  std::string data = ".data/apdr";
  std::string listen = "127.0.0.1:7400";
  std::vector<std::string> roles = {"command", "query"};
  std::string kafka;  // Bootstrap servers; empty: the embedded bus.
  std::uint32_t shards = 8;
  std::string policy = "code-2015";  // A profile of the product, or a TOML file.
  bool demo_clock = false;
  std::string notify_routes;                    // A TOML file: who is told what.
  bool notify_allow_private_addresses = false;  // UNSAFE.
  std::string sink_postgres;                    // libpq's connection string.
  bool sink_identifiers = false;                // Children's numbers are copied too.
  std::string ready_file;
  std::string log_level = "info";

  [[nodiscard]] bool Has(const std::string& role) const {
    for (const std::string& wanted : roles) {
      if (wanted == role) return true;
    }
    return false;
  }
};

}  // namespace apdr
