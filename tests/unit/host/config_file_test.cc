#include "services/host/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace apdr::host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ConfigFile, GivesEverySettingWithItsPlace) {
  const auto settings = ParseConfig(
      "# apdr\nlisten = \"127.0.0.1:0\"\nroles = [\"a\", \"b\"]\n"
      "shards = 8\ndemo-clock = true\n",
      "apdr.toml");

  ASSERT_TRUE(settings.ok()) << settings.status();
  ASSERT_EQ(settings->size(), 4U);
  for (const Setting& setting : *settings) {
    if (setting.key == "roles") {
      EXPECT_THAT(setting.values, ElementsAre("a", "b"));
      EXPECT_EQ(setting.place, "apdr.toml:3");
    }
    if (setting.key == "shards") {
      EXPECT_THAT(setting.values, ElementsAre("8"));
    }
    if (setting.key == "demo-clock") {
      EXPECT_THAT(setting.values, ElementsAre("true"));
    }
  }
}

TEST(ConfigFile, NamesFileAndLineOfWhatIsNotToml) {
  const auto settings = ParseConfig("listen = \"127.0.0.1:0\"\nshards = = 8\n", "apdr.toml");

  EXPECT_EQ(settings.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(settings.status().message()), HasSubstr("apdr.toml:2"));
}

TEST(ConfigFile, NamesFileAndLineOfAValueItCannotUse) {
  for (const char* bad : {"\n\nx = { a = 1 }\n", "\n\nx = [[1], [2]]\n", "\n\nx = 1.5\n"}) {
    const auto settings = ParseConfig(bad, "apdr.toml");
    EXPECT_EQ(settings.status().code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_THAT(std::string(settings.status().message()), HasSubstr("apdr.toml:3")) << bad;
  }
}

TEST(ConfigFile, SaysThatAFileIsMissing) {
  EXPECT_EQ(ReadConfigFile("/nonexistent/apdr.toml").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace apdr::host
