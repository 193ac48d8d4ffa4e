#include "services/document/manifest.h"

#include "absl/strings/str_cat.h"
#include "apdr/event/v1/event.pb.h"
#include "engine/base/sha256.h"
#include "engine/base/status_macros.h"
#include "services/projection/rows/row_keys.h"

namespace apdr::document {
namespace {

constexpr std::size_t kRowsAtOnce = 1000;

}  // namespace

std::string Manifest::Line::Text() const {
  return absl::StrCat(version, " ", event_id, " ", type, " ", occurred_on, " ", sha256);
}

std::string Manifest::Hash() const {
  std::string text;
  for (const Line& line : lines) absl::StrAppend(&text, line.Text(), "\n");
  return Sha256Hex(text);
}

absl::StatusOr<Manifest> ReadManifest(const readmodel::ReadModel& model, const StreamId& stream,
                                      const std::set<std::string>& event_ids) {
  Manifest manifest;
  const projection::KeySpan span = projection::ChronologyOf(stream);
  readmodel::Range range{.begin = span.begin, .end = span.end, .limit = kRowsAtOnce};
  while (true) {
    APDR_ASSIGN_OR_RETURN(const std::vector<readmodel::Row> rows, model.Scan(range));
    for (const readmodel::Row& row : rows) {
      event::v1::Event event;
      if (!event.ParseFromString(row.value)) {
        return absl::DataLossError("Expected to read an event, but it does not read back.");
      }
      if (!event_ids.contains(event.event_id())) continue;
      const std::string& url = event.data().type_url();
      manifest.lines.push_back({.version = event.version(),
                                .event_id = event.event_id(),
                                .type = url.substr(url.rfind('/') + 1),
                                .occurred_on = event.occurred_on(),
                                .sha256 = Sha256Hex(event.data().value())});
    }
    if (rows.size() < range.limit) return manifest;
    range.begin = rows.back().key + '\0';
  }
}

Section ManifestSection(const Manifest& manifest) {
  Section section{.heading = "Manifest", .id = "manifest"};
  section.paragraphs = {
      "This table lists every event that this bundle is made from, with the SHA-256 hash of the "
      "event's data as it is stored. A correction is an event of its own and does not change what "
      "it corrects, so these hashes never change.",
      "To check it: read the events of the case as they are stored (AuditService.ListEvents), "
      "take SHA-256 of the bytes of each event's data, and write a line for each in order of "
      "version: version, event, type, date and hash, with one space between two of them and a "
      "line feed at the end. SHA-256 of all the lines together is the hash of the manifest."};
  AddFact(section.facts, "Events", absl::StrCat(manifest.lines.size()));
  AddFact(section.facts, "SHA-256 of the manifest", manifest.Hash());
  section.table = {.caption = "Events and their hashes",
                   .columns = {"Version", "Event", "Type", "Date", "SHA-256"},
                   .rows = {}};
  for (const Manifest::Line& line : manifest.lines) {
    section.table.rows.push_back(TextRow(
        {absl::StrCat(line.version), line.event_id, line.type, line.occurred_on, line.sha256}));
  }
  return section;
}

}  // namespace apdr::document
