#include "engine/domains/sen_support/review/review.h"

namespace apdr::sen {

Payloads Decide(const v1::ShareReviewRecord& command, const SenInput& input) {
  v1::ReviewRecordShared event;
  *event.mutable_sharing() = command.sharing();
  event.set_cycle(input.record.last_review().cycle());
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::ReviewRecordShared& event, Date) {
  if (!Includes(event.sharing().with(), IsParentOrYoungPerson)) return;
  record.mutable_last_review()->set_record_shared(true);
}

}  // namespace apdr::sen
