#pragma once

#include <google/protobuf/message.h>

#include <set>
#include <string>
#include <string_view>

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

// Takes the judgements of outcomes out of a review of which the script does not speak ("O1").
void KeepEvaluationsOf(const std::set<std::string>& said, google::protobuf::Message& command);

// "never-delivered": why a review is held without support having started.
[[nodiscard]] bool PutNeverDelivered(std::string_view words, google::protobuf::Message& command);

// "RecordViewsNotObtained CHI": whose views.
[[nodiscard]] bool PutViewsOf(std::string_view words, google::protobuf::Message& command);

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
