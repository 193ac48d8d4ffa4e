#include "services/notify/mail_channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <vector>

namespace apdr::notify {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A mail server as the test wants it.
class ScriptedMailServer final : public MailServer {
 public:
  absl::StatusOr<int> Send(const Mail& mail) override {
    mails.push_back(mail);
    auto answer = answers.front();
    answers.pop_front();
    return answer;
  }
  std::deque<absl::StatusOr<int>> answers;
  std::vector<Mail> mails;
};

class MailChannelTest : public ::testing::Test {
 protected:
  MailChannelTest() : channel_(server_, "apdr@la.example") {
    delivery_.set_delivery_id("d1");
    recipient_.address = Sensitive<std::string>("head@school.example");
  }

  SendResult Send(const std::string& subject = "Review overdue") {
    return channel_.Send({.delivery = delivery_,
                          .recipient = recipient_,
                          .subject = subject,
                          .text = "Sign in to see it.",
                          .now = absl::FromUnixSeconds(1770619200)});
  }

  ScriptedMailServer server_;
  MailChannel channel_;
  query::v1::Delivery delivery_;
  Recipient recipient_;
};

TEST_F(MailChannelTest, WritesAMailWhoseIdFollowsFromTheDelivery) {
  server_.answers = {250};
  EXPECT_EQ(Send().outcome, query::v1::ATTEMPT_OUTCOME_DELIVERED);
  const Mail& mail = server_.mails.at(0);
  EXPECT_EQ(mail.from, "apdr@la.example");
  EXPECT_EQ(mail.to, "head@school.example");
  EXPECT_EQ(mail.content,
            "Date: Mon, 09 Feb 2026 06:40:00 +0000\r\nFrom: <apdr@la.example>\r\n"
            "To: <head@school.example>\r\nSubject: Review overdue\r\n"
            "Message-ID: <d1@la.example>\r\nAuto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\nU2lnbiBpbiB0byBzZWUgaXQu\r\n");
}

TEST_F(MailChannelTest, EncodesWhatIsNotAscii) {
  server_.answers = {250};
  (void)Send("Adolygiad: âêîôûŵŷ âêîôûŵŷ âêîôûŵŷ âêîôûŵŷ");
  const std::string& content = server_.mails.at(0).content;
  EXPECT_THAT(content, HasSubstr("\r\nSubject: =?utf-8?B?"));
  EXPECT_THAT(content, HasSubstr("?=\r\n =?utf-8?B?"));
  EXPECT_THAT(content, Not(HasSubstr("â")));
}

TEST_F(MailChannelTest, SaysWhatAnAnswerMeans) {
  server_.answers = {451, 550, absl::UnavailableError("no connection"),
                     absl::DeadlineExceededError("timeout")};
  EXPECT_EQ(Send().outcome, query::v1::ATTEMPT_OUTCOME_FAILED);
  EXPECT_EQ(Send().outcome, query::v1::ATTEMPT_OUTCOME_REFUSED);
  EXPECT_EQ(Send().outcome, query::v1::ATTEMPT_OUTCOME_FAILED);
  EXPECT_EQ(Send().outcome, query::v1::ATTEMPT_OUTCOME_UNKNOWN);
}

}  // namespace
}  // namespace apdr::notify
