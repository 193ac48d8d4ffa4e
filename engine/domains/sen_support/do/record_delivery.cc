#include "engine/domains/sen_support/do/do.h"

// What took place, and what did not, with the dates that were left to the command's own.
namespace apdr::sen {

Payloads Decide(const v1::RecordDelivery& command, const SenInput& input) {
  v1::ProvisionDelivered event;
  *event.mutable_delivery() = command.delivery();
  if (event.delivery().on().empty()) event.mutable_delivery()->set_on(input.on_text());
  return Happened(std::move(event));
}

Payloads Decide(const v1::RecordNonDelivery& command, const SenInput& input) {
  v1::ProvisionNotDelivered event;
  *event.mutable_non_delivery() = command.non_delivery();
  v1::NonDelivery& missed = *event.mutable_non_delivery();
  if (missed.from().empty()) missed.set_from(input.on_text());
  if (missed.to().empty()) missed.set_to(missed.from());
  return Happened(std::move(event));
}

}  // namespace apdr::sen
