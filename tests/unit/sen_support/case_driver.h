#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/codec/message_payload.h"
#include "engine/core/decide.h"
#include "engine/core/next_actions.h"
#include "engine/core/state.h"
#include "engine/core/workflow.h"
#include "engine/domains/sen_support/examples.h"
#include "engine/domains/sen_support/sen_module.h"
#include "engine/domains/sen_support/sen_state.h"
#include "engine/domains/sen_support/sen_terms.h"

namespace apdr::sen {

// One child's case without a store: given / when / then over Decide, Evolve and DecideDeadline. The
// clock stands at noon of the last command's date; deadlines fire by themselves as it moves on.
class CaseDriver {
 public:
  explicit CaseDriver(Policy policy = Code2015());

  // Moves the clock to noon of the date, firing what falls due on the way.
  void MoveTo(std::string_view date);

  // The minimal content of a command on that date, moving there first.
  template <class C>
  C Example(std::string_view on) {
    MoveTo(on);
    auto message = examples::Minimal(TypeOf<C>(), Context());
    return *static_cast<C*>(message.get());
  }

  // Sends a command: "ReviewHeld, CycleCompleted" when accepted, "X CODE, CODE" when not; the codes
  // of its warnings follow as " warns CODE". An accepted command that writes nothing is "".
  template <class C>
  std::string Send(std::string_view on, std::string_view role, C command,
                   std::vector<core::Departure> departures = {}) {
    MoveTo(on);
    return Decide(role, codec::MakePayload(std::move(command)), std::move(departures));
  }
  // The same with the minimal content.
  template <class C>
  std::string Send(std::string_view on, std::string_view role = "senco") {
    return Send(on, role, Example<C>(on));
  }
  // Decides a command as if it had happened on another date than today.
  std::string SendDated(std::string_view occurred_on, core::PayloadPtr payload);

  [[nodiscard]] const CaseState& record() const { return CaseOf(state_); }
  [[nodiscard]] const core::State& state() const { return state_; }
  [[nodiscard]] std::string stage() const { return workflow_.StageAt(state_.stage).name; }
  [[nodiscard]] core::CaseFacts Facts() const { return module_.Facts(state_); }
  [[nodiscard]] const SenModule& module() const { return module_; }
  [[nodiscard]] const core::Workflow& workflow() const { return workflow_; }
  [[nodiscard]] const std::vector<core::Event>& events() const { return events_; }
  [[nodiscard]] const core::Rejection& rejection() const { return rejection_; }
  // "2026-01-09 ReviewReminderIssued", for every deadline that fired.
  [[nodiscard]] const std::vector<std::string>& fired() const { return fired_; }
  // Keys of the deadlines that wait for something to be done: all but those that follow from the
  // date of birth alone (T17, T18).
  [[nodiscard]] std::vector<std::string> Awaited() const;
  // Titles of what is next, "command due" each.
  [[nodiscard]] std::vector<std::string> Next() const;
  // "2026-02-09" of the running deadlines of a timer, by firing date.
  [[nodiscard]] std::vector<std::string> Running(std::string_view timer) const;
  // A fold of the events from nothing, as saved bytes; and the live state.
  [[nodiscard]] std::string Refolded() const;
  [[nodiscard]] std::string Saved() const;
  [[nodiscard]] examples::ExampleContext Context() const;

  void ActFrom(std::string setting_id) { setting_id_ = std::move(setting_id); }
  void ActAs(std::string actor_id) { actor_id_ = std::move(actor_id); }
  void ActFor(std::string person_id) { on_behalf_of_ = std::move(person_id); }
  void SomebodyElseHolds(std::string key) { key_holders_.emplace(std::move(key), CaseId("other")); }

 private:
  std::string Decide(std::string_view role, core::PayloadPtr payload,
                     std::vector<core::Departure> departures);
  [[nodiscard]] core::Context MakeContext(std::string_view role) const;
  void Append(core::Event event);
  void FireOn(Date date);

  SenModule module_;
  core::Workflow workflow_;
  core::State state_;
  core::State setting_;  // That holds the case.
  Date today_;
  std::vector<core::Event> events_;
  std::vector<std::string> fired_;
  core::Rejection rejection_;
  std::string setting_id_;
  std::string actor_id_ = "actor";
  std::string on_behalf_of_;
  std::map<std::string, CaseId> key_holders_;
};

// A departure from a rule, with a reason that is long enough.
core::Departure DepartFrom(std::string rule_code);

// How far an example case is brought before a test's one command. Dates are fixed: concern
// 2025-09-08, support started 2025-10-06, assessed 2025-10-15, plan agreed 2025-10-22 with a review
// on 2025-12-12, support started 2025-11-03.
void OpenCase(CaseDriver& driver);
void BringToAdapting(CaseDriver& driver);
void BringToSupport(CaseDriver& driver);
// Everything that an assessment needs.
void BringToAssess(CaseDriver& driver);
// Participants confirmed and heard.
void BringToPlan(CaseDriver& driver);
void BringToDo(CaseDriver& driver);
void BringToStartedSupport(CaseDriver& driver);

}  // namespace apdr::sen
