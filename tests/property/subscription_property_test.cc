// For all histories of a durable subscription: members that come, go, die, acknowledge and fail,
// operators that retry and skip, a server that restarts, at times after a power cut; times when
// nobody is there. What must hold is in Witness.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/support/subscription_world.h"

namespace apdr::testing {
namespace {

using subscription::v1::Delivery;
using Place = std::pair<std::uint32_t, std::uint64_t>;  // Shard and position.

constexpr std::uint32_t kShards = 4;
constexpr std::uint64_t kLoans = 10;
constexpr char kWantedSetting[] = "north";

Place PlaceOf(const event::v1::Event& event) { return {event.shard(), event.position()}; }

// Sees everything that is delivered, and everything that the dispatcher takes of its members.
class Witness {
 public:
  void Recorded(const event::v1::Event& event, bool wanted) {
    if (!wanted) return;
    wanted_.insert(PlaceOf(event));
    of_case_[event.case_id()].push_back(PlaceOf(event));
  }

  void Watch(PlayedMember* played) {
    played->on_send = [this, played](const PlayedMember::Response& response) {
      for (const auto& shard : response.assignment().shards()) {
        const auto owner =
            owners_.emplace(std::pair(shard.shard(), shard.generation()), played).first;
        EXPECT_EQ(owner->second, played) << "two members have one generation of a shard";
      }
      for (const Delivery& delivery : response.deliveries().deliveries()) {
        Delivered(delivery, played);
      }
    };
    played->on_take = [this, played](const std::vector<PlayedMember::Request>& requests) {
      for (const auto& request : requests) Taken(request, *played);
      if (played->ended) MemberGone(played);
    };
    played->on_close = [this, played] { MemberGone(played); };
  }

  // What its members had in hand may come again; after the last of them also what they had done.
  void MemberGone(PlayedMember* member) {
    std::erase_if(in_hand_, [&](const auto& entry) { return entry.second == member; });
    if (present_.erase(member) == 0 || !present_.empty()) return;
    ++lives_;
    ++rests_;
  }
  void ServerRestarted() {
    in_hand_.clear();
    present_.clear();
    ++lives_;
  }
  void Skipped(const Place& place) {
    EXPECT_TRUE(failed_.contains(place));
    failed_.erase(place);
    done_.emplace(place, lives_);
  }

  [[nodiscard]] std::vector<Place> Missing() const {
    std::vector<Place> missing;
    for (const Place& place : wanted_) {
      if (!done_.contains(place)) missing.push_back(place);
    }
    return missing;
  }
  [[nodiscard]] std::size_t deliveries() const { return deliveries_; }
  [[nodiscard]] std::size_t rests() const { return rests_; }

 private:
  using Tag = std::tuple<PlayedMember*, std::uint32_t, std::uint64_t, std::uint64_t>;

  void Delivered(const Delivery& delivery, PlayedMember* member) {
    ++deliveries_;
    const Place place = PlaceOf(delivery.event());
    EXPECT_TRUE(wanted_.contains(place)) << "the filter leaves this out";
    EXPECT_EQ(owners_[std::pair(delivery.event().shard(), delivery.generation())], member)
        << "the shard is another member's";
    EXPECT_FALSE(in_hand_.contains(place)) << "delivered twice at a time";
    const auto done = done_.find(place);
    if (done != done_.end()) {
      EXPECT_LT(done->second, lives_) << "delivered again though it was done and nobody died";
    }
    for (const Place& earlier : of_case_[delivery.event().case_id()]) {
      if (earlier >= place) break;
      EXPECT_TRUE(done_.contains(earlier)) << "delivered before an earlier event of its case";
    }
    in_hand_[place] = member;
    tags_[Tag(member, delivery.event().shard(), delivery.generation(), delivery.delivery_tag())] =
        place;
  }

