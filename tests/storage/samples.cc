#include "tests/storage/samples.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <limits>

#include <gtest/gtest.h>

#include "core/fingerprint.h"
#include "core/hash.h"

namespace schoolwatch::storage::samples {

core::Timestamp Day(int day, int minutes) {
  return std::chrono::sys_days{std::chrono::year{2026} / 11 / 1} + std::chrono::days{day - 1} +
         std::chrono::hours{12} + std::chrono::minutes{minutes};
}

core::Finding MakeFinding(std::string id, std::string school, std::string case_id) {
  core::Finding finding;
  finding.id = std::move(id);
  finding.school = std::move(school);
  finding.case_id = std::move(case_id);
  finding.post.kind = core::PostKind::kComment;
  finding.post.text = "Something about Quillbrook Academy, told by " + finding.id;
  finding.judgement.mentions = true;
  finding.judgement.categories = {core::Category::kSafeguarding, core::Category::kReputational};
  finding.judgement.severity = core::Severity::kMedium;
  finding.judgement.scores = {0.75, 0.0, 0.5};
  finding.judgement.hits.push_back(core::Hit{"threat.weapon", core::Category::kSafeguarding, 2.5,
                                             core::PostField::kText, 3, 9, "ething", "because",
                                             core::Severity::kMedium});
  finding.fetched_at = Day(20);
  return finding;
}

core::KeptExample MakeExample(std::string id) {
  core::KeptExample example{.id = std::move(id),
                            .school = "quillbrook",
                            .case_id = "A",
                            .outcome = core::CaseOutcome::kNotAboutUs,
                            .post = {},
                            .kept_at = Day(3)};
  example.post.text = "Somebody said something about another school.";
  return example;
}

core::Case MakeCase(std::string id, std::string school, core::Timestamp changed_at) {
  core::Case made;
  made.id = std::move(id);
  made.school = std::move(school);
  made.title = "What happened at the gates";
  made.severity = core::Severity::kMedium;
  made.categories = {core::Category::kReputational};
  made.opened_at = Day(1);
  made.changed_at = changed_at;
  made.authors = 1;
  return made;
}

core::Evidence MakeEvidence(std::string finding_id) {
  core::Evidence made;
  made.finding_id = std::move(finding_id);
  made.school = "quillbrook";
  made.post = MakeFinding(made.finding_id, "quillbrook", "").post;
  made.url = "https://forum.example/t/1";
  made.headers = {"content-type", "text/html"};
  made.status = 200;
  made.fetched_at = Day(20);
  made.fragment = "<p>something</p>";
  made.fragment_type = "text/html; charset=utf-8";
  return made;
}

core::OutboxItem MakeItem(std::string id, core::Timestamp created_at) {
  core::OutboxItem item;
  item.id = std::move(id);
  item.recipient = "head@quillbrook.example";
  item.batch_key = "digest";
  item.delivery = core::Delivery::kDigest;
  item.school = "quillbrook";
  item.reason = "new case";
  item.created_at = created_at;
  return item;
}

core::OutboxBatch MakeBatch(std::string key, std::vector<core::OutboxItem> items) {
  core::OutboxBatch batch;
  batch.key = std::move(key);
  batch.message_id = batch.key + "@schoolwatch.example";
  batch.recipient = "head@quillbrook.example";
  batch.items = std::move(items);
  batch.created_at = Day(20);
  return batch;
}

core::DocumentOutcome MakeDocument(int number) {
  const std::string n = std::to_string(number);
  core::DocumentOutcome outcome;
  for (const char* post : {"a", "b", "c"}) {
    outcome.seen.push_back(core::SeenMark{"post-" + n + post, "text-" + n, Day(20, number)});
  }
  core::Finding finding = MakeFinding("finding-" + n, "quillbrook", "case-" + n);
  finding.post.text.clear();
  finding.post.thread_url = "https://forum.example/t/" + n;
  // Texts that differ in a word alone may share all of their lookup keys.
  for (const char* word : {"bench", "kettle", "minibus", "ladder", "curtain", "piano"}) {
    finding.post.text += word + ("x" + core::ShortHash(word + n).substr(0, 6)) + " went ";
  }
  outcome.findings.push_back(finding);
  core::Case opened = MakeCase("case-" + n, "quillbrook", Day(20, number));
  opened.thread_url = finding.post.thread_url;
  opened.findings = {finding.id};
  outcome.cases.push_back(opened);
  core::OutboxItem item = MakeItem("item-" + n, Day(20, number));
  item.finding_id = finding.id;
  outcome.outbox.push_back(item);
  core::UrlState url;
  url.key = finding.post.thread_url;
  url.etag = "\"v" + n + "\"";
  outcome.urls.push_back(url);
  core::HostState host;
  host.origin = "https://host" + n + ".example";
  // Not compressible, so that a few documents fill LevelDB's smallest write buffer.
  Randomly randomly(static_cast<std::uint64_t>(number));
  while (host.robots_body.size() < 7000) {
    const std::uint64_t word = randomly.Below(std::numeric_limits<std::uint64_t>::max());
    host.robots_body +=
        core::ToHex(std::string(std::bit_cast<std::array<char, 8>>(word).data(), 8));
  }
  outcome.hosts.push_back(host);
  core::SourceState source;
  source.name = "source-" + n;
  source.posts_seen = 3;
  outcome.sources.push_back(source);
  core::HostLedger ledger;
  ledger.origin = host.origin;
  ledger.total.pages = static_cast<std::uint64_t>(number) + 1;
  ledger.days = {{20'777, ledger.total}};
  outcome.ledgers.push_back(ledger);
  return outcome;
}

Presence LookFor(const Store& store, int number) { return LookFor(store, MakeDocument(number)); }

Presence LookFor(const Store& store, const core::DocumentOutcome& wanted) {
  int there = 0;
  int asked = 0;
  const auto check = [&](const auto& result, auto matches) {
    ++asked;
    if (!result.has_value()) {
      EXPECT_EQ(result.error().kind, core::ErrorKind::kNotFound) << result.error().message;
    } else if (matches(*result)) {
      ++there;
    }
  };
  const auto equals = [](const auto& expected) {
    return [&expected](const auto& found) { return found == expected; };
  };
  const auto is_case = [&](const auto& found) { return found && *found == wanted.cases[0]; };
  for (const core::SeenMark& mark : wanted.seen) {
    check(store.FindSeen(mark.post_key), equals(mark));
  }
  check(store.LoadFinding(wanted.findings[0].id), equals(wanted.findings[0]));
  check(store.LoadCase(wanted.cases[0].id), equals(wanted.cases[0]));
  check(store.FindCaseByLink("quillbrook", wanted.cases[0].thread_url), is_case);
  check(store.FindCaseByText("quillbrook", core::FingerprintOf(wanted.findings[0].post)), is_case);
  check(store.ListCases(CaseFilter{}), [&](const auto& cases) {
    return std::ranges::find(cases, wanted.cases[0]) != cases.end();
  });
  check(store.LoadItems(), [&](const auto& items) {
    return std::ranges::find(items, wanted.outbox[0]) != items.end();
  });
  check(store.FindUrl(wanted.urls[0].key), equals(wanted.urls[0]));
  check(store.FindHost(wanted.hosts[0].origin), equals(wanted.hosts[0]));
  check(store.FindSource(wanted.sources[0].name), equals(wanted.sources[0]));
  check(store.FindLedger(wanted.ledgers[0].origin), equals(wanted.ledgers[0]));
  return there == asked ? Presence::kWhole : there == 0 ? Presence::kAbsent : Presence::kTorn;
}

std::uint64_t Randomly::Number() {
  const std::uint64_t bits = engine_();
  switch (Below(4)) {
    case 0:
      return bits % 3;
    case 1:
      return std::numeric_limits<std::uint64_t>::max() - bits % 3;
    default:
      return bits >> (bits % 64);
  }
}

std::uint64_t Randomly::Below(std::uint64_t end) { return engine_() % end; }

std::string Randomly::Bytes() {
  std::string bytes(Below(8) == 0 ? Below(300) : Below(13), '\0');
  for (char& byte : bytes) {
    byte = static_cast<char>(static_cast<unsigned char>(Below(256)));
  }
  return bytes;
}

core::Timestamp Randomly::Time() {
  return core::Timestamp{std::chrono::milliseconds{static_cast<std::int64_t>(Number())}};
}

std::vector<std::string> Randomly::Strings() {
  std::vector<std::string> strings(Below(4));
  std::ranges::generate(strings, [this] { return Bytes(); });
  return strings;
}

core::SeenMark Randomly::SeenMark() {
  return {Bytes(), Bytes(), Time(), Bytes(), Below(2) == 1, Strings()};
}

core::UrlState Randomly::UrlState() {
  core::UrlState url;
  url.key = Bytes();
  url.etag = Bytes();
  url.last_modified = Bytes();
  url.validators_since = Time();
  url.body_hash = Bytes();
  url.last_status = static_cast<int>(Number());
  url.fetched_at = Time();
  url.next_due = Time();
  url.failures = static_cast<std::uint32_t>(Number());
  url.follow = Strings();
  url.interval = std::chrono::milliseconds(Number() / 2);
  url.text_hash = Bytes();
  url.read_at = Time();
  return url;
}

core::HostState Randomly::HostState() {
  core::HostState host;
  host.origin = Bytes();
  host.robots_fetched_at = Time();
  host.robots_status = static_cast<int>(Number());
  host.robots_body = Bytes();
  host.last_request_at = Time();
  host.blocked_until = Time();
  host.incidents = static_cast<std::uint32_t>(Number());
  host.day = static_cast<std::int64_t>(Number());
  host.day_requests = Number();
  host.day_bytes = Number();
  return host;
}

core::SourceState Randomly::SourceState() {
  core::SourceState source;
  source.name = Bytes();
  source.first_looked_at = Time();
  source.last_looked_at = Time();
  source.last_worked_at = Time();
  source.next_due = Time();
  if (Below(2) == 0) {
    source.newest_post = Below(2) == 0 ? core::Timestamp{} : Time();
  }
  source.failures = static_cast<std::uint32_t>(Number());
  source.health = static_cast<core::SourceHealth>(Below(6));
  source.last_error = Bytes();
  source.posts_seen = Number();
  source.interval = std::chrono::milliseconds(Number() / 2);
  source.feed = {.wait = std::chrono::milliseconds(Number() / 2),
                 .skip_hours = static_cast<std::uint32_t>(Number()),
                 .skip_days = static_cast<std::uint32_t>(Number()),
                 .usual_gap = std::chrono::milliseconds(Number() / 2)};
  source.trouble = static_cast<core::SourceTrouble>(Below(11));
  source.last_held_at = Time();
  source.health_since = Time();
  source.told = static_cast<core::SourceHealth>(Below(6));
  for (std::uint64_t i = Below(4); i > 0; --i) {
    source.delays.push_back({static_cast<std::int64_t>(Number()),
                             std::chrono::milliseconds(Below(1u << 30)),
                             std::chrono::milliseconds(Below(1u << 30))});
  }
  return source;
}

core::HostTally Randomly::HostTally() {
  core::HostTally tally;
  for (std::uint64_t* count :
       {&tally.robots, &tally.feeds, &tally.pages, &tally.redirects, &tally.conditional, &tally.ok,
        &tally.not_modified, &tally.redirected, &tally.refused, &tally.errors, &tally.too_many,
        &tally.unavailable, &tally.unanswered, &tally.bytes, &tally.allowed, &tally.withheld}) {
    *count = Number();
  }
  return tally;
}

core::HostLedger Randomly::HostLedger() {
  core::HostLedger ledger;
  ledger.origin = Bytes();
  ledger.site = Bytes();
  ledger.first_request = Time();
  ledger.last_request = Time();
  ledger.total = HostTally();
  for (std::uint64_t i = Below(4); i > 0; --i) {
    ledger.days.push_back({static_cast<std::int64_t>(Number()), HostTally()});
    ledger.withheld.push_back({Bytes(), Bytes()});
    ledger.pauses.push_back({Time(), Time()});
  }
  for (std::chrono::milliseconds* time :
       {&ledger.page_gap, &ledger.feed_gap, &ledger.crawl_delay, &ledger.crawl_delay_kept,
        &ledger.longest_gap, &ledger.slowest_answer}) {
    *time = std::chrono::milliseconds(static_cast<std::int64_t>(Number()));
  }
  ledger.robots = Bytes();
  return ledger;
}

core::Post Randomly::Post() {
  core::Post post;
  post.kind = static_cast<core::PostKind>(Below(5));
  for (std::string* field :
       {&post.id, &post.url, &post.title, &post.text, &post.quoted, &post.summary, &post.author,
        &post.author_url, &post.published_text, &post.parent, &post.language, &post.platform,
        &post.page_of, &post.source, &post.thread_url, &post.thread_title}) {
    *field = Bytes();
  }
  if (Below(2) == 0) {
    post.published = Time();
  }
  if (Below(2) == 0) {
    post.updated = Time();
  }
  post.thread_schools = Strings();
  return post;
}

core::Judgement Randomly::Judgement() {
  core::Judgement judgement;
  // Any bits but NaNs, which are unequal to themselves.
  const auto real = [this] {
    const auto value = std::bit_cast<double>(Number());
    return value == value ? value : -0.0;
  };
  judgement.mentions = Below(2) == 0;
  for (auto* scores : {&judgement.schools, &judgement.also_possible}) {
    for (std::uint64_t i = Below(3); i > 0; --i) {
      scores->push_back(core::SchoolScore{Bytes(), real(), Bytes()});
    }
  }
  for (std::uint64_t i = Below(4); i > 0; --i) {
    judgement.categories.push_back(static_cast<core::Category>(Below(3)));
    judgement.hits.push_back(core::Hit{Bytes(), static_cast<core::Category>(Below(3)), real(),
                                       static_cast<core::PostField>(Below(2)), Number(), Number(),
                                       Bytes(), Bytes(), static_cast<core::Severity>(Below(5)),
                                       Bytes(), Below(2) == 0});
    judgement.terms.push_back(core::Term{static_cast<core::Category>(Below(3)), Bytes(), real()});
  }
  judgement.severity = static_cast<core::Severity>(Below(5));
  judgement.topics = Strings();
  judgement.scores = {real(), real(), real()};
  judgement.rules_version = Bytes();
  return judgement;
}

core::Finding Randomly::Finding() {
  core::Finding finding{Bytes(), Bytes(), Bytes(), Post(), Judgement(), Time()};
  finding.placed = Below(2) == 1;
  finding.edit_of = Bytes();
  finding.standing = {.seen_at = Time(),
                      .missed_at = Time(),
                      .looked_at = Time(),
                      .posts = static_cast<std::uint32_t>(Number()),
                      .gone = Below(2) == 1,
                      .missing = Below(2) == 1,
                      .page = static_cast<core::LastPage>(Below(4))};
  finding.merged_from = Strings();
  return finding;
}

core::PostVersion Randomly::PostVersion() {
  core::PostVersion version{.finding_id = Bytes(),
                            .at = Time(),
                            .title = Bytes(),
                            .text = Bytes(),
                            .severity = static_cast<core::Severity>(Below(5)),
                            .categories = {}};
  version.categories = Judgement().categories;
  return version;
}

core::Case Randomly::Case() {
  core::Case made = MakeCase(Bytes(), Bytes(), Time());
  made.state = static_cast<core::CaseState>(Below(4));
  made.title = Bytes();
  made.severity = static_cast<core::Severity>(Below(5));
  made.topics = Strings();
  made.opened_at = Time();
  made.thread_url = Bytes();
  made.findings = Strings();
  made.authors = static_cast<std::uint32_t>(Number());
  made.sources = Strings();
  made.outcome = static_cast<core::CaseOutcome>(Below(8));
  for (std::uint64_t i = Below(4); i > 0; --i) {
    made.history.push_back({.at = Time(),
                            .who = Bytes(),
                            .kind = static_cast<core::CaseEventKind>(Below(12)),
                            .about = Bytes(),
                            .reason = Bytes(),
                            .finding = Bytes(),
                            .answer = Bytes()});
  }
  made.merged_into = Bytes();
  made.edits = static_cast<std::uint32_t>(Number());
  return made;
}

core::KeptExample Randomly::KeptExample() {
  return {.id = Bytes(),
          .school = Bytes(),
          .case_id = Bytes(),
          .outcome = static_cast<core::CaseOutcome>(Below(8)),
          .post = Finding().post,
          .kept_at = Time()};
}

core::OutboxItem Randomly::OutboxItem() {
  return {Bytes(),
          Bytes(),
          Bytes(),
          static_cast<core::Delivery>(Below(4)),
          Bytes(),
          Bytes(),
          Bytes(),
          Bytes(),
          Time(),
          Time(),
          Bytes(),
          Bytes(),
          Below(2) == 0,
          {Bytes(), Bytes(), Bytes(), Bytes()},
          {Bytes(), Bytes()}};
}

core::OutboxBatch Randomly::OutboxBatch() {
  core::OutboxBatch batch;
  batch.key = Bytes();
  batch.message_id = Bytes();
  batch.recipient = Bytes();
  batch.delivery = static_cast<core::Delivery>(Below(4));
  batch.school = Bytes();
  for (std::uint64_t i = Below(3); i > 0; --i) {
    batch.items.push_back(OutboxItem());
  }
  batch.created_at = Time();
  batch.attempts = static_cast<std::uint32_t>(Number());
  batch.next_attempt_at = Time();
  batch.last_error = Bytes();
  batch.given_up = Below(2) == 0;
  batch.channel = Bytes();
  batch.told_late = Below(2) == 0;
  batch.told_given_up = Below(2) == 0;
  return batch;
}

core::Sha256 Randomly::Hash() {
  core::Sha256 hash{};
  if (Below(4) != 0) {
    for (std::uint8_t& byte : hash) {
      byte = static_cast<std::uint8_t>(Below(256));
    }
  }
  return hash;
}

core::AuditEntry Randomly::AuditEntry() {
  return {.number = Number(),
          .at = Time(),
          .action = static_cast<core::AuditAction>(Below(12)),
          .actor = static_cast<core::AuditActor>(Below(7)),
          .case_id = Bytes(),
          .subject = Hash(),
          .content = Hash(),
          .case_entry = Number(),
          .case_before = Number(),
          .case_previous = Hash(),
          .previous = Hash(),
          .hash = Hash()};
}

core::Evidence Randomly::Evidence() {
  return {.finding_id = Bytes(),
          .school = Bytes(),
          .post = Post(),
          .url = Bytes(),
          .redirects = Strings(),
          .status = static_cast<std::uint32_t>(Below(600)),
          .headers = Strings(),
          .address = Bytes(),
          .certificate = Bytes(),
          .fetched_at = Time(),
          .local_time = Bytes(),
          .time_zone = Bytes(),
          .fragment = Bytes(),
          .fragment_type = Bytes(),
          .fragment_note = Bytes(),
          .fragment_cut = Below(2) == 0,
          .body_hash = Hash(),
          .body_bytes = Number(),
          .body_cut = Below(2) == 0};
}

}  // namespace schoolwatch::storage::samples
