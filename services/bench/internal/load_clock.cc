#include "services/bench/internal/load_clock.h"

#include <algorithm>
#include <cstring>

namespace apdr::bench {
namespace {

// A string field 1 of kUuidLength bytes: its tag, its length, its bytes.
constexpr std::size_t kIdAt = 2;
constexpr std::size_t kHeadBytes = kIdAt + kUuidLength;

}  // namespace

LoadClock::LoadClock(Stretch stretch)
    : begin_(NowNanos() + absl::ToInt64Nanoseconds(stretch.warm_up)),
      end_(begin_ + absl::ToInt64Nanoseconds(stretch.measured)) {
  result_.latencies_ns.reserve(1U << 18U);
}

void LoadClock::Count(std::int64_t sent, std::int64_t answered, std::size_t answer_bytes) {
  if (answered < begin_ || answered >= end_) return;
  ++result_.calls;
  result_.latencies_ns.push_back(answered - sent);
  result_.answer_bytes += answer_bytes;
}

Measurement LoadClock::Finish(std::int64_t now) {
  result_.seconds =
      static_cast<double>(std::max<std::int64_t>(std::min(now, end_) - begin_, 0)) / 1e9;
  return std::move(result_);
}

AnswerHead ReadAnswerHead(std::span<const std::uint8_t> answer,
                          const std::array<char, kUuidLength>& id) {
  AnswerHead head;
  head.id_matches = answer.size() >= kHeadBytes && answer[0] == 0x0a && answer[1] == kUuidLength &&
                    std::memcmp(&answer[kIdAt], id.data(), kUuidLength) == 0;
  if (answer.size() > kHeadBytes) head.next_tag = answer[kHeadBytes];
  return head;
}

grpc::Slice InOnePiece(const grpc::ByteBuffer& answer) {
  grpc::Slice slice;
  if (answer.TrySingleSlice(&slice).ok() || answer.DumpToSingleSlice(&slice).ok()) return slice;
  return {};
}

}  // namespace apdr::bench
