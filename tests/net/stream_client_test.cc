#include "net/stream_client.h"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/net/fake_dns.h"
#include "tests/net/raw_server.h"
#include "tests/net/stream_server.h"
#include "tests/net/tls_identity.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

StreamClientOptions Options() {
  StreamClientOptions options;
  options.user_agent = "schoolwatch-test/1.0 (+https://quillbrook.example/watch)";
  EXPECT_TRUE(options.guard.Allow("127.0.0.1").has_value());
  return options;
}

std::unique_ptr<StreamClient> Client(StreamClientOptions options = Options()) {
  auto client = MakeStreamClient(std::move(options));
  EXPECT_TRUE(client.has_value()) << client.error().message;
  return *std::move(client);
}

StreamRequest RequestFor(std::string_view url) {
  StreamRequest request{.url = core::HttpUrl::Parse(url).value(),
                        .headers = {},
                        .secret_target = {},
                        .subprotocol = {},
                        .last_event_id = {}};
  request.handshake = seconds(20);
  return request;
}
StreamRequest EventsFor(std::string_view url) {
  StreamRequest request = RequestFor(url);
  request.kind = StreamRequest::Kind::kServerSentEvents;
  return request;
}

// All that a stream gives until `over` or its end.
struct Came {
  std::vector<std::string> data;
  std::vector<StreamMessage> messages;
  bool opened = false;
  std::optional<StreamEnd> end;
};
Came Read(
    StreamClient& client, Stream& stream,
    const std::function<bool(const Came&)>& over = [](const Came&) { return false; }) {
  Came came;
  const auto limit = std::chrono::steady_clock::now() + seconds(20);
  while (!came.end && !over(came)) {
    if (std::chrono::steady_clock::now() >= limit) {
      ADD_FAILURE() << "nothing happened for 20 s";
      break;
    }
    StreamNews news = stream.Take(1000);
    came.opened = came.opened || news.opened;
    for (StreamMessage& one : news.messages) {
      came.data.push_back(one.data);
      came.messages.push_back(std::move(one));
    }
    came.end = std::move(news.end);
    if (!came.end && !over(came)) {
      client.Wait(milliseconds(200));
    }
  }
  return came;
}
Came ReadFrom(const StreamRequest& request, StreamClientOptions options = Options()) {
  const auto client = Client(std::move(options));
  const auto stream = client->Open(request);
  return Read(*client, *stream);
}

TEST(WebSocket, BringsMessagesInOrderAndSaysHowItEnded) {
  std::string target;
  std::string agent;
  std::string protocol;
  StreamServer server(
      [&](StreamPeer& peer) {
        target = peer.target();
        agent = peer.Header("User-Agent");
        protocol = peer.Header("Sec-WebSocket-Protocol");
        peer.Send("one");
        peer.Send("two");
        peer.Close(1001, "<b>maintenance</b>");
      },
      {.subprotocol = "xrpc.v1.json"});
  StreamRequest request = RequestFor(server.Url("/subscribe?kinds=commit"));
  request.subprotocol = "xrpc.v1.json";
  const Came came = ReadFrom(request);
  EXPECT_TRUE(came.opened);
  EXPECT_THAT(came.data, testing::ElementsAre("one", "two"));
  EXPECT_EQ(came.end->error.kind, ErrorKind::kUnavailable);
  EXPECT_THAT(came.end->error.message, HasSubstr("1001"));
  EXPECT_THAT(came.end->error.message, Not(HasSubstr("maintenance")));
  EXPECT_EQ(target, "/subscribe?kinds=commit");
  EXPECT_EQ(agent, Options().user_agent);
  EXPECT_EQ(protocol, "xrpc.v1.json");
}

