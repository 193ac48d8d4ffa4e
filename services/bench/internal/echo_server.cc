#include "services/bench/internal/echo_server.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/slice.h>

#include <istream>
#include <ostream>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "apdr/command/v1/command_service.grpc.pb.h"

namespace apdr::bench {
namespace {

using Base = apdr::command::v1::CommandService::WithRawCallbackMethod_Execute<
    apdr::command::v1::CommandService::WithRawCallbackMethod_ExecuteStream<
        apdr::command::v1::CommandService::Service>>;

grpc::ByteBuffer Zeros(std::size_t size) {
  const std::string zeros(size, '\0');
  const grpc::Slice slice(zeros);
  return {&slice, 1};
}

// Answers as many times as it was asked, in as few packets as it can.
class EchoReactor final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  explicit EchoReactor(const grpc::ByteBuffer& answer) : answer_(answer) { StartRead(&incoming_); }

  void OnReadDone(bool ok) override {
    {
      const absl::MutexLock lock(&mutex_);
      if (!ok) {
        reads_ended_ = true;
      } else {
        ++owed_;
      }
      WriteOrFinish();
    }
    if (ok) StartRead(&incoming_);
  }

  void OnWriteDone(bool ok) override {
    const absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (!ok) owed_ = 0;
    WriteOrFinish();
  }

  void OnDone() override { delete this; }

 private:
  void WriteOrFinish() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_) return;
    if (owed_ > 0) {
      --owed_;
      writing_ = true;
      outgoing_ = answer_;
      grpc::WriteOptions options;
      if (owed_ > 0) options.set_buffer_hint();
      StartWrite(&outgoing_, options);
    } else if (reads_ended_) {
      Finish(grpc::Status::OK);
    }
  }

  const grpc::ByteBuffer& answer_;
  grpc::ByteBuffer incoming_;
  absl::Mutex mutex_;
  grpc::ByteBuffer outgoing_ ABSL_GUARDED_BY(mutex_);
  std::size_t owed_ ABSL_GUARDED_BY(mutex_) = 0;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool reads_ended_ ABSL_GUARDED_BY(mutex_) = false;
};

class EchoService final : public Base {
 public:
  explicit EchoService(EchoSizes sizes)
      : unary_answer_(Zeros(sizes.unary_bytes)), stream_answer_(Zeros(sizes.stream_bytes)) {}

  grpc::ServerUnaryReactor* Execute(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* /*request*/,
                                    grpc::ByteBuffer* reply) override {
    *reply = unary_answer_;
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ExecuteStream(
      grpc::CallbackServerContext* /*context*/) override {
    return new EchoReactor(stream_answer_);
  }

 private:
  const grpc::ByteBuffer unary_answer_;
  const grpc::ByteBuffer stream_answer_;
};

}  // namespace

int ServeEcho(EchoSizes sizes, std::istream& in, std::ostream& out) {
  EchoService service(sizes);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) return 1;
  out << port << std::endl;
  std::string line;
  while (std::getline(in, line)) {
  }
  server->Shutdown(std::chrono::system_clock::now());
  return 0;
}

}  // namespace apdr::bench
