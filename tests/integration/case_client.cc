#include "tests/integration/case_client.h"

#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/check.h"
#include "engine/base/clock.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/message_payload.h"
#include "engine/core/evolve.h"
#include "tests/support/sim_user.h"

namespace apdr::testing {

CaseClient::CaseClient(std::uint64_t number)
    : module_(sen::Code2015()),
      workflow_(module_),
      case_id_(absl::StrFormat("018f1111-0000-7000-8000-%012d", number)),
      random_(number),
      state_(workflow_.NewState()) {}

void CaseClient::MakeRequest() {
  const StreamId stream{TenantId("t1"), CaseId(case_id_)};
  const Date today = DateOf(SystemClock().Now(), workflow_.definition().zone);
  core::Command command;
  while (command.payload == nullptr) {
    command = RandomSenCommand(workflow_, stream, state_, today, random_);
  }
  const std::string type(command.payload->type());
  role_ = RandomActor(workflow_, type, stream, random_).role;
  request_.Clear();
  request_.set_request_id(absl::StrCat("r", ++requests_, ":", case_id_));
  request_.set_case_id(case_id_);
  request_.mutable_command()->PackFrom(
      static_cast<const codec::MessagePayload&>(*command.payload).message());
  open_ = true;
}

bool CaseClient::SendOne(Server& server) {
  if (open_) {
    ++retried_;
  } else {
    MakeRequest();
  }
  grpc::ClientContext context;
  Prepare(context, role_);
  command::v1::ExecuteResponse response;
  const grpc::Status status = server.commands->Execute(&context, request_, &response);
  switch (status.error_code()) {
    case grpc::UNAVAILABLE:
    case grpc::CANCELLED:
      return false;
    case grpc::OK:
      TakeAnswer(response);
      break;
    case grpc::FAILED_PRECONDITION:
    case grpc::INVALID_ARGUMENT:
      break;
    default:
      complaints_.push_back(absl::StrCat(request_.request_id(), ": ", status.error_message()));
  }
  open_ = false;
  return true;
}

void CaseClient::TakeAnswer(const command::v1::ExecuteResponse& response) {
  if (response.events_size() == 0) return;
  Promise promise{.case_id = case_id_,
                  .version = response.version(),
                  .shard = response.shard(),
                  .position = response.position(),
                  .event_ids = {}};
  for (const event::v1::Event& event : response.events()) {
    promise.event_ids.push_back(event.event_id());
    auto recorded = codec::FromMessage(event);
    APDR_CHECK(recorded.ok());
    if (recorded->header.version != CaseVersion(state_.version.value() + 1)) {
      complaints_.push_back(absl::StrCat("version ", event.version(), " was answered after ",
                                         state_.version.value()));
      return;
    }
    core::Evolve(workflow_, state_, recorded->event);
  }
  promises_.emplace(request_.request_id(), std::move(promise));
}

void AwaitCase(Server& server, const CaseClient& client,
               const std::vector<std::vector<event::v1::Event>>& log) {
  ASSERT_FALSE(client.promises().empty());
  query::v1::GetCaseRequest request;
  request.set_case_id(client.case_id());
  request.set_min_position(log.at(client.promises().begin()->second.shard).size());
  grpc::Status status(grpc::StatusCode::UNKNOWN, "not asked");
  for (int attempt = 0; !status.ok() && attempt < 10; ++attempt) {  // Each waits some seconds.
    grpc::ClientContext context;
    Prepare(context);
    query::v1::GetCaseResponse response;
    status = server.queries->GetCase(&context, request, &response);
  }
  EXPECT_TRUE(status.ok()) << status.error_message();
}

std::vector<std::string> CheckPromises(const std::vector<std::vector<event::v1::Event>>& log,
                                       const std::vector<const CaseClient*>& clients) {
  std::vector<std::string> findings;
  std::map<std::string, const event::v1::Event*> by_id;
  std::map<std::string, std::uint64_t> versions;
  std::map<std::string, std::set<std::uint64_t>> request_versions;
  for (const auto& shard : log) {
    std::uint64_t position = 0;
    for (const event::v1::Event& event : shard) {
      if (event.position() != ++position) findings.push_back("positions are not dense");
      if (event.version() != ++versions[event.case_id()]) {
        findings.push_back("versions are not dense: " + event.case_id());
      }
      if (!by_id.emplace(event.event_id(), &event).second) {
        findings.push_back("an event is there twice: " + event.event_id());
      }
      request_versions[event.request_id()].insert(event.version());
    }
  }
  // The events of one request stand together; a second effect would stand elsewhere.
  for (const auto& [request_id, its] : request_versions) {
    if (*its.rbegin() - *its.begin() + 1 != its.size()) {
      findings.push_back("a request had two effects: " + request_id);
    }
  }
  for (const CaseClient* client : clients) {
    for (const std::string& complaint : client->complaints()) findings.push_back(complaint);
    for (const auto& [request_id, promise] : client->promises()) {
      if (request_versions[request_id].size() != promise.event_ids.size()) {
        findings.push_back("a request had another effect than was answered: " + request_id);
      }
      for (std::size_t i = 0; i < promise.event_ids.size(); ++i) {
        const auto found = by_id.find(promise.event_ids[i]);
        const std::uint64_t after = promise.event_ids.size() - 1 - i;
        if (found == by_id.end() || found->second->position() != promise.position - after ||
            found->second->version() != promise.version - after ||
            found->second->shard() != promise.shard) {
          findings.push_back("an acknowledged event is not where it was promised: " + request_id);
        }
      }
    }
  }
  return findings;
}

}  // namespace apdr::testing
