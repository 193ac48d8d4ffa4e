#include "services/notify/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace apdr::notify {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Recipient ARecipient(const std::string& name, std::set<std::string> roles, Scope scope) {
  return {.name = name, .tenant = "t1", .roles = std::move(roles), .scope = std::move(scope)};
}

class RoutesTest : public ::testing::Test {
 protected:
  RoutesTest() {
    MessageRule rule;
    rule.events = {"ReviewOverdue"};
    routes_.messages.push_back(rule);
    rule.events = {"PlanAgreed"};
    rule.to = {"parent"};
    routes_.messages.push_back(rule);
  }

  void Add(Recipient recipient) { routes_.recipients.emplace(recipient.name, recipient); }

  std::vector<std::string> Names(const Happening& happening) {
    std::vector<std::string> names;
    for (const Told& told : routes_.WhoIsTold(happening)) names.push_back(told.recipient->name);
    return names;
  }

  Routes routes_;
  Happening overdue_{.tenant = "t1",
                     .case_id = "c1",
                     .setting_id = "URN:1",
                     .authority_id = "801",
                     .event = "ReviewOverdue",
                     .to = {"senco", "head"}};
};

TEST_F(RoutesTest, TellsTheRolesThatTheEventNamesInTheCasesPlace) {
  Add(ARecipient("head-1", {"head"}, {.settings = {"URN:1"}}));
  Add(ARecipient("head-2", {"head"}, {.settings = {"URN:2"}}));
  Add(ARecipient("la", {"la-send-officer"}, {.authorities = {"801"}}));
  Add(ARecipient("senco-1", {"senco", "head"}, {.settings = {"URN:1"}}));
  EXPECT_THAT(Names(overdue_), ElementsAre("head-1", "senco-1"));
}

TEST_F(RoutesTest, TellsTheRolesOfTheFileWhereItNamesSome) {
  Add(ARecipient("parent-c1", {"parent"}, {.cases = {"c1"}}));
  Add(ARecipient("parent-c2", {"parent"}, {.cases = {"c2"}}));
  Add(ARecipient("senco-1", {"senco"}, {.all = true}));
  overdue_.event = "PlanAgreed";
  EXPECT_THAT(Names(overdue_), ElementsAre("parent-c1"));
}

TEST_F(RoutesTest, TellsNobodyOfAnotherTenantOrOfWhatHasNoMessage) {
  Add(ARecipient("senco-1", {"senco"}, {.all = true}));
  overdue_.tenant = "t2";
  EXPECT_THAT(Names(overdue_), IsEmpty());
  overdue_.tenant = "t1";
  overdue_.event = "ReviewHeld";
  EXPECT_THAT(Names(overdue_), IsEmpty());
}

TEST_F(RoutesTest, TellsAWebhookWhateverRoleIsTold) {
  Recipient hook = ARecipient("hook", {}, {.all = true});
  hook.way = Way::kWebhook;
  Add(hook);
  hook.name = "picky";
  hook.events = {"PlanAgreed"};
  Add(hook);
  EXPECT_THAT(Names(overdue_), ElementsAre("hook"));
}

TEST(FingerprintOf, ChangesWithTheUrlAndTheSecrets) {
  Recipient hook{.name = "a", .address = Sensitive<std::string>("https://x")};
  const std::string before = FingerprintOf(hook);
  hook.secrets.emplace_back("whsec_1");
  EXPECT_NE(FingerprintOf(hook), before);
}

}  // namespace
}  // namespace apdr::notify
