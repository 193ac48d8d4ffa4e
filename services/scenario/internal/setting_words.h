#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "engine/base/vocabulary.h"
#include "services/scenario/internal/content.h"

// Words of the commands about a setting's own record: AssignSenco, PublishSenInformationReport.
namespace apdr::scenario {

// The record that the command is about; nullopt: it is about a case.
[[nodiscard]] std::optional<CaseId> SettingRecordOf(const google::protobuf::Message& command);

// Of the setting that the script's facts give. Nothing for other commands.
[[nodiscard]] absl::Status PutSettingFacts(const std::map<std::string, Fact>& facts,
                                           google::protobuf::Message& command);

// "urn=199002", "agencies=SLT,EP:Educational psychology service". False: it is no such word.
[[nodiscard]] absl::StatusOr<bool> PutSettingWord(const std::string& key, const std::string& value,
                                                  google::protobuf::Message& command);

}  // namespace apdr::scenario
