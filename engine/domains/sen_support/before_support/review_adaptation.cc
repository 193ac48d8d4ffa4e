#include "engine/domains/sen_support/before_support/before_support.h"

// Did the adapted teaching help? One command, three answers, an event for each.
namespace apdr::sen {
namespace {

Payloads Continue(const v1::ReviewAdaptation& command) {
  v1::AdaptationContinued event;
  *event.mutable_review() = command.review();
  event.set_new_review_on(command.new_review_on());
  return Happened(std::move(event));
}

template <class Event>
Payloads Conclude(const v1::ReviewAdaptation& command) {
  Event event;
  *event.mutable_review() = command.review();
  return Happened(std::move(event));
}

}  // namespace

Payloads Decide(const v1::ReviewAdaptation& command, const SenInput&) {
  if (command.result() == v1::ADAPTATION_RESULT_CONTINUE_ADAPTING) return Continue(command);
  if (command.result() == v1::ADAPTATION_RESULT_CONCERNS_RESOLVED) {
    return Conclude<v1::ConcernsResolved>(command);
  }
  return Conclude<v1::ConcernsRemained>(command);
}

void Evolve(CaseState& record, const v1::AdaptationContinued&, Date occurred_on) {
  record.set_adaptation_open(true);
  record.set_concerns_remained(false);
  record.set_stage_since(FormatDate(occurred_on));
}

void Evolve(CaseState& record, const v1::ConcernsResolved&, Date occurred_on) {
  CloseConcern(record);
  record.set_stage_since(FormatDate(occurred_on));
}

void Evolve(CaseState& record, const v1::ConcernsRemained&, Date occurred_on) {
  record.set_adaptation_open(false);
  record.set_concerns_remained(true);
  record.set_stage_since(FormatDate(occurred_on));
}

void CloseConcern(CaseState& record) {
  record.set_concern_open(false);
  record.set_adaptation_open(false);
  record.set_concerns_remained(false);
}

}  // namespace apdr::sen
