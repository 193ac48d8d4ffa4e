#include "services/exports/roll.h"

#include <utility>

#include "apdr/event/v1/event.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "engine/base/status_macros.h"
#include "engine/codec/state_codec.h"
#include "engine/domains/sen_support/sen_state.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "services/projection/rows/row_values.h"
#include "services/query/page.h"

namespace apdr::exports {
namespace {

using Place = OnRoll::Place;

// An event costs a page so much when its case is folded: a page folds at most some 16,000 events.
constexpr std::size_t kFoldedEventWeight = query::kPageBytesMax / 16384;

// Why support last ended.
sen::v1::EndReason LastEnd(const history::CaseHistory& history) {
  for (auto event = history.events.rbegin(); event != history.events.rend(); ++event) {
    sen::v1::SenSupportEnded ended;
    if (event->data().Is<sen::v1::SenSupportEnded>() && event->data().UnpackTo(&ended)) {
      return ended.end().reason();
    }
  }
  return sen::v1::END_REASON_UNSPECIFIED;
}

bool LeavesTheRoll(sen::v1::EndReason reason) {
  switch (reason) {
    case sen::v1::END_REASON_LEFT_SETTING:
    case sen::v1::END_REASON_OVER_AGE:
    case sen::v1::END_REASON_HOME_EDUCATED:
    case sen::v1::END_REASON_DECEASED:
    case sen::v1::END_REASON_REGISTERED_IN_ERROR:
      return true;
    default:
      return false;
  }
}

bool IsOf(const Roll& roll, const std::string& setting_id) {
  return roll.setting_id.empty() || roll.setting_id == setting_id;
}

// Only a child's record has a date of birth.
bool IsThere(const Roll& roll, const sen::CaseState& record) {
  return !record.date_of_birth().empty() && IsOf(roll, sen::SettingId(record.setting())) &&
         !record.closed() && record.transferred_out_on().empty();
}

}  // namespace

projection::KeySpan Roll::Span() const {
  return by_setting ? projection::SettingCasesOf(tenant, setting_id) : projection::CasesOf(tenant);
}

absl::StatusOr<OnRoll> RollReader::Read(const Roll& roll, const readmodel::Row& row) const {
  std::optional<std::string> case_row = row.value;
  if (roll.by_setting) {  // The row names the case.
    APDR_ASSIGN_OR_RETURN(case_row,
                          model_.Get(projection::CaseKey({roll.tenant, CaseId(row.value)})));
    if (!case_row) return OnRoll();
  }
  APDR_ASSIGN_OR_RETURN(const query::v1::CaseView view, projection::DecodeCaseView(*case_row));
  OnRoll found;
  found.case_id = CaseId(view.case_id());
  APDR_ASSIGN_OR_RETURN(const bool erased, history::IsErased(model_, {roll.tenant, found.case_id}));
  if (erased) {
    if (IsOf(roll, view.setting_id())) found.place = Place::kErased;
    return found;
  }
  if (!roll.is_now || view.stale()) return ReadThen(roll, view.stale(), std::move(found));
  if (view.stage() == "ended" && IsOf(roll, view.setting_id())) {
    return ReadThen(roll, view.stale(), std::move(found));  // Why it ended is in the history.
  }
  return ReadNow(roll, *case_row, std::move(found));
}

absl::StatusOr<OnRoll> RollReader::ReadNow(const Roll& roll, const std::string& row,
                                           OnRoll found) const {
  APDR_ASSIGN_OR_RETURN(const std::string_view bytes, projection::DecodeCaseState(row));
  APDR_ASSIGN_OR_RETURN(core::State state, codec::DecodeState(workflow_, bytes));
  found.record = sen::CaseOf(state);
  if (IsThere(roll, found.record)) found.place = Place::kOnRoll;
  return found;
}

absl::StatusOr<OnRoll> RollReader::ReadThen(const Roll& roll, bool stale, OnRoll found) const {
  const auto history =
      history::ReadHistory(model_, workflow_, {roll.tenant, found.case_id}, roll.moment);
  if (absl::IsFailedPrecondition(history.status())) {  // Erased since its row was read.
    found.place = Place::kErased;
    return found;
  }
  const bool unreadable = absl::IsDataLoss(history.status()) || absl::IsNotFound(history.status());
  if (unreadable && stale) {  // Its row says that an event of it cannot be folded.
    found.place = Place::kUnreadable;
    return found;
  }
  if (!history.ok()) return history.status();
  found.weight = kFoldedEventWeight;
  if (!*history) return found;
  found.weight *= (*history)->events.size();
  found.record = sen::CaseOf((*history)->state);
  const bool left = (*history)->view.stage() == "ended" && LeavesTheRoll(LastEnd(**history));
  if (IsThere(roll, found.record) && !left) found.place = Place::kOnRoll;
  return found;
}

absl::StatusOr<std::optional<sen::v1::Registration>> RollReader::ReadRegistration(
    const Roll& roll, const CaseId& case_id) const {
  const StreamId stream{roll.tenant, case_id};
  APDR_ASSIGN_OR_RETURN(const std::optional<std::string> row,
                        model_.Get(projection::ChronologyKey(stream, CaseVersion(1))));
  event::v1::Event event;
  if (!row) return std::nullopt;
  if (!event.ParseFromString(*row)) {
    return absl::DataLossError("Expected to read an event, but it does not read back.");
  }
  APDR_ASSIGN_OR_RETURN(
      const history::Corrections corrections,
      history::Corrections::Read(model_, workflow_, stream, roll.moment.known_at));
  (void)corrections.ApplyTo(event);
  sen::v1::ChildRegistered registered;
  if (!event.data().UnpackTo(&registered)) return std::nullopt;
  return registered.registration();
}

}  // namespace apdr::exports
