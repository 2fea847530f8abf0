// What one URL costs while 10^3 to 10^6 of them are queued: in the frontier alone (queue, take,
// release), and on the whole way through the crawler over a fetcher that answers at once (parse,
// canonical key, seen, traps, budgets, robots.txt, queue, take, ask, hand out, complete). Compared
// with itself: the line "Flat" gives the cost at 10^6 by that at 10^3.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/fetch_memory.h"
#include "core/url.h"
#include "crawler/crawl_run.h"
#include "crawler/crawler.h"
#include "crawler/frontier.h"
#include "net/fetcher.h"

namespace schoolwatch::crawler {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::int64_t kFew = 1'000;
constexpr std::int64_t kMany = 1'000'000;

double Nanoseconds(Steady::duration time, std::int64_t urls) {
  return std::chrono::duration<double, std::nano>(time).count() / static_cast<double>(urls);
}

std::size_t BytesInUse() {
  const struct mallinfo2 info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

struct Cost {
  double nanoseconds = 0;  // A URL.
  double bytes = 0;        // A queued URL.
};

// Queues all, then takes and releases all, on made-up time: each host is a site at an address of
// its own and rests for a second.
Cost MeasureFrontier(std::int64_t urls, std::int64_t hosts) {
  Frontier frontier(static_cast<std::size_t>(urls));
  std::vector<Frontier::HostId> ids;
  for (std::int64_t i = 0; i < hosts; ++i) {
    const Frontier::SiteId site = frontier.AddSite();
    frontier.SetDelay(site, {std::chrono::seconds(1), std::chrono::seconds(1)});
    ids.push_back(frontier.AddHost(site, frontier.AddAddress({4, std::chrono::milliseconds(250)})));
  }
  const std::size_t before = BytesInUse();
  const Steady::time_point began = Steady::now();
  for (std::int64_t i = 0; i < urls; ++i) {
    const auto host = static_cast<std::size_t>(i * 7919 % hosts);
    if (!frontier.Add(ids[host], static_cast<Priority>(1 + i / hosts % 4),
                      static_cast<std::uint32_t>(i))) {
      std::abort();
    }
  }
  const Steady::duration queued = Steady::now() - began;
  const std::size_t bytes = BytesInUse() - before;
  const Steady::time_point drain = Steady::now();
  Frontier::Time now{std::chrono::hours(1)};
  while (!frontier.empty()) {
    if (const std::optional<Frontier::Taken> taken = frontier.Take(now)) {
      frontier.Release(taken->site, now);
    } else {
      now = frontier.NextReady().value_or(now);
    }
  }
  return {Nanoseconds(queued + (Steady::now() - drain), urls),
          static_cast<double>(bytes) / static_cast<double>(urls)};
}

class NothingKnown final : public core::FetchMemory {
 public:
  core::Result<std::optional<core::UrlState>> FindUrl(std::string_view) const override {
    return std::optional<core::UrlState>();
  }
  core::Result<std::optional<core::HostState>> FindHost(std::string_view) const override {
    return std::optional<core::HostState>();
  }
  core::Result<std::optional<core::SourceState>> FindSource(std::string_view) const override {
    return std::optional<core::SourceState>();
  }
};

// Answers at the next Poll: no robots.txt anywhere, and pages of a few bytes.
class InstantFetcher final : public net::Fetcher {
 public:
  void Start(net::Request request, Done done) override {
    started_.push_back({request.url.path() == "/robots.txt", std::move(done)});
  }
  void Resolve(const core::HttpUrl& url, Resolved resolved) override {
    asked_.push_back({std::string(url.host()), std::move(resolved)});
  }
  std::size_t Poll(std::chrono::milliseconds) override {
    for (auto& [host, resolved] : std::exchange(asked_, {})) {
      resolved(std::vector<std::string>{host});
    }
    std::swap(started_, answered_);
    for (auto& [is_robots, done] : answered_) {
      net::Response response;
      response.status = is_robots ? 404 : 200;
      response.body = is_robots ? "" : "hello";
      done(std::move(response));
    }
    answered_.clear();
    return 0;
  }
  void Wake() override {}
  void CancelAll() override {}

 private:
  std::vector<std::pair<std::string, Resolved>> asked_;
  std::vector<std::pair<bool, Done>> started_;
  std::vector<std::pair<bool, Done>> answered_;
};

class Listener final : public CrawlListener {
 public:
  void OnDocument(FetchedDocument document) override { ids.push_back(document.id); }
  void OnRefusal(Refusal refusal) override { Stop(refusal.detail); }
  void OnFailure(FetchFailure failure) override { Stop(failure.error.message); }

  std::vector<std::uint64_t> ids;

 private:
  static void Stop(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::abort();
  }
};

CrawlSettings NoGaps() {
  CrawlSettings settings;
  settings.page_gap = settings.feed_gap = settings.address_gap = std::chrono::milliseconds(0);
  settings.max_queued = 2 * kMany;
  settings.max_queued_bytes = 1u << 30;
  settings.max_site_requests_per_day = kMany * 2;
  return settings;
}

// Links come in pages of a thousand; all are queued before the first is asked for.
Cost MeasureCrawl(std::int64_t urls, std::int64_t hosts) {
  constexpr std::int64_t kPerPage = 1'000;
  const CrawlSettings settings = NoGaps();
  InstantFetcher fetcher;
  const NothingKnown memory;
  const core::SystemClock clock;
  Listener listener;
  CrawlRun run(settings, fetcher, memory, clock, listener, 1);
  CrawlSource source{.name = "town", .seeds = {}, .max_pages = 2 * kMany};
  for (std::int64_t page = 0; page < urls / kPerPage; ++page) {
    source.seeds.push_back(
        {.source = "town",
         .url = *core::HttpUrl::Parse(fmt::format("https://hub.example/list/{}", page)),
         .kind = FetchKind::kListing,
         .depth = 0,
         .thread = {}});
  }
  run.AddSource(source);
  const auto step = [&] {
    run.StartReady();
    fetcher.Poll(std::chrono::milliseconds(0));
    run.HandleAnswers();
  };
  while (listener.ids.size() < source.seeds.size()) {
    step();
  }
  std::vector<std::string> texts;
  const std::vector<std::uint64_t> pages = std::exchange(listener.ids, {});
  const std::size_t before = BytesInUse();
  Steady::duration time{0};
  for (std::int64_t page = 0; page < urls / kPerPage; ++page) {
    texts.clear();
    for (std::int64_t i = page * kPerPage; i < (page + 1) * kPerPage; ++i) {
      texts.push_back(fmt::format("https://www.forum{}.example/threads/what-is-new-in-town.{}/",
                                  i * 7919 % hosts, i));
    }
    const Steady::time_point began = Steady::now();
    std::vector<CrawlRequest> links;
    links.reserve(texts.size());
    for (const std::string& text : texts) {
      links.push_back({.source = "town",
                       .url = *core::HttpUrl::Parse(text),
                       .kind = FetchKind::kThread,
                       .depth = 1,
                       .thread = {}});
    }
    run.Complete(pages[static_cast<std::size_t>(page)], std::move(links));
    time += Steady::now() - began;
  }
  const std::size_t bytes = BytesInUse() - before;
  const Steady::time_point began = Steady::now();
  while (!run.IsDone()) {
    step();
    for (const std::uint64_t id : std::exchange(listener.ids, {})) {
      run.Complete(id, {});
    }
  }
  time += Steady::now() - began;
  return {Nanoseconds(time, urls), static_cast<double>(bytes) / static_cast<double>(urls)};
}

using Measure = Cost (*)(std::int64_t urls, std::int64_t hosts);

void Report(benchmark::State& state, Measure measure, std::int64_t urls, std::int64_t hosts) {
  Cost cost;
  for (auto unused : state) {
    static_cast<void>(unused);
    cost = measure(urls, hosts);
    state.SetIterationTime(cost.nanoseconds * static_cast<double>(urls) / 1e9);
  }
  state.counters["hosts"] = static_cast<double>(hosts);
  state.counters["bytes/URL"] = cost.bytes;
  state.counters["ns/URL"] = benchmark::Counter(
      static_cast<double>(urls) * 1e-9,
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

// Ten hosts, whatever is queued: what the number of URLs alone costs.
void FrontierTenHosts(benchmark::State& state) {
  Report(state, MeasureFrontier, state.range(0), 10);
}
void FrontierThousandHosts(benchmark::State& state) {
  Report(state, MeasureFrontier, state.range(0), 1'000);
}
// A hundred URLs a host: 10 hosts to 10,000.
void FrontierHundredUrlsAHost(benchmark::State& state) {
  Report(state, MeasureFrontier, state.range(0), state.range(0) / 100);
}
void CrawlTenHosts(benchmark::State& state) { Report(state, MeasureCrawl, state.range(0), 10); }
void CrawlThousandHosts(benchmark::State& state) {
  Report(state, MeasureCrawl, state.range(0), 1'000);
}
void CrawlHundredUrlsAHost(benchmark::State& state) {
  Report(state, MeasureCrawl, state.range(0), state.range(0) / 100);
}

// `hosts_per_url` 0: always a thousand hosts.
void Flat(benchmark::State& state, Measure measure, std::int64_t urls_a_host) {
  const auto hosts = [&](std::int64_t urls) {
    return urls_a_host == 0 ? 1'000 : urls / urls_a_host;
  };
  double few = 1e9;
  double many = 1e9;
  for (auto unused : state) {
    static_cast<void>(unused);
    const Steady::time_point began = Steady::now();
    // The best of many short runs, and of three long ones: what else the machine does only adds.
    for (int i = 0; i < 200; ++i) {
      few = std::min(few, measure(kFew, hosts(kFew)).nanoseconds);
    }
    for (int i = 0; i < 3; ++i) {
      many = std::min(many, measure(kMany, hosts(kMany)).nanoseconds);
    }
    state.SetIterationTime(std::chrono::duration<double>(Steady::now() - began).count());
  }
  state.counters["ns/URL at 10^3"] = few;
  state.counters["at 10^6"] = many;
  state.counters["ratio"] = many / few;
}

#define SW_QUEUED_ ->RangeMultiplier(10)->Range(kFew, kMany)->UseManualTime()
BENCHMARK(FrontierTenHosts) SW_QUEUED_;
BENCHMARK(FrontierThousandHosts) SW_QUEUED_;
BENCHMARK(FrontierHundredUrlsAHost) SW_QUEUED_;
BENCHMARK(CrawlTenHosts) SW_QUEUED_;
BENCHMARK(CrawlThousandHosts) SW_QUEUED_;
BENCHMARK(CrawlHundredUrlsAHost) SW_QUEUED_;
#undef SW_QUEUED_
BENCHMARK_CAPTURE(Flat, frontier_thousand_hosts, MeasureFrontier, 0)
    ->UseManualTime()
    ->Iterations(1);
BENCHMARK_CAPTURE(Flat, frontier_hundred_urls_a_host, MeasureFrontier, 100)
    ->UseManualTime()
    ->Iterations(1);
BENCHMARK_CAPTURE(Flat, crawl_thousand_hosts, MeasureCrawl, 0)->UseManualTime()->Iterations(1);
BENCHMARK_CAPTURE(Flat, crawl_hundred_urls_a_host, MeasureCrawl, 100)
    ->UseManualTime()
    ->Iterations(1);

}  // namespace
}  // namespace schoolwatch::crawler
