#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "apdr/query/v1/notify_service.pb.h"

// Texts of messages. They are made of what a notice says and of nothing else, so no text can name
// the person a case is about.
namespace apdr::notify {

// A text with places to fill in, in braces:
//   {event}        what happened in words: "review overdue"
//   {case}         the last twelve characters of the case id, for people to compare
//   {case_id}      the whole of it
//   {setting}      the place of learning: "URN:199001"
//   {due_on}       the date that an event is about, if it is about one
//   {days}         days between that date and the event
//   {level}        of an escalation
//   {occurred_on}  the date of the event
//   {link}         where to read on
class TextTemplate {
 public:
  // kInvalidArgument: a brace without a partner, or a place that there is not.
  [[nodiscard]] static absl::StatusOr<TextTemplate> Parse(std::string_view text);

  // `link` may have places of its own, {case_id} for example, filled in already.
  [[nodiscard]] std::string Render(const query::v1::Delivery& delivery,
                                   std::string_view link) const;

 private:
  struct Part {
    std::string text;
    bool place = false;
  };

  std::vector<Part> parts_;
};

// "review overdue" for apdr.sen.v1.ReviewOverdue.
[[nodiscard]] std::string EventInWords(std::string_view event_type);

// "uk.gov.apdr.sen.review-overdue.v1" for apdr.sen.v1.ReviewOverdue.
[[nodiscard]] std::string WebhookType(std::string_view event_type);

// "ReviewOverdue" for apdr.sen.v1.ReviewOverdue.
[[nodiscard]] std::string_view ShortName(std::string_view event_type);

}  // namespace apdr::notify
