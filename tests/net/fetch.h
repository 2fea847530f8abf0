#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "core/url.h"
#include "net/fetcher.h"

namespace schoolwatch::net {

inline Request RequestFor(std::string_view url) {
  return Request{.url = core::HttpUrl::Parse(url).value(), .headers = {}};
}

// Options that name a contact and let the tests' own servers past the guard.
inline FetcherOptions LoopbackOptions() {
  FetcherOptions options;
  options.user_agent = "schoolwatch-test/1.0 (+https://quillbrook.example/watch)";
  EXPECT_TRUE(options.guard.Allow("127.0.0.1").has_value());
  return options;
}

inline std::unique_ptr<Fetcher> MakeFetcher(FetcherOptions options = LoopbackOptions()) {
  core::Result<std::unique_ptr<Fetcher>> fetcher = MakeCurlFetcher(std::move(options));
  EXPECT_TRUE(fetcher.has_value()) << fetcher.error().message;
  return std::move(*fetcher);
}

// Polls until `over` says so; a limit far above any wait expected turns a hang into a failure.
template <class Over>
void PollUntil(Fetcher& fetcher, Over over) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!over()) {
    ASSERT_LT(std::chrono::steady_clock::now(), limit) << "nothing happened for 20 s";
    fetcher.Poll(std::chrono::milliseconds(20));
  }
}

// One exchange from start to end.
inline core::Result<Response> Fetch(Fetcher& fetcher, Request request) {
  std::optional<core::Result<Response>> result;
  fetcher.Start(std::move(request),
                [&result](core::Result<Response> got) { result = std::move(got); });
  PollUntil(fetcher, [&result] { return result.has_value(); });
  return result ? std::move(*result)
                : core::Result<Response>(core::Fail(core::ErrorKind::kCancelled, "test limit"));
}
inline core::Result<Response> Fetch(Fetcher& fetcher, std::string_view url) {
  return Fetch(fetcher, RequestFor(url));
}

}  // namespace schoolwatch::net
