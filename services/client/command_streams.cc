#include "services/client/command_streams.h"

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>

#include <array>
#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "absl/time/clock.h"
#include "apdr/command/v1/command_service.grpc.pb.h"

namespace apdr::client {
namespace {

using command::v1::ExecuteStreamRequest;
using command::v1::ExecuteStreamResponse;

// In one message. More would not make the server faster, and the last would wait for the first.
constexpr int kMessageCommandsMax = 64;
// A server takes 1 MiB; a command that is larger than this goes alone.
constexpr std::size_t kMessageBytesMax = std::size_t{512} << 10;
// Beyond so many, streams with nothing under way are ended when another caller comes.
constexpr std::size_t kStreamsMax = 64;

struct Taken {
  std::uint64_t ticket = 0;
  command::v1::ExecuteRequest request;
};

struct InFlight {
  std::uint64_t ticket = 0;
  std::string request_id;
};

// One stream; each of its operations has its own tag.
struct Stream {
  enum class Operation : std::uint8_t { kStart, kWrite, kRead, kWritesDone, kFinish };
  struct Tag {
    Stream* stream = nullptr;
    Operation operation = Operation::kStart;
  };

  Stream() {
    for (const Operation operation : {Operation::kStart, Operation::kWrite, Operation::kRead,
                                      Operation::kWritesDone, Operation::kFinish}) {
      tags.at(static_cast<std::size_t>(operation)) = {.stream = this, .operation = operation};
    }
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Counts the operation as under way.
  void* Begin(Operation operation) {
    ++operations;
    return &tags.at(static_cast<std::size_t>(operation));
  }
  [[nodiscard]] bool IsIdle() const {
    return started && !writing && !ending && taken.empty() && in_flight.empty();
  }

  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<ExecuteStreamRequest, ExecuteStreamResponse>> call;
  std::array<Tag, 5> tags;
  std::size_t operations = 0;      // Begun and not yet done.
  std::deque<Taken> taken;         // To be sent.
  std::deque<InFlight> in_flight;  // A stream is answered in the order of its commands.
  ExecuteStreamRequest outgoing;
  ExecuteStreamResponse incoming;
  grpc::Status status;
  bool started = false;
  bool writing = false;
  bool ending = false;    // No more is written.
  bool finished = false;  // The status is known.
};

Failure FailureOf(const command::v1::CommandError& error) {
  return {.code = static_cast<grpc::StatusCode>(error.code()),
          .reason = error.reason(),
          .message = error.message(),
          .metadata = {error.metadata().begin(), error.metadata().end()}};
}

// A stream that ends while commands wait has failed them, whatever its status says.
Failure FailureOf(const grpc::Status& status) {
  if (!status.ok()) return ReadFailure(status);
  return {.code = grpc::StatusCode::UNAVAILABLE,
          .reason = {},
          .message = "the server ended the stream",
          .metadata = {}};
}

using CallerKey = std::tuple<std::string, std::string, std::string, std::string, std::string>;

CallerKey KeyOf(const Identity& caller) {
  return {caller.tenant, caller.actor, caller.role, caller.setting, caller.on_behalf_of};
}

}  // namespace

class CommandStreams::Impl {
 public:
  explicit Impl(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(command::v1::CommandService::NewStub(channel)) {}

  ~Impl() {
    for (const auto& [stream, owned] : streams_) stream->context.TryCancel();
    void* tag = nullptr;
    bool ok = false;
    while (!streams_.empty() && queue_.Next(&tag, &ok)) OnDone(*static_cast<Stream::Tag*>(tag), ok);
  }

  void Send(const Identity& caller, const command::v1::ExecuteRequest& request,
            std::uint64_t ticket) {
    const CallerKey key = KeyOf(caller);
    auto found = by_caller_.find(key);
    if (found == by_caller_.end() || found->second->ending) {
      if (streams_.size() >= kStreamsMax) EndIdleStreams();
      found = by_caller_.insert_or_assign(key, Open(caller)).first;
    }
    found->second->taken.push_back({.ticket = ticket, .request = request});
  }

  std::vector<StreamAnswer> Await(absl::Duration patience) {
    for (const auto& [stream, owned] : streams_) Write(*stream);
    const auto deadline = absl::ToChronoTime(absl::Now() + patience);
    void* tag = nullptr;
    bool ok = false;
    while (answers_.empty() &&
           queue_.AsyncNext(&tag, &ok, deadline) == grpc::CompletionQueue::GOT_EVENT) {
      OnDone(*static_cast<Stream::Tag*>(tag), ok);
    }
    return std::exchange(answers_, {});
  }

 private:
  using Operation = Stream::Operation;

  Stream* Open(const Identity& caller) {
    auto owned = std::make_unique<Stream>();
    Stream* stream = owned.get();
    streams_.emplace(stream, std::move(owned));
    Prepare(caller, absl::InfiniteDuration(), stream->context);
    stream->call = stub_->PrepareAsyncExecuteStream(&stream->context, &queue_);
    stream->call->StartCall(stream->Begin(Operation::kStart));
    return stream;
  }

  void EndIdleStreams() {
    for (const auto& [stream, owned] : streams_) {
      if (!stream->IsIdle()) continue;
      stream->ending = true;
      stream->call->WritesDone(stream->Begin(Operation::kWritesDone));
    }
  }

  void OnDone(const Stream::Tag& tag, bool ok) {
    Stream& stream = *tag.stream;
    --stream.operations;
    switch (tag.operation) {
      case Operation::kStart:
        stream.started = ok;
        if (!ok) {
          Finish(stream);
          break;
        }
        Read(stream);
        Write(stream);
        break;
      case Operation::kWrite:
        stream.writing = false;
        if (!ok) stream.ending = true;  // The reader learns why.
        Write(stream);
        break;
      case Operation::kRead:
        if (!ok) {
          Finish(stream);
          break;
        }
        Receive(stream);
        Read(stream);
        break;
      case Operation::kWritesDone:
        break;
      case Operation::kFinish:
        FailOpenCommands(stream);
        stream.finished = true;
        break;
    }
    if (stream.finished && stream.operations == 0) Remove(stream);
  }

  void Read(Stream& stream) { stream.call->Read(&stream.incoming, stream.Begin(Operation::kRead)); }

  void Finish(Stream& stream) {
    stream.ending = true;
    stream.call->Finish(&stream.status, stream.Begin(Operation::kFinish));
  }

  // One message of what was taken, if the stream can take one.
  void Write(Stream& stream) {
    if (!stream.started || stream.writing || stream.ending || stream.taken.empty()) return;
    stream.outgoing.Clear();
    std::size_t bytes = 0;
    while (!stream.taken.empty() && stream.outgoing.requests_size() < kMessageCommandsMax) {
      Taken& next = stream.taken.front();
      bytes += next.request.ByteSizeLong();
      if (bytes > kMessageBytesMax && stream.outgoing.requests_size() > 0) break;
      stream.in_flight.push_back({.ticket = next.ticket, .request_id = next.request.request_id()});
      *stream.outgoing.add_requests() = std::move(next.request);
      stream.taken.pop_front();
    }
    stream.writing = true;
    stream.call->Write(stream.outgoing, stream.Begin(Operation::kWrite));
  }

  void Receive(Stream& stream) {
    for (command::v1::CommandAnswer& answer : *stream.incoming.mutable_answers()) {
      // A request that could not be read is answered without its id.
      const bool in_step =
          !stream.in_flight.empty() && (answer.request_id().empty() ||
                                        answer.request_id() == stream.in_flight.front().request_id);
      if (!in_step) return stream.context.TryCancel();
      StreamAnswer& received = answers_.emplace_back();
      received.ticket = stream.in_flight.front().ticket;
      stream.in_flight.pop_front();
      if (answer.has_response()) {
        received.outcome = std::move(*answer.mutable_response());
      } else {
        received.outcome = FailureOf(answer.error());
      }
    }
  }

  void FailOpenCommands(Stream& stream) {
    const Failure failure = FailureOf(stream.status);
    for (const InFlight& sent : stream.in_flight) {
      answers_.push_back({.ticket = sent.ticket, .outcome = failure, .stream_failed = true});
    }
    for (const Taken& taken : stream.taken) {
      answers_.push_back({.ticket = taken.ticket, .outcome = failure, .stream_failed = true});
    }
    stream.in_flight.clear();
    stream.taken.clear();
  }

  void Remove(Stream& stream) {
    std::erase_if(by_caller_, [&](const auto& entry) { return entry.second == &stream; });
    streams_.erase(&stream);
  }

  const std::unique_ptr<command::v1::CommandService::Stub> stub_;
  grpc::CompletionQueue queue_;
  std::map<Stream*, std::unique_ptr<Stream>> streams_;
  std::map<CallerKey, Stream*> by_caller_;
  std::vector<StreamAnswer> answers_;
};

CommandStreams::CommandStreams(const std::shared_ptr<grpc::Channel>& channel)
    : impl_(std::make_unique<Impl>(channel)) {}

CommandStreams::~CommandStreams() = default;

void CommandStreams::Send(const Identity& caller, const command::v1::ExecuteRequest& request,
                          std::uint64_t ticket) {
  impl_->Send(caller, request, ticket);
}

std::vector<StreamAnswer> CommandStreams::Await(absl::Duration patience) {
  return impl_->Await(patience);
}

}  // namespace apdr::client
