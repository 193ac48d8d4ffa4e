#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/importer/line.h"

namespace apdr::importer {

// As much as a request may hold.
inline constexpr std::size_t kLineBytesMax = std::size_t{1} << 20;

struct TextLine {
  std::uint64_t number = 0;      // From 1, as an editor counts.
  std::string text;              // Without its end, LF or CRLF, and without a byte order mark.
  std::optional<Refusal> fault;  // It is too long or not UTF-8; then the text is empty.
};

// Lines of a text file. Lines of blanks alone are passed over.
class LineReader {
 public:
  // Borrows the stream.
  explicit LineReader(std::istream& in) : in_(in) {}

  // Nullopt at the end of the file. kUnavailable: it cannot be read on.
  [[nodiscard]] absl::StatusOr<std::optional<TextLine>> Next();
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  // False at the end of the file.
  bool ReadOne(TextLine& line);

  std::istream& in_;
  std::uint64_t number_ = 0;
  std::uint64_t bytes_read_ = 0;
};

}  // namespace apdr::importer
