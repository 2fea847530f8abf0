#include "storage/erasure.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <tuple>
#include <utility>

#include <gtest/gtest.h>

#include "core/evidence.h"
#include "core/fingerprint.h"
#include "core/hash.h"
#include "storage/audit.h"
#include "storage/backup.h"
#include "storage/db.h"
#include "storage/erasure_needles.h"
#include "storage/erasure_sweep.h"
#include "storage/inventory.h"
#include "storage/keys.h"
#include "storage/looks.h"
#include "storage/record_kinds.h"
#include "storage/records.h"
#include "storage/restore.h"
#include "tests/storage/samples.h"
#include "tests/storage/temp_folder.h"

namespace schoolwatch::storage {
namespace {

using samples::Day;
using std::chrono::hours;

constexpr hours kYear{24 * 365};
const std::string kName = "Moira Pellew";
const std::string kText =
    "The caretaker at Quillbrook Academy took the harvest money home in his own van, twice.";
const std::string kPostUrl = "https://forum.example/t/1#post-moira-2";
const std::string kBlogUrl = "https://blog.example/moira-pellew/harvest";

core::Finding By(std::string id, std::string case_id, std::string author, std::string url,
                 std::string text) {
  core::Finding finding = samples::MakeFinding(std::move(id), "quillbrook", std::move(case_id));
  finding.post.id = "native-" + finding.id;
  finding.post.author = std::move(author);
  finding.post.url = std::move(url);
  finding.post.text = std::move(text);
  finding.post.thread_url = "https://forum.example/t/1";
  finding.post.thread_title = "Harvest fair";
  finding.judgement.hits[0].text = "took";
  return finding;
}

// A store in which one author has left a trace in every kind of record.
class ErasureTest : public testing::Test {
 protected:
  void SetUp() override {
    Open();
    core::DocumentOutcome all;
    core::Finding hers = By("f-hers", "SHARED", kName, kPostUrl, kText);
    hers.post.author_url = "https://forum.example/users/moira-pellew";
    core::Finding blog = By("f-blog", "HERS", "moira  pellew", kBlogUrl, "More of it. " + kText);
    blog.post.thread_url = kBlogUrl;
    blog.post.thread_title = "What I saw at the fair";
    core::Finding answer = By("f-answer", "SHARED", "Tobias Crane", "https://forum.example/t/1#p3",
                              "I think Moira Pellew is right about this, and more.");
    answer.post.quoted = kText;
    answer.post.parent = hers.post.id;
    answer.judgement.hits[0].text = "Moira Pellew is right";
    all.findings = {hers, blog, answer};
    for (const core::Finding& finding : all.findings) {
      all.seen.push_back({core::PostKey(finding.post), core::PostTextHash(finding.post), Day(20)});
      core::OutboxItem item = samples::MakeItem("item-" + finding.id, Day(20));
      item.finding_id = finding.id;
      item.case_id = finding.case_id;
      all.outbox.push_back(item);
    }
    core::Case shared = samples::MakeCase("SHARED", "quillbrook", Day(20));
    shared.title = "Harvest fair";
    shared.thread_url = hers.post.thread_url;
    shared.findings = {"f-hers", "f-answer"};
    shared.authors = 2;
    shared.history.push_back({.at = Day(20),
                              .who = "Ada Wren",
                              .kind = core::CaseEventKind::kNoted,
                              .about = "",
                              .reason = "Rang Moira Pellew about it."});
    shared.history.push_back({.at = Day(20),
                              .who = "",
                              .kind = core::CaseEventKind::kEdited,
                              .about = "low",
                              .reason = "",
                              .finding = "f-hers"});
    core::Case alone = samples::MakeCase("HERS", "quillbrook", Day(19));
    alone.title = "What I saw at the fair";
    alone.thread_url = kBlogUrl;
    alone.findings = {"f-blog"};
    core::Case merged = samples::MakeCase("MERGED", "quillbrook", Day(18));
    merged.merged_into = "HERS";
    all.cases = {shared, alone, merged};
    core::UrlState thread;
    thread.key = "https://forum.example/t/1";
    thread.follow = {"thread https://forum.example/t/2", "page " + kBlogUrl};
    core::UrlState page;
    page.key = kBlogUrl;
    all.urls = {thread, page};
    core::SourceState source;
    source.name = "forum";
    source.last_error = "404 at " + kBlogUrl;
    all.sources = {source};
    core::HostLedger ledger;
    ledger.origin = "https://blog.example";
    ledger.withheld = {{kBlogUrl, "line 2: Disallow: /"}, {"https://blog.example/x", "line 3"}};
    all.ledgers = {ledger};
    all.routes.resize(2);
    all.routes[0].key = "town/search/1";
    all.routes[0].newest_id = hers.post.id;
    all.routes[0].cursor = "x";
    all.routes[1].key = "town/search/2";
    all.routes[1].newest_id = answer.post.id;
    core::KeptExample example = samples::MakeExample("f-blog");
    example.post.text = "Somebody: " + kText;
    core::KeptExample other = samples::MakeExample("f-other");
    all.examples = {example, other};
    all.reports = {{.id = "r-hers",
                    .reporter = "jo@mail.example",
                    .way = "mailbox",
                    .findings = {"f-hers", "f-blog"},
                    .files = {}},
                   {.id = "r-both",
                    .reporter = "jo@mail.example",
                    .way = "mailbox",
                    .findings = {"f-hers", "f-answer"},
                    .files = {{.name = "from Moira Pellew.png", .type = "", .sha256 = ""}}}};
    ASSERT_TRUE(store_->Commit({&all, 1}).has_value());
    ASSERT_TRUE(store_->SaveBatch(samples::MakeBatch("mail", {all.outbox[0], all.outbox[2]})));
    ASSERT_TRUE(store_->SetNote("list", "one line\nabout " + kBlogUrl + "\nanother").has_value());
    ASSERT_TRUE(store_->SetNote("whole", "about Moira Pellew").has_value());
    Batch raw;
    core::Evidence evidence = samples::MakeEvidence("f-hers");
    evidence.fragment = "<p>" + kText + "</p>";
    raw.Put(Key(kEvidencePrefix, "f-hers"), Encode(evidence));
    const auto version = [&raw](std::string finding, std::string text) {
      const core::PostVersion one{.finding_id = std::move(finding),
                                  .at = Day(20),
                                  .title = "",
                                  .text = std::move(text),
                                  .severity = core::Severity::kLow,
                                  .categories = {}};
      raw.Put(VersionKeyOf(one.finding_id, one.at), Encode(one));
    };
    version("f-hers", "before: " + kText);
    version("f-answer", "Moira Pellew is right, I said before.");
    // Her post came through a second source, too.
    core::SeenMark elsewhere{"elsewhere", "hash", Day(20)};
    elsewhere.findings = {"f-hers"};
    raw.Put(Key(kSeenPrefix, "elsewhere"), Encode(elsewhere));
    Write(raw);
    const std::vector<std::string> authors{kName};
    ASSERT_TRUE(CountLook(*store_, authors, {}, LookReason::kNone, Day(20)).has_value());
    Open();  // From the log into a table.
  }

