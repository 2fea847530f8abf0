#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/body_buffer.h"
#include "net/curl_support.h"
#include "net/curl_transfer.h"
#include "net/fetcher.h"
#include "net/header_collector.h"
#include "net/resolver.h"
#include "net/sharded_fetcher.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;

struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

// Fields that the fetcher or libcurl writes; a second one would confuse the server or smuggle a
// request.
bool IsOurs(std::string_view name) {
  constexpr std::string_view kOurs[] = {
      "accept-encoding",   "connection", "content-length", "host", "te",
      "transfer-encoding", "upgrade",    "user-agent"};
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::ranges::find(kOurs, lower) != std::end(kOurs);
}

// libcurl 7.88 puts CR and LF of a field on the wire as they are.
core::Result<void> CheckFields(const Headers& headers, std::string_view host) {
  for (const auto& [name, value] : headers) {
    std::string_view why;
    if (!IsHeaderName(name)) {
      why = "is not a field name";
    } else if (IsOurs(name)) {
      why = "is set by the fetcher itself";
    } else if (!IsHeaderValue(value)) {
      why = "has a line break or another control byte in its value";
    } else {
      continue;
    }
    return core::Fail(ErrorKind::kBadInput,
                      fmt::format("{}: request header '{}' {}", host, Printable(name, 80), why));
  }
  return {};
}

bool IsTarget(std::string_view text) {
  return text.starts_with('/') && std::ranges::all_of(text, [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte > 0x20 && byte < 0x7f && byte != '#';
         });
}

core::Result<void> CheckRequest(const Request& request) {
  const std::string_view host = request.url.host();
  SW_TRY(CheckFields(request.headers, host));
  SW_TRY(CheckFields(request.secret_headers, host));
  if (request.method != "GET" && request.method != "POST") {
    return core::Fail(ErrorKind::kBadInput,
                      fmt::format("{}: requests are sent by GET or POST alone", host));
  }
  if (!request.secret_target.empty() && !IsTarget(request.secret_target)) {
    return core::Fail(
        ErrorKind::kBadInput,
        fmt::format("{}: a secret does not fit into an address as it is written", host));
  }
  if (!IsHeaderValue(request.user_agent_front)) {
    return core::Fail(ErrorKind::kBadInput,
                      fmt::format("{}: what is added to the User-Agent has a control byte", host));
  }
  return {};
}

class CurlFetcher final : public Fetcher {
 public:
  CurlFetcher(FetcherOptions options, std::string ca_bundle, CURLM* multi)
      : options_(std::move(options)),
        ca_bundle_(std::move(ca_bundle)),
        multi_(multi),
        resolver_(options_.resolver, options_.guard) {}
  CurlFetcher(const CurlFetcher&) = delete;
  CurlFetcher& operator=(const CurlFetcher&) = delete;

  ~CurlFetcher() override {
    for (const std::unique_ptr<Transfer>& transfer : active_) {
      curl_multi_remove_handle(multi_.get(), transfer->easy());
    }
  }

  void Start(Request request, Done done) override {
    if (core::Result<void> good = CheckRequest(request); !good) {
      finished_.push_back({std::move(done), core::Fail(std::move(good).error())});
      return;
    }
    const ConnectOverride* const chosen = FindOverride(options_.connect_overrides, request.url);
    if (LeadsElsewhere(chosen)) {
      waiting_.push_back({std::move(request), std::move(done), {}, {}});
      return;
    }
    const core::HttpUrl url = request.url;
    const std::chrono::milliseconds timeout = request.timeout;
    const auto asked = std::chrono::steady_clock::now();
    ++resolving_;
    resolver_.Ask(url.host(), PortOf(chosen, url), timeout,
                  [this, asked, request = std::move(request),
                   done = std::move(done)](core::Result<Addresses> addresses) mutable {
                    --resolving_;
                    if (!addresses) {
                      finished_.push_back(
                          {std::move(done), core::FailWith(request.url.host(), addresses.error())});
                      return;
                    }
                    waiting_.push_back(
                        {std::move(request), std::move(done), std::move(*addresses), Since(asked)});
                  });
  }

