#include "services/readmodel/rocksdb/rocksdb_read_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include "engine/base/check.h"
#include "rocksdb/db.h"

namespace apdr::readmodel {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class RocksDbReadModelTest : public testing::Test {
 protected:
  RocksDbReadModelTest() {
    std::string path = testing::TempDir() + "apdr-read-model-XXXXXX";
    APDR_CHECK(mkdtemp(path.data()) != nullptr);
    root_ = path;
    path_ = root_ / "model";
  }
  ~RocksDbReadModelTest() override { fs::remove_all(root_); }

  static std::unique_ptr<RocksDbReadModel> MustOpen(const fs::path& path) {
    auto model = RocksDbReadModel::Open(path);
    EXPECT_TRUE(model.ok()) << model.status();
    return *std::move(model);
  }
  // Row "last" says what the progress must be.
  static void ApplyStep(RocksDbReadModel& model, std::uint64_t step) {
    const std::string text = std::to_string(step);
    ASSERT_TRUE(
        model
            .Apply({.puts = {{.key = "last", .value = text}, {.key = text, .value = text}},
                    .progress = {{.shard = Shard(0),
                                  .progress = {.position = Position(step), .token = text}}}})
            .ok());
  }
  static fs::path FileEndingWith(const fs::path& folder, const std::string& ending) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().string().ends_with(ending)) return entry.path();
    }
    ADD_FAILURE() << "no file ending with " << ending;
    return {};
  }

  // Closed, with everything in one table file.
  void FlipABitInItsTable() {
    MustOpen(path_).reset();  // Recovery turns the log into a table file.
    std::fstream table(FileEndingWith(path_, ".sst"), std::ios::in | std::ios::out);
    const int byte = table.seekg(8).peek();
    table.seekp(8).put(static_cast<char>(byte ^ 1));
  }

  fs::path root_;
  fs::path path_;
};

TEST_F(RocksDbReadModelTest, IsWholeAfterACrashWithATornTailHoweverMuchIsTorn) {
  constexpr std::uint64_t kSteps = 40;
  const auto model = MustOpen(path_);
  for (std::uint64_t step = 1; step <= kSteps; ++step) ApplyStep(*model, step);
  const auto size = fs::file_size(FileEndingWith(path_, ".log"));
  std::vector<std::uintmax_t> sizes_kept = {size};
  for (std::uintmax_t kept = 0; kept < size; kept += 61) sizes_kept.push_back(kept);
  std::ranges::sort(sizes_kept);

  std::uint64_t last = 0;
  for (const std::uintmax_t kept : sizes_kept) {
    const fs::path copy = root_ / "copy";
    fs::remove_all(copy);
    fs::copy(path_, copy);
    fs::resize_file(FileEndingWith(copy, ".log"), kept);
    const auto reopened = MustOpen(copy);
    const std::uint64_t step = reopened->ReadProgress(Shard(0))->position.value();
    EXPECT_GE(step, last);
    EXPECT_EQ(reopened->Get("last")->value_or("0"), std::to_string(step));
    EXPECT_EQ(reopened->Scan({.limit = 100})->size(), step == 0 ? 0 : step + 1);
    last = step;
  }
  EXPECT_EQ(last, kSteps) << "with the whole log nothing may be missing";
}

TEST_F(RocksDbReadModelTest, RefusesAFolderThatIsOpenAlreadyAndDoesNotDestroyIt) {
  const auto model = MustOpen(path_);
  ApplyStep(*model, 1);
  const auto second = RocksDbReadModel::Open(path_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("a process has it open"));
  EXPECT_EQ(RocksDbReadModel::Destroy(path_).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(*model->Get("last"), "1");
}

TEST_F(RocksDbReadModelTest, NeitherOpensNorDestroysAFolderThatIsNotAReadModel) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, path_, &db).ok());
  delete db;
  EXPECT_EQ(RocksDbReadModel::Open(path_).status().code(), absl::StatusCode::kFailedPrecondition);
  const absl::Status destroyed = RocksDbReadModel::Destroy(path_);
  EXPECT_EQ(destroyed.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(destroyed.message()), HasSubstr("no file READ_MODEL"));
  EXPECT_TRUE(fs::exists(path_ / "CURRENT"));
}

