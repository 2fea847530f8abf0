#include "crawler/platforms/stream_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/diagnostics.h"
#include "config/schema.h"
#include "config/section.h"

namespace schoolwatch::crawler {
namespace {

using testing::HasSubstr;
using testing::Not;

core::Timestamp At(std::string_view text) { return core::ParseRfc3339(text).value(); }
const core::Timestamp kNow = At("2026-11-20T18:00:00Z");

StreamSpec Read(std::string_view yaml, std::string* wrong = nullptr) {
  config::Diagnostics problems;
  const auto section = config::ParseYaml("stream.yaml", yaml, problems);
  StreamSpec spec = StreamSchema().Read(*section, problems);
  const core::Result<void> read = problems.ToResult();
  if (wrong != nullptr) {
    *wrong = read ? "" : read.error().message;
  } else {
    EXPECT_TRUE(read.has_value()) << read.error().message;
  }
  return spec;
}

constexpr std::string_view kJetstream = R"(
kind: websocket
urls: ["wss://one.{region}.example/sub", "wss://two.{region}.example/sub"]
subprotocol: xrpc.v1.json
query: {collections: app.bsky.feed.post, cursor: "{cursor}", kinds: "{?kinds}"}
cursor: {at: /payload/seq, of_host: true, kept: 24 h, as_time: epoch_us}
gate: [/payload/record/text]
read_whole: [{at: /payload/operation, is: update}]
silence: 60 s
)";

Platform PlatformOf(StreamSpec spec) {
  Platform platform;
  platform.name = "live";
  Route route;
  route.name = "live";
  route.reader = "stream";
  route.stream = std::move(spec);
  platform.routes.push_back(std::move(route));
  return platform;
}

const TemplateValues kValues{{"region", "east"}, {"kinds", ""}};

TEST(StreamSpec, IsReadFromYaml) {
  const StreamSpec spec = Read(kJetstream);
  EXPECT_EQ(spec.urls.size(), 2u);
  EXPECT_EQ(spec.cursor_pointer, "/payload/seq");
  EXPECT_TRUE(spec.cursor_of_host);
  EXPECT_EQ(spec.cursor_kept, std::chrono::hours(24));
  EXPECT_EQ(spec.silence, std::chrono::seconds(60));
  EXPECT_EQ(spec.read_whole[0].values, std::vector<std::string>{"update"});
}

TEST(StreamSpec, RefusesWhatIsNoStream) {
  std::string wrong;
  Read("urls: [\"ftp://x.example/\"]\n", &wrong);
  EXPECT_THAT(wrong, HasSubstr("wss://"));
  Read("urls: [\"wss://x.example/\"]\ngate: [record/text]\n", &wrong);
  EXPECT_THAT(wrong, HasSubstr("JSON pointer"));
  Read("kind: websocket\n", &wrong);
  EXPECT_THAT(wrong, HasSubstr("urls"));
}

TEST(StreamRequest, BeginsWithNowWhereNothingIsKnown) {
  const Platform platform = PlatformOf(Read(kJetstream));
  const Route& route = platform.routes[0];
  const StreamStart start = StartOf(*route.stream, {}, "one.east.example", kNow);
  EXPECT_EQ(start.cursor, "");
  EXPECT_FALSE(start.missed_from);
  const auto request = MakeStreamRequest(platform, route, 0, kValues, start, nullptr);
  ASSERT_TRUE(request.has_value()) << request.error().message;
  EXPECT_EQ(request->url.href(), "https://one.east.example/sub?collections=app.bsky.feed.post");
  EXPECT_EQ(request->secret_target, "/sub?collections=app.bsky.feed.post");
  EXPECT_EQ(request->subprotocol, "xrpc.v1.json");
  EXPECT_EQ(request->silence, std::chrono::seconds(60));
}

TEST(StreamRequest, GoesOnWhereItBrokeOff) {
  const Platform platform = PlatformOf(Read(kJetstream));
  const Route& route = platform.routes[0];
  core::RouteState state;
  state.cursor = "81234";
  state.cursor_host = "one.east.example";
  state.newest_time = kNow - std::chrono::hours(1);
  const StreamStart start = StartOf(*route.stream, state, "one.east.example", kNow);
  EXPECT_EQ(start.cursor, "81234");
  EXPECT_FALSE(start.missed_from);
  EXPECT_THAT(MakeStreamRequest(platform, route, 0, kValues, start, nullptr)->url.href(),
              HasSubstr("cursor=81234"));
  // Another host counts otherwise, but knows the time.
  const StreamStart other = StartOf(*route.stream, state, "two.east.example", kNow);
  EXPECT_EQ(other.cursor, "1795193970000000");
  EXPECT_FALSE(other.missed_from);
}

TEST(StreamRequest, SaysWhatCanNoLongerBeHad) {
  StreamSpec spec = Read(kJetstream);
  core::RouteState state;
  state.cursor = "81234";
  state.cursor_host = "one.east.example";
  state.newest_time = kNow - std::chrono::hours(30);
  const StreamStart late = StartOf(spec, state, "one.east.example", kNow);
  EXPECT_EQ(late.cursor, "81234");
  EXPECT_EQ(late.missed_from, state.newest_time);
  EXPECT_EQ(late.missed_until, kNow - std::chrono::hours(24));
  // A host that knows neither our cursor nor the time.
  spec.cursor_as_time.clear();
  state.newest_time = kNow - std::chrono::minutes(5);
  const StreamStart other = StartOf(spec, state, "two.east.example", kNow);
  EXPECT_EQ(other.cursor, "");
  EXPECT_EQ(other.missed_from, state.newest_time);
  EXPECT_EQ(other.missed_until, kNow);
}

TEST(StreamRequest, EventsGoOnByTheirId) {
  const Platform platform = PlatformOf(Read(R"(
kind: server_sent_events
urls: https://stream.example/v2/stream/recentchange
)"));
  StreamStart start;
  start.cursor = R"([{"offset":7}])";
  const auto request = MakeStreamRequest(platform, platform.routes[0], 0, kValues, start, nullptr);
  EXPECT_EQ(request->kind, net::StreamRequest::Kind::kServerSentEvents);
  EXPECT_EQ(request->last_event_id, start.cursor);
  EXPECT_EQ(request->url.href(), "https://stream.example/v2/stream/recentchange");
}

TEST(StreamRequest, KeepsSecretsOutOfTheAddress) {
  Platform platform = PlatformOf(Read(R"(
urls: wss://near.example/api/v1/streaming
query: {stream: hashtag, key: "{key}"}
with_session: true
)"));
  platform.credentials.resize(2);
  platform.credentials[0].name = "key";
  platform.credentials[1].name = "token";
  platform.session.kind = SessionSpec::Kind::kToken;
  platform.session.headers = {{"Authorization", "Bearer {token}"}};
  const TemplateValues values{{"key", "k1&x=y"}, {"token", "t1"}};
  const auto request = MakeStreamRequest(platform, platform.routes[0], 0, values, {}, nullptr);
  ASSERT_TRUE(request.has_value()) << request.error().message;
  EXPECT_EQ(request->url.href(), "https://near.example/api/v1/streaming?stream=hashtag");
  EXPECT_EQ(request->secret_target, "/api/v1/streaming?key=k1%26x%3Dy&stream=hashtag");
  EXPECT_EQ(request->headers, (net::Headers{{"Authorization", "Bearer t1"}}));
}

TEST(StreamRequest, WantsTheLoginThatItIsOpenedWith) {
  Platform platform = PlatformOf(Read("urls: wss://near.example/\nwith_session: true\n"));
  platform.session.kind = SessionSpec::Kind::kPassword;
  EXPECT_EQ(MakeStreamRequest(platform, platform.routes[0], 0, {}, {}, nullptr).error().kind,
            core::ErrorKind::kForbidden);
  core::PlatformSession session;
  session.access_token = "t2";
  const auto request = MakeStreamRequest(platform, platform.routes[0], 0, {}, {}, &session);
  EXPECT_EQ(request->headers, (net::Headers{{"Authorization", "Bearer t2"}}));
}

TEST(StreamRequest, SaysWhichValueIsMissing) {
  const Platform platform = PlatformOf(Read(kJetstream));
  const auto request = MakeStreamRequest(platform, platform.routes[0], 0, {}, {}, nullptr);
  ASSERT_FALSE(request.has_value());
  EXPECT_THAT(request.error().message, HasSubstr("region"));
}

}  // namespace
}  // namespace schoolwatch::crawler