  void Open() {
    store_.reset();
    auto opened = Store::Open(folder_.path(), OpenMode::kReadWrite);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    store_ = std::move(*opened);
  }
  // Opens the store with a new audit.key, and says what the old one was.
  std::string LoseKey() {
    store_.reset();
    const std::filesystem::path file = folder_.path() / "audit.key";
    std::string key;
    std::ifstream(file) >> key;
    std::filesystem::remove(file);
    Open();
    return key;
  }
  void Write(const Batch& batch) {
    ASSERT_TRUE(store_->WithDatabase(DatabaseUse::kWrite,
                                     [&](Db& db, const AuditContext&) { return db.Write(batch); }));
  }
  std::vector<std::string> Keys(std::string_view prefix) {
    std::vector<std::string> keys;
    EXPECT_TRUE(store_->WithDatabase(DatabaseUse::kRead,
                                     [&](Db& db, const AuditContext&) -> core::Result<void> {
                                       SW_ASSIGN(const auto entries, View(db).List(prefix, 10'000));
                                       for (const auto& [key, value] : entries) {
                                         keys.push_back(key);
                                       }
                                       return {};
                                     }));
    return keys;
  }
  core::Result<ErasureReport> EraseHer(ErasureEffect effect = ErasureEffect::kErase) {
    return Erase(*store_, {ErasureTarget::By::kAuthor, "@MOIRA pellew", "asked in writing"}, kYear,
                 Day(21), effect);
  }
  std::vector<Sighting> Look(const std::vector<Needle>& needles) {
    const auto found = ScanFiles(folder_.path(), needles);
    EXPECT_TRUE(found.has_value()) << found.error().message;
    return found.value_or(std::vector<Sighting>{});
  }

  TempFolder folder_;
  std::unique_ptr<Store> store_;
};

// Whoever adds a kind of record says here what becomes of it when somebody is erased.
TEST(ErasureSweep, KnowsEveryPrefixOfTheStore) {
  std::ifstream file(SW_SOURCE_DIR "/storage/keys.h");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::vector<std::string_view> swept = SweptPrefixes();
  std::size_t found = 0;
  constexpr std::string_view kMark = "Prefix = \"";
  for (std::size_t at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at + 1)) {
    const std::size_t from = at + kMark.size();
    const std::string prefix = text.substr(from, text.find('"', from) - from);
    EXPECT_NE(std::ranges::find(swept, prefix), swept.end()) << prefix;
    ++found;
  }
  EXPECT_EQ(found, swept.size());
  for (const std::string_view prefix : swept) {
    EXPECT_NE(FindRecordKind(prefix), nullptr)
        << "doctor, repair and backup do not know " << prefix;
  }
}

TEST_F(ErasureTest, EveryTraceOfAnAuthorGoes) {
  const std::vector<Needle> needles{{kName, "name"},
                                    {"moira  pellew", "name"},
                                    {"moira-pellew", "address"},
                                    {kPostUrl, "address"},
                                    {"f-hers", "number"},
                                    {"f-blog", "number"},
                                    {"harvest money home", "text"}};
  for (const Needle& needle : needles) {
    EXPECT_FALSE(Look({needle}).empty()) << needle.bytes << " should be there to begin with";
  }
  const auto report = EraseHer();
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->findings.size(), 2U);
  EXPECT_TRUE(report->reopened);
  for (const Needle& needle : needles) {
    const auto left = Look({needle});
    EXPECT_TRUE(left.empty()) << needle.bytes << " is left in " << left[0].file << " ("
                              << left[0].record << ")";
  }
  EXPECT_TRUE(Look(report->needles).empty());
}

TEST_F(ErasureTest, WhatOthersWroteStays) {
  ASSERT_TRUE(EraseHer().has_value());
  const auto answer = store_->LoadFinding("f-answer");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->post.text, "I think ************ is right about this, and more.");
  EXPECT_EQ(answer->post.quoted, "");
  EXPECT_EQ(answer->post.author, "Tobias Crane");
  // It is compared by the words that are left.
  EXPECT_TRUE(store_->FindCaseByText("quillbrook", core::FingerprintOf(answer->post))->has_value());
  const auto all = TakeInventory(*store_, {});
  ASSERT_TRUE(all.has_value());
  for (const StoreProblem& problem : FindProblems(*all)) {
    EXPECT_NE(problem.what, "posts cannot be compared with new ones");
    EXPECT_NE(problem.what, "entries in the index of texts lead nowhere");
  }
  const auto shared = store_->LoadCase("SHARED");
  ASSERT_TRUE(shared.has_value());
  EXPECT_EQ(shared->findings, std::vector<std::string>{"f-answer"});
  EXPECT_EQ(shared->authors, 1U);
  EXPECT_EQ(shared->title, "Harvest fair");
  ASSERT_GE(shared->history.size(), 2U);
  EXPECT_EQ(shared->history[shared->history.size() - 2].reason, "Rang ************ about it.");
  EXPECT_EQ(shared->history.back().finding, "") << "a number of hers";
  const auto versions = store_->LoadVersions("f-answer").value();
  ASSERT_EQ(versions.size(), 1U);
  EXPECT_EQ(versions[0].text, "************ is right, I said before.");
  EXPECT_EQ(store_->FindSeen("elsewhere").value(), std::nullopt);
  const auto thread = store_->FindUrl("https://forum.example/t/1");
  ASSERT_TRUE(thread.has_value() && *thread);
  EXPECT_EQ((*thread)->follow, std::vector<std::string>{"thread https://forum.example/t/2"});
  EXPECT_EQ(store_->FindRoute("town/search/1").value()->newest_id, "");
  EXPECT_EQ(store_->FindRoute("town/search/1").value()->cursor, "x");
  EXPECT_EQ(store_->FindRoute("town/search/2").value()->newest_id, "native-f-answer");
  EXPECT_EQ(store_->ListExamples().value().size(), 1U);
  EXPECT_EQ(store_->LoadBatches().value().at(0).items.size(), 1U);
  EXPECT_TRUE(store_->LoadItems().value().empty());
  EXPECT_EQ(store_->FindNote("list").value(), "one line\nanother");
}

TEST_F(ErasureTest, ReportsKeepWhatTheyLedToBesideHers) {
  ASSERT_TRUE(EraseHer().has_value());
  EXPECT_EQ(store_->FindReport("r-hers").value(), std::nullopt);
  const auto both = store_->FindReport("r-both").value();
  ASSERT_TRUE(both.has_value());
  EXPECT_EQ(both->findings, std::vector<std::string>{"f-answer"});
  EXPECT_EQ(both->files.at(0).name.find("Pellew"), std::string::npos);
}

TEST_F(ErasureTest, EvidenceOfOthersKeepsAllButHer) {
  core::DocumentOutcome more;
  more.findings = {
      By("f-link", "SHARED", "Nell Harrow", "https://forum.example/t/1#p4", "See that.")};
  core::Evidence quotes = samples::MakeEvidence("f-answer");
  quotes.fragment =
      "<blockquote>The caretaker at <b>Quillbrook Academy</b> took the&nbsp;harvest money home in "
      "his own van, twice.</blockquote> I think so too";
  core::Evidence links = samples::MakeEvidence("f-link");
  links.fragment = "See <a href=\"/users/moira-pellew\">Moira Pellew</a>, in <a href=\"" +
                   kPostUrl + "\">that</a> and <a href=\"" + kPostUrl + "9\">this</a>";
  links.redirects = {kBlogUrl, "https://forum.example/t/1"};
  core::Evidence neither = samples::MakeEvidence("f-other");
  more.evidence = {quotes, links, neither};
  ASSERT_TRUE(store_->Commit({&more, 1}).has_value());
  ASSERT_TRUE(EraseHer().has_value());
  EXPECT_EQ(store_->FindEvidence("f-hers").value(), std::nullopt);
  EXPECT_EQ(store_->FindEvidence("f-answer").value()->fragment, "");
  const core::Evidence left = store_->FindEvidence("f-link").value().value();
  EXPECT_EQ(left.fragment, "See <a href=\"" + std::string(19, '*') + "\">" + std::string(12, '*') +
                               "</a>, in <a href=\"" + std::string(kPostUrl.size(), '*') +
                               "\">that</a> and <a href=\"" + kPostUrl + "9\">this</a>");
  EXPECT_EQ(left.redirects, std::vector<std::string>{"https://forum.example/t/1"});
  EXPECT_NE(left.fragment_note.find("erased"), std::string::npos);
  EXPECT_EQ(store_->FindEvidence("f-other").value(), neither);
  // The log has the record as it is now: an export can be checked against it.
  const std::vector<core::AuditEntry> log = store_->LoadAudit(0, 1000).value();
  const core::Sha256 now =
      core::MakeEntry({.action = core::AuditAction::kEvidenceKept,
                       .subject = core::EvidenceSubject("f-link"),
                       .content = core::EvidenceStatement(left)},
                      LoadAuditKey(folder_.path(), MissingKey::kLeaveEmpty)->key, Day(21), {}, {})
          .content;
  EXPECT_NE(std::ranges::find(log, now, &core::AuditEntry::content), log.end());
}

TEST_F(ErasureTest, AnEmptyCaseGoesWithAllThatLedToIt) {
  ASSERT_TRUE(EraseHer().has_value());
  EXPECT_EQ(store_->LoadCase("HERS").error().kind, core::ErrorKind::kNotFound);
  EXPECT_EQ(store_->LoadCase("MERGED").error().kind, core::ErrorKind::kNotFound);
  EXPECT_EQ(store_->ListCases({}).value().size(), 1U);
  for (const std::string_view prefix : {kChangedPrefix, kChangedInPrefix, kLinkPrefix}) {
    for (const std::string& key : Keys(prefix)) {
      EXPECT_TRUE(key.ends_with("SHARED")) << PrintableKey(key);
    }
  }
}

TEST_F(ErasureTest, ShowingChangesNothing) {
  const std::vector<std::string> before = Keys("");
  const auto report = EraseHer(ErasureEffect::kShowOnly);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->deleted.at("posts"), 2U);
  EXPECT_EQ(report->deleted.at("cases"), 2U);
  EXPECT_EQ(Keys(""), before);
}

