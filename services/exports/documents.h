#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apdr/sen/v1/export_service.pb.h"

// Exports as text: CSV, or JSON with the same names. A list is written as its rows come, so that it
// never stands in memory whole.
namespace apdr::exports {

enum class Format : std::uint8_t { kCsv, kJson };

// Takes the next piece of text.
using Write = std::function<void(std::string_view text)>;

// A list from its first row to its end. JSON: an array, one row on a line. Nothing is written
// before the first row, so that a list that is refused leaves nothing behind.
class ListDocument {
 public:
  // `names` are those of the header.
  ListDocument(Format format, std::vector<std::string> names, Write write);

  // CSV only.
  void AddLine(const std::vector<std::string>& cells);
  // JSON only.
  void AddObject(const std::string& object);
  void Close();

 private:
  void Begin();

  const Format format_;
  const std::vector<std::string> names_;
  const Write write_;
  bool begun_ = false;
};

// The rows of a census. JSON is nested as the census is:
// {"UPN": ..., "SpecialEducationalNeeds": {"SENprovision": "K", "SENneeds": [{"SENtype": ...}]}}.
class CensusDocument {
 public:
  CensusDocument(Format format, sen::v1::CensusTerm term, Write write);
  void Add(const sen::v1::CensusRow& row);
  void Close() { list_.Close(); }

 private:
  const Format format_;
  const sen::v1::CensusTerm term_;
  ListDocument list_;
};

class AnnexADocument {
 public:
  AnnexADocument(Format format, Write write);
  void Add(const sen::v1::AnnexARow& row);
  void Close() { list_.Close(); }

 private:
  const Format format_;
  ListDocument list_;
};

// The whole evidence. JSON: the message, with the SEN2 items under "SEN2". CSV: one line for each
// item, and a last one, of kind "total", with the hash over all.
[[nodiscard]] std::string EvidenceDocument(Format format, const sen::v1::EhcEvidence& evidence);

}  // namespace apdr::exports
