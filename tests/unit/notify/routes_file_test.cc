#include "services/notify/routes_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/unit/notify/routes_of_tests.h"

namespace apdr::notify {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

absl::StatusOr<Routes> Parse(const std::string& text) {
  apdr::testing::SetSecrets();
  return ParseRoutes(text, "notify.toml", apdr::testing::EventTypes());
}

TEST(RoutesFile, ReadsTheExampleThatIsShipped) {
  apdr::testing::SetSecrets();
  setenv("APDR_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1);
  setenv("APDR_SMTP_PASSWORD", "secret", 1);
  setenv("APDR_GOVUK_NOTIFY_KEY",
         "test-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0", 1);
  const auto routes = ReadRoutesFile("deploy/examples/notify.toml", apdr::testing::EventTypes());
  ASSERT_TRUE(routes.ok()) << routes.status();
  EXPECT_GE(routes->messages.size(), 3U);
  EXPECT_GE(routes->recipients.size(), 4U);
}

TEST(RoutesFile, ReadsPeopleEndpointsAndMessages) {
  const auto routes = Parse(R"(
not_older_than_days = 3
link = "https://apdr.example/cases/{case_id}"
[smtp]
url = "smtps://mail.example:465"
from = "apdr@example.org"
[[messages]]
events = ["ReviewOverdue"]
levels = [2, 3]
subject = "{event}"
text = "{link}"
[[recipients]]
name = "head"
tenant = "t1"
roles = ["head"]
settings = ["URN:199001"]
channel = "email"
address = "head@example.org"
[[webhooks]]
name = "mis"
tenant = "t1"
all = true
url = "https://mis.example/hook"
secrets = ["env:APDR_TEST_HOOK", "env:APDR_TEST_HOOK_KEY"]
)");
  ASSERT_TRUE(routes.ok()) << routes.status();
  EXPECT_EQ(routes->not_older_than, absl::Hours(72));
  EXPECT_EQ(routes->FindMessage("ReviewOverdue", 1), nullptr);
  EXPECT_NE(routes->FindMessage("ReviewOverdue", 2), nullptr);
  EXPECT_EQ(routes->Find("head")->address.Expose(), "head@example.org");
  EXPECT_EQ(routes->Find("mis")->secrets.size(), 2U);
}

struct Wrong {
  std::string text;
  std::string message;
};

TEST(RoutesFile, RefusesWithFileLineAndReason) {
  const std::string hook = "[[webhooks]]\nname='a'\ntenant='t1'\nall=true\n";
  const std::string mail = "[smtp]\nurl='smtps://m'\nfrom='a@b.c'\n";
  const std::string person = mail + "[[recipients]]\nname='a'\ntenant='t1'\nroles=['senco']\n";
  for (const Wrong& wrong : std::vector<Wrong>{
           {"x = ", "notify.toml:1 to be TOML"},
           {"\nwhat = 1", "notify.toml:2 to say something about the notifier, but there is no key"},
           {"link = 'https://x/{name}'", "notify.toml:1 to be a text with places"},
           {"not_older_than_days = 0", "notify.toml:1 to be a whole number above 0"},
           {"[[messages]]\nevents=['Nothing']\nsubject='a'\ntext='b'",
            "notify.toml:2 to name events of the workflow, but there is no Nothing"},
           {"[[messages]]\nevents=['PlanAgreed']\nsubject='a'\ntext='b'",
            "notify.toml:2 to come with `to`: the roles to tell, but there is none"},
           {"[[messages]]\nevents=['PlanAgreed']\nto=['senco']\nsubject='a'\ntext='{child}'",
            "notify.toml:5"},
           {"[[messages]]\nevents=['ReviewDateChanged']\nsubject='a'\ntext='b'",
            "notify.toml:2 to come with `to`: the roles to tell, but there is none"},
           {"ca_file = '/nowhere/ca.pem'", "notify.toml:1 to be a file of certificates"},
           {"[govuk_notify]\napi_key = 'env:APDR_TEST_HOOK'",
            "notify.toml:2 to name a key of GOV.UK Notify, but what it names is none"},
           {"[smtp]\nurl='smtps://u:p@m'\nfrom='a@b.c'", "notify.toml:2 to be smtp://"},
           {"[smtp]\nurl='https://m'\nfrom='a@b.c'", "notify.toml:2 to be smtp://"},
           {person + "settings=['URN:1']\nchannel='email'\naddress='no address'",
            "notify.toml:10 to fit the channel, but it does not"},
           {person + "settings=['URN:1']\nchannel='govuk-sms'\naddress='07700900123'",
            "notify.toml:9 to be set up"},
           {person + "channel='email'\naddress='a@b.c'",
            "notify.toml:5 to come with settings, authorities, cases or all = true"},
           {person + "all=true\nchannel='pigeon'\naddress='a@b.c'", "notify.toml:9 to be email"},
           {hook + "url='http://x'\nsecrets=['env:APDR_TEST_HOOK']",
            "notify.toml:5 to be an https"},
           {hook + "url='https://u:p@x'\nsecrets=['env:APDR_TEST_HOOK']",
            "notify.toml:5 to be an https"},
           {hook + "url='https://x'\nsecrets=['whsec_abc']",
            "notify.toml:6 to name a secret, but it is neither file:PATH nor env:NAME"},
           {hook + "url='https://x'\nsecrets=['env:APDR_TEST_ABSENT']",
            "notify.toml:6 to name a secret, but its environment variable is not set"},
           {hook + "url='https://x'\nsecrets=['env:APDR_TEST_GOVUK']",
            "notify.toml:6 to name webhook secrets"},
           {hook + "url='https://x'\nsecrets=['env:APDR_TEST_HOOK']\n" + hook, "notify.toml:8"},
       }) {
    const auto routes = Parse(wrong.text);
    ASSERT_FALSE(routes.ok()) << wrong.text;
    EXPECT_EQ(routes.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(routes.status().message()), StartsWith("Expected notify.toml:"))
        << wrong.text;
    EXPECT_THAT(std::string(routes.status().message()), HasSubstr(wrong.message)) << wrong.text;
  }
}

TEST(RoutesFile, SaysNoAddressAndNoSecret) {
  const auto routes = Parse(
      "[smtp]\nurl='smtps://m'\nfrom='a@b.c'\n[[recipients]]\nname='a'\ntenant='t1'\n"
      "roles=['senco']\nall=true\nchannel='email'\naddress='secret-person'");
  EXPECT_THAT(std::string(routes.status().message()), ::testing::Not(HasSubstr("secret-person")));
}

TEST(ReadSecret, ReadsAFileWithoutTheLineBreakAtItsEnd) {
  const std::string path = ::testing::TempDir() + "apdr_secret";
  std::ofstream(path) << "hush\n";
  EXPECT_EQ(ReadSecret("file:" + path)->Expose(), "hush");
  EXPECT_THAT(std::string(ReadSecret("file:/nowhere").status().message()),
              HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace apdr::notify