TEST_F(ErasureTest, ErasingAgainFindsNothing) {
  ASSERT_TRUE(EraseHer().has_value());
  const auto again = EraseHer();
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(again->findings.empty());
  EXPECT_TRUE(again->deleted.empty());
  EXPECT_TRUE(again->changed.empty());
}

TEST_F(ErasureTest, AnErasedPostStaysAwayUntilItsMarkIsOver) {
  const core::Post post = store_->LoadFinding("f-hers").value().post;
  EXPECT_FALSE(store_->IsErased(post, core::PostKey(post), Day(22)));
  ASSERT_TRUE(EraseHer().has_value());
  const core::Timestamp over = Day(21) + kYear;
  core::Post edited = post;
  edited.text += " Edited.";
  core::Post elsewhere = post;
  elsewhere.id = "another";
  elsewhere.url = "https://mirror.example/9";
  core::Post new_one = elsewhere;
  new_one.text = "Something else that she says next week.";
  for (const auto& [what, one, erased] :
       {std::tuple("as it was", post, true), std::tuple("edited", edited, true),
        std::tuple("in another place", elsewhere, true),
        std::tuple("a new post", new_one, false)}) {
    EXPECT_EQ(store_->IsErased(one, core::PostKey(one), Day(22)), erased) << what;
    EXPECT_FALSE(store_->IsErased(one, core::PostKey(one), over)) << what;
  }
  Open();
  EXPECT_TRUE(store_->IsErased(post, core::PostKey(post), Day(22))) << "also in the next run";
}

// A second source gives the post another number, another title and less of the text.
TEST_F(ErasureTest, ACopyThroughAnotherSourceStaysAway) {
  const core::Post hers = store_->LoadFinding("f-hers").value().post;
  ASSERT_TRUE(EraseHer().has_value());
  core::Post copy = hers;
  copy.id = "guid-77";
  copy.title = "Forum: harvest fair";
  copy.text = "The caretaker at Quillbrook Academy took …";
  for (const std::string& url : {kPostUrl, std::string("http://www.forum.example/t/1?utm_source=x"
                                                       "#post-moira-2")}) {
    copy.url = url;
    EXPECT_TRUE(store_->IsErased(copy, core::PostKey(copy), Day(22))) << url;
  }
  copy.url = "https://forum.example/t/1#post-moira-3";
  EXPECT_FALSE(store_->IsErased(copy, core::PostKey(copy), Day(22))) << "another post";
  EXPECT_TRUE(store_->IsErased(copy, "elsewhere", Day(22))) << "a key that led to hers";
}

