#include "services/command/internal/execute_stream.h"

#include <google/protobuf/io/coded_stream.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "engine/codec/message_in_block.h"
#include "services/command/reply.h"
#include "services/host/wire.h"

namespace apdr::command {
namespace {

// Of the answers that share a message; a client receives 4 MiB at most unless it asks for more.
constexpr std::size_t kMessageBytesMax = std::size_t{1} << 20;

constexpr const char* kMessageName = "apdr.command.v1.ExecuteStreamRequest";
constexpr std::uint32_t kRequestsTag = 0x0a;  // ExecuteStreamRequest.requests, field 1.

// The requests of a message, still as bytes, so that one that does not parse spoils no other.
std::optional<std::vector<std::string_view>> SplitRequests(std::string_view message) {
  std::vector<std::string_view> requests;
  google::protobuf::io::CodedInputStream input(
      reinterpret_cast<const std::uint8_t*>(message.data()), static_cast<int>(message.size()));
  int size = 0;
  while (input.ReadTag() == kRequestsTag && input.ReadVarintSizeAsInt(&size)) {
    const auto at = static_cast<std::size_t>(input.CurrentPosition());
    if (!input.Skip(size)) return std::nullopt;
    requests.push_back(message.substr(at, static_cast<std::size_t>(size)));
  }
  if (!message.empty() && !input.ConsumedEntireMessage()) return std::nullopt;
  return requests;
}

class ExecuteStreamReactor final
    : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  ExecuteStreamReactor(CommandHandler& handler, const RequestParser& parser,
                       std::variant<host::Caller, host::ErrorReply> caller)
      : handler_(handler), parser_(parser) {
    if (const auto* error = std::get_if<host::ErrorReply>(&caller)) {
      finishing_ = true;
      Finish(host::ToGrpcStatus(*error));
      return;
    }
    caller_ = std::get<host::Caller>(std::move(caller));
    StartRead(&incoming_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      const absl::MutexLock lock(&mutex_);
      return EndReads();
    }
    OpenMessage();
    TakeRequests();
  }

  void OnWriteDone(bool ok) override {
    bool read_on = false;
    bool take_on = false;
    {
      const absl::MutexLock lock(&mutex_);
      writing_ = false;
      if (!ok) broken_ = true;
      read_on = WriteOrFinish();
      take_on = paused_ && slots_.size() < kStreamInFlightMax / 2;
      if (take_on) paused_ = false;
    }
    if (take_on) return TakeRequests();
    if (read_on) StartRead(&incoming_);
  }

  void OnCancel() override { cancelled_.store(true, std::memory_order_relaxed); }

  void OnDone() override {
    {
      // Whoever called Finish may still hold the lock.
      const absl::MutexLock lock(&mutex_);
    }
    delete this;
  }

 private:
  // Takes the message that was read apart, or answers it once if it cannot be.
  void OpenMessage() {
    requests_.clear();
    next_request_ = 0;
    auto bytes = host::TakeBytes(incoming_);
    if (const auto* error = std::get_if<host::ErrorReply>(&bytes)) return AnswerMessage(*error);
    message_ = std::get<grpc::Slice>(std::move(bytes));
    auto requests = SplitRequests(host::AsText(message_));
    if (!requests) return AnswerMessage(host::Malformed(kMessageName));
    if (requests->size() > kStreamMessageRequestsMax) {
      return AnswerMessage(
          host::TooMany("requests in a message", requests->size(), kStreamMessageRequestsMax));
    }
    requests_ = *std::move(requests);
  }

  // Runs the requests of the message while there is room, then reads on. On one of gRPC's threads,
  // one at a time: whoever is `reading_` and not `paused_`.
  void TakeRequests() {
    for (; next_request_ < requests_.size(); ++next_request_) {
      std::uint64_t slot = 0;
      {
        const absl::MutexLock lock(&mutex_);
        if (broken_ || cancelled_.load(std::memory_order_relaxed)) return EndReads();
        paused_ = slots_.size() >= kStreamInFlightMax;
        if (paused_) return;  // OnWriteDone goes on.
        slot = OpenSlot();
      }
      Handle(slot, requests_[next_request_]);
    }
    bool read_on = false;
    {
      const absl::MutexLock lock(&mutex_);
      reading_ = slots_.size() < kStreamInFlightMax;
      read_on = reading_;
    }
    if (read_on) StartRead(&incoming_);
  }

  std::uint64_t OpenSlot() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    slots_.emplace_back();
    return first_slot_ + slots_.size() - 1;
  }

