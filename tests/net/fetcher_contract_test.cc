// What net/fetcher.h promises, asked of the real fetchers and of the fake one, so that the fake
// cannot drift.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/fetcher.h"
#include "net/local_server.h"
#include "tests/fakes/fake_fetcher.h"
#include "tests/net/fake_dns.h"
#include "tests/net/fetch.h"
#include "tests/net/raw_server.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;

// Where "forum.example" leads to two public addresses and "inside.example" to a private one, and a
// small site: /page ("0123456789", etag), /moved (301), anything else 404. /never does not
// answer.
class Site {
 public:
  virtual ~Site() = default;
  virtual Fetcher& fetcher() = 0;
  virtual std::string Url(std::string_view path) const = 0;
};

class RealSite final : public Site {
 public:
  explicit RealSite(std::size_t io_threads) : server_([](RawConnection& peer) { Serve(peer); }) {
    dns_.Put("forum.example", Addresses{"93.184.215.14", "2606:2800:21f::7"});
    dns_.Put("inside.example", Addresses{"10.0.0.1"});
    dns_.Hang("silent.example");
    FetcherOptions options = LoopbackOptions();
    options.io_threads = io_threads;
    options.resolver.lookup = dns_.lookup();
    fetcher_ = MakeFetcher(std::move(options));
  }
  Fetcher& fetcher() override { return *fetcher_; }
  std::string Url(std::string_view path) const override { return server_.Url(path); }

 private:
  static void Serve(RawConnection& peer) {
    while (true) {
      const std::string request = peer.ReadRequest();
      if (request.starts_with("GET /page ")) {
        peer.Write("HTTP/1.1 200 OK\r\nETag: \"q1\"\r\nContent-Length: 10\r\n\r\n0123456789");
      } else if (request.starts_with("GET /moved ")) {
        peer.Write("HTTP/1.1 301 Moved\r\nLocation: /page\r\nContent-Length: 0\r\n\r\n");
      } else if (request.starts_with("GET /never ")) {
        peer.WaitForHangUp();
        return;
      } else if (request.empty()) {
        return;
      } else {
        peer.Write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
      }
    }
  }

  FakeDns dns_;
  RawServer server_;
  std::unique_ptr<Fetcher> fetcher_;
};

class FakeSite final : public Site {
 public:
  FakeSite() : fetcher_(clock_) {
    Response page;
    page.status = 200;
    page.headers = {{"etag", "\"q1\""}, {"content-length", "10"}};
    page.body = "0123456789";
    fetcher_.Put(Url("/page"), page);
    fetcher_.PutRedirect(Url("/moved"), "/page");
    fetcher_.SetLatency(Url("/never"), std::chrono::hours(1));
    fetcher_.PutAddresses("forum.example", Addresses{"93.184.215.14", "2606:2800:21f::7"});
    fetcher_.PutAddresses("inside.example", core::Fail(ErrorKind::kForbidden, "private"));
  }
  Fetcher& fetcher() override { return fetcher_; }
  std::string Url(std::string_view path) const override {
    return "http://quillbrook.example" + std::string(path);
  }

 private:
  fakes::ManualClock clock_;
  fakes::FakeFetcher fetcher_;
};

enum class Kind { kReal, kThreads, kFake };

class FetcherContractTest : public testing::TestWithParam<Kind> {
 protected:
  FetcherContractTest() {
    if (GetParam() != Kind::kFake) {
      site_ = std::make_unique<RealSite>(GetParam() == Kind::kThreads ? 3 : 1);
    } else {
      site_ = std::make_unique<FakeSite>();
    }
  }
  Fetcher& fetcher() { return site_->fetcher(); }
  Request For(std::string_view path) const { return RequestFor(site_->Url(path)); }

  std::unique_ptr<Site> site_;
};

TEST_P(FetcherContractTest, AnswersWithStatusFieldsAndBody) {
  const core::Result<Response> page = Fetch(fetcher(), For("/page"));
  ASSERT_TRUE(page.has_value()) << page.error().message;
  EXPECT_EQ(page->status, 200);
  EXPECT_EQ(FindHeader(page->headers, "etag"), "\"q1\"");
  EXPECT_EQ(page->body, "0123456789");
  EXPECT_FALSE(page->truncated);
  EXPECT_FALSE(page->remote_address.empty());
  EXPECT_GE(page->wire_bytes, 10u);
}

TEST_P(FetcherContractTest, NotFoundIsAnAnswer) {
  EXPECT_EQ(Fetch(fetcher(), For("/nothing"))->status, 404);
}

TEST_P(FetcherContractTest, RedirectsAreNotFollowed) {
  const core::Result<Response> moved = Fetch(fetcher(), For("/moved"));
  ASSERT_TRUE(moved.has_value());
  EXPECT_EQ(moved->status, 301);
  EXPECT_EQ(FindHeader(moved->headers, "location"), "/page");
}

TEST_P(FetcherContractTest, LongBodiesAreCut) {
  Request request = For("/page");
  request.max_bytes = 4;
  const core::Result<Response> page = Fetch(fetcher(), std::move(request));
  ASSERT_TRUE(page.has_value()) << page.error().message;
  EXPECT_EQ(page->body, "0123");
  EXPECT_TRUE(page->truncated);
}

TEST_P(FetcherContractTest, ABodyOfExactlyTheLimitIsWhole) {
  Request request = For("/page");
  request.max_bytes = 10;
  const core::Result<Response> page = Fetch(fetcher(), std::move(request));
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->body.size(), 10u);
  EXPECT_FALSE(page->truncated);
}

