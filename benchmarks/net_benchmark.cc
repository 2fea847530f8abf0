// Fetching over loopback: what a core of ours costs per document, the server's share included.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "core/url.h"
#include "net/fetcher.h"
#include "net/local_server.h"

namespace schoolwatch::net {
namespace {

constexpr std::size_t kDocumentBytes = 20'000;

// Keeps `in_flight` exchanges under way over `hosts` names, all led to one server, and counts
// documents. Many names mean many connections, as in a real run.
void FetchOverLoopback(benchmark::State& state) {
  const auto in_flight = static_cast<std::size_t>(state.range(0));
  const auto hosts = static_cast<std::uint64_t>(state.range(1));
  const std::string document(kDocumentBytes, 'q');
  const auto server = LocalServer::Start([&document](const ServerRequest&) {
    return ServerResponse{200, {{"Content-Type", "text/html"}}, document};
  });
  if (!server) {
    state.SkipWithError(server.error().message.c_str());
    return;
  }
  FetcherOptions options;
  options.user_agent = "schoolwatch-benchmark (+https://quillbrook.example/watch)";
  options.max_in_flight = in_flight;
  options.connect_overrides = {{"", 80, "127.0.0.1", (*server)->port()}};
  const auto fetcher = MakeCurlFetcher(std::move(options));
  if (!fetcher) {
    state.SkipWithError(fetcher.error().message.c_str());
    return;
  }
  std::uint64_t started = 0;
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  const auto start = [&] {
    const std::string url = "http://site-" + std::to_string(started % hosts) + ".example/thread/" +
                            std::to_string(started);
    ++started;
    (*fetcher)->Start(Request{.url = core::HttpUrl::Parse(url).value(), .headers = {}},
                      [&](const core::Result<Response>& page) {
                        ++done;
                        failed += page && page->body.size() == kDocumentBytes ? 0U : 1U;
                      });
  };
  for (auto _ : state) {
    const std::uint64_t goal = done + 1;
    while (done < goal) {
      while (started - done < in_flight) {
        start();
      }
      (*fetcher)->Poll(std::chrono::seconds(1));
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(done));
  state.SetBytesProcessed(static_cast<std::int64_t>(done * kDocumentBytes));
  if (failed != 0) {
    state.SkipWithError("a fetch failed");
  }
}
// 16 hosts stay within the connection cache; 1,000 do not, so that nearly every fetch connects.
BENCHMARK(FetchOverLoopback)
    ->ArgNames({"in_flight", "hosts"})
    ->Args({1, 1})
    ->Args({64, 16})
    ->Args({64, 1000})
    ->UseRealTime();

}  // namespace
}  // namespace schoolwatch::net
