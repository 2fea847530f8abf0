#include "tests/alerts/mail_samples.h"

#include <chrono>
#include <utility>

#include "alerts/report.h"
#include "alerts/template_set.h"
#include "alerts/wording.h"
#include "tests/alerts/samples.h"

namespace schoolwatch::alerts::testing {
namespace {

using core::Category;
using core::Delivery;
using core::Severity;

// A rule that fired on `words` of the finding's text.
struct Reason {
  std::string words;
  std::string rule;
  std::string why;
};

struct Said {
  std::string id = "f1";
  std::string case_id = "Q7F3-2K";
  Category category = Category::kSafeguarding;
  Severity severity = Severity::kUrgent;
  std::vector<std::string> topics;
  std::string text;
  std::vector<Reason> reasons;
  std::string author;
  std::string thread;
  std::string url = "https://forum.example/t/81#p3";
  core::PostKind kind = core::PostKind::kThreadPost;
};

core::Finding Find(const Said& said) {
  core::Finding finding = MakeFinding({.id = said.id,
                                       .categories = {said.category},
                                       .severity = said.severity,
                                       .topics = said.topics,
                                       .title = "",
                                       .text = said.text,
                                       .hit = ""});
  finding.case_id = said.case_id;
  finding.post.author = said.author;
  finding.post.thread_title = said.thread;
  finding.post.url = said.url;
  finding.post.kind = said.kind;
  double weight = 4;
  for (const Reason& reason : said.reasons) {
    const std::size_t at = said.text.find(reason.words);
    finding.judgement.hits.push_back({.rule = reason.rule,
                                      .category = said.category,
                                      .weight = weight -= 0.5,
                                      .start = at,
                                      .end = at + reason.words.size(),
                                      .text = reason.words,
                                      .why = reason.why,
                                      .severity = said.severity});
  }
  return finding;
}

void AddAnswers(const std::string& case_id, AlertBatch& batch) {
  constexpr const char* kTo = "reports@quillbrook-academy.example";
  for (const char* label : {"Seen", "In hand", "No concern", "Not about us", "Please call me"}) {
    const std::string token = "sw1." + case_id + ".0123456789abcdef";
    batch.answers.push_back(
        {.case_id = case_id,
         .label = label,
         .href = "mailto:" + std::string(kTo) + "?subject=" + token + "&body=Reason%3A%20",
         .to = kTo,
         .token = token});
  }
}

AlertBatch Batch(std::vector<core::Finding> findings, Delivery delivery, std::string_view reason,
                 const std::string& role) {
  AlertBatch batch = MakeBatch(std::move(findings), delivery, reason);
  for (AlertEntry& entry : batch.entries) {
    entry.source_title = "Parents' forum";
    AddAnswers(entry.case_now.id, batch);
    // What may be safeguarding has 24 hours, whatever day it is; this is a Friday evening.
    entry.answer_by = entry.finding.judgement.categories.front() == Category::kSafeguarding
                          ? At("2026-11-21T18:06:00Z")
                          : At("2026-11-23T17:00:00Z");
    entry.role = role;
  }
  core::OutboxItem& item = batch.batch.items.emplace_back();
  item.role = role;
  item.school = "quillbrook";
  return batch;
}

const Said kThreat{
    .topics = {"threat", "weapon"},
    .text =
        "My brother says a lad in Year 10 is going to bring a knife to Quillbrook Academy "
        "tomorrow to sort out what happened at the gates. I am scared. Please tell someone.",
    .reasons = {{"bring a knife", "threat.weapon.bring", "Speaks of bringing a weapon to school"},
                {"I am scared", "fear.child", "Somebody says that they are afraid"}},
    .author = "GateWatcher",
    .thread = "What is going on at the gates?"};

const Said kAllegation{
    .id = "f2",
    .case_id = "M4TN-8R",
    .category = Category::kDefamatory,
    .severity = Severity::kHigh,
    .topics = {"dishonesty_allegation"},
    .text =
        "The office at Quillbrook Academy has been pocketing the trip money for years and "
        "everybody there knows it.",
    .reasons = {{"pocketing the trip money", "dishonesty.money.taken",
                 "Says as a fact that somebody took money"}},
    .author = "weir_road_dad",
    .thread = "School trips"};

const Said kStaff{
    .id = "f3",
    .case_id = "H2WD-5V",
    .severity = Severity::kHigh,
    .topics = {"staff_conduct"},
    .text =
        "Why is nobody asking about the coach at Quillbrook Academy who messages girls in the "
        "team at night? It has been going on since September.",
    .reasons = {{"messages girls in the team at night", "staff.private-messages",
                 "Speaks of an adult at a school writing to children in private"}},
    .author = "touchline",
    .thread = "Under 15s fixtures"};

const Said kHead{
    .id = "f9",
    .case_id = "D5RB-6W",
    .severity = Severity::kMedium,
    .topics = {"staff_conduct"},
    .text =
        "The head of Quillbrook Academy drives pupils home alone and no one dares to say "
        "anything.",
    .reasons = {{"drives pupils home alone", "staff.alone-with-pupils",
                 "Speaks of an adult at a school being alone with pupils"}},
    .author = "riverside_gran",
    .thread = "Weir Road"};

const Said kImages{
    .id = "f4",
    .case_id = "B9KC-3J",
    .severity = Severity::kUrgent,
    .topics = {"indecent_images"},
    .text =
        "some Year 9s at Quillbrook Academy are passing round nudes of a girl and there is a "
        "whole folder of them at the link",
    .reasons = {{"passing round nudes of a girl", "images.shared",
                 "Speaks of indecent images of a child being shared"}},
    .author = "",
    .thread = "",
    .url = "https://board.example/read/5501"};

const Said kDinners{
    .id = "f5",
    .case_id = "C6LX-7P",
    .category = Category::kReputational,
    .severity = Severity::kLow,
    .topics = {"complaint"},
    .text =
        "Third cold dinner this week at Quillbrook Academy and the queue was out of the door. "
        "Come on, sort it out.",
    .reasons = {{"Third cold dinner", "complaint.catering", "Complains about school meals"}},
    .author = "Mum of three",
    .thread = "School dinners"};

const Said kParking{
    .id = "f6",
    .case_id = "V3ZQ-9D",
    .category = Category::kReputational,
    .severity = Severity::kMedium,
    .topics = {"petition"},
    .text =
        "Sign the petition: Quillbrook Academy must close Weir Road at home time before "
        "somebody is hurt. 412 of you have signed already.",
    .reasons = {{"Sign the petition", "petition.sign", "Calls for signatures"}},
    .author = "Weir Road Residents",
    .thread = "",
    .url = "https://petitions.example/weir-road",
    .kind = core::PostKind::kArticle};

AlertBatch Notice() {
  AlertBatch batch = Batch({}, Delivery::kNow, kReasonNew, "headteacher");
  batch.school_name = "Quillbrook Academy";
  batch.batch.items.front().notice = {
      .kind = "report",
      .subject = "the week from 16 to 22 November",
      .text =
          "1,204 posts were read at 9 places, 31 of them about the school.\n\n"
          "4 alerts went out; the slowest took 11 minutes.",
      .html =
          "<p>1,204 posts were read at 9 places, 31 of them about the school.</p>\n"
          "<table class=\"figures\"><tr><th scope=\"col\">What</th>"
          "<th scope=\"col\" class=\"number\">Number</th></tr>"
          "<tr><td>Alerts</td><td class=\"number\">4</td></tr>"
          "<tr><td>Answered in time</td><td class=\"number\">3</td></tr></table>\n"};
  return batch;
}

// The weekly report, or the governors', about a busy week; sources are called `source`.
AlertBatch ReportBatch(ReportFor audience, const std::string& source) {
  Report report;
  report.audience = audience;
  report.from = At("2026-11-13T15:00:00Z");
  report.to = At("2026-11-20T15:00:00Z");
  report.counted_since = report.from;
  report.posts_read = 35'840;
  report.mentions = 31;
  report.opened = 11;
  report.posts = 19;
  report.open_now = 2;
  report.bars = {{.label = "13 Nov", .reputational = 1},
                 {.label = "14 Nov", .safeguarding = 1, .reputational = 2},
                 {.label = "15 Nov"},
                 {.label = "16 Nov", .defamatory = 1, .reputational = 1},
                 {.label = "17 Nov", .safeguarding = 2},
                 {.label = "18 Nov", .reputational = 1},
                 {.label = "19 Nov", .safeguarding = 1, .defamatory = 1}};
  report.priorities = {
      {.label = "urgent", .count = 1}, {.label = "high", .count = 3}, {.label = "low", .count = 7}};
  report.topics = {{.label = "behaviour", .count = 6}, {.label = "self harm", .count = 1}};
  report.sources = {{.label = source, .count = 8}, {.label = "Reviews", .count = 3}};
  report.outcomes = {{.label = "concern", .count = 5}, {.label = "no concern", .count = 4}};
  report.worth = 5;
  report.until_found = std::chrono::minutes(25);
  report.until_alert = std::chrono::seconds(70);
  report.until_answered = std::chrono::hours(3);
  report.answered = 9;
  report.answered_in_a_day = 8;
  report.gone = 1;
  report.deleted = 5;
  report.waiting = {{.id = "Q7F3-2KXM",
                     .category = Category::kSafeguarding,
                     .severity = Severity::kHigh,
                     .opened_at = At("2026-11-19T08:00:00Z")},
                    {.id = "M4TN-8RBB",
                     .category = Category::kDefamatory,
                     .severity = Severity::kHigh,
                     .opened_at = At("2026-11-19T16:20:00Z")}};
  report.ill_sources = {source};
  AlertBatch batch = Notice();
  const auto templates = TemplateSet::Load(TemplatesFolder(), {"report"});
  const auto clock = LocalClock::Make("Europe/London");
  batch.batch.items.front().notice = MakeReportNotice(report, *templates.value(), *clock.value());
  return batch;
}

}  // namespace

std::vector<MailSample> MakeMailSamples() {
  std::vector<MailSample> samples;
  const auto add = [&samples](std::string name, AlertBatch batch, std::string nation = "england",
                              std::string display = "snippet") {
    samples.push_back({std::move(name), std::move(nation), std::move(display), std::move(batch)});
  };
  add("urgent-threat", Batch({Find(kThreat)}, Delivery::kNow, kReasonNew, "dsl"));

  AlertBatch worse = Batch({Find(kThreat), Find(kThreat)}, Delivery::kNow, kReasonWorse, "dsl");
  worse.entries[1].finding.id = "f8";
  worse.entries[1].finding.post.author = "quillbrook_lad";
  worse.entries[1].reason = std::string(kReasonMore);
  for (AlertEntry& entry : worse.entries) {
    entry.case_now.findings = {"f0", "f1", "f7", "f8"};
    entry.case_now.authors = 3;
    entry.case_now.sources = {"parents-forum", "quillbrook-tag"};
    entry.case_now.history = {{.at = At("2026-11-20T17:40:00Z"),
                               .who = "",
                               .kind = core::CaseEventKind::kEdited,
                               .about = "",
                               .reason = "",
                               .finding = "f0"}};
  }
  worse.entries[0].versions = {{.finding_id = "f1",
                                .at = At("2026-11-20T17:20:00Z"),
                                .title = "",
                                .text = "Something is going to happen at the gates tomorrow.",
                                .severity = Severity::kMedium,
                                .categories = {}}};
  add("worse", std::move(worse), "northern-ireland", "full");

  add("allegation", Batch({Find(kAllegation)}, Delivery::kNow, kReasonNew, "headteacher"));
  add("staff", Batch({Find(kStaff)}, Delivery::kNow, kReasonNew, "dsl"), "scotland");
  AlertBatch about_head = Batch({Find(kHead)}, Delivery::kNow, kReasonNew, "chair");
  about_head.entries[0].withheld = {"headteacher"};
  add("about-head", std::move(about_head));
  add("images", Batch({Find(kImages)}, Delivery::kNow, kReasonNew, "dsl"), "wales");
  add("masked", Batch({Find(kThreat)}, Delivery::kNow, kReasonNew, "dsl"), "england", "masked");
  add("more", Batch({Find(kThreat)}, Delivery::kSummary, kReasonMore, "dsl"));
  add("digest", Batch({Find(kAllegation), Find(kParking), Find(kDinners)}, Delivery::kDigest,
                      kReasonNew, "headteacher"));
  add("backlog",
      Batch({Find(kParking), Find(kDinners)}, Delivery::kBacklog, kReasonBacklog, "headteacher"));
  add("nobody", Batch({Find(kStaff)}, Delivery::kNow, kReasonNobody, "it"));
  add("notice", Notice());
  AlertBatch plain = Notice();
  plain.batch.items.front().notice.html.clear();
  add("notice-plain", std::move(plain));
  add("report", ReportBatch(ReportFor::kHeadteacher, "Parents' forum"));
  add("report-governors", ReportBatch(ReportFor::kGovernors, "forum"));
  return samples;
}

std::vector<MailSample> MakeHostileSamples() {
  const std::vector<std::pair<std::string, std::string>> values{
      {"line-ends", "x\r\nBcc: thief@evil.example\r\n\r\nbody\nCc: thief@evil.example\r."},
      {"encoded-word", "=?utf-8?q?x=0D=0ABcc:_thief=40evil.example?="},
      {"markup",
       "</p></blockquote></table></body></html><script>alert(1)</script><img src=x "
       "onerror=\"alert(1)\"><b>'&quot;&amp;"},
      {"boundary", "--=_sw_0123456789abcdef\r\nContent-Type: text/html\r\n\r\n<b>x"},
      {"direction", "\u202Egpj.exe\u202C \u2066x\u2069 \u200Fאבג"},
      {"long-word", std::string(10'000, 'x')},
      {"emoji",
       "👩‍👩‍👧‍👦🏴󠁧󠁢󠁷󠁬󠁳󠁿🔪😡 " + std::string(200, '!')},
      {"broken-utf8", "\xFF\xFE\xC0\xAF caf\xE9 \xED\xA0\x80 \xF0\x9F\x98"},
      {"controls", std::string("a\0b\0\x1b[2J\x07\x7F\x0B\x0C", 12)},
      {"templates", "{{> head}}{{{subject}}}{{#entries}}"}};
  std::vector<MailSample> samples;
  for (const auto& [name, evil] : values) {
    core::Finding finding = MakeFinding({.title = evil, .text = evil + " knife " + evil});
    finding.post.author = evil;
    finding.post.thread_title = evil;
    finding.post.published.reset();
    finding.post.published_text = evil;
    finding.judgement.rules_version = evil;
    finding.judgement.hits = {
        {.rule = evil, .weight = 1, .start = 0, .end = evil.size(), .text = evil, .why = evil}};
    AlertBatch batch = Batch({finding}, Delivery::kNow, kReasonNew, evil);
    batch.entries[0].source_title = evil;
    const std::string case_id = batch.entries[0].case_now.id;
    batch.answers = {{case_id, evil, "mailto:x@y.example", evil, evil},
                     {case_id, "x", evil, "x@y.example", "x"}};
    batch.entries[0].versions = {{.finding_id = "f1",
                                  .at = At("2026-11-20T17:20:00Z"),
                                  .title = evil,
                                  .text = evil,
                                  .severity = Severity::kLow,
                                  .categories = {}}};
    samples.push_back({"hostile-" + name, "england", "full", std::move(batch)});
    samples.push_back(
        {"hostile-report-" + name, "england", "full", ReportBatch(ReportFor::kHeadteacher, evil)});
  }
  return samples;
}

core::Result<std::unique_ptr<Composer>> ComposerFor(const MailSample& sample) {
  return Composer::Make({.from = "schoolwatch@quillbrook-academy.example",
                         .display = sample.display,
                         .nations = {{"quillbrook", sample.nation}},
                         .templates_folder = TemplatesFolder(),
                         .school_hours = "Monday to Friday, 08:00 to 16:30, on school days"});
}

}  // namespace schoolwatch::alerts::testing
