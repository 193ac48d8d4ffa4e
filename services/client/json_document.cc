#include "services/client/json_document.h"

#include <cstddef>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace apdr::client {
namespace {

using nlohmann::json;

// Reads characters and counts lines on the way.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, int* line) : at_(at), line_(line) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    if (*at_ == '\n') ++*line_;
    ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  int* line_;
};

// Follows the parser and writes down where each key, object and array starts.
class LineRecorder {
 public:
  LineRecorder(const int& line, std::map<std::string, int>& lines) : line_(line), lines_(lines) {}

  bool operator()(int /*depth*/, json::parse_event_t event, json& parsed) {
    switch (event) {
      case json::parse_event_t::object_start:
      case json::parse_event_t::array_start:
        lines_.emplace(Here(), line_);
        open_.emplace_back(Here(), event == json::parse_event_t::array_start);
        break;
      case json::parse_event_t::key: {
        open_.back().key = parsed.get<std::string>();
        const bool is_new = lines_.emplace(Here(), line_).second;
        if (!is_new && !twice_) twice_ = open_.back().key;
        break;
      }
      case json::parse_event_t::object_end:
      case json::parse_event_t::array_end:
        open_.pop_back();
        CountItem();
        break;
      case json::parse_event_t::value:
        CountItem();
        break;
    }
    if (twice_ && twice_line_ == 0) twice_line_ = line_;
    return true;
  }

  [[nodiscard]] const std::optional<std::string>& twice() const { return twice_; }
  [[nodiscard]] int twice_line() const { return twice_line_; }

 private:
  struct Frame {
    Frame(std::string where, bool is_array) : path(std::move(where)), array(is_array) {}
    std::string path;
    bool array;
    std::size_t index = 0;
    std::string key;
  };

  [[nodiscard]] std::string Here() const {
    if (open_.empty()) return "";
    const Frame& frame = open_.back();
    return frame.array ? absl::StrCat(frame.path, "/", frame.index)
                       : absl::StrCat(frame.path, "/", frame.key);
  }
  void CountItem() {
    if (!open_.empty() && open_.back().array) ++open_.back().index;
  }

  const int& line_;
  std::map<std::string, int>& lines_;
  std::vector<Frame> open_;
  std::optional<std::string> twice_;
  int twice_line_ = 0;
};

// The line in "parse error at line 3, column 5: ...", or `otherwise`. The parser itself is already
// one character ahead.
int LineOf(const json::exception& error, int otherwise) {
  constexpr std::string_view kLine = "at line ";
  const std::string what = error.what();
  const std::size_t at = what.find(kLine);
  if (at == std::string::npos) return otherwise;
  const std::size_t begin = at + kLine.size();
  int line = otherwise;
  return absl::SimpleAtoi(what.substr(begin, what.find(',', begin) - begin), &line) ? line
                                                                                    : otherwise;
}

// "syntax error while parsing value ..." without the library's own prefix and position.
std::string WhatOf(const json::exception& error) {
  const std::string what = error.what();
  const std::size_t column = what.find("column ");
  const std::size_t colon = what.find(": ", column == std::string::npos ? 0 : column);
  return colon == std::string::npos ? what : what.substr(colon + 2);
}

}  // namespace

absl::StatusOr<JsonDocument> JsonDocument::Parse(std::string_view text, std::string name) {
  JsonDocument document;
  document.name_ = std::move(name);
  int line = 1;
  LineRecorder recorder(line, document.lines_);
  try {
    document.root_ =
        json::parse(CountingIterator(text.data(), &line),
                    CountingIterator(text.data() + text.size(), &line), std::ref(recorder));
  } catch (const json::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(document.name_, ":", LineOf(error, line),
                                                   ": Expected JSON, but: ", WhatOf(error), "."));
  }
  if (recorder.twice()) {
    return absl::InvalidArgumentError(absl::StrCat(document.name_, ":", recorder.twice_line(),
                                                   ": Expected every key once, but \"",
                                                   *recorder.twice(), "\" is given twice."));
  }
  return document;
}

std::string JsonDocument::Place(std::string pointer) const {
  while (!pointer.empty() && !lines_.contains(pointer)) pointer.resize(pointer.rfind('/'));
  const auto found = lines_.find(pointer);
  return absl::StrCat(name_, ":", found == lines_.end() ? 1 : found->second);
}

absl::Status JsonDocument::Mistake(const std::string& pointer, const std::string& message) const {
  return absl::InvalidArgumentError(absl::StrCat(Place(pointer), ": ", message));
}

}  // namespace apdr::client
