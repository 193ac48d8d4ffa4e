#include "services/scenario/internal/checks.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "engine/codec/message_payload.h"
#include "engine/core/render.h"
#include "engine/domains/sen_support/examples.h"
#include "services/scenario/internal/field_names.h"
#include "services/scenario/internal/message_fields.h"
#include "services/scenario/internal/values.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

using Events = std::vector<codec::RecordedEvent>;

// What a person is expected to be: the role behind an abbreviation.
std::string RoleBehind(const std::string& words) {
  const std::string_view role = sen::examples::RoleOf(words);
  return role.empty() ? words : std::string(role);
}

// What a field of an event holds.
struct FieldOfEvent {
  const google::protobuf::FieldDescriptor* type = nullptr;  // Null: the day of the event.
  std::vector<std::string> values;
};

// "heldOn" of ReviewHeld is its day: the payload has no field of that name.
absl::StatusOr<FieldOfEvent> FieldOf(const codec::RecordedEvent& event, const std::string& key) {
  const auto& message = static_cast<const codec::MessagePayload&>(*event.event.payload).message();
  const std::string event_name = NameOf(event);
  const std::string name = SchemaName(event_name, key);
  const bool day = Normalised(name) == "occurredon" || IsDayOfCommand(event_name, name);
  if (day && !HasField(*message.GetDescriptor(), name)) {
    return FieldOfEvent{.type = nullptr, .values = {FormatDate(event.event.occurred_on)}};
  }
  const auto path = FindField(*message.GetDescriptor(), name);
  if (!path.ok()) return absl::InvalidArgumentError(path.status().message());
  return FieldOfEvent{.type = path->back(), .values = FieldValues(message, *path)};
}

// One item of an answer: a value, or a person by role or, as TCH2 and personId=PAR, by name.
bool IsItem(const google::protobuf::FieldDescriptor& field, const std::string& want,
            const std::string& value, const codec::RecordedEvent& event) {
  return SameValue(field, RoleBehind(want), value) ||
         value.ends_with(sen::examples::PersonId(event.header.stream.case_id.value(), want));
}

bool SameValues(const google::protobuf::FieldDescriptor& field, const std::string& expected,
                const std::vector<std::string>& values, const codec::RecordedEvent& event) {
  std::string list = expected;
  const auto count = ParseCount(list);
  if (count.has_value() && field.is_repeated() && field.message_type() != nullptr) {
    return static_cast<std::size_t>(*count) == values.size();
  }
  if (values.empty() && Normalised(list) == "none") return true;
  if (list.starts_with("[") && list.ends_with("]")) list = list.substr(1, list.size() - 2);
  if (values.size() == 1 && IsItem(field, list, values.front(), event)) return true;
  const auto wanted = SplitOutside(list, ',');
  // A timer tells everybody who may have to act; a script names those it cares about.
  if (field.name() == "to" && field.is_repeated() && field.message_type() == nullptr) {
    return !wanted.empty() && std::ranges::all_of(wanted, [&](const std::string& want) {
      return std::ranges::any_of(
          values, [&](const std::string& value) { return IsItem(field, want, value, event); });
    });
  }
  return std::ranges::equal(wanted, values, [&](const std::string& want, const std::string& value) {
    return IsItem(field, want, value, event);
  });
}

// Events of the played commands that are the first of their command, and the others.
struct Group {
  const codec::RecordedEvent* event = nullptr;
  bool first = false;
  bool matched = false;
};

// What differs in a step, one sentence each.
class StepCheck {
 public:
  StepCheck(const Step& step, const std::vector<Played>& played, const World& world)
      : expect_(step.expect), played_(played), world_(world) {
    for (const Played& command : played) {
      for (const codec::RecordedEvent& event : command.events) {
        groups_.push_back({&event, &event == &command.events.front()});
        all_.push_back(event);
      }
      problems_.insert(problems_.end(), command.problems.begin(), command.problems.end());
      warnings_.insert(warnings_.end(), command.warnings.begin(), command.warnings.end());
      departures_.insert(departures_.end(), command.departures.begin(), command.departures.end());
    }
    if (!played.empty() && played.back().rejection.has_value()) {
      rejection_ = &*played.back().rejection;
    }
  }

