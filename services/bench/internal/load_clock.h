#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "services/bench/internal/measurement.h"
#include "services/bench/internal/workload.h"

namespace apdr::bench {

// An answer that takes longer means that the server is gone.
inline constexpr absl::Duration kAnswerPatience = absl::Seconds(30);

// Decides which answers of a stretch count and keeps their figures.
class LoadClock {
 public:
  explicit LoadClock(Stretch stretch);

  // Whether new calls are to be made.
  [[nodiscard]] bool Running(std::int64_t now) const { return now < end_; }
  // Counts an accepted call if it was answered in the measured time.
  void Count(std::int64_t sent, std::int64_t answered, std::size_t answer_bytes);
  void CountError(const std::string& reason) { ++result_.errors[reason]; }
  // The figures; the measured time ends at `now` at the latest.
  [[nodiscard]] Measurement Finish(std::int64_t now);

 private:
  std::int64_t begin_;
  std::int64_t end_;
  Measurement result_;
};

// Whether the answer's first field, a string, is this id. What follows that field is `rest`, if
// there is more.
struct AnswerHead {
  bool id_matches = false;
  std::optional<std::uint8_t> next_tag;
};
[[nodiscard]] AnswerHead ReadAnswerHead(std::span<const std::uint8_t> answer,
                                        const std::array<char, kUuidLength>& id);

// The bytes of an answer in one piece, valid as long as the slice; empty when gRPC cannot say.
[[nodiscard]] grpc::Slice InOnePiece(const grpc::ByteBuffer& answer);
[[nodiscard]] inline std::span<const std::uint8_t> BytesOf(const grpc::Slice& slice) {
  return {slice.begin(), slice.size()};
}

}  // namespace apdr::bench
