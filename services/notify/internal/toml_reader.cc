#include "services/notify/internal/toml_reader.h"

#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace apdr::notify {
namespace {

std::optional<std::uint32_t> NumberIn(const toml::node& node) {
  const auto* number = node.as_integer();
  if (number == nullptr || number->get() < 1 ||
      number->get() > std::numeric_limits<std::int32_t>::max()) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(number->get());
}

}  // namespace

std::string PlaceOf(std::string_view file, const toml::source_region& source) {
  return absl::StrCat(std::string(file), ":", source.begin.line);
}

absl::Status Mistake(std::string_view place, std::string_view expected, std::string_view fact) {
  return absl::InvalidArgumentError(absl::StrCat("Expected ", std::string(place), " to ",
                                                 std::string(expected), ", but ", std::string(fact),
                                                 "."));
}

TomlReader::TomlReader(const toml::table& table, std::string file, std::string what)
    : table_(table), file_(std::move(file)), what_(std::move(what)) {}

const toml::node* TomlReader::Take(std::string_view key) {
  asked_.emplace(key);
  return table_.get(key);
}

bool TomlReader::Has(std::string_view key) const { return table_.get(key) != nullptr; }

std::string TomlReader::At(std::string_view key) const {
  const toml::node* const node = table_.get(key);
  return PlaceOf(file_, node == nullptr ? table_.source() : node->source());
}

void TomlReader::Refuse(std::string_view key, std::string_view expected, std::string_view fact) {
  status_.Update(Mistake(At(key), expected, fact));
}

std::string TomlReader::Text(std::string_view key) {
  if (!Has(key)) {
    Refuse(key, absl::StrCat("give ", what_, " a ", std::string(key)), "there is none");
  }
  return TextOr(key, {});
}

std::string TomlReader::TextOr(std::string_view key, std::string absent) {
  const toml::node* const node = Take(key);
  if (node == nullptr) return absent;
  const auto* const text = node->as_string();
  if (text != nullptr && !text->get().empty()) return text->get();
  Refuse(key, "hold a text", text == nullptr ? "it holds something else" : "it is empty");
  return {};
}

bool TomlReader::FlagOr(std::string_view key, bool absent) {
  const toml::node* const node = Take(key);
  if (node == nullptr) return absent;
  if (const auto* const flag = node->as_boolean()) return flag->get();
  Refuse(key, "be true or false", "it is something else");
  return false;
}

std::uint32_t TomlReader::NumberOr(std::string_view key, std::uint32_t absent) {
  const toml::node* const node = Take(key);
  if (node == nullptr) return absent;
  if (const auto number = NumberIn(*node)) return *number;
  Refuse(key, "be a whole number above 0", "it is not");
  return absent;
}

std::set<std::string> TomlReader::Texts(std::string_view key) {
  std::set<std::string> texts;
  const toml::node* const node = Take(key);
  if (node == nullptr) return texts;
  const auto* const array = node->as_array();
  if (array == nullptr || array->empty()) {
    Refuse(key, "be an array of texts", "it is not, or it is empty");
    return texts;
  }
  for (const toml::node& item : *array) {
    const auto* const text = item.as_string();
    if (text == nullptr || text->get().empty()) {
      Refuse(key, "be an array of texts", "one of its items is none");
      break;
    }
    texts.insert(text->get());
  }
  return texts;
}

std::set<std::uint32_t> TomlReader::Numbers(std::string_view key) {
  std::set<std::uint32_t> numbers;
  const toml::node* const node = Take(key);
  if (node == nullptr) return numbers;
  const auto* const array = node->as_array();
  if (array == nullptr || array->empty()) {
    Refuse(key, "be an array of whole numbers", "it is not, or it is empty");
    return numbers;
  }
  for (const toml::node& item : *array) {
    if (const auto number = NumberIn(item)) {
      numbers.insert(*number);
    } else {
      Refuse(key, "be an array of whole numbers above 0", "one of its items is none");
    }
  }
  return numbers;
}

std::vector<const toml::table*> TomlReader::Tables(std::string_view key) {
  std::vector<const toml::table*> tables;
  const toml::node* const node = Take(key);
  if (node == nullptr) return tables;
  const auto* const array = node->as_array();
  if (array == nullptr || !array->is_array_of_tables()) {
    Refuse(key, absl::StrCat("be written as [[", std::string(key), "]]"), "it is not");
    return tables;
  }
  for (const toml::node& item : *array) tables.push_back(item.as_table());
  return tables;
}

const toml::table* TomlReader::Table(std::string_view key) {
  const toml::node* const node = Take(key);
  if (node == nullptr) return nullptr;
  const auto* const table = node->as_table();
  if (table == nullptr) {
    Refuse(key, absl::StrCat("be written as [", std::string(key), "]"), "it is not");
  }
  return table;
}

absl::Status TomlReader::Finish() {
  for (const auto& [key, node] : table_) {
    if (asked_.contains(key.str())) continue;
    Refuse(key.str(), absl::StrCat("say something about ", what_),
           absl::StrCat("there is no key ", std::string(key.str()), " for it"));
  }
  return status_;
}

}  // namespace apdr::notify
