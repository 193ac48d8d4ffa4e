#include "services/scenario/internal/closing_words.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>

#include "absl/strings/ascii.h"
#include "services/scenario/internal/assertion_parser.h"

namespace apdr::scenario {
namespace {

using Words = std::vector<std::string>;

// Words that say nothing beside a fact.
constexpr std::string_view kFillers[] = {"the",   "stays",   "stayed",  "remains", "is",
                                         "are",   "still",   "starts",  "begins",  "strategy",
                                         "lists", "history", "case",    "runs",    "run",
                                         "timer", "timers",  "running", "action"};

bool IsFiller(const std::string& word) {
  return std::ranges::find(kFillers, word) != std::end(kFillers);
}

// Whether the words name a fact, a timer or an action beside their fillers: only then do these say
// nothing. "no timers run" is an assertion of its own.
bool HasSubject(const Words& words) {
  return std::ranges::any_of(words, [](const std::string& word) {
    const std::string name = word.substr(0, word.find_first_of(",="));
    return !FactName(name).empty() || IsTimer(name) || IsTypeName(name) || name == "interval" ||
           name == "review" || name == "responsible";
  });
}

struct Phrase {
  Words written;
  Words meant;
};

const std::vector<Phrase>& Phrases() {
  static const auto& phrases =
      *new std::vector<Phrase>{{{"T09", "shortfall"}, {"ParentMeetingShortfall"}},
                               {{"review", "date"}, {"reviewOn"}},
                               {{"responsible", "teacher"}, {"responsibleTeacher"}},
                               {{"completed", "cycle"}, {"cycles"}},
                               {{"completed", "cycles"}, {"cycles"}},
                               {{"in", "stage"}, {"stage"}}};
  return phrases;
}

void Replace(Words& words, const Phrase& phrase) {
  const auto found = std::ranges::search(words, phrase.written);
  if (found.empty()) return;
  const auto at = words.erase(found.begin(), found.end());
  words.insert(at, phrase.meant.begin(), phrase.meant.end());
}

// "The", "No", "Provision" begin a sentence; "PlanAgreed" is a name, "K" a value.
void BeginInSmallLetters(std::string& word) {
  const auto capital = [](unsigned char c) { return absl::ascii_isupper(c); };
  if (word.size() < 2 || !absl::ascii_islower(static_cast<unsigned char>(word[1]))) return;
  if (std::ranges::count_if(word, capital) != 1) return;
  word[0] = absl::ascii_tolower(static_cast<unsigned char>(word[0]));
}

// "one cycle completed" counts; "cycle 1 completed" is left as it stands.
bool CountsCompleted(const Words& words) {
  return words.size() == 3 && words[1].starts_with("cycle") && words[2] == "completed";
}

}  // namespace

std::vector<std::string> InWordsOfAssertions(std::vector<std::string> words) {
  if (words.empty()) return words;
  BeginInSmallLetters(words[0]);
  if (!HasSubject(words)) return words;
  std::erase_if(words, IsFiller);
  for (const Phrase& phrase : Phrases()) Replace(words, phrase);
  if (CountsCompleted(words)) words.pop_back();
  const bool no_timer =
      words.size() > 1 && words[0] == "no" && IsTimer(words[1].substr(0, words[1].find(',')));
  if (no_timer) words.insert(words.begin() + 1, "due");
  const bool interval = words.size() == 3 && words[0] == "interval" && words[2] == "days";
  if (interval) words.pop_back();
  return words;
}

}  // namespace apdr::scenario
