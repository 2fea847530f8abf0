// Answers that no decent server gives, and addresses that a page must not lead to.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "net/fetcher.h"
#include "tests/net/fetch.h"
#include "tests/net/raw_server.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;

struct HostileCase {
  const char* name;
  std::function<void(RawConnection&)> answer;
  const char* message;  // A part of it.
};

std::function<void(RawConnection&)> Says(std::string bytes) {
  return [bytes = std::move(bytes)](RawConnection& peer) { peer.Write(bytes); };
}

std::string Repeat(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

class HostileAnswerTest : public testing::TestWithParam<HostileCase> {};

TEST_P(HostileAnswerTest, IsUnavailableWithItsReason) {
  const RawServer server([](RawConnection& peer) {
    peer.ReadRequest();
    GetParam().answer(peer);
  });
  Request request = RequestFor(server.Url());
  request.timeout = std::chrono::seconds(10);
  const core::Result<Response> page = Fetch(*MakeFetcher(), std::move(request));
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error().kind, ErrorKind::kUnavailable);
  EXPECT_TRUE(page.error().message.starts_with("127.0.0.1: "));
  EXPECT_NE(page.error().message.find(GetParam().message), std::string::npos)
      << page.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Answers, HostileAnswerTest,
    testing::Values(
        HostileCase{"Nothing", Says(""), "without an answer"},
        HostileCase{"Reset", [](RawConnection& peer) { peer.Reset(); }, "connection broke"},
        HostileCase{"NotHttp", Says("220 mail.quillbrook.example ESMTP\r\n"), "not HTTP"},
        HostileCase{"Garbage", Says(std::string(200, '\xff')), "not HTTP"},
        HostileCase{"HeaderCutShort", Says("HTTP/1.1 200 OK\r\nContent-Le"), "header ended early"},
        HostileCase{"BodyShorterThanSaid",
                    Says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), "ended early"},
        HostileCase{"LineThatIsNoField",
                    Says("HTTP/1.1 200 OK\r\nServer error\r\nX-Q: 1\r\n\r\nhi"), "not HTTP"},
        HostileCase{"NegativeLength", Says("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nx"), ""},
        HostileCase{"ChunksCutShort",
                    Says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
                    ""},
        HostileCase{"ChunkSizeIsNoNumber",
                    Says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n"),
                    ""},
        HostileCase{"ChunkSizeOverflows",
                    Says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
                         std::string(40, 'f') + "\r\nhello\r\n"),
                    ""},
        HostileCase{"DamagedGzip",
                    Says("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08garbage…"),
                    "compressed body"},
        HostileCase{
            "StackOfEncodings",
            Says("HTTP/1.1 200 OK\r\nContent-Encoding: " + Repeat("gzip, ", 20) + "gzip\r\n\r\nx"),
            ""},
        HostileCase{"TooManyFields",
                    Says("HTTP/1.1 200 OK\r\n" + Repeat("a: 1\r\n", 300) + "\r\nbody"),
                    "more than 200 fields"},
        HostileCase{"HeaderTooLarge",
                    Says("HTTP/1.1 200 OK\r\n" +
                         Repeat("a: " + std::string(1000, 'x') + "\r\n", 80) + "\r\nbody"),
                    "larger than 64 KB"},
        HostileCase{"EndlessHeaderLine",
                    [](RawConnection& peer) {
                      peer.Write("HTTP/1.1 200 OK\r\na: ");
                      while (peer.Write(std::string(4096, 'x'))) {
                      }
                    },
                    ""},
        HostileCase{"EndlessHeader",
                    [](RawConnection& peer) {
                      peer.Write("HTTP/1.1 200 OK\r\n");
                      while (peer.Write("a: 1\r\n")) {
                      }
                    },
                    "more than 200 fields"},
        HostileCase{"EndlessInterimAnswers",
                    [](RawConnection& peer) {
                      while (peer.Write("HTTP/1.1 100 Continue\r\n\r\n")) {
                      }
                    },
                    "larger than 64 KB"}),
    [](const auto& row) { return std::string(row.param.name); });

struct OddCase {
  const char* name;
  std::string bytes;
  int status;
  const char* body;
};

class OddAnswerTest : public testing::TestWithParam<OddCase> {};

