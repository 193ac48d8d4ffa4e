#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "engine/core/state.h"
#include "engine/core/workflow.h"
#include "engine/domains/sen_support/sen_module.h"
#include "tests/integration/serve_process.h"

namespace apdr::testing {

// What one client was promised.
struct Promise {
  std::string case_id;
  std::uint64_t version = 0;
  std::uint32_t shard = 0;
  std::uint64_t position = 0;
  std::vector<std::string> event_ids;
};

// A client with a case of its own: sends random commands that the case may admit, keeps every
// answer, and repeats a request whose outcome it does not know. One thread.
class CaseClient {
 public:
  // `number` makes the case's id and the random choices.
  explicit CaseClient(std::uint64_t number);

  // Sends one command. False: the server cannot be reached; the request is kept and sent again
  // next time. A refusal is an answer.
  bool SendOne(Server& server);

  [[nodiscard]] const std::map<std::string, Promise>& promises() const { return promises_; }
  [[nodiscard]] const std::string& case_id() const { return case_id_; }
  // Answers that no server may give.
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }
  // Requests whose outcome was unknown for a time.
  [[nodiscard]] std::size_t retried() const { return retried_; }

 private:
  void MakeRequest();
  void TakeAnswer(const command::v1::ExecuteResponse& response);

  const sen::SenModule module_;
  const core::Workflow workflow_;
  const std::string case_id_;
  PseudoRandom random_;
  core::State state_;
  command::v1::ExecuteRequest request_;
  std::string role_;
  bool open_ = false;  // request_ has no answer yet.
  std::uint64_t requests_ = 0;
  std::size_t retried_ = 0;
  std::map<std::string, Promise> promises_;
  std::vector<std::string> complaints_;
};

// Waits until a query process knows everything that the log holds of the client's shard, and
// answers for its case. Fails the test when that takes too long.
void AwaitCase(Server& server, const CaseClient& client,
               const std::vector<std::vector<event::v1::Event>>& log);

// Compares what clients were promised with the log. Empty: every acknowledged event is there once,
// positions and versions are dense, no request had two effects.
[[nodiscard]] std::vector<std::string> CheckPromises(
    const std::vector<std::vector<event::v1::Event>>& log,
    const std::vector<const CaseClient*>& clients);

}  // namespace apdr::testing
