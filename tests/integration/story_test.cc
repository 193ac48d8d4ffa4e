// One child's two school years through the real binary, as the first page of the README tells them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <set>

#include "tests/integration/serve_process.h"

namespace apdr::testing {
namespace {

using ::testing::HasSubstr;

// What `apdr <arguments>` prints; its exit code in `code`.
std::string RunApdr(const std::vector<std::string>& arguments, const std::string& log, int& code) {
  ApdrProcess process(arguments, log);
  std::string text;
  while (auto line = process.ReadLine()) text += *line + "\n";
  code = process.Wait();
  return text + process.ErrorText();
}

TEST(Story, OfTheFirstCaseIsPlayedTwiceAndWrittenOnce) {
  const ScratchFolder folder("story");
  const std::vector<std::string> flags = {"--demo-clock", "--log-level=warning",
                                          "--data=" + folder.Path("data")};
  std::vector<std::string> said;
  for (int round = 0; round < 2; ++round) {
    const auto server = Server::Start(flags, folder.Path("log"));
    ASSERT_NE(server, nullptr);
    int code = -1;
    said.push_back(RunApdr({"case", "run", "deploy/examples/amira.json", "--server",
                            server->address(), "--tenant", "t1"},
                           folder.Path("run" + std::to_string(round)), code));
    EXPECT_EQ(code, 0) << said.back();
    std::size_t events = 0;
    std::set<std::string> ids;
    for (const auto& shard : ReadLog(*server)) {
      events += shard.size();
      for (const event::v1::Event& event : shard) ids.insert(event.event_id());
    }
    EXPECT_GT(events, 30U);
    EXPECT_EQ(ids.size(), events);
    RecordProperty("events", static_cast<int>(events));
    static std::size_t first = 0;
    if (round == 0) first = events;
    EXPECT_EQ(events, first) << "played again, it wrote something";
    server->process().Signal(SIGTERM);
    EXPECT_EQ(server->process().Wait(), 0);
  }
}

TEST(Story, ARealStoreIsNotOpenedWithADemonstrationClock) {
  const ScratchFolder folder("clock");
  {
    const auto server = Server::Start({"--data=" + folder.Path("data")}, folder.Path("log"));
    ASSERT_NE(server, nullptr);
  }
  std::string failure;

  EXPECT_EQ(Server::Start({"--demo-clock", "--data=" + folder.Path("data")}, folder.Path("log2"),
                          &failure),
            nullptr);
  EXPECT_THAT(failure, HasSubstr("Expected to"));
}

TEST(Serve, RefusesAnAddressThatOthersCanReach) {
  const ScratchFolder folder("listen");
  int code = -1;
  const std::string said =
      RunApdr({"serve", "--listen=0.0.0.0:7400", "--data=" + folder.Path("data")},
              folder.Path("log"), code);
  EXPECT_EQ(code, 2);
  EXPECT_THAT(said, HasSubstr("TLS"));
}

}  // namespace
}  // namespace apdr::testing
