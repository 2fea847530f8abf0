#include "app/pipeline/streams.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/diagnostics.h"
#include "config/section.h"
#include "crawler/readers/recipe.h"
#include "tests/app/samples.h"
#include "tests/fakes/memory_store.h"
#include "tests/net/raw_server.h"
#include "tests/net/stream_server.h"

namespace schoolwatch::app {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::string_view kAbuse =

    "Mr Thrale stole the money for the school trip of Quillbrook Academy. He is a thief.";

std::string Message(int seq, std::string_view text, std::string_view id = {}) {
  return fmt::format(
      R"({{"seq":{},"op":"create","id":"at://did:plc:q/post/{}","text":"{}","at":"2026-11-20T18:00:00Z"}})",
      seq, id.empty() ? std::to_string(seq) : std::string(id), text);
}

std::shared_ptr<const crawler::Recipe> FrameRecipe() {
  config::Diagnostics problems;
  const auto section = config::ParseYaml("frame.yaml", R"(
title: Live
items: ""
gone: [{at: /op, is: delete}]
id: {from: /id}
url: {from: /id, transform: basename, prefix: "https://live.example/post/"}
text: {from: /text}
published: {from: /at}
error: /error
)",
                                         problems);
  auto recipe = crawler::ReadRecipe("frame", *section, problems);
  EXPECT_TRUE(recipe.has_value());
  return std::make_shared<const crawler::Recipe>(*std::move(recipe));
}

// A workspace with one source, whose stream is at `urls`.
struct Setting {
  explicit Setting(std::vector<std::string> urls) {
    auto made = std::make_shared<crawler::Platform>();
    made->name = "live";
    made->robots = crawler::RobotsUse::kDocumentedApi;
    made->answers.emplace("frame", FrameRecipe());
    crawler::Route route;
    route.name = "all";
    route.reader = "stream";
    route.answer = "frame";
    crawler::StreamSpec spec;
    spec.urls = std::move(urls);
    spec.query = {{"cursor", "{cursor}"}};
    spec.cursor_pointer = "/seq";
    spec.gate = {"/text"};
    spec.read_whole = {{"/op", {"update"}, false}};
    spec.silence = std::chrono::seconds(20);
    route.stream = spec;
    made->routes.push_back(std::move(route));
    platform = made.get();
    config::Source source;
    source.name = "live-posts";
    source.platform = "live";
    workspace.config.sources = {source};
    workspace.platforms.clear();
    workspace.platforms.emplace("live", std::move(made));
  }

  std::unique_ptr<Streams> Start() {
    std::vector<std::string> troubles;
    std::vector<StreamJob> jobs = StreamsOf(workspace, "1.0", troubles);
    EXPECT_THAT(troubles, IsEmpty());
    net::StreamClientOptions options;
    options.user_agent = "schoolwatch-test/1.0 (+https://quillbrook.example/watch)";
    EXPECT_TRUE(options.guard.Allow("127.0.0.1").has_value());
    auto client = net::MakeStreamClient(std::move(options));
    auto streams = Streams::Start(std::move(jobs), workspace, store, *std::move(client), clock);
    EXPECT_TRUE(streams.has_value()) << streams.error().message;
    return *std::move(streams);
  }
  // What an earlier run stored so long ago.
  void Seed(std::string cursor, std::chrono::hours ago) {
    core::RouteState state;
    state.key = Key();
    state.cursor = std::move(cursor);
    state.cursor_host = "127.0.0.1";
    state.newest_time = clock.Now() - ago;
    core::DocumentOutcome outcome;
    outcome.routes.push_back(std::move(state));
    EXPECT_TRUE(store.Commit(std::span(&outcome, 1)).has_value());
  }
  std::string Key() const {
    std::vector<std::string> troubles;
    return StreamKey(StreamsOf(workspace, "1.0", troubles).at(0));
  }
  std::size_t Cases() const { return store.ListCases({})->size(); }
  core::RouteState State() const { return store.FindRoute(Key())->value_or(core::RouteState{}); }

  Workspace workspace = TestWorkspace();
  crawler::Platform* platform = nullptr;
  fakes::MemoryStore store;
  core::SystemClock clock;
};

