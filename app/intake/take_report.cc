#include "app/intake/take_report.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include "alerts/answer_mail.h"
#include "app/intake/byte_source.h"
#include "app/intake/chat_judging.h"
#include "app/intake/zipped_chat.h"
#include "app/notices/notice_item.h"
#include "app/notices/take_answer.h"
#include "app/pipeline/committer.h"
#include "app/pipeline/judged_document.h"
#include "app/pipeline/outcome_builder.h"
#include "core/evidence.h"
#include "core/fingerprint.h"
#include "core/hash.h"
#include "core/source_names.h"
#include "core/url.h"
#include "crawler/readers/chat_export.h"
#include "crawler/readers/mail_parts.h"
#include "crawler/readers/mail_report.h"
#include "crawler/readers/text.h"
#include "storage/key_file.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxTextFile = 4u << 20;
constexpr std::size_t kMostReceivedFiles = 200;
// A mailbox that answers everybody can be made to write to somebody who never asked.
constexpr std::ptrdiff_t kAnswersADay = 5;
constexpr std::string_view kNoRule = "reported.by_a_person";

core::ReceivedFile Received(const crawler::ReportedFile& file) {
  return {.name = file.name, .type = file.type, .size = file.size, .sha256 = file.sha256};
}

void Append(const std::vector<core::ReceivedFile>& files, std::vector<core::ReceivedFile>& to) {
  for (const core::ReceivedFile& file : files) {
    if (to.size() < kMostReceivedFiles) {
      to.push_back(file);
    }
  }
}

// What is kept of a reported post: that somebody reported it, and its own words. There was no
// document and no server.
std::shared_ptr<const core::Evidence> EvidenceOf(const core::Post& post, core::Timestamp now,
                                                 const std::string& zone) {
  auto evidence = std::make_shared<core::Evidence>();
  evidence->post = post;
  evidence->url = post.url;
  evidence->fetched_at = now;
  evidence->local_time = core::FormatLocalTime(now, zone);
  evidence->time_zone = zone;
  evidence->fragment = post.text;
  evidence->fragment_type = "text/plain; charset=utf-8";
  evidence->fragment_note = "As somebody reported it (" +
                            std::string(core::VisibilityName(post.visibility)) +
                            "); it was not read where it stands.";
  evidence->body_hash = core::HashSha256(post.text);
  evidence->body_bytes = post.text.size();
  return evidence;
}

// A person took the trouble to report it, so people look at it whatever the rules say.
void AddFloor(core::Judgement& judgement) {
  core::Hit hit;
  hit.rule = kNoRule;
  hit.category = core::Category::kReputational;
  hit.why = "Somebody reported it; no rule saw a concern in it.";
  hit.severity = core::Severity::kLow;
  judgement.hits.push_back(std::move(hit));
  judgement.categories = {core::Category::kReputational};
  judgement.severity = core::Severity::kLow;
}

std::string IdOf(std::string_view kind, std::string_view unique) {
  return core::ShortHash(std::string(kind) + "\n" + std::string(unique));
}

}  // namespace

struct ChatInput {
  ByteSource bytes;
  std::string name;
};

struct ReportTaker::Report {
  std::string id;
  std::string reporter;
  std::string way;
  bool may_be_answered = false;
  core::Timestamp now{};
  std::string school;  // Empty: what it says decides.
  ReportTally tally;
  std::vector<JudgedPost> posts;     // Of mails and texts.
  std::vector<JudgedPost> messages;  // Of chats.
};

std::string_view ReportFateName(ReportFate fate) {
  switch (fate) {
    case ReportFate::kTaken:
      return "taken";
    case ReportFate::kKnown:
      return "known";
    case ReportFate::kAnswer:
      return "answer";
    case ReportFate::kNotAllowed:
      return "not allowed";
    case ReportFate::kUnreadable:
      return "unreadable";
  }
  return "";
}

ReportTaker::ReportTaker(const Workspace& workspace, storage::Store& store,
                         const core::Clock& clock, LinkOpener open)
    : workspace_(workspace),
      store_(store),
      clock_(clock),
      open_(std::move(open)),
      planner_(MakePlanner(workspace.config.settings)),
      mask_(workspace.config.settings.schools, workspace.config.settings.contacts) {}

core::Result<bool> ReportTaker::IsKnown(const std::string& id) const {
  SW_ASSIGN(const auto before, store_.FindReport(id));
  return before.has_value();
}

