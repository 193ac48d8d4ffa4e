#include "services/client/json_document.h"

#include <cstddef>
#include <functional>
#include <iterator>
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

// Follows the parser and writes down where each key, object and array starts. What is wrong with
// the document ends that.
class LineRecorder {
 public:
  LineRecorder(const int& line, LineTree& lines) : line_(line), lines_(lines) {}

  // False drops what is parsed.
  bool operator()(int /*depth*/, json::parse_event_t event, json& parsed) {
    if (!wrong_.empty()) return false;
    switch (event) {
      case json::parse_event_t::object_start:
      case json::parse_event_t::array_start:
        if (open_.size() == JsonDocument::kDepthMax) {
          Refuse(absl::StrCat("Expected objects and lists nested at most ", JsonDocument::kDepthMax,
                              " deep, but they are deeper."));
          return false;
        }
        open_.push_back({.node = Open(), .array = event == json::parse_event_t::array_start});
        break;
      case json::parse_event_t::key: {
        Frame& frame = open_.back();
        frame.key = parsed.get<std::string>();
        if (lines_.Add(frame.node, frame.key, line_).second) break;
        Refuse(absl::StrCat("Expected every key once, but \"", frame.key, "\" is given twice."));
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
    return true;
  }

  // Empty: nothing is.
  [[nodiscard]] const std::string& wrong() const { return wrong_; }
  [[nodiscard]] int wrong_line() const { return wrong_line_; }

 private:
  struct Frame {
    LineTree::Node node;
    bool array;
    std::size_t index = 0;
    std::string key = {};
  };

  // The node of what starts here.
  LineTree::Node Open() {
    if (open_.empty()) {
      lines_.SetRoot(line_);
      return LineTree::kRoot;
    }
    const Frame& frame = open_.back();
    return lines_.Add(frame.node, frame.array ? absl::StrCat(frame.index) : frame.key, line_).first;
  }
  void CountItem() {
    if (!open_.empty() && open_.back().array) ++open_.back().index;
  }
  void Refuse(std::string wrong) {
    wrong_ = std::move(wrong);
    wrong_line_ = line_;
  }

  const int& line_;
  LineTree& lines_;
  std::vector<Frame> open_;
  std::string wrong_;
  int wrong_line_ = 0;
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

std::pair<LineTree::Node, bool> LineTree::Add(Node parent, const std::string& name, int line) {
  const auto [place, is_new] =
      places_.try_emplace({parent, name}, Place{.node = places_.size() + 1, .line = line});
  return {place->second.node, is_new};
}

int LineTree::LineOf(std::string_view pointer) const {
  int line = root_line_;
  Node node = kRoot;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view name = pointer.substr(0, pointer.find('/'));
    const auto found = places_.find({node, std::string(name)});
    if (found == places_.end()) break;
    node = found->second.node;
    line = found->second.line;
    pointer.remove_prefix(name.size());
  }
  return line;
}

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
  if (!recorder.wrong().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(document.name_, ":", recorder.wrong_line(), ": ", recorder.wrong()));
  }
  return document;
}

std::string JsonDocument::Place(const std::string& pointer) const {
  return absl::StrCat(name_, ":", lines_.LineOf(pointer));
}

absl::Status JsonDocument::Mistake(const std::string& pointer, const std::string& message) const {
  return absl::InvalidArgumentError(absl::StrCat(Place(pointer), ": ", message));
}

}  // namespace apdr::client