  void Taken(const PlayedMember::Request& request, PlayedMember& member) {
    if (request.has_join()) present_.insert(&member);
    if (request.has_acknowledge()) {
      const auto& ack = request.acknowledge();
      for (auto it = tags_.lower_bound(Tag(&member, ack.shard(), ack.generation(), 0));
           it !=
           tags_.upper_bound(Tag(&member, ack.shard(), ack.generation(), ack.delivery_tag()));) {
        done_.insert_or_assign(it->second, lives_);
        failed_.erase(it->second);
        in_hand_.erase(it->second);
        it = tags_.erase(it);
      }
    }
    if (request.has_nack()) {
      const auto& nack = request.nack();
      const auto tag =
          tags_.find(Tag(&member, nack.shard(), nack.generation(), nack.delivery_tag()));
      if (tag == tags_.end()) return;
      failed_.insert(tag->second);
      in_hand_.erase(tag->second);
      done_.erase(tag->second);  // It was done once, and is to be done anew.
      tags_.erase(tag);
    }
  }

  std::set<Place> wanted_;
  std::map<std::string, std::vector<Place>> of_case_;
  std::map<Place, int> done_;  // In which life.
  std::set<Place> failed_;     // Nacked, and neither done nor skipped since.
  std::map<Place, PlayedMember*> in_hand_;
  std::map<Tag, Place> tags_;
  std::map<std::pair<std::uint32_t, std::uint64_t>, PlayedMember*> owners_;
  std::set<PlayedMember*> present_;
  int lives_ = 0;  // Of what is in the server's memory: as long as it runs and somebody is there.
  std::size_t deliveries_ = 0;
  std::size_t rests_ = 0;
};

// One history, made by its seed.
class History {
 public:
  explicit History(std::uint64_t seed) : chance_(seed) {
    auto request = SubscriptionWorld::ARequestFor("reminders");
    auto& asked = *request.mutable_subscription();
    asked.set_in_flight_max(static_cast<std::uint32_t>(Draw(1, 12)));
    asked.set_attempts_max(static_cast<std::uint32_t>(Draw(1, 3)));
    if (Draw(0, 1) == 1) asked.mutable_filter()->add_event_types(SubscriptionWorld::kLent);
    if (Draw(0, 1) == 1) asked.mutable_filter()->add_setting_ids(kWantedSetting);
    by_type_ = !asked.filter().event_types().empty();
    by_setting_ = !asked.filter().setting_ids().empty();
    world_.Create(request);
  }

  void Play(int turns) {
    for (int turn = 0; turn < turns && !::testing::Test::HasFailure(); ++turn) {
      SCOPED_TRACE(::testing::Message() << "turn " << turn);
      Turn();
    }
  }

  // Everybody does well from now on: nothing may be missing in the end.
  void Finish() {
    members_.clear();
    Restart();
    Join();
    for (int round = 0; round < 200 && !members_.front().played->caught_up; ++round) {
      (void)world_.RetryAll();
      world_.Settle();
      Acknowledge(members_.front(), members_.front().played->deliveries.size());
      world_.clock.AdvanceTo(world_.clock.Now() + absl::Minutes(6));
    }
    EXPECT_TRUE(members_.front().played->caught_up);
    EXPECT_TRUE(witness_.Missing().empty()) << witness_.Missing().size() << " events are missing";
    EXPECT_TRUE(world_.Parked().empty());
    EXPECT_EQ(world_.Status().lag(), 0U);
    EXPECT_EQ(world_.Parked(subscription::v1::PARKED_STATE_SKIPPED).size(), skipped_.size());
  }

  [[nodiscard]] const Witness& witness() const { return witness_; }

 private:
  struct Member {
    std::string id;
    std::shared_ptr<PlayedMember> played;
    std::size_t seen = 0;  // Of its deliveries, those that it has answered.
  };

  std::uint64_t Draw(std::uint64_t from, std::uint64_t to) {
    return std::uniform_int_distribution<std::uint64_t>(from, to)(chance_);
  }

  void Turn() {
    const std::uint64_t kind = Draw(0, 99);
    if (kind < 25) return Record();
    if (kind < 50) return (void)world_.Step();
    if (kind < 54) return Join();
    if (kind < 57) return Leave();
    if (kind < 59) return Restart();
    if (kind < 64) return Tick();
    if (kind < 67) return RetryOrSkip();
    if (members_.empty()) return;
    Member& member = members_[Draw(0, members_.size() - 1)];
    member.played->can_send = Draw(0, 9) > 0;
    const std::size_t there = member.played->deliveries.size();
    if (member.seen == there) return;
    const std::size_t upto = Draw(member.seen + 1, there);
    if (kind < 75) return Nack(member, upto - 1);
    Acknowledge(member, upto);
  }