// `deliberate`: reported as a post, so that people see it even where no rule fires.
void ReportTaker::AddPosts(std::vector<core::Post> posts, bool deliberate, Report& report) const {
  for (core::Post& post : posts) {
    post.source = core::kReportedSource;
    // What names another school is about that one.
    if (!report.school.empty() && workspace_.judge->schools().Find(post).schools.empty()) {
      post.page_of = report.school;
    }
    JudgedPost one;
    one.key = core::PostKey(post);
    one.text_hash = core::PostTextHash(post);
    one.judgement = workspace_.judge->Evaluate(post);
    if (deliberate && one.judgement.categories.empty() && !one.judgement.schools.empty()) {
      AddFloor(one.judgement);
    }
    if (!one.judgement.categories.empty()) {
      one.fingerprint = core::FingerprintOf(post);
      one.evidence = EvidenceOf(post, report.now, workspace_.config.settings.calendar.time_zone);
    }
    one.post = std::move(post);
    report.posts.push_back(std::move(one));
    ++report.tally.posts;
  }
}

void ReportTaker::AddChat(const ChatInput& chat, Report& report) const {
  const std::string& zone = workspace_.config.settings.calendar.time_zone;
  core::Result<JudgedChat> judged =
      JudgeChat(chat.bytes, *workspace_.judge,
                {.name = chat.name, .page_of = report.school, .time_zone = zone});
  if (!judged) {
    report.tally.troubles.push_back(judged.error().message);
    return;
  }
  ++report.tally.chats;
  report.tally.messages += judged->messages;
  report.tally.messages_kept += judged->kept.size();
  for (JudgedMessage& message : judged->kept) {
    message.post.source = core::kReportedSource;
    JudgedPost one;
    one.key = core::PostKey(message.post);
    one.text_hash = core::PostTextHash(message.post);
    one.fingerprint = core::FingerprintOf(message.post);
    one.evidence = EvidenceOf(message.post, report.now, zone);
    one.judgement = std::move(message.judgement);
    one.post = std::move(message.post);
    report.messages.push_back(std::move(one));
  }
}

void ReportTaker::AddLinks(const std::vector<std::string>& links, Report& report) const {
  if (links.empty()) {
    return;
  }
  std::vector<core::Post> posts;
  if (open_ && workspace_.config.settings.intake.open_links) {
    posts = open_(links);
  }
  for (core::Post& post : posts) {
    post.visibility = core::Visibility::kReported;
  }
  report.tally.links_opened += posts.size();
  report.tally.links_closed += links.size() - std::min(links.size(), posts.size());
  const std::size_t before = report.tally.posts;
  AddPosts(std::move(posts), true, report);
  report.tally.posts = before;  // They are counted as links.
}

core::Result<bool> ReportTaker::MayAnswer(const Report& report) const {
  if (!report.may_be_answered || report.reporter.empty() ||
      !workspace_.config.settings.intake.answers) {
    return false;
  }
  SW_ASSIGN(const std::vector<core::IntakeReceipt> before, store_.ListReports());
  const auto today = std::ranges::count_if(before, [&](const core::IntakeReceipt& one) {
    return IsSameAddress(one.reporter, report.reporter) &&
           report.now - one.received_at < std::chrono::hours(24);
  });
  return today < kAnswersADay;
}

