#include "services/scenario/internal/phrases.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/types.pb.h"
#include "services/scenario/internal/command_words.h"
#include "services/scenario/internal/people.h"
#include "services/scenario/internal/values.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {

namespace v1 = sen::v1;
using google::protobuf::Message;

bool IsFiller(std::string_view plain) {
  static constexpr std::string_view kFillers[] = {"complete",
                                                  "allfourdecisions",
                                                  "allelsecomplete",
                                                  "allelsevalid",
                                                  "everythingelsecomplete",
                                                  "valid",
                                                  "and",
                                                  "with",
                                                  "but",
                                                  "otherwisecomplete",
                                                  "departuresnone",
                                                  "samebody",
                                                  "samecontent"};
  return std::ranges::find(kFillers, plain) != std::end(kFillers);
}

bool PutRepetition(const std::string& plain, Content& content) {
  if (plain == "samecommandid" || plain == "samerequestid") return content.repeats = true;
  if (plain == "otherbody" || plain == "anotherbody" || plain == "differentbody") {
    return content.other_body = true;
  }
  const bool registers = dynamic_cast<const v1::RegisterChild*>(content.message.get()) != nullptr;
  if (!registers || plain != "sameupn") return false;
  if (content.other_case.empty()) content.other_case = "twin";
  return content.same_upn = true;
}

bool PutStatus(const std::string& phrase, Message& command, std::set<std::string>& said) {
  auto* review = dynamic_cast<v1::HoldReview*>(&command);
  std::vector<std::string> words = SplitOutside(phrase, ' ');
  if (words.size() == 3 && words[1] == "is") words.erase(words.begin() + 1);
  if (review == nullptr || words.size() != 2) return false;
  if (!PutEvaluation(words[0], words[1], *review->mutable_review()).value_or(false)) return false;
  said.insert(words[0]);
  return true;
}

std::string WithRanks(std::string_view value) {
  if (value.starts_with("[") && value.ends_with("]")) value = value.substr(1, value.size() - 2);
  std::vector<std::string> needs = SplitOutside(value, ',');
  for (std::size_t i = 0; i < needs.size(); ++i) {
    const bool none = Normalised(needs[i]) == "none" || Normalised(needs[i]) == "absent";
    if (needs[i].find('(') == std::string::npos && !none) {
      absl::StrAppend(&needs[i], "(", i + 1, ")");
    }
  }
  return absl::StrJoin(needs, ",");
}

bool SetCounted(Message& command, const FieldPath& path, std::string_view value,
                const ValueReaders& readers) {
  const auto count = ParseCount(value);
  if (!count.has_value() || !path.back()->is_repeated()) return false;
  const auto* type = path.back()->message_type();
  const bool outcomes = type == v1::Outcome::descriptor();
  const bool provisions = type == v1::PlannedProvision::descriptor();
  const bool attempts = type == v1::Attempt::descriptor();
  if (!outcomes && !provisions && !attempts) return false;
  std::vector<std::string> numbers;
  for (int i = 1; i <= *count; ++i) numbers.push_back(absl::StrCat(i));
  if (numbers.empty()) {
    ClearField(command, path);
    return true;
  }
  return SetField(command, path, absl::StrJoin(numbers, ","), readers).ok();
}

void Descend(FieldPath& path, const std::string& value, const ContentContext& context) {
  const auto* inner = path.back()->message_type();
  if (inner != nullptr && !path.back()->is_repeated()) {
    const auto* same = inner->FindFieldByName(path.back()->name());
    if (same != nullptr) path.push_back(same);
  }
  const bool person = path.size() > 1 && path.back()->name() == "person_id" &&
                      path.back()->containing_type() == v1::PersonRef::descriptor();
  if (person && PersonNamed(context.case_id, value, context.policy).ok()) path.pop_back();
}

absl::StatusOr<Date> DayOf(const std::string& name, const std::string& value, Date day) {
  if (const auto date = ParseDate(DateWords(value, day))) return *date;
  return absl::InvalidArgumentError(
      absl::StrCat("Expected a date such as 2025-09-25 for ", name, ", but found '", value, "'."));
}

}  // namespace apdr::scenario
