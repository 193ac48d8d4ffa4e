#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "engine/base/date.h"
#include "engine/domains/sen_support/examples.h"
#include "services/scenario/internal/content.h"
#include "services/scenario/internal/message_fields.h"

namespace apdr::scenario {

// "+7d", "tomorrow" as a date, counted from `date`; other words as they are.
[[nodiscard]] std::string DateWords(std::string_view words, Date date);

// Reads the values of commands from a script's words: needs, outcomes, persons, dates.
class Values {
 public:
  // Borrows what the context borrows.
  explicit Values(const ContentContext& context);

  // Valid as long as this object.
  [[nodiscard]] ValueReaders readers() const;

 private:
  [[nodiscard]] absl::Status Read(google::protobuf::Message& message, std::string_view words) const;
  [[nodiscard]] absl::Status ReadAgreement(sen::v1::Agreement& agreement,
                                           std::string_view words) const;
  void ReadProvision(sen::v1::PlannedProvision& provision, std::string_view words) const;
  [[nodiscard]] absl::Status ReadPersonOrFirst(google::protobuf::Message& message,
                                               std::string_view words) const;
  [[nodiscard]] std::string Text(const google::protobuf::FieldDescriptor& field,
                                 std::string_view words) const;

  const std::string& case_id_;
  const Date date_;
  const sen::Policy& policy_;
  const sen::examples::ExampleContext example_;
};

}  // namespace apdr::scenario
