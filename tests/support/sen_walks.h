#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "engine/base/random.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/message_payload.h"
#include "engine/codec/state_codec.h"
#include "engine/core/decide.h"
#include "engine/core/evolve.h"
#include "engine/domains/sen_support/sen_module.h"
#include "engine/domains/sen_support/sen_state.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "eventstore/memory/memory_event_store.h"
#include "services/history/case_history.h"
#include "services/projection/rows/row_keys.h"
#include "services/projection/rows/row_values.h"
#include "services/views/view.h"
#include "tests/support/library_loan_domain/loan_desk.h"
#include "tests/support/sim_user.h"

namespace apdr::testing {

// Some cases on random walks through the workflow, with what timers report, late entries,
// corrections and, at last, an erasure.
class SenWalks {
 public:
  static constexpr std::uint32_t kShards = 2;
  static constexpr int kCases = 4;

  explicit SenWalks(std::uint64_t seed)
      : random_(seed), now_(HourOf(On("2025-09-08"), 9, workflow.definition().zone)) {
    for (int i = 0; i < kCases; ++i) cases_.push_back({.stream = CaseNumber(i)});
    for (Case& each : cases_) each.state = workflow.NewState();
  }

  static StreamId CaseNumber(int number) {
    return {TenantId("t1"), CaseId(absl::StrFormat("018f0000-0000-7000-8000-%012d", number))};
  }

  void Turn() {
    now_ += absl::Hours(1 + random_.Next() % 30);
    Case& turn = cases_.at(random_.Next() % cases_.size());
    const std::uint64_t what = random_.Next() % 40;
    if (turn.events > 0 && what == 0) return CorrectName(turn);
    if (what < 8) return FireDue(turn);
    SendNext(turn);
  }

  void Erase(int number) {
    Append(cases_.at(static_cast<std::size_t>(number)), Made(sen::v1::RecordErased()));
  }

  sen::SenModule module{sen::Code2015()};
  core::Workflow workflow{module};
  eventstore::MemoryEventStore store{kShards};

 private:
  struct Case {
    StreamId stream;
    core::State state = {};
    std::vector<core::Departure> departures = {};
    int events = 0;
    std::string first_event_id = {};
  };

  [[nodiscard]] Date Today() const { return DateOf(now_, workflow.definition().zone); }

  template <class E>
  core::Event Made(E event) const {
    core::Event made;
    made.payload = codec::MakePayload(std::move(event));
    made.occurred_on = Today();
    return made;
  }

  void SendNext(Case& turn) {
    core::Command command = RandomSenCommand(workflow, turn.stream, turn.state, Today(), random_);
    if (command.payload == nullptr) return;
    if (random_.Next() % 8 == 0) command.occurred_on = Today() - 3;  // Recorded late.
    const core::Context context{
        .now = now_,
        .today = Today(),
        .actor = RandomActor(workflow, command.payload->type(), turn.stream, random_),
        .key_holders = {}};
    command.departures = turn.departures;
    const core::Decision decision = core::Decide(workflow, turn.state, command, context);
    if (const auto* events = std::get_if<std::vector<core::Event>>(&decision)) {
      for (const core::Event& event : *events) Append(turn, event);
      return;
    }
    for (const core::Violation& violation : std::get<core::Rejection>(decision).violations) {
      if (workflow.FindRule(violation.code) != nullptr && turn.departures.size() < 5) {
        turn.departures.push_back({violation.code, "There was no other way on that day.", ""});
      }
    }
  }

  void FireDue(Case& turn) {
    std::vector<std::string> keys;
    for (const auto& [key, running] : turn.state.deadlines) {
      if (!running.fired && running.deadline.fires_on <= Today()) keys.push_back(key);
    }
    const core::Context context{
        .now = now_,
        .today = Today(),
        .actor = {.id = "timer", .role = "system", .setting_id = "", .on_behalf_of = ""},
        .key_holders = {}};
    for (const std::string& key : keys) {
      for (const core::Event& event : core::DecideDeadline(workflow, turn.state, key, context)) {
        Append(turn, event);
      }
    }
  }

  void CorrectName(Case& turn) {
    sen::v1::RecordCorrected corrected;
    corrected.mutable_correction()->set_target_event_id(turn.first_event_id);
    corrected.mutable_correction()->set_field("registration.preferred_name");
    corrected.mutable_correction()->set_new_value(absl::StrCat("Name ", random_.Next() % 100));
    Append(turn, Made(std::move(corrected)));
  }

  void Append(Case& turn, const core::Event& event) {
    core::Evolve(workflow, turn.state, event);
    const codec::EventHeader header{
        .event_id = absl::StrCat(turn.stream.case_id.value(), "/", turn.state.version.value()),
        .stream = turn.stream,
        .version = turn.state.version,
        .actor = {.id = "p-1", .role = "senco", .setting_id = "", .on_behalf_of = ""},
        .recorded_at = now_,
        .request_id = RequestId("r"),
        .correlation_id = "",
        .causation_id = "",
        .traceparent = ""};
    if (++turn.events == 1) turn.first_event_id = header.event_id;
    AppendBytes(store, turn.stream, turn.state.version,
                codec::EventEncoder().Encode(header, event));
  }

  PseudoRandom random_;
  absl::Time now_;
  std::vector<Case> cases_;
};

// The rows of a view as its declaration says and no machinery: a fold of the whole corrected
// history of every case, and the case as it stands.
inline std::map<std::string, std::string> FoldOf(SenWalks& walks, const readmodel::ReadModel& model,
                                                 const views::View& view) {
  std::map<std::string, std::string> rows;
  for (int i = 0; i < SenWalks::kCases; ++i) {
    const StreamId stream = SenWalks::CaseNumber(i);
    const auto history = history::ReadHistory(model, walks.workflow, stream, {});
    if (absl::IsFailedPrecondition(history.status())) continue;  // Erased.
    EXPECT_TRUE(history.ok()) << history.status();
    if (!history.ok() || !*history) continue;
    const auto row = model.Get(projection::CaseKey(stream)).value();
    const auto standing = projection::DecodeCaseView(*row).value();
    const core::State state =
        codec::DecodeState(walks.workflow, projection::DecodeCaseState(*row).value()).value();
    const auto doc = view.make_doc();
    std::string setting_id;
    for (const event::v1::Event& event : (*history)->events) {
      const auto recorded = codec::FromMessage(event).value();
      const auto& data =
          static_cast<const codec::MessagePayload&>(*recorded.event.payload).message();
      if (const auto* in = dynamic_cast<const sen::v1::ChildRegistered*>(&data)) {
        setting_id = sen::SettingId(in->registration().setting());
      }
      if (const auto* moved = dynamic_cast<const sen::v1::ChildTransferredIn*>(&data)) {
        setting_id = sen::SettingId(moved->acceptance().setting());
      }
      if (setting_id.empty()) continue;
      view.fold({.event = event, .data = data, .setting_id = setting_id}, *doc);
    }
    if (setting_id.empty()) continue;
    views::RowCollector collector(stream.tenant, view.name, rows);
    view.rows({.view = standing, .record = sen::CaseOf(state)}, *doc, collector);
  }
  return rows;
}

}  // namespace apdr::testing