TEST_F(ErasureTest, AnAddressOfManyKeepsNobodyElseAway) {
  core::DocumentOutcome more;
  core::Finding news =
      By("f-news", "SHARED", kName, "https://gazette.example/news/4", "Opened by the mayor.");
  news.post.kind = core::PostKind::kArticle;
  news.post.thread_url = news.post.url;
  core::Finding feed = By("f-feed", "SHARED", kName, "https://club.example/", "Fair on Sunday.");
  feed.post.kind = core::PostKind::kEntry;
  feed.post.thread_url.clear();
  more.findings = {news, feed};
  ASSERT_TRUE(store_->Commit({&more, 1}).has_value());
  ASSERT_TRUE(EraseHer().has_value());
  core::Post comment = news.post;
  comment.kind = core::PostKind::kComment;
  comment.id = "c9";
  comment.author = "Tobias Crane";
  EXPECT_FALSE(store_->IsErased(comment, core::PostKey(comment), Day(22)));
  core::Post next = feed.post;
  next.id = "guid-2";
  next.text = "Fair on Monday.";
  EXPECT_FALSE(store_->IsErased(next, core::PostKey(next), Day(22))) << "the whole site's address";
}

TEST_F(ErasureTest, TheSameWordsUnderAnotherTitleStayAway) {
  const core::Post hers = store_->LoadFinding("f-hers").value().post;
  core::DocumentOutcome more;
  more.findings = {By("f-short", "SHARED", kName, "https://forum.example/t/1#p7", "Shame on them")};
  more.findings[0].post.title = "Harvest fair";
  const core::Post brief = more.findings[0].post;
  ASSERT_TRUE(store_->Commit({&more, 1}).has_value());
  ASSERT_TRUE(EraseHer().has_value());
  const auto elsewhere = [](core::Post post, std::string title) {
    post.id = "another";
    post.url = "https://mirror.example/9";
    post.title = std::move(title);
    return post;
  };
  core::Post titled = elsewhere(hers, "What nobody tells you");
  titled.text.insert(titled.text.find(' '), "\n ");
  EXPECT_TRUE(store_->IsErased(titled, core::PostKey(titled), Day(22)));
  titled.author = "Tobias Crane";
  EXPECT_FALSE(store_->IsErased(titled, core::PostKey(titled), Day(22)));
  const core::Post same = elsewhere(brief, "Harvest fair");
  EXPECT_TRUE(store_->IsErased(same, core::PostKey(same), Day(22)));
  const core::Post other = elsewhere(brief, "The new bins");
  EXPECT_FALSE(store_->IsErased(other, core::PostKey(other), Day(22))) << "a few words, of another";
}

// As stores before this wrote them: by author, title and text.
TEST_F(ErasureTest, OlderMarksGoOnWorking) {
  const core::Post hers = store_->LoadFinding("f-hers").value().post;
  Batch raw;
  ASSERT_TRUE(store_->WithDatabase(DatabaseUse::kRead, [&](Db&, const AuditContext& audit) {
    raw.Put(Key(kErasedPrefix, PrivacyHash(audit.key).OfWords(hers)),
            Encode(ErasureMark{ErasureMark::What::kWords, Day(21), Day(21) + kYear, ""}));
    return core::Result<void>();
  }));
  Write(raw);
  Open();
  core::Post copy = hers;
  copy.id = "another";
  copy.url = "https://mirror.example/9";
  EXPECT_TRUE(store_->IsErased(copy, core::PostKey(copy), Day(22)));
  // They are known to be of the key of this opening, once it is lost.
  EXPECT_EQ(store_->FindLostMarks(Day(22)), LostMarks());
  LoseKey();
  EXPECT_FALSE(store_->IsErased(copy, core::PostKey(copy), Day(22)));
  EXPECT_EQ(store_->FindLostMarks(Day(22)), (LostMarks{1, Day(21), Day(21) + kYear}));
  EXPECT_EQ(store_->FindLostMarks(Day(21) + kYear), LostMarks()) << "nobody waits for them";
}

TEST_F(ErasureTest, OlderMarksWhoseKeyWasLostBeforeThatAreLost) {
  Batch raw;
  raw.Put(Key(kErasedPrefix, std::string(32, 'a')),
          Encode(ErasureMark{ErasureMark::What::kWords, Day(21), Day(21) + kYear, ""}));
  Write(raw);
  std::filesystem::remove(folder_.path() / "audit.key");
  Open();
  EXPECT_EQ(store_->FindLostMarks(Day(22)).marks, 1U);
  store_.reset();
  Open();
  EXPECT_EQ(store_->FindLostMarks(Day(22)).marks, 1U) << "also when the new key is new no more";
}

TEST_F(ErasureTest, ALostKeyIsToldOfAndCountsAgainWhenItIsBack) {
  const core::Post hers = store_->LoadFinding("f-hers").value().post;
  ASSERT_TRUE(EraseHer().has_value());
  const std::size_t marks = Keys(kErasedPrefix).size();
  EXPECT_EQ(store_->FindLostMarks(Day(22)), LostMarks());
  const std::string key = LoseKey();
  EXPECT_FALSE(store_->IsErased(hers, core::PostKey(hers), Day(22)));
  EXPECT_EQ(store_->FindLostMarks(Day(22)).marks, marks);
  // What is erased from then on has the new key.
  const auto other = Erase(*store_, {ErasureTarget::By::kAuthor, "Tobias Crane", ""}, kYear,
                           Day(22), ErasureEffect::kErase);
  ASSERT_TRUE(other.has_value()) << other.error().message;
  EXPECT_EQ(store_->FindLostMarks(Day(22)).marks, marks);
  store_.reset();
  std::ofstream(folder_.path() / "audit.key.replaced-old") << key;
  std::ofstream(folder_.path() / "audit.key.replaced-older") << "nonsense";
  Open();
  EXPECT_TRUE(store_->IsErased(hers, core::PostKey(hers), Day(22)));
  EXPECT_EQ(store_->FindLostMarks(Day(22)), LostMarks());
  const core::Post his = By("f-answer", "SHARED", "Tobias Crane", "https://forum.example/t/1#p3",
                            "I think Moira Pellew is right about this, and more.")
                             .post;
  EXPECT_TRUE(store_->IsErased(his, core::PostKey(his), Day(22)));
}

