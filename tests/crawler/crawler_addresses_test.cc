// Where hosts lead, and what follows from it: look-ups, addresses shared by domains.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "crawler/crawler.h"
#include "tests/crawler/crawl_fixture.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kHome[] = "https://quillbrook.example/";

// Holds look-ups back, as a slow resolver does.
class SlowLookups final : public net::Fetcher {
 public:
  explicit SlowLookups(net::Fetcher& fetcher) : fetcher_(fetcher) {}
  void Start(net::Request request, Done done) override {
    fetcher_.Start(std::move(request), std::move(done));
  }
  void Resolve(const core::HttpUrl&, Resolved resolved) override {
    waiting.push_back(std::move(resolved));
    most = std::max(most, waiting.size());
  }
  std::size_t Poll(std::chrono::milliseconds patience) override {
    // One answer a poll.
    if (answers && !waiting.empty()) {
      Resolved resolved = std::move(waiting.front());
      waiting.erase(waiting.begin());
      resolved(std::vector<std::string>{});
    }
    return fetcher_.Poll(patience);
  }
  void Wake() override { fetcher_.Wake(); }
  void CancelAll() override { fetcher_.CancelAll(); }

  bool answers = true;
  std::vector<Resolved> waiting;
  std::size_t most = 0;

 private:
  net::Fetcher& fetcher_;
};

class CrawlerAddressesTest : public CrawlFixture {
 protected:
  CrawlerAddressesTest() {
    fetcher.SetHandler([](const net::Request& request) {
      return request.url.path() == "/robots.txt" ? Answer(404) : Answer(200, {}, "hello");
    });
  }
  // Domains that all live at one address.
  std::vector<CrawlRequest> SharedHosts(int count) {
    std::vector<CrawlRequest> seeds;
    for (int i = 0; i < count; ++i) {
      const std::string host = "host" + std::to_string(i) + ".example";
      fetcher.PutAddresses(host, std::vector<std::string>{"192.0.2.7", "192.0.2.8"});
      seeds.push_back(Request("https://" + host + "/"));
    }
    return seeds;
  }
};

TEST_F(CrawlerAddressesTest, StartsAtOneAddressKeepTheirGap) {
  settings.address_gap = milliseconds(400);
  Run(SharedHosts(12));
  EXPECT_EQ(documents.size(), 12u);
  const auto& seen = fetcher.seen();
  ASSERT_EQ(seen.size(), 24u);
  for (std::size_t i = 1; i < seen.size(); ++i) {
    EXPECT_GE(seen[i].at - seen[i - 1].at, milliseconds(400)) << seen[i].url;
  }
}

TEST_F(CrawlerAddressesTest, FewRequestsAtOnceToOneAddress) {
  settings.address_gap = milliseconds(10);
  settings.per_address = 3;
  fetcher.SetLatency(seconds(5));
  Run(SharedHosts(12));
  EXPECT_EQ(documents.size(), 12u);
  EXPECT_EQ(fetcher.most_in_flight(), 3u);
}

TEST_F(CrawlerAddressesTest, HostsOfUnknownAddressesHaveNoSharedLimits) {
  std::vector<CrawlRequest> seeds;
  for (int i = 0; i < 20; ++i) {
    seeds.push_back(Request("https://host" + std::to_string(i) + ".example/"));
  }
  Run(std::move(seeds));
  EXPECT_EQ(fetcher.most_in_flight(), 20u);
}

TEST_F(CrawlerAddressesTest, RefusedAddressIsNeverAsked) {
  fetcher.PutAddresses("quillbrook.example",
                       core::Fail(core::ErrorKind::kForbidden, "leads to 10.0.0.1: private"));
  const CrawlReport report = Run({Request(kHome)});
  EXPECT_EQ(RefusalOf(kHome), "address not allowed: leads to 10.0.0.1: private");
  EXPECT_THAT(fetcher.urls(), IsEmpty());
  EXPECT_EQ(report.hosts.at(0).robots, "address not allowed: nothing fetched");
}

