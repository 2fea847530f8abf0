// Fetching over loopback: what a core of ours costs per document, the server's share included, and
// what a new verified TLS connection costs us alone, against libcurl with its stock settings.
#include <benchmark/benchmark.h>
#include <curl/curl.h>
#include <openssl/ssl.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/url.h"
#include "net/curl_support.h"
#include "net/fetcher.h"
#include "net/local_server.h"
#include "tests/net/raw_server.h"
#include "tests/net/tls_identity.h"

namespace schoolwatch::net {
namespace {

constexpr std::size_t kDocumentBytes = 20'000;

// Keeps `in_flight` exchanges under way over `hosts` names, all led to one server, and counts
// documents. Many names mean many connections, as in a real run.
void FetchOverLoopback(benchmark::State& state) {
  const auto in_flight = static_cast<std::size_t>(state.range(0));
  const auto hosts = static_cast<std::uint64_t>(state.range(1));
  const auto io_threads = static_cast<std::size_t>(state.range(2));
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
  options.io_threads = io_threads;
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
    ->ArgNames({"in_flight", "hosts", "threads"})
    ->Args({1, 1, 1})
    ->Args({64, 16, 1})
    ->Args({64, 16, 2})
    ->Args({64, 1000, 1})
    ->Args({64, 1000, 2})
    ->UseRealTime();

constexpr const char* kTlsHost = "quillbrook.example";

// CPU time of this thread alone, so that the server's does not count.
double ThreadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// A server that ends each connection after one answer and offers no resumption, as a thousand
// different hosts would, and a file that trusts it and all that the system trusts: reading that
// many certificates is what the stock settings cost.
class TlsSite {
 public:
  TlsSite() : server_([this](RawConnection& peer) { Serve(peer); }) {
    SSL_CTX_set_num_tickets(identity_.context(), 0);
    SSL_CTX_set_session_cache_mode(identity_.context(), SSL_SESS_CACHE_OFF);
    std::ofstream bundle(bundle_, std::ios::binary);
    bundle << std::ifstream(FindCaBundle("").value(), std::ios::binary).rdbuf()
           << std::ifstream(identity_.certificate_file(), std::ios::binary).rdbuf();
  }
  TlsSite(const TlsSite&) = delete;
  TlsSite& operator=(const TlsSite&) = delete;
  ~TlsSite() {
    std::error_code ignored;
    std::filesystem::remove(bundle_, ignored);
  }
  std::uint16_t port() const { return server_.port(); }
  const std::string& bundle() const { return bundle_; }

 private:
  void Serve(RawConnection& peer) {
    if (peer.StartTls(identity_) && !peer.ReadRequest().empty()) {
      peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
    }
  }

  TlsIdentity identity_;
  const std::string bundle_ = identity_.certificate_file() + ".all";
  RawServer server_;
};

// Seconds of this thread that `count` connections of our fetcher cost; nothing if one failed.
std::optional<double> CostOfOurs(const TlsSite& site, int count) {
  FetcherOptions options;
  options.user_agent = "schoolwatch-benchmark (+https://quillbrook.example/watch)";
  options.max_in_flight = 16;
  options.connect_overrides = {{"", 443, "127.0.0.1", site.port()}};
  options.ca_file = site.bundle();
  const auto fetcher = MakeCurlFetcher(std::move(options));
  if (!fetcher) {
    return std::nullopt;
  }
  const double before = ThreadSeconds();
  int good = 0;
  for (int i = 0; i < count; ++i) {
    const std::string url = "https://" + std::string(kTlsHost) + "/" + std::to_string(i);
    (*fetcher)->Start(
        Request{.url = core::HttpUrl::Parse(url).value(), .headers = {}},
        [&good](const core::Result<Response>& page) { good += page && page->body == "hi"; });
  }
  while ((*fetcher)->Poll(std::chrono::seconds(1)) > 0) {
  }
  return good == count ? std::optional(ThreadSeconds() - before) : std::nullopt;
}

// The same with libcurl as it comes: a multi, 16 handles, nothing set but the CA file, which a user
// of an own certificate authority must set.
std::optional<double> CostOfStock(const TlsSite& site, int count) {
  const std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi(curl_multi_init(),
                                                                    &curl_multi_cleanup);
  const std::string target = "::127.0.0.1:" + std::to_string(site.port());
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> connect_to(
      curl_slist_append(nullptr, target.c_str()), &curl_slist_free_all);
  const std::string url = "https://" + std::string(kTlsHost) + "/";
  const auto ignore =
      +[](char*, std::size_t size, std::size_t bytes, void*) { return size * bytes; };
  std::vector<std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>> handles;
  const double before = ThreadSeconds();
  int started = 0;
  for (; started < 16 && started < count; ++started) {
    CURL* const easy = curl_easy_init();
    handles.emplace_back(easy, &curl_easy_cleanup);
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, connect_to.get());
    curl_easy_setopt(easy, CURLOPT_CAINFO, site.bundle().c_str());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
    curl_multi_add_handle(multi.get(), easy);
  }
  int done = 0;
  int good = 0;
  while (done < count) {
    int running = 0;
    curl_multi_perform(multi.get(), &running);
    int left = 0;
    while (const CURLMsg* const message = curl_multi_info_read(multi.get(), &left)) {
      CURL* const easy = message->easy_handle;
      good += message->data.result == CURLE_OK;
      ++done;
      curl_multi_remove_handle(multi.get(), easy);
      if (started < count) {
        ++started;
        curl_multi_add_handle(multi.get(), easy);
      }
    }
    if (done < count) {
      curl_multi_poll(multi.get(), nullptr, 0, 1000, nullptr);
    }
  }
  const double cost = ThreadSeconds() - before;
  for (const auto& handle : handles) {
    curl_multi_remove_handle(multi.get(), handle.get());
  }
  return good == count ? std::optional(cost) : std::nullopt;
}

// New verified connections for each second of the client's thread, side by side.
void NewVerifiedTlsConnections(benchmark::State& state) {
  constexpr int kOurs = 1000;
  constexpr int kStock = 64;
  const TlsSite site;
  for (auto _ : state) {
    const std::optional<double> ours = CostOfOurs(site, kOurs);
    const std::optional<double> stock = CostOfStock(site, kStock);
    if (!ours || !stock) {
      state.SkipWithError("a connection failed");
      return;
    }
    state.counters["ours_per_cpu_s"] = kOurs / *ours;
    state.counters["stock_per_cpu_s"] = kStock / *stock;
    state.counters["ratio"] = kOurs / *ours / (kStock / *stock);
  }
}
BENCHMARK(NewVerifiedTlsConnections)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace schoolwatch::net