TEST_P(OddAnswerTest, IsTakenAsItIsMeant) {
  const RawServer server([](RawConnection& peer) {
    peer.ReadRequest();
    peer.Write(GetParam().bytes);
  });
  const core::Result<Response> page = Fetch(*MakeFetcher(), server.Url());
  ASSERT_TRUE(page.has_value()) << page.error().message;
  EXPECT_EQ(page->status, GetParam().status);
  EXPECT_EQ(page->body, GetParam().body);
  EXPECT_EQ(FindHeader(page->headers, "x-q"), "1");
}

INSTANTIATE_TEST_SUITE_P(
    Answers, OddAnswerTest,
    testing::Values(
        OddCase{"NoContent", "HTTP/1.1 204 No Content\r\nX-Q: 1\r\n\r\n", 204, ""},
        OddCase{"NotModifiedWithALength",
                "HTTP/1.1 304 Not Modified\r\nX-Q: 1\r\nContent-Length: 500\r\n\r\n", 304, ""},
        OddCase{"InterimAnswersFirst",
                "HTTP/1.1 103 Early Hints\r\nX-Q: 0\r\n\r\nHTTP/1.1 200 OK\r\nX-Q: 1\r\n\r\nhi",
                200, "hi"},
        OddCase{"UnknownLength", "HTTP/1.0 200 OK\r\nX-Q: 1\r\n\r\nhi", 200, "hi"},
        OddCase{"Chunks",
                "HTTP/1.1 200 OK\r\nX-Q: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
                "1\r\nh\r\n1\r\ni\r\n0\r\nX-Q: 2\r\n\r\n",
                200, "hi"},
        OddCase{"LineFeedsAlone", "HTTP/1.1 200 OK\nX-Q: 1\n\nhi", 200, "hi"},
        OddCase{"StatusWithoutReason", "HTTP/1.1 599\r\nX-Q: 1\r\n\r\nhi", 599, "hi"}),
    [](const auto& row) { return std::string(row.param.name); });

// No allow list: loopback stands for every private address.
FetcherOptions PublicOptions() {
  FetcherOptions options;
  options.user_agent = "schoolwatch-test/1.0 (watch@quillbrook.example)";
  return options;
}

class PrivateAddressTest : public testing::TestWithParam<const char*> {};

TEST_P(PrivateAddressTest, IsRefusedOnTheResolvedAddress) {
  const RawServer server([](RawConnection& peer) { peer.WaitForHangUp(); });
  const core::Result<Response> page =
      Fetch(*MakeFetcher(PublicOptions()),
            "http://" + std::string(GetParam()) + ":" + std::to_string(server.port()) + "/");
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error().kind, ErrorKind::kForbidden);
  EXPECT_NE(page.error().message.find("loopback"), std::string::npos) << page.error().message;
  EXPECT_EQ(server.connections(), 0);
}

INSTANTIATE_TEST_SUITE_P(Hosts, PrivateAddressTest,
                         testing::Values("127.0.0.1", "2130706433", "0x7f.1", "localhost",
                                         "[::ffff:127.0.0.1]"));

TEST(ConnectOverrideTest, LeadsItsHostAloneToAPrivateAddress) {
  const RawServer server([](RawConnection& peer) {
    while (!peer.ReadRequest().empty()) {
      peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    }
  });
  FetcherOptions options = PublicOptions();
  options.connect_overrides = {{"forum.example", 80, "127.0.0.1", server.port()}};
  const std::unique_ptr<Fetcher> fetcher = MakeFetcher(std::move(options));
  for (int i = 0; i < 2; ++i) {
    const core::Result<Response> page = Fetch(*fetcher, "http://forum.example/");
    ASSERT_TRUE(page.has_value()) << page.error().message;
    EXPECT_EQ(page->body, "hi");
  }
  EXPECT_EQ(server.connections(), 1) << "the second time over the kept connection";
  // A link to where the override leads is still a link to a private address.
  const core::Result<Response> direct = Fetch(*fetcher, server.Url());
  ASSERT_FALSE(direct.has_value());
  EXPECT_EQ(direct.error().kind, ErrorKind::kForbidden);
}

TEST(ConnectOverrideTest, APortAloneIsNoPass) {
  const RawServer server([](RawConnection& peer) { peer.WaitForHangUp(); });
  FetcherOptions options = PublicOptions();
  options.connect_overrides = {{"", 0, "", server.port()}};
  const core::Result<Response> page = Fetch(*MakeFetcher(std::move(options)), "http://127.0.0.1/");
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error().kind, ErrorKind::kForbidden);
  EXPECT_EQ(server.connections(), 0);
}

}  // namespace
}  // namespace schoolwatch::net
