// Promise: the read models are the fold of the log, whatever the bus repeated and whoever died on
// the way.
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/codec/event_codec.h"
#include "engine/core/evolve.h"
#include "services/projection/rows/row_keys.h"
#include "services/projection/rows/row_values.h"
#include "tests/simulation/checkers/checkers.h"

namespace apdr::testing {
namespace {

std::map<std::string, std::string> ByKey(const std::vector<readmodel::Row>& rows) {
  std::map<std::string, std::string> by_key;
  for (const readmodel::Row& row : rows) by_key.emplace(row.key, row.value);
  return by_key;
}

std::string Readable(std::string key) {
  for (char& c : key) c = c >= ' ' && c <= '~' ? c : '.';
  return key;
}

}  // namespace

Findings CheckProjection(const Evidence& evidence) {
  Findings findings;
  const auto rows = ByKey(evidence.rows);
  const auto again = ByKey(evidence.rows_again);
  for (const auto& [key, value] : again) {
    const auto found = rows.find(key);
    if (found == rows.end()) findings.push_back("a row is missing: " + Readable(key));
    if (found != rows.end() && found->second != value) {
      findings.push_back("a row is not the fold of the log: " + Readable(key));
    }
  }
  for (const auto& [key, value] : rows) {
    if (!again.contains(key)) findings.push_back("a row too many: " + Readable(key));
  }
  // Independent of the projections' code: the engine's own fold.
  for (const auto& [stream, events] : EventsByCase(evidence)) {
    core::State state = evidence.workflow->NewState();
    for (const event::v1::Event& event : events) {
      core::Evolve(*evidence.workflow, state, codec::FromMessage(event)->event);
    }
    const auto row = rows.find(projection::CaseKey(stream));
    const auto view =
        row == rows.end() ? absl::NotFoundError("no row") : projection::DecodeCaseView(row->second);
    if (!view.ok() || view->version() != state.version.value() ||
        view->stage() != evidence.workflow->StageAt(state.stage).name) {
      findings.push_back("the view of a case is not its state: " + stream.case_id.value());
    }
  }
  return findings;
}

}  // namespace apdr::testing