TEST_F(CrawlerAddressesTest, NameThatDoesNotResolveIsNeverAsked) {
  fetcher.PutAddresses("quillbrook.example",
                       core::Fail(core::ErrorKind::kUnavailable, "no such name"));
  const CrawlReport report = Run({Request(kHome), Request("https://quillbrook.example/2")});
  EXPECT_EQ(RefusalOf(kHome), "host unreachable: no such name");
  EXPECT_EQ(RefusalOf("https://quillbrook.example/2"), "host unreachable: no such name");
  EXPECT_THAT(fetcher.urls(), IsEmpty());
  EXPECT_EQ(report.hosts.at(0).robots, "host not found: nothing fetched");
  // It is asked again by the next run: what failed was a look-up, not a robots.txt.
  fetcher.PutAddresses("quillbrook.example", std::vector<std::string>{"192.0.2.7"});
  Run({Request(kHome)});
  EXPECT_THAT(Fetched(), ElementsAre(kHome));
}

TEST_F(CrawlerAddressesTest, RedirectsAreLookedUpToo) {
  fetcher.PutRedirect(kHome, "https://inside.example/");
  fetcher.PutAddresses("inside.example",
                       core::Fail(core::ErrorKind::kForbidden, "leads to 127.0.0.1"));
  Run({Request(kHome)});
  EXPECT_EQ(RefusalOf(kHome), "address not allowed: leads to 127.0.0.1");
  EXPECT_EQ(fetcher.CountOf("https://inside.example/robots.txt"), 0u);
}

TEST_F(CrawlerAddressesTest, RobotsRedirectsAreLookedUpTooAndUnreachableForbids) {
  fetcher.PutRedirect("https://quillbrook.example/robots.txt", "https://gone.example/robots.txt");
  fetcher.PutAddresses("gone.example", core::Fail(core::ErrorKind::kUnavailable, "no such name"));
  Run({Request(kHome)});
  EXPECT_EQ(RefusalOf(kHome), "host unreachable: robots.txt could not be read: no such name");
}

TEST_F(CrawlerAddressesTest, StoredBlockHoldsOnceTheAddressIsKnown) {
  memory.hosts["https://quillbrook.example"].origin = "https://quillbrook.example";
  memory.hosts["https://quillbrook.example"].blocked_until = clock.Now() + seconds(40);
  const auto start = clock.Steady();
  Run({Request(kHome)});
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_GE(fetcher.seen().front().at - start, seconds(40));
}

TEST_F(CrawlerAddressesTest, LookupsAreBounded) {
  settings.max_lookups = 3;
  SlowLookups slow(fetcher);
  std::vector<CrawlRequest> seeds;
  for (int i = 0; i < 20; ++i) {
    seeds.push_back(Request("https://host" + std::to_string(i) + ".example/"));
  }
  source.seeds = std::move(seeds);
  crawler = Crawler::Make(settings, slow, memory, clock);
  crawler->Run(std::vector<CrawlSource>{source}, *this, stop.get_token());
  EXPECT_EQ(documents.size(), 20u);
  EXPECT_EQ(slow.most, 3u);
}

TEST_F(CrawlerAddressesTest, StopDoesNotWaitForLookupsAndLateAnswersAreHarmless) {
  SlowLookups slow(fetcher);
  slow.answers = false;
  PollHook stopping(slow);
  stopping.on_poll = [&] { stop.request_stop(); };
  source.seeds = {Request(kHome)};
  crawler = Crawler::Make(settings, stopping, memory, clock);
  const auto start = clock.Steady();
  const CrawlReport report =
      crawler->Run(std::vector<CrawlSource>{source}, *this, stop.get_token());
  EXPECT_TRUE(report.stopped_early);
  EXPECT_LE(clock.Steady() - start, seconds(1));
  ASSERT_EQ(slow.waiting.size(), 1u);
  slow.waiting.front()(std::vector<std::string>{"192.0.2.7"});
  EXPECT_THAT(fetcher.urls(), IsEmpty());
}

}  // namespace
}  // namespace schoolwatch::crawler