  void Resolve(const core::HttpUrl& url, Resolved resolved) override {
    const ConnectOverride* const chosen = FindOverride(options_.connect_overrides, url);
    if (LeadsElsewhere(chosen)) {
      answered_.push_back({std::move(resolved), Addresses{}});
      return;
    }
    resolver_.Ask(url.host(), PortOf(chosen, url), std::chrono::hours(1),
                  [this, host = std::string(url.host()),
                   resolved = std::move(resolved)](core::Result<Addresses> addresses) mutable {
                    if (!addresses) {
                      addresses = core::FailWith(host, addresses.error());
                    }
                    answered_.push_back({std::move(resolved), std::move(addresses)});
                  });
  }

  std::size_t Poll(std::chrono::milliseconds patience) override {
    assert(!polling_ && "Poll must not be called from a `done`");
    polling_ = true;
    Advance();
    if (finished_.empty() && answered_.empty()) {
      Wait(patience);
      Advance();
    }
    Deliver();
    // What a `done` has started goes out now, not a poll later.
    Advance();
    polling_ = false;
    return in_flight();
  }

  void Wake() override { curl_multi_wakeup(multi_.get()); }

  void CancelAll() override {
    // Taken out first: a `done` may start something new, which is not to be cancelled.
    std::vector<Ended> ended;
    const auto cancel = [&ended](std::string_view host, Done done) {
      ended.push_back({std::move(done), core::Fail(ErrorKind::kCancelled,
                                                   fmt::format("{}: stopped by request", host))});
    };
    // Those that wait for a look-up come out as finished or answered, and are cancelled with them.
    for (Resolver::Answered& answered : resolver_.TakeWaiting()) {
      answered(core::Fail(ErrorKind::kCancelled, "stopped by request"));
    }
    std::deque<Answered> answered = std::exchange(answered_, {});
    for (Ended& earlier : std::exchange(finished_, {})) {
      ReturnCharge(earlier.budget, earlier.result);
      earlier.result = core::Fail(ErrorKind::kCancelled, "stopped by request");
      ended.push_back(std::move(earlier));
    }
    for (std::unique_ptr<Transfer>& transfer : std::exchange(active_, {})) {
      curl_multi_remove_handle(multi_.get(), transfer->easy());
      cancel(transfer->url().host(), transfer->TakeDone());
      ByteBudget* const budget = transfer->budget();
      ReturnCharge(budget, transfer->Finish(CURLE_ABORTED_BY_CALLBACK));
      idle_.push_back(std::move(transfer));
    }
    for (Exchange& waiting : std::exchange(waiting_, {})) {
      cancel(waiting.request.url.host(), std::move(waiting.done));
    }
    for (Ended& exchange : ended) {
      exchange.done(std::move(exchange.result));
    }
    for (Answered& question : answered) {
      question.resolved(core::Fail(ErrorKind::kCancelled, "stopped by request"));
    }
  }

 private:
  struct Answered {
    Resolved resolved;
    core::Result<Addresses> addresses;
  };
  struct Ended {
    Done done;
    core::Result<Response> result;
    ByteBudget* budget = nullptr;  // What an answer's charge belongs to.
  };

  std::size_t in_flight() const {
    return resolving_ + waiting_.size() + active_.size() + finished_.size();
  }

  // True: an override names the address, so that there is nothing to look up.
  static bool LeadsElsewhere(const ConnectOverride* chosen) {
    return chosen != nullptr && !chosen->to_host.empty();
  }