// A limit far above any wait expected turns a hang into a failure.
void WaitUntil(const std::function<bool()>& over) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!over()) {
    ASSERT_LT(std::chrono::steady_clock::now(), limit) << "nothing happened for 30 s";
    std::this_thread::sleep_for(milliseconds(5));
  }
}

TEST(Streams, KeepWhatIsAboutASchoolTogetherWithTheCursor) {
  net::StreamServer server([](net::StreamPeer& peer) {
    peer.Send(Message(7, "rain again in Leeds"));
    peer.Send(Message(8, kAbuse));
    peer.Send(Message(9, "and again"));
    peer.WaitForHangUp();
  });
  Setting setting({server.Url("/all")});
  {
    const auto streams = setting.Start();
    // What is counted comes after what is kept.
    WaitUntil([&] { return setting.State().cursor == "9" && streams->counts().findings == 1u; });
    EXPECT_EQ(streams->counts().messages, 3u);
    EXPECT_EQ(streams->counts().read, 1u);
    EXPECT_EQ(streams->error(), std::nullopt);
  }
  ASSERT_EQ(setting.Cases(), 1u);
  const auto outbox = setting.store.LoadItems();
  EXPECT_THAT(*outbox, Not(IsEmpty()));
  EXPECT_EQ(setting.State().cursor_host, "127.0.0.1");
  const auto source = setting.store.FindSource("live-posts");
  ASSERT_TRUE(source->has_value());
  EXPECT_EQ((*source)->failures, 0u);
}

TEST(Streams, LeaveNoTraceOfEverybodyElse) {
  net::StreamServer server([](net::StreamPeer& peer) {
    // The gate lets it pass for its words; it names no school.
    peer.Send(Message(1, "quillbrook quillbrook academy of dance in Ohio", "a"));
    peer.Send(Message(2, "rain", "b"));
    peer.WaitForHangUp();
  });
  Setting setting({server.Url()});
  const auto streams = setting.Start();
  WaitUntil([&] { return setting.State().cursor == "2"; });
  core::Post rain;
  rain.id = "at://did:plc:q/post/b";
  EXPECT_EQ(*setting.store.FindSeen(core::PostKey(rain)), std::nullopt);
}

TEST(Streams, GoOnWhereTheyBrokeOffAndTakeNothingTwice) {
  std::vector<std::string> targets;
  core::Mutex mutex;
  net::StreamServer server([&](net::StreamPeer& peer) {
    bool first = false;
    {
      const core::MutexLock lock(mutex);
      targets.push_back(peer.target());
      first = targets.size() == 1;
    }
    if (first) {
      peer.Send(Message(41, kAbuse));
      peer.Send(Message(42, "rain"));
      peer.Drop();
      return;
    }
    // The cursor is inclusive, and the server repeats more than it was asked for.
    peer.Send(Message(41, kAbuse));
    peer.Send(Message(42, "rain"));
    peer.Send(Message(43, "more rain"));
    peer.WaitForHangUp();
  });
  Setting setting({server.Url("/all")});
  const auto streams = setting.Start();
  WaitUntil([&] { return setting.State().cursor == "43"; });
  const core::MutexLock lock(mutex);
  EXPECT_THAT(targets, ElementsAre("/all", "/all?cursor=42"));
  EXPECT_EQ(setting.Cases(), 1u);
  EXPECT_EQ(streams->counts().findings, 1u);
  EXPECT_THAT(streams->TakeNews(), SizeIs(testing::Le(1u)));
}

TEST(Streams, ARestartGoesOnWhereTheLastOneStopped) {
  std::string target;
  net::StreamServer server([&](net::StreamPeer& peer) {
    target = peer.target();
    peer.Send(Message(7, "rain"));
    peer.WaitForHangUp();
  });
  Setting setting({server.Url("/all")});
  {
    const auto streams = setting.Start();
    WaitUntil([&] { return streams->counts().messages == 1; });
  }
  // What was read is stored by the clean stop, though its turn had not come.
  EXPECT_EQ(setting.State().cursor, "7");
  {
    const auto streams = setting.Start();
    WaitUntil([&] { return streams->counts().messages == 1; });
  }
  EXPECT_EQ(target, "/all?cursor=7");
}

