// The benchmark against the real server: too short to say how fast, long enough to say that it
// measures.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "tests/integration/serve_process.h"

namespace apdr::testing {
namespace {

// Runs `apdr bench --json` with these options besides against a server with all roles. Null: it
// failed, and the test with it.
nlohmann::json RunBench(const std::vector<std::string>& options) {
  const ScratchFolder folder("bench");
  const auto server =
      Server::Start({"--shards=2", "--data=" + folder.Path("data")}, folder.Path("serve_log"));
  if (server == nullptr) {
    ADD_FAILURE() << "the server does not start";
    return {};
  }
  std::vector<std::string> arguments = {
      "bench",     "--server", server->address(), "--cases",     "20",
      "--seconds", "0.3",      "--json",          "--floor-dir", folder.Path("")};
  arguments.insert(arguments.end(), options.begin(), options.end());
  ApdrProcess bench(arguments, folder.Path("bench_log"));
  std::string text;
  while (const auto line = bench.ReadLine()) text += *line + "\n";
  EXPECT_EQ(bench.Wait(), 0) << bench.ErrorText() << text << server->process().ErrorText();
  const auto report = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  EXPECT_TRUE(report.is_object()) << text;
  return report.is_object() ? report : nlohmann::json();
}

TEST(Bench, MeasuresEveryLevelBesideItsFloorWithoutAnError) {
  const nlohmann::json report = RunBench({"--rounds", "1"});
  ASSERT_FALSE(report.is_null());
  ASSERT_EQ(report["levels"].size(), 5U) << report;
  for (const auto& level : report["levels"]) {
    EXPECT_GT(level["server"]["calls"], 0) << level;
    EXPECT_GT(level["server"]["per_second"], 0.0) << level;
    EXPECT_GT(level["echo"]["calls"], 0) << level;
    EXPECT_GT(level["echo"]["per_second"], 0.0) << level;
    EXPECT_GT(level["ratio"], 0.0) << level;
  }
  EXPECT_GT(report["disk"]["fdatasync_append_400"]["calls"], 0);
  EXPECT_GT(report["disk"]["rocksdb_synced_put_400"]["calls"], 0);
  EXPECT_TRUE(report["errors"].empty()) << report["errors"];
}

TEST(Bench, FollowsNewCommandsToTheQuerySideBesideEveryLoad) {
  const nlohmann::json report = RunBench({"--lag"});
  ASSERT_FALSE(report.is_null());
  ASSERT_EQ(report["loads"].size(), 3U) << report;
  for (const auto& load : report["loads"]) {
    EXPECT_GT(load["commands_per_second"], 0.0) << load;
    EXPECT_GE(load["visible"]["count"], 4) << load;
    EXPECT_GE(load["visible"]["worst_ms"], load["visible"]["p50_ms"]) << load;
    EXPECT_GE(load["read_alone"]["count"], 4) << load;
  }
}

}  // namespace
}  // namespace apdr::testing
