#include "services/command/internal/batch.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace apdr::command {

void Batch::Join(Batch later) {
  if (answers.empty()) {
    *this = std::move(later);
    return;
  }
  number = later.number;
  bytes += later.bytes;
  for (Answer& answer : later.answers) {
    if (answer.commit) *answer.commit += commits.size();
    answers.push_back(std::move(answer));
  }
  std::ranges::move(later.commits, std::back_inserter(commits));
}

void AnswerAll(DurableBatch durable) {
  for (Answer& answer : durable.batch.answers) {
    if (answer.commit) {
      Accepted& accepted = std::get<Accepted>(answer.outcome);
      const eventstore::CommitPlace& place = durable.places.at(*answer.commit);
      accepted.shard = place.shard;
      eventstore::Commit& commit = durable.batch.commits.at(*answer.commit);
      accepted.case_id = std::move(commit.stream.case_id);
      accepted.events = std::move(commit.events);
      accepted.position = Position(place.first_position.value() + accepted.events.size() - 1);
    }
    answer.done(std::move(answer.outcome));
  }
}

}  // namespace apdr::command
