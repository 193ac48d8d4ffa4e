// The gate before what is stored and spoken, on small schemas: what it refuses and what it lets in.
#include <gmock/gmock.h>
#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/arch/schemas.h"

namespace apdr::arch {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kSchema[] = R"(syntax = "proto3";
package apdr.x.v1;
import "google/protobuf/descriptor.proto";
enum Kind { KIND_UNSPECIFIED = 0; KIND_ONE = 1; }
message Closed {}
message Plan {
  message Part { string name = 1; }
  string title = 1;
  repeated string goals = 2;
  Kind kind = 3;
  optional bool agreed = 4;
  oneof place { string room = 5; string school = 6; }
  map<string, string> labels = 7;
  Part part = 8;
}
message AskRequest { uint32 limit = 1; }
message AskResponse { Plan plan = 1; }
service PlanService { rpc Ask(AskRequest) returns (AskResponse); }
extend google.protobuf.FieldOptions { bool sensitive = 50102; }
)";

class Ignore final : public google::protobuf::io::ErrorCollector {
  void AddError(int, google::protobuf::io::ColumnNumber, const std::string&) override {}
};

// What the gate sees of a schema in memory. Fails the test when it is not one.
std::vector<std::string> LinesOf(const std::string& schema) {
  google::protobuf::io::ArrayInputStream input(schema.data(), static_cast<int>(schema.size()));
  Ignore ignore;
  google::protobuf::io::Tokenizer tokenizer(&input, &ignore);
  google::protobuf::FileDescriptorProto parsed;
  EXPECT_TRUE(google::protobuf::compiler::Parser().Parse(&tokenizer, &parsed)) << schema;
  parsed.set_name("apdr/x/v1/x.proto");
  google::protobuf::DescriptorPool pool(google::protobuf::DescriptorPool::generated_pool());
  const google::protobuf::FileDescriptor* file = pool.BuildFile(parsed);
  EXPECT_NE(file, nullptr) << schema;
  return file == nullptr ? std::vector<std::string>() : WireLines(Frozen({file}));
}

struct Change {
  std::string name;
  std::string from;  // Once in kSchema.
  std::string to;
};

FrozenDifference After(const Change& change) {
  std::string schema = kSchema;
  const std::size_t at = schema.find(change.from);
  EXPECT_NE(at, std::string::npos) << change.from;
  schema.replace(at, change.from.size(), change.to);
  return CompareFrozen(LinesOf(kSchema), LinesOf(schema));
}

TEST(Frozen, RefusesWhatBreaksAReaderOrACaller) {
  const std::vector<Change> changes = {
      {"field gone", "string title = 1;", "reserved 1;"},
      {"field renumbered", "title = 1", "title = 9"},
      {"field of another type", "string title", "bytes title"},
      {"field of another enum", "Kind kind = 3;", "enum Other { NONE = 0; } Other kind = 3;"},
      {"field of another message", "  Part part", "  AskRequest part"},
      {"field renamed", "string title", "string heading"},
      {"field renamed in JSON", "title = 1", "title = 1 [json_name = \"heading\"]"},
      {"list made single", "repeated string", "string"},
      {"field made a list", "string title", "repeated string title"},
      {"presence taken", "optional bool", "bool"},
      {"presence given", "string title", "optional string title"},
      {"field moved into a oneof", "oneof place { string room = 5; string school = 6; }",
       "string room = 5; oneof place { string school = 6; }"},
      {"oneof renamed", "oneof place", "oneof where"},
      {"map of another type", "map<string, string>", "map<string, uint32>"},
      {"field of an inner message gone", "string name = 1;", ""},
      {"enum value gone", " KIND_ONE = 1;", ""},
      {"enum value renumbered", "KIND_ONE = 1", "KIND_ONE = 2"},
      {"enum value renamed", "KIND_ONE", "KIND_FIRST"},
      {"message without fields gone", "message Closed {}", ""},
      {"message renamed", "message Closed", "message Shut"},
      {"package renamed", "package apdr.x.v1", "package apdr.x.v2"},
      {"method gone", "rpc Ask(AskRequest) returns (AskResponse);", ""},
      {"method renamed", "rpc Ask(", "rpc Question("},
      {"method that takes something else", "(AskRequest)", "(Plan)"},
      {"method that gives something else", "(AskResponse)", "(Plan)"},
      {"method that takes a stream", "(AskRequest)", "(stream AskRequest)"},
      {"method that gives a stream", "(AskResponse)", "(stream AskResponse)"},
      {"extension renumbered", "sensitive = 50102", "sensitive = 50103"},
      {"extension of something else", "google.protobuf.FieldOptions",
       "google.protobuf.EnumOptions"},
  };
  for (const Change& change : changes)
    EXPECT_THAT(After(change).gone, Not(IsEmpty())) << change.name;
}

TEST(Frozen, LetsInWhatIsNewOnceItIsWrittenDown) {
  const std::vector<Change> changes = {
      {"field", "string title = 1;", "string title = 1; string note = 9;"},
      {"field in a oneof", "string room = 5;", "string room = 5; string street = 9;"},
      {"enum value", "KIND_ONE = 1;", "KIND_ONE = 1; KIND_TWO = 2;"},
      {"message", "message Closed {}", "message Closed {} message Opened {}"},
      {"method", "rpc Ask(", "rpc Tell(AskRequest) returns (AskResponse); rpc Ask("},
      {"extension", "bool sensitive = 50102;", "bool sensitive = 50102; bool secret = 50104;"},
  };
  for (const Change& change : changes) {
    EXPECT_THAT(After(change).gone, IsEmpty()) << change.name;
    EXPECT_THAT(After(change).added, Not(IsEmpty())) << change.name;
  }
}

TEST(Frozen, DoesNotCareForOrderAndComments) {
  const Change change{"", "message Closed {}\n",
                      "// What is over.\nmessage Closed { reserved 1; }\n"};
  EXPECT_THAT(After(change).gone, IsEmpty());
  EXPECT_THAT(After(change).added, IsEmpty());
}

TEST(Frozen, LeavesOutCachesAndNothingElse) {
  std::string cache = kSchema;
  cache.replace(cache.find("apdr.x.v1"), 9, "apdr.x.state.v1");
  EXPECT_THAT(LinesOf(cache), IsEmpty());
  std::string domain = kSchema;
  domain.replace(domain.find("apdr.x.v1"), 9, "apdr.youth.v1");
  EXPECT_THAT(LinesOf(domain), Not(IsEmpty()));
}

}  // namespace
}  // namespace apdr::arch
