#include "services/bench/internal/load_clock.h"

#include <grpcpp/support/slice.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace apdr::bench {
namespace {

// A string field 1 of kUuidLength bytes: its tag, its length, its bytes.
constexpr std::size_t kIdAt = 2;
constexpr std::size_t kHeadBytes = kIdAt + kUuidLength;

AnswerHead ReadHead(const std::uint8_t* bytes, std::size_t size,
                    const std::array<char, kUuidLength>& id) {
  AnswerHead head;
  head.id_matches = size >= kHeadBytes && bytes[0] == 0x0a && bytes[1] == kUuidLength &&
                    std::memcmp(bytes + kIdAt, id.data(), kUuidLength) == 0;
  if (size > kHeadBytes) head.next_tag = bytes[kHeadBytes];
  return head;
}

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

AnswerHead ReadAnswerHead(const grpc::ByteBuffer& answer, const std::array<char, kUuidLength>& id) {
  grpc::Slice slice;
  if (answer.TrySingleSlice(&slice).ok()) return ReadHead(slice.begin(), slice.size(), id);
  std::vector<grpc::Slice> slices;
  std::string flat;
  if (answer.Dump(&slices).ok()) {
    for (const grpc::Slice& part : slices) {
      flat.append(reinterpret_cast<const char*>(part.begin()), part.size());
      if (flat.size() > kHeadBytes) break;
    }
  }
  return ReadHead(reinterpret_cast<const std::uint8_t*>(flat.data()), flat.size(), id);
}

}  // namespace apdr::bench
