#include "net/http_post.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/local_server.h"
#include "tests/net/raw_server.h"
#include "tests/net/tls_identity.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;

std::unique_ptr<HttpPoster> Poster(PostOptions options = {}) {
  auto poster = MakeHttpPoster(std::move(options));
  EXPECT_TRUE(poster.has_value()) << poster.error().message;
  return std::move(*poster);
}

TEST(HttpPosterTest, SendsBodyAndHeadersAndHandsTheAnswerBack) {
  ServerRequest got;
  const auto server = LocalServer::Start([&got](const ServerRequest& request) -> ServerResponse {
                        got = request;
                        return {.status = 202, .headers = {{"X-Answer", "yes"}}, .body = "taken"};
                      }).value();
  const std::string url = "http://127.0.0.1:" + std::to_string(server->port()) + "/hook?a=1";
  const std::string body = std::string("{\"a\":\"\0b\"}", 10) + std::string(200'000, 'x');
  const auto answer = Poster()->Post(url, {{"webhook-id", "17"}}, body);
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->status, 202);
  EXPECT_EQ(answer->body, "taken");
  EXPECT_EQ(FindHeader(answer->headers, "x-answer"), "yes");
  EXPECT_EQ(got.method, "POST");
  EXPECT_EQ(got.target, "/hook?a=1");
  EXPECT_EQ(got.body, body);
  EXPECT_EQ(FindHeader(got.headers, "webhook-id"), "17");
}

TEST(HttpPosterTest, ARedirectIsAnAnswerAndNotFollowed) {
  int requests = 0;
  const auto server = LocalServer::Start([&requests](const ServerRequest&) -> ServerResponse {
                        ++requests;
                        return {.status = 307, .headers = {{"Location", "/elsewhere"}}, .body = {}};
                      }).value();
  const auto answer =
      Poster()->Post("http://127.0.0.1:" + std::to_string(server->port()) + "/", {}, "x");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 307);
  EXPECT_EQ(requests, 1);
}

TEST(HttpPosterTest, AnEndlessAnswerIsNone) {
  const RawServer server([](RawConnection& peer) {
    peer.ReadRequest();
    peer.Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (peer.Write("400\r\n" + std::string(0x400, 'a') + "\r\n")) {
    }
  });
  const auto answer = Poster()->Post(server.Url(), {}, "x");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(answer.error().message.find("does not end"), std::string::npos);
}

TEST(HttpPosterTest, ACutConnectionMayPass) {
  const RawServer server([](RawConnection& peer) { peer.ReadRequest(); });
  const auto answer = Poster()->Post(server.Url("/secret-path"), {}, "x");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(answer.error().message.find("secret-path"), std::string::npos);
}

TEST(HttpPosterTest, ACertificateMustBeTrusted) {
  const TlsIdentity identity;
  const RawServer server([&identity](RawConnection& peer) {
    if (peer.StartTls(identity)) {
      peer.ReadRequest();
      peer.Write("HTTP/1.1 204 No Content\r\n\r\n");
    }
  });
  const std::string url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
  EXPECT_TRUE(Poster({.ca_file = identity.certificate_file()})->Post(url, {}, "x").has_value());
  const auto refused = Poster()->Post(url, {}, "x");
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("not trusted"), std::string::npos);
}

TEST(HttpPosterTest, ALineEndInAHeaderIsRefused) {
  const auto answer = Poster()->Post("http://127.0.0.1:1/", {{"a", "b\r\nc: d"}}, "x");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, ErrorKind::kBadInput);
}

struct UrlCase {
  const char* name;
  const char* url;
  bool good;
};

class PostUrlTest : public testing::TestWithParam<UrlCase> {};

TEST_P(PostUrlTest, ConfidentialThingsTravelSecured) {
  EXPECT_EQ(CheckPostUrl(GetParam().url).has_value(), GetParam().good);
}

INSTANTIATE_TEST_SUITE_P(Urls, PostUrlTest,
                         testing::Values(UrlCase{"Https", "https://hooks.example/x", true},
                                         UrlCase{"HttpHere", "http://127.0.0.1:8080/x", true},
                                         UrlCase{"HttpLocalhost", "http://localhost/x", true},
                                         UrlCase{"Http", "http://hooks.example/x", false},
                                         UrlCase{"LooksLocal", "http://localhost.example/", false},
                                         UrlCase{"LooksLoopback", "http://127.example.com/", false},
                                         UrlCase{"User", "https://u:p@hooks.example/", false},
                                         UrlCase{"File", "file:///etc/passwd", false},
                                         UrlCase{"LineEnd", "https://hooks.example/\r\n", false},
                                         UrlCase{"Nothing", "", false}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::net
