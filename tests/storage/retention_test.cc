#include "storage/retention.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "storage/db.h"
#include "storage/keys.h"
#include "storage/looks.h"
#include "tests/storage/samples.h"
#include "tests/storage/temp_folder.h"

namespace schoolwatch::storage {
namespace {

using samples::Day;
using std::chrono::hours;

constexpr hours kLooks{24 * 28};
const core::Timestamp kNow = Day(30);

class RetentionTest : public testing::Test {
 protected:
  RetentionTest() : store_(Store::Open(folder_.path(), OpenMode::kReadWrite).value()) {}

  // A case with one post, whose last change, or closing, was so long ago.
  void Add(const std::string& id, core::CaseState state, core::CaseOutcome outcome,
           core::Category category, hours ago) {
    core::DocumentOutcome outcome_all;
    core::Case one = samples::MakeCase(id, "quillbrook", kNow - ago);
    one.state = state;
    one.outcome = outcome;
    one.categories = {category};
    one.thread_url = "https://forum.example/t/" + id;
    one.findings = {"f-" + id};
    core::Finding finding = samples::MakeFinding("f-" + id, "quillbrook", id);
    finding.post.thread_url = one.thread_url;
    finding.post.url = one.thread_url + "#1";
    finding.fetched_at = kNow - ago;
    finding.post.text = "people say that number " + id + " left early";
    outcome_all.cases = {one};
    outcome_all.findings = {finding};
    outcome_all.evidence = {samples::MakeEvidence(finding.id)};
    ASSERT_TRUE(store_->Commit({&outcome_all, 1}).has_value());
  }
  PurgeReport Run(PurgeLimits limits = PurgeLimits::None(),
                  PurgeEffect effect = PurgeEffect::kDelete, core::Timestamp now = kNow) {
    const auto report = Purge(*store_, periods_, kLooks, now, limits, effect);
    EXPECT_TRUE(report.has_value()) << report.error().message;
    return report.value_or(PurgeReport{});
  }
  std::map<std::string, std::string> Everything() {
    std::map<std::string, std::string> all;
    EXPECT_TRUE(store_->WithDatabase(DatabaseUse::kRead,
                                     [&](Db& db, const AuditContext&) -> core::Result<void> {
                                       SW_ASSIGN(const auto entries, View(db).List("", 100'000));
                                       all.insert(entries.begin(), entries.end());
                                       return {};
                                     }));
    return all;
  }
  // Keys that tell of this case or its post, but for the log.
  std::set<std::string> KeysOf(const std::string& id) {
    std::set<std::string> keys;
    for (const auto& [key, value] : Everything()) {
      if (key.ends_with(id) && !key.starts_with(kAuditTailPrefix)) {
        keys.insert(key);
      }
    }
    return keys;
  }

  TempFolder folder_;
  std::unique_ptr<Store> store_;
  config::Retention periods_;
};

// Each case stays exactly as long as its period says, whatever else goes.
TEST_F(RetentionTest, NothingIsTouchedThatIsKept) {
  samples::Randomly randomly(6);
  constexpr std::array kStates{core::CaseState::kNew, core::CaseState::kSeen,
                               core::CaseState::kInHand, core::CaseState::kClosed};
  std::map<std::string, bool> stays;
  for (int i = 0; i < 200; ++i) {
    const std::string id = "C" + std::to_string(1000 + i);
    const auto state = kStates.at(randomly.Below(kStates.size()));
    const auto outcome = state == core::CaseState::kClosed
                             ? static_cast<core::CaseOutcome>(1 + randomly.Below(7))
                             : core::CaseOutcome::kNone;
    const auto category = static_cast<core::Category>(randomly.Below(3));
    const hours ago{randomly.Below(24 * 1200)};
    Add(id, state, outcome, category, ago);
    bool kept = false;
    const bool safeguarding = category == core::Category::kSafeguarding;
    switch (outcome) {
      case core::CaseOutcome::kNoConcern:
      case core::CaseOutcome::kNotAboutUs:
        kept = ago <= hours(30 * 24);
        break;
      case core::CaseOutcome::kLawfulCriticism:
        kept = ago <= hours((safeguarding ? 1095 : 30) * 24);
        break;
      case core::CaseOutcome::kReferred:
        kept = ago <= hours((safeguarding ? 1095 : 730) * 24);
        break;
      case core::CaseOutcome::kNone:
        kept = state == core::CaseState::kInHand || ago <= hours((safeguarding ? 1095 : 730) * 24);
        break;
      default:
        kept = ago <= hours((safeguarding ? 1095 : 365) * 24);
    }
    stays.emplace(id, kept);
  }
  std::map<std::string, std::set<std::string>> before;
  for (const auto& [id, kept] : stays) {
    before[id] = KeysOf(id);
  }
  const PurgeReport counted = Run(PurgeLimits::None(), PurgeEffect::kCountOnly);
  const PurgeReport report = Run();
  std::size_t gone = 0;
  for (const auto& [id, kept] : stays) {
    EXPECT_EQ(KeysOf(id), kept ? before[id] : std::set<std::string>{}) << id;
    EXPECT_EQ(store_->LoadFinding("f-" + id).has_value(), kept) << id;
    gone += kept ? 0U : 1U;
  }
  EXPECT_GT(gone, 20U);
  EXPECT_EQ(report.deleted.at("cases"), gone);
  EXPECT_EQ(report.deleted.at("posts"), gone);
  EXPECT_EQ(counted.deleted.at("cases"), gone) << "what is counted is what goes";
  EXPECT_TRUE(report.everything);
  const auto after = Everything();
  EXPECT_TRUE(Run().deleted.empty());
  EXPECT_EQ(Everything(), after) << "deleting again changes nothing";
}

TEST_F(RetentionTest, CountingDeletesNothing) {
  Add("OLD", core::CaseState::kClosed, core::CaseOutcome::kNoConcern, core::Category::kReputational,
      hours(24 * 40));
  const auto before = Everything();
  EXPECT_EQ(CountsLine(Run(PurgeLimits::None(), PurgeEffect::kCountOnly).deleted),
            "1 case, 1 evidence record, 1 post");
  EXPECT_EQ(Everything(), before);
}

TEST_F(RetentionTest, ACaseWithAMailThatWaitsStays) {
  for (const std::string id : {"ITEM", "BATCH", "FREE"}) {
    Add(id, core::CaseState::kClosed, core::CaseOutcome::kNoConcern, core::Category::kReputational,
        hours(24 * 40));
  }
  core::OutboxItem waiting = samples::MakeItem("i1", kNow);
  waiting.case_id = "ITEM";
  core::OutboxItem sealed = samples::MakeItem("i2", kNow);
  sealed.case_id = "BATCH";
  core::DocumentOutcome outcome;
  outcome.outbox = {waiting, sealed};
  ASSERT_TRUE(store_->Commit({&outcome, 1}).has_value());
  ASSERT_TRUE(store_->SaveBatch(samples::MakeBatch("mail", {sealed})).has_value());
  EXPECT_EQ(Run().deleted.at("cases"), 1U);
  EXPECT_TRUE(store_->LoadCase("ITEM").has_value());
  EXPECT_TRUE(store_->LoadCase("BATCH").has_value());
  ASSERT_TRUE(store_->RemoveBatch("mail").has_value());
  EXPECT_EQ(Run().deleted.at("cases"), 1U);
}

TEST_F(RetentionTest, AMailThatWasGivenUpKeepsNothingAndGoesToo) {
  Add("REFUSED", core::CaseState::kClosed, core::CaseOutcome::kNoConcern,
      core::Category::kReputational, hours(24 * 40));
  core::OutboxItem item = samples::MakeItem("i1", kNow);
  item.case_id = "REFUSED";
  core::DocumentOutcome outcome;
  outcome.outbox = {item};
  ASSERT_TRUE(store_->Commit({&outcome, 1}).has_value());
  core::OutboxBatch batch = samples::MakeBatch("mail", {item});
  batch.given_up = true;
  batch.created_at = kNow;
  ASSERT_TRUE(store_->SaveBatch(batch).has_value());
  EXPECT_EQ(Run().deleted.at("cases"), 1U);
  batch.created_at = kNow - periods_.mail_traces - hours(1);
  ASSERT_TRUE(store_->SaveBatch(batch).has_value());
  EXPECT_EQ(Run().deleted.at("mails given up"), 1U);
  EXPECT_TRUE(store_->LoadBatches().value().empty());
}

TEST_F(RetentionTest, ClosingCountsAndNotALaterNote) {
  Add("NOTED", core::CaseState::kClosed, core::CaseOutcome::kNoConcern,
      core::Category::kReputational, hours(24));
  core::Case one = store_->LoadCase("NOTED").value();
  one.history = {{.at = kNow - hours(24 * 31),
                  .who = "",
                  .kind = core::CaseEventKind::kClosed,
                  .about = "no concern",
                  .reason = ""},
                 {.at = kNow - hours(24),
                  .who = "",
                  .kind = core::CaseEventKind::kNoted,
                  .about = "",
                  .reason = "still nothing"}};
  core::DocumentOutcome outcome;
  outcome.cases = {one};
  ASSERT_TRUE(store_->Commit({&outcome, 1}).has_value());
  EXPECT_EQ(Run().deleted.at("cases"), 1U);
}

TEST_F(RetentionTest, EveryPurgeGoesOnWhereTheLastOneStopped) {
  for (int i = 0; i < 9; ++i) {
    Add("C" + std::to_string(i), core::CaseState::kClosed, core::CaseOutcome::kNoConcern,
        core::Category::kReputational, hours(24 * 40));
  }
  std::size_t gone = 0;
  int purges = 0;
  while (!store_->ListCases({}).value().empty() && purges < 20) {
    const PurgeReport report = Run({.cases = 2, .records = 1});
    const auto cases = report.deleted.find("cases");
    const std::size_t deleted = cases == report.deleted.end() ? 0 : cases->second;
    EXPECT_LE(deleted, 2U);
    gone += deleted;
    ++purges;
  }
  EXPECT_EQ(gone, 9U);
  EXPECT_GE(purges, 5);
}

TEST_F(RetentionTest, OldMarksAndFetchStateGo) {
  core::DocumentOutcome outcome;
  const auto at = [](int days_ago) { return kNow - hours(24 * days_ago); };
  outcome.seen = {{"old", "h", at(731)}, {"new", "h", at(729)}, {"no-age", "h", {}}};
  core::UrlState old_url;
  old_url.key = "https://a.example/old";
  old_url.fetched_at = at(91);
  core::UrlState waiting = old_url;
  waiting.key = "https://a.example/wait";
  waiting.next_due = kNow;
  outcome.urls = {old_url, waiting};
  core::HostLedger ledger;
  ledger.origin = "https://a.example";
  ledger.last_request = at(401);
  outcome.ledgers = {ledger};
  core::RouteState route;
  route.key = "town/search/1";
  route.looked_at = at(91);
  outcome.routes = {route};
  core::PlatformSession login;
  login.key = "chirp/1";
  login.created_at = login.access_until = at(91);
  outcome.sessions = {login};
  core::PlatformSpending spending;
  spending.key = "chirp/1/money";
  spending.period_began = at(399);
  outcome.spending = {spending};
  core::KeptExample example = samples::MakeExample("e");
  example.kept_at = at(731);
  outcome.examples = {example};
  core::Finding stray = samples::MakeFinding("stray", "quillbrook", "NOWHERE");
  stray.fetched_at = at(31);
  core::Finding fresh = samples::MakeFinding("fresh", "quillbrook", "NOWHERE");
  fresh.fetched_at = at(29);
  outcome.findings = {stray, fresh};
  const auto report = [&](const char* id, int days_ago, std::vector<std::string> findings) {
    outcome.reports.push_back({.id = id,
                               .reporter = "jo@mail.example",
                               .way = "mailbox",
                               .received_at = at(days_ago),
                               .findings = std::move(findings),
                               .files = {}});
  };
  report("of nothing", 31, {});
  report("new", 29, {});
  report("of what is gone", 31, {"gone", "stray"});
  report("of what is kept", 31, {"gone", "fresh"});
  ASSERT_TRUE(store_->Commit({&outcome, 1}).has_value());
  EXPECT_EQ(
      CountsLine(Run().deleted),
      "1 address, 1 kept example, 1 ledger, 1 login at a platform, 1 post, 2 reports, 1 route "
      "of a platform, 1 seen mark");
  EXPECT_TRUE(store_->FindReport("new").value());
  EXPECT_TRUE(store_->FindReport("of what is kept").value());
  EXPECT_TRUE(store_->FindSeen("new").value());
  EXPECT_TRUE(store_->FindSeen("no-age").value());
  EXPECT_TRUE(store_->FindUrl("https://a.example/wait").value());
  EXPECT_TRUE(store_->LoadFinding("fresh").has_value());
}

TEST_F(RetentionTest, WhatIsLeftOnDiskIsRewrittenOnceItIsTime) {
  const auto add_old = [&](const std::string& id) {
    Add(id, core::CaseState::kClosed, core::CaseOutcome::kNoConcern, core::Category::kReputational,
        hours(24 * 40));
  };
  const auto owed = [&] { return store_->FindNote("retention/compaction-owed").value(); };
  add_old("FIRST");
  Run();
  EXPECT_EQ(owed(), "");
  add_old("SECOND");
  Run(PurgeLimits::None(), PurgeEffect::kDelete, kNow + hours(1));
  EXPECT_EQ(owed(), "owed") << "there was one an hour ago";
  EXPECT_TRUE(Run(PurgeLimits::None(), PurgeEffect::kDelete, kNow + hours(25)).deleted.empty());
  EXPECT_EQ(owed(), "") << "though nothing was deleted that day";
  EXPECT_EQ(store_->FindNote(kPurgedCasesNote).value(), "FIRST\nSECOND\n")
      << "for who looks through the mails";
}

TEST_F(RetentionTest, ReasonsForLooksHaveAPeriod) {
  const auto line = [&](hours ago, const std::string& reason) {
    return "{\"at\":\"" + core::FormatRfc3339(kNow - ago) + "\",\"reason\":\"" + reason + "\"}\n";
  };
  const hours kept = periods_.safeguarding;
  const std::string young = line(kept - hours(1), "the mother asked");
  const std::string unread = "a line that nobody can date\n";
  ASSERT_TRUE(
      store_->SetNote(kLookReasonsNote, line(kept + hours(1), "old") + unread + young).has_value());
  EXPECT_EQ(CountsLine(Run().deleted), "1 reason for looks");
  EXPECT_EQ(store_->FindNote(kLookReasonsNote).value(), unread + young);
  EXPECT_TRUE(Run().deleted.empty());
}

TEST_F(RetentionTest, AClockThatRunsWildDeletesNothingAtOnce) {
  Add("C", core::CaseState::kClosed, core::CaseOutcome::kConcern, core::Category::kReputational,
      hours(0));
  EXPECT_FALSE(Run().clock_jumped);
  const core::Timestamp wild = kNow + hours(24 * 3650);
  EXPECT_TRUE(Run(PurgeLimits::None(), PurgeEffect::kDelete, wild).clock_jumped);
  EXPECT_TRUE(Run(PurgeLimits::None(), PurgeEffect::kDelete, wild + hours(1)).clock_jumped);
  EXPECT_TRUE(store_->LoadCase("C").has_value());
  EXPECT_FALSE(Run().clock_jumped) << "back again";
  EXPECT_TRUE(store_->LoadCase("C").has_value());
  // After a long holiday the same clock goes on.
  const core::Timestamp later = kNow + hours(24 * 400);
  EXPECT_TRUE(Run(PurgeLimits::None(), PurgeEffect::kDelete, later).clock_jumped);
  EXPECT_EQ(Run(PurgeLimits::None(), PurgeEffect::kDelete, later + hours(25)).deleted.at("cases"),
            1U);
}

}  // namespace
}  // namespace schoolwatch::storage
