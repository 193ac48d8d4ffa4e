#pragma once

#define TOML_EXCEPTIONS 0  // Ours and the headers alone: the packaged library throws.
#include <toml++/toml.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace apdr::notify {

// Where a text of a file stands, for messages: "notify.toml:12".
[[nodiscard]] std::string PlaceOf(std::string_view file, const toml::source_region& source);

// kInvalidArgument "Expected notify.toml:12 to <expected>, but <fact>."
[[nodiscard]] absl::Status Mistake(std::string_view place, std::string_view expected,
                                   std::string_view fact);

// Reads the keys of one table. The first mistake is kept and answered by Finish(), a key that
// nobody asked for is one; what is absent or mistaken reads as empty.
class TomlReader {
 public:
  // `what` stands in messages: "a recipient". Borrows the table.
  TomlReader(const toml::table& table, std::string file, std::string what);

  // REQUIRES, of all: each key is asked for once.
  [[nodiscard]] std::string Text(std::string_view key);  // Must be there.
  [[nodiscard]] std::string TextOr(std::string_view key, std::string absent);
  [[nodiscard]] bool FlagOr(std::string_view key, bool absent);
  [[nodiscard]] std::uint32_t NumberOr(std::string_view key, std::uint32_t absent);  // At least 1.
  [[nodiscard]] std::set<std::string> Texts(std::string_view key);
  [[nodiscard]] std::set<std::uint32_t> Numbers(std::string_view key);
  // The tables of an array of tables.
  [[nodiscard]] std::vector<const toml::table*> Tables(std::string_view key);
  // Null: it is not there.
  [[nodiscard]] const toml::table* Table(std::string_view key);

  [[nodiscard]] bool Has(std::string_view key) const;
  // "notify.toml:12", of the key if it is there, else of the table.
  [[nodiscard]] std::string At(std::string_view key) const;
  // Says that the key's value is wrong.
  void Refuse(std::string_view key, std::string_view expected, std::string_view fact);

  [[nodiscard]] absl::Status Finish();

 private:
  const toml::node* Take(std::string_view key);

  const toml::table& table_;
  const std::string file_;
  const std::string what_;
  std::set<std::string, std::less<>> asked_;
  absl::Status status_;
};

}  // namespace apdr::notify
