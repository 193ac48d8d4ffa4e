#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "apdr/command/v1/command_service.grpc.pb.h"
#include "apdr/query/v1/query_service.grpc.pb.h"
#include "engine/base/id_source.h"

namespace apdr::bench {

// What followed single commands until a query showed them.
struct LagFigures {
  // From the acknowledgement until the query answered that has waited for the command's position;
  // of a wait longer than kCadence also what commands sent meanwhile, one each kCadence, would have
  // waited, since the probe sends none.
  std::vector<std::int64_t> visible_ns;
  // A query that waits for nothing, in between: the part of the above that is the query itself.
  std::vector<std::int64_t> read_ns;
  std::uint64_t followed = 0;

  static constexpr std::int64_t kCadence = 10'000'000;

  void AddVisible(std::int64_t nanos);
  void Add(const LagFigures& other);
};

// Sends a command, waits until the query side shows it, reads once without waiting, and begins
// again, in threads of gRPC, until it is stopped.
class LagProbe {
 public:
  // The command is sent to one case again and again, under new request ids. Borrows `ids`.
  LagProbe(const std::shared_ptr<grpc::Channel>& command_side,
           const std::shared_ptr<grpc::Channel>& query_side,
           apdr::command::v1::ExecuteRequest command, std::string case_id, IdSource& ids);
  ~LagProbe();
  LagProbe(const LagProbe&) = delete;
  LagProbe& operator=(const LagProbe&) = delete;

  void Start();
  // Lets what is under way end. kUnavailable, with the server's words: a call failed.
  [[nodiscard]] absl::StatusOr<LagFigures> Stop();

 private:
  void SendCommand();
  void AskUntilVisible();
  void ReadAlone();
  void Fail(const grpc::Status& status);
  // A context for the next call; the last one's call is over.
  grpc::ClientContext* NewContext();

  const std::unique_ptr<apdr::command::v1::CommandService::Stub> commands_;
  const std::unique_ptr<apdr::query::v1::QueryService::Stub> queries_;
  IdSource& ids_;
  std::atomic<bool> stopping_ = false;
  absl::Notification over_;
  bool started_ = false;
  // One call at a time uses these.
  apdr::command::v1::ExecuteRequest command_;
  apdr::command::v1::ExecuteResponse acknowledged_;
  apdr::query::v1::GetCaseRequest question_;
  apdr::query::v1::GetCaseResponse answer_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::int64_t since_ = 0;
  grpc::Status failure_;
  LagFigures figures_;
};

}  // namespace apdr::bench
