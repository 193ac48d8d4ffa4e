#include "services/importer/import_key.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/sha256.h"
#include "engine/base/status_macros.h"

namespace apdr::importer {
namespace {

constexpr std::size_t kUuidBytes = 16;

absl::Status CannotWrite(const std::string& path) {
  return absl::UnavailableError(
      absl::StrCat("Expected to make the key file ", path, ", but it cannot be written."));
}

absl::Status SyncFolderOf(const std::string& path) {
  const std::string folder = std::filesystem::absolute(path).parent_path().string();
  const int opened = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return CannotWrite(path);
  const bool synced = fsync(opened) == 0;
  close(opened);
  return synced ? absl::OkStatus() : CannotWrite(path);
}

// Durable before an id is made with it. What was only begun is taken away again.
absl::Status WriteNew(const std::string& path, const std::string& text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return CannotWrite(path);
  bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  written = fsync(file) == 0 && written;
  written = close(file) == 0 && written;
  if (written) return SyncFolderOf(path);
  unlink(path.c_str());
  return CannotWrite(path);
}

}  // namespace

ImportKey::ImportKey(std::string bytes) : bytes_(std::move(bytes)) {
  APDR_CHECK(bytes_.size() == kBytes);
}

std::string ImportKey::Uuid(std::initializer_list<std::string_view> parts) const {
  std::string content;
  for (const std::string_view part : parts) {
    absl::StrAppend(&content, part.size(), ":");
    content.append(part);
  }
  auto digest = HmacSha256(bytes_, content);
  digest[6] = static_cast<std::uint8_t>((digest[6] & 0x0fU) | 0x80U);
  digest[8] = static_cast<std::uint8_t>((digest[8] & 0x3fU) | 0x80U);
  std::string uuid = absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest.data()), kUuidBytes));
  for (const std::size_t at : {8U, 13U, 18U, 23U}) uuid.insert(at, 1, '-');
  return uuid;
}

absl::StatusOr<ImportKey> ReadImportKey(const std::string& path) {
  std::error_code unknown;
  if (!std::filesystem::exists(path, unknown) && !unknown) {
    return absl::NotFoundError(
        absl::StrCat("Expected the key of earlier imports in ", path,
                     ", but there is no such file. Before the first import of a tenant, and only "
                     "then, make one with --new-key."));
  }
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad() || !file.is_open()) {
    return absl::UnavailableError(
        absl::StrCat("Expected to read the key file ", path, ", but it cannot be read."));
  }
  absl::StripAsciiWhitespace(&text);
  const bool is_hex = text.size() == 2 * ImportKey::kBytes &&
                      text.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_hex) {
    return absl::InvalidArgumentError(
        absl::StrCat("Expected a key of 64 small hexadecimal digits in ", path,
                     ", but it holds something else. Name the file of the first import."));
  }
  return ImportKey(absl::HexStringToBytes(text));
}

absl::StatusOr<ImportKey> MakeImportKey(const std::string& path) {
  std::error_code unknown;
  if (std::filesystem::exists(path, unknown)) {
    return absl::AlreadyExistsError(absl::StrCat("Expected to make a new key in ", path,
                                                 ", but there is such a file already. Leave out "
                                                 "--new-key to import with what it holds."));
  }
  std::array<unsigned char, ImportKey::kBytes> bytes{};
  APDR_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  std::string key(bytes.begin(), bytes.end());
  APDR_RETURN_IF_ERROR(WriteNew(path, absl::StrCat(absl::BytesToHexString(key), "\n")));
  return ImportKey(std::move(key));
}

}  // namespace apdr::importer
