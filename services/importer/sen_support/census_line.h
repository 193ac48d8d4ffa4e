#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace apdr::importer {

// One line of a census file, cell by cell: items of the school census by their names there, and
// what a record needs that no census asks for. Blanks around a cell are not part of it; empty: not
// given. What each must hold: docs/import.md.
struct CensusLine {
  std::string upn;
  std::string uln;
  std::string surname;
  std::string forename;
  std::string date_of_birth;
  std::string sex;
  std::string language;
  std::string nc_year;
  std::string entry_date;
  std::string home_la;
  std::string urn;
  std::string laestab;
  std::string setting_type;
  std::string provision;
  std::string sen_unit;
  std::string resourced_provision;
  std::string type1;
  std::string rank1;
  std::string type2;
  std::string rank2;
  std::string start_date;
  std::string start_reason;
  std::string teacher;
  std::string keyworker;
  std::string tutor;
  std::string responsible_since;
  std::string senco;
  std::string named_person;
};

// What the command line says about the columns.
struct CensusColumns {
  std::map<std::string, std::string> set;  // The same value on every line, for a column not there.
  std::set<std::string> ignored;           // Columns that are knowingly left out.
};

// The columns of one file: which stands where.
class CensusHeader {
 public:
  // Reads the first line. kInvalidArgument names every column that is missing, there twice, or both
  // there and set, and says where those stand that are unknown; it repeats no cell that is not the
  // name of a column, for a file without a header begins with a child.
  [[nodiscard]] static absl::StatusOr<CensusHeader> Read(const std::vector<std::string>& names,
                                                         const CensusColumns& columns);

  // The cells of a later line. kInvalidArgument: they are more or fewer than the header's.
  [[nodiscard]] absl::StatusOr<CensusLine> Line(const std::vector<std::string>& cells) const;

 private:
  std::vector<std::string CensusLine::*> places_;  // Null: ignored.
  CensusLine set_;
};

}  // namespace apdr::importer
