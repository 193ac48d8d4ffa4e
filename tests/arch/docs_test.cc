// The documents name every room of the house.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "tests/arch/source_tree.h"

namespace apdr::arch {
namespace {

namespace fs = std::filesystem;

std::string Documents() {
  std::string text = ReadText("README.md");
  for (const SourceFile& file : FilesUnder("docs", {".md"})) text += ReadText(file.path);
  return text;
}

std::vector<std::string> Rooms() {
  std::vector<std::string> rooms = {"proto", "engine", "eventstore", "services",
                                    "tests", "deploy", "docs"};
  for (const char* floor : {"engine", "services"}) {
    for (const fs::directory_entry& entry : fs::directory_iterator(floor)) {
      if (entry.is_directory()) rooms.push_back(entry.path().generic_string());
    }
  }
  return rooms;
}

TEST(Docs, NameEveryRoom) {
  const std::string text = Documents();
  for (const std::string& room : Rooms()) {
    const std::string name = room.substr(room.rfind('/') + 1);
    const bool named = text.find(room) != std::string::npos ||
                       text.find("`" + name + "`") != std::string::npos ||
                       text.find(name + "/") != std::string::npos;
    EXPECT_TRUE(named) << room << ":0: no page of README.md or docs/ names this folder";
  }
}

TEST(Docs, TheTopHoldsNothingElse) {
  const std::set<std::string> rooms = {".ci",    ".git",       "deploy", "docs",
                                       "engine", "eventstore", "proto",  "services",
                                       "tests",  ".build",     ".cache", ".data"};
  for (const fs::directory_entry& entry : fs::directory_iterator(".")) {
    if (!entry.is_directory()) continue;
    EXPECT_TRUE(rooms.contains(entry.path().filename().string()))
        << entry.path().generic_string() << ":0: a folder at the top that the layout does not have";
  }
}

}  // namespace
}  // namespace apdr::arch
