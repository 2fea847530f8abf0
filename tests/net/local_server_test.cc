#include "net/local_server.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/net/fetch.h"
#include "tests/net/raw_client.h"

namespace schoolwatch::net {
namespace {

std::unique_ptr<LocalServer> MakeServer(LocalServer::Handler handle) {
  core::Result<std::unique_ptr<LocalServer>> server = LocalServer::Start(std::move(handle));
  EXPECT_TRUE(server.has_value()) << server.error().message;
  return std::move(*server);
}

std::string Echo(const ServerRequest& request) {
  std::string text = request.method + " " + request.host + " " + request.target + "\n";
  for (const auto& [name, value] : request.headers) {
    text += name + "=" + value + "\n";
  }
  return text + request.body;
}

std::unique_ptr<LocalServer> EchoServer() {
  return MakeServer([](const ServerRequest& request) {
    return ServerResponse{200, {{"Content-Type", "text/plain"}}, Echo(request)};
  });
}

TEST(LocalServerTest, ServesTheRealFetcherUnderAnyName) {
  const std::unique_ptr<LocalServer> server = EchoServer();
  FetcherOptions options = LoopbackOptions();
  options.connect_overrides = {{"", 80, "127.0.0.1", server->port()}};
  const std::unique_ptr<Fetcher> fetcher = MakeFetcher(std::move(options));
  const core::Result<Response> page = Fetch(*fetcher, "http://Forum.Example/a?b=c");
  ASSERT_TRUE(page.has_value()) << page.error().message;
  EXPECT_EQ(page->status, 200);
  EXPECT_TRUE(page->body.starts_with("GET forum.example /a?b=c\n")) << page->body;
  EXPECT_NE(page->body.find("\nuser-agent=schoolwatch-test"), std::string::npos);
  EXPECT_EQ(FindHeader(page->headers, "content-type"), "text/plain");
  EXPECT_EQ(FindHeader(page->headers, "content-length"), std::to_string(page->body.size()));
  EXPECT_TRUE(FindHeader(page->headers, "date").ends_with(" GMT"));
}

TEST(LocalServerTest, KeepsTheConnectionForTheNextRequest) {
  const std::unique_ptr<LocalServer> server = EchoServer();
  RawClient client(server->port());
  for (const std::string target : {"/1", "/2", "/3"}) {
    const std::string answer = client.Ask("GET " + target + " HTTP/1.1\r\nHost: a.example\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find("GET a.example " + target), std::string::npos);
  }
}

TEST(LocalServerTest, PassesBodiesOn) {
  const std::unique_ptr<LocalServer> server = EchoServer();
  RawClient client(server->port());
  EXPECT_TRUE(
      client.Ask("POST /form HTTP/1.1\r\nHost: a.example:8080\r\nContent-Length: 5\r\n\r\nhello")
          .ends_with("\nhello"));
}

TEST(LocalServerTest, HeadHasTheLengthWithoutTheBody) {
  const std::unique_ptr<LocalServer> server =
      MakeServer([](const ServerRequest&) { return ServerResponse{200, {}, "12345"}; });
  RawClient client(server->port());
  const std::string answer =
      client.AskOnce("HEAD / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n");
  EXPECT_NE(answer.find("Content-Length: 5\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST(LocalServerTest, NotModifiedHasNoBody) {
  const std::unique_ptr<LocalServer> server = MakeServer([](const ServerRequest&) {
    return ServerResponse{304, {{"ETag", "\"q1\""}}, "must not be sent"};
  });
  RawClient client(server->port());
  const std::string answer =
      client.AskOnce("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 304 ")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST(LocalServerTest, FieldsOfAHandlerCannotForgeOthers) {
  const std::unique_ptr<LocalServer> server = MakeServer([](const ServerRequest&) {
    return ServerResponse{200,
                          {{"Location", "/a\r\nSet-Cookie: x=1"},
                           {"Content-Length", "99"},
                           {"Link", "<a>"},
                           {"Link", "<b>"}},
                          "hi"};
  });
  RawClient client(server->port());
  const std::string answer =
      client.AskOnce("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(answer.find("Set-Cookie"), std::string::npos) << answer;
  EXPECT_NE(answer.find("Content-Length: 2\r\n"), std::string::npos) << answer;
  EXPECT_NE(answer.find("Link: <a>\r\nLink: <b>\r\n"), std::string::npos) << answer;
}

TEST(LocalServerTest, AHandlerThatThrowsIsAnError500) {
  const std::unique_ptr<LocalServer> server =
      MakeServer([](const ServerRequest&) -> ServerResponse { throw std::runtime_error("oops"); });
  RawClient client(server->port());
  EXPECT_TRUE(client.Ask("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n").starts_with("HTTP/1.1 500 "));
}

struct RefusedCase {
  const char* name;
  std::string request;
  const char* status;
};

class RefusedRequestTest : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedRequestTest, IsAnsweredAndTheConnectionClosed) {
  const std::unique_ptr<LocalServer> server = EchoServer();
  RawClient client(server->port());
  const std::string answer = client.AskOnce(GetParam().request);
  EXPECT_TRUE(answer.starts_with(std::string("HTTP/1.1 ") + GetParam().status)) << answer;
}

INSTANTIATE_TEST_SUITE_P(
    Requests, RefusedRequestTest,
    testing::Values(RefusedCase{"Garbage", "this is no HTTP\r\n\r\n", "400"},
                    RefusedCase{"HeaderTooLarge",
                                "GET / HTTP/1.1\r\nA: " + std::string(40'000, 'x') + "\r\n\r\n",
                                "431"},
                    RefusedCase{"BodyTooLarge",
                                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n",
                                "413"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(LocalServerTest, StopsWithConnectionsOpen) {
  std::unique_ptr<LocalServer> server = EchoServer();
  RawClient idle(server->port());
  RawClient half(server->port());
  half.Send("GET / HTTP/1.1\r\nHo");
  server.reset();
  EXPECT_EQ(idle.ReadRest(), "");
}

TEST(LocalServerTest, ATakenPortIsUnavailable) {
  const std::unique_ptr<LocalServer> first = EchoServer();
  const auto second =
      LocalServer::Start([](const ServerRequest&) { return ServerResponse{}; }, first->port());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, core::ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace schoolwatch::net