core::Result<TakenReport> ReportTaker::Commit(Report report) {
  const core::MutexLock turn(store_.turn());
  OutcomeBuilder builder(store_, store_, planner_, clock_);
  // Not stored: documents have an address, reports have none.
  const core::HttpUrl nowhere = *core::HttpUrl::Parse("https://reported.invalid/");
  const auto document = [&](std::vector<JudgedPost> posts) {
    JudgedDocument judged{
        .fetched = {
            .request = {.source = std::string(core::kReportedSource), .url = nowhere, .thread = {}},
            .final_url = nowhere,
            .redirects = {},
            .response = {},
            .url_state = {},
            .host_state = {}}};
    judged.fetched.fetched_at = report.now;
    judged.posts_read = posts.size();
    judged.posts = std::move(posts);
    return judged;
  };
  std::vector<std::string> keys;
  for (const std::vector<JudgedPost>* posts : {&report.posts, &report.messages}) {
    for (const JudgedPost& post : *posts) {
      keys.push_back(post.key);
    }
  }
  SW_TRY(builder.Add(document(std::move(report.posts)), SourceAge{}));
  // A chat may go back for years: what is old comes in one summary.
  SW_TRY(builder.Add(
      document(std::move(report.messages)),
      SourceAge{.first_look = true,
                .backlog_before = report.now - workspace_.config.settings.limits.backlog}));
  std::vector<core::DocumentOutcome> outcomes = builder.Take();
  core::DocumentOutcome& last = outcomes.back();

  core::IntakeReceipt receipt;
  receipt.id = report.id;
  receipt.reporter = report.reporter;
  receipt.way = report.way;
  receipt.received_at = report.now;
  receipt.posts = report.tally.posts + report.tally.messages + report.tally.links_opened;
  const auto add = [&receipt](const std::vector<std::string>& findings) {
    for (const std::string& finding : findings) {
      if (std::ranges::find(receipt.findings, finding) == receipt.findings.end()) {
        receipt.findings.push_back(finding);
      }
    }
  };
  for (const core::DocumentOutcome& outcome : outcomes) {
    for (const core::SeenMark& mark : outcome.seen) {
      add(mark.findings);
    }
  }
  // What was known before has no new mark; it was reported by this person, too.
  for (const std::string& key : keys) {
    SW_ASSIGN(const std::optional<core::SeenMark> known, store_.FindSeen(key));
    if (known) {
      add(known->findings);
    }
  }
  receipt.kept = receipt.findings.size();
  Append(report.tally.pictures, receipt.files);
  Append(report.tally.not_read, receipt.files);

  TakenReport taken{.fate = ReportFate::kTaken,
                    .what = TallyLine(report.tally),
                    .findings = builder.report().findings};
  SW_ASSIGN(const bool answer, MayAnswer(report));
  if (answer) {
    config::Contact reporter;
    reporter.email = report.reporter;
    last.outbox.push_back(NoticeItem(reporter, AnswerToReporter(report.tally), report.id,
                                     workspace_.config.settings.schools.size() == 1
                                         ? workspace_.config.settings.schools.front().key
                                         : report.school,
                                     report.now, NeverWaits::kYes));
    taken.answers = 1;
  }
  last.reports.push_back(std::move(receipt));
  SW_TRY(store_.Commit(outcomes));
  return taken;
}

core::Result<TakenReport> ReportTaker::TakeMail(std::string_view mail, std::string_view way) {
  const config::Settings& settings = workspace_.config.settings;
  const core::Timestamp now = clock_.Now();
  {
    SW_ASSIGN(const storage::LoadedKey key,
              storage::LoadAnswerKey(settings.storage.folder, storage::MissingKey::kLeaveEmpty));
    const core::MutexLock turn(store_.turn());
    SW_ASSIGN(const AnswerReceipt answer, TakeAnswer(mail.substr(0, alerts::kMaxAnswerMailBytes),
                                                     settings, mask_, key.key, store_, now));
    if (answer.fate != AnswerFate::kNoAnswer) {
      return TakenReport{.fate = ReportFate::kAnswer, .what = answer.what};
    }
  }
  core::Result<crawler::MailReport> read = crawler::ReadMailReport(mail, now);
  if (!read) {
    return TakenReport{.fate = ReportFate::kUnreadable, .what = read.error().message};
  }
  // What is quoted in these are our own alerts.
  if (read->delivery_notice || IsSameAddress(read->from, settings.alerts.from)) {
    return TakenReport{.fate = ReportFate::kNotAllowed,
                       .what = "it is a mail server's notice, or our own mail"};
  }
  const ReporterStanding standing = StandingOf(read->from, settings);
  if (standing == ReporterStanding::kNotAllowed) {
    return TakenReport{.fate = ReportFate::kNotAllowed,
                       .what = "its sender is none of intake.reporters"};
  }
  Report report;
  report.id = read->message_id.empty() ? IdOf("bytes", mail)
                                       : IdOf("mail", read->message_id + "\n" + read->from);
  SW_ASSIGN(const bool known, IsKnown(report.id));
  if (known) {
    return TakenReport{.fate = ReportFate::kKnown, .what = "it came before"};
  }
  report.reporter = read->from;
  report.way = way;
  report.may_be_answered = !read->automatic;
  report.now = now;
  report.school = SchoolOfReports(read->from, settings);
  for (const crawler::ReportedFile& file : read->pictures) {
    report.tally.pictures.push_back(Received(file));
  }
  for (const crawler::ReportedFile& file : read->not_read) {
    report.tally.not_read.push_back(Received(file));
  }
  // Where anybody may write, advertisements come too: these are not shown to anyone for having
  // come.
  const bool deliberate = standing == ReporterStanding::kKnown || !read->pictures.empty() ||
                          std::ranges::any_of(read->posts, [](const core::Post& post) {
                            return !post.platform.empty() && post.platform != "mail";
                          });
  AddPosts(std::move(read->posts), deliberate && !read->automatic, report);
  for (const crawler::ReportedExport& file : read->exports) {
    const std::string name = crawler::ChatNameOf(file.file.name);
    if (!file.bytes.starts_with("PK\x03\x04")) {
      AddChat({.bytes = SourceOf(file.bytes), .name = name}, report);
      continue;
    }
    core::Result<ZippedChat> zip = LookIntoZip(
        std::string_view(file.bytes), {.unpacked_bytes = settings.intake.max_megabytes << 20});
    if (!zip) {
      report.tally.troubles.push_back(zip.error().message);
      report.tally.not_read.push_back(Received(file.file));
      continue;
    }
    Append(zip->pictures, report.tally.pictures);
    Append(zip->others, report.tally.not_read);
    if (zip->chat) {
      const std::string inner = crawler::ChatNameOf(zip->entry);
      AddChat({.bytes = zip->chat, .name = name.empty() ? inner : name}, report);
    }
  }
  AddLinks(read->links, report);
  return Commit(std::move(report));
}

