#pragma once

#include <string>
#include <utility>
#include <vector>

// What a document says, before it is HTML: headings, paragraphs, facts, lists and tables, in the
// order in which they are printed. Texts are plain; nothing in them is markup.
namespace apdr::document {

// "Agreed on": "6 February 2026".
struct Fact {
  std::string name;
  std::string value;

  friend bool operator==(const Fact&, const Fact&) = default;
};

struct Cell {
  std::string text = {};
  std::vector<Fact> facts = {};
  std::vector<std::string> notes = {};  // What a reader must not miss, a paragraph each.
};

struct Table {
  std::string caption;
  std::vector<std::string> columns;     // The first heads its row.
  std::vector<std::vector<Cell>> rows;  // As many cells as there are columns.
};

// A heading and what stands under it.
struct Section {
  int level = 2;  // Of the heading: 2, 3 or 4. The document's title is 1.
  std::string heading;
  std::string id = {};  // Where the contents lead; empty: they do not list it.
  std::vector<std::string> paragraphs = {};
  std::vector<Fact> facts = {};
  std::vector<std::string> items = {};
  Table table = {};

  [[nodiscard]] bool IsEmpty() const {
    return paragraphs.empty() && facts.empty() && items.empty() && table.rows.empty();
  }
};

// A row that holds nothing but texts.
[[nodiscard]] inline std::vector<Cell> TextRow(const std::vector<std::string>& texts) {
  std::vector<Cell> row;
  for (const std::string& text : texts) row.push_back({.text = text});
  return row;
}

struct Page {
  std::string layout;   // How it is laid out, a class of document.css; empty: as any other.
  std::string title;    // "SEN Support plan"
  std::string subject;  // Whom it is about.
  std::vector<Fact> about = {};
  std::vector<Section> sections = {};
  std::vector<std::string> notes = {};  // Said before everything else.
  std::vector<std::string> footer = {};

  // Adds the section unless it is empty.
  void Add(Section section) {
    if (!section.IsEmpty()) sections.push_back(std::move(section));
  }
  // Adds the heading and the parts under it that are not empty; nothing if all are.
  void AddGroup(Section heading, std::vector<Section> parts) {
    std::erase_if(parts, [](const Section& part) { return part.IsEmpty(); });
    if (parts.empty() && heading.IsEmpty()) return;
    sections.push_back(std::move(heading));
    for (Section& part : parts) sections.push_back(std::move(part));
  }
};

// Adds the fact unless its value is empty.
inline void AddFact(std::vector<Fact>& facts, std::string name, std::string value) {
  if (!value.empty()) facts.push_back({.name = std::move(name), .value = std::move(value)});
}

// No text, or the one paragraph.
[[nodiscard]] inline std::vector<std::string> Paragraph(const std::string& text) {
  return text.empty() ? std::vector<std::string>{} : std::vector<std::string>{text};
}

}  // namespace apdr::document
