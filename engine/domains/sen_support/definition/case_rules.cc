#include "engine/domains/sen_support/definition/case_rules.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/profile.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/setting.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "engine/domains/sen_support/assess/assess.h"
#include "engine/domains/sen_support/definition/people_in.h"
#include "engine/domains/sen_support/review/review.h"
#include "engine/domains/sen_support/setting/setting.h"

namespace apdr::sen {
namespace {

constexpr int kAttemptsMin = 2;

// Roles that write in a case without belonging to its setting.
constexpr std::array<std::string_view, 7> kRolesOfNoSetting = {
    "parent", "carer", "child", "young-person", "professional", "la-send-officer", "system"};

std::string_view Trimmed(const std::string& text) {
  const absl::string_view trimmed = absl::StripAsciiWhitespace(text);
  return {trimmed.data(), trimmed.size()};
}

bool IsRestricted(const CaseState& record, const std::string& person_id) {
  return std::ranges::any_of(record.parents(), [&](const state::v1::LinkedParent& parent) {
    return parent.restricted() && parent.person_id() == person_id;
  });
}

// The people whose agreement, whose being told or whose part in a review the law gives to the young
// person; null for a command that needs nobody's.
std::optional<std::vector<v1::PersonRef>> DecidersNamed(const SenInput& input) {
  std::vector<v1::PersonRef> people;
  if (const auto* notify = input.TryCommand<v1::NotifyParent>()) {
    for (const auto& person : notify->notification().notified()) people.push_back(person);
  } else if (const auto* change = input.TryCommand<v1::ChangeReviewDate>()) {
    for (const auto& person : change->agreed_by()) people.push_back(person);
  } else if (const auto* end = input.TryCommand<v1::EndSenSupport>()) {
    for (const auto& person : end->end().informed()) people.push_back(person);
  } else if (const auto* hold = input.TryCommand<v1::HoldReview>()) {
    people = PeopleAt(hold->review());
  } else {
    return std::nullopt;
  }
  return people;
}

// Why somebody else decides for a young person who lacks capacity; empty: nobody says so.
std::string CapacityGroundIn(const SenInput& input) {
  if (const auto* notify = input.TryCommand<v1::NotifyParent>()) {
    return notify->notification().capacity_ground();
  }
  if (const auto* change = input.TryCommand<v1::ChangeReviewDate>()) {
    return change->capacity_ground();
  }
  if (const auto* end = input.TryCommand<v1::EndSenSupport>()) return end->end().capacity_ground();
  const auto* hold = input.TryCommand<v1::HoldReview>();
  return hold == nullptr ? std::string() : hold->review().capacity_ground();
}

bool OnlyParentAgrees(const v1::AgreePlan& agree) {
  bool parent = false;
  for (const v1::Agreement& agreement : agree.agreements()) {
    if (agreement.capacity() == v1::AGREEMENT_CAPACITY_YOUNG_PERSON ||
        agreement.capacity() == v1::AGREEMENT_CAPACITY_ALTERNATIVE) {
      return false;
    }
    parent = parent || agreement.capacity() == v1::AGREEMENT_CAPACITY_PARENT;
  }
  return parent;
}

// Dates within a command that, like its own, are of what has happened.
std::vector<std::string> DatesOfThePast(const SenInput& input) {
  if (const auto* delivery = input.TryCommand<v1::RecordDelivery>()) {
    return {delivery->delivery().on()};
  }
  if (const auto* progress = input.TryCommand<v1::RecordProgress>()) {
    return {progress->progress().result().on()};
  }
  if (const auto* assessment = input.TryCommand<v1::RecordAssessment>()) {
    return {assessment->assessment().result().on()};
  }
  if (const auto* concern = input.TryCommand<v1::RaiseConcern>()) {
    return {concern->concern().since()};
  }
  if (const auto* missed = input.TryCommand<v1::RecordNonDelivery>()) {
    return {missed->non_delivery().from(), missed->non_delivery().to()};
  }
  if (const auto* advice = input.TryCommand<v1::RecordSpecialistAdvice>()) {
    return {advice->advice().received_on(), advice->advice().shared_with_parent_on()};
  }
  if (const auto* decision = input.TryCommand<v1::RecordEhcDecision>()) {
    return {decision->ehc_decision().notified_on()};
  }
  if (const auto* erase = input.TryCommand<v1::EraseRecord>()) {
    return {erase->erasure().key_destroyed_on()};
  }
  if (const auto* publish = input.TryCommand<v1::PublishSenInformationReport>()) {
    return {publish->report().published_on()};
  }
  return {};
}

}  // namespace

std::optional<Breach> DateInFuture(const SenInput& input) {
  const Date today = input.engine.context.today;
  for (const std::string& text : DatesOfThePast(input)) {
    const std::optional<Date> date = ParseDate(text);
    if (!date || *date <= today) continue;
    return Broken(absl::StrCat(text, " has not come yet: today is ", FormatDate(today)),
                  {{"date", text}, {"today", FormatDate(today)}});
  }
  if (input.on() <= today) return std::nullopt;
  return Broken(absl::StrCat(input.on_text(), " has not come yet: today is ", FormatDate(today)),
                {{"occurred_on", input.on_text()}, {"today", FormatDate(today)}});
}

std::optional<Breach> StageOrder(const SenInput& input) {
  if (const auto* start = input.TryCommand<v1::StartSenSupport>()) {
    if (input.record.provision() != v1::PROVISION_EHC_PLAN ||
        start->start().reason() == v1::START_REASON_EHC_CEASED) {
      return std::nullopt;
    }
    return Broken("the child has an education, health and care plan, which has not ceased");
  }
  if (const auto* start = input.TryCommand<v1::StartAssessment>()) {
    const std::uint32_t next = NextCycle(input.record);
    if (start->cycle() == 0 || start->cycle() == next) return std::nullopt;
    return Broken(absl::StrCat("the next cycle is ", next, ", not ", start->cycle()),
                  {{"next_cycle", absl::StrCat(next)}});
  }
  if (input.TryCommand<v1::StartSupport>() != nullptr) {
    if (input.record.current().support_started_on().empty()) return std::nullopt;
    return Broken("the support of this cycle has started already");
  }
  if (!input.record.has_profile()) return std::nullopt;
  return Broken("there is a one-page profile already, which can be updated");
}

namespace {

// Whoever takes a child over acts for the setting that does, and that is the one the child goes to.
const v1::Setting& ActingSetting(const SenInput& input) {
  if (const auto* accept = input.TryCommand<v1::AcceptTransfer>()) {
    return accept->acceptance().setting();
  }
  if (input.record.has_setting()) return input.record.setting();
  // The first record, of a child or of a setting, is made by the setting that it names.
  if (const auto* registers = input.TryCommand<v1::RegisterChild>()) {
    return registers->registration().setting();
  }
  return IsAboutSetting(input) ? SettingNamed(input) : input.record.setting();
}

// A child who stays after all is taken back by the setting that still holds the case.
bool GoesElsewhere(const SenInput& input) {
  const auto* const accept = input.TryCommand<v1::AcceptTransfer>();
  if (accept == nullptr || !input.record.has_transferring_to()) return false;
  const std::string taker = SettingId(accept->acceptance().setting());
  return SettingId(input.record.setting()) != taker &&
         SettingId(input.record.transferring_to()) != taker;
}

}  // namespace

std::optional<Breach> NotCurrentSetting(const SenInput& input) {
  if (GoesElsewhere(input)) return Broken("the child is on the way to another setting");
  const core::Actor& actor = input.engine.context.actor;
  if (actor.setting_id.empty()) return std::nullopt;
  if (std::ranges::find(kRolesOfNoSetting, actor.role) != kRolesOfNoSetting.end()) {
    return std::nullopt;
  }
  const v1::Setting& setting = ActingSetting(input);
  if (IsIdOf(actor.setting_id, setting)) return std::nullopt;
  return Broken(IsAboutSetting(input) ? "it is the record of another setting"
                                      : "another setting holds the case",
                {{"setting", SettingId(setting)}});
}

std::optional<Breach> NotAuthorised(const SenInput& input) {
  const core::Actor& actor = input.engine.context.actor;
  if (!IsRestricted(input.record, actor.id) && !IsRestricted(input.record, actor.on_behalf_of)) {
    return std::nullopt;
  }
  return Broken("a court order keeps this person from the case");
}

// After compulsory school age it is the young person who agrees and who is told; a parent's word
// alone is not enough.
std::optional<Breach> YpDecides(const SenInput& input) {
  if (!input.ChildIsYoungPerson()) return std::nullopt;
  if (const auto* agree = input.TryCommand<v1::AgreePlan>()) {
    if (!OnlyParentAgrees(*agree)) return std::nullopt;
    return Broken("after compulsory school age a parent's agreement alone is not enough");
  }
  if (const auto* request = input.TryCommand<v1::RequestSpecialist>()) {
    const v1::SpecialistAgreement& agreement = request->request().agreement();
    if (!IsParent(agreement.by().role()) || !agreement.capacity_ground().empty()) {
      return std::nullopt;
    }
    return Broken("after compulsory school age a parent's agreement alone is not enough");
  }
  if (!CapacityGroundIn(input).empty()) return std::nullopt;
  const auto people = DecidersNamed(input);
  if (!people || Includes(*people, IsChild) || !Includes(*people, IsParent)) return std::nullopt;
  return Broken("after compulsory school age the young person must be among them");
}

namespace {

std::optional<Breach> TooOld(Date on, const SenInput& input) {
  const int days = input.policy.days.record_too_old;
  // So many school days take at least as many days: no calendar is needed for what is this fresh.
  if (on + days >= input.engine.context.today) return std::nullopt;
  const TermCalendar& calendar = input.policy.CalendarOr(input.record.calendar());
  if (calendar.AddSchoolDays(on, days) >= input.engine.context.today) return std::nullopt;
  return Broken(absl::StrCat("it is entered more than ", days, " school days after it happened"),
                {{"occurred_on", FormatDate(on)}});
}

}  // namespace

std::optional<Breach> RecordTooOld(const SenInput& input) {
  std::string said;
  if (const auto* delivery = input.TryCommand<v1::RecordDelivery>()) {
    said = delivery->delivery().on();
  } else if (const auto* progress = input.TryCommand<v1::RecordProgress>()) {
    said = progress->progress().result().on();
  } else if (const auto* assessment = input.TryCommand<v1::RecordAssessment>()) {
    said = assessment->assessment().result().on();
  }
  const std::optional<Date> on = ParseDate(said);
  return TooOld(on && *on < input.on() ? *on : input.on(), input);
}

std::optional<Breach> InsufficientAttempts(const SenInput& input) {
  int attempts = 0;
  if (const auto* missing = input.TryCommand<v1::RecordViewsNotObtained>()) {
    attempts = missing->missing().attempts_size();
  } else {
    const auto& contribution = input.command<v1::RecordContribution>().contribution();
    if (contribution.stance() != v1::CONTRIBUTION_STANCE_NO_RESPONSE) return std::nullopt;
    attempts = contribution.attempts_size();
  }
  if (attempts >= kAttemptsMin) return std::nullopt;
  return Broken(
      absl::StrCat("silence needs at least ", kAttemptsMin, " tries and ", attempts, " are listed"),
      {{"attempts", absl::StrCat(attempts)}});
}

std::optional<Breach> RestrictedPerson(const SenInput& input) {
  const bool any = std::ranges::any_of(input.record.parents(),
                                       [](const auto& parent) { return parent.restricted(); });
  if (!any) return std::nullopt;
  const auto& payload = static_cast<const codec::MessagePayload&>(*input.engine.command.payload);
  for (const v1::PersonRef* person : PeopleIn(payload.message())) {
    if (IsRestricted(input.record, person->person_id())) {
      return Broken("a court order keeps one of the people named from taking part",
                    {{"person", person->person_id()}});
    }
  }
  return std::nullopt;
}

namespace {

struct Explained {
  const char* what = "";
  const std::string* reason = nullptr;  // Null: the command owes none.
};

Explained ReasonGiven(const SenInput& input) {
  if (const auto* decline = input.TryCommand<v1::DeclineSenSupport>()) {
    return {"refusal", &decline->decline().reason()};
  }
  if (const auto* correct = input.TryCommand<v1::CorrectRecord>()) {
    return {"correction", &correct->correction().reason()};
  }
  if (const auto* hold = input.TryCommand<v1::PlaceHold>()) return {"hold", &hold->reason()};
  if (const auto* lift = input.TryCommand<v1::LiftHold>()) return {"lifting", &lift->reason()};
  if (const auto* decide = input.TryCommand<v1::RecordEhcDecision>()) {
    const v1::EhcDecision decision = decide->ehc_decision().decision();
    if (decision == v1::EHC_DECISION_NOT_ASSESS || decision == v1::EHC_DECISION_NOT_ISSUE) {
      return {"refusal", &decide->ehc_decision().reasons()};
    }
  }
  if (const auto* issue = input.TryCommand<v1::IssuePlanWithoutAgreement>()) {
    return {"issue without agreement", &issue->disagreement().points()};
  }
  return {};
}

}  // namespace

std::optional<Breach> ReasonRequired(const SenInput& input) {
  for (const core::Departure& departure : input.engine.command.departures) {
    if (CharactersIn(Trimmed(departure.reason)) < core::kDepartureReasonMin) {
      return Broken(
          absl::StrCat("the departure from ", departure.rule_code, " gives no reason of at least ",
                       core::kDepartureReasonMin, " characters"),
          {{"rule", departure.rule_code}});
    }
  }
  const Explained explained = ReasonGiven(input);
  if (explained.reason != nullptr &&
      CharactersIn(Trimmed(*explained.reason)) < core::kDepartureReasonMin) {
    return Broken(absl::StrCat("the ", explained.what, " gives no reason of at least ",
                               core::kDepartureReasonMin, " characters"));
  }
  return std::nullopt;
}

}  // namespace apdr::sen