  void Record() {
    const std::uint64_t loan = Draw(1, kLoans);
    const bool lent = Draw(0, 2) > 0;
    const bool moves = Draw(0, 3) == 0;
    const std::string setting = Draw(0, 1) == 0 ? kWantedSetting : "south";
    if (moves) place_[loan] = setting;
    const auto event = world_.Append(
        loan, lent ? SubscriptionWorld::kLent : SubscriptionWorld::kRenewed, moves ? setting : "");
    witness_.Recorded(event,
                      (!by_type_ || lent) && (!by_setting_ || place_[loan] == kWantedSetting));
    if (Draw(0, 4) == 0) world_.Append(Draw(1, kLoans), SubscriptionWorld::kLent, "", "t2");
  }

  void Join() {
    if (members_.size() >= 5) return;
    const std::string id = absl::StrCat("m", Draw(1, 5));
    std::erase_if(members_, [&](const Member& member) {
      if (member.id != id) return false;
      Gone(*member.played);  // The newer call takes its place.
      return true;
    });
    auto played = world_.Join(id);
    witness_.Watch(played.get());
    kept_.push_back(played);
    members_.push_back({.id = id, .played = std::move(played), .seen = 0});
  }

  // It ends, with or without its last words.
  void Leave() {
    if (members_.empty()) return;
    const auto member =
        members_.begin() + static_cast<std::ptrdiff_t>(Draw(0, members_.size() - 1));
    Gone(*member->played);
    members_.erase(member);
  }

  void Gone(PlayedMember& played) {
    if (Draw(0, 1) == 0) played.inbox.clear();
    played.ended = true;
    world_.Step();
  }

  void Restart() {
    members_.clear();
    if (Draw(0, 1) == 0) world_.model.LosePower(Draw(0, world_.model.unsynced()));
    world_.Restart();
    witness_.ServerRestarted();
  }

  void Tick() {
    world_.clock.AdvanceTo(world_.clock.Now() + absl::Milliseconds(Draw(100, 40'000)));
    world_.Step();
    // Those that kept an event too long are out.
    std::erase_if(members_, [](const Member& member) { return member.played->ended; });
  }

  void RetryOrSkip() {
    const auto parked = world_.Parked(subscription::v1::PARKED_STATE_PARKED);
    if (parked.empty()) return;
    if (Draw(0, 1) == 0) return (void)world_.RetryAll();
    const auto& event = parked[Draw(0, parked.size() - 1)];
    // Known before: what waits behind it may be delivered in the same step.
    witness_.Skipped({event.shard(), event.position()});
    skipped_.insert({event.shard(), event.position()});
    EXPECT_EQ(world_.Skip(event.shard(), event.position()).size(), 1U);
  }

  // Everything before `upto`, shard by shard.
  static void Acknowledge(Member& member, std::size_t upto) {
    const auto& deliveries = member.played->deliveries;
    for (; member.seen < upto; ++member.seen) {
      member.played->Acknowledge(deliveries[member.seen]);
    }
  }

  void Nack(Member& member, std::size_t at) {
    const Delivery& delivery = member.played->deliveries[at];
    member.played->Nack(delivery, Draw(0, 2) == 0 ? subscription::v1::NACK_ACTION_PARK
                                                  : subscription::v1::NACK_ACTION_RETRY);
  }

  std::mt19937_64 chance_;
  SubscriptionWorld world_{kShards};
  Witness witness_;
  bool by_type_ = false;
  bool by_setting_ = false;
  std::map<std::uint64_t, std::string> place_;
  std::vector<Member> members_;
  std::vector<std::shared_ptr<PlayedMember>> kept_;  // So that no two have one address.
  std::set<Place> skipped_;
};

TEST(SubscriptionProperty, ForgetsNothingKeepsTheOrderOfCasesAndRepeatsOnlyWhatADeathLeftOpen) {
  std::size_t deliveries = 0;
  std::size_t rests = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    History history(seed);
    history.Play(1500);
    history.Finish();
    if (HasFailure()) return;
    deliveries += history.witness().deliveries();
    rests += history.witness().rests();
  }
  EXPECT_GT(deliveries, 10'000U);
  EXPECT_GT(rests, 100U);
}

}  // namespace
}  // namespace apdr::testing
