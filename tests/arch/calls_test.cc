// The core is a function of its inputs, and only the host waits.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "tests/arch/source_tree.h"

namespace apdr::arch {
namespace {

using Words = std::vector<std::string>;

struct Ban {
  Words folders;
  Words except;
  Words calls;  // Whole words of code; one with "(" is a function, not a method.
  const char* rule;
};

const std::vector<Ban>& Bans() {
  static const auto* const kBans = new std::vector<Ban>{
      {{"engine/core/", "engine/domains/", "engine/codec/", "services/projection/"},
       {},
       {"time(", "rand(", "srand(", "random_device", "getenv(", "thread_local", "LocalTimeZone(",
        "localtime("},
       "the same inputs give the same outputs: now, chance and ids come from outside"},
      {{"engine/", "eventstore/", "services/"},
       {"engine/base/", "services/host/", "services/client/", "services/bench/"},
       {"absl::Now", "system_clock", "steady_clock"},
       "time comes from a Clock"},
      {{"engine/", "eventstore/", "services/"},
       {"services/host/", "services/bench/"},
       {"std::thread", "std::jthread", "std::async", "pthread_create("},
       "only services/host owns threads and waits; background work is a Worker"},
      {{"engine/", "eventstore/", "services/", "tests/"},
       {"services/host/", "services/bench/"},
       {"sleep_for", "sleep_until", "SleepFor", "usleep(", "nanosleep(", "sleep("},
       "nobody sleeps: a worker returns idle, a test waits on a condition"}};
  return *kBans;
}

bool IsWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool Calls(const std::string& code, const std::string& call) {
  for (std::size_t at = code.find(call); at != std::string::npos; at = code.find(call, at + 1)) {
    const char before = at == 0 ? ' ' : code[at - 1];
    const char after = at + call.size() < code.size() ? code[at + call.size()] : ' ';
    const bool method = before == '.' || before == '>';
    if (IsWordCharacter(before) || (call.back() == '(' && method)) continue;
    if (call.back() != '(' && IsWordCharacter(after)) continue;
    return true;
  }
  return false;
}

bool Covers(const Ban& ban, const SourceFile& file) {
  const auto under = [&](const std::string& folder) { return file.IsUnder(folder); };
  return std::ranges::any_of(ban.folders, under) && std::ranges::none_of(ban.except, under);
}

std::vector<Violation> CheckCalls(const SourceFile& file) {
  std::vector<Violation> violations;
  for (const Ban& ban : Bans()) {
    if (!Covers(ban, file)) continue;
    for (std::size_t i = 0; i < file.code.size(); ++i) {
      const auto called = [&](const std::string& call) { return Calls(file.code[i], call); };
      if (std::ranges::any_of(ban.calls, called)) {
        violations.push_back({file.path, i + 1, ban.rule});
      }
    }
  }
  return violations;
}

TEST(Calls, StayWithinWhatTheirFolderMay) {
  for (const SourceFile& file : SourceFiles()) Report(CheckCalls(file));
}

std::size_t Count(std::string path, std::string line) {
  SourceFile file{.path = std::move(path), .lines = {std::move(line)}, .code = {}};
  file.code = BlankCommentsAndLiterals(file.lines);
  return CheckCalls(file).size();
}

TEST(CallsCheck, FindsABannedCallOnlyInCode) {
  EXPECT_GE(Count("engine/core/x.cc", "auto now = absl::Now();"), 1U);
  EXPECT_EQ(Count("engine/core/x.cc", "// absl::Now() is banned here."), 0U);
  EXPECT_EQ(Count("engine/core/x.cc", "Reject(\"absl::Now()\");"), 0U);
  EXPECT_EQ(Count("engine/core/x.cc", "context.recorded_time();"), 0U);
  EXPECT_EQ(Count("services/timer/x.cc", "std::jthread t;"), 1U);
  EXPECT_EQ(Count("services/host/x.cc", "std::jthread t;"), 0U);
  EXPECT_EQ(Count("tests/unit/x.cc", "std::this_thread::sleep_for(x);"), 1U);
}

}  // namespace
}  // namespace apdr::arch