TEST_F(RocksDbReadModelTest, ReportsDamageAsDataLossAndStartsAnewAfterDestroy) {
  for (const std::string file : {"CURRENT", "MANIFEST-"}) {
    ApplyStep(*MustOpen(path_), 1);
    for (const auto& entry : fs::directory_iterator(path_)) {
      if (entry.path().filename().string().starts_with(file)) {
        std::ofstream(entry.path(), std::ios::trunc) << "not what RocksDB wrote";
      }
    }
    EXPECT_EQ(RocksDbReadModel::Open(path_).status().code(), absl::StatusCode::kDataLoss) << file;
    ASSERT_TRUE(RocksDbReadModel::Destroy(path_).ok());
    EXPECT_FALSE(fs::exists(path_));
    EXPECT_EQ(*MustOpen(path_)->ReadProgress(Shard(0)), Progress{});
  }
}

TEST_F(RocksDbReadModelTest, ReportsAMissingTableFileAsDataLoss) {
  ApplyStep(*MustOpen(path_), 1);
  MustOpen(path_).reset();  // Recovery turns the log into a table file.
  fs::remove(FileEndingWith(path_, ".sst"));
  EXPECT_EQ(RocksDbReadModel::Open(path_).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(RocksDbReadModelTest, ReportsAFlippedBitInATableFileAsDataLoss) {
  ApplyStep(*MustOpen(path_), 1);
  FlipABitInItsTable();
  const auto model = MustOpen(path_);
  EXPECT_EQ(model->Scan({.limit = 10}).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(RocksDbReadModelTest, IsNotOpenedAgainOnceDamageWasMetUntilItIsDestroyed) {
  using Call = std::function<absl::Status(RocksDbReadModel&)>;
  const std::vector<std::pair<std::string, Call>> calls = {
      {"Get", [](RocksDbReadModel& model) { return model.Get("last").status(); }},
      {"Scan", [](RocksDbReadModel& model) { return model.Scan({.limit = 10}).status(); }},
      {"ReadProgress",
       [](RocksDbReadModel& model) { return model.ReadProgress(Shard(0)).status(); }}};
  for (const auto& [name, call] : calls) {
    ApplyStep(*MustOpen(path_), 1);
    FlipABitInItsTable();
    EXPECT_EQ(call(*MustOpen(path_)).code(), absl::StatusCode::kDataLoss) << name;
    EXPECT_EQ(RocksDbReadModel::Open(path_).status().code(), absl::StatusCode::kDataLoss) << name;
    ASSERT_TRUE(RocksDbReadModel::Destroy(path_).ok()) << name;
    EXPECT_EQ(*MustOpen(path_)->Get("last"), std::nullopt) << name;
    ASSERT_TRUE(RocksDbReadModel::Destroy(path_).ok()) << name;
  }
}

TEST_F(RocksDbReadModelTest, TellsNobodyToDeleteRowsThatStandNowhereElse) {
  const auto text_of = [&](const char* file) {
    std::ifstream in(path_ / file);
    return std::string{std::istreambuf_iterator<char>(in), {}};
  };
  auto model = RocksDbReadModel::Open(path_, Contents::kSource);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_THAT(text_of("READ_MODEL"), HasSubstr("do not delete"));
  ApplyStep(**model, 1);
  model->reset();
  FlipABitInItsTable();
  model = RocksDbReadModel::Open(path_, Contents::kSource);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_FALSE((*model)->Get("last").ok());
  EXPECT_THAT(text_of("DAMAGED"), HasSubstr("Restore the folder"));
}

TEST_F(RocksDbReadModelTest, IsNotDestroyedForItsDamageWhileAProcessHasItOpen) {
  ApplyStep(*MustOpen(path_), 1);
  FlipABitInItsTable();
  const auto model = MustOpen(path_);
  EXPECT_FALSE(model->Get("last").ok());
  EXPECT_EQ(RocksDbReadModel::Destroy(path_).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(RocksDbReadModelTest, ReportsProgressWithoutAPositionAsDataLoss) {
  MustOpen(path_).reset();
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(rocksdb::Options(), path_, &db).ok());
  ASSERT_TRUE(db->Put({}, std::string("p\0\0\0\0", 5), "short").ok());
  delete db;
  const auto progress = MustOpen(path_)->ReadProgress(Shard(0));
  EXPECT_EQ(progress.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(progress.status().message()), HasSubstr("it has only 5 bytes"));
}

TEST_F(RocksDbReadModelTest, CreatesOnlyTheLastPartOfThePath) {
  const auto model = RocksDbReadModel::Open(root_ / "missing" / "model");
  EXPECT_EQ(model.status().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(model.status().message()), HasSubstr("No such file"));
}

TEST_F(RocksDbReadModelTest, DestroysNothingWhereNothingIs) {
  EXPECT_TRUE(RocksDbReadModel::Destroy(path_).ok());
  EXPECT_FALSE(fs::exists(path_));
}

}  // namespace
}  // namespace apdr::readmodel