  static std::chrono::milliseconds Since(std::chrono::steady_clock::time_point earlier) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 earlier);
  }

  // Waits the whole time even with nothing in flight, unless woken.
  void Wait(std::chrono::milliseconds patience) {
    std::chrono::milliseconds wait =
        std::clamp(patience, std::chrono::milliseconds(0),
                   std::chrono::milliseconds(std::numeric_limits<int>::max()));
    if (const auto limit = resolver_.UntilNextLimit()) {
      wait = std::min(wait, *limit);
    }
    curl_waitfd look_ups{resolver_.event_fd(), CURL_WAIT_POLLIN, 0};
    curl_multi_poll(multi_.get(), &look_ups, 1, static_cast<int>(wait.count()), nullptr);
  }

  // Takes the look-ups' answers, fills free slots, lets libcurl work and collects what it has
  // finished; calls nobody.
  void Advance() {
    resolver_.Advance();
    FillSlots();
    int running = 0;
    if (const CURLMcode code = curl_multi_perform(multi_.get(), &running); code != CURLM_OK) {
      FailActive(fmt::format("libcurl: {}", curl_multi_strerror(code)));
    }
    Collect();
    FillSlots();
  }

  // Handles that wait inside libcurl cost time in every call of it (1,000 of them halve the
  // throughput), so they wait here.
  void FillSlots() {
    while (!waiting_.empty() && active_.size() < options_.max_in_flight) {
      Exchange next = std::move(waiting_.front());
      waiting_.pop_front();
      std::unique_ptr<Transfer> transfer;
      if (idle_.empty()) {
        transfer = Transfer::Make(options_, ca_bundle_);
      } else {
        transfer = std::move(idle_.back());
        idle_.pop_back();
      }
      if (transfer == nullptr) {
        finished_.push_back({std::move(next.done),
                             core::Fail(ErrorKind::kUnavailable, "libcurl has no memory left")});
        continue;
      }
      core::Result<void> begun = transfer->Begin(std::move(next));
      if (begun) {
        if (const CURLMcode code = curl_multi_add_handle(multi_.get(), transfer->easy());
            code != CURLM_OK) {
          begun = core::Fail(ErrorKind::kUnavailable,
                             fmt::format("libcurl: {}", curl_multi_strerror(code)));
        }
      }
      if (begun) {
        active_.push_back(std::move(transfer));
      } else {
        finished_.push_back({transfer->TakeDone(), core::Fail(std::move(begun).error())});
        static_cast<void>(transfer->Finish(CURLE_FAILED_INIT));
        idle_.push_back(std::move(transfer));
      }
    }
  }

  void Collect() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) {
        continue;
      }
      // The message dies with the removal.
      CURL* const easy = message->easy_handle;
      const CURLcode code = message->data.result;
      const auto found = std::ranges::find(active_, easy, &Transfer::easy);
      assert(found != active_.end());
      curl_multi_remove_handle(multi_.get(), easy);
      if ((*found)->WantsNewConnection() && curl_multi_add_handle(multi_.get(), easy) == CURLM_OK) {
        continue;
      }
      std::unique_ptr<Transfer> transfer = std::move(*found);
      *found = std::move(active_.back());
      active_.pop_back();
      Done done = transfer->TakeDone();
      ByteBudget* const budget = transfer->budget();
      finished_.push_back({std::move(done), transfer->Finish(code), budget});
      idle_.push_back(std::move(transfer));
    }
  }

  void FailActive(const std::string& why) {
    for (std::unique_ptr<Transfer>& transfer : std::exchange(active_, {})) {
      curl_multi_remove_handle(multi_.get(), transfer->easy());
      finished_.push_back({transfer->TakeDone(), core::Fail(ErrorKind::kUnavailable, why)});
    }
  }

  // A `done` may call Start or CancelAll, so each is taken out before its call; those that end
  // meanwhile wait for the next Poll.
  void Deliver() {
    for (std::size_t left = answered_.size(); left > 0 && !answered_.empty(); --left) {
      Answered next = std::move(answered_.front());
      answered_.pop_front();
      next.resolved(std::move(next.addresses));
    }
    for (std::size_t left = finished_.size(); left > 0 && !finished_.empty(); --left) {
      Ended next = std::move(finished_.front());
      finished_.pop_front();
      next.done(std::move(next.result));
    }
  }

  const FetcherOptions options_;
  const std::string ca_bundle_;
  std::unique_ptr<CURLM, MultiDeleter> multi_;
  Resolver resolver_;
  std::size_t resolving_ = 0;                      // Exchanges that wait for a look-up.
  std::deque<Exchange> waiting_;                   // For a slot.
  std::vector<std::unique_ptr<Transfer>> active_;  // In multi_.
  std::vector<std::unique_ptr<Transfer>> idle_;    // Made, for reuse.
  std::deque<Ended> finished_;                     // Their `done` is yet to be called.
  std::deque<Answered> answered_;                  // The same.
  bool polling_ = false;
};

