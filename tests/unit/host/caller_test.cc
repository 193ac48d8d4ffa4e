#include "services/host/caller.h"

#include <gtest/gtest.h>

#include <string>

namespace apdr::host {
namespace {

using Metadata = std::multimap<grpc::string_ref, grpc::string_ref>;

TEST(ReadCaller, TakesTheCallerFromTheMetadata) {
  const auto caller = ReadCaller(Metadata{{"apdr-tenant", "la-801"},
                                          {"apdr-actor", "p1"},
                                          {"apdr-role", "senco"},
                                          {"apdr-setting", "URN:199001"}});

  ASSERT_TRUE(std::holds_alternative<Caller>(caller));
  EXPECT_EQ(std::get<Caller>(caller).tenant, TenantId("la-801"));
  EXPECT_EQ(std::get<Caller>(caller).actor_id, "p1");
  EXPECT_EQ(std::get<Caller>(caller).role, "senco");
  EXPECT_EQ(std::get<Caller>(caller).setting_id, "URN:199001");
}

TEST(ReadCaller, NamesTheEntryThatIsMissing) {
  const auto caller = ReadCaller(Metadata{{"apdr-tenant", "la-801"}, {"apdr-role", "senco"}});

  ASSERT_TRUE(std::holds_alternative<ErrorReply>(caller));
  EXPECT_EQ(std::get<ErrorReply>(caller).reason, "CALLER_UNKNOWN");
  EXPECT_EQ(std::get<ErrorReply>(caller).code, grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(std::get<ErrorReply>(caller).metadata.at("entry"), "apdr-actor");
}

TEST(ReadCaller, RefusesAnEntryThatIsNoCode) {
  const std::string too_long(65, 'a');
  for (const std::string& bad : {std::string("two words"), std::string(), too_long}) {
    const auto caller =
        ReadCaller(Metadata{{"apdr-tenant", bad}, {"apdr-actor", "p1"}, {"apdr-role", "senco"}});
    ASSERT_TRUE(std::holds_alternative<ErrorReply>(caller)) << bad;
    EXPECT_EQ(std::get<ErrorReply>(caller).metadata.at("entry"), "apdr-tenant");
  }
}

}  // namespace
}  // namespace apdr::host
