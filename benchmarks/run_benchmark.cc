// A whole run over loopback (fetch, read, find, judge, commit), against the same transfers alone:
// what the product costs on top of fetching. Server and client share the machine's cores.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <filesystem>

#include "app/fetcher.h"
#include "app/pipeline/delivery.h"
#include "app/pipeline/run_pass.h"
#include "app/workspace.h"
#include "benchmarks/generated_pages.h"
#include "core/clock.h"
#include "core/hash.h"
#include "net/local_server.h"
#include "storage/store.h"
#include "tests/app/samples.h"

namespace schoolwatch::app {
namespace {

constexpr int kHosts = 50;
constexpr int kPagesPerHost = 10;
constexpr std::size_t kPageBytes = 60'000;

// Every host has a feed that leads to its pages; one page in a hundred names the school.
net::ServerResponse Serve(const net::ServerRequest& request) {
  static const std::string kPlain = benchmarks::MakePage(kPageBytes, "", 1);
  static const std::string kMentions = benchmarks::MakePage(
      kPageBytes, "Quillbrook Academy is a shambles and nobody answers complaints.", 2);
  if (request.target == "/robots.txt") {
    return {.status = 404, .headers = {}, .body = {}};
  }
  if (request.target == "/feed.xml") {
    std::string feed = "<rss version=\"2.0\"><channel><title>t</title>";
    for (int i = 0; i < kPagesPerHost; ++i) {
      feed += fmt::format("<item><title>News {0}</title><link>http://{1}/page/{0}</link></item>", i,
                          request.host);
    }
    return {.status = 200,
            .headers = {{"Content-Type", "application/rss+xml"}},
            .body = feed + "</channel></rss>"};
  }
  const bool mentions = request.target == "/page/0" && request.host.ends_with("0.example");
  return {.status = 200,
          .headers = {{"Content-Type", "text/html; charset=utf-8"}},
          .body = mentions ? kMentions : kPlain};
}

struct Setup {
  Setup() : server(net::LocalServer::Start(Serve).value()) {
    config::CrawlPolicy& crawl = workspace.config.settings.crawl;
    crawl.page_gap = crawl.feed_gap = std::chrono::milliseconds{0};
    workspace.config.sources.clear();
    for (int i = 0; i < kHosts; ++i) {
      config::Source source;
      source.name = fmt::format("s{}", i);
      source.url = fmt::format("http://host{}.example/feed.xml", i);
      source.follow = "articles";
      workspace.config.sources.push_back(source);
    }
    overrides = {{.host = "", .port = 0, .to_host = "127.0.0.1", .to_port = server->port()}};
  }
  std::unique_ptr<net::LocalServer> server;
  Workspace workspace = TestWorkspace();
  std::vector<net::ConnectOverride> overrides;
};

void BM_WholeRun(benchmark::State& state) {
  Setup setup;
  const core::SystemClock clock;
  std::size_t pages = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const auto folder =
        std::filesystem::temp_directory_path() / ("schoolwatch-bench-" + core::RandomHex(6));
    auto store = storage::Store::Open(folder, storage::OpenMode::kReadWrite).value();
    auto fetcher = MakeFetcher(setup.workspace.config.settings, setup.overrides).value();
    state.ResumeTiming();
    const auto report = RunPass(setup.workspace, store.get(), *fetcher, clock,
                                {.schedule = Schedule::kAll}, {}, {});
    pages += report->crawl.documents;
    state.PauseTiming();
    store.reset();
    std::filesystem::remove_all(folder);
    state.ResumeTiming();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(pages));
}
BENCHMARK(BM_WholeRun)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();

void BM_FetchOnly(benchmark::State& state) {
  Setup setup;
  std::size_t pages = 0;
  for (auto _ : state) {
    auto fetcher = MakeFetcher(setup.workspace.config.settings, setup.overrides).value();
    for (int host = 0; host < kHosts; ++host) {
      for (int page = 0; page < kPagesPerHost; ++page) {
        fetcher->Start(
            {.url = core::HttpUrl::Parse(fmt::format("http://host{}.example/page/{}", host, page))
                        .value(),
             .headers = {}},
            [&pages](core::Result<net::Response> response) { pages += response ? 1u : 0u; });
      }
    }
    while (fetcher->Poll(std::chrono::milliseconds{50}) > 0) {
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(pages));
}
BENCHMARK(BM_FetchOnly)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
}  // namespace schoolwatch::app