TEST_F(ErasureTest, MarksAndLogTellNobody) {
  ASSERT_TRUE(EraseHer().has_value());
  // The key and the text of each post, the address of the one that has its own, the key that
  // another source had hers under, and the author's.
  EXPECT_EQ(Keys(kErasedPrefix).size(), 7U);
  for (const std::string& key : Keys(kErasedPrefix)) {
    EXPECT_EQ(key.find_first_not_of("0123456789abcdef", kErasedPrefix.size()), std::string::npos);
  }
  const auto log = store_->LoadAuditOf("HERS");
  ASSERT_TRUE(log.has_value());
  EXPECT_EQ(log->back().action, core::AuditAction::kDeleted);
}

TEST_F(ErasureTest, AnAddressIsOfAPostOrOfAWholeThread) {
  const auto by_url = [&](std::string url) {
    const auto report = Erase(*store_, {ErasureTarget::By::kUrl, std::move(url), ""}, kYear,
                              Day(21), ErasureEffect::kShowOnly);
    std::vector<std::string> ids;
    for (const core::Finding& finding : report.value().findings) {
      ids.push_back(finding.id);
    }
    std::ranges::sort(ids);
    return ids;
  };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(by_url(kPostUrl), Ids{"f-hers"});
  EXPECT_EQ(by_url(kBlogUrl + "?utm_source=mail"), Ids{"f-blog"});
  EXPECT_EQ(by_url("https://forum.example/t/1"), (Ids{"f-answer", "f-hers"}));
  EXPECT_EQ(by_url("https://forum.example/t/9"), Ids{});
  // As people write them, by the rule that tells posts apart.
  for (const std::string url :
       {"http://blog.example/moira-pellew/harvest", "https://www.blog.example/moira-pellew/harvest",
        "https://blog.example/moira-pellew/harvest/?fbclid=9", "blog.example/moira-pellew/harvest",
        "HTTPS://Blog.Example/moira-pellew/harvest/"}) {
    EXPECT_EQ(by_url(url), Ids{"f-blog"}) << url;
  }
}

TEST_F(ErasureTest, AProfileIsFoundHoweverItsAddressIsWritten) {
  for (const std::string url : {"http://www.forum.example/users/moira-pellew/",
                                "forum.example/users/moira-pellew?utm_source=x"}) {
    const auto report = Erase(*store_, {ErasureTarget::By::kAuthor, url, ""}, kYear, Day(21),
                              ErasureEffect::kShowOnly);
    ASSERT_TRUE(report.has_value()) << report.error().message;
    ASSERT_EQ(report->findings.size(), 1U) << url;
    EXPECT_EQ(report->findings[0].id, "f-hers");
  }
}

TEST_F(ErasureTest, LinksGoFromPostsAndNotesHoweverTheyAreWritten) {
  core::DocumentOutcome more;
  core::Finding links =
      By("f-links", "SHARED", "Nell Harrow", "https://forum.example/t/1#p8",
         "Read http://www.blog.example/moira-pellew/harvest/?fbclid=1, blog.example/moira-pellew/"
         "harvest. Not myblog.example/moira-pellew/harvest or blog.example/moira-pellew/harvest-2");
  links.judgement.hits[0].text = "www.blog.example/moira-pellew/harvest";
  more.findings = {links};
  core::Case shared = store_->LoadCase("SHARED").value();
  shared.findings.push_back("f-links");
  shared.history.push_back({.at = Day(20),
                            .who = "Ada Wren",
                            .kind = core::CaseEventKind::kNoted,
                            .about = "",
                            .reason = "See Blog.example/moira-pellew/harvest first"});
  more.cases = {shared};
  ASSERT_TRUE(store_->Commit({&more, 1}).has_value());
  ASSERT_TRUE(EraseHer().has_value());
  const core::Finding left = store_->LoadFinding("f-links").value();
  EXPECT_EQ(left.post.text, "Read " + std::string(54, '*') + ", " + std::string(33, '*') +
                                ". Not myblog.example/moira-pellew/harvest or "
                                "blog.example/moira-pellew/harvest-2");
  EXPECT_EQ(left.judgement.hits[0].text, std::string(37, '*'));
  EXPECT_EQ(store_->LoadCase("SHARED")->history.back().reason,
            "See " + std::string(33, '*') + " first");
}

// Asked for again, or only after its post went by period: the address is known from the question.
TEST_F(ErasureTest, AnAddressWithoutAPostStillGoesFromWhatOthersWrote) {
  const std::string url = "https://gone.example/posts/harvest-9";
  core::DocumentOutcome more;
  more.findings = {By("f-links", "SHARED", "Nell Harrow", "https://forum.example/t/1#p8",
                      "See gone.example/posts/harvest-9 for more.")};
  ASSERT_TRUE(store_->Commit({&more, 1}).has_value());
  Open();
  const auto report =
      Erase(*store_, {ErasureTarget::By::kUrl, url, ""}, kYear, Day(21), ErasureEffect::kErase);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_TRUE(report->findings.empty());
  EXPECT_EQ(report->changed.at("posts of others"), 1U);
  EXPECT_EQ(store_->LoadFinding("f-links")->post.text,
            "See " + std::string(28, '*') + " for more.");
  EXPECT_FALSE(report->needles.empty());
  EXPECT_TRUE(Look({{"gone.example/posts", "address"}}).empty());
}

// As HTML and JSON write addresses, and as people leave out the scheme.
TEST_F(ErasureTest, HerAddressesGoHoweverMarkupWritesThem) {
  const std::string hers = "https://paper.example/story/7?part=1&reply=moira";
  core::DocumentOutcome more;
  more.findings = {By("f-story", "SHARED", kName, hers, "All of it is in my story, part one.")};
  core::Evidence markup = samples::MakeEvidence("f-answer");
  markup.fragment =
      "See paper.example/story/7?part=1&amp;reply=moira or "
      "{\"link\":\"https:\\/\\/paper.example\\/story\\/7?part=1&reply=moira\"}, and not "
      "paper.example/story/8?part=1&amp;reply=moira";
  more.evidence = {markup};
  ASSERT_TRUE(store_->Commit({&more, 1}).has_value());
  ASSERT_TRUE(EraseHer().has_value());
  const std::string left = store_->FindEvidence("f-answer").value()->fragment;
  EXPECT_EQ(left.find("story/7"), std::string::npos) << left;
  EXPECT_EQ(left.find("story\\/7"), std::string::npos) << left;
  EXPECT_NE(left.find("paper.example/story/8?part=1&amp;"), std::string::npos) << left;
}

