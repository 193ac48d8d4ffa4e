#include "services/document/document_reader.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/sha256.h"
#include "services/document/html.h"
#include "services/document/words.h"
#include "services/query/access.h"
#include "services/query/moment.h"
#include "services/query/reached.h"

namespace apdr::document {
namespace {

using host::ErrorReply;
using query::InvalidField;
using query::Reply;
using query::v1::GetDocumentRequest;
using query::v1::GetDocumentResponse;
using enum query::v1::DocumentKind;

bool HasCycles(query::v1::DocumentKind kind) {
  return kind == DOCUMENT_KIND_PLAN || kind == DOCUMENT_KIND_REVIEW_RECORD;
}

std::optional<ErrorReply> CheckKind(const GetDocumentRequest& request) {
  if (request.kind() == DOCUMENT_KIND_UNSPECIFIED) {
    return host::MakeError(error::v1::ERROR_CODE_FIELD_REQUIRED,
                           "Expected to make a document, but kind is not given.",
                           {{"field", "kind"}});
  }
  if (!query::v1::DocumentKind_IsValid(request.kind())) {
    return host::MakeError(error::v1::ERROR_CODE_ENUM_UNKNOWN,
                           absl::StrCat("Expected to make a document, but kind has no value ",
                                        static_cast<int>(request.kind()), "."),
                           {{"field", "kind"}});
  }
  if (request.cycle() != 0 && !HasCycles(request.kind())) {
    return InvalidField("cycle", "must be 0: only plans and review records belong to a cycle");
  }
  return std::nullopt;
}

// Roles that examine a case (5.3 of the access matrix); anybody else is given what the family is.
bool Examines(const host::Caller& caller) {
  static const auto* const kRoles = new std::set<std::string>{
      "teacher", "keyworker",       "tutor",     "senco",   "named-person", "area-senco",
      "head",    "la-send-officer", "inspector", "auditor", "system"};
  return kRoles->contains(caller.role);
}

// The bundle is for who examines a case; everything else is made to be handed to the family.
Readers ReadersOf(const GetDocumentRequest& request, const host::Caller& caller) {
  return request.kind() == DOCUMENT_KIND_EVIDENCE_BUNDLE && Examines(caller) ? Readers::kAll
                                                                             : Readers::kFamily;
}

// There is no such document yet: what would bring it about.
ErrorReply NotThereYet(const GetDocumentRequest& request, const std::vector<std::uint32_t>& has) {
  if (request.kind() == DOCUMENT_KIND_ONE_PAGE_PROFILE) {
    return InvalidField("kind",
                        "names a one-page profile, which the case does not have yet: record one "
                        "with CreateOnePageProfile");
  }
  if (!has.empty()) {
    return InvalidField("cycle", absl::StrCat("must be one of ", absl::StrJoin(has, ", "),
                                              ", or 0 for the newest"));
  }
  return request.kind() == DOCUMENT_KIND_PLAN
             ? InvalidField("kind",
                            "names a plan, which the case does not have yet: agree one with "
                            "AgreePlan")
             : InvalidField("kind",
                            "names a review record, which the case does not have yet: hold the "
                            "review with HoldReview");
}

// From what it was made, so that it can be made again: no clock is asked.
std::vector<std::string> FooterOf(const history::CaseHistory& history,
                                  const history::Moment& moment, absl::TimeZone zone) {
  absl::Time made_at = absl::InfinitePast();
  for (const event::v1::Event& event : history.events) {
    made_at = std::max(made_at, history::RecordedAt(event));
  }
  std::string asked;
  if (moment.as_at) {
    absl::StrAppend(&asked, " As at ", DateInWords(FormatDate(*moment.as_at)), ".");
  }
  if (moment.known_at != absl::InfiniteFuture()) {
    absl::StrAppend(&asked, " As known at ", FormatInstant(moment.known_at), ".");
  }
  return {absl::StrCat("Case ", history.view.case_id(), ", version ", history.view.version(),
                       ", policy ", history.events.back().policy(), ".", asked),
          absl::StrCat("Made from the record as it stood at its last entry here: ",
                       InstantInWords(made_at, zone), " (", FormatInstant(made_at),
                       "). The same question about the same record gives the same document.")};
}

std::string FileName(const GetDocumentRequest& request, const history::CaseHistory& history,
                     std::uint32_t cycle) {
  std::string kind(query::v1::DocumentKind_Name(request.kind())
                       .substr(std::string_view("DOCUMENT_KIND_").size()));
  std::ranges::transform(kind, kind.begin(), [](char c) {
    return c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return absl::StrCat(kind, cycle == 0 ? "" : absl::StrCat("-cycle-", cycle), "-",
                      history.view.case_id(), "-v", history.view.version(), ".html");
}

// The part of the document that begins at the request's offset.
Reply<GetDocumentResponse> Part(const std::string& html, std::uint64_t offset) {
  if (offset > html.size()) {
    return InvalidField("offset",
                        absl::StrCat("must be at most ", html.size(), ", where the document ends"));
  }
  GetDocumentResponse response;
  response.set_content(html.substr(offset, kPartBytesMax));
  response.set_media_type("text/html; charset=utf-8");
  response.set_sha256(Sha256Hex(html));
  response.set_total_bytes(html.size());
  return response;
}

ErrorReply CaseUnknown(std::string message, const std::string& case_id) {
  return host::MakeError(error::v1::ERROR_CODE_CASE_UNKNOWN, std::move(message),
                         {{"case_id", case_id}});
}

// What a document is made of.
struct Made {
  Page page;
  std::uint32_t cycle = 0;  // 0: it belongs to none.
};

Reply<Made> Make(const GetDocumentRequest& request, const Sources& sources,
                 const Manifest& manifest) {
  std::vector<std::uint32_t> cycles;
  std::optional<Page> page;
  switch (request.kind()) {
    case DOCUMENT_KIND_ONE_PAGE_PROFILE:
      page = ProfilePage(sources);
      break;
    case DOCUMENT_KIND_PLAN:
      cycles = PlannedCycles(sources.record);
      page = PlanPage(sources, request.cycle());
      break;
    case DOCUMENT_KIND_REVIEW_RECORD:
      cycles = ReviewedCycles(sources.record);
      page = ReviewPage(sources, request.cycle());
      break;
    case DOCUMENT_KIND_CHRONOLOGY:
      page = ChronologyPage(sources);
      break;
    default:  // CheckKind let no other pass.
      page = EvidencePage(sources, manifest);
      break;
  }
  if (!page) return NotThereYet(request, cycles);
  const std::uint32_t newest = cycles.empty() ? 0 : cycles.back();
  return Made{.page = *std::move(page), .cycle = request.cycle() != 0 ? request.cycle() : newest};
}

}  // namespace

DocumentReader::DocumentReader(Parts parts) : parts_(std::move(parts)) {}

Reply<GetDocumentResponse> DocumentReader::GetDocument(const host::Caller& caller,
                                                       const GetDocumentRequest& request) const {
  if (auto error = query::CheckCaseId(request.case_id())) return *std::move(error);
  if (auto error = CheckKind(request)) return *std::move(error);
  auto asked = query::MomentOf(request);
  if (auto* error = std::get_if<ErrorReply>(&asked)) return std::move(*error);
  const auto& moment = std::get<history::Moment>(asked);
  const StreamId stream{caller.tenant, CaseId(request.case_id())};
  auto reached =
      query::CheckReached(parts_.model, parts_.shard_count, stream, request.min_position());
  if (auto* error = std::get_if<ErrorReply>(&reached)) return std::move(*error);

  if (auto error = query::CheckMayRead(caller, parts_.model, stream)) return *std::move(error);
  const auto history = history::ReadHistory(parts_.model, parts_.workflow, stream, moment);
  if (absl::IsFailedPrecondition(history.status())) {
    return CaseUnknown("Expected to make a document of a case, but its record has been erased.",
                       request.case_id());
  }
  if (!history.ok()) return host::FromStatus(history.status());
  if (!*history) {
    return CaseUnknown("Expected to make a document of a case, but there is no such case then.",
                       request.case_id());
  }
  const auto now = history::ReadHistory(parts_.model, parts_.workflow, stream, {});
  if (!now.ok()) return host::FromStatus(now.status());
  const auto record = CaseRecord::Read(**history, **now, ReadersOf(request, caller));
  if (!record.ok()) return host::FromStatus(record.status());
  Manifest manifest;
  if (request.kind() == DOCUMENT_KIND_EVIDENCE_BUNDLE) {
    std::set<std::string> ids;
    for (const Entry& entry : record->entries()) ids.insert(entry.event->event_id());
    auto read = ReadManifest(parts_.model, stream, ids);
    if (!read.ok()) return host::FromStatus(read.status());
    manifest = *std::move(read);
  }
  auto made = Make(
      request, {.record = *record, .workflow = parts_.workflow, .titles = parts_.titles}, manifest);
  if (auto* error = std::get_if<ErrorReply>(&made)) return std::move(*error);
  auto& [page, cycle] = std::get<Made>(made);
  if (record->withheld() > 0) page.notes.push_back("Some items are not included.");
  page.footer = FooterOf(**history, moment, parts_.workflow.definition().zone);
  auto part = Part(ToHtml(page, record->unprinted()), request.offset());
  if (auto* response = std::get_if<GetDocumentResponse>(&part)) {
    response->set_file_name(FileName(request, **history, cycle));
    response->set_as_of_position(std::get<Position>(reached).value());
  }
  return part;
}

}  // namespace apdr::document
