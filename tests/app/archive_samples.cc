#include "tests/app/archive_samples.h"

#include <string>

#include "tests/app/samples.h"

namespace schoolwatch::app {
namespace {

constexpr std::string_view kLogKey = "the sample's key";

ExportedFinding MakeFinding(const std::string& id, const std::string& text) {
  const JudgedPost judged = Allegation(id, text, core::Severity::kMedium);
  ExportedFinding made;
  made.finding = {.id = id,
                  .school = "quillbrook",
                  .case_id = "Q7F3-2K",
                  .post = judged.post,
                  .judgement = judged.judgement,
                  .fetched_at = At("2026-11-20T18:30:00Z")};
  core::Evidence& evidence = made.evidence.emplace();
  evidence.finding_id = id;
  evidence.school = "quillbrook";
  evidence.post = judged.post;
  evidence.url = "http://herald.example/gates";
  evidence.redirects = {"http://herald.example/old"};
  evidence.status = 200;
  evidence.headers = {"content-type", "text/html", "date", "Fri, 20 Nov 2026 18:30:00 GMT"};
  evidence.address = "192.0.2.7";
  evidence.certificate = core::ToHex(core::HashSha256("a certificate"));
  evidence.fetched_at = made.finding.fetched_at;
  evidence.time_zone = "Europe/London";
  evidence.local_time = core::FormatLocalTime(evidence.fetched_at, evidence.time_zone);
  evidence.fragment = "<li id=\"" + id + "\"><p>" + text + "</p></li>";
  evidence.fragment_type = "text/html; charset=utf-8";
  evidence.body_hash = core::HashSha256("the page");
  evidence.body_bytes = 8'000;
  made.key = core::SubjectKey(kLogKey, core::EvidenceSubject(id));
  return made;
}

}  // namespace

CaseExport SampleExport() {
  CaseExport made;
  made.of = {.id = "Q7F3-2K",
             .school = "quillbrook",
             .title = "What happened at the gates",
             .severity = core::Severity::kMedium,
             .categories = {core::Category::kDefamatory},
             .topics = {"money"},
             .opened_at = At("2026-11-20T18:30:01Z"),
             .changed_at = At("2026-11-20T18:30:01Z"),
             .thread_url = "http://herald.example/gates",
             .findings = {"f1", "f2"},
             .authors = 1,
             .sources = {"herald"},
             .history = {{.at = At("2026-11-20T18:30:01Z"),
                          .who = {},
                          .kind = core::CaseEventKind::kOpened,
                          .about = {},
                          .reason = {}},
                         {.at = At("2026-11-20T19:00:00Z"),
                          .who = "Ada <Wren>",
                          .kind = core::CaseEventKind::kNoted,
                          .about = {},
                          .reason = "rang the parents & listened"}},
             .merged_into = {}};
  made.school_name = "Quillbrook Academy";
  made.time_zone = "Europe/London";
  made.findings = {MakeFinding("f1", "Mr Thrale did something wrong with the money."),
                   MakeFinding("f2", "He took the trip money too — all of it.")};
  made.findings[1].versions = {{.finding_id = "f2",
                                .at = At("2026-11-20T19:30:00Z"),
                                .title = {},
                                .text = "He took <some> of the trip money too.",
                                .severity = core::Severity::kMedium,
                                .categories = {core::Category::kDefamatory}}};
  made.exported_at = At("2026-11-21T09:00:00Z");
  made.made_by = "schoolwatch 0.1.0";

  core::AuditHead log;
  core::AuditHead of_case;
  const auto record = [&](core::AuditEvent event) {
    event.case_id = made.of.id;
    core::AuditEntry entry = core::MakeEntry(event, kLogKey, made.of.opened_at, log, of_case);
    log = {entry.number, entry.number, entry.hash};
    of_case = {entry.number, entry.case_entry, entry.hash};
    made.audit.push_back(std::move(entry));
  };
  record({.action = core::AuditAction::kCaseOpened, .subject = "case", .content = "x"});
  record({.action = core::AuditAction::kFindingKept, .subject = "finding f1", .content = "x"});
  for (const ExportedFinding& one : made.findings) {
    record({.action = core::AuditAction::kEvidenceKept,
            .subject = core::EvidenceSubject(one.finding.id),
            .content = core::EvidenceStatement(*one.evidence)});
  }
  record({.action = core::AuditAction::kLooked, .actor = core::AuditActor::kHeadteacher});
  record({.action = core::AuditAction::kExported, .actor = core::AuditActor::kOperator});
  return made;
}

}  // namespace schoolwatch::app