TEST_P(FetcherContractTest, SilenceIsUnavailable) {
  Request request = For("/never");
  request.timeout = std::chrono::milliseconds(60);
  const core::Result<Response> never = Fetch(fetcher(), std::move(request));
  ASSERT_FALSE(never.has_value());
  EXPECT_EQ(never.error().kind, ErrorKind::kUnavailable);
}

TEST_P(FetcherContractTest, DoneIsCalledOnceAndOnlyFromPoll) {
  int called = 0;
  for (int i = 0; i < 3; ++i) {
    fetcher().Start(For("/page"), [&called](const core::Result<Response>&) { ++called; });
  }
  EXPECT_EQ(called, 0);
  PollUntil(fetcher(), [&called] { return called == 3; });
  EXPECT_EQ(fetcher().Poll(std::chrono::milliseconds(1)), 0u);
  EXPECT_EQ(called, 3);
}

TEST_P(FetcherContractTest, DoneMayStartTheNext) {
  std::vector<int> statuses;
  fetcher().Start(For("/moved"), [&](core::Result<Response> moved) {
    statuses.push_back(moved->status);
    fetcher().Start(For("/page"),
                    [&](core::Result<Response> page) { statuses.push_back(page->status); });
  });
  PollUntil(fetcher(), [&] { return statuses.size() == 2; });
  EXPECT_EQ(statuses, (std::vector<int>{301, 200}));
}

TEST_P(FetcherContractTest, CancelAllEndsEveryExchange) {
  std::vector<ErrorKind> kinds;
  for (int i = 0; i < 3; ++i) {
    fetcher().Start(For("/never"),
                    [&](core::Result<Response> never) { kinds.push_back(never.error().kind); });
  }
  EXPECT_EQ(fetcher().Poll(std::chrono::milliseconds(1)), 3u);
  fetcher().CancelAll();
  EXPECT_EQ(kinds, std::vector<ErrorKind>(3, ErrorKind::kCancelled));
  EXPECT_EQ(fetcher().Poll(std::chrono::milliseconds(1)), 0u);
}

TEST_P(FetcherContractTest, WhatACancelledOneStartsIsNotCancelled) {
  int status = 0;
  fetcher().Start(For("/never"), [&](const core::Result<Response>&) {
    fetcher().Start(For("/page"), [&](core::Result<Response> page) { status = page->status; });
  });
  fetcher().CancelAll();
  PollUntil(fetcher(), [&] { return status != 0; });
  EXPECT_EQ(status, 200);
}

TEST_P(FetcherContractTest, DoneMayCancelTheOthers) {
  std::vector<bool> answered;
  for (int i = 0; i < 3; ++i) {
    fetcher().Start(For(i == 0 ? "/page" : "/never"), [&](const core::Result<Response>& result) {
      answered.push_back(result.has_value());
      if (result) {
        fetcher().CancelAll();
      }
    });
  }
  PollUntil(fetcher(), [&] { return answered.size() == 3; });
  EXPECT_EQ(answered, (std::vector<bool>{true, false, false}));
}

TEST_P(FetcherContractTest, AWokenPollReturns) {
  fetcher().Wake();
  fetcher().Poll(std::chrono::minutes(10));
}

TEST_P(FetcherContractTest, SaysWhereAHostLeads) {
  std::optional<core::Result<Addresses>> leads;
  std::optional<core::Result<Addresses>> inside;
  fetcher().Resolve(core::HttpUrl::Parse("https://forum.example/a").value(),
                    [&](core::Result<Addresses> got) { leads = std::move(got); });
  fetcher().Resolve(core::HttpUrl::Parse("https://inside.example/b").value(),
                    [&](core::Result<Addresses> got) { inside = std::move(got); });
  EXPECT_FALSE(leads.has_value() || inside.has_value()) << "called before Poll";
  PollUntil(fetcher(), [&] { return leads.has_value() && inside.has_value(); });
  EXPECT_EQ(**leads, (Addresses{"93.184.215.14", "2606:2800:21f::7"}));
  EXPECT_EQ(inside->error().kind, ErrorKind::kForbidden);
}

TEST_P(FetcherContractTest, WhatAResolvedStartsIsFetched) {
  int status = 0;
  fetcher().Resolve(
      core::HttpUrl::Parse("https://forum.example/a").value(), [&](const core::Result<Addresses>&) {
        fetcher().Start(For("/page"), [&](core::Result<Response> page) { status = page->status; });
      });
  PollUntil(fetcher(), [&] { return status != 0; });
  EXPECT_EQ(status, 200);
}

TEST_P(FetcherContractTest, CancelAllEndsQuestionsToo) {
  std::optional<ErrorKind> kind;
  fetcher().Resolve(core::HttpUrl::Parse("https://silent.example/").value(),
                    [&](core::Result<Addresses> got) { kind = got.error().kind; });
  fetcher().CancelAll();
  EXPECT_EQ(kind, ErrorKind::kCancelled);
}

INSTANTIATE_TEST_SUITE_P(Fetchers, FetcherContractTest,
                         testing::Values(Kind::kReal, Kind::kThreads, Kind::kFake),
                         [](const auto& row) {
                           switch (row.param) {
                             case Kind::kReal:
                               return "Real";
                             case Kind::kThreads:
                               return "Threads";
                             default:
                               return "Fake";
                           }
                         });

}  // namespace
}  // namespace schoolwatch::net
