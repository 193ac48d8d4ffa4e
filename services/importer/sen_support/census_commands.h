#pragma once

#include <string>
#include <variant>
#include <vector>

#include "apdr/command/v1/command_service.pb.h"
#include "services/importer/import_key.h"
#include "services/importer/sen_support/census_line.h"

namespace apdr::importer {

// Why a line makes no commands: a code of docs/errors.md and a sentence without personal data.
struct LineProblem {
  std::string code;
  std::string message;
};

// The commands that put a child of a census line on record:
//
//   N, K, E  RegisterChild, on the day of entry, as a new case
//            AssignResponsibleTeacher, where somebody is named
//   K        StartSenSupport, on the day support started, with a departure from R11: what came
//            before support is not in a census
//   E        RecordEhcPlan, on the day of the plan
//
// Nothing is made up: what a command needs and the line does not say is a problem. What the rules
// of the workflow say of it all, the server knows.
//
// The case id follows from key, tenant and UPN; the request ids also from the provision. So a line
// that was refused half-way goes on where it stopped once it is corrected, while a child whose
// provision is now another meets the case there is and changes nothing.
[[nodiscard]] std::variant<std::vector<command::v1::ExecuteRequest>, LineProblem> MakeCommands(
    const CensusLine& line, const std::string& tenant, const ImportKey& key);

// The case of a line, whatever else is wrong with it; empty: it has no UPN.
[[nodiscard]] std::string CaseOf(const CensusLine& line, const std::string& tenant,
                                 const ImportKey& key);

}  // namespace apdr::importer
