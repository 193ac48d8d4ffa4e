#include "services/apdr/output_file.h"

#include <filesystem>
#include <iostream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace apdr {

OutputFile::OutputFile(std::string path) : path_(std::move(path)), part_(path_ + ".part") {
  if (path_.empty()) return;
  file_.open(part_, std::ios::binary | std::ios::trunc);
  std::error_code ignored;
  std::filesystem::permissions(
      part_, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
}

OutputFile::~OutputFile() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove(part_, ignored);
}

std::function<void(std::string_view text)> OutputFile::Writer() {
  return [this](std::string_view text) { Stream() << text; };
}

absl::Status OutputFile::Check() {
  if (Stream().good()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("Expected to write ",
                                             path_.empty() ? "standard output" : path_,
                                             ", but it cannot be written."));
}

absl::Status OutputFile::Finish() {
  Stream().flush();
  if (!path_.empty() && file_.good()) {
    file_.close();
    std::error_code failed;
    std::filesystem::rename(part_, path_, failed);
    if (failed) file_.setstate(std::ios::failbit);
  }
  return Check();
}

std::ostream& OutputFile::Stream() { return path_.empty() ? std::cout : file_; }

}  // namespace apdr
