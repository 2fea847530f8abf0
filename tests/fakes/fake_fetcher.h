#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "net/fetcher.h"
#include "tests/fakes/manual_clock.h"

namespace schoolwatch::fakes {

// A made-up web: answers by URL, on made-up time. Poll moves the clock on to the next answer, or by
// the whole patience where none is due, so that a test of gaps and back-off takes no time. Keeps
// the promises of net::Fetcher: `done` only from Poll or CancelAll, once; bodies cut at max_bytes;
// an answer slower than `request.timeout` is kUnavailable.
class FakeFetcher final : public net::Fetcher {
 public:
  struct Seen {
    std::string url;
    net::Headers headers;
    std::chrono::steady_clock::time_point at;  // When Start was called.
    std::size_t max_bytes = 0;
    std::string method = "GET";
    std::string body{};
    net::Headers secret_headers{};
    std::string secret_target{};
    std::string user_agent_front{};
    bool once = false;
  };
  using Handler = std::function<core::Result<net::Response>(const net::Request&)>;

  explicit FakeFetcher(ManualClock& clock) : clock_(clock) {}

  // The answer for an address, compared with `request.url.href()`. Put several times: one after
  // the other, the last one again and again.
  void Put(std::string_view url, core::Result<net::Response> answer);
  // The usual page: 200 with a body.
  void PutPage(std::string_view url, std::string body,
               std::string content_type = "text/html; charset=utf-8");
  void PutRedirect(std::string_view url, std::string location, int status = 301);
  // Asked for what was not Put. Without it: 404 with an empty body.
  void SetHandler(Handler handler) { handler_ = std::move(handler); }
  // Where a host leads; those not put resolve to nothing known, as with an override.
  void PutAddresses(std::string_view host, core::Result<std::vector<std::string>> addresses);
  // How long an answer takes; for one address, or for all others.
  void SetLatency(std::chrono::milliseconds latency) { latency_ = latency; }
  void SetLatency(std::string_view url, std::chrono::milliseconds latency);

  // Every request in the order of Start, those in flight included.
  const std::vector<Seen>& seen() const { return seen_; }
  // The addresses alone, for comparing with a list.
  std::vector<std::string> urls() const;
  std::size_t CountOf(std::string_view url) const;
  // The most that were in flight together.
  std::size_t most_in_flight() const { return most_in_flight_; }

  void Start(net::Request request, Done done) override;
  void Resolve(const core::HttpUrl& url, Resolved resolved) override;
  std::size_t Poll(std::chrono::milliseconds patience) override;
  void Wake() override {}
  void CancelAll() override;

 private:
  struct InFlight {
    net::Request request;
    Done done;
    std::chrono::steady_clock::time_point started;
    std::chrono::steady_clock::time_point due;
    bool late = false;  // Ends by its timeout.
  };
  core::Result<net::Response> Answer(const InFlight& exchange);

  ManualClock& clock_;
  std::map<std::string, std::deque<core::Result<net::Response>>, std::less<>> answers_;
  std::map<std::string, core::Result<std::vector<std::string>>, std::less<>> addresses_;
  std::vector<std::pair<std::string, Resolved>> lookups_;  // Answered by the next Poll.
  std::map<std::string, std::chrono::milliseconds, std::less<>> latencies_;
  Handler handler_;
  std::chrono::milliseconds latency_{10};
  std::vector<InFlight> in_flight_;  // In the order of Start.
  std::vector<Seen> seen_;
  std::size_t most_in_flight_ = 0;
};

}  // namespace schoolwatch::fakes
