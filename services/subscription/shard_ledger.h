#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "apdr/event/v1/event.pb.h"
#include "apdr/subscription/v1/durable_subscription_service.pb.h"
#include "apdr/subscription/v1/row.pb.h"
#include "apdr/subscription/v1/subscription.pb.h"
#include "engine/base/vocabulary.h"

namespace apdr::subscription {

// Shared by the ledger and the batch that carries it.
using EventPtr = std::shared_ptr<const event::v1::Event>;

struct LedgerLimits {
  std::uint32_t in_flight_max = 100;
  std::uint32_t attempts_max = 5;
};

// Events read ahead of acknowledgement have at most so many bytes, or are one; those that were
// found of held cases as many again.
inline constexpr std::size_t kWindowBytesMax = 1U << 20;
// With so many cases held back in a shard, and not all done, no more of the shard is read: what a
// subscriber cannot deal with must not fill the memory. Those that are held go on.
inline constexpr std::size_t kHeldCasesMax = 1000;
// With so many, done ones too, no more is read than it takes to go on: the done ones are let go of
// once everything before them is done, which one event that nobody ever acknowledges prevents.
inline constexpr std::size_t kHeldRowsMax = 2 * kHeldCasesMax;

// How long an event waits after it was nacked for the `attempts`-th time: a second, doubled each
// time, at most five minutes. REQUIRES: attempts > 0
[[nodiscard]] absl::Duration RetryDelay(std::uint32_t attempts);

// One shard of one subscription: what has been read of it, what a member has, what failed. Decides
// what may be delivered next, so that
//   * an event is delivered only when all earlier ones of its case are acknowledged or skipped;
//   * everything at or before acknowledged() is done, filtered out, or kept with its case.
// A case whose event failed is *held*: its events leave the window, which goes on without them, and
// come one by one, found again in the case's stream, until they have caught up. Pure: no clock, no
// disk. One thread. Delivered is what Deliver() returned and nobody acknowledged or nacked.
class ShardLedger {
 public:
  struct Outgoing {
    std::uint64_t tag = 0;
    std::uint32_t attempt = 0;
    EventPtr event;
  };
  // A held case whose next event is to be found: the first one wanted at or after `from`. It may
  // lie beyond read(), if it was read before and that was forgotten.
  struct Look {
    CaseId case_id;
    CaseVersion from;
    Position up_to;
  };
  struct Failure {
    v1::NackAction action = v1::NACK_ACTION_UNSPECIFIED;
    std::string cause;
    std::string member_id;
  };
  enum class NackResult {
    kRetrying,
    kParked,
    kSettled,  // It was acknowledged or nacked before.
    kUnknown,  // Nothing was delivered under this tag.
  };
  // What is to be stored anew.
  struct Changes {
    bool position = false;  // acknowledged()
    // Whose HeldCase changed: to be read with FindHeld(), or is gone.
    std::set<CaseId> cases;
    std::vector<v1::ParkedEvent> skipped;
  };

  // As it was stored.
  ShardLedger(Shard shard, const LedgerLimits& limits, Position acknowledged,
              const std::vector<v1::HeldCase>& held);

  // Reading: the next events of the shard after read(), in order. Null: not wanted.
  [[nodiscard]] bool WantsEvents() const;
  [[nodiscard]] Position read() const { return read_; }
  void Offer(EventPtr event);

  // Held cases, while WantsHeld(): the next wanted event as Look says, null: there is none.
  [[nodiscard]] bool WantsHeld() const;
  [[nodiscard]] std::vector<Look> Looks(std::size_t limit) const;
  void OfferHeld(const CaseId& case_id, EventPtr event);
  // Instead: it does not read back, so the case waits until a restart.
  void LeaveDamaged(const CaseId& case_id);
  // Lets those come again whose time has come.
  void BeginRetries(absl::Time now);

