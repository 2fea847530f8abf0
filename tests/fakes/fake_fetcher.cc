#include "tests/fakes/fake_fetcher.h"

#include <algorithm>
#include <utility>

#include "net/body_buffer.h"

namespace schoolwatch::fakes {

void FakeFetcher::Put(std::string_view url, core::Result<net::Response> answer) {
  answers_[std::string(url)].push_back(std::move(answer));
}

void FakeFetcher::PutPage(std::string_view url, std::string body, std::string content_type) {
  net::Response response;
  response.status = 200;
  response.headers.emplace_back("content-type", std::move(content_type));
  response.body = std::move(body);
  Put(url, std::move(response));
}

void FakeFetcher::PutRedirect(std::string_view url, std::string location, int status) {
  net::Response response;
  response.status = status;
  response.headers.emplace_back("location", std::move(location));
  Put(url, std::move(response));
}

void FakeFetcher::SetLatency(std::string_view url, std::chrono::milliseconds latency) {
  latencies_[std::string(url)] = latency;
}

std::vector<std::string> FakeFetcher::urls() const {
  std::vector<std::string> urls;
  for (const Seen& seen : seen_) {
    urls.push_back(seen.url);
  }
  return urls;
}

std::size_t FakeFetcher::CountOf(std::string_view url) const {
  return static_cast<std::size_t>(std::ranges::count(seen_, url, &Seen::url));
}

void FakeFetcher::Start(net::Request request, Done done) {
  const auto now = clock_.Steady();
  const auto own = latencies_.find(request.url.href());
  const auto latency = own == latencies_.end() ? latency_ : own->second;
  seen_.push_back({.url = request.url.href(),
                   .headers = request.headers,
                   .at = now,
                   .max_bytes = request.max_bytes,
                   .method = request.method,
                   .body = request.body,
                   .secret_headers = request.secret_headers,
                   .secret_target = request.secret_target,
                   .user_agent_front = request.user_agent_front,
                   .once = request.once});
  const bool late = latency > request.timeout;
  const auto due = now + (late ? request.timeout : latency);
  in_flight_.push_back({std::move(request), std::move(done), now, due, late});
  most_in_flight_ = std::max(most_in_flight_, in_flight_.size());
}

core::Result<net::Response> FakeFetcher::Answer(const InFlight& exchange) {
  const net::Request& request = exchange.request;
  if (exchange.late) {
    return core::Fail(core::ErrorKind::kUnavailable,
                      std::string(request.url.host()) + ": no whole answer in time");
  }
  core::Result<net::Response> answer{net::Response{}};
  if (const auto found = answers_.find(request.url.href()); found != answers_.end()) {
    answer = found->second.front();
    if (found->second.size() > 1) {
      found->second.pop_front();
    }
  } else if (handler_) {
    answer = handler_(request);
  } else {
    answer->status = 404;
  }
  if (answer) {
    answer->wire_bytes = answer->wire_bytes == 0 ? answer->body.size() : answer->wire_bytes;
    if (answer->body.size() > request.max_bytes) {
      answer->body.resize(request.max_bytes);
      answer->truncated = true;
    }
    if (request.budget != nullptr) {
      if (!request.budget->Take(0, answer->body.size())) {
        return core::Fail(core::ErrorKind::kUnavailable,
                          std::string(request.url.host()) + ": no room for the body");
      }
      answer->charged = answer->body.size();
    }
    answer->remote_address = answer->remote_address.empty() ? "192.0.2.7" : answer->remote_address;
    answer->elapsed =
        std::chrono::duration_cast<std::chrono::milliseconds>(exchange.due - exchange.started);
  }
  return answer;
}

void FakeFetcher::PutAddresses(std::string_view host,
                               core::Result<std::vector<std::string>> addresses) {
  addresses_.insert_or_assign(std::string(host), std::move(addresses));
}

void FakeFetcher::Resolve(const core::HttpUrl& url, Resolved resolved) {
  lookups_.emplace_back(url.host(), std::move(resolved));
}

std::size_t FakeFetcher::Poll(std::chrono::milliseconds patience) {
  if (!lookups_.empty()) {
    for (auto& [host, resolved] : std::exchange(lookups_, {})) {
      const auto found = addresses_.find(host);
      resolved(found == addresses_.end() ? std::vector<std::string>{} : found->second);
    }
    return in_flight_.size();
  }
  // A `done` may call Start, so what is due is taken out before anything is called.
  const auto now = clock_.Steady();
  const auto next = std::ranges::min_element(in_flight_, {}, &InFlight::due);
  if (next == in_flight_.end() || next->due > now + patience) {
    clock_.Advance(patience);
    return in_flight_.size();
  }
  if (next->due > now) {
    clock_.Advance(std::chrono::ceil<std::chrono::milliseconds>(next->due - now));
  }
  InFlight exchange = std::move(*next);
  in_flight_.erase(next);
  exchange.done(Answer(exchange));
  return in_flight_.size();
}

void FakeFetcher::CancelAll() {
  std::vector<InFlight> cancelled = std::exchange(in_flight_, {});
  auto lookups = std::exchange(lookups_, {});
  for (InFlight& exchange : cancelled) {
    exchange.done(core::Fail(core::ErrorKind::kCancelled,
                             std::string(exchange.request.url.host()) + ": stopped by request"));
  }
  for (auto& [host, resolved] : lookups) {
    resolved(core::Fail(core::ErrorKind::kCancelled, host + ": stopped by request"));
  }
}

}  // namespace schoolwatch::fakes
