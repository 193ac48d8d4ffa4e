#include "tests/contract/readmodel/model_under_test.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <ostream>
#include <utility>

#include "engine/base/check.h"
#include "services/readmodel/memory/memory_read_model.h"
#include "services/readmodel/rocksdb/rocksdb_read_model.h"

namespace apdr::readmodel {
namespace {

class MemoryUnderTest final : public ModelUnderTest {
 public:
  ReadModel& model() override { return model_; }
  void AfterApply() override {}

 private:
  MemoryReadModel model_;
};

enum class Reopen { kNever, kAfterEachWrite };

class RocksDbUnderTest final : public ModelUnderTest {
 public:
  explicit RocksDbUnderTest(Reopen reopen) : reopen_(reopen) {
    std::string path = testing::TempDir() + "apdr-read-model-XXXXXX";
    APDR_CHECK(mkdtemp(path.data()) != nullptr);
    path_ = std::move(path);
    Open();
  }
  ~RocksDbUnderTest() override {
    model_.reset();
    EXPECT_TRUE(RocksDbReadModel::Destroy(path_).ok());
  }

  ReadModel& model() override { return *model_; }
  void AfterApply() override {
    if (reopen_ == Reopen::kNever) return;
    model_.reset();
    Open();
  }

 private:
  void Open() {
    auto model = RocksDbReadModel::Open(path_);
    APDR_CHECK(model.ok());
    model_ = *std::move(model);
  }

  const Reopen reopen_;
  std::string path_;
  std::unique_ptr<RocksDbReadModel> model_;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Flavour& flavour) { return out << flavour.name; }

std::vector<Flavour> AllFlavours() {
  return {
      {.name = "Memory", .make = [] { return std::make_unique<MemoryUnderTest>(); }},
      {.name = "RocksDb",
       .make = [] { return std::make_unique<RocksDbUnderTest>(Reopen::kNever); }},
      {.name = "RocksDbReopened",
       .make = [] { return std::make_unique<RocksDbUnderTest>(Reopen::kAfterEachWrite); }},
  };
}

}  // namespace apdr::readmodel
