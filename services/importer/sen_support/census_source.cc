#include "services/importer/sen_support/census_source.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "services/importer/csv.h"
#include "services/importer/line_reader.h"
#include "services/importer/sen_support/census_commands.h"

namespace apdr::importer {
namespace {

Refusal RefusalOf(std::uint64_t line, LineProblem problem) {
  return {.line = line,
          .case_id = {},
          .command = {},
          .code = std::move(problem.code),
          .message = std::move(problem.message)};
}

Refusal RefusalOf(std::uint64_t line, const absl::Status& mistake) {
  return RefusalOf(line, {"REQUEST_MALFORMED", std::string(mistake.message())});
}

class CensusSource final : public LineSource {
 public:
  CensusSource(std::istream& in, client::Identity caller, ImportKey key)
      : reader_(in), caller_(std::move(caller)), key_(std::move(key)) {}

  absl::Status ReadHeader(const CensusColumns& columns) {
    APDR_ASSIGN_OR_RETURN(const std::optional<TextLine> line, reader_.Next());
    if (!line) {
      return absl::InvalidArgumentError(
          "Expected a first line with the names of the columns, but the file is empty.");
    }
    if (line->fault) return absl::InvalidArgumentError(line->fault->message);
    APDR_ASSIGN_OR_RETURN(const std::vector<std::string> names, ParseCsvLine(line->text));
    APDR_ASSIGN_OR_RETURN(header_, CensusHeader::Read(names, columns));
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<LineResult>> Next() override {
    APDR_ASSIGN_OR_RETURN(const std::optional<TextLine> line, reader_.Next());
    if (!line) return std::optional<LineResult>();
    return std::optional(Take(*line));
  }

  [[nodiscard]] std::uint64_t bytes_read() const override { return reader_.bytes_read(); }

 private:
  LineResult Take(const TextLine& line) const {
    if (line.fault) return *line.fault;
    const auto cells = ParseCsvLine(line.text);
    if (!cells.ok()) return RefusalOf(line.number, cells.status());
    const auto census = header_.Line(*cells);
    if (!census.ok()) return RefusalOf(line.number, census.status());
    auto made = MakeCommands(*census, caller_.tenant, key_);
    if (auto* problem = std::get_if<LineProblem>(&made)) {
      Refusal refusal = RefusalOf(line.number, std::move(*problem));
      refusal.case_id = CaseOf(*census, caller_.tenant, key_);
      return refusal;
    }
    return Item{.line = line.number, .caller = caller_, .requests = std::get<0>(std::move(made))};
  }

  LineReader reader_;
  CensusHeader header_;
  const client::Identity caller_;
  const ImportKey key_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<LineSource>> OpenCensus(std::istream& in,
                                                       const CensusColumns& columns,
                                                       client::Identity caller, ImportKey key) {
  auto source = std::make_unique<CensusSource>(in, std::move(caller), std::move(key));
  APDR_RETURN_IF_ERROR(source->ReadHeader(columns));
  return absl::StatusOr<std::unique_ptr<LineSource>>(std::move(source));
}

}  // namespace apdr::importer
