#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "services/client/command_streams.h"
#include "services/importer/line.h"
#include "services/importer/tally.h"

namespace apdr::importer {

struct ScheduleLimits {
  std::size_t in_flight = 1024;  // Commands; a server takes no more of one stream either.
  // Lines read ahead of their answers, so that a file sorted by case keeps many cases busy.
  std::size_t lines = 16384;
  std::size_t bytes = std::size_t{64} << 20;  // Of the commands of those lines.
};

// Which command is sent next. Of a case at most one is under way, in the order of the file: the
// next follows when the one before was accepted. When one is refused, so is the rest of its line,
// and later lines of the case are held back. One thread.
class Schedule {
 public:
  // A command to send. Points into the schedule; valid until the next call.
  struct Outgoing {
    std::uint64_t ticket;
    const client::Identity* caller;
    const command::v1::ExecuteRequest* request;
  };

  // Borrows the source. `on_refusal` is called from within Next and Settle.
  Schedule(LineSource& source, OnRefusal on_refusal, ScheduleLimits limits = {});

  // The next command; nullopt: none can be sent before an answer comes. The error of the source.
  [[nodiscard]] absl::StatusOr<std::optional<Outgoing>> Next();

  // Takes the answer of a command that was sent. True: it is settled; false: it is to be sent
  // again, after Retry.
  bool Settle(const client::StreamAnswer& answer);

  // Commands that are to be sent again may go now.
  void Retry();

  // Every line of the file is settled.
  [[nodiscard]] bool Done() const { return source_ended_ && lines_.empty(); }
  [[nodiscard]] const Tally& tally() const { return tally_; }

 private:
  struct Line {
    Item item;
    std::size_t step = 0;  // Of the request that is sent next or under way.
    std::size_t bytes = 0;
    bool wrote = false;  // A request of it wrote something.
  };
  // What a case is doing.
  struct Case {
    std::deque<std::uint64_t> lines;  // The first is under way or ready; empty: refused earlier.
    std::uint64_t refused_line = 0;   // 0: none.
  };

  [[nodiscard]] bool HasRoom() const;
  absl::Status ReadAhead();
  void Add(Item item);
  void Accept(std::uint64_t ticket, const command::v1::ExecuteResponse& response);
  void Refuse(std::uint64_t ticket, const client::Failure& failure);
  void CountRefusal(const Refusal& refusal);
  void HoldBack(std::uint64_t line, const std::string& case_id, std::uint64_t refused_line);
  void Forget(std::uint64_t line);

  LineSource& source_;
  const OnRefusal on_refusal_;
  const ScheduleLimits limits_;
  Tally tally_;
  bool source_ended_ = false;
  absl::flat_hash_map<std::uint64_t, Line> lines_;  // By number, which is the ticket too.
  absl::flat_hash_map<std::string, Case> cases_;    // Those with lines here, and those refused.
  std::deque<std::uint64_t> ready_;
  std::deque<std::uint64_t> waiting_;  // To be sent again.
  std::size_t in_flight_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace apdr::importer