TEST(WebSocket, SpeaksTlsAndChecksTheCertificate) {
  const TlsIdentity identity;
  StreamServer server(
      [](StreamPeer& peer) {
        peer.Send(std::string(100'000, 'a'));
        peer.Close(1000, "");
      },
      {.tls = &identity});
  StreamClientOptions trusting = Options();
  trusting.ca_file = identity.certificate_file();
  EXPECT_EQ(ReadFrom(RequestFor(server.Url()), trusting).data,
            std::vector<std::string>{std::string(100'000, 'a')});

  const Came stranger = ReadFrom(RequestFor(server.Url()));
  EXPECT_FALSE(stranger.opened);
  EXPECT_THAT(stranger.end->error.message, HasSubstr("not trusted"));

  // Its certificate is good, but not for this name.
  StreamClientOptions elsewhere = trusting;
  elsewhere.connect_overrides.push_back({"other.example", 0, "127.0.0.1", server.port()});
  EXPECT_THAT(ReadFrom(RequestFor("https://other.example/"), elsewhere).end->error.message,
              HasSubstr("not trusted"));
  StreamClientOptions named = trusting;
  named.connect_overrides.push_back({"quillbrook.example", 0, "127.0.0.1", server.port()});
  EXPECT_TRUE(ReadFrom(RequestFor("https://quillbrook.example/"), named).opened);
}

TEST(WebSocket, ReadsCompressedMessagesAndRefusesBombs) {
  std::string offered;
  StreamServer server([&](StreamPeer& peer) {
    offered = peer.Header("Sec-WebSocket-Extensions");
    peer.Send(std::string(50'000, 'x'));
    peer.Send(std::string(50u << 20, 'x'));  // Some 50 kB on the wire.
    peer.WaitForHangUp();
  });
  const Came came = ReadFrom(RequestFor(server.Url()));
  EXPECT_THAT(offered, HasSubstr("permessage-deflate"));
  EXPECT_EQ(came.data, std::vector<std::string>{std::string(50'000, 'x')});
  EXPECT_THAT(came.end->error.message, HasSubstr("longer than 1048576 bytes"));
}

TEST(WebSocket, DoesWithoutCompression) {
  StreamServer server(
      [](StreamPeer& peer) {
        peer.Send("plain");
        peer.Close(1000, "");
      },
      {.deflate = false});
  EXPECT_THAT(ReadFrom(RequestFor(server.Url())).data, testing::ElementsAre("plain"));
}

TEST(WebSocket, EndsWhereTheServerDropsTheConnection) {
  StreamServer server([](StreamPeer& peer) {
    peer.Send("last words");
    peer.Drop();
  });
  const Came came = ReadFrom(RequestFor(server.Url()));
  EXPECT_THAT(came.data, testing::ElementsAre("last words"));
  EXPECT_EQ(came.end->error.kind, ErrorKind::kUnavailable);
}

TEST(WebSocket, EndsWhereTheServerStallsThoughItAnswersPings) {
  StreamServer server([](StreamPeer& peer) {
    peer.Send("one");
    while (peer.Ping()) {
      std::this_thread::sleep_for(milliseconds(20));
    }
  });
  StreamRequest request = RequestFor(server.Url());
  request.silence = milliseconds(300);
  const Came came = ReadFrom(request);
  EXPECT_THAT(came.data, testing::ElementsAre("one"));
  EXPECT_THAT(came.end->error.message, HasSubstr("no message"));
}

struct Lie {
  const char* name;
  std::string bytes;
};
class WebSocketLies : public testing::TestWithParam<Lie> {};
TEST_P(WebSocketLies, EndTheStream) {
  StreamServer server([](StreamPeer& peer) {
    peer.SendRaw(GetParam().bytes);
    peer.WaitForHangUp();
  });
  const Came came = ReadFrom(RequestFor(server.Url()));
  EXPECT_TRUE(came.opened);
  EXPECT_TRUE(came.data.empty());
  EXPECT_EQ(came.end->error.kind, ErrorKind::kUnavailable);
}
INSTANTIATE_TEST_SUITE_P(
    Frames, WebSocketLies,
    testing::Values(Lie{"NoFrames", "HTTP/1.1 200 OK\r\n\r\n"},
                    Lie{"MaskedByTheServer", std::string("\x81\x85\0\0\0\0hello", 11)},
                    Lie{"NotUtf8", "\x81\x02\xc3\x28"},
                    Lie{"LongerThanItMayBe",
                        std::string("\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", 10)},
                    Lie{"ReservedOpcode", std::string("\x83\x00", 2)},
                    Lie{"CutInTheMiddle", std::string("\x80\x05hello", 7)},
                    Lie{"LongPing", std::string("\x89\x7e\x01\x00", 4) + std::string(256, 'p')}),
    [](const testing::TestParamInfo<Lie>& one) { return one.param.name; });

// The flood is held back at the server; nothing is lost and little is held here.
TEST(WebSocket, HoldsAFloodBackUntilItIsTaken) {
  constexpr int kMessages = 2'000;
  std::atomic<int> sent = 0;
  StreamServer server(
      [&](StreamPeer& peer) {
        for (int i = 0; i < kMessages && peer.Send(std::string(20'000, 'f')); ++i) {
          ++sent;
        }
        peer.Close(1000, "");
      },
      {.deflate = false});
  const auto client = Client();
  StreamRequest request = RequestFor(server.Url());
  request.max_queued_bytes = 100'000;
  request.silence = milliseconds(1'000);
  const auto stream = client->Open(request);
  // Nobody takes anything for longer than the silence that ends a stream.
  const auto until = std::chrono::steady_clock::now() + milliseconds(1'500);
  while (std::chrono::steady_clock::now() < until) {
    client->Wait(milliseconds(100));
  }
  EXPECT_LT(sent, kMessages);
  EXPECT_LE(stream->Take(kMessages).messages.size(), 6u);
  const Came rest = Read(*client, *stream);
  EXPECT_GE(rest.data.size(), static_cast<std::size_t>(kMessages) - 6);
  EXPECT_THAT(rest.end->error.message, HasSubstr("1000"));
}

TEST(WebSocket, ManyStreamsShareOneThread) {
  StreamServer server([](StreamPeer& peer) {
    peer.Send(peer.target());
    peer.Close(1000, "");
  });
  const auto client = Client();
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 30; ++i) {
    streams.push_back(client->Open(RequestFor(server.Url("/" + std::to_string(i)))));
  }
  for (int i = 0; i < 30; ++i) {
    EXPECT_THAT(Read(*client, *streams[static_cast<std::size_t>(i)]).data,
                testing::ElementsAre("/" + std::to_string(i)));
  }
}

TEST(WebSocket, ClosesProperlyWhenItIsLetGo) {
  std::atomic<bool> closed = false;
  StreamServer server([&](StreamPeer& peer) {
    peer.Send("one");
    peer.WaitForHangUp();
    closed = true;
  });
  {
    const auto client = Client();
    const auto stream = client->Open(RequestFor(server.Url()));
    Read(*client, *stream, [](const Came& came) { return !came.data.empty(); });
  }
  const auto limit = std::chrono::steady_clock::now() + seconds(10);
  while (!closed && std::chrono::steady_clock::now() < limit) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(closed);
}

TEST(WebSocket, WrongSubprotocolEndsIt) {
  StreamServer server([](StreamPeer& peer) { peer.WaitForHangUp(); }, {.subprotocol = "mqtt"});
  const Came came = ReadFrom(RequestFor(server.Url()));
  EXPECT_FALSE(came.opened);
  EXPECT_THAT(came.end->error.message, HasSubstr("subprotocol"));
}

struct Refused {
  const char* name;
  std::string answer;
  ErrorKind kind;
  int status;
  std::optional<milliseconds> wait{};
};
class RefusedStreams : public testing::TestWithParam<Refused> {};

TEST_P(RefusedStreams, EndWithWhatTheAnswerMeans) {
  RawServer server([](RawConnection& peer) {
    peer.ReadRequest();
    peer.Write(GetParam().answer);
    peer.WaitForHangUp();
  });
  for (StreamRequest request :
       {RequestFor(server.Url("/?key=secret-1")), EventsFor(server.Url("/?key=secret-1"))}) {
    request.headers = {{"Authorization", "Bearer secret-2"}};
    request.secret_target = "/?key=secret-3";
    const Came came = ReadFrom(request);
    EXPECT_FALSE(came.opened);
    EXPECT_EQ(came.end->error.kind, GetParam().kind) << came.end->error.message;
    EXPECT_EQ(came.end->status, GetParam().status);
    EXPECT_EQ(came.end->wait, GetParam().wait);
    EXPECT_THAT(came.end->error.message, Not(HasSubstr("secret")));
  }
}
INSTANTIATE_TEST_SUITE_P(
    Answers, RefusedStreams,
    testing::Values(
        Refused{"DeadToken", "HTTP/1.1 401 secret\r\nContent-Length: 6\r\n\r\nsecret",
                ErrorKind::kForbidden, 401},
        Refused{"Forbidden", "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", ErrorKind::kForbidden,
                403},
        Refused{"TooMany", "HTTP/1.1 429 Slow\r\nRetry-After: 90\r\nContent-Length: 0\r\n\r\n",
                ErrorKind::kThrottled, 429, seconds(90)},
        Refused{"NotThere", "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", ErrorKind::kNotFound,
                404},
        Refused{"ComeNotBack", "HTTP/1.1 204 No\r\n\r\n", ErrorKind::kNotFound, 204},
        Refused{"BadCursor", "HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n", ErrorKind::kBadInput,
                400},
        Refused{"Moved",
                "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: "
                "0\r\n\r\n",
                ErrorKind::kUnavailable, 302},
        Refused{"Broken", "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", ErrorKind::kUnavailable,
                500}),
    [](const testing::TestParamInfo<Refused>& one) { return one.param.name; });

TEST(Streams, AnswersThatAreNoneEndThem) {
  for (const std::string& answer :
       {std::string("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Sign in"),
        std::string("SSH-2.0-OpenSSH\r\n"),
        "HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'x') + "\r\n\r\n"}) {
    RawServer server([&](RawConnection& peer) {
      peer.ReadRequest();
      peer.Write(answer);
      peer.WaitForHangUp();
    });
    for (StreamRequest request : {RequestFor(server.Url()), EventsFor(server.Url())}) {
      request.handshake = milliseconds(500);  // What is no HTTP may still become some.
      EXPECT_FALSE(ReadFrom(request).opened);
    }
  }
}

TEST(Streams, SilenceBeforeTheAnswerEndsThem) {
  RawServer server([](RawConnection& peer) { peer.WaitForHangUp(); });
  for (StreamRequest request : {RequestFor(server.Url()), EventsFor(server.Url())}) {
    request.handshake = milliseconds(200);
    EXPECT_THAT(ReadFrom(request).end->error.message, HasSubstr("timeout"));
  }
}

TEST(Streams, GoNowhereTheGuardForbids) {
  int connections = 0;
  RawServer server([&](RawConnection&) { ++connections; });
  FakeDns dns;
  dns.Put("inside.example", Addresses{"127.0.0.1"});
  StreamClientOptions options;
  options.user_agent = Options().user_agent;
  options.resolver.lookup = dns.lookup();
  for (const std::string& host : {std::string("127.0.0.1"), std::string("inside.example"),
                                  std::string("localhost"), std::string("[::1]")}) {
    const Came came =
        ReadFrom(RequestFor("http://" + host + ":" + std::to_string(server.port()) + "/"), options);
    EXPECT_EQ(came.end->error.kind, ErrorKind::kForbidden) << host;
  }
  EXPECT_EQ(connections, 0);
  EXPECT_EQ(server.connections(), 0);
}

TEST(Streams, NamesThatDoNotResolveEndThem) {
  FakeDns dns;
  StreamClientOptions options = Options();
  options.resolver.lookup = dns.lookup();
  EXPECT_THAT(ReadFrom(RequestFor("http://nowhere.example/"), options).end->error.message,
              HasSubstr("DNS"));
  dns.Hang("slow.example");
  StreamRequest request = RequestFor("http://slow.example/");
  request.handshake = milliseconds(200);
  EXPECT_THAT(ReadFrom(request, options).end->error.message, HasSubstr("DNS"));
}

TEST(Streams, HeadersAndTargetsThatWouldSplitARequestAreNotSent) {
  StreamRequest header = RequestFor("http://127.0.0.1:9/");
  header.headers = {{"Authorization", "Bearer a\r\nHost: evil"}};
  StreamRequest target = RequestFor("http://127.0.0.1:9/");
  target.secret_target = "/?key=a b";
  StreamRequest id = EventsFor("http://127.0.0.1:9/");
  id.last_event_id = "7\r\nHost: evil";
  for (const StreamRequest& request : {header, target, id}) {
    EXPECT_EQ(ReadFrom(request).end->error.kind, ErrorKind::kBadInput);
  }
}

TEST(Streams, LettingGoDuringTheHandshakeIsFine) {
  RawServer server([](RawConnection& peer) { peer.WaitForHangUp(); });
  const auto client = Client();
  for (int i = 0; i < 20; ++i) {
    client->Open(RequestFor(server.Url()));
    client->Open(EventsFor(server.Url()));
  }
}

TEST(Streams, WakeEndsAWait) {
  const auto client = Client();
  std::jthread other([&] { client->Wake(); });
  client->Wait(seconds(20));
}

TEST(Streams, WantAContact) {
  StreamClientOptions options;
  options.user_agent = "curl/8";
  EXPECT_EQ(MakeStreamClient(options).error().kind, ErrorKind::kBadInput);
}

constexpr std::string_view kEvents =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream;charset=utf-8\r\n";

TEST(ServerSentEvents, AreReadInChunksAndGoneOnWithById) {
  std::string asked;
  RawServer server([&](RawConnection& peer) {
    asked = peer.ReadRequest();
    peer.Write(std::string(kEvents) + "Transfer-Encoding: chunked\r\n\r\n");
    peer.Write("5\r\ndata:\r\n");
    peer.Write("d\r\n one\nid: 8\n\n:\r\n");
    peer.Write("2\r\n\n\n\r\n");
    peer.Write("11\r\nretry: 4000\ndata:\r\n");
    peer.Write("9\r\n two\n\ndat\r\n0\r\n\r\n");
    peer.WaitForHangUp();
  });
  StreamRequest request = EventsFor(server.Url("/v2/stream/recentchange?x=1"));
  request.last_event_id = R"([{"topic":"a","offset":7}])";
  const Came came = ReadFrom(request);
  EXPECT_THAT(asked, HasSubstr("GET /v2/stream/recentchange?x=1 HTTP/1.1\r\n"));
  EXPECT_THAT(asked, HasSubstr("Last-Event-ID: [{\"topic\":\"a\",\"offset\":7}]\r\n"));
  EXPECT_THAT(asked, HasSubstr("Accept: text/event-stream\r\n"));
  EXPECT_THAT(asked, HasSubstr(Options().user_agent));
  ASSERT_THAT(came.data, testing::ElementsAre("one", "two"));
  EXPECT_EQ(came.messages[1].id, "8");
  EXPECT_EQ(came.end->wait, seconds(4));
  EXPECT_THAT(came.end->error.message, HasSubstr("ended the stream"));
}

TEST(ServerSentEvents, CommentsKeepThemAliveAndDripsDoNot) {
  RawServer beats([](RawConnection& peer) {
    peer.ReadRequest();
    peer.Write(std::string(kEvents) + "\r\n");
    for (int i = 0; i < 20; ++i) {
      peer.Write(":thump\n");
      std::this_thread::sleep_for(milliseconds(50));
    }
    peer.Write("data: after a second\n\n");
  });
  StreamRequest request = EventsFor(beats.Url());
  request.silence = milliseconds(500);
  EXPECT_THAT(ReadFrom(request).data, testing::ElementsAre("after a second"));

  RawServer drips([](RawConnection& peer) {
    peer.ReadRequest();
    peer.Write(std::string(kEvents) + "\r\n");
    while (peer.Write("x")) {
      std::this_thread::sleep_for(milliseconds(20));
    }
  });
  request = EventsFor(drips.Url());
  request.silence = milliseconds(300);
  EXPECT_THAT(ReadFrom(request).end->error.message, HasSubstr("no event"));
}

TEST(ServerSentEvents, EndlessLinesEndThem) {
  RawServer server([](RawConnection& peer) {
    peer.ReadRequest();
    peer.Write(std::string(kEvents) + "\r\n");
    const std::string piece(10'000, 'x');
    while (peer.Write(piece)) {
    }
  });
  EXPECT_THAT(ReadFrom(EventsFor(server.Url())).end->error.message, HasSubstr("longer than"));
}

TEST(ServerSentEvents, SpeakTls) {
  const TlsIdentity identity;
  RawServer server([&](RawConnection& peer) {
    if (peer.StartTls(identity)) {
      peer.ReadRequest();
      peer.Write(std::string(kEvents) + "\r\ndata: sealed\n\n");
      peer.WaitForHangUp();
    }
  });
  const std::string url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
  StreamClientOptions trusting = Options();
  trusting.ca_file = identity.certificate_file();
  const auto client = Client(trusting);
  const auto stream = client->Open(EventsFor(url));
  EXPECT_THAT(Read(*client, *stream, [](const Came& came) { return !came.data.empty(); }).data,
              testing::ElementsAre("sealed"));
  EXPECT_THAT(ReadFrom(EventsFor(url)).end->error.message, HasSubstr("not trusted"));
}

}  // namespace
}  // namespace schoolwatch::net
