#include "app/commands/receipt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "app/terminal.h"
#include "tests/app/samples.h"
#include "tests/fakes/memory_store.h"

namespace schoolwatch::app {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ReceiptTest : public testing::Test {
 protected:
  ReceiptTest() {
    configuration_.settings.crawl.contact = "it@quillbrook.example";
    config::Source source;
    source.name = "herald";
    source.url = "https://www.herald.example/rss.xml";
    configuration_.sources = {source};
    core::DocumentOutcome outcome;
    for (const char* origin : {"https://www.herald.example", "http://herald.example",
                               "https://www.herald.example:8443", "https://forum.example"}) {
      core::HostLedger ledger = Ledger();
      ledger.origin = origin;
      ledger.site =
          std::string_view(origin).contains("herald") ? "herald.example" : "forum.example";
      outcome.ledgers.push_back(ledger);
    }
    core::HostState host;
    host.origin = "https://www.herald.example";
    host.robots_fetched_at = now_ - hours(3);
    host.robots_status = 200;
    outcome.hosts.push_back(host);
    core::SourceState state;
    state.name = "herald";
    state.next_due = now_ + minutes(20);
    outcome.sources.push_back(state);
    EXPECT_TRUE(store_.Commit(std::span(&outcome, 1)).has_value());
  }
  core::HostLedger Ledger() const {
    core::HostLedger ledger;
    ledger.first_request = At("2026-09-01T08:00:00Z");
    ledger.last_request = now_ - minutes(10);
    ledger.total.robots = 80;
    ledger.total.feeds = 1500;
    ledger.total.pages = 20;
    ledger.total.ok = 300;
    ledger.total.not_modified = 1200;
    ledger.total.too_many = 1;
    ledger.total.bytes = 12'345'678;
    ledger.total.withheld = 3;
    core::HostTally day;
    day.feeds = day.not_modified = 50;
    ledger.days = {{.day = 20'700, .tally = day}, {.day = 20'777, .tally = day}};
    ledger.withheld = {
        {.url = "https://www.herald.example/private/1", .rule = "line 2: Disallow: /private/"}};
    ledger.pauses = {{.asked_at = At("2026-11-01T08:00:00Z"), .until = At("2026-11-01T09:00:00Z")}};
    ledger.page_gap = seconds(10);
    ledger.feed_gap = seconds(2);
    ledger.crawl_delay = seconds(600);
    ledger.crawl_delay_kept = seconds(120);
    ledger.longest_gap = seconds(121);
    ledger.slowest_answer = std::chrono::milliseconds(850);
    ledger.robots = "3 rules, crawl-delay 600 s cut to 120 s";
    return ledger;
  }
  core::Result<std::vector<HostReceipt>> Load(std::string_view name) const {
    return LoadReceipts(name, configuration_, store_, store_, now_);
  }
  std::vector<std::string> Found(std::string_view name) const {
    std::vector<std::string> origins;
    if (const auto receipts = Load(name)) {
      for (const HostReceipt& receipt : *receipts) {
        origins.push_back(receipt.ledger.origin);
      }
    }
    return origins;
  }
  std::string Print(std::string_view name, OutputForm form = OutputForm::kForPeople) const {
    std::ostringstream out;
    PrintReceipts(name, Load(name).value(), configuration_.settings.crawl, now_, form, out);
    return out.str();
  }

  config::Configuration configuration_;
  fakes::MemoryStore store_;
  const core::Timestamp now_ = At("2026-11-21T12:00:00Z");
};

TEST_F(ReceiptTest, AnOriginAHostAndADomainAreFound) {
  EXPECT_THAT(Found("https://www.herald.example"), ElementsAre("https://www.herald.example"));
  EXPECT_THAT(Found("https://WWW.Herald.example/rss.xml"),
              ElementsAre("https://www.herald.example"));
  EXPECT_THAT(Found("www.herald.example"),
              ElementsAre("https://www.herald.example", "https://www.herald.example:8443"));
  EXPECT_THAT(Found("www.herald.example:8443"), ElementsAre("https://www.herald.example:8443"));
  EXPECT_THAT(Found("herald.example"),
              ElementsAre("http://herald.example", "https://www.herald.example",
                          "https://www.herald.example:8443"));
  EXPECT_THAT(Found("erald.example"), IsEmpty());
}

TEST_F(ReceiptTest, AnUnknownHostIsSaidWithThoseThatAreKnown) {
  const auto receipts = Load("nowhere.example");
  ASSERT_FALSE(receipts.has_value());
  EXPECT_EQ(receipts.error().kind, core::ErrorKind::kNotFound);
  EXPECT_THAT(receipts.error().message, HasSubstr("https://forum.example"));
  EXPECT_EQ(Load("two words").error().kind, core::ErrorKind::kBadInput);
}

TEST_F(ReceiptTest, ItSaysAllThatAnOwnerMayAsk) {
  const std::string text = Print("https://www.herald.example");
  for (const char* line : {
           "(+it@quillbrook.example)\n",
           "Questions and complaints to: it@quillbrook.example\n",
           "  First request  2026-09-01 08:00 UTC\n",
           "  Next visit     2026-11-21 12:20 UTC or later\n",
           "  Requests                                              50             1,600\n",
           "    for robots.txt                                       0                80\n",
           "    429 too many requests                                0                 1\n",
           "  Not modified, of all but robots.txt                100 %              79 %\n",
           "  Received                                             0 B           12.3 MB\n",
           "At least 10 s before a page and 2 s before a feed",
           "Your robots.txt asks for 10 min; we keep 2 min, the longest that we keep.\n",
           "Longest pause: 121 s. Slowest answer: 0.85 s.\n",
           "on 2026-11-01 08:00 UTC we stayed away until 2026-11-01 09:00 UTC\n",
           "Read on 2026-11-21 09:00 UTC (HTTP 200): 3 rules, crawl-delay 600 s cut to",
           "      https://www.herald.example/private/1\n        line 2: Disallow: /private/\n",
           "  User-agent: schoolwatch\n  Disallow: /\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST_F(ReceiptTest, ItFitsAPrintedPage) {
  std::istringstream lines(Print("herald.example"));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(DisplayWidth(line), 80u) << line;
  }
}

TEST_F(ReceiptTest, AHostThatNoSourceNamesIsVisitedByLinksOnly) {
  EXPECT_THAT(Print("forum.example"), HasSubstr("when a page that we read leads here"));
}

TEST_F(ReceiptTest, APauseThatWasAskedForIsKeptBeforeTheNextVisit) {
  core::DocumentOutcome outcome;
  core::HostState site;
  site.origin = "herald.example";
  site.blocked_until = now_ + hours(2);
  outcome.hosts.push_back(site);
  ASSERT_TRUE(store_.Commit(std::span(&outcome, 1)).has_value());
  EXPECT_THAT(Print("https://www.herald.example"), HasSubstr("2026-11-21 14:00 UTC or later"));
}

TEST_F(ReceiptTest, ProgramsGetJson) {
  const std::string text = Print("https://www.herald.example", OutputForm::kJsonLines);
  EXPECT_THAT(text, HasSubstr(R"("origin":"https://www.herald.example","site":"herald.example")"));
  EXPECT_THAT(text, HasSubstr(R"("total":{"requests":1600,"robots":80)"));
  EXPECT_THAT(text, HasSubstr(R"("day":"2026-11-20")"));
  EXPECT_THAT(text, HasSubstr(R"("crawl_delay_ms":600000,"crawl_delay_kept_ms":120000)"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
}

}  // namespace
}  // namespace schoolwatch::app
