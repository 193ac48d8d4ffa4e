#include "services/importer/schedule.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/overloaded.h"
#include "engine/base/status_macros.h"
#include "services/client/text.h"

namespace apdr::importer {
namespace {

// Nothing was decided, or it is unknown what was: the same request is sent again.
bool IsToBeRepeated(const client::StreamAnswer& answer, const client::Failure& failure) {
  if (failure.code == grpc::StatusCode::UNAVAILABLE) return true;
  return !answer.stream_failed && failure.reason == "OVERLOADED";
}

// "STAGE_ORDER", or the name of what gRPC says where there is no reason.
std::string CodeOf(const client::Failure& failure) {
  return failure.reason.empty() ? absl::StrCat("GRPC_", static_cast<int>(failure.code))
                                : failure.reason;
}

}  // namespace

Schedule::Schedule(LineSource& source, OnRefusal on_refusal, ScheduleLimits limits)
    : source_(source), on_refusal_(std::move(on_refusal)), limits_(limits) {}

absl::StatusOr<std::optional<Schedule::Outgoing>> Schedule::Next() {
  if (in_flight_ >= limits_.in_flight) return std::optional<Outgoing>();
  APDR_RETURN_IF_ERROR(ReadAhead());
  if (ready_.empty()) return std::optional<Outgoing>();
  const std::uint64_t ticket = ready_.front();
  ready_.pop_front();
  ++in_flight_;
  const Line& line = lines_.at(ticket);
  return std::optional(Outgoing{
      .ticket = ticket, .caller = &line.item.caller, .request = &line.item.requests.at(line.step)});
}

bool Schedule::HasRoom() const { return lines_.size() < limits_.lines && bytes_ < limits_.bytes; }

// Reads until something can be sent.
absl::Status Schedule::ReadAhead() {
  while (ready_.empty() && !source_ended_ && HasRoom()) {
    APDR_ASSIGN_OR_RETURN(std::optional<LineResult> result, source_.Next());
    if (!result) {
      source_ended_ = true;
      break;
    }
    if (auto* item = std::get_if<Item>(&*result)) {
      Add(std::move(*item));
      continue;
    }
    const Refusal& refusal = std::get<Refusal>(*result);
    CountRefusal(refusal);
    if (refusal.case_id.empty()) continue;
    // Earlier lines of the case, read and not yet settled, are none of its fault.
    Case& of = cases_[refusal.case_id];
    if (of.refused_line == 0) of.refused_line = refusal.line;
  }
  return absl::OkStatus();
}

void Schedule::Add(Item item) {
  APDR_CHECK(!item.requests.empty());
  const std::uint64_t number = item.line;
  const std::string& case_id = item.requests.front().case_id();
  Case& of = cases_[case_id];
  if (of.refused_line != 0) return HoldBack(number, case_id, of.refused_line);
  if (of.lines.empty()) ready_.push_back(number);
  of.lines.push_back(number);
  Line line{.item = std::move(item), .step = 0, .bytes = 0, .wrote = false};
  for (const auto& request : line.item.requests) line.bytes += request.ByteSizeLong();
  bytes_ += line.bytes;
  lines_.emplace(number, std::move(line));
}

bool Schedule::Settle(const client::StreamAnswer& answer) {
  APDR_CHECK(in_flight_ > 0);
  --in_flight_;
  if (const auto* response = std::get_if<command::v1::ExecuteResponse>(&answer.outcome)) {
    Accept(answer.ticket, *response);
    return true;
  }
  const auto& failure = std::get<client::Failure>(answer.outcome);
  if (IsToBeRepeated(answer, failure)) {
    waiting_.push_back(answer.ticket);
    return false;
  }
  Refuse(answer.ticket, failure);
  return true;
}

void Schedule::Retry() {
  ready_.insert(ready_.begin(), waiting_.begin(), waiting_.end());
  waiting_.clear();
}

void Schedule::Accept(std::uint64_t ticket, const command::v1::ExecuteResponse& response) {
  Line& line = lines_.at(ticket);
  line.wrote = line.wrote || (!response.repeated_request() && response.events_size() > 0);
  if (++line.step < line.item.requests.size()) {
    ready_.push_back(ticket);
    return;
  }
  ++tally_.lines;
  ++(line.wrote ? tally_.accepted : tally_.already_there);
  const auto of = cases_.find(line.item.requests.front().case_id());
  of->second.lines.pop_front();
  if (!of->second.lines.empty()) {
    ready_.push_back(of->second.lines.front());
  } else if (of->second.refused_line == 0) {
    cases_.erase(of);
  }
  Forget(ticket);
}

void Schedule::Refuse(std::uint64_t ticket, const client::Failure& failure) {
  const Line& line = lines_.at(ticket);
  const command::v1::ExecuteRequest& request = line.item.requests.at(line.step);
  const std::string case_id = request.case_id();
  CountRefusal({.line = ticket,
                .case_id = case_id,
                .command = client::ShortType(request.command().type_url()),
                .code = CodeOf(failure),
                .message = failure.message});
  Case& of = cases_.at(case_id);
  if (of.refused_line == 0 || of.refused_line > ticket) of.refused_line = ticket;
  for (const std::uint64_t number : of.lines) {
    if (number != ticket) HoldBack(number, case_id, ticket);
    Forget(number);
  }
  of.lines.clear();
}

void Schedule::CountRefusal(const Refusal& refusal) {
  ++tally_.lines;
  ++tally_.refused[refusal.code];
  on_refusal_(refusal);
}

void Schedule::HoldBack(std::uint64_t line, const std::string& case_id,
                        std::uint64_t refused_line) {
  CountRefusal({.line = line,
                .case_id = case_id,
                .command = {},
                .code = kHeldBack,
                .message = absl::StrCat("Expected to take the line over, but line ", refused_line,
                                        ", an earlier one of this case, was refused.")});
}

void Schedule::Forget(std::uint64_t line) {
  const auto found = lines_.find(line);
  bytes_ -= found->second.bytes;
  lines_.erase(found);
}

}  // namespace apdr::importer
