#pragma once

#include <curl/curl.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/result.h"
#include "net/fetcher.h"
#include "net/header_collector.h"

namespace schoolwatch::net {

struct CurlDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// One libcurl handle, made once with every option that stays the same and used for one exchange
// after another. Private to the curl fetcher, so libcurl's types are no secret here. libcurl keeps
// its address: neither copied nor moved.
class Transfer {
 public:
  // Borrows the options. nullptr: libcurl has no memory.
  static std::unique_ptr<Transfer> Make(const FetcherOptions& options,
                                        const std::string& ca_bundle);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() = default;

  CURL* easy() const { return easy_.get(); }

  // Readies the handle for an exchange. kBadInput, kUnavailable: libcurl does not take the request;
  // then `done` is still ours, for TakeDone.
  core::Result<void> Begin(Request request, Fetcher::Done done);
  // What came of it, after libcurl has said that it is finished. Frees the body and the request.
  core::Result<Response> Finish(CURLcode code);
  Fetcher::Done TakeDone() { return std::move(done_); }
  const core::HttpUrl& url() const { return request_->url; }

 private:
  explicit Transfer(const FetcherOptions& options) : options_(options) {}
  bool Configure(const std::string& ca_bundle);
  const ConnectOverride* FindOverride(const core::HttpUrl& url) const;
  core::Result<void> CheckAddress(const std::string& address, std::uint16_t port) const;
  core::Error Explain(CURLcode code);
  core::Error ExplainTimeout();

  static std::size_t OnHeader(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* self);
  static curl_socket_t OnOpenSocket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int OnPrerequest(void* self, char* remote, char* local, int remote_port, int local_port);

  const FetcherOptions& options_;
  std::unique_ptr<CURL, CurlDeleter> easy_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};

  // Of the exchange under way.
  std::optional<Request> request_;
  Fetcher::Done done_;
  const ConnectOverride* override_ = nullptr;
  std::unique_ptr<curl_slist, CurlDeleter> fields_;
  std::unique_ptr<curl_slist, CurlDeleter> connect_to_;
  HeaderCollector headers_;
  std::string body_;
  bool truncated_ = false;
  bool opened_socket_ = false;
  std::optional<core::Error> failure_;  // Ours: it goes before libcurl's.
  std::optional<core::Error> refusal_;  // The guard's, kept in case no other address works.
};

}  // namespace schoolwatch::net