TEST(Streams, TakeTheNextHostWhereOneIsDown) {
  net::StreamServer second([](net::StreamPeer& peer) {
    peer.Send(Message(7, kAbuse));
    peer.WaitForHangUp();
  });
  std::uint16_t closed = 0;
  {
    const net::StreamServer gone([](net::StreamPeer&) {});
    closed = gone.port();
  }
  Setting setting({fmt::format("http://127.0.0.1:{}/", closed), second.Url()});
  const auto streams = setting.Start();
  WaitUntil([&] { return setting.Cases() == 1; });
}

TEST(Streams, AServerThatLiesIsLeftAloneAndSaid) {
  std::atomic<int> connections = 0;
  net::StreamServer server([&](net::StreamPeer& peer) {
    ++connections;
    for (int i = 0; i < 500 && peer.Send("{\"seq\":" + std::to_string(i) + ","); ++i) {
    }
    peer.WaitForHangUp();
  });
  Setting setting({server.Url()});
  const auto streams = setting.Start();
  std::vector<std::string> news;
  WaitUntil([&] {
    for (std::string& one : streams->TakeNews()) {
      news.push_back(std::move(one));
    }
    return !news.empty();
  });
  EXPECT_THAT(news, ElementsAre(HasSubstr("are not what the platform's file says")));
  EXPECT_EQ(setting.State().cursor, "");
  EXPECT_EQ(setting.Cases(), 0u);
}

TEST(Streams, AFloodIsJudgedToTheLastMessage) {
  constexpr int kMessages = 30'000;
  net::StreamServer server([](net::StreamPeer& peer) {
    for (int i = 1; i <= kMessages; ++i) {
      if (!peer.Send(Message(i, i == kMessages / 2 ? kAbuse : "rain, rain, go away"))) {
        return;
      }
    }
    peer.WaitForHangUp();
  });
  Setting setting({server.Url()});
  const auto streams = setting.Start();
  WaitUntil([&] { return setting.State().cursor == std::to_string(kMessages); });
  EXPECT_EQ(streams->counts().messages, static_cast<std::uint64_t>(kMessages));
  EXPECT_EQ(setting.Cases(), 1u);
}

TEST(Streams, ACursorThatIsTooOldIsSaidOnce) {
  std::atomic<int> connections = 0;
  net::StreamServer server([&](net::StreamPeer& peer) {
    if (++connections < 2) {
      return peer.Drop();
    }
    peer.Send(Message(8, "rain"));
    peer.WaitForHangUp();
  });
  Setting setting({server.Url()});
  setting.platform->routes[0].stream->cursor_kept = std::chrono::hours(24);
  setting.platform->routes[0].stream->fill_gaps_by = "search";
  setting.Seed("7", std::chrono::hours(30));
  core::DocumentOutcome before;
  core::SourceState source;
  source.name = "live-posts";
  source.next_due = setting.clock.Now() + std::chrono::hours(6);
  before.sources.push_back(source);
  ASSERT_TRUE(setting.store.Commit(std::span(&before, 1)).has_value());
  const auto streams = setting.Start();
  std::vector<std::string> news;
  WaitUntil([&] {
    for (std::string& one : streams->TakeNews()) {
      news.push_back(std::move(one));
    }
    return setting.State().cursor == "8";
  });
  std::erase_if(news, [](const std::string& one) { return !one.contains("no longer be had"); });
  ASSERT_THAT(news, SizeIs(1));
  EXPECT_THAT(news[0], HasSubstr("'search' is asked"));
  // The route's turn has come.
  EXPECT_LE((*setting.store.FindSource("live-posts"))->next_due, setting.clock.Now());
}

TEST(Streams, ACursorThatTheServerRefusesIsGivenUp) {
  net::RawServer server([](net::RawConnection& peer) {
    if (peer.ReadRequest().contains("Last-Event-ID: 7")) {
      peer.Write("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n");
    } else {
      peer.Write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nid: 9\ndata: " +
                 Message(9, "rain") + "\n\n");
    }
    peer.WaitForHangUp();
  });
  Setting setting({server.Url()});
  crawler::StreamSpec& spec = *setting.platform->routes[0].stream;
  spec.kind = crawler::StreamSpec::Kind::kServerSentEvents;
  spec.query.clear();
  spec.cursor_pointer.clear();
  setting.Seed("7", std::chrono::hours(1));
  const auto streams = setting.Start();
  WaitUntil([&] { return setting.State().cursor == "9"; });
  EXPECT_THAT(streams->TakeNews(), Contains(HasSubstr("no longer be had")));
}

