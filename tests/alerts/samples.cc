#include "tests/alerts/samples.h"

#include <utility>

#include "alerts/delivery.h"

namespace schoolwatch::alerts::testing {

core::Timestamp At(const char* rfc3339) { return core::ParseRfc3339(rfc3339).value(); }

core::Finding MakeFinding(const FindingSketch& sketch) {
  core::Finding finding;
  finding.id = sketch.id;
  finding.school = "quillbrook";
  finding.case_id = "Q7F3-2K";
  finding.fetched_at = At("2026-11-20T18:05:00Z");
  finding.post.kind = core::PostKind::kThreadPost;
  finding.post.url = "https://forum.example/t/81#p3";
  finding.post.thread_url = "https://forum.example/t/81";
  finding.post.thread_title = "What is going on at the gates?";
  finding.post.title = sketch.title;
  finding.post.text = sketch.text;
  finding.post.author = "GateWatcher";
  finding.post.published = At("2026-11-20T18:02:11Z");
  finding.post.source = "parents-forum";
  finding.post.platform = "forum";
  core::Judgement& judgement = finding.judgement;
  judgement.mentions = true;
  judgement.schools = {{.school = "quillbrook", .score = 0.98, .why = "full name"}};
  judgement.categories = sketch.categories;
  judgement.severity = sketch.severity;
  judgement.topics = sketch.topics;
  for (const core::Category category : sketch.categories) {
    judgement.scores[static_cast<std::size_t>(category)] = 0.93;
  }
  judgement.rules_version = "2026.1";
  const std::size_t at = sketch.text.find(sketch.hit);
  if (!sketch.hit.empty() && at != std::string::npos) {
    judgement.hits.push_back({.rule = "threat.weapon.bring",
                              .category = core::Category::kSafeguarding,
                              .weight = 3.2,
                              .field = core::PostField::kText,
                              .start = at,
                              .end = at + sketch.hit.size(),
                              .text = sketch.hit,
                              .why = "Speaks of bringing a weapon to the school",
                              .severity = core::Severity::kUrgent});
  }
  return finding;
}

core::Case CaseOf(const core::Finding& finding, const std::string& id) {
  return {.id = id,
          .school = finding.school,
          .state = core::CaseState::kNew,
          .title = finding.post.thread_title,
          .severity = finding.judgement.severity,
          .categories = finding.judgement.categories,
          .topics = finding.judgement.topics,
          .opened_at = finding.fetched_at,
          .changed_at = finding.fetched_at,
          .thread_url = finding.post.thread_url,
          .findings = {finding.id},
          .authors = 1,
          .sources = {finding.post.source},
          .history = {},
          .merged_into = {}};
}

AlertBatch MakeBatch(std::vector<core::Finding> findings, core::Delivery delivery,
                     std::string_view reason) {
  core::OutboxBatch batch;
  batch.key = "0123456789abcdef";
  batch.message_id = "alert-0123456789abcdef@alerts.example";
  batch.recipient = "dsl@quillbrook.example";
  batch.delivery = delivery;
  batch.school = "quillbrook";
  batch.created_at = At("2026-11-20T18:06:30Z");
  std::vector<AlertEntry> entries;
  for (core::Finding& finding : findings) {
    core::Case of = CaseOf(finding, finding.case_id);
    entries.push_back({std::move(of), std::move(finding), std::string(reason)});
  }
  core::School school;
  school.key = "quillbrook";
  school.name = "Quillbrook Academy";
  return MakeAlertBatch(std::move(batch), std::move(entries), std::vector{school});
}

config::Contact Contact(std::string role, std::string name, std::string email) {
  return {.role = std::move(role),
          .name = std::move(name),
          .email = std::move(email),
          .schools = {},
          .where = {}};
}

std::string TemplatesFolder() { return SW_SOURCE_DIR "/config/templates"; }

}  // namespace schoolwatch::alerts::testing
