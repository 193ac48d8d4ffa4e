#include "engine/domains/sen_support/governance/governance.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace apdr::sen {
bool HoldsStand(const CaseState& record, v1::HoldKind kind) {
  return std::ranges::find(record.holds(), static_cast<std::uint32_t>(kind)) !=
         record.holds().end();
}

void Evolve(CaseState& record, const v1::DisagreementRaised& event, Date) {
  record.add_open_disagreements(event.disagreement().disagreement_id());
  record.add_disagreement_ids(event.disagreement().disagreement_id());
}

void Evolve(CaseState& record, const v1::DisagreementResolved& event, Date) {
  auto& open = *record.mutable_open_disagreements();
  open.erase(std::remove(open.begin(), open.end(), event.disagreement_id()), open.end());
}

void Evolve(CaseState& record, const v1::HoldPlaced& event, Date) {
  if (!HoldsStand(record, event.kind())) {
    record.add_holds(static_cast<std::uint32_t>(event.kind()));
  }
}

void Evolve(CaseState& record, const v1::HoldLifted& event, Date) {
  auto& holds = *record.mutable_holds();
  holds.erase(std::remove(holds.begin(), holds.end(), static_cast<std::uint32_t>(event.kind())),
              holds.end());
}

Payloads Decide(const v1::EraseRecord& command, const SenInput& input) {
  v1::RecordErased event;
  *event.mutable_erasure() = command.erasure();
  if (event.erasure().key_destroyed_on().empty()) {
    event.mutable_erasure()->set_key_destroyed_on(input.on_text());
  }
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::RecordErased&, Date) { record.Clear(); }

std::optional<Breach> HoldInForce(const SenInput& input) {
  if (input.record.holds().empty()) return std::nullopt;
  return Broken(absl::StrCat(input.record.holds_size(), " holds stand"),
                {{"holds", absl::StrCat(input.record.holds_size())}});
}

std::optional<Breach> RetentionNotReached(const SenInput& input) {
  const std::optional<Date> born = ParseDate(input.record.date_of_birth());
  if (!born) return std::nullopt;
  const Date until = BirthdayOf(*born, input.policy.days.retention_years);
  if (input.on() >= until) return std::nullopt;
  return Broken(absl::StrCat("the record is kept for ", input.policy.days.retention_years,
                             " years after birth, until ", FormatDate(until)),
                {{"until", FormatDate(until)}});
}

}  // namespace apdr::sen
