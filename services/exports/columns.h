#pragma once

#include <span>
#include <string>
#include <vector>

#include "apdr/sen/v1/export_service.pb.h"
#include "services/exports/census.h"

// The columns of every export: official name and value. A new column is one line in columns.cc.
namespace apdr::exports {

template <class Row>
struct Column {
  const char* name;
  std::string (*value)(const Row& row);
};

// SENtype and SENtypeRank are there in spring alone, numbered by their place in the row.
[[nodiscard]] std::span<const Column<sen::v1::CensusRow>> CensusColumns(sen::v1::CensusTerm term);
// Names as in Annex A; what apdr does not hold is empty.
[[nodiscard]] std::span<const Column<sen::v1::AnnexARow>> AnnexAColumns();
// SEN2 items.
[[nodiscard]] std::span<const Column<sen::v1::EhcEscalation>> Sen2Columns();
[[nodiscard]] std::span<const Column<sen::v1::EvidenceItem>> EvidenceColumns();

template <class Row>
[[nodiscard]] std::vector<std::string> Names(std::span<const Column<Row>> columns) {
  std::vector<std::string> names;
  for (const Column<Row>& column : columns) names.emplace_back(column.name);
  return names;
}

template <class Row>
[[nodiscard]] std::vector<std::string> Values(std::span<const Column<Row>> columns,
                                              const Row& row) {
  std::vector<std::string> values;
  for (const Column<Row>& column : columns) values.push_back(column.value(row));
  return values;
}

}  // namespace apdr::exports