core::Result<std::unique_ptr<Fetcher>> MakeOne(FetcherOptions options, std::string ca_bundle) {
  CURLM* const multi = curl_multi_init();
  if (multi == nullptr) {
    return core::Fail(ErrorKind::kUnavailable, "libcurl has no memory left");
  }
  // The cache is searched from end to end for every new connection.
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(options.max_connections));
  return std::make_unique<CurlFetcher>(std::move(options), std::move(ca_bundle), multi);
}

// What falls to one of `shards` when `all` is shared out: at least `least`.
std::size_t ShareOf(std::size_t all, std::size_t shards, std::size_t shard, std::size_t least) {
  return std::max(least, all / shards + (shard < all % shards ? 1 : 0));
}

core::Result<void> CheckOptions(const FetcherOptions& options) {
  if (!options.user_agent.contains('@') && !options.user_agent.contains("http")) {
    return core::Fail(
        ErrorKind::kBadInput,
        fmt::format("the User-Agent '{}' names no contact: add a mail or web address, "
                    "so that a site's owner can ask",
                    Printable(options.user_agent, 200)));
  }
  if (!IsHeaderValue(options.user_agent)) {
    return core::Fail(ErrorKind::kBadInput, "the User-Agent has a control byte in it");
  }
  if (options.max_in_flight == 0) {
    return core::Fail(ErrorKind::kBadInput, "max_in_flight must be at least 1");
  }
  if (options.io_threads == 0) {
    return core::Fail(ErrorKind::kBadInput, "io_threads must be at least 1");
  }
  for (const ConnectOverride& chosen : options.connect_overrides) {
    // Through its text form, which knows what a host may hold.
    SW_TRY(ParseConnectOverride(fmt::format("::{}:", InBrackets(chosen.to_host))));
  }
  return {};
}

}  // namespace

core::Result<std::unique_ptr<Fetcher>> MakeCurlFetcher(FetcherOptions options) {
  SW_TRY(CheckOptions(options));
  SW_TRY(StartCurl());
  SW_ASSIGN(std::string ca_bundle, FindCaBundle(options.ca_file));
  const std::size_t shards = std::min(options.io_threads, options.max_in_flight);
  if (shards == 1) {
    return MakeOne(std::move(options), std::move(ca_bundle));
  }
  std::vector<FetcherShard> made;
  for (std::size_t i = 0; i < shards; ++i) {
    FetcherOptions share = options;
    share.max_in_flight = ShareOf(options.max_in_flight, shards, i, 1);
    share.max_connections = ShareOf(options.max_connections, shards, i, 1);
    share.resolver.max_threads = ShareOf(options.resolver.max_threads, shards, i, 2);
    share.resolver.max_entries = ShareOf(options.resolver.max_entries, shards, i, 1);
    const std::size_t max_in_flight = share.max_in_flight;
    SW_ASSIGN(std::unique_ptr<Fetcher> fetcher, MakeOne(std::move(share), ca_bundle));
    made.push_back({std::move(fetcher), max_in_flight});
  }
  return MakeShardedFetcher(std::move(made));
}

}  // namespace schoolwatch::net