  absl::Status Run() {
    for (const EventExpectation& event : expect_.events) {
      APDR_RETURN_IF_ERROR(CheckEventName(world_, event.name));
    }
    CheckRejection();
    APDR_RETURN_IF_ERROR(CheckEvents());
    CheckNothing();
    if (expect_.warnings.has_value()) CheckCodes("warnings", *expect_.warnings, warnings_);
    if (expect_.departures.has_value()) CheckCodes("departures", *expect_.departures, departures_);
    for (const Assertion& assertion : expect_.state) {
      APDR_ASSIGN_OR_RETURN(const std::string got,
                            CheckAssertion(assertion, world_, CaseVersion(1)));
      if (!got.empty()) problems_.push_back(absl::StrCat("not ", assertion.text, " but ", got));
    }
    return absl::OkStatus();
  }

  [[nodiscard]] bool ok() const { return problems_.empty(); }

  [[nodiscard]] std::string Got() const {
    std::string got = Listing(all_);
    if (rejection_ != nullptr) {
      std::vector<std::string> codes;
      for (const core::Violation& violation : rejection_->violations)
        codes.push_back(violation.code);
      absl::StrAppend(&got, got.empty() ? "" : ", ", "X ", absl::StrJoin(codes, ", "), " (",
                      rejection_->message, ")");
    }
    if (got.empty()) got = "nothing";
    if (!warnings_.empty())
      absl::StrAppend(&got, " warnings=[", absl::StrJoin(warnings_, ","), "]");
    if (!departures_.empty()) {
      absl::StrAppend(&got, " departures=[", absl::StrJoin(departures_, ","), "]");
    }
    if (!problems_.empty()) absl::StrAppend(&got, "; ", absl::StrJoin(problems_, "; "));
    return got;
  }

 private:
  void CheckRejection() {
    if (expect_.rejection.empty()) {
      if (rejection_ != nullptr) problems_.emplace_back("rejected");
      return;
    }
    if (rejection_ == nullptr) {
      problems_.emplace_back("accepted");
      return;
    }
    std::vector<std::string> codes;
    for (const core::Violation& violation : rejection_->violations) codes.push_back(violation.code);
    const bool first_only = expect_.rejection.size() == 1 && !expect_.rejection_alone;
    const bool same = first_only ? IsCodeOf(codes.front(), expect_.rejection.front())
                                 : std::ranges::equal(codes, expect_.rejection,
                                                      [&](const auto& code, const auto& wanted) {
                                                        return IsCodeOf(code, wanted);
                                                      });
    if (!same) problems_.emplace_back("rejected for another reason");
    if (played_.back().wrote) problems_.emplace_back("the rejected command has stored events");
  }

  // "R10" stands for the codes of the rules with this id.
  [[nodiscard]] bool IsCodeOf(const std::string& code, const std::string& wanted) const {
    return code == wanted ||
           std::ranges::any_of(world_.workflow().definition().rules, [&](const core::Rule& rule) {
             return rule.id == wanted && rule.code == code;
           });
  }

  absl::Status CheckEvents() {
    for (const EventExpectation& expected : expect_.events) {
      int found = 0;
      for (Group& group : groups_) {
        if (group.matched || found == expected.count) continue;
        APDR_ASSIGN_OR_RETURN(group.matched, Fits(expected, *group.event));
        if (group.matched) ++found;
      }
      if (found < expected.count) {
        problems_.push_back(
            absl::StrCat("no ", expected.name, FieldsOf(expected),
                         expected.count > 1 ? absl::StrCat(" x", expected.count) : ""));
        ShowFields(expected);
      }
    }
    // Only what a command's first event brings along may be left out.
    const bool listed = !expect_.events.empty() && expect_.rejection.empty();
    for (const Group& group : groups_) {
      if (listed && group.first && !group.matched) {
        problems_.push_back(absl::StrCat("also ", NameOf(*group.event)));
      }
    }
    if (expect_.total.has_value() && static_cast<std::size_t>(*expect_.total) != all_.size()) {
      problems_.push_back(absl::StrCat(all_.size(), " events"));
    }
    return absl::OkStatus();
  }

