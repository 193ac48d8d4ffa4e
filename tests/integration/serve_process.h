#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apdr/command/v1/command_service.grpc.pb.h"
#include "apdr/command/v1/subscription_service.grpc.pb.h"
#include "apdr/query/v1/audit_service.grpc.pb.h"
#include "apdr/query/v1/query_service.grpc.pb.h"

namespace apdr::testing {

// A folder that is gone when the test is over.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::string& name);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  [[nodiscard]] std::string Path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// The real binary, `apdr <arguments>`, as a process of its own. Killed when it goes.
class ApdrProcess {
 public:
  // REQUIRES: `log` can be written; it gets what the process says on standard error.
  ApdrProcess(const std::vector<std::string>& arguments, std::string log);
  ~ApdrProcess();
  ApdrProcess(const ApdrProcess&) = delete;
  ApdrProcess& operator=(const ApdrProcess&) = delete;

  // The next line of its standard output; nothing at the end of it.
  [[nodiscard]] std::optional<std::string> ReadLine();
  void Signal(int signal) const;
  // Waits for its end: its exit code, or minus the signal that ended it.
  int Wait();
  [[nodiscard]] std::string ErrorText() const;

 private:
  pid_t pid_ = -1;
  int out_ = -1;
  std::string unread_;
  const std::string log_;
};

// `apdr serve` on a free loopback port.
class Server {
 public:
  // Starts it and waits until it serves. Null if it ends before that: then `*failure` holds its
  // exit code and what it said.
  static std::unique_ptr<Server> Start(std::vector<std::string> flags, const std::string& log,
                                       std::string* failure = nullptr);

  [[nodiscard]] const std::string& address() const { return address_; }
  ApdrProcess& process() { return *process_; }

  std::unique_ptr<command::v1::CommandService::Stub> commands;
  std::unique_ptr<command::v1::SubscriptionService::Stub> subscription;
  std::unique_ptr<query::v1::QueryService::Stub> queries;
  std::unique_ptr<query::v1::AuditService::Stub> audit;

 private:
  std::unique_ptr<ApdrProcess> process_;
  std::string address_;
};

// Names a SENCO of one tenant, and gives the call a minute.
void Prepare(grpc::ClientContext& context, const std::string& role = "senco");

// Every event of every shard, in order, as a subscriber gets them.
[[nodiscard]] std::vector<std::vector<event::v1::Event>> ReadLog(Server& server);

// HOST:PORT of the broker that deploy/kafka/with_broker.sh started; empty: there is none.
[[nodiscard]] std::string KafkaAddress();

}  // namespace apdr::testing
