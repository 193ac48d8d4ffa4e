#include "services/importer/import_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "engine/base/id_source.h"

namespace apdr::importer {
namespace {

using ::testing::HasSubstr;

ImportKey AKey(char fill = 'k') { return ImportKey(std::string(ImportKey::kBytes, fill)); }

// A file name in a folder of its own that is gone when the test is over.
class KeyFile {
 public:
  KeyFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "apdr_key_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~KeyFile() { std::filesystem::remove_all(folder_); }
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;

  [[nodiscard]] std::string path() const { return (folder_ / "la.key").string(); }

 private:
  std::filesystem::path folder_;
};

TEST(ImportKey, MakesTheSameIdOfTheSameParts) {
  EXPECT_EQ(AKey().Uuid({"census", "la-801"}), AKey().Uuid({"census", "la-801"}));
  EXPECT_TRUE(IsUuid(AKey().Uuid({"census"})));
}

TEST(ImportKey, MakesAnotherIdOfOtherPartsOrUnderAnotherKey) {
  EXPECT_NE(AKey().Uuid({"ab", "c"}), AKey().Uuid({"a", "bc"}));
  EXPECT_NE(AKey().Uuid({"a"}), AKey('x').Uuid({"a"}));
}

// Ids are made of it for ever: were it to change, every import would double its cases. HMAC-SHA-256
// of "1:a2:bc" under 32 times "k", as Python's hmac makes it.
TEST(ImportKey, IsFrozen) {
  EXPECT_EQ(AKey().Uuid({"a", "bc"}), "1dcff2d1-060d-8925-adc7-d858713a26f3");
}

TEST(MakeImportKey, MakesAFileForItsOwnerAloneThatIsReadAgain) {
  const KeyFile file;
  const auto made = MakeImportKey(file.path());
  ASSERT_TRUE(made.ok()) << made.status();
  struct stat status {};
  ASSERT_EQ(stat(file.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);

  const auto again = ReadImportKey(file.path());

  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->Uuid({"a"}), made->Uuid({"a"}));
  const KeyFile other;
  EXPECT_NE(MakeImportKey(other.path())->Uuid({"a"}), made->Uuid({"a"}));
}

TEST(MakeImportKey, LeavesAFileThatIsThereAsItIs) {
  const KeyFile file;
  const auto made = MakeImportKey(file.path());
  ASSERT_TRUE(made.ok()) << made.status();

  EXPECT_EQ(MakeImportKey(file.path()).status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReadImportKey(file.path())->Uuid({"a"}), made->Uuid({"a"}));
}

TEST(MakeImportKey, SaysThatAFileCannotBeMade) {
  const KeyFile file;
  EXPECT_EQ(MakeImportKey(file.path() + "/below").status().code(), absl::StatusCode::kUnavailable);
}

TEST(ReadImportKey, MakesNoKeyWhereThereIsNone) {
  const KeyFile file;
  const absl::Status missing = ReadImportKey(file.path()).status();

  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.message()), HasSubstr("--new-key"));
  EXPECT_FALSE(std::filesystem::exists(file.path()));
}

TEST(ReadImportKey, RefusesAFileThatHoldsSomethingElse) {
  const KeyFile file;
  std::ofstream(file.path()) << "UPN,Surname\n";

  EXPECT_THAT(std::string(ReadImportKey(file.path()).status().message()),
              HasSubstr("64 small hexadecimal digits"));
}

}  // namespace
}  // namespace apdr::importer