// A short answer that stands inside the part of the page that was kept with somebody else's.
TEST_F(ErasureTest, HerShortWordsGoFromOthersEvidence) {
  core::DocumentOutcome more;
  more.findings = {By("f-short", "SHARED", kName, "https://forum.example/t/1#p7", "Shame & pity"),
                   By("f-longer", "SHARED", kName, "https://forum.example/t/1#p8",
                      "It is a disgrace, all of it"),
                   By("f-yes", "SHARED", kName, "https://forum.example/t/1#p9", "Yes")};
  core::Evidence named = samples::MakeEvidence("f-answer");
  named.fragment =
      "<li>I agree<ul><li><b>Moira Pellew</b><p>Shame &amp; pity</p></li><li><p> Yes </p></li>"
      "</ul></li>";
  core::Evidence nameless = samples::MakeEvidence("f-other");
  nameless.fragment = "<p>Yes</p><p>#4 It is a disgrace, all of it (2 likes)</p><p>Quite</p>";
  more.evidence = {named, nameless};
  ASSERT_TRUE(store_->Commit({&more, 1}).has_value());
  ASSERT_TRUE(EraseHer().has_value());
  EXPECT_EQ(store_->FindEvidence("f-answer").value()->fragment,
            "<li>I agree<ul><li><b>" + std::string(12, '*') + "</b><p>" + std::string(16, '*') +
                "</p></li><li><p>*****</p></li></ul></li>");
  EXPECT_EQ(store_->FindEvidence("f-other").value()->fragment,
            "<p>Yes</p><p>#4 " + std::string(27, '*') + " (2 likes)</p><p>Quite</p>");
}

// As people quote one another inside what they write themselves.
TEST_F(ErasureTest, HerShortWordsGoFromWhatNamesHer) {
  core::DocumentOutcome more;
  core::Finding quoting = By("f-quoting", "SHARED", "Nell Harrow", "https://forum.example/t/1#p5",
                             "Moira Pellew wrote:\n> He did\n> it TWICE!\nI would not say so.");
  quoting.judgement.hits[0] = {.rule = "r", .start = 22, .end = 28, .text = "He did", .why = "w"};
  core::Finding apart = By("f-apart", "SHARED", "Nell Harrow", "https://forum.example/t/1#p6",
                           "Moira Pellew wrote that. Not so.");
  apart.post.quoted = "He did it twice.";
  core::Finding answering =
      By("f-answering", "SHARED", "Nell Harrow", "https://forum.example/t/1#p7", "Not at all.");
  answering.post.quoted = "He did it twice.";
  answering.post.parent = "native-f-short";
  core::Finding nameless = By("f-nameless", "SHARED", "Nell Harrow", "https://forum.example/t/1#p8",
                              "I asked, and he did it twice.");
  core::Finding longer = By("f-longer", "SHARED", "Nell Harrow", "https://forum.example/t/1#p9",
                            "Moira Pellew and I: the he-did-it-twicers.");
  more.findings = {
      By("f-short", "SHARED", kName, "https://forum.example/t/1#p4", "He did it twice."),
      By("f-yes", "SHARED", kName, "https://forum.example/t/1#p3a", "Not so."),
      quoting,
      apart,
      answering,
      nameless,
      longer};
  core::Evidence page = samples::MakeEvidence("f-quoting");
  page.fragment =
      "<p>Moira Pellew wrote: \"He did <b>it</b>&nbsp;twice!\"</p><p>Not so. He did it "
      "twicely.</p>";
  more.evidence = {page};
  core::Case shared = store_->LoadCase("SHARED").value();
  shared.findings.insert(shared.findings.end(), {"f-short", "f-yes", "f-quoting", "f-apart",
                                                 "f-answering", "f-nameless", "f-longer"});
  shared.history.push_back({.at = Day(20),
                            .who = "Ada Wren",
                            .kind = core::CaseEventKind::kNoted,
                            .about = "",
                            .reason = "Moira Pellew says he did it twice, others do not."});
  more.cases = {shared};
  ASSERT_TRUE(store_->Commit({&more, 1}).has_value());
  ASSERT_TRUE(EraseHer().has_value());
  const core::Finding cut = store_->LoadFinding("f-quoting").value();
  EXPECT_EQ(cut.post.text, "************ wrote:\n> ** ***\n> ** *****!\nI would not say so.");
  EXPECT_EQ(cut.judgement.hits.at(0).text, "** ***") << "what the rule found tells it again";
  EXPECT_EQ(store_->LoadFinding("f-apart")->post.quoted, "** *** ** *****.");
  EXPECT_EQ(store_->LoadFinding("f-apart")->post.text, "************ wrote that. Not so.")
      << "six letters are anybody's";
  EXPECT_EQ(store_->LoadFinding("f-answering")->post.quoted, "** *** ** *****.");
  EXPECT_EQ(store_->LoadFinding("f-nameless")->post.text, "I asked, and he did it twice.");
  EXPECT_EQ(store_->LoadFinding("f-longer")->post.text,
            "************ and I: the he-did-it-twicers.");
  EXPECT_EQ(store_->FindEvidence("f-quoting").value()->fragment,
            "<p>************ wrote: \"** *** <b>**</b>&nbsp;*****!\"</p><p>Not so. He did it "
            "twicely.</p>");
  bool noted = false;
  const core::Case crossed_out = store_->LoadCase("SHARED").value();
  for (const core::CaseEvent& event : crossed_out.history) {
    noted = noted || event.reason == "************ says ** *** ** *****, others do not.";
  }
  EXPECT_TRUE(noted);
}

// Somebody's post that is erased by its address leaves what the same person wrote elsewhere alone.
TEST_F(ErasureTest, OnlyAnAuthorsErasureTakesShortWords) {
  core::DocumentOutcome more;
  core::Finding again = By("f-again", "SHARED", kName, "https://forum.example/t/9#p1",
                           "He did it twice. Moira Pellew");
  again.post.thread_url = "https://forum.example/t/9";
  more.findings = {
      By("f-short", "SHARED", kName, "https://forum.example/t/1#p4", "He did it twice."), again};
  ASSERT_TRUE(store_->Commit({&more, 1}).has_value());
  ASSERT_TRUE(Erase(*store_,
                    {ErasureTarget::By::kUrl, "https://forum.example/t/1#p4", "asked in writing"},
                    kYear, Day(21), ErasureEffect::kErase)
                  .has_value());
  EXPECT_FALSE(store_->LoadFinding("f-short").has_value());
  EXPECT_EQ(store_->LoadFinding("f-again")->post.text, "He did it twice. Moira Pellew");
}

