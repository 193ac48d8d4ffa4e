#include "services/host/config_file.h"

#define TOML_EXCEPTIONS 0  // Ours and the headers alone: the packaged library throws.
#include <toml++/toml.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace apdr::host {
namespace {

std::string PlaceOf(const std::string& name, const toml::source_region& source) {
  return absl::StrCat(name, ":", source.begin.line);
}

std::optional<std::string> ScalarText(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return absl::StrCat(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  return std::nullopt;
}

absl::StatusOr<std::vector<std::string>> ValuesOf(const toml::node& node,
                                                  const std::string& place) {
  std::vector<std::string> values;
  if (const auto* array = node.as_array()) {
    for (const toml::node& item : *array) {
      std::optional<std::string> value = ScalarText(item);
      if (!value) break;
      values.push_back(*std::move(value));
    }
    if (values.size() == array->size()) return values;
  } else if (std::optional<std::string> value = ScalarText(node)) {
    values.push_back(*std::move(value));
    return values;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("Expected ", place,
                   " to hold a string, a whole number, true or false, or an array of them, but it"
                   " holds something else."));
}

}  // namespace

absl::StatusOr<std::vector<Setting>> ParseConfig(std::string_view text, const std::string& name) {
  const toml::parse_result parsed = toml::parse(text, name);
  if (!parsed) {
    return absl::InvalidArgumentError(
        absl::StrCat("Expected ", PlaceOf(name, parsed.error().source()),
                     " to be TOML, but: ", std::string(parsed.error().description()), "."));
  }
  std::vector<Setting> settings;
  for (const auto& [key, node] : parsed.table()) {
    const std::string place = PlaceOf(name, node.source());
    APDR_ASSIGN_OR_RETURN(std::vector<std::string> values, ValuesOf(node, place));
    settings.push_back(
        {.key = std::string(key.str()), .values = std::move(values), .place = place});
  }
  return settings;
}

absl::StatusOr<std::vector<Setting>> ReadConfigFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) {
    return absl::NotFoundError(absl::StrCat("Expected to read the configuration ", path,
                                            ", but it is no file that can be opened."));
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return ParseConfig(text, path);
}

}  // namespace apdr::host
