#include "services/importer/sen_support/census_line.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"

namespace apdr::importer {
namespace {

using Names = std::vector<std::string>;

struct Column {
  const char* name;
  std::string CensusLine::*value;
  bool required = false;  // Without it no line can be taken over.
};

constexpr std::array<Column, 28> kColumns = {{
    {"UPN", &CensusLine::upn, true},
    {"ULN", &CensusLine::uln},
    {"Surname", &CensusLine::surname, true},
    {"Forename", &CensusLine::forename, true},
    {"DOB", &CensusLine::date_of_birth, true},
    {"Sex", &CensusLine::sex},
    {"Language", &CensusLine::language},
    {"NCyearActual", &CensusLine::nc_year, true},
    {"EntryDate", &CensusLine::entry_date, true},
    {"HomeLA", &CensusLine::home_la, true},
    {"URN", &CensusLine::urn},
    {"LAEstab", &CensusLine::laestab},
    {"SettingType", &CensusLine::setting_type, true},
    {"SENprovision", &CensusLine::provision, true},
    {"SENunitIndicator", &CensusLine::sen_unit},
    {"ResourcedProvisionIndicator", &CensusLine::resourced_provision},
    {"SENtype1", &CensusLine::type1},
    {"SENtypeRank1", &CensusLine::rank1},
    {"SENtype2", &CensusLine::type2},
    {"SENtypeRank2", &CensusLine::rank2},
    {"SENstartDate", &CensusLine::start_date},
    {"SENstartReason", &CensusLine::start_reason},
    {"Teacher", &CensusLine::teacher},
    {"Keyworker", &CensusLine::keyworker},
    {"Tutor", &CensusLine::tutor},
    {"ResponsibleSince", &CensusLine::responsible_since},
    {"SENCO", &CensusLine::senco},
    {"NamedPerson", &CensusLine::named_person},
}};

// Null: there is no such column.
const Column* FindColumn(const std::string& name) {
  const auto* found =
      std::ranges::find_if(kColumns, [&](const Column& column) { return name == column.name; });
  return found == kColumns.end() ? nullptr : &*found;
}

std::string Trimmed(std::string cell) {
  absl::StripAsciiWhitespace(&cell);
  return cell;
}

bool Contains(const Names& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

void AddComplaint(const char* what, const Names& names, Names& complaints) {
  if (!names.empty()) complaints.push_back(absl::StrCat(what, " ", absl::StrJoin(names, ", ")));
}

Names Missing(const Names& names, const CensusColumns& columns) {
  const auto given = [&](const char* name) {
    const bool there = Contains(names, name) && !columns.ignored.contains(name);
    return there || columns.set.contains(name);
  };
  Names missing;
  for (const Column& column : kColumns) {
    if (column.required && !given(column.name)) missing.emplace_back(column.name);
  }
  if (!given("URN") && !given("LAEstab")) missing.emplace_back("URN or LAEstab");
  return missing;
}

// All that is wrong with the columns, so that one look at the file mends it. A name that is none is
// not repeated: in a file without a header it is a child's.
absl::Status CheckColumns(const Names& names, const CensusColumns& columns) {
  if (std::ranges::none_of(names, FindColumn)) {
    return absl::InvalidArgumentError(
        "Expected the columns of docs/import.md in the first line, but it names no column of a "
        "census: put a line with their names before the children.");
  }
  Names unknown;
  Names twice;
  Names also_set;
  Names set_unknown;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    if (columns.ignored.contains(name)) continue;
    if (FindColumn(name) == nullptr) {
      unknown.push_back(absl::StrCat(i + 1));
      continue;
    }
    if (std::ranges::count(names, name) > 1 && !Contains(twice, name)) twice.push_back(name);
    if (columns.set.contains(name)) also_set.push_back(name);
  }
  for (const auto& [name, value] : columns.set) {
    if (FindColumn(name) == nullptr) set_unknown.push_back(name);
  }
  Names complaints;
  AddComplaint("unknown, by their places from 1 on:", unknown, complaints);
  AddComplaint("set but unknown:", set_unknown, complaints);
  AddComplaint("there twice:", twice, complaints);
  AddComplaint("both there and set:", also_set, complaints);
  AddComplaint("missing:", Missing(names, columns), complaints);
  if (complaints.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "Expected the columns of docs/import.md in the first line, but there are columns ",
      absl::StrJoin(complaints, "; "),
      ". A value that is the same on every line can be given with --set COLUMN=VALUE; a column "
      "that is to be left out is named with --ignore COLUMN."));
}

}  // namespace

absl::StatusOr<CensusHeader> CensusHeader::Read(const Names& cells, const CensusColumns& columns) {
  Names names;
  for (const std::string& cell : cells) names.push_back(Trimmed(cell));
  APDR_RETURN_IF_ERROR(CheckColumns(names, columns));
  CensusHeader header;
  for (const std::string& name : names) {
    const bool ignored = columns.ignored.contains(name);
    header.places_.push_back(ignored ? nullptr : FindColumn(name)->value);
  }
  for (const auto& [name, value] : columns.set) {
    header.set_.*(FindColumn(name)->value) = Trimmed(value);
  }
  return header;
}

absl::StatusOr<CensusLine> CensusHeader::Line(const Names& cells) const {
  if (cells.size() != places_.size()) {
    return absl::InvalidArgumentError(absl::StrCat("Expected ", places_.size(),
                                                   " cells as in the first line, but there are ",
                                                   cells.size(), "."));
  }
  CensusLine line = set_;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (places_[i] != nullptr) line.*places_[i] = Trimmed(cells[i]);
  }
  return line;
}

}  // namespace apdr::importer
