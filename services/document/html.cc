#include "services/document/html.h"

#include <algorithm>
#include <kainjow/mustache.hpp>
#include <utility>

#include "absl/strings/str_replace.h"
#include "engine/base/check.h"
#include "services/document/templates.h"

namespace apdr::document {
namespace {

std::string TemplateNamed(std::string_view name) {
  const auto files = Templates();
  const auto file = std::ranges::find(files, name, &EmbeddedText::name);
  APDR_CHECK(file != files.end());
  return std::string(file->text);
}

using Data = kainjow::mustache::data;

// A name that a template asks for is looked up outwards when the innermost thing does not have it:
// so every thing here sets every name, to false where it has nothing.
class Builder {
 public:
  explicit Builder(const std::vector<std::string>& unprinted) {
    for (const std::string& number : unprinted) {
      if (!number.empty()) replacements_.emplace_back(number, "(number not printed)");
    }
  }

  [[nodiscard]] Data Whole(const Page& page) const {
    Data data;
    data["style"] = Data(TemplateNamed("document.css"));
    data["sections"] = List(page.sections, [this](const Section& it) { return Of(it); });
    data["layout"] = Text(page.layout);
    data["title"] = Text(page.title);
    data["subject"] = Text(page.subject);
    data["has_about"] = Data(!page.about.empty());
    data["about"] = Facts(page.about);
    data["notes"] = Texts(page.notes);
    data["footer"] = Texts(page.footer);
    std::vector<Section> listed;
    std::ranges::copy_if(page.sections, std::back_inserter(listed),
                         [](const Section& section) { return !section.id.empty(); });
    data["has_contents"] = Data(!listed.empty());
    data["contents"] = List(listed, [this](const Section& it) {
      Data entry;
      entry["id"] = Text(it.id);
      entry["heading"] = Text(it.heading);
      return entry;
    });
    data["sections_file"] = Data(TemplateNamed("sections.html.mustache"));
    return data;
  }

 private:
  // False when empty, so that a template can leave out what stands around it.
  [[nodiscard]] Data Text(const std::string& text) const {
    if (text.empty()) return Data(false);
    return Data(replacements_.empty() ? text : absl::StrReplaceAll(text, replacements_));
  }

  template <class Item, class Make>
  [[nodiscard]] static Data List(const std::vector<Item>& items, Make make) {
    Data list(Data::type::list);
    for (const Item& item : items) list.push_back(make(item));
    return list;
  }

  [[nodiscard]] Data Texts(const std::vector<std::string>& texts) const {
    return List(texts, [this](const std::string& text) { return Text(text); });
  }

  [[nodiscard]] Data Facts(const std::vector<Fact>& facts) const {
    return List(facts, [this](const Fact& fact) {
      Data data;
      data["name"] = Text(fact.name);
      data["value"] = Text(fact.value);
      return data;
    });
  }

  [[nodiscard]] Data Of(const Section& section) const {
    Data data;
    data["id"] = Text(section.id);
    data["h2"] = Data(section.level == 2);
    data["h3"] = Data(section.level == 3);
    data["h4"] = Data(section.level == 4);
    data["heading"] = Text(section.heading);
    data["paragraphs"] = Texts(section.paragraphs);
    data["has_facts"] = Data(!section.facts.empty());
    data["facts"] = Facts(section.facts);
    data["has_items"] = Data(!section.items.empty());
    data["items"] = Texts(section.items);
    data["has_rows"] = Data(!section.table.rows.empty());
    data["caption"] = Text(section.table.caption);
    data["columns"] = Texts(section.table.columns);
    data["rows"] = List(section.table.rows, [this](const std::vector<Cell>& cells) {
      Data row;
      row["cells"] = Cells(cells);
      return row;
    });
    return data;
  }

  [[nodiscard]] Data Cells(const std::vector<Cell>& cells) const {
    bool heads = true;
    return List(cells, [this, &heads](const Cell& cell) {
      Data data;
      data["heads"] = Data(std::exchange(heads, false));
      data["text"] = Text(cell.text);
      data["has_facts"] = Data(!cell.facts.empty());
      data["facts"] = Facts(cell.facts);
      data["notes"] = Texts(cell.notes);
      return data;
    });
  }

  std::vector<std::pair<std::string, std::string>> replacements_;
};

}  // namespace

std::string ToHtml(const Page& page, const std::vector<std::string>& unprinted) {
  kainjow::mustache::mustache frame(TemplateNamed("page.html.mustache"));
  const std::string html = frame.render(Builder(unprinted).Whole(page));
  APDR_CHECK(frame.is_valid());  // The templates are ours.
  return html;
}

}  // namespace apdr::document
