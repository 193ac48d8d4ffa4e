#include "services/notify/text_template.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/date.h"

namespace apdr::notify {
namespace {

using query::v1::Delivery;

constexpr std::size_t kCaseEnd = 12;
constexpr std::array<std::string_view, 9> kPlaces = {
    "event", "case", "case_id", "setting", "due_on", "days", "level", "occurred_on", "link"};

// What comes from the log fills one line and forges nothing.
std::string OneLine(std::string text) {
  std::erase_if(text, [](char c) {
    return static_cast<unsigned char>(c) < ' ' || static_cast<unsigned char>(c) == 0x7f;
  });
  return text;
}

std::string DaysBetween(const Delivery& delivery) {
  const std::optional<Date> due = ParseDate(delivery.due_on());
  const std::optional<Date> occurred = ParseDate(delivery.occurred_on());
  if (!due || !occurred) return {};
  return absl::StrCat(std::abs(*occurred - *due));
}

std::string Fill(std::string_view place, const Delivery& delivery, std::string_view link) {
  if (place == "event") return EventInWords(delivery.event_type());
  if (place == "case_id") return delivery.case_id();
  if (place == "setting") return delivery.setting_id();
  if (place == "due_on") return delivery.due_on();
  if (place == "days") return DaysBetween(delivery);
  if (place == "level") return absl::StrCat(delivery.level());
  if (place == "occurred_on") return delivery.occurred_on();
  if (place == "link") return std::string(link);
  const std::string& id = delivery.case_id();
  return id.substr(id.size() - std::min(id.size(), kCaseEnd));
}

// "ReviewOverdue" as "review<separator>overdue".
std::string Separated(std::string_view name, char separator) {
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isupper(byte) != 0 && !out.empty()) out.push_back(separator);
    out.push_back(static_cast<char>(std::tolower(byte)));
  }
  return out;
}

}  // namespace

absl::StatusOr<TextTemplate> TextTemplate::Parse(std::string_view text) {
  TextTemplate parsed;
  while (!text.empty()) {
    const std::size_t brace = text.find_first_of("{}");
    if (brace != 0) parsed.parts_.push_back({.text = std::string(text.substr(0, brace))});
    if (brace == std::string_view::npos) break;
    const std::size_t end = text.find('}', brace);
    if (text[brace] == '}' || end == std::string_view::npos) {
      return absl::InvalidArgumentError("a brace has no partner");
    }
    const std::string_view place = text.substr(brace + 1, end - brace - 1);
    if (std::ranges::find(kPlaces, place) == kPlaces.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("there is no {", std::string(place),
                       "}: a text may hold {event}, {case}, {case_id}, {setting}, {due_on}, "
                       "{days}, {level}, {occurred_on} and {link}, and nothing about a person"));
    }
    parsed.parts_.push_back({.text = std::string(place), .place = true});
    text.remove_prefix(end + 1);
  }
  return parsed;
}

std::string TextTemplate::Render(const Delivery& delivery, std::string_view link) const {
  std::string out;
  for (const Part& part : parts_) {
    out += part.place ? OneLine(Fill(part.text, delivery, link)) : part.text;
  }
  return out;
}

std::string_view ShortName(std::string_view event_type) {
  return event_type.substr(event_type.rfind('.') + 1);
}

std::string EventInWords(std::string_view event_type) {
  return Separated(ShortName(event_type), ' ');
}

std::string WebhookType(std::string_view event_type) {
  const std::string_view name = ShortName(event_type);
  std::string_view package = event_type.substr(0, event_type.size() - name.size());
  if (!package.empty()) package.remove_suffix(1);
  const std::size_t version = package.rfind('.');
  if (version == std::string_view::npos) return Separated(name, '-');
  return absl::StrCat("uk.gov.", std::string(package.substr(0, version)), ".", Separated(name, '-'),
                      std::string(package.substr(version)));
}

}  // namespace apdr::notify
