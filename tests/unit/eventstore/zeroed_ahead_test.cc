// Promise: a write-ahead log does not grow by an append, ends in zeros until it is closed, and is
// written as without where there is no room for zeros.
#include "eventstore/rocksdb/internal/zeroed_ahead.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "tests/contract/eventstore/temporary_folder.h"

namespace apdr::eventstore {
namespace {

const rocksdb::IOOptions kOptions;

// A disk that takes what is appended and has no room for anything else.
class FullDisk final : public rocksdb::FileSystemWrapper {
 public:
  FullDisk() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FullDisk"; }
  rocksdb::IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    auto opened = FileSystemWrapper::NewRandomRWFile(path, options, file, debug);
    if (opened.ok()) *file = std::make_unique<Full>(std::move(*file));
    return opened;
  }

 private:
  class Full final : public rocksdb::FSRandomRWFileOwnerWrapper {
   public:
    using FSRandomRWFileOwnerWrapper::FSRandomRWFileOwnerWrapper;
    rocksdb::IOStatus Write(std::uint64_t, const rocksdb::Slice&, const rocksdb::IOOptions&,
                            rocksdb::IODebugContext*) override {
      return rocksdb::IOStatus::NoSpace();
    }
  };
};

class ZeroedAhead : public testing::Test {
 protected:
  std::unique_ptr<rocksdb::FSWritableFile> Create(std::shared_ptr<rocksdb::FileSystem> disk,
                                                  const std::string& name) {
    path_ = folder_.path() + "/" + name;
    std::unique_ptr<rocksdb::FSWritableFile> file;
    const auto created = ZeroLogsAhead(std::move(disk))
                             ->NewWritableFile(path_, rocksdb::FileOptions(), &file, nullptr);
    EXPECT_TRUE(created.ok()) << created.ToString();
    return file;
  }
  [[nodiscard]] std::string Content() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TemporaryFolder folder_;
  std::string path_;
};

void Append(rocksdb::FSWritableFile& file, const std::string& data) {
  ASSERT_TRUE(file.Append(data, kOptions, nullptr).ok());
  ASSERT_TRUE(file.Sync(kOptions, nullptr).ok());
}

TEST_F(ZeroedAhead, KeepsItsLengthWhileItIsWritten) {
  const auto file = Create(rocksdb::FileSystem::Default(), "000001.log");
  Append(*file, "one");
  EXPECT_EQ(Content(), "one" + std::string(kZeroedAtATime - 3, '\0'));
  Append(*file, "two");
  EXPECT_EQ(Content(), "onetwo" + std::string(kZeroedAtATime - 6, '\0'));
  EXPECT_EQ(file->GetFileSize(kOptions, nullptr), 6U);
}

TEST_F(ZeroedAhead, IsFilledFurtherWhenAnAppendReachesTheEnd) {
  const auto file = Create(rocksdb::FileSystem::Default(), "000001.log");
  const std::string first(kZeroedAtATime - 1, 'f');
  const std::string second(kZeroedAtATime + 2, 's');
  Append(*file, first);
  Append(*file, second);
  EXPECT_EQ(Content(), first + second + std::string(kZeroedAtATime - 1, '\0'));
}

TEST_F(ZeroedAhead, HasItsOwnLengthOnceItIsClosed) {
  const auto file = Create(rocksdb::FileSystem::Default(), "000001.log");
  Append(*file, "one");
  ASSERT_TRUE(file->Close(kOptions, nullptr).ok());
  EXPECT_EQ(Content(), "one");
}

TEST_F(ZeroedAhead, GrowsWhereThereIsNoRoom) {
  const auto file = Create(std::make_shared<FullDisk>(), "000001.log");
  Append(*file, "one");
  Append(*file, "two");
  EXPECT_EQ(Content(), "onetwo");
}

TEST_F(ZeroedAhead, LeavesOtherFilesAlone) {
  const auto file = Create(rocksdb::FileSystem::Default(), "000002.sst");
  Append(*file, "one");
  EXPECT_EQ(Content(), "one");
}

}  // namespace
}  // namespace apdr::eventstore