  void EndReads() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    paused_ = false;
    reading_ = false;
    reads_ended_ = true;
    MaybeFinish();
  }

  void AnswerMessage(const host::ErrorReply& error) {
    std::uint64_t slot = 0;
    {
      const absl::MutexLock lock(&mutex_);
      slot = OpenSlot();
    }
    Answer(slot, "", error);
  }

  void Handle(std::uint64_t slot, std::string_view bytes) {
    codec::MessageInBlock<v1::ExecuteRequest> message;
    if (auto error = host::ParseMessage(bytes, *message)) return Answer(slot, "", *error);
    std::string request_id = message->request_id();
    auto parsed = parser_.Parse(*message, caller_);
    if (const auto* error = std::get_if<host::ErrorReply>(&parsed))
      return Answer(slot, request_id, *error);
    Request request = std::get<Request>(std::move(parsed));
    request.abandoned = [this] { return cancelled_.load(std::memory_order_relaxed); };
    // `this` outlives the callback: the call is not finished while a slot is open.
    handler_.Submit(
        std::move(request), [this, slot, request_id = std::move(request_id)](Outcome outcome) {
          if (const auto* accepted = std::get_if<Accepted>(&outcome)) {
            return Fill(slot, StreamAnswer(request_id, *accepted));
          }
          const auto* rejection = std::get_if<core::Rejection>(&outcome);
          Answer(slot, request_id,
                 rejection != nullptr ? ToError(*rejection)
                                      : host::FromStatus(std::get<absl::Status>(outcome)));
        });
  }

  void Answer(std::uint64_t slot, const std::string& request_id, const host::ErrorReply& error) {
    Fill(slot, StreamAnswer(request_id, error));
  }

  void Fill(std::uint64_t slot, grpc::Slice bytes) {
    bool read_on = false;
    {
      const absl::MutexLock lock(&mutex_);
      slots_.at(slot - first_slot_) = std::move(bytes);
      read_on = WriteOrFinish();
    }
    if (read_on) StartRead(&incoming_);
  }

  // Writes the answers that are there. Returns whether the caller, without the lock, is to read on.
  bool WriteOrFinish() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (broken_) {
      while (!slots_.empty() && slots_.front()) DropFront();
      if (paused_) EndReads();
    } else if (!writing_ && !slots_.empty() && slots_.front()) {
      outgoing_ = TakeReady();
      writing_ = true;
      StartWrite(&outgoing_);
    }
    MaybeFinish();
    if (reading_ || reads_ended_ || slots_.size() >= kStreamInFlightMax / 2) return false;
    reading_ = true;
    return true;
  }

  // One message of the next answers, as many as are there. REQUIRES: the first is.
  grpc::ByteBuffer TakeReady() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    std::vector<grpc::Slice> answers;
    std::size_t bytes = 0;
    do {
      bytes += slots_.front()->size();
      answers.push_back(*std::move(slots_.front()));
      DropFront();
    } while (!slots_.empty() && slots_.front() &&
             bytes + slots_.front()->size() <= kMessageBytesMax);
    return {answers.data(), answers.size()};
  }

  void DropFront() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    slots_.pop_front();
    ++first_slot_;
  }

  void MaybeFinish() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (!reads_ended_ || writing_ || !slots_.empty() || finishing_) return;
    finishing_ = true;
    Finish(grpc::Status::OK);
  }

  CommandHandler& handler_;
  const RequestParser& parser_;
  host::Caller caller_;
  std::atomic<bool> cancelled_ = false;
  // Between StartRead and OnReadDone gRPC's, then of whoever takes the requests.
  grpc::ByteBuffer incoming_;
  grpc::Slice message_;
  std::vector<std::string_view> requests_;  // Of message_.
  std::size_t next_request_ = 0;
  absl::Mutex mutex_;
  std::deque<std::optional<grpc::Slice>> slots_ ABSL_GUARDED_BY(mutex_);  // Open answers, in order.
  std::uint64_t first_slot_ ABSL_GUARDED_BY(mutex_) = 0;
  grpc::ByteBuffer outgoing_ ABSL_GUARDED_BY(mutex_);
  bool reading_ ABSL_GUARDED_BY(mutex_) = true;  // A message is awaited, or its requests are taken.
  bool paused_ ABSL_GUARDED_BY(mutex_) = false;  // The rest of its requests waits for room.
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool reads_ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool broken_ ABSL_GUARDED_BY(mutex_) =
      false;  // The caller is gone; open answers are only waited for.
  bool finishing_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartExecuteStream(
    CommandHandler& handler, const RequestParser& parser,
    std::variant<host::Caller, host::ErrorReply> caller) {
  return new ExecuteStreamReactor(handler, parser, std::move(caller));
}

}  // namespace apdr::command
