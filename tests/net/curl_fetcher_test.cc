#include <gtest/gtest.h>

#include <atomic>
#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/crc.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "net/fetcher.h"
#include "tests/net/fetch.h"
#include "tests/net/raw_server.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;

std::string Gzip(const std::string& plain) {
  boost::beast::zlib::deflate_stream deflate;
  std::string packed("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  const std::size_t start = packed.size();
  packed.resize(start + deflate.upper_bound(plain.size()) + 16);
  boost::beast::zlib::z_params params;
  params.next_in = plain.data();
  params.avail_in = plain.size();
  params.next_out = packed.data() + start;
  params.avail_out = packed.size() - start;
  boost::beast::error_code error;
  deflate.write(params, boost::beast::zlib::Flush::finish, error);
  packed.resize(start + params.total_out);
  boost::crc_32_type crc;
  crc.process_bytes(plain.data(), plain.size());
  for (const std::uint32_t number : {crc.checksum(), static_cast<std::uint32_t>(plain.size())}) {
    for (int shift = 0; shift < 32; shift += 8) {
      packed += static_cast<char>((number >> shift) & 0xff);
    }
  }
  return packed;
}

std::string Answer(const std::string& fields, const std::string& body) {
  return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// Answers every request on a connection with the same bytes.
RawServer::Script Always(std::string answer) {
  return [answer = std::move(answer)](RawConnection& peer) {
    while (!peer.ReadRequest().empty() && peer.Write(answer)) {
    }
  };
}

TEST(CurlFetcherTest, SendsWhoWeAreAndWhatWasAskedFor) {
  core::Mutex mutex;
  std::string seen;
  const RawServer server([&](RawConnection& peer) {
    const core::MutexLock lock(mutex);
    seen = peer.ReadRequest();
    peer.Write(Answer("", ""));
  });
  Request request = RequestFor("http://head:secret@127.0.0.1:" + std::to_string(server.port()) +
                               "/a/%2e%2E/b?q=1#part");
  request.headers = {{"If-None-Match", "\"q1\""}, {"X-Empty", ""}};
  ASSERT_TRUE(Fetch(*MakeFetcher(), std::move(request)).has_value());
  const core::MutexLock lock(mutex);
  EXPECT_TRUE(seen.starts_with("GET /b?q=1 HTTP/1.1\r\n")) << seen;
  EXPECT_NE(
      seen.find("\r\nUser-Agent: schoolwatch-test/1.0 (+https://quillbrook.example/watch)\r\n"),
      std::string::npos);
  EXPECT_NE(seen.find("\r\nIf-None-Match: \"q1\"\r\n"), std::string::npos);
  EXPECT_NE(seen.find("\r\nX-Empty:\r\n"), std::string::npos);
  EXPECT_NE(seen.find("gzip"), std::string::npos);
  for (const char* unwanted : {"Authorization", "Cookie", "Referer", "secret", "Upgrade"}) {
    EXPECT_EQ(seen.find(unwanted), std::string::npos) << unwanted;
  }
}

TEST(CurlFetcherTest, PostsABodyAndThenGetsAgain) {
  core::Mutex mutex;
  std::vector<std::string> seen;
  const RawServer server([&](RawConnection& peer) {
    for (std::string header = peer.ReadRequest(); !header.empty(); header = peer.ReadRequest()) {
      if (header.starts_with("POST")) {
        header += peer.ReadUntil("\"}");
      }
      {
        const core::MutexLock lock(mutex);
        seen.push_back(header);
      }
      if (!peer.Write(Answer("", "good"))) {
        break;
      }
    }
  });
  FetcherOptions options = LoopbackOptions();
  options.max_in_flight = 1;  // One handle for all.
  const std::unique_ptr<Fetcher> fetcher = MakeFetcher(std::move(options));
  Request post = RequestFor(server.Url("/a?q=1"));
  post.method = "POST";
  post.body = "{\"tag\":\"quillbrook\"}";
  post.headers = {{"Content-Type", "application/json"}};
  post.secret_headers = {{"Authorization", "Bearer abc"}};
  post.secret_target = "/a?q=1&key=xyz";
  post.user_agent_front = "quill:1 (by /u/quillbrook)";
  const core::Result<Response> posted = Fetch(*fetcher, std::move(post));
  ASSERT_TRUE(posted.has_value()) << posted.error().message;
  EXPECT_EQ(posted->body, "good");
  ASSERT_TRUE(Fetch(*fetcher, server.Url("/b")).has_value());
  const core::MutexLock lock(mutex);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_TRUE(seen[0].starts_with("POST /a?q=1&key=xyz HTTP/1.1\r\n")) << seen[0];
  for (const char* const wanted :
       {"\r\nContent-Type: application/json\r\n", "\r\nAuthorization: Bearer abc\r\n",
        "\r\nContent-Length: 20\r\n",
        "\r\nUser-Agent: quill:1 (by /u/quillbrook) schoolwatch-test/1.0 (",
        "\r\n\r\n{\"tag\":\"quillbrook\"}"}) {
    EXPECT_NE(seen[0].find(wanted), std::string::npos) << wanted << " in " << seen[0];
  }
  EXPECT_EQ(seen[0].find("Expect"), std::string::npos);
  EXPECT_TRUE(seen[1].starts_with("GET /b HTTP/1.1\r\n")) << seen[1];
  for (const char* const unwanted : {"Authorization", "Content-", "by /u/", "key="}) {
    EXPECT_EQ(seen[1].find(unwanted), std::string::npos) << unwanted;
  }
}

TEST(CurlFetcherTest, WhatMayBeCountedIsNotSentTwice) {
  std::atomic<int> requests = 0;
  // Takes a second request on a kept connection, and hangs up without an answer.
  const RawServer server([&](RawConnection& peer) {
    if (!peer.ReadRequest().empty()) {
      ++requests;
      peer.Write(Answer("", "first"));
    }
    if (!peer.ReadRequest().empty()) {
      ++requests;
    }
  });
  const std::unique_ptr<Fetcher> fetcher = MakeFetcher();
  ASSERT_TRUE(Fetch(*fetcher, server.Url()).has_value());
  Request counted = RequestFor(server.Url());
  counted.once = true;
  ASSERT_TRUE(Fetch(*fetcher, std::move(counted)).has_value());
  EXPECT_EQ(requests, 2);
  EXPECT_EQ(server.connections(), 2);
}

TEST(CurlFetcherTest, NoMessageHoldsASecret) {
  const RawServer server([](RawConnection& peer) {
    peer.ReadRequest();
    peer.Reset();
  });
  const auto fails = [&](auto change) {
    Request request = RequestFor(server.Url());
    request.secret_headers = {{"Authorization", "Bearer s3cret"}};
    request.secret_target = "/?key=s3cret";
    change(request);
    const core::Result<Response> answer = Fetch(*MakeFetcher(), std::move(request));
    EXPECT_FALSE(answer.has_value());
    return answer ? std::string() : answer.error().message;
  };
  for (const std::string& message : {
           fails([](Request&) {}),
           fails([](Request& request) { request.secret_target = "/s3cret s3cret"; }),
           fails([](Request& request) { request.secret_target = "/?k=s3cret#"; }),
           fails([](Request& request) { request.secret_target = "s3cret"; }),
           fails([](Request& request) { request.secret_headers[0].second = "s3cret\r\nX: 1"; }),
           fails([](Request& request) { request.secret_headers[0].first = "Host"; }),
           fails([](Request& request) { request.method = "s3cret"; }),
           fails([](Request& request) { request.user_agent_front = "s3cret\n"; }),
           fails([](Request& request) { request.timeout = std::chrono::milliseconds(1); }),
       }) {
    EXPECT_FALSE(message.empty());
    EXPECT_EQ(message.find("s3cret"), std::string::npos) << message;
  }
}

TEST(CurlFetcherTest, KeepsConnectionsAndChecksThemAgain) {
  const RawServer server(Always(Answer("", "page")));
  const std::unique_ptr<Fetcher> fetcher = MakeFetcher();
  for (int i = 0; i < 3; ++i) {
    const core::Result<Response> page = Fetch(*fetcher, server.Url());
    ASSERT_TRUE(page.has_value()) << page.error().message;
    EXPECT_EQ(page->remote_address, "127.0.0.1");
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(CurlFetcherTest, ACompressionBombIsCutAtTheLimit) {
  const RawServer server(
      Always(Answer("Content-Encoding: gzip\r\n", Gzip(std::string(4u << 20, '\0')))));
  Request request = RequestFor(server.Url());
  request.max_bytes = 100'000;
  const core::Result<Response> page = Fetch(*MakeFetcher(), std::move(request));
  ASSERT_TRUE(page.has_value()) << page.error().message;
  EXPECT_EQ(page->body.size(), 100'000u);
  EXPECT_TRUE(page->truncated);
}

TEST(CurlFetcherTest, AnEndlessBodyIsCutAtTheLimit) {
  const RawServer server([](RawConnection& peer) {
    peer.ReadRequest();
    peer.Write("HTTP/1.1 200 OK\r\n\r\n");
    while (peer.Write(std::string(4096, 'x'))) {
    }
  });
  Request request = RequestFor(server.Url());
  request.max_bytes = 1u << 20;
  const core::Result<Response> page = Fetch(*MakeFetcher(), std::move(request));
  ASSERT_TRUE(page.has_value()) << page.error().message;
  EXPECT_EQ(page->body.size(), 1u << 20);
  EXPECT_TRUE(page->truncated);
}

TEST(CurlFetcherTest, ABodyThatStopsRunsIntoTheTimeout) {
  const RawServer server([](RawConnection& peer) {
    peer.ReadRequest();
    peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    peer.WaitForHangUp();
  });
  Request request = RequestFor(server.Url());
  request.timeout = std::chrono::milliseconds(80);
  const core::Result<Response> page = Fetch(*MakeFetcher(), std::move(request));
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error(), (core::Error{ErrorKind::kUnavailable,
                                       "127.0.0.1: timeout: no whole answer within 0.08 s"}));
}

TEST(CurlFetcherTest, AClosedPortIsUnavailable) {
  std::uint16_t port = 0;
  {
    const RawServer gone(Always(""));
    port = gone.port();
  }
  const core::Result<Response> page =
      Fetch(*MakeFetcher(), "http://127.0.0.1:" + std::to_string(port) + "/");
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(page.error().message.find("refused"), std::string::npos) << page.error().message;
}

TEST(CurlFetcherTest, AReservedNameDoesNotResolve) {
  const core::Result<Response> page = Fetch(*MakeFetcher(), "http://quillbrook.invalid/");
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error(),
            (core::Error{ErrorKind::kUnavailable,
                         "quillbrook.invalid: the host name does not resolve (DNS)"}));
}

TEST(CurlFetcherTest, NoMoreInFlightThanAsked) {
  std::atomic<int> arrived = 0;
  std::atomic<bool> answer = false;
  const RawServer server([&](RawConnection& peer) {
    while (!peer.ReadRequest().empty()) {
      ++arrived;
      answer.wait(false);
      peer.Write(Answer("", ""));
    }
  });
  FetcherOptions options = LoopbackOptions();
  options.max_in_flight = 2;
  const std::unique_ptr<Fetcher> fetcher = MakeFetcher(std::move(options));
  int done = 0;
  for (int i = 0; i < 5; ++i) {
    fetcher->Start(RequestFor(server.Url()), [&](const core::Result<Response>&) { ++done; });
  }
  PollUntil(*fetcher, [&] { return arrived == 2; });
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(fetcher->Poll(std::chrono::milliseconds(5)), 5u);
  }
  EXPECT_EQ(arrived, 2);
  answer = true;
  answer.notify_all();
  PollUntil(*fetcher, [&] { return done == 5; });
  EXPECT_LE(server.connections(), 2);
}

TEST(CurlFetcherTest, WakeEndsAPollFromAnotherThread) {
  const std::unique_ptr<Fetcher> fetcher = MakeFetcher();
  const auto start = std::chrono::steady_clock::now();
  const std::jthread other([&fetcher] { fetcher->Wake(); });
  fetcher->Poll(std::chrono::seconds(30));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(CurlFetcherTest, DestructionDropsWhatIsInFlight) {
  const RawServer server([](RawConnection& peer) { peer.WaitForHangUp(); });
  int called = 0;
  {
    const std::unique_ptr<Fetcher> fetcher = MakeFetcher();
    fetcher->Start(RequestFor(server.Url()), [&](const core::Result<Response>&) { ++called; });
    fetcher->Poll(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(called, 0);
}

struct FieldCase {
  const char* name;
  std::pair<std::string, std::string> field;
};

class RequestFieldTest : public testing::TestWithParam<FieldCase> {};

TEST_P(RequestFieldTest, IsRefusedBeforeAnythingIsSent) {
  const RawServer server(Always(Answer("", "")));
  Request request = RequestFor(server.Url());
  request.headers = {GetParam().field};
  const core::Result<Response> page = Fetch(*MakeFetcher(), std::move(request));
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error().kind, ErrorKind::kBadInput);
  EXPECT_EQ(server.connections(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Fields, RequestFieldTest,
    testing::Values(FieldCase{"LineBreakInValue", {"If-None-Match", "x\r\nHost: other.example"}},
                    FieldCase{"LineFeedInValue", {"If-None-Match", "x\ny"}},
                    FieldCase{"NulInValue", {"If-None-Match", std::string("x\0y", 3)}},
                    FieldCase{"LineBreakInName", {"A\r\nB", "x"}},
                    FieldCase{"ColonInName", {"A:", "x"}}, FieldCase{"EmptyName", {"", "x"}},
                    FieldCase{"Host", {"Host", "other.example"}},
                    FieldCase{"ContentLength", {"content-length", "5"}},
                    FieldCase{"UserAgent", {"User-Agent", "somebody else"}},
                    FieldCase{"TransferEncoding", {"Transfer-Encoding", "chunked"}}),
    [](const auto& row) { return std::string(row.param.name); });

struct OptionCase {
  const char* name;
  void (*change)(FetcherOptions&);
};

class BadOptionsTest : public testing::TestWithParam<OptionCase> {};

TEST_P(BadOptionsTest, AreBadInput) {
  FetcherOptions options = LoopbackOptions();
  GetParam().change(options);
  const auto fetcher = MakeCurlFetcher(std::move(options));
  ASSERT_FALSE(fetcher.has_value());
  EXPECT_EQ(fetcher.error().kind, ErrorKind::kBadInput);
}

INSTANTIATE_TEST_SUITE_P(
    Options, BadOptionsTest,
    testing::Values(
        OptionCase{"NoUserAgent", [](FetcherOptions& o) { o.user_agent.clear(); }},
        OptionCase{"NoContact", [](FetcherOptions& o) { o.user_agent = "Mozilla/5.0"; }},
        OptionCase{"UserAgentWithLineBreak",
                   [](FetcherOptions& o) { o.user_agent = "a@b.example\r\nX: y"; }},
        OptionCase{"NothingInFlight", [](FetcherOptions& o) { o.max_in_flight = 0; }},
        OptionCase{"NoThread", [](FetcherOptions& o) { o.io_threads = 0; }},
        OptionCase{"CaFileMissing", [](FetcherOptions& o) { o.ca_file = "/nonexistent/ca.pem"; }},
        OptionCase{"CaFileEmpty", [](FetcherOptions& o) { o.ca_file = "/dev/null"; }},
        OptionCase{
            "OverrideToNoHost",
            [](FetcherOptions& o) { o.connect_overrides = {{"a.example", 80, "b c", 80}}; }}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::net
