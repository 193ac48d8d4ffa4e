#include "tests/contract/bus/own_broker.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "engine/base/check.h"

namespace apdr::bus {
namespace {

// A port that nobody else gets as long as this lives.
class HeldPort {
 public:
  HeldPort() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    APDR_CHECK(bind(fd_, raw, size) == 0 && getsockname(fd_, raw, &size) == 0);
    number_ = ntohs(address.sin_port);
  }
  ~HeldPort() { close(fd_); }
  HeldPort(const HeldPort&) = delete;
  HeldPort& operator=(const HeldPort&) = delete;

  [[nodiscard]] int number() const { return number_; }

 private:
  const int fd_ = socket(AF_INET, SOCK_STREAM, 0);
  int number_ = 0;
};

// Two ports that were free a moment ago.
std::pair<int, int> FreePorts() {
  const HeldPort one;
  const HeldPort other;
  return {one.number(), other.number()};
}

}  // namespace

OwnBroker::OwnBroker() : folder_(testing::TempDir() + "apdr-broker-XXXXXX") {
  APDR_CHECK(mkdtemp(folder_.data()) != nullptr);
  const auto [port, controller_port] = FreePorts();
  port_ = port;
  Call("start " + folder_ + " " + std::to_string(port) + " " + std::to_string(controller_port));
}

OwnBroker::~OwnBroker() {
  Call("kill " + folder_);
  std::filesystem::remove_all(folder_);
}

std::string OwnBroker::address() const { return "127.0.0.1:" + std::to_string(port_); }

void OwnBroker::Kill() { Call("kill " + folder_); }

void OwnBroker::Run() { Call("run " + folder_); }

void OwnBroker::LoseRecords(const std::string& topic) const {
  for (const auto& entry : std::filesystem::directory_iterator(folder_ + "/data")) {
    if (!entry.path().filename().string().starts_with(topic + "-")) continue;
    std::filesystem::remove_all(entry.path());
  }
}

void OwnBroker::Call(const std::string& arguments) const {
  EXPECT_EQ(system(("deploy/kafka/broker.sh " + arguments + " > /dev/null").c_str()), 0)
      << "broker.sh " << arguments;
}

}  // namespace apdr::bus
