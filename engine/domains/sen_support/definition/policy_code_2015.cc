#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/domains/sen_support/policy.h"

// The profile `code-2015` as tables. Sources in the comments: the Code's paragraphs and the census.
namespace apdr::sen {
namespace {

using enum v1::Area;

// Census item SENtype; broad areas by 6.28 to 6.35. DS joined the census in 2025; BESD became SEMH
// with the Code of 2015.
std::vector<NeedCode> Needs() {
  const Date code_began(2014, 9, 1);
  const auto live = [&](std::string code, std::string label, v1::Area area) {
    return NeedCode{.code = std::move(code),
                    .label = std::move(label),
                    .area = area,
                    .valid_from = code_began,
                    .valid_to = std::nullopt,
                    .with_ehc_plan = true};
  };
  std::vector<NeedCode> needs = {
      live("SLCN", "Speech, language and communication needs", AREA_COMMUNICATION_AND_INTERACTION),
      live("ASD", "Autistic spectrum disorder", AREA_COMMUNICATION_AND_INTERACTION),
      live("SPLD", "Specific learning difficulty", AREA_COGNITION_AND_LEARNING),
      live("MLD", "Moderate learning difficulty", AREA_COGNITION_AND_LEARNING),
      live("SLD", "Severe learning difficulty", AREA_COGNITION_AND_LEARNING),
      live("PMLD", "Profound and multiple learning difficulty", AREA_COGNITION_AND_LEARNING),
      live("SEMH", "Social, emotional and mental health", AREA_SOCIAL_EMOTIONAL_MENTAL_HEALTH),
      live("HI", "Hearing impairment", AREA_SENSORY_PHYSICAL),
      live("VI", "Vision impairment", AREA_SENSORY_PHYSICAL),
      live("MSI", "Multi-sensory impairment", AREA_SENSORY_PHYSICAL),
      live("PD", "Physical disability", AREA_SENSORY_PHYSICAL),
      live("DS", "Down syndrome", AREA_UNSPECIFIED),
      live("OTH", "Other difficulty or disability", AREA_UNSPECIFIED),
      live("NSA", "No specialist assessment of type of need yet", AREA_UNSPECIFIED),
      live("BESD", "Behaviour, emotional and social difficulties",
           AREA_SOCIAL_EMOTIONAL_MENTAL_HEALTH)};
  for (NeedCode& need : needs) {
    if (need.code == "DS") need.valid_from = Date(2025, 1, 1);
    if (need.code == "NSA") need.with_ehc_plan = false;
    if (need.code == "BESD") {
      need.valid_from = Date(2003, 1, 1);
      need.valid_to = Date(2014, 8, 31);
    }
  }
  return needs;
}

// Codes that a UPN may begin with, abolished authorities included: a UPN keeps for life the code of
// the authority that first gave it.
std::vector<AuthorityRange> Authorities() {
  return {{1, 5},     {201, 213}, {301, 320}, {330, 336}, {340, 344}, {350, 359}, {370, 373},
          {380, 384}, {390, 394}, {420, 420}, {660, 681}, {701, 708}, {800, 803}, {805, 808},
          {810, 813}, {815, 816}, {820, 823}, {825, 826}, {830, 831}, {835, 841}, {845, 846},
          {850, 852}, {855, 857}, {860, 861}, {865, 896}, {908, 909}, {916, 916}, {919, 919},
          {921, 921}, {925, 926}, {928, 929}, {931, 931}, {933, 933}, {935, 938}, {940, 943}};
}

}  // namespace

std::string Policy::Id() const { return absl::StrCat(name, "@", version); }

const NeedCode* Policy::FindNeed(std::string_view code) const {
  const auto found = std::ranges::find(needs, code, &NeedCode::code);
  return found == needs.end() ? nullptr : &*found;
}

const TermCalendar* Policy::FindCalendar(std::string_view calendar) const {
  const std::string_view wanted = calendar.empty() ? default_calendar : calendar;
  const auto found = std::ranges::find(calendars, wanted, &TermCalendar::name);
  return found == calendars.end() ? nullptr : &*found;
}

const TermCalendar& Policy::CalendarOr(std::string_view calendar) const {
  const TermCalendar* found = FindCalendar(calendar);
  if (found == nullptr) found = FindCalendar({});
  APDR_CHECK(found != nullptr);
  return *found;
}

bool Policy::KnowsAuthority(int code) const {
  return std::ranges::any_of(authorities, [&](const AuthorityRange& range) {
    return range.first <= code && code <= range.last;
  });
}

TermCalendar Tc2025() {
  return TermCalendar("TC-2025",
                      {{Date(2025, 9, 1), Date(2025, 12, 19)},
                       {Date(2026, 1, 5), Date(2026, 3, 27)},
                       {Date(2026, 4, 13), Date(2026, 7, 21)},
                       {Date(2026, 9, 1), Date(2026, 12, 18)}},
                      {{Date(2025, 10, 27), Date(2025, 10, 31)},
                       {Date(2026, 2, 16), Date(2026, 2, 20)},
                       {Date(2026, 5, 4), Date(2026, 5, 4)},
                       {Date(2026, 5, 25), Date(2026, 5, 29)},
                       {Date(2026, 10, 26), Date(2026, 10, 30)}});
}

Policy Code2015() {
  Policy policy;
  policy.name = "code-2015";
  policy.needs = Needs();
  policy.roles = {
      "child",      "young-person",       "parent",   "carer",        "teacher", "keyworker",
      "tutor",      "teaching-assistant", "senco",    "named-person", "head",    "la-send-officer",
      "area-senco", "professional",       "advocate", "iass-adviser", "other"};
  // 6.61 and 5.48.
  policy.disciplines = {"EP",
                        "SLT",
                        "OT",
                        "physio",
                        "specialist-teacher-HI",
                        "specialist-teacher-VI",
                        "specialist-teacher-MSI",
                        "specialist-teacher-SpLD",
                        "specialist-teacher-ASD",
                        "CAMHS-MHST",
                        "paediatrician",
                        "health-visitor",
                        "school-nurse",
                        "portage",
                        "early-help",
                        "social-worker",
                        "outreach",
                        "behaviour-support",
                        "virtual-school",
                        "other"};
  policy.curriculum_years = {"E1", "E2", "N1", "N2", "R",  "1",  "2",  "3",  "4",  "5",
                             "6",  "7",  "8",  "9",  "10", "11", "12", "13", "14", "X"};
  policy.authorities = Authorities();
  policy.calendars = {Tc2025()};
  policy.default_calendar = "TC-2025";
  return policy;
}

}  // namespace apdr::sen
