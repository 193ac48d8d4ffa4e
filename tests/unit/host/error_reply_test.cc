#include "services/host/error_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "apdr/error/v1/error_info.pb.h"

namespace apdr::host {
namespace {

using ::testing::HasSubstr;

TEST(ToGrpcStatus, CarriesOneErrorInfoUnderGooglesTypeUrl) {
  const grpc::Status status =
      ToGrpcStatus(MakeError(error::v1::ERROR_CODE_PAGE_SIZE_INVALID,
                             "Expected a page, but it is too large.", {{"page_size", "5000"}}));

  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  error::v1::StatusDetails details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  ASSERT_EQ(details.details_size(), 1);
  EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
  error::v1::ErrorInfo info;
  ASSERT_TRUE(info.ParseFromString(details.details(0).value()));
  EXPECT_EQ(info.reason(), "PAGE_SIZE_INVALID");
  EXPECT_EQ(info.domain(), "apdr");
  EXPECT_EQ(info.metadata().at("page_size"), "5000");
}

TEST(FromStatus, SaysWhatTheCallerShouldDo) {
  EXPECT_EQ(FromStatus(absl::UnavailableError("x")).reason, "SHUTTING_DOWN");
  EXPECT_EQ(FromStatus(absl::ResourceExhaustedError("x")).reason, "OVERLOADED");
  EXPECT_EQ(FromStatus(absl::DataLossError("x")).reason, "STORE_DAMAGED");
  EXPECT_EQ(FromStatus(absl::InternalError("x")).reason, "OUTCOME_UNKNOWN");
}

TEST(ErrorsPage, HasEveryReasonOfTheCatalogueWithItsHelp) {
  const std::ifstream file("docs/errors.md");
  std::stringstream page;
  page << file.rdbuf();
  const auto* catalogue = error::v1::ErrorCode_descriptor();
  for (int i = 1; i < catalogue->value_count(); ++i) {
    const auto code = static_cast<error::v1::ErrorCode>(catalogue->value(i)->number());
    const std::string reason(ReasonOf(code));
    EXPECT_THAT(page.str(), HasSubstr(absl::StrCat("| `", reason, "` |")));
    EXPECT_FALSE(HelpFor(reason).empty()) << reason;
    EXPECT_THAT(page.str(), HasSubstr(HelpFor(reason)));
  }
}

}  // namespace
}  // namespace apdr::host
