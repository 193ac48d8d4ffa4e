#pragma once

#include <fstream>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace apdr {

// Where an export goes: standard output, or a file that has its name only once it is whole. Only
// its owner may read it.
class OutputFile {
 public:
  // Empty: standard output.
  explicit OutputFile(std::string path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // What the file is called until it is whole. Whatever has that name is removed.
  [[nodiscard]] static std::string PartOf(const std::string& path) { return path + ".part"; }

  [[nodiscard]] std::function<void(std::string_view text)> Writer();
  // kUnavailable, here and below: it cannot be written.
  [[nodiscard]] absl::Status Check();
  [[nodiscard]] absl::Status Finish();

 private:
  std::ostream& Stream();

  const std::string path_;
  const std::string part_;
  std::ofstream file_;
};

}  // namespace apdr
