// One child's two school years through the real binary, as the first page of the README tells them.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <set>

#include "apdr/sen/v1/view_service.grpc.pb.h"
#include "nlohmann/json.hpp"
#include "tests/integration/serve_process.h"

namespace apdr::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What `apdr <arguments>` prints; its exit code in `code`.
std::string RunApdr(const std::vector<std::string>& arguments, const std::string& log, int& code) {
  ApdrProcess process(arguments, log);
  std::string text;
  while (auto line = process.ReadLine()) text += *line + "\n";
  code = process.Wait();
  return text + process.ErrorText();
}

// Waits with a question until a view holds all that is in the log.
void ReadWhatWasWritten(Server& server) {
  const auto stub = sen::v1::ViewService::NewStub(
      grpc::CreateChannel(server.address(), grpc::InsecureChannelCredentials()));
  std::uint32_t shard = 0;
  for (const auto& events : ReadLog(server)) {
    sen::v1::ListBoardRequest request;
    request.mutable_min_position()->set_shard(shard++);
    request.mutable_min_position()->set_position(events.size());
    grpc::ClientContext context;
    Prepare(context);
    sen::v1::ListBoardResponse response;
    const grpc::Status status = stub->ListBoard(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    if (!events.empty()) {
      EXPECT_EQ(response.rows_size(), 1);
    }
    EXPECT_GE(response.as_of_positions(static_cast<int>(shard) - 1), events.size());
  }
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

TEST(Story, OfTheFirstCaseIsExportedAsItWasOnEveryDay) {
  const ScratchFolder folder("export");
  const auto server = Server::Start(
      {"--demo-clock", "--log-level=warning", "--data=" + folder.Path("data")}, folder.Path("log"));
  ASSERT_NE(server, nullptr);
  int code = -1;
  int runs = 0;
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--server", server->address(), "--tenant", "t1"});
    return RunApdr(arguments, folder.Path("run" + std::to_string(++runs)), code);
  };
  constexpr char kCase[] = "01990000-0000-7000-8000-0000000ca001";
  ASSERT_THAT(run({"case", "run", "deploy/examples/amira.json"}), HasSubstr("SEN support ended"));
  ASSERT_THAT(run({"case", "show", kCase}), HasSubstr("SEN Support ended"));  // All is folded.

  EXPECT_EQ(run({"export", "census", "--census", "autumn", "--year", "2025"}),
            "UPN,URN,LAEstab,SENprovision,SENunitIndicator,ResourcedProvisionIndicator\r\n"
            "U801299922001,199001,,N,,\r\n"
            "census on 2025-10-02: 1 row\n");
  EXPECT_EQ(run({"export", "census", "--census", "spring", "--year", "2026"}),
            "UPN,URN,LAEstab,SENprovision,SENunitIndicator,ResourcedProvisionIndicator,SENtype1,"
            "SENtypeRank1,SENtype2,SENtypeRank2\r\n"
            "U801299922001,199001,,K,,,SPLD,1,,\r\ncensus on 2026-01-15: 1 row\n");
  EXPECT_EQ(run({"export", "census", "--census", "spring", "--setting", "URN:199001"}),
            "UPN,URN,LAEstab,SENprovision,SENunitIndicator,ResourcedProvisionIndicator,SENtype1,"
            "SENtypeRank1,SENtype2,SENtypeRank2\r\n"
            "U801299922001,199001,,N,,,,,,\r\ncensus on 2026-06-12: 1 row\n");
  EXPECT_THAT(run({"export", "annex-a", "--on", "2026-01-15"}),
              HasSubstr(std::string(kCase) + ",U801299922001,,2017-11-03,,,SPLD,199001,"));
  EXPECT_EQ(code, 0);

  const std::string file = folder.Path("evidence.json");
  EXPECT_THAT(run({"export", "ehc-evidence", kCase, "--format", "json", "--output", file}),
              HasSubstr("SHA-256"));
  std::ifstream stream(file);
  const auto evidence = nlohmann::json::parse(stream, nullptr, /*allow_exceptions=*/false);
  ASSERT_FALSE(evidence.is_discarded());
  EXPECT_EQ(evidence["cycles"].size(), 2U);

  const std::string refused = run({"export", "annex-a", "--role", "teacher"});
  EXPECT_THAT(refused, HasSubstr("NOT_AUTHORISED"));
  EXPECT_THAT(refused, Not(HasSubstr("U801299922001")));
  EXPECT_EQ(code, 1);
}

TEST(Story, OfTheFirstCaseIsOnTheBoardInTheOverviewAndInTheIndicators) {
  const ScratchFolder folder("views");
  const auto server = Server::Start(
      {"--demo-clock", "--log-level=warning", "--data=" + folder.Path("data")}, folder.Path("log"));
  ASSERT_NE(server, nullptr);
  int code = -1;
  int runs = 0;
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--server", server->address(), "--tenant", "t1"});
    return RunApdr(arguments, folder.Path("run" + std::to_string(++runs)), code);
  };
  ASSERT_THAT(run({"case", "run", "deploy/examples/amira.json"}), HasSubstr("SEN support ended"));
  ReadWhatWasWritten(*server);

  const std::string board = run({"view", "board", "--setting", "URN:199001"});
  EXPECT_THAT(board, HasSubstr("Look again after the end of support"));
  EXPECT_THAT(board, HasSubstr("Amira Rahman"));
  const std::string officers = run({"view", "board", "--role", "la-send-officer", "--json"});
  EXPECT_THAT(officers, HasSubstr("01990000-0000-7000-8000-0000000ca001"));
  EXPECT_THAT(officers, Not(HasSubstr("Amira")));
  EXPECT_EQ(run({"view", "overview", "--role", "la-send-officer", "--json"}),
            R"({"setting_id":"URN:199001","children":1,"stages":[{"code":"ended","count":1}],)"
            R"("provisions":[{"code":"N","count":1}]})"
            "\n");
  EXPECT_THAT(run({"view", "provisions", "--sums"}), HasSubstr("Paired reading of chosen texts"));
  EXPECT_THAT(run({"view", "feed", "--limit", "1"}), HasSubstr("SEN support ended"));
  EXPECT_THAT(run({"view", "departures"}), HasSubstr("There is nothing."));
  const std::string indicators = run({"view", "indicators", "--from", "2026-01-01"});
  EXPECT_THAT(indicators, HasSubstr("2 of 2 (100 %)"));
  EXPECT_THAT(indicators, HasSubstr("median 2 cycles"));
  EXPECT_EQ(code, 0);
  EXPECT_THAT(run({"view", "class", "--role", "parent"}), HasSubstr("NOT_AUTHORISED"));
  EXPECT_EQ(code, 1);
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