TEST_F(ErasureTest, WhatIsLeftIsNamedByCaseAndPost) {
  core::DocumentOutcome more;
  more.findings = {By("f-same", "OTHERS", "Nell Harrow", "https://forum.example/t/5#p1", kText)};
  core::Case others = samples::MakeCase("OTHERS", "quillbrook", Day(20));
  others.findings = {"f-same"};
  more.cases = {others};
  ASSERT_TRUE(store_->Commit({&more, 1}).has_value());
  const auto report = EraseHer();
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(
      report->left,
      (std::vector<LeftRecord>{{"finding", "OTHERS", "https://forum.example/t/5#p1", "a text"}}));
}

TEST_F(ErasureTest, ACaseGoesWithAllItsPosts) {
  const auto report = Erase(*store_, {ErasureTarget::By::kCase, "SHARED", ""}, kYear, Day(21),
                            ErasureEffect::kErase);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->findings.size(), 2U);
  EXPECT_EQ(store_->LoadCase("SHARED").error().kind, core::ErrorKind::kNotFound);
  EXPECT_TRUE(store_->LoadFinding("f-blog").has_value());
  EXPECT_EQ(Erase(*store_, {ErasureTarget::By::kCase, "SHARED", ""}, kYear, Day(21),
                  ErasureEffect::kErase)
                .error()
                .kind,
            core::ErrorKind::kNotFound);
}

TEST_F(ErasureTest, AnEverydayWordIsErasedAsANameOnly) {
  core::DocumentOutcome more;
  more.findings = {By("f-parent", "SHARED", "Parent", "https://forum.example/t/1#p9",
                      "No comment from me on any of this, thank you very much indeed."),
                   By("f-third", "SHARED", "Tobias Crane", "https://forum.example/t/1#p10",
                      "Every parent should know.")};
  ASSERT_TRUE(store_->Commit({&more, 1}).has_value());
  const auto report = Erase(*store_, {ErasureTarget::By::kAuthor, "parent", ""}, kYear, Day(21),
                            ErasureEffect::kErase);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->findings.size(), 1U);
  EXPECT_EQ(store_->LoadFinding("f-third").value().post.text, "Every parent should know.");
}