core::Result<TakenReport> ReportTaker::TakeFile(const fs::path& file) {
  const config::Settings& settings = workspace_.config.settings;
  const std::size_t most = settings.intake.max_megabytes << 20;
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file, error);
  if (error) {
    return core::Fail(core::ErrorKind::kUnavailable, "it cannot be read: " + error.message());
  }
  const std::string name = crawler::CleanFileName(file.filename().string());
  const std::string lower = crawler::ToAsciiLower(name);
  const ByteSource bytes = SourceOfFile(file, most);
  if (size > most) {
    return TakenReport{.fate = ReportFate::kUnreadable,
                       .what = "it is larger than intake.max_megabytes"};
  }
  if (lower.ends_with(".eml")) {
    std::string mail;
    SW_TRY(bytes([&mail](std::string_view piece) {
      mail += piece;
      return mail.size() <= crawler::kMaxMailBytes;
    }));
    return TakeMail(mail, "folder");
  }
  Report report;
  report.way = "folder";
  report.now = clock_.Now();
  report.school = SchoolOfReports("", settings);
  // The same file twice is one report; hashed in pieces, as it may be large.
  std::string chain;
  std::string beginning;
  SW_TRY(bytes([&](std::string_view piece) {
    chain = core::ToHex(core::HashSha256(chain + core::ToHex(core::HashSha256(piece))));
    beginning += piece.substr(0, kMaxTextFile - std::min(kMaxTextFile, beginning.size()));
    return true;
  }));
  report.id = IdOf("file", chain);
  SW_ASSIGN(const bool known, IsKnown(report.id));
  if (known) {
    return TakenReport{.fate = ReportFate::kKnown, .what = "it came before"};
  }
  if (crawler::IsPicture(name, "")) {
    core::ReceivedFile picture{.name = name, .type = "", .size = size, .sha256 = ""};
    picture.sha256 = beginning.size() == size ? core::ToHex(core::HashSha256(beginning)) : chain;
    report.tally.pictures.push_back(std::move(picture));
    return Commit(std::move(report));
  }
  if (beginning.starts_with("PK\x03\x04")) {
    core::Result<ZippedChat> zip = LookIntoZip(file, {.unpacked_bytes = most});
    if (!zip || !zip->chat) {
      return TakenReport{.fate = ReportFate::kUnreadable,
                         .what = zip ? "no exported chat is in the zip" : zip.error().message};
    }
    Append(zip->pictures, report.tally.pictures);
    Append(zip->others, report.tally.not_read);
    const std::string chat = crawler::ChatNameOf(name);
    AddChat({.bytes = zip->chat, .name = chat.empty() ? crawler::ChatNameOf(zip->entry) : chat},
            report);
    return Commit(std::move(report));
  }
  if (crawler::LooksLikeChat(std::string_view(beginning).substr(0, 64u << 10))) {
    beginning.clear();
    beginning.shrink_to_fit();
    AddChat({.bytes = bytes, .name = crawler::ChatNameOf(name)}, report);
    return Commit(std::move(report));
  }
  if (!lower.ends_with(".txt") || beginning.find('\0') != std::string::npos) {
    return TakenReport{.fate = ReportFate::kUnreadable,
                       .what = "it is no mail (.eml), text (.txt) or exported chat"};
  }
  crawler::MailReport read = crawler::ReadTextReport(beginning, name, report.now);
  AddPosts(std::move(read.posts), true, report);
  AddLinks(read.links, report);
  return Commit(std::move(report));
}

}  // namespace schoolwatch::app
