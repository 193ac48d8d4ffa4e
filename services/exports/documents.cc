#include "services/exports/documents.h"

#include <google/protobuf/util/json_util.h>

#include <utility>

#include "nlohmann/json.hpp"
#include "services/exports/census.h"
#include "services/exports/columns.h"
#include "services/exports/csv.h"

namespace apdr::exports {
namespace {

using nlohmann::ordered_json;

constexpr int kIndent = 2;

// Never throws: what is no UTF-8 is replaced.
std::string TextOf(const ordered_json& json, int indent = -1) {
  return json.dump(indent, ' ', /*ensure_ascii=*/false, ordered_json::error_handler_t::replace);
}

template <class Row>
ordered_json ObjectOf(std::span<const Column<Row>> columns, const Row& row) {
  ordered_json object;
  for (const Column<Row>& column : columns) object[column.name] = column.value(row);
  return object;
}

ordered_json CensusObject(sen::v1::CensusTerm term, const sen::v1::CensusRow& row) {
  ordered_json needs = ordered_json::array();
  for (const sen::v1::CensusNeed& need : row.needs()) {
    needs.push_back({{"SENtype", need.sen_type()}, {"SENtypeRank", need.rank()}});
  }
  ordered_json group = {{"SENprovision", CodeOf(row.provision())}};
  // With N there is no such element.
  if (term == sen::v1::CENSUS_TERM_SPRING && row.provision() != sen::v1::PROVISION_NONE) {
    group["SENneeds"] = std::move(needs);
  }
  if (row.has_sen_unit()) group["SENunitIndicator"] = row.sen_unit();
  if (row.has_resourced_provision()) {
    group["ResourcedProvisionIndicator"] = row.resourced_provision();
  }
  return {{"UPN", row.upn()},
          {"URN", row.urn()},
          {"LAEstab", row.laestab()},
          {"SpecialEducationalNeeds", std::move(group)}};
}

ordered_json EvidenceObject(const sen::v1::EhcEvidence& evidence) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(evidence, &text, options).ok()) return {};
  ordered_json sen2 = ordered_json::array();
  for (const sen::v1::EhcEscalation& escalation : evidence.escalations()) {
    sen2.push_back(ObjectOf(Sen2Columns(), escalation));
  }
  ordered_json object = {{"SEN2", std::move(sen2)}};
  object.update(ordered_json::parse(text, nullptr, /*allow_exceptions=*/false));
  return object;
}

}  // namespace

ListDocument::ListDocument(Format format, std::vector<std::string> names, Write write)
    : format_(format), names_(std::move(names)), write_(std::move(write)) {}

void ListDocument::Begin() {
  if (!begun_) write_(format_ == Format::kCsv ? CsvLine(names_) : "[\n");
  begun_ = true;
}

void ListDocument::AddLine(const std::vector<std::string>& cells) {
  Begin();
  write_(CsvLine(cells));
}

void ListDocument::AddObject(const std::string& object) {
  if (begun_) write_(",\n");
  Begin();
  write_(object);
}

void ListDocument::Close() {
  const bool empty = !begun_;
  Begin();
  if (format_ == Format::kJson) write_(empty ? "]\n" : "\n]\n");
}

CensusDocument::CensusDocument(Format format, sen::v1::CensusTerm term, Write write)
    : format_(format), term_(term), list_(format, Names(CensusColumns(term)), std::move(write)) {}

void CensusDocument::Add(const sen::v1::CensusRow& row) {
  if (format_ == Format::kCsv) {
    list_.AddLine(Values(CensusColumns(term_), row));
  } else {
    list_.AddObject(TextOf(CensusObject(term_, row)));
  }
}

AnnexADocument::AnnexADocument(Format format, Write write)
    : format_(format), list_(format, Names(AnnexAColumns()), std::move(write)) {}

void AnnexADocument::Add(const sen::v1::AnnexARow& row) {
  if (format_ == Format::kCsv) {
    list_.AddLine(Values(AnnexAColumns(), row));
  } else {
    list_.AddObject(TextOf(ObjectOf(AnnexAColumns(), row)));
  }
}

std::string EvidenceDocument(Format format, const sen::v1::EhcEvidence& evidence) {
  if (format == Format::kJson) return TextOf(EvidenceObject(evidence), kIndent) + "\n";
  std::string text = CsvLine(Names(EvidenceColumns()));
  for (const sen::v1::EvidenceItem& item : evidence.items()) {
    text += CsvLine(Values(EvidenceColumns(), item));
  }
  sen::v1::EvidenceItem total;
  total.set_kind("total");
  total.set_what("SHA-256 over event id and hash of every line");
  total.set_sha256(evidence.total_sha256());
  return text + CsvLine(Values(EvidenceColumns(), total));
}

}  // namespace apdr::exports