  // The next events for the member, until they have `bytes_max`; at least one, if there is one.
  // Tags go on from the last one.
  [[nodiscard]] std::vector<Outgoing> Deliver(absl::Duration now, std::size_t bytes_max);
  // Everything delivered up to this tag is done. False: it was not delivered yet.
  [[nodiscard]] bool Acknowledge(std::uint64_t tag);
  [[nodiscard]] NackResult Nack(std::uint64_t tag, const Failure& failure, absl::Time now);
  // The member is gone: what it had is delivered again. Tags start at 1 again.
  void TakeBack();
  // There is no member: forgets what was read ahead, as a restart does. REQUIRES: in_flight() == 0.
  void Rest();

  // An operator's decision about the event at this position; nullopt: it is not parked.
  std::optional<v1::ParkedEvent> Retry(Position position, const v1::ParkedDecision& decision);
  std::optional<v1::ParkedEvent> Skip(Position position, const v1::ParkedDecision& decision);

  [[nodiscard]] Position acknowledged() const { return acknowledged_; }
  [[nodiscard]] std::size_t in_flight() const { return flights_.size(); }
  // When what is longest in flight was delivered; nullopt: nothing is in flight.
  [[nodiscard]] std::optional<absl::Duration> OldestFlight() const;
  // Nothing is left to be delivered of what was read, now or later by itself.
  [[nodiscard]] bool Settled() const;
  // Cases wait because their next event does not read back.
  [[nodiscard]] bool HasDamaged() const { return !damaged_.empty(); }
  [[nodiscard]] std::vector<Position> Parked() const;
  void Describe(v1::ShardStatus& status) const;

  [[nodiscard]] const v1::HeldCase* FindHeld(const CaseId& case_id) const;
  [[nodiscard]] Changes TakeChanges() { return std::exchange(changes_, {}); }

 private:
  // Of the window. Done ones stay until everything before them is done.
  struct Entry {
    EventPtr event;  // Null: done.
    std::uint32_t attempt = 0;
  };
  enum class Phase {
    kLook,      // Its next event is to be found,
    kDamaged,   // which does not read back,
    kFound,     // is to be delivered,
    kFlying,    // is delivered.
    kRetrying,  // Waits for retry_time.
    kParked,    // Waits for an operator.
    kCaughtUp,  // Nothing wanted of the case is left up to read().
  };
  struct Held {
    v1::HeldCase row;
    Phase phase = Phase::kCaughtUp;
    EventPtr event;
    std::uint32_t attempt = 0;  // Of the event, its deliveries.
    Position known;             // There may be events of the case up to here.
  };
  struct Flight {
    CaseId case_id;
    std::optional<Position> entry;  // Of the window; nullopt: the case is held.
    absl::Duration since;
  };

  Outgoing Launch(Flight flight, EventPtr event, std::uint32_t attempt);
  void Finish(const Flight& flight);
  void FinishEntry(const CaseId& case_id, Position position);
  Held& Hold(const CaseId& case_id);
  void GoOnAfter(Held& held, std::uint64_t version, std::uint64_t position);
  void SetEvent(Held& held, EventPtr event);
  void SetPhase(Held& held, Phase phase);
  void IndexPhase(const Held& held, bool present);
  void Settle();
  void ForgetBytes(Entry& entry);

  const Shard shard_;
  const LedgerLimits limits_;
  Position acknowledged_;
  Position read_;
  std::uint64_t last_tag_ = 0;
  std::size_t bytes_ = 0;       // Of the events in the window.
  std::size_t held_bytes_ = 0;  // Of the events of held cases.
  std::map<Position, Entry> window_;
  std::map<CaseId, std::deque<Position>> lines_;  // What is not done of each case in the window.
  std::set<Position> ready_;                      // First in their lines, and not in flight.
  std::map<std::uint64_t, Flight> flights_;       // By tag.
  std::map<CaseId, Held> held_;
  // Held cases by phase.
  std::set<CaseId> looks_;
  std::set<CaseId> damaged_;
  std::set<CaseId> found_;
  std::set<std::pair<Position, CaseId>> caught_up_;  // By what was done of the case last.
  std::set<std::pair<absl::Time, CaseId>> retries_;
  std::map<Position, CaseId> parked_;
  Changes changes_;
};

}  // namespace apdr::subscription