  static std::string FieldsOf(const EventExpectation& expected) {
    std::string text;
    for (const Argument& field : expected.fields) {
      absl::StrAppend(&text, " ", field.key, "=", field.value);
    }
    return text;
  }

  // What the expected fields hold instead.
  void ShowFields(const EventExpectation& expected) {
    for (const Group& group : groups_) {
      if (NameOf(*group.event) != expected.name) continue;
      for (const Argument& field : expected.fields) {
        const auto found = FieldOf(*group.event, field.key);
        if (!found.ok()) continue;
        problems_.push_back(absl::StrCat(expected.name, " has ", field.key, "=",
                                         absl::StrJoin(found->values, ",")));
      }
    }
  }

  void CheckNothing() {
    const bool wrote = std::ranges::any_of(played_, &Played::wrote);
    const bool asked_nothing = expect_.nothing || expect_.same_answer;
    if (asked_nothing && wrote) problems_.emplace_back("events were stored");
    const bool repeated = std::ranges::any_of(played_, &Played::repeated);
    if (expect_.same_answer && !repeated) problems_.emplace_back("not an answer given before");
    const bool open = expect_.events.empty() && !expect_.total.has_value() && !asked_nothing &&
                      expect_.rejection.empty();
    if (open && all_.empty() && rejection_ == nullptr) problems_.emplace_back("no events");
  }

  void CheckCodes(const char* what, std::vector<std::string> wanted, std::vector<std::string> got) {
    std::ranges::sort(wanted);
    std::ranges::sort(got);
    if (wanted != got) problems_.push_back(absl::StrCat("other ", what));
  }

  const Expectation& expect_;
  const std::vector<Played>& played_;
  const World& world_;
  std::vector<Group> groups_;
  Events all_;
  std::vector<std::string> warnings_;
  std::vector<std::string> departures_;
  const core::Rejection* rejection_ = nullptr;
  std::vector<std::string> problems_;
};

}  // namespace

std::string NameOf(const codec::RecordedEvent& event) {
  return core::ShortName(event.event.payload->type());
}

std::string Listing(const std::vector<codec::RecordedEvent>& events) {
  std::vector<std::pair<std::string, int>> runs;
  for (const codec::RecordedEvent& event : events) {
    if (runs.empty() || runs.back().first != NameOf(event)) runs.emplace_back(NameOf(event), 0);
    ++runs.back().second;
  }
  std::vector<std::string> names;
  for (const auto& [name, count] : runs) {
    names.push_back(count > 1 ? absl::StrCat(name, " x", count) : name);
  }
  return absl::StrJoin(names, ", ");
}

absl::Status CheckEventName(const World& world, const std::string& name) {
  if (world.workflow().HasEvent(absl::StrCat("apdr.sen.v1.", name))) return absl::OkStatus();
  std::vector<std::string> names;
  for (const std::string& type : world.workflow().definition().events) {
    names.push_back(core::ShortName(type));
  }
  return absl::InvalidArgumentError(absl::StrCat("Expected an event of this product, but ",
                                                 UnknownName("event", name, names), "."));
}

absl::StatusOr<bool> Fits(const EventExpectation& expected, const codec::RecordedEvent& event) {
  if (NameOf(event) != expected.name) return false;
  for (const Argument& field : expected.fields) {
    APDR_ASSIGN_OR_RETURN(const FieldOfEvent found, FieldOf(event, field.key));
    const bool same = found.type == nullptr
                          ? found.values.front() == DateWords(field.value, event.event.occurred_on)
                          : SameValues(*found.type, field.value, found.values, event);
    if (!same) return false;
  }
  return true;
}

absl::StatusOr<ReportLine> CheckStep(const Step& step, const std::vector<Played>& played,
                                     const World& world) {
  StepCheck check(step, played, world);
  APDR_RETURN_IF_ERROR(check.Run());
  return ReportLine{.line = step.line,
                    .label = step.label,
                    .date = FormatDate(step.date),
                    .text = step.text,
                    .expected = step.expect.text.empty() ? "events" : step.expect.text,
                    .got = check.Got(),
                    .ok = check.ok()};
}

}  // namespace apdr::scenario
