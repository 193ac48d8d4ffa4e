#pragma once

#include <google/protobuf/message.h>

#include <set>
#include <string>
#include <string_view>

namespace apdr::scenario {

// "without reviewOn and provisions", "no impact", "O3 missing", "parent absent": what is left out,
// else empty.
[[nodiscard]] std::string_view WordsLeftOut(std::string_view phrase);

// Takes out of a command what the words name: a field, an outcome's evaluation, the views, the
// agreement or the part of somebody, several with "and". Adds to `said` the names of the fields
// that now are as the script wants them. False: the words name nothing of this command, or not all
// of them do.
[[nodiscard]] bool LeaveOut(std::string_view words, google::protobuf::Message& command,
                            std::set<std::string>& said);

}  // namespace apdr::scenario
