#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/workflow.h"
#include "services/document/case_record.h"
#include "services/document/manifest.h"
#include "services/document/page.h"

// The documents, one function each: pure, from a case's events to what is printed. nullopt: the
// case has no such thing yet.
namespace apdr::document {

// What the documents are called here; a policy may call them otherwise ("Individual Support Plan").
struct DocumentTitles {
  std::string profile = "One-page profile";
  std::string plan = "SEN Support plan";
  std::string review = "Review record";
  std::string chronology = "Chronology";
  std::string evidence = "Evidence bundle";
};

// What every document is made from. All borrowed.
struct Sources {
  const CaseRecord& record;
  const core::Workflow& workflow;
  const DocumentTitles& titles;
};

// The newest text, in two columns.
[[nodiscard]] std::optional<Page> ProfilePage(const Sources& sources);

// The plan of the cycle as it was agreed, and what was changed in it since. 0: the newest.
[[nodiscard]] std::optional<Page> PlanPage(const Sources& sources, std::uint32_t cycle);
// Cycles that have a plan, oldest first.
[[nodiscard]] std::vector<std::uint32_t> PlannedCycles(const CaseRecord& record);

// The review of the cycle, by its four decisions. 0: the newest.
[[nodiscard]] std::optional<Page> ReviewPage(const Sources& sources, std::uint32_t cycle);
[[nodiscard]] std::vector<std::uint32_t> ReviewedCycles(const CaseRecord& record);

// Every event in order of the date on which it happened.
[[nodiscard]] Page ChronologyPage(const Sources& sources);

// All of these with the views, reports, meetings and departures they rest on, and the manifest.
[[nodiscard]] Page EvidencePage(const Sources& sources, const Manifest& manifest);

}  // namespace apdr::document
