#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/any.pb.h"

// Putting answers into words and columns for people.
namespace apdr::client {

// Columns that line up, two spaces apart. The last column is not padded.
class Table {
 public:
  // An empty header: no header line.
  explicit Table(std::vector<std::string> header);

  // As many cells as the header has, or as the first row when there is no header.
  void Add(std::vector<std::string> row);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  // Every line starts with `indent` spaces.
  [[nodiscard]] std::string Render(std::size_t indent = 0) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

// "PlanAgreed" of "apdr.sen.v1.PlanAgreed" or of an Any's type URL.
[[nodiscard]] std::string ShortType(std::string_view type);

// "Plan agreed" for apdr.sen.v1.PlanAgreed.
[[nodiscard]] std::string InWords(std::string_view type);

// "1 step", "2 steps".
[[nodiscard]] std::string Count(std::size_t count, std::string_view noun);

// What a command or an event says, on one line of at most `columns`: "needs: SPLD; needs
// understood: partly". Empty when there is nothing to say or the type is unknown here.
[[nodiscard]] std::string Describe(const google::protobuf::Any& data, std::size_t columns);

// At most `columns` characters of `text` on one line, "..." where cut; control characters become
// spaces, so that a text from the record cannot drive the terminal.
[[nodiscard]] std::string OneLine(std::string_view text, std::size_t columns);

}  // namespace apdr::client
