// Data flows one way: every #include is an arrow that tests/arch/layers.txt allows.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/arch/modules.h"

namespace apdr::arch {
namespace {

bool StartsWithAny(const std::string& text, const std::vector<std::string>& starts) {
  return std::ranges::any_of(starts,
                             [&](const std::string& start) { return text.starts_with(start); });
}

std::vector<Violation> CheckLayers(const Modules& modules, const SourceFile& file) {
  std::vector<Violation> violations;
  const std::string module = modules.ModuleOf(file.path);
  if (module.empty()) {
    return {{file.path, 0, "belongs to no library, or to more than one: name its source in CMake"}};
  }
  for (const Include& include : IncludesOf(file)) {
    const std::string used = modules.ModuleOfInclude(include.path);
    if (used.empty() || modules.MayUse(module, used)) continue;
    violations.push_back(
        {file.path, include.line,
         module + " may not use " + used + " (" + include.path + "); see tests/arch/layers.txt"});
  }
  return violations;
}

std::vector<Violation> CheckInternal(const SourceFile& file) {
  std::vector<Violation> violations;
  if (file.IsUnder("tests/")) return violations;  // They test the inside of a module, too.
  for (const Include& include : IncludesOf(file)) {
    const std::size_t internal = include.path.find("internal/");
    if (!include.quoted || internal == std::string::npos) continue;
    if (file.path.starts_with(include.path.substr(0, internal))) continue;
    violations.push_back({file.path, include.line, "includes another module's internal/"});
  }
  return violations;
}

// What a folder may not include, whatever the libraries say.
struct Ban {
  const char* folder;
  std::vector<std::string> starts;
  const char* rule;
};

const std::vector<Ban>& Bans() {
  static const auto* const kBans = new std::vector<Ban>{
      {"engine/core/",
       {"google/protobuf/", "apdr/"},
       "engine/core knows no protobuf: it is values and functions"},
      {"engine/",
       {"grpc", "rocksdb/", "librdkafka/", "thread", "mutex", "future", "chrono", "unordered_",
        "absl/container/flat_hash_", "absl/container/node_hash_", "absl/synchronization/"},
       "the engine is pure: no gRPC, disk, bus, thread, clock or hash order"},
      {"engine/",
       {"eventstore/", "services/"},
       "the engine knows neither the store nor the services"},
      {"services/query/",
       {"eventstore/", "engine/core/", "engine/codec/", "engine/domains/"},
       "queries answer from read models, never from the log or the engine"},
      {"eventstore/",
       {"engine/core/", "engine/codec/", "engine/domains/", "apdr/"},
       "the store knows bytes, not events"}};
  return *kBans;
}

std::vector<Violation> CheckBans(const SourceFile& file) {
  std::vector<Violation> violations;
  for (const Ban& ban : Bans()) {
    // engine/base holds the one mutex of the clocks and ids; it is not part of the pure core.
    if (!file.IsUnder(ban.folder) || file.IsUnder("engine/base/")) continue;
    for (const Include& include : IncludesOf(file)) {
      if (StartsWithAny(include.path, ban.starts)) {
        violations.push_back({file.path, include.line, ban.rule});
      }
    }
  }
  return violations;
}

TEST(Layers, AllowEveryInclude) {
  const Modules modules;
  for (const SourceFile& file : SourceFiles()) Report(CheckLayers(modules, file));
}

TEST(Layers, NameEveryLibrary) {
  const Modules modules;
  for (const std::string& name : modules.Names()) {
    EXPECT_TRUE(modules.IsInLayers(name))
        << "tests/arch/layers.txt: has no line for the library " << name;
  }
}

TEST(Layers, KeepInternalHeadersInTheirModule) {
  for (const SourceFile& file : SourceFiles()) Report(CheckInternal(file));
}

TEST(Layers, KeepTheCorePure) {
  for (const SourceFile& file : SourceFiles()) Report(CheckBans(file));
}

SourceFile AFile(std::string path, std::string include) {
  return {.path = std::move(path), .lines = {"// Text.", "#include " + include}, .code = {}};
}

TEST(LayersCheck, FindsAnArrowThatPointsBack) {
  const Modules modules;
  const auto found =
      CheckLayers(modules, AFile("engine/core/decide.cc", "\"eventstore/event_store.h\""));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().line, 2U);
  EXPECT_EQ(CheckLayers(modules, AFile("eventstore/rules.cc", "\"apdr/x/v1/y.pb.h\"")).size(), 1U);
  EXPECT_EQ(CheckLayers(modules, AFile("engine/core/decide.cc", "\"engine/base/date.h\"")).size(),
            0U);
}

TEST(LayersCheck, TellsTheTwoLibrariesOfOneFolderApart) {
  const Modules modules;
  EXPECT_EQ(modules.ModuleOf("services/command/command_handler.h"), "command_handler");
  EXPECT_EQ(modules.ModuleOf("services/command/request_parser.h"), "command_service");
  EXPECT_EQ(modules.ModuleOf("engine/base/worker.h"), "base");
  EXPECT_EQ(modules.ModuleOf("services/bus/bus.h"), "bus");
}

TEST(LayersCheck, FindsAForeignInternalHeader) {
  const std::string include = "\"services/command/internal/decided.h\"";
  EXPECT_EQ(CheckInternal(AFile("services/timer/timer_worker.cc", include)).size(), 1U);
  EXPECT_EQ(CheckInternal(AFile("services/command/reply.cc", include)).size(), 0U);
}

TEST(LayersCheck, FindsWhatTheCoreMayNotKnow) {
  EXPECT_EQ(CheckBans(AFile("engine/core/decide.cc", "<google/protobuf/any.h>")).size(), 1U);
  EXPECT_EQ(CheckBans(AFile("engine/domains/x/y.cc", "<thread>")).size(), 1U);
  EXPECT_EQ(CheckBans(AFile("services/query/x.cc", "\"engine/core/state.h\"")).size(), 1U);
  EXPECT_EQ(CheckBans(AFile("services/query/x.cc", "\"engine/base/date.h\"")).size(), 0U);
}

}  // namespace
}  // namespace apdr::arch
