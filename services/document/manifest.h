#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/vocabulary.h"
#include "services/document/page.h"
#include "services/readmodel/read_model.h"

namespace apdr::document {

// Hashes of a case's events as they are stored, corrections not in place: who has the events can
// tell whether a bundle shows all of them, and none changed.
struct Manifest {
  struct Line {
    std::uint64_t version = 0;
    std::string event_id;
    std::string type;         // "apdr.sen.v1.PlanAgreed"
    std::string occurred_on;  // "2026-02-06"
    std::string sha256;       // Of the bytes of the event's data.

    // The five, a space between two.
    [[nodiscard]] std::string Text() const;
  };
  std::vector<Line> lines;  // In order of version.

  // Of all lines, each ended by a line feed.
  [[nodiscard]] std::string Hash() const;
};

// Reads those events of the case that are named. kDataLoss: a row does not read back.
[[nodiscard]] absl::StatusOr<Manifest> ReadManifest(const readmodel::ReadModel& model,
                                                    const StreamId& stream,
                                                    const std::set<std::string>& event_ids);

// The manifest as it is printed, with how to check it.
[[nodiscard]] Section ManifestSection(const Manifest& manifest);

}  // namespace apdr::document