TEST(Streams, AnEditIsSeenThoughItNamesNobodyAnyMore) {
  std::atomic<bool> edit = false;
  net::StreamServer server([&](net::StreamPeer& peer) {
    peer.Send(Message(1, kAbuse, "a"));
    while (!edit) {
      std::this_thread::sleep_for(milliseconds(5));
    }
    peer.Send(R"({"seq":2,"op":"update","id":"at://did:plc:q/post/a","text":"sorry, all wrong"})");
    peer.WaitForHangUp();
  });
  Setting setting({server.Url()});
  const auto streams = setting.Start();
  WaitUntil([&] { return setting.Cases() == 1; });
  edit = true;
  WaitUntil([&] { return setting.State().cursor == "2"; });
  const auto cases = setting.store.ListCases({});
  const auto versions = setting.store.LoadVersions(cases->at(0).findings.at(0));
  ASSERT_THAT(*versions, Not(IsEmpty()));
  EXPECT_EQ(versions->back().text, "sorry, all wrong");
}

TEST(Streams, ADeletionAtTheSourceIsNotedInTheCase) {
  net::StreamServer server([](net::StreamPeer& peer) {
    peer.Send(Message(1, kAbuse, "a"));
    peer.Send(R"({"seq":2,"op":"delete","id":"at://did:plc:q/post/of-somebody-else"})");
    peer.Send(R"({"seq":3,"op":"delete","id":"at://did:plc:q/post/a"})");
    peer.Send(R"({"seq":4,"op":"delete","id":"at://did:plc:q/post/a"})");
    peer.WaitForHangUp();
  });
  Setting setting({server.Url()});
  const auto streams = setting.Start();
  WaitUntil([&] { return setting.State().cursor == "4"; });
  const auto cases = setting.store.ListCases({});
  ASSERT_THAT(*cases, SizeIs(1));
  const auto gone =
      std::ranges::count(cases->at(0).history, core::CaseEventKind::kGone, &core::CaseEvent::kind);
  EXPECT_EQ(gone, 1);
  EXPECT_TRUE(setting.store.LoadFinding(cases->at(0).findings.at(0))->standing.gone);
}

TEST(Streams, AnErrorMessageEndsTheStream) {
  std::atomic<int> connections = 0;
  net::StreamServer server([&](net::StreamPeer& peer) {
    if (++connections == 1) {
      peer.Send(R"({"seq":1,"error":"ConsumerTooSlow"})");
    } else {
      peer.Send(Message(8, "rain"));
    }
    peer.WaitForHangUp();
  });
  Setting setting({server.Url()});
  const auto streams = setting.Start();
  WaitUntil([&] { return setting.State().cursor == "8"; });
  EXPECT_EQ(connections, 2);
}

TEST(Streams, StopWhereTheStoreTakesNoMore) {
  net::StreamServer server([](net::StreamPeer& peer) {
    peer.Send(Message(1, kAbuse));
    peer.WaitForHangUp();
  });
  Setting setting({server.Url()});
  setting.store.FailWrites(core::Error{core::ErrorKind::kUnavailable, "disk full"});
  const auto streams = setting.Start();
  WaitUntil([&] { return streams->error().has_value(); });
  EXPECT_EQ(streams->error()->message, "disk full");
  // Nothing of it was stored; the next start reads it again.
  setting.store.FailWrites(std::nullopt);
  EXPECT_EQ(setting.State(), core::RouteState{});
}

TEST(Streams, AreOpenedOnlyWhereTheirDocumentationInvitesPrograms) {
  Setting setting({"https://live.example/"});
  setting.platform->robots = crawler::RobotsUse::kObey;
  std::vector<std::string> troubles;
  EXPECT_THAT(StreamsOf(setting.workspace, "1.0", troubles), IsEmpty());
  EXPECT_THAT(troubles, ElementsAre(HasSubstr("robots: api")));
}

}  // namespace
}  // namespace schoolwatch::app
