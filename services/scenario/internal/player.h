#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/codec/event_codec.h"
#include "engine/core/rejection.h"
#include "services/scenario/internal/content.h"
#include "services/scenario/internal/world.h"
#include "services/scenario/scenario.h"

namespace apdr::scenario {

// What one command led to.
struct Played {
  std::optional<core::Rejection> rejection;
  std::vector<codec::RecordedEvent> events;
  std::vector<std::string> warnings;    // Codes.
  std::vector<std::string> departures;  // Codes, as stored.
  std::vector<std::string> problems;    // Where the event is not what the command's line says.
  bool repeated = false;
  bool wrote = false;
};

// The case id of a script: given, or made of its title.
[[nodiscard]] std::string CaseIdOf(const Script& script);

// Turns a script's commands into requests and sends them.
class Player {
 public:
  // Borrows both.
  Player(World& world, const Script& script) : world_(world), script_(script) {}

  // Plays the commands of a step up to the first rejection.
  [[nodiscard]] absl::StatusOr<std::vector<Played>> Play(const Step& step);

  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

 private:
  [[nodiscard]] absl::StatusOr<Played> PlayOne(const CommandLine& command, const std::string& id);
  // Adds what an accepted command answered.
  [[nodiscard]] absl::Status TakeAnswer(const command::Accepted& accepted, Played& played);
  [[nodiscard]] absl::StatusOr<command::Request> MakeRequest(const CommandLine& command,
                                                             const core::CommandSpec& spec,
                                                             const core::State& state,
                                                             Content content);
  // What a script leaves out between two steps and a person would have done: played, if that alone
  // keeps a step from being accepted. Returns whether there was something.
  [[nodiscard]] absl::StatusOr<bool> FillIn(const CommandLine& command,
                                            const core::Rejection& rejection);
  [[nodiscard]] int TimesOf(const CommandLine& command) const;
  [[nodiscard]] absl::StatusOr<core::Departure> DepartureOf(const ScriptDeparture& departure) const;
  void SendAgain(const CommandLine& command, const std::string& case_id, Content& content);
  [[nodiscard]] absl::Status Repeat(const CommandLine& command, const std::string& id,
                                    Content& content);
  // What "same commandId" means later.
  void Remember(const CommandLine& command, const std::string& request_id, const Content& content);
  [[nodiscard]] absl::Status PutSameUpn(google::protobuf::Message& message) const;

  // What was sent under a request id of the script's own.
  struct Sent {
    std::string words;
    std::shared_ptr<const google::protobuf::Message> message;
    Date occurred_on;
  };

  // The newest command of a name, whether accepted or not.
  struct Newest {
    std::string request_id;
    std::shared_ptr<const google::protobuf::Message> message;
    Date occurred_on;
  };

  World& world_;
  const Script& script_;
  std::vector<std::string> notes_;
  int filled_in_ = 0;
  std::map<std::string, Sent> sent_;              // By case and request id.
  std::map<std::string, Newest> newest_;          // By name of command.
  std::map<std::string, std::string> event_ids_;  // Of the newest event of each name.
};

}  // namespace apdr::scenario
