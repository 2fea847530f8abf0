#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "crawler/crawler.h"
#include "tests/crawler/crawl_fixture.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kHome[] = "https://quillbrook.example/";

std::vector<CrawlRequest> ManyHosts(int count) {
  std::vector<CrawlRequest> seeds;
  for (int i = 0; i < count; ++i) {
    seeds.push_back(Request("https://host" + std::to_string(i) + ".example/"));
  }
  return seeds;
}

class CrawlerThreadsTest : public CrawlFixture {
 protected:
  CrawlerThreadsTest() {
    fetcher.SetHandler([this](const net::Request& request) {
      return request.url.path() == "/robots.txt" ? Answer(404) : Answer(200, {}, body);
    });
  }
  std::string body = "hello";
};

TEST_F(CrawlerThreadsTest, TransfersWaitForBodiesToBeDealtWith) {
  settings.max_bytes_in_flight = 800'000;  // Half of it for what grows.
  body.assign(150'000, 'x');
  complete_at_once = false;
  std::deque<std::uint64_t> open;
  std::size_t most_open = 0;
  int idle_polls = 0;
  on_document = [&](const FetchedDocument& document) {
    open.push_back(document.id);
    most_open = std::max(most_open, open.size());
    idle_polls = 0;
  };
  // The reader is slow: it deals with one document whenever nothing came for a while.
  hook.on_poll = [&] {
    if (++idle_polls > 10 && !open.empty()) {
      crawler->Complete(open.front(), {});
      open.pop_front();
    }
  };
  Run(ManyHosts(12));
  EXPECT_EQ(documents.size(), 12u);
  EXPECT_EQ(most_open, 2u);
}

TEST_F(CrawlerThreadsTest, OneBodyLargerThanAllThatIsAllowedStillComes) {
  settings.max_bytes_in_flight = 1'000;
  body.assign(5'000, 'x');
  Run(ManyHosts(3));
  EXPECT_EQ(documents.size(), 3u);
}

TEST_F(CrawlerThreadsTest, WaitsUntilEveryDocumentIsCompleted) {
  complete_at_once = false;
  int polls_after = 0;
  hook.on_poll = [&] {
    if (!documents.empty() && ++polls_after == 50) {
      crawler->Complete(documents.front().id, {});
    }
  };
  Run({Request(kHome)});
  EXPECT_EQ(polls_after, 50);
}

TEST_F(CrawlerThreadsTest, CompleteMayBeCalledFromOtherThreads) {
  complete_at_once = false;
  std::mutex mutex;
  std::condition_variable_any ready;
  std::deque<std::pair<std::uint64_t, std::string>> queue;
  on_document = [&](const FetchedDocument& document) {
    const std::scoped_lock lock(mutex);
    queue.emplace_back(document.id, document.final_url.href());
    ready.notify_one();
  };
  const auto work = [&](const std::stop_token& token) {
    while (true) {
      std::unique_lock lock(mutex);
      if (!ready.wait(lock, token, [&] { return !queue.empty(); })) {
        return;
      }
      const auto [id, url] = queue.front();
      queue.pop_front();
      lock.unlock();
      std::vector<CrawlRequest> more;
      if (url.ends_with(".example/")) {
        more = {Request(url + "a", FetchKind::kThread, 1),
                Request(url + "b", FetchKind::kThread, 1)};
      }
      crawler->Complete(id, std::move(more));
    }
  };
  CrawlReport report;
  {
    const std::jthread first(work);
    const std::jthread second(work);
    report = Run(ManyHosts(30));
  }
  EXPECT_EQ(documents.size(), 90u);
  EXPECT_EQ(report.documents, 90u);
}

TEST_F(CrawlerThreadsTest, UnknownDocumentsAreIgnored) {
  on_document = [&](const FetchedDocument& document) {
    crawler->Complete(document.id + 100, {Request("https://quillbrook.example/never")});
  };
  Run({Request(kHome)});
  EXPECT_THAT(Fetched(), ElementsAre(kHome));
}

TEST_F(CrawlerThreadsTest, StopEndsTransfersAndTellsNobody) {
  fetcher.SetLatency(seconds(50));
  std::chrono::steady_clock::time_point stopped_at;
  hook.on_poll = [&] {
    if (fetcher.seen().size() == 8 && !stop.stop_requested()) {
      stop.request_stop();
      stopped_at = clock.Steady();
    }
  };
  const CrawlReport report = Run(ManyHosts(8));
  EXPECT_TRUE(report.stopped_early);
  EXPECT_LE(clock.Steady() - stopped_at, seconds(1));
  EXPECT_THAT(documents, IsEmpty());
  EXPECT_THAT(refusals, IsEmpty());
  EXPECT_THAT(failures, IsEmpty());
  // They were asked, so the next run keeps its distance.
  EXPECT_NE(memory.hosts["https://host0.example"].last_request_at, core::Timestamp{});
  EXPECT_EQ(memory.hosts["https://host0.example"].robots_fetched_at, core::Timestamp{});
}

TEST_F(CrawlerThreadsTest, StopEndsALongWait) {
  settings.page_gap = hours(10);
  hook.on_poll = [&] {
    if (!fetcher.seen().empty() && clock.Steady() - fetcher.seen().front().at > hours(1)) {
      stop.request_stop();
    }
  };
  const CrawlReport report = Run({Request(kHome)});
  EXPECT_TRUE(report.stopped_early);
  EXPECT_LE(clock.Steady() - fetcher.seen().front().at, hours(1) + seconds(1));
}

TEST_F(CrawlerThreadsTest, StopFromTheListenerEndsTheRun) {
  on_document = [&](const FetchedDocument&) { stop.request_stop(); };
  const CrawlReport report = Run(ManyHosts(10));
  EXPECT_TRUE(report.stopped_early);
  EXPECT_LT(documents.size(), 10u);
}

TEST_F(CrawlerThreadsTest, StopAfterAllIsDoneIsNotEarly) {
  stop.request_stop();
  const CrawlReport report = Run(std::vector<CrawlSource>{});
  EXPECT_FALSE(report.stopped_early);
}

TEST_F(CrawlerThreadsTest, DocumentsOfAStoppedRunMayBeCompletedLate) {
  complete_at_once = false;
  on_document = [&](const FetchedDocument&) { stop.request_stop(); };
  Run({Request(kHome)});
  ASSERT_EQ(documents.size(), 1u);
  crawler->Complete(documents[0].id, {Request("https://quillbrook.example/late")});
  stop = std::stop_source();
  const CrawlReport report = crawler->Run({}, *this, stop.get_token());
  EXPECT_EQ(report.requests, 0u);
}

TEST_F(CrawlerThreadsTest, WaitingDoesNotSpin) {
  settings.page_gap = seconds(100);
  Run({Request(kHome)});
  // Two polls a second of waiting, and some for the answers.
  EXPECT_LE(hook.polls, 220u);
}

}  // namespace
}  // namespace schoolwatch::crawler
