#include "services/apdr/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace apdr {

OutputFile::OutputFile(std::string path) : path_(std::move(path)), part_(PartOf(path_)) {
  if (path_.empty()) return;
  // Made for its owner alone before anything is in it.
  std::error_code absent;
  std::filesystem::remove(part_, absent);
  const int made = open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (made < 0) {
    file_.setstate(std::ios::failbit);
    return;
  }
  close(made);
  file_.open(part_, std::ios::binary | std::ios::trunc);
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
