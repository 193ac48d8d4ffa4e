#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "engine/domains/sen_support/examples.h"
#include "engine/domains/sen_support/sen_input.h"

// Who and what the examples put into commands, by the state of the case.
namespace apdr::sen::examples {

// The responsible teacher, keyworker or tutor; before one is known, the one usual in the setting.
[[nodiscard]] v1::PersonRef Teacher(const ExampleContext& context);
// SENCO, or the named person of a college.
[[nodiscard]] v1::PersonRef Senco(const ExampleContext& context);
// That holds the case; a school of its own for a new one.
[[nodiscard]] v1::Setting SettingOf(const ExampleContext& context);
// A parent, or the young person once the decisions are theirs.
[[nodiscard]] v1::PersonRef Decider(const ExampleContext& context);
// The child, or the young person.
[[nodiscard]] v1::PersonRef Child(const ExampleContext& context);
[[nodiscard]] v1::PersonRef Parent(const ExampleContext& context);

// A review date that no rule minds: ten weeks on.
[[nodiscard]] Date ReviewDate(const ExampleContext& context);
// A complete plan of two outcomes and two provisions.
[[nodiscard]] v1::PlanContent PlanFor(const ExampleContext& context);
[[nodiscard]] v1::Measure MeasureOn(std::string_view value, Date on);

using Make = std::unique_ptr<google::protobuf::Message> (*)(const ExampleContext&);

// A row of the table of examples: a command and what fills it.
template <class Command, void (*kFill)(Command&, const ExampleContext&)>
std::pair<const std::string, Make> Example() {
  return {TypeOf<Command>(),
          [](const ExampleContext& context) -> std::unique_ptr<google::protobuf::Message> {
            auto command = std::make_unique<Command>();
            kFill(*command, context);
            return command;
          }};
}

// Those of specialists, escalation, moves, governance and what else stands beside the cycle.
[[nodiscard]] std::map<std::string, Make, std::less<>> LaterExamples();

}  // namespace apdr::sen::examples
