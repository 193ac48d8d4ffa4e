#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/bench/internal/answer_error.h"
#include "services/bench/internal/load.h"
#include "services/bench/internal/load_clock.h"
#include "services/bench/sen_support/sen_commands.h"

namespace apdr::bench {
namespace {

constexpr const char* kMethod = "/apdr.command.v1.CommandService/Execute";

// One client: one call at a time. Its address is the tag of its calls.
struct Client {
  grpc::GenericStub* stub = nullptr;
  std::optional<grpc::ClientContext> context;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  std::array<char, kUuidLength> answer_id{};
  grpc::ByteBuffer answer;
  grpc::Status status;
  std::int64_t sent = 0;
};

class UnaryLoad {
 public:
  UnaryLoad(const Target& target, CallSource& source, std::size_t clients, Stretch stretch)
      : checked_(target.answers() == Target::Answers::kChecked), source_(source), clock_(stretch) {
    for (const auto& channel : target.channels()) {
      stubs_.push_back(std::make_unique<grpc::GenericStub>(channel));
    }
    for (std::size_t i = 0; i < clients; ++i) {
      clients_.push_back(std::make_unique<Client>());
      clients_.back()->stub = stubs_[i % stubs_.size()].get();
    }
  }

  absl::StatusOr<Measurement> Run() {
    for (const auto& client : clients_) Send(*client);
    while (in_flight_ > 0) {
      void* tag = nullptr;
      bool ok = false;
      const auto patience =
          std::chrono::system_clock::now() + absl::ToChronoSeconds(kAnswerPatience);
      if (queue_.AsyncNext(&tag, &ok, patience) != grpc::CompletionQueue::GOT_EVENT) {
        CancelAll();
        return absl::DeadlineExceededError(
            absl::StrCat("Expected an answer, but there was none for ",
                         absl::FormatDuration(kAnswerPatience), "."));
      }
      Receive(*static_cast<Client*>(tag));
    }
    return clock_.Finish(NowNanos());
  }

 private:
  void Send(Client& client) {
    std::optional<Call> call = source_.Next();
    if (!call) return;
    client.context.emplace();
    for (const MetadataEntry& entry : CallerMetadata()) {
      client.context->AddMetadata(entry.key, entry.value);
    }
    client.answer.Clear();
    client.answer_id = call->answer_id;
    client.sent = NowNanos();
    client.reader =
        client.stub->PrepareUnaryCall(&*client.context, kMethod, {&call->bytes, 1}, &queue_);
    client.reader->StartCall();
    client.reader->Finish(&client.answer, &client.status, &client);
    ++in_flight_;
  }

  void Receive(Client& client) {
    --in_flight_;
    const std::int64_t now = NowNanos();
    const bool matches =
        ReadAnswerHead(BytesOf(InOnePiece(client.answer)), client.answer_id).id_matches;
    if (!client.status.ok()) {
      clock_.CountError(ReasonOf(client.status));
    } else if (checked_ && !matches) {
      clock_.CountError("ANSWER_OF_ANOTHER_CASE");
    } else {
      clock_.Count(client.sent, now, client.answer.Length());
    }
    if (clock_.Running(now)) Send(client);
  }

  void CancelAll() {
    for (const auto& client : clients_) {
      if (client->context) client->context->TryCancel();
    }
    void* tag = nullptr;
    bool ok = false;
    while (in_flight_ > 0 && queue_.Next(&tag, &ok)) --in_flight_;
  }

  const bool checked_;
  CallSource& source_;
  LoadClock clock_;
  grpc::CompletionQueue queue_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::size_t in_flight_ = 0;
};

}  // namespace

absl::StatusOr<Measurement> DriveUnary(const Target& target, CallSource& source,
                                       std::size_t clients, Stretch stretch) {
  return UnaryLoad(target, source, clients, stretch).Run();
}

}  // namespace apdr::bench
