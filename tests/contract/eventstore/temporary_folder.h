#pragma once

#include <stdlib.h>  // mkdtemp

#include <filesystem>
#include <string>

#include "engine/base/check.h"

namespace apdr::eventstore {

// A new, empty folder that disappears with this object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "apdr-XXXXXX").string();
    APDR_CHECK(::mkdtemp(path.data()) != nullptr);
    path_ = path;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace apdr::eventstore
