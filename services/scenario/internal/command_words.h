#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "absl/status/statusor.h"
#include "apdr/sen/v1/review.pb.h"
#include "services/scenario/internal/content.h"
#include "services/scenario/scenario.h"

// What a script's words mean for one kind of command only. "False" says that they mean nothing.
namespace apdr::scenario {

// Who acts is who raises the concern, adapts the teaching, writes the views down; parents, child
// and professionals speak and assess for themselves.
[[nodiscard]] absl::Status PutActor(const CommandLine& line, const ContentContext& context,
                                    google::protobuf::Message& command);

// "O1=achieved", "all=achieved", "outcomes=achieved,being-achieved" of HoldReview.
[[nodiscard]] absl::StatusOr<bool> PutEvaluation(const std::string& key, const std::string& value,
                                                 sen::v1::Review& review);

// "words/min=51": a measurement, where the command records one.
[[nodiscard]] bool PutMeasure(const std::string& key, const std::string& value,
                              google::protobuf::Message& command);

// "parent by phone" took part in the review.
[[nodiscard]] bool PutPartBy(const std::string& phrase, const ContentContext& context,
                             google::protobuf::Message& command);

// "RecordInvolvedProfessional SLT": the professional of that discipline.
[[nodiscard]] bool PutProfessional(const std::string& phrase, const ContentContext& context,
                                   google::protobuf::Message& command);

}  // namespace apdr::scenario
