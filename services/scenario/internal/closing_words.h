#pragma once

#include <string>
#include <vector>

namespace apdr::scenario {

// What a person writes of a case at the end, in the words of the assertions: "the case is in stage
// assess" is "stage assess", "no T09 shortfall" is "no ParentMeetingShortfall", "no T07" is "no due
// T07", "strategy history lists 2 plans" is "2 plans".
[[nodiscard]] std::vector<std::string> InWordsOfAssertions(std::vector<std::string> words);

}  // namespace apdr::scenario
