#include <google/protobuf/io/coded_stream.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/bench/internal/answer_error.h"
#include "services/bench/internal/load.h"
#include "services/bench/internal/load_clock.h"
#include "services/bench/sen_support/sen_commands.h"

namespace apdr::bench {
namespace {

constexpr const char* kMethod = "/apdr.command.v1.CommandService/ExecuteStream";
constexpr std::uint32_t kAnswersTag = 0x0a;  // ExecuteStreamResponse.answers, field 1.
constexpr std::uint8_t kErrorTag = 0x1a;     // CommandAnswer.error, field 3.

struct Sent {
  std::array<char, kUuidLength> answer_id;
  std::int64_t at;
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
  void* TagOf(Operation operation) { return &tags.at(static_cast<std::size_t>(operation)); }

  std::unique_ptr<grpc::GenericStub> stub;
  grpc::ClientContext context;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call;
  std::array<Tag, 5> tags;
  std::deque<Sent> in_flight;  // The server answers one stream in the order of its commands.
  grpc::ByteBuffer answer;
  grpc::Status status;
  bool writing = false;
  bool writes_ended = false;
};

class StreamsLoad {
 public:
  StreamsLoad(const Target& target, CallSource& source, StreamLoad load, Stretch stretch)
      : checked_(target.answers() == Target::Answers::kChecked),
        source_(source),
        window_(load.window),
        message_max_(checked_ ? load.message_max : 1),
        clock_(stretch) {
    for (std::size_t i = 0; i < load.streams; ++i) {
      auto stream = std::make_unique<Stream>();
      stream->stub =
          std::make_unique<grpc::GenericStub>(target.channels().at(i % target.channels().size()));
      streams_.push_back(std::move(stream));
    }
  }

  absl::StatusOr<Measurement> Run() {
    for (const auto& stream : streams_) Start(*stream);
    while (operations_ > 0) {
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
      --operations_;
      const auto& done = *static_cast<Stream::Tag*>(tag);
      OnDone(*done.stream, done.operation, ok);
    }
    return clock_.Finish(NowNanos());
  }

 private:
  using Operation = Stream::Operation;

  void Start(Stream& stream) {
    for (const MetadataEntry& entry : CallerMetadata()) {
      stream.context.AddMetadata(entry.key, entry.value);
    }
    stream.call = stream.stub->PrepareCall(&stream.context, kMethod, &queue_);
    stream.call->StartCall(Begin(stream, Operation::kStart));
  }

  void* Begin(Stream& stream, Operation operation) {
    ++operations_;
    return stream.TagOf(operation);
  }

  void OnDone(Stream& stream, Operation operation, bool ok) {
    switch (operation) {
      case Operation::kStart:
        if (!ok) return Finish(stream);
        Read(stream);
        return WriteOrEnd(stream);
      case Operation::kWrite:
        stream.writing = false;
        if (!ok) stream.writes_ended = true;  // The reader learns why.
        return WriteOrEnd(stream);
      case Operation::kRead:
        if (!ok) return Finish(stream);
        Receive(stream);
        Read(stream);
        return WriteOrEnd(stream);
      case Operation::kWritesDone:
        return;
      case Operation::kFinish:
        if (stream.status.ok() && stream.in_flight.empty()) return;
        clock_.CountError(stream.status.ok() ? "ANSWER_MISSING" : ReasonOf(stream.status));
        return;
    }
  }

  void Read(Stream& stream) { stream.call->Read(&stream.answer, Begin(stream, Operation::kRead)); }

  void Finish(Stream& stream) {
    stream.writes_ended = true;
    stream.call->Finish(&stream.status, Begin(stream, Operation::kFinish));
  }

  void WriteOrEnd(Stream& stream) {
    if (stream.writing || stream.writes_ended) return;
    const std::int64_t now = NowNanos();
    if (clock_.Running(now)) {
      if (stream.in_flight.size() >= window_) return;
      if (Write(stream, now)) return;
    }
    stream.writes_ended = true;
    stream.call->WritesDone(Begin(stream, Operation::kWritesDone));
  }

  // One message of the commands that there is room for; false: there are no more.
  bool Write(Stream& stream, std::int64_t now) {
    std::vector<grpc::Slice> commands;
    while (commands.size() < message_max_ && stream.in_flight.size() < window_) {
      std::optional<Call> call = source_.Next();
      if (!call) break;
      stream.in_flight.push_back({.answer_id = call->answer_id, .at = now});
      commands.push_back(std::move(call->bytes));
    }
    if (commands.empty()) return false;
    stream.writing = true;
    grpc::WriteOptions options;
    // With room for another it follows at once: let both share a packet.
    if (stream.in_flight.size() < window_) options.set_buffer_hint();
    stream.call->Write({commands.data(), commands.size()}, options,
                       Begin(stream, Operation::kWrite));
    return true;
  }

  void Receive(Stream& stream) {
    const std::int64_t now = NowNanos();
    if (!checked_) return ReceiveOne(stream, stream.answer.Length(), {}, now);
    const grpc::Slice slice = InOnePiece(stream.answer);
    const std::span<const std::uint8_t> message = BytesOf(slice);
    google::protobuf::io::CodedInputStream input(message.data(), static_cast<int>(message.size()));
    std::uint32_t size = 0;
    while (input.ReadTag() == kAnswersTag && input.ReadVarint32(&size)) {
      const auto at = static_cast<std::size_t>(input.CurrentPosition());
      if (!input.Skip(static_cast<int>(size))) return clock_.CountError("ANSWER_UNREADABLE");
      ReceiveOne(stream, size, message.subspan(at, size), now);
    }
    if (message.empty() || !input.ConsumedEntireMessage()) clock_.CountError("ANSWER_UNREADABLE");
  }

  // `answer`: its bytes, where they are to be checked.
  void ReceiveOne(Stream& stream, std::size_t size, std::span<const std::uint8_t> answer,
                  std::int64_t now) {
    if (stream.in_flight.empty()) return clock_.CountError("ANSWER_UNASKED");
    const Sent sent = stream.in_flight.front();
    stream.in_flight.pop_front();
    if (checked_) {
      const AnswerHead head = ReadAnswerHead(answer, sent.answer_id);
      if (!head.id_matches || head.next_tag == kErrorTag)
        return clock_.CountError(ReasonOf(answer));
    }
    clock_.Count(sent.at, now, size);
  }

  void CancelAll() {
    for (const auto& stream : streams_) stream->context.TryCancel();
    void* tag = nullptr;
    bool ok = false;
    while (operations_ > 0 && queue_.Next(&tag, &ok)) --operations_;
  }

  const bool checked_;
  CallSource& source_;
  const std::size_t window_;
  const std::size_t message_max_;
  LoadClock clock_;
  grpc::CompletionQueue queue_;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::size_t operations_ = 0;  // Started and not yet done.
};

}  // namespace

absl::StatusOr<Measurement> DriveStreams(const Target& target, CallSource& source, StreamLoad load,
                                         Stretch stretch) {
  return StreamsLoad(target, source, load, stretch).Run();
}

}  // namespace apdr::bench
