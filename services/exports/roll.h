#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "apdr/sen/v1/registration.pb.h"
#include "engine/base/vocabulary.h"
#include "engine/core/workflow.h"
#include "engine/domains/sen_support/sen_state.h"
#include "services/history/case_history.h"
#include "services/projection/rows/row_keys.h"
#include "services/readmodel/read_model.h"

// Who is on a roll at a moment. A child is on the roll of the setting that holds the case from the
// registration on; not while moving to another setting, not once the case is closed or erased, and
// not after support ended because the child left (left the setting, over age, home educated, died,
// registered in error).
namespace apdr::exports {

// Whose roll, and when.
struct Roll {
  TenantId tenant;
  std::string setting_id;  // Empty: of all settings.
  history::Moment moment;
  bool is_now = false;      // Nothing that is recorded lies outside of the moment.
  bool by_setting = false;  // Read the setting's own index; only for a roll as it is now.

  // The rows of the read model to look at, one for each case.
  [[nodiscard]] projection::KeySpan Span() const;
};

// A case as the roll finds it.
struct OnRoll {
  enum class Place : std::uint8_t { kOnRoll, kNotOnRoll, kErased, kUnreadable };

  Place place = Place::kNotOnRoll;
  CaseId case_id;
  sen::CaseState record;
  // What reading it cost, in bytes of a page; 0: next to nothing.
  std::size_t weight = 0;
};

// Finds out about one case after the other. Both borrowed. Thread-safe.
class RollReader {
 public:
  RollReader(const readmodel::ReadModel& model, const core::Workflow& workflow)
      : model_(model), workflow_(workflow) {}

  // `row` is one of the roll's span. kDataLoss: a row does not read back.
  [[nodiscard]] absl::StatusOr<OnRoll> Read(const Roll& roll, const readmodel::Row& row) const;

  // What a child was registered with, as corrected by the moment; nullopt: there is no such event.
  [[nodiscard]] absl::StatusOr<std::optional<sen::v1::Registration>> ReadRegistration(
      const Roll& roll, const CaseId& case_id) const;

 private:
  [[nodiscard]] absl::StatusOr<OnRoll> ReadNow(const Roll& roll, const std::string& row,
                                               OnRoll found) const;
  [[nodiscard]] absl::StatusOr<OnRoll> ReadThen(const Roll& roll, bool stale, OnRoll found) const;

  const readmodel::ReadModel& model_;
  const core::Workflow& workflow_;
};

}  // namespace apdr::exports
