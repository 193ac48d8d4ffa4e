#pragma once

#include <istream>
#include <memory>

#include "absl/status/statusor.h"
#include "services/client/connection.h"
#include "services/importer/import_key.h"
#include "services/importer/line.h"
#include "services/importer/sen_support/census_line.h"

namespace apdr::importer {

// Children of a census file, CSV with a first line of column names, as `apdr export census` and
// spreadsheets write it. Reads the first line; kInvalidArgument says what is wrong with it.
// Borrows `in`.
[[nodiscard]] absl::StatusOr<std::unique_ptr<LineSource>> OpenCensus(std::istream& in,
                                                                     const CensusColumns& columns,
                                                                     client::Identity caller,
                                                                     ImportKey key);

}  // namespace apdr::importer
