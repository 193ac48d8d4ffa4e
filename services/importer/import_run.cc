#include "services/importer/import_run.h"

#include <optional>
#include <utility>
#include <vector>

#include "services/client/command_streams.h"
#include "services/importer/schedule.h"

namespace apdr::importer {
namespace {

// Progress is told, and what failed is sent again, so often.
constexpr absl::Duration kTick = absl::Milliseconds(250);
// How long a server that had answered may be silent.
constexpr absl::Duration kPatience = absl::Seconds(30);
// Without a server, lines between two tellings.
constexpr std::uint64_t kLinesBetweenNews = 10000;

// Not an answer to a command: no server of ours, or none that takes commands.
bool IsNoServer(const client::StreamAnswer& answer, const client::Failure& failure) {
  return answer.stream_failed && failure.reason.empty() &&
         failure.code != grpc::StatusCode::UNAVAILABLE;
}

class Run {
 public:
  Run(const std::shared_ptr<grpc::Channel>& channel, LineSource& source, const Clock& clock,
      const OnRefusal& on_refusal)
      : clock_(clock), schedule_(source, on_refusal), streams_(channel) {}

  ImportResult ToTheEnd(const OnProgress& on_progress) {
    absl::Duration next_tick = clock_.Monotonic() + kTick;
    while (true) {
      if (absl::Status sent = SendWhatCanGo(); !sent.ok()) return Result({}, std::move(sent));
      if (schedule_.Done()) return Result({}, absl::OkStatus());
      for (const client::StreamAnswer& answer : Await()) {
        if (auto failure = Take(answer)) return Result(*std::move(failure), absl::OkStatus());
      }
      if (clock_.Monotonic() < next_tick) continue;
      next_tick = clock_.Monotonic() + kTick;
      if (auto failure = GivenUp()) return Result(*std::move(failure), absl::OkStatus());
      schedule_.Retry();
      on_progress(schedule_.tally());
    }
  }

 private:
  absl::Status SendWhatCanGo() {
    while (true) {
      auto next = schedule_.Next();
      if (!next.ok()) return next.status();
      if (!*next) return absl::OkStatus();
      streams_.Send(*(**next).caller, *(**next).request, (**next).ticket);
    }
  }

  std::vector<client::StreamAnswer> Await() {
    const absl::Duration before = clock_.Monotonic();
    std::vector<client::StreamAnswer> answers = streams_.Await(kTick);
    silence_ += clock_.Monotonic() - before;
    return answers;
  }

  // The failure that ends the import.
  std::optional<client::Failure> Take(const client::StreamAnswer& answer) {
    const auto* failure = std::get_if<client::Failure>(&answer.outcome);
    if (failure != nullptr && IsNoServer(answer, *failure)) return *failure;
    failing_ = !schedule_.Settle(answer);
    if (!failing_) {
      silence_ = absl::ZeroDuration();
      any_settled_ = true;
      return std::nullopt;
    }
    last_failure_ = *failure;
    const bool never_there = !any_settled_ && answer.stream_failed;
    return never_there ? std::optional(*failure) : std::nullopt;
  }

  [[nodiscard]] std::optional<client::Failure> GivenUp() const {
    if (silence_ < kPatience) return std::nullopt;
    if (failing_) return last_failure_;
    return client::Failure{.code = grpc::StatusCode::DEADLINE_EXCEEDED,
                           .reason = {},
                           .message = "no answer for 30 seconds",
                           .metadata = {}};
  }

  [[nodiscard]] ImportResult Result(client::Failure stopped_by, absl::Status unread) const {
    return {.tally = schedule_.tally(),
            .stopped_by = std::move(stopped_by),
            .unread = std::move(unread)};
  }

  const Clock& clock_;
  Schedule schedule_;
  client::CommandStreams streams_;
  absl::Duration silence_;  // Waited since a command was settled last.
  bool any_settled_ = false;
  bool failing_ = false;  // The last answer settled nothing.
  client::Failure last_failure_;
};

}  // namespace

ImportResult RunImport(const std::shared_ptr<grpc::Channel>& channel, LineSource& source,
                       const Clock& clock, const OnRefusal& on_refusal,
                       const OnProgress& on_progress) {
  return Run(channel, source, clock, on_refusal).ToTheEnd(on_progress);
}

ImportResult CheckImport(LineSource& source, const OnRefusal& on_refusal,
                         const OnProgress& on_progress) {
  ImportResult result;
  while (true) {
    auto next = source.Next();
    if (!next.ok()) {
      result.unread = next.status();
      return result;
    }
    if (!*next) return result;
    ++result.tally.lines;
    if (const auto* refusal = std::get_if<Refusal>(&**next)) {
      ++result.tally.refused[refusal->code];
      on_refusal(*refusal);
    } else {
      ++result.tally.accepted;
    }
    if (result.tally.lines % kLinesBetweenNews == 0) on_progress(result.tally);
  }
}

}  // namespace apdr::importer