TEST_F(ErasureTest, ARestoredBackupIsErasedAgain) {
  TempFolder backup;
  store_.reset();
  std::filesystem::copy(
      folder_.path(), backup.path(),
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  Open();
  ASSERT_TRUE(EraseHer().has_value());
  std::vector<KeptMark> marks;
  ASSERT_TRUE(store_->WithDatabase(DatabaseUse::kRead,
                                   [&](Db& db, const AuditContext&) -> core::Result<void> {
                                     SW_ASSIGN(marks, ListErasureMarks(db));
                                     return {};
                                   }));
  auto restored = Store::Open(backup.path(), OpenMode::kReadWrite);
  ASSERT_TRUE(restored.has_value());
  // An older post of hers, which the living store had forgotten before it was asked to.
  core::DocumentOutcome old;
  old.findings = {By("f-old", "SHARED", kName, "https://forum.example/t/1#old", "Older words.")};
  core::Finding later = By("f-later", "SHARED", kName, "https://forum.example/t/1#late", "Later.");
  later.fetched_at = Day(25);
  old.findings.push_back(later);
  ASSERT_TRUE((*restored)->Commit({&old, 1}).has_value());
  core::Result<ErasureReport> report;
  ASSERT_TRUE((*restored)->WithDatabase(
      DatabaseUse::kWrite, [&](Db& db, const AuditContext& audit) -> core::Result<void> {
        SW_ASSIGN(report, ApplyErasureMarks(db, {audit.key, Day(26)}, {{audit.key}, marks}));
        return {};
      }));
  EXPECT_EQ(report->findings.size(), 3U);
  EXPECT_EQ((*restored)->LoadFinding("f-hers").error().kind, core::ErrorKind::kNotFound);
  EXPECT_EQ((*restored)->LoadFinding("f-old").error().kind, core::ErrorKind::kNotFound);
  EXPECT_TRUE((*restored)->LoadFinding("f-later").has_value()) << "written since";
  const core::Post post = By("f-hers", "SHARED", kName, kPostUrl, kText).post;
  EXPECT_TRUE((*restored)->IsErased(post, core::PostKey(post), Day(26)));
}

// A backup of the store as it was, restored over the store from which she was erased since.
TEST_F(ErasureTest, AnOldBackupDoesNotBringHerBack) {
  const TempFolder elsewhere;
  const auto file = elsewhere.path() / "backup.tar";
  ASSERT_TRUE(WriteBackup(*store_, folder_.path(), Day(20), file).has_value());
  ASSERT_TRUE(EraseHer().has_value());
  store_.reset();
  const auto restored =
      RestoreStore(folder_.path(), file, {.existing = Existing::kReplace}, Day(22));
  ASSERT_TRUE(restored.has_value()) << restored.error().message;
  EXPECT_EQ(restored->newer_erasures, 1U);
  EXPECT_EQ(restored->erased_posts, 2U);
  EXPECT_FALSE(restored->erasures_unknown);
  for (const std::string& bytes : {kName, kPostUrl, kBlogUrl, std::string("harvest money home")}) {
    EXPECT_TRUE(Look({{bytes, "trace"}}).empty()) << bytes;
  }
  Open();
  EXPECT_EQ(store_->LoadFinding("f-hers").error().kind, core::ErrorKind::kNotFound);
  EXPECT_EQ(store_->LoadFinding("f-answer")->post.quoted, "");
  const core::Post post = By("f-hers", "SHARED", kName, kPostUrl, kText).post;
  EXPECT_TRUE(store_->IsErased(post, core::PostKey(post), Day(23)));
  EXPECT_EQ(store_->LoadAuditOf("SHARED")->back().action, core::AuditAction::kDeleted);
}

TEST_F(ErasureTest, WhatWasErasedTwiceIsErasedTwiceInABackupOfBetween) {
  ASSERT_TRUE(EraseHer().has_value());
  core::DocumentOutcome since;
  since.findings = {
      By("f-again", "SHARED", kName, "https://forum.example/t/1#again", "Written since then."),
      By("f-names", "SHARED", "somebody", "https://forum.example/t/1#names",
         "I agree with Moira Pellew about all of it.")};
  ASSERT_TRUE(store_->Commit({&since, 1}).has_value());
  const TempFolder elsewhere;
  const auto file = elsewhere.path() / "backup.tar";
  ASSERT_TRUE(WriteBackup(*store_, folder_.path(), Day(22), file).has_value());
  ASSERT_TRUE(Erase(*store_, {ErasureTarget::By::kAuthor, kName, "asked again"}, kYear, Day(23),
                    ErasureEffect::kErase)
                  .has_value());
  store_.reset();
  const auto restored =
      RestoreStore(folder_.path(), file, {.existing = Existing::kReplace}, Day(24));
  ASSERT_TRUE(restored.has_value()) << restored.error().message;
  EXPECT_EQ(restored->newer_erasures, 1U);
  Open();
  EXPECT_EQ(store_->LoadFinding("f-again").error().kind, core::ErrorKind::kNotFound);
  EXPECT_EQ(store_->LoadFinding("f-names")->post.text.find(kName), std::string::npos);
}

TEST_F(ErasureTest, ANewerBackupTellsAnOlderOneWhatToErase) {
  const TempFolder elsewhere;
  const auto old = elsewhere.path() / "old.tar";
  const auto newer = elsewhere.path() / "newer.tar";
  ASSERT_TRUE(WriteBackup(*store_, folder_.path(), Day(20), old).has_value());
  ASSERT_TRUE(EraseHer().has_value());
  ASSERT_TRUE(WriteBackup(*store_, folder_.path(), Day(21), newer).has_value());
  for (const auto& [options, posts] :
       {std::pair(RestoreOptions{}, 0U), std::pair(RestoreOptions{.erasures_of = newer}, 2U)}) {
    const TempFolder machine;
    const auto restored = RestoreStore(machine.path() / "store", old, options, Day(22));
    ASSERT_TRUE(restored.has_value()) << restored.error().message;
    EXPECT_EQ(restored->erased_posts, posts);
    const auto store = Store::Open(machine.path() / "store", OpenMode::kReadOnly);
    EXPECT_EQ((*store)->LoadFinding("f-hers").has_value(), posts == 0);
  }
}

TEST_F(ErasureTest, ARestoreSaysThatNobodyKnowsWhatWasErasedFromADamagedStore) {
  const TempFolder elsewhere;
  const auto file = elsewhere.path() / "backup.tar";
  ASSERT_TRUE(WriteBackup(*store_, folder_.path(), Day(20), file).has_value());
  store_.reset();
  std::ofstream(folder_.path() / "db" / "CURRENT") << "MANIFEST-999999\n";
  const auto restored =
      RestoreStore(folder_.path(), file, {.existing = Existing::kReplace}, Day(22));
  ASSERT_TRUE(restored.has_value()) << restored.error().message;
  EXPECT_TRUE(restored->erasures_unknown);
}

TEST_F(ErasureTest, CopiesThatARepairLeftAreNamed) {
  store_.reset();
  std::filesystem::copy(folder_.path() / "db", folder_.path() / "db.damaged-20261119T120000Z");
  std::filesystem::create_directory(folder_.path() / "db.replaced-20261118T120000Z");
  std::ofstream(folder_.path() / "quarantine-20261119T120000Z")
      << core::ToHex(std::string_view("finding/x")) << ' ' << core::ToHex(kName) << " is damaged\n";
  Open();
  const auto report = EraseHer();
  ASSERT_TRUE(report.has_value()) << report.error().message;
  const auto copies = FindOldCopies(folder_.path(), report->needles);
  ASSERT_TRUE(copies.has_value()) << copies.error().message;
  ASSERT_EQ(copies->size(), 2U);
  EXPECT_EQ((*copies)[0].filename(), "db.damaged-20261119T120000Z");
  EXPECT_EQ((*copies)[1].filename(), "quarantine-20261119T120000Z");
}

TEST_F(ErasureTest, AnAddressIsNotFoundInALongerOne) {
  core::DocumentOutcome more;
  core::UrlState index;
  index.key = "https://blog.example/";
  index.follow = {"page " + kBlogUrl, "page " + kBlogUrl + "-2", "page " + kBlogUrl + "?page=2"};
  more.urls = {index};
  ASSERT_TRUE(store_->Commit({&more, 1}).has_value());
  ASSERT_TRUE(EraseHer().has_value());
  EXPECT_EQ(store_->FindUrl("https://blog.example/").value()->follow,
            std::vector<std::string>{"page " + kBlogUrl + "-2"});
}

TEST(ErasureNeedles, AnAddressIsLookedForWithoutItsScheme) {
  ErasureSubject subject;
  subject.urls = {"https://www.forum.example/t/1/", "https://club.example/"};
  std::vector<std::string> bytes;
  for (const Needle& needle : NeedlesOf(subject, {})) {
    EXPECT_TRUE(needle.is_address);
    bytes.push_back(needle.bytes);
  }
  EXPECT_EQ(bytes, (std::vector<std::string>{"https://club.example/", "https:\\/\\/club.example\\/",
                                             "forum.example/t/1", "forum.example\\/t\\/1"}));
}

TEST(ErasureNeedles, AnAddressIsLookedForAsMarkupWritesItsSigns) {
  ErasureSubject subject;
  subject.urls = {"https://forum.example/t?id=7&post=2"};
  const std::vector<Needle> needles = NeedlesOf(subject, {});
  for (const std::string form :
       {"forum.example/t?id=7&post=2", "forum.example/t?id=7&amp;post=2",
        "forum.example/t?id=7&#038;post=2", "forum.example\\/t?id=7&post=2",
        "forum.example\\/t?id=7&amp;post=2", "forum.example\\/t?id=7\\u0026post=2"}) {
    EXPECT_NE(std::ranges::find(needles, form, &Needle::bytes), needles.end()) << form;
  }
}

// Our own pages write an apostrophe as a reference, most others as it is.
TEST(ErasureNeedles, AreInEveryFormThatANameIsKeptIn) {
  const std::vector<Needle> needles = NeedlesOf({}, {"Ann & Pat O'Hare"});
  for (const std::string form :
       {"Ann & Pat O'Hare", "Ann &amp; Pat O'Hare", "Ann &amp; Pat O&#39;Hare"}) {
    EXPECT_NE(std::ranges::find(needles, form, &Needle::bytes), needles.end()) << form;
  }
}

}  // namespace
}  // namespace schoolwatch::storage
