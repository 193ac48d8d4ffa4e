#pragma once

#include <grpcpp/support/slice.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apdr/command/v1/command_service.pb.h"
#include "engine/base/clock.h"
#include "engine/base/id_source.h"
#include "engine/base/random.h"

namespace apdr::bench {

inline constexpr std::size_t kUuidLength = 36;

// One command, ready to send.
struct Call {
  // A message of its own; on a stream several, one after the other, are one message too.
  grpc::Slice bytes;
  // The id with which the answer must begin: of the case (unary) or of the request (stream).
  std::array<char, kUuidLength> answer_id{};
};

// Where the calls of a load come from. One thread.
class CallSource {
 public:
  virtual ~CallSource() = default;
  // The next call, or none when there are no more.
  [[nodiscard]] virtual std::optional<Call> Next() = 0;
};

enum class Wire : std::uint8_t { kUnary, kStream };

// The cases of one run: their ids follow from the run's number and do not meet those of another.
class CaseIds {
 public:
  CaseIds(std::uint64_t run, std::size_t count) : run_(run), count_(count) {}

  [[nodiscard]] std::size_t count() const { return count_; }
  // REQUIRES: index < count()
  [[nodiscard]] std::string At(std::size_t index) const;

 private:
  std::uint64_t run_;
  std::size_t count_;
};

// A request serialised once; each call is a copy with its own two ids, so that a call costs the
// sender the same whoever answers.
class RequestTemplate {
 public:
  RequestTemplate(apdr::command::v1::ExecuteRequest request, Wire wire);

  [[nodiscard]] Call Make(const std::string& request_id, const std::string& case_id) const;

 private:
  Wire wire_;
  std::string bytes_;
  std::size_t request_id_at_;
  std::size_t case_id_at_;
};

// Every command once for each of the cases [first, last), in order. For a single stream.
class OpeningCalls final : public CallSource {
 public:
  OpeningCalls(const std::vector<apdr::command::v1::ExecuteRequest>& commands, const CaseIds& cases,
               std::size_t first, std::size_t last);
  [[nodiscard]] std::optional<Call> Next() override;

 private:
  const CaseIds& cases_;
  const std::size_t last_;
  std::vector<RequestTemplate> templates_;
  std::size_t case_;
  std::size_t step_ = 0;
  SystemClock clock_;
  PseudoRandom random_;
  UuidV7Source ids_;
};

// The commands in turn, spread evenly over the cases; never ends.
class RunningCalls final : public CallSource {
 public:
  RunningCalls(const std::vector<apdr::command::v1::ExecuteRequest>& commands, const CaseIds& cases,
               Wire wire);
  [[nodiscard]] std::optional<Call> Next() override;

 private:
  const CaseIds& cases_;
  std::vector<RequestTemplate> templates_;
  std::size_t next_template_ = 0;
  SystemClock clock_;
  PseudoRandom random_;
  UuidV7Source ids_;
};

}  // namespace apdr::bench
