#pragma once

#include <string>

namespace apdr::bus {

// A broker of the test's own, run by deploy/kafka/broker.sh, to be killed at will. Gone with the
// object. A command that fails fails the test.
class OwnBroker {
 public:
  OwnBroker();
  ~OwnBroker();
  OwnBroker(const OwnBroker&) = delete;
  OwnBroker& operator=(const OwnBroker&) = delete;

  [[nodiscard]] std::string address() const;
  void Kill();
  void Run();
  // While it is not running: all records of the topic are gone, as after a disk was replaced.
  void LoseRecords(const std::string& topic) const;

 private:
  void Call(const std::string& arguments) const;

  std::string folder_;
  int port_ = 0;
};

}  // namespace apdr::bus
