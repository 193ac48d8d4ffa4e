#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/date.h"
#include "engine/base/id_source.h"
#include "engine/codec/message_payload.h"
#include "tests/support/library_loan_domain/library_loan_domain.h"

// The tables of the library loan.
namespace apdr::testing {
namespace {

using codec::As;
using codec::MakePayload;
using codec::TryAs;
using core::ActionSpec;
using core::Breach;
using core::CommandSpec;
using core::Deadline;
using core::Rule;
using core::RuleInput;
using core::State;
using core::Strength;
using core::TimerInput;
using core::TimerSpec;
using library::v1::AddNote;
using library::v1::FeeOverdue;
using library::v1::ItemLent;
using library::v1::LendItem;
using library::v1::LoanOverdue;
using library::v1::LoanReminderIssued;
using library::v1::LoanRenewed;
using library::v1::NoteAdded;

constexpr std::uint32_t kRenewalsMax = 2;
constexpr int kFeeDays = 30;

std::string Type(std::string_view name) {
  return absl::StrCat("apdr.testing.library.v1.", std::string(name));
}

bool IsLost(const State& state) { return state.stage == 2; }

std::optional<Breach> SlipTaken(const RuleInput& input) {
  const auto holder =
      input.context.key_holders.find("slip:" + As<LendItem>(*input.command.payload).slip());
  if (holder == input.context.key_holders.end()) return std::nullopt;
  return Breach{"the slip belongs to another loan", {{"holder", holder->second.value()}}};
}

std::optional<Breach> LoanTooShort(const RuleInput& input) {
  if (As<LendItem>(*input.command.payload).days() > 1) return std::nullopt;
  return Breach{"a loan of one day is read in the library", {}};
}

std::optional<Breach> OtherBranch(const RuleInput& input) {
  const std::string& branch = LoanOf(input.state).branch_id();
  if (branch.empty() || input.context.actor.setting_id.empty() ||
      input.context.actor.setting_id == branch) {
    return std::nullopt;
  }
  return Breach{"the loan belongs to another branch", {{"branch", branch}}};
}

std::optional<Breach> OverdueNotRenewed(const RuleInput& input) {
  const std::optional<Date> due_on = ParseDate(LoanOf(input.state).due_on());
  if (!due_on || input.command.occurred_on <= *due_on) return std::nullopt;
  return Breach{"the loan is overdue", {{"due_on", FormatDate(*due_on)}}};
}

std::optional<Breach> RenewalsUsedUp(const RuleInput& input) {
  if (LoanOf(input.state).renewals() < kRenewalsMax) return std::nullopt;
  return Breach{absl::StrCat("it was renewed ", kRenewalsMax, " times"), {}};
}

std::optional<Breach> NoteWithoutLoss(const RuleInput& input) {
  if (!As<AddNote>(*input.command.payload).settles() || IsLost(input.state)) return std::nullopt;
  return Breach{"nothing is lost that a note could settle", {}};
}

std::optional<Breach> NoteOnNothing(const RuleInput& input) {
  const std::string& text = As<AddNote>(*input.command.payload).text();
  if (!IsUuid(text) || input.context.cases_read.contains(CaseId(text))) return std::nullopt;
  return Breach{"the note is on a loan that is not there", {}};
}

std::optional<Breach> ReturnedLate(const RuleInput& input) {
  const std::optional<Date> due_on = ParseDate(LoanOf(input.state).due_on());
  if (!due_on || input.command.occurred_on <= *due_on) return std::nullopt;
  return Breach{"the item was due earlier", {{"due_on", FormatDate(*due_on)}}};
}

Rule MakeRule(std::string id, std::string code, Strength strength, std::vector<std::string> guards,
              std::optional<Breach> (*check)(const RuleInput&)) {
  return Rule{.id = std::move(id),
              .code = std::move(code),
              .strength = strength,
              .text = "See the code.",
              .source = "House rules",
              .guards = std::move(guards),
              .before_stage = false,
              .wrong_in_any_state = false,
              .check = check,
              .strength_here = nullptr};
}

std::vector<Rule> Rules() {
  using enum Strength;
  std::vector<Rule> rules = {
      MakeRule("L1", "SLIP_TAKEN", kIntegrity, {Type("LendItem")}, SlipTaken),
      MakeRule("L2", "LOAN_TOO_SHORT", kIntegrity, {Type("LendItem")}, LoanTooShort),
      MakeRule("L3", "OTHER_BRANCH", kMust, {"*"}, OtherBranch),
      MakeRule("L4", "OVERDUE_NOT_RENEWED", kMust, {Type("RenewLoan")}, OverdueNotRenewed),
      MakeRule("L5", "RENEWALS_USED_UP", kShould, {Type("RenewLoan")}, RenewalsUsedUp),
      MakeRule("L6", "NOTE_WITHOUT_LOSS", kShould, {Type("AddNote")}, NoteWithoutLoss),
      MakeRule("L7", "RETURNED_LATE", kWarning, {Type("ReturnItem")}, ReturnedLate),
      MakeRule("L8", "NOTE_ON_NOTHING", kWarning, {Type("AddNote")}, NoteOnNothing)};
  rules[1].wrong_in_any_state = true;
  rules[3].foreseen_for = {Type("RenewLoan")};
  rules[4].foreseen_for = {Type("RenewLoan")};
  rules[2].before_stage = true;
  rules[4].strength_here = [](const RuleInput& input) {
    return LoanOf(input.state).branch_id() == "STRICT" ? kMust : kShould;
  };
  return rules;
}

Date DueOn(const core::Event& event) {
  const auto* lent = TryAs<ItemLent>(*event.payload);
  const std::optional<Date> due_on =
      ParseDate(lent != nullptr ? lent->due_on() : As<LoanRenewed>(*event.payload).due_on());
  APDR_CHECK(due_on.has_value());
  return *due_on;
}

Deadline MakeDeadline(std::string timer, Date due_on, Date fires_on, std::uint32_t level) {
  return {.timer = std::move(timer),
          .due_on = due_on,
          .fires_on = fires_on,
          .level = level,
          .reminder = false,
          .past_when_recorded = false,
          .explanation = absl::StrCat("due ", FormatDate(due_on))};
}

std::vector<Deadline> StartReminders(const TimerInput& input) {
  const Date due_on = DueOn(input.event);
  std::vector<Deadline> deadlines = {MakeDeadline("D1", due_on, due_on - 5, 1),
                                     MakeDeadline("D1", due_on, due_on - 2, 2)};
  for (Deadline& deadline : deadlines) deadline.reminder = true;
  return deadlines;
}

std::vector<Deadline> StartOverdue(const TimerInput& input) {
  const Date due_on = DueOn(input.event);
  return {MakeDeadline("D2", due_on, due_on + 1, 1), MakeDeadline("D2", due_on, due_on + 8, 2)};
}

std::vector<Deadline> StartFee(const TimerInput& input) {
  const Date due_on = input.event.occurred_on + kFeeDays;
  return {MakeDeadline("D3", due_on, due_on + 1, 0)};
}

bool NoteSettles(const TimerInput& input) {
  const auto* note = TryAs<NoteAdded>(*input.event.payload);
  return note == nullptr || note->settles();
}

core::PayloadPtr FireReminder(const Deadline& deadline, const State&) {
  LoanReminderIssued event;
  event.set_due_on(FormatDate(deadline.due_on));
  return MakePayload(std::move(event));
}

core::PayloadPtr FireOverdue(const Deadline& deadline, const State&) {
  LoanOverdue event;
  event.set_due_on(FormatDate(deadline.due_on));
  event.set_level(deadline.level);
  return MakePayload(std::move(event));
}

core::PayloadPtr FireFee(const Deadline& deadline, const State&) {
  FeeOverdue event;
  event.set_due_on(FormatDate(deadline.due_on));
  return MakePayload(std::move(event));
}

std::vector<TimerSpec> Timers() {
  const std::vector<std::string> starts = {Type("ItemLent"), Type("LoanRenewed")};
  const std::vector<std::string> ends = {Type("ItemReturned"), Type("ItemReportedLost")};
  return {{.id = "D1",
           .title = "Loan reminder",
           .starts_on = starts,
           .stops_on = ends,
           .due = "due date - 5, 2 days",
           .emits = Type("LoanReminderIssued"),
           .start = StartReminders,
           .stops = nullptr,
           .fire = FireReminder},
          {.id = "D2",
           .title = "Loan overdue",
           .starts_on = starts,
           .stops_on = ends,
           .due = "due date + 1, 8 days",
           .emits = Type("LoanOverdue"),
           .start = StartOverdue,
           .stops = nullptr,
           .fire = FireOverdue},
          {.id = "D3",
           .title = "Fee for a lost item",
           .starts_on = {Type("ItemReportedLost")},
           .stops_on = {Type("NoteAdded"), Type("ItemReturned")},
           .due = "30 days",
           .emits = Type("FeeOverdue"),
           .start = StartFee,
           .stops = NoteSettles,
           .fire = FireFee}};
}

std::vector<CommandSpec> Commands() {
  const std::vector<std::string> staff = {"librarian", "system"};
  return {{.type = Type("LendItem"),
           .title = "lend the item",
           .stages = {},
           .roles = staff,
           .opens_case = true},
          {.type = Type("RenewLoan"), .title = "renew the loan", .stages = {"lent"}, .roles = {}},
          {.type = Type("ReturnItem"),
           .title = "return the item",
           .stages = {"lent", "lost"},
           .roles = staff},
          {.type = Type("ReportLost"),
           .title = "report the item lost",
           .stages = {"lent"},
           .roles = {}},
          {.type = Type("AddNote"), .title = "add a note", .stages = {}, .roles = staff},
          {.type = Type("MoveLoan"), .title = "move the loan", .stages = {}, .roles = staff}};
}

std::vector<ActionSpec> Actions() {
  return {{.stages = {"lent"},
           .command = Type("RenewLoan"),
           .title = "Renew if it is still needed",
           .roles = {"borrower"},
           .timer = "",
           .why = "",
           .applies = [](const State& state) { return LoanOf(state).renewals() < kRenewalsMax; }},
          {.stages = {"lent"},
           .command = Type("ReturnItem"),
           .title = "Return the item",
           .roles = {"borrower", "librarian"},
           .timer = "D2",
           .why = "",
           .applies = nullptr},
          {.stages = {"lost"},
           .command = Type("AddNote"),
           .title = "Settle the fee",
           .roles = {"borrower"},
           .timer = "D3",
           .why = "",
           .applies = nullptr}};
}

}  // namespace

core::Definition LibraryLoanDefinition() {
  core::Definition definition;
  definition.name = "library_loan";
  definition.title = "Lending an item";
  definition.policy = "library-2026@1";
  definition.roles = {"librarian", "borrower", "system"};
  APDR_CHECK(absl::LoadTimeZone("Europe/London", &definition.zone));
  definition.stages = {
      {"none", "No loan"}, {"lent", "Lent"}, {"lost", "Lost"}, {"returned", "Returned"}};
  definition.transitions = {{"none", Type("ItemLent"), "lent"},
                            {"lent", Type("ItemReportedLost"), "lost"},
                            {"*", Type("ItemReturned"), "returned"}};
  definition.commands = Commands();
  definition.events = {Type("ItemLent"),    Type("LoanRenewed"), Type("ItemReturned"),
                       Type("NoteAdded"),   Type("LoanMoved"),   Type("ItemReportedLost"),
                       Type("LoanOverdue"), Type("FeeOverdue"),  Type("LoanReminderIssued")};
  definition.rules = Rules();
  definition.timers = Timers();
  definition.actions = Actions();
  return definition;
}

}  // namespace apdr::testing
