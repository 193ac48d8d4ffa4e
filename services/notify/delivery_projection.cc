#include "services/notify/delivery_projection.h"

#include <utility>

#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "engine/codec/message_payload.h"
#include "services/bus/record/event_record.h"
#include "services/notify/escalation.h"
#include "services/notify/text_template.h"
#include "services/notify/times.h"
#include "services/readmodel/read_model.h"

namespace apdr::notify {
namespace {

using query::v1::Delivery;

// The part that is the same for every recipient: the notice.
Delivery ThinOf(const event::v1::Event& event) {
  event::v1::Notice notice;
  APDR_CHECK(notice.ParseFromString(bus::MakeNoticeRecord(event).value));
  Delivery thin;
  thin.set_notice_id(notice.notice_id());
  thin.set_tenant_id(notice.tenant_id());
  thin.set_case_id(notice.case_id());
  thin.set_event_type(notice.event_type());
  thin.set_occurred_on(notice.occurred_on());
  thin.set_due_on(notice.due_on());
  thin.set_shard(notice.shard());
  thin.set_position(notice.position());
  *thin.mutable_recorded_time() = notice.recorded_time();
  return thin;
}

}  // namespace

DeliveryProjection::DeliveryProjection(Parts parts) : parts_(std::move(parts)) {}

absl::StatusOr<CasePlace> DeliveryProjection::PlaceOf(const StreamId& stream) const {
  const auto found = places_.find(stream);
  if (found != places_.end()) return found->second;
  return ReadPlace(parts_.model, stream);
}

absl::Status DeliveryProjection::FollowCase(const projection::FoldInput& input,
                                            projection::RowWriter& rows) {
  const codec::PlaceChange change = parts_.find_place(input.event);
  if (!change.setting_id && !change.authority_id) return absl::OkStatus();
  const StreamId stream = input.stream();
  APDR_ASSIGN_OR_RETURN(CasePlace place, PlaceOf(stream));
  place.setting_id = change.setting_id.value_or(place.setting_id);
  place.authority_id = change.authority_id.value_or(place.authority_id);
  PutPlace(stream, place, rows);
  places_[stream] = std::move(place);
  return absl::OkStatus();
}

absl::Status DeliveryProjection::Fold(const projection::FoldInput& input,
                                      projection::RowWriter& rows) {
  const event::v1::Event& event = input.event;
  APDR_RETURN_IF_ERROR(FollowCase(input, rows));
  const std::string_view name = ShortName(codec::TypeOfUrl(event.data().type_url()));
  const absl::Time oldest = parts_.recorded_clock.Now() - parts_.routes.not_older_than;
  if (!parts_.routes.SpeakOf(name) || ToTime(event.recorded_time()) < oldest) {
    return absl::OkStatus();
  }
  APDR_ASSIGN_OR_RETURN(const CasePlace place, PlaceOf(input.stream()));
  const Escalation escalation = ReadEscalation(event);
  Delivery thin = ThinOf(event);
  thin.set_setting_id(place.setting_id);
  thin.set_level(escalation.level);
  const std::vector<Told> told = parts_.routes.WhoIsTold({.tenant = thin.tenant_id(),
                                                          .case_id = thin.case_id(),
                                                          .setting_id = place.setting_id,
                                                          .authority_id = place.authority_id,
                                                          .event = std::string(name),
                                                          .level = escalation.level,
                                                          .to = escalation.to});
  for (const Told& one : told) APDR_RETURN_IF_ERROR(Put(thin, one, rows));
  return absl::OkStatus();
}

// A delivery that is there already stays as it is: it may have been sent.
absl::Status DeliveryProjection::Put(const Delivery& thin, const Told& told,
                                     projection::RowWriter& rows) {
  Delivery delivery = thin;
  delivery.set_delivery_id(DeliveryIdOf(thin.notice_id(), told.recipient->name));
  APDR_ASSIGN_OR_RETURN(const auto known, ReadDelivery(parts_.model, TenantId(thin.tenant_id()),
                                                       delivery.delivery_id()));
  if (known) return absl::OkStatus();
  delivery.set_recipient(told.recipient->name);
  delivery.set_channel(std::string(NameOf(told.recipient->way)));
  for (const std::string& role : told.roles) delivery.add_roles(role);
  delivery.set_state(query::v1::DELIVERY_STATE_PENDING);
  const auto now = ToTimestamp(parts_.clock.Now());
  *delivery.mutable_next_attempt_time() = now;
  *delivery.mutable_round_started_time() = now;
  PutNew(delivery, rows);
  return absl::OkStatus();
}

absl::Status DeliveryProjection::Finish(projection::RowWriter&) {
  places_.clear();
  return absl::OkStatus();
}

}  // namespace apdr::notify
