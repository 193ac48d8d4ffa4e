#include "services/importer/command_source.h"

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "engine/base/id_source.h"
#include "engine/base/status_macros.h"
#include "nlohmann/json.hpp"
#include "services/client/script.h"
#include "services/importer/line_reader.h"

namespace apdr::importer {
namespace {

// Ids are made of these words for ever.
constexpr char kIdsOfCommands[] = "apdr.commands.v1";
constexpr char kPlace[] = "line";

// What is wrong with a line, without the place in it and without what it holds. A mistake reads
// "Expected <what is asked for>, but <what was found>": only the first half never repeats the line.
std::string WhatIsWrong(const absl::Status& mistake) {
  const std::string text(mistake.message());
  const std::size_t begin = text.find("Expected ");
  const std::size_t end = text.find(", but", begin == std::string::npos ? 0 : begin);
  if (begin == std::string::npos || end == std::string::npos) {
    return "Expected a command as docs/import.md says, but the line holds something else.";
  }
  return absl::StrCat(text.substr(begin, end - begin), ", but the line holds something else.");
}

// The case of a line that is not in order, as far as it can be told; empty: it cannot. What is no
// case id may be a name.
std::string CaseOf(const std::string& text) {
  const auto line = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!line.is_object()) return {};
  const auto found = line.find("case_id");
  if (found == line.end() || !found->is_string()) return {};
  std::string case_id = found->get<std::string>();
  return IsUuid(case_id) ? case_id : std::string();
}

// A step with one command whose case id is one.
absl::StatusOr<client::ScriptStep> ParseLine(const std::string& text,
                                             const client::Identity& caller) {
  APDR_ASSIGN_OR_RETURN(client::ScriptStep step, client::ParseCommand(text, kPlace, caller));
  if (!IsUuid(step.requests.front().case_id())) {
    return absl::InvalidArgumentError("Expected case_id to be a UUID, but it is something else.");
  }
  return step;
}

class CommandSource final : public LineSource {
 public:
  CommandSource(std::istream& in, client::Identity caller, ImportKey key)
      : reader_(in), caller_(std::move(caller)), key_(std::move(key)) {}

  absl::StatusOr<std::optional<LineResult>> Next() override {
    APDR_ASSIGN_OR_RETURN(const std::optional<TextLine> line, reader_.Next());
    if (!line) return std::optional<LineResult>();
    return std::optional(Take(*line));
  }

  [[nodiscard]] std::uint64_t bytes_read() const override { return reader_.bytes_read(); }

 private:
  LineResult Take(const TextLine& line) {
    if (line.fault) return *line.fault;
    absl::StatusOr<client::ScriptStep> step = ParseLine(line.text, caller_);
    if (!step.ok()) {
      return Refusal{.line = line.number,
                     .case_id = CaseOf(line.text),
                     .command = {},
                     .code = "REQUEST_MALFORMED",
                     .message = WhatIsWrong(step.status())};
    }
    if (!step->named) Name(step->caller, step->requests.front());
    return Item{.line = line.number,
                .caller = std::move(step->caller),
                .requests = std::move(step->requests)};
  }

  void Name(const client::Identity& caller, command::v1::ExecuteRequest& request) {
    request.clear_request_id();
    const std::string content =
        key_.Uuid({kIdsOfCommands, caller.tenant, caller.actor, caller.role, caller.setting,
                   caller.on_behalf_of, request.SerializeAsString()});
    const std::uint32_t before = equal_before_[content]++;
    request.set_request_id(key_.Uuid({kIdsOfCommands, content, absl::StrCat(before)}));
  }

  LineReader reader_;
  const client::Identity caller_;
  const ImportKey key_;
  absl::flat_hash_map<std::string, std::uint32_t> equal_before_;  // By content.
};

}  // namespace

std::unique_ptr<LineSource> OpenCommands(std::istream& in, client::Identity caller, ImportKey key) {
  return std::make_unique<CommandSource>(in, std::move(caller), std::move(key));
}

}  // namespace apdr::importer
