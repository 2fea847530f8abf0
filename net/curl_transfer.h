#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "net/body_buffer.h"
#include "net/fetcher.h"
#include "net/header_collector.h"

struct curl_slist;

namespace schoolwatch::net {

// The override that applies to `url`; nullptr for none.
const ConnectOverride* FindOverride(const std::vector<ConnectOverride>& overrides,
                                    const core::HttpUrl& url);
// The port that is connected to.
std::uint16_t PortOf(const ConnectOverride* chosen, const core::HttpUrl& url);

// An exchange that may begin: it is known where its host leads.
struct Exchange {
  Request request;
  Fetcher::Done done;
  // All that it may connect to; empty where an override names the target.
  Addresses pinned;
  // Of request.timeout, on the way here.
  std::chrono::milliseconds spent{0};
};

// One libcurl handle, made once with every option that stays the same and used for one exchange
// after another. Private to the curl fetcher; libcurl's own CURL and CURLcode are a void and an
// int-sized enumeration, which keeps its header out of this one. libcurl keeps the address of a
// Transfer: neither copied nor moved.
class Transfer {
 public:
  // Borrows the options. nullptr: libcurl has no memory.
  static std::unique_ptr<Transfer> Make(const FetcherOptions& options,
                                        const std::string& ca_bundle);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() = default;

  // The CURL handle.
  void* easy() const { return easy_.get(); }

  // Readies the handle for an exchange. kUnavailable: no memory; then `done` is still ours, for
  // TakeDone.
  core::Result<void> Begin(Exchange exchange);
  // True: the exchange met a kept connection to an address that its host has left, and wants to be
  // added to the multi once more, for a new one. Asked when libcurl has finished, before Finish.
  bool WantsNewConnection();
  // What came of it, after libcurl has said that it is finished, with a CURLcode. Frees the body
  // and the request.
  core::Result<Response> Finish(int code);
  Fetcher::Done TakeDone() { return std::move(done_); }
  // Of the exchange under way.
  const core::HttpUrl& url() const { return request_->url; }
  ByteBudget* budget() const { return request_->budget; }

 private:
  struct Callbacks;  // What libcurl calls.
  struct CurlDeleter {
    void operator()(void* easy) const;
    void operator()(curl_slist* list) const;
  };
  // libcurl's CURL_ERROR_SIZE.
  static constexpr std::size_t kErrorTextBytes = 256;

  explicit Transfer(const FetcherOptions& options) : options_(options) {}
  bool Configure(const std::string& ca_bundle);
  bool IsPinned(std::string_view address) const;
  core::Result<void> CheckAddress(const std::string& address, std::uint16_t port) const;
  core::Error Explain(int code) const;
  core::Error ExplainTimeout() const;

  const FetcherOptions& options_;
  std::unique_ptr<void, CurlDeleter> easy_;
  std::array<char, kErrorTextBytes> error_text_{};

  std::unique_ptr<const Request> request_;  // Null between exchanges.
  Fetcher::Done done_;
  Addresses pinned_;
  std::chrono::milliseconds spent_{0};
  const ConnectOverride* override_ = nullptr;
  std::unique_ptr<curl_slist, CurlDeleter> fields_;
  std::unique_ptr<curl_slist, CurlDeleter> connect_to_;
  std::unique_ptr<curl_slist, CurlDeleter> resolve_;
  std::string pin_;  // "host:port" as this handle has last put it into the multi's DNS cache.
  HeaderCollector headers_;
  BodyBuffer body_;
  bool truncated_ = false;
  std::string certificate_;
  bool opened_socket_ = false;
  bool met_left_address_ = false;
  std::optional<core::Error> failure_;  // Ours: it goes before libcurl's.
  std::optional<core::Error> refusal_;  // The guard's, kept in case no other address works.
};

}  // namespace schoolwatch::net
