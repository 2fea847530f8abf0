// Where names lead and where exchanges then go: the resolver's answer is what is connected to.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/fetcher.h"
#include "tests/fakes/manual_clock.h"
#include "tests/net/fake_dns.h"
#include "tests/net/fetch.h"
#include "tests/net/raw_server.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;
using std::chrono::seconds;

// Two servers on one port of two addresses of this machine, each of which says who it is.
class PinningTest : public testing::Test {
 protected:
  PinningTest()
      : first_(Says("first"), "127.0.0.1"), second_(Says("second"), "127.0.0.2", first_.port()) {
    options_ = LoopbackOptions();
    options_.resolver.clock = &clock_;
    options_.resolver.lookup = dns_.lookup();
  }

  static RawServer::Script Says(std::string who) {
    return [who = std::move(who)](RawConnection& peer) {
      while (!peer.ReadRequest().empty()) {
        peer.Write(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", who.size(), who));
      }
    };
  }
  void AllowBoth() { ASSERT_TRUE(options_.guard.Allow("127.0.0.0/8").has_value()); }
  Fetcher& fetcher() {
    if (!fetcher_) {
      fetcher_ = MakeFetcher(options_);
    }
    return *fetcher_;
  }
  std::string Url(std::string_view host) const {
    return fmt::format("http://{}:{}/", host, first_.port());
  }
  core::Result<Response> FetchFrom(std::string_view host) { return Fetch(fetcher(), Url(host)); }
  core::Result<Addresses> Resolve(const std::string& url) {
    std::optional<core::Result<Addresses>> answer;
    fetcher().Resolve(core::HttpUrl::Parse(url).value(),
                      [&answer](core::Result<Addresses> got) { answer = std::move(got); });
    EXPECT_FALSE(answer.has_value()) << "answered before Poll";
    PollUntil(fetcher(), [&answer] { return answer.has_value(); });
    return answer ? *answer : core::Fail(ErrorKind::kCancelled, "test limit");
  }

  fakes::ManualClock clock_;
  FakeDns dns_;
  RawServer first_;
  RawServer second_;
  FetcherOptions options_;
  std::unique_ptr<Fetcher> fetcher_;
};

TEST_F(PinningTest, AnExchangeGoesWhereTheLookUpSaid) {
  AllowBoth();
  dns_.Put("forum.example", Addresses{"127.0.0.2"});
  const core::Result<Response> page = FetchFrom("forum.example");
  ASSERT_TRUE(page.has_value()) << page.error().message;
  EXPECT_EQ(page->body, "second");
  EXPECT_EQ(page->remote_address, "127.0.0.2");
  EXPECT_EQ(first_.connections(), 0);
}

TEST_F(PinningTest, ResolveAndTheExchangesAfterItShareOneLookUp) {
  dns_.Put("forum.example", Addresses{"127.0.0.1"});
  dns_.Put("forum.example", Addresses{"127.0.0.2"});
  EXPECT_EQ(*Resolve(Url("forum.example")), Addresses{"127.0.0.1"});
  for (int i = 0; i < 2; ++i) {
    clock_.Advance(seconds(20));
    EXPECT_EQ(FetchFrom("forum.example")->body, "first");
  }
  EXPECT_EQ(dns_.CountOf("forum.example"), 1);
  EXPECT_EQ(first_.connections(), 1);
}

TEST_F(PinningTest, ANameThatTurnsToAPrivateAddressIsNeverConnectedTo) {
  dns_.Put("rebinds.example", Addresses{"127.0.0.1"});
  dns_.Put("rebinds.example", Addresses{"127.0.0.2"});
  ASSERT_TRUE(FetchFrom("rebinds.example").has_value());
  clock_.Advance(seconds(60));
  const core::Result<Response> page = FetchFrom("rebinds.example");
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error().kind, ErrorKind::kForbidden);
  EXPECT_TRUE(page.error().message.starts_with("rebinds.example: 127.0.0.2 is a loopback address"))
      << page.error().message;
  EXPECT_EQ(second_.connections(), 0);
  EXPECT_EQ(first_.connections(), 1);
}

TEST_F(PinningTest, ANewAnswerIsHonouredOverAKeptConnection) {
  AllowBoth();
  dns_.Put("moves.example", Addresses{"127.0.0.1"});
  dns_.Put("moves.example", Addresses{"127.0.0.2"});
  EXPECT_EQ(FetchFrom("moves.example")->body, "first");
  clock_.Advance(seconds(60));
  const core::Result<Response> moved = FetchFrom("moves.example");
  ASSERT_TRUE(moved.has_value()) << moved.error().message;
  EXPECT_EQ(moved->body, "second");
  EXPECT_EQ(FetchFrom("moves.example")->body, "second");
  EXPECT_EQ(first_.connections(), 1);
  EXPECT_EQ(second_.connections(), 1);
}

TEST_F(PinningTest, AKeptConnectionIsUsedAgainWhileItsAddressIsAmongTheAnswers) {
  AllowBoth();
  dns_.Put("turns.example", Addresses{"127.0.0.1", "127.0.0.2"});
  dns_.Put("turns.example", Addresses{"127.0.0.2", "127.0.0.1"});
  EXPECT_EQ(FetchFrom("turns.example")->body, "first");
  clock_.Advance(seconds(60));
  EXPECT_EQ(FetchFrom("turns.example")->body, "first");
  EXPECT_EQ(first_.connections(), 1);
}

TEST_F(PinningTest, AMixedAnswerGoesToTheAllowedAddressOnly) {
  dns_.Put("mixed.example", Addresses{"127.0.0.2", "127.0.0.1"});
  EXPECT_EQ(FetchFrom("mixed.example")->body, "first");
  EXPECT_EQ(second_.connections(), 0);
}

TEST_F(PinningTest, ADeadAddressIsFollowedByTheNext) {
  AllowBoth();
  dns_.Put("half.example", Addresses{"127.0.0.3", "127.0.0.2"});
  EXPECT_EQ(FetchFrom("half.example")->body, "second");
}

TEST_F(PinningTest, OneHandleServesHostAfterHostEachAtItsOwnAddress) {
  AllowBoth();
  options_.max_in_flight = 1;
  dns_.Put("a.example", Addresses{"127.0.0.1"});
  dns_.Put("b.example", Addresses{"127.0.0.2"});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(FetchFrom("a.example")->body, "first");
    EXPECT_EQ(FetchFrom("b.example")->body, "second");
  }
}

TEST_F(PinningTest, ATrailingDotIsPartOfTheName) {
  dns_.Put("forum.example.", Addresses{"127.0.0.1"});
  const core::Result<Response> page = FetchFrom("forum.example.");
  ASSERT_TRUE(page.has_value()) << page.error().message;
  EXPECT_EQ(page->body, "first");
}

TEST_F(PinningTest, IPv6GoesInBrackets) {
  const RawServer server(Says("sixth"), "::1");
  ASSERT_TRUE(options_.guard.Allow("::1").has_value());
  dns_.Put("six.example", Addresses{"::1"});
  dns_.Put("both.example", Addresses{"::1", "127.0.0.1"});
  for (const char* host : {"six.example", "both.example", "[::1]"}) {
    const core::Result<Response> page =
        Fetch(fetcher(), fmt::format("http://{}:{}/", host, server.port()));
    ASSERT_TRUE(page.has_value()) << page.error().message;
    EXPECT_EQ(page->body, "sixth");
    EXPECT_EQ(page->remote_address, "::1");
  }
}

TEST_F(PinningTest, AnOverriddenHostIsNotLookedUp) {
  options_.connect_overrides = {{"forum.example", 0, "127.0.0.1", first_.port()}};
  EXPECT_EQ(*Resolve("http://forum.example/"), Addresses{});
  EXPECT_EQ(Fetch(fetcher(), "http://forum.example/")->body, "first");
  EXPECT_EQ(dns_.CountOf("forum.example"), 0);
}

TEST_F(PinningTest, AnOverriddenPortIsWhatTheGuardIsAskedAbout) {
  options_.guard = AddressGuard();
  ASSERT_TRUE(options_.guard.Allow("127.0.0.1", first_.port()).has_value());
  options_.connect_overrides = {{"forum.example", 0, "", first_.port()}};
  dns_.Put("forum.example", Addresses{"127.0.0.1"});
  EXPECT_EQ(*Resolve("http://forum.example/"), Addresses{"127.0.0.1"});
  EXPECT_EQ(Fetch(fetcher(), "http://forum.example/")->body, "first");
}

TEST_F(PinningTest, ResolveSaysWhoseNameFails) {
  const core::Result<Addresses> answer = Resolve("http://nobody.example/");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error(), (core::Error{ErrorKind::kUnavailable,
                                         "nobody.example: the host name does not resolve (DNS)"}));
}

TEST_F(PinningTest, ALookUpThatHangsHoldsNoSlot) {
  options_.max_in_flight = 1;
  dns_.Hang("hangs.example");
  dns_.Put("forum.example", Addresses{"127.0.0.1"});
  std::optional<core::Result<Response>> hangs;
  fetcher().Start(RequestFor(Url("hangs.example")),
                  [&](core::Result<Response> got) { hangs = std::move(got); });
  EXPECT_EQ(FetchFrom("forum.example")->body, "first");
  EXPECT_EQ(fetcher().Poll(std::chrono::milliseconds(0)), 1u);
  clock_.Advance(seconds(5));
  PollUntil(fetcher(), [&] { return hangs.has_value(); });
  EXPECT_EQ(hangs->error().kind, ErrorKind::kUnavailable);
}

TEST_F(PinningTest, TheLookUpIsPartOfTheExchangesTime) {
  dns_.Hang("hangs.example");
  Request request = RequestFor(Url("hangs.example"));
  request.timeout = seconds(2);
  std::optional<core::Result<Response>> hangs;
  fetcher().Start(std::move(request), [&](core::Result<Response> got) { hangs = std::move(got); });
  clock_.Advance(seconds(2));
  PollUntil(fetcher(), [&] { return hangs.has_value(); });
  EXPECT_EQ(hangs->error().kind, ErrorKind::kUnavailable);
}

TEST_F(PinningTest, CancelAllEndsLookUpsToo) {
  dns_.Hang("hangs.example");
  std::vector<ErrorKind> kinds;
  fetcher().Start(RequestFor(Url("hangs.example")),
                  [&](core::Result<Response> got) { kinds.push_back(got.error().kind); });
  fetcher().Resolve(core::HttpUrl::Parse(Url("hangs.example")).value(),
                    [&](core::Result<Addresses> got) { kinds.push_back(got.error().kind); });
  EXPECT_EQ(fetcher().Poll(std::chrono::milliseconds(0)), 1u);
  fetcher().CancelAll();
  EXPECT_EQ(kinds, std::vector<ErrorKind>(2, ErrorKind::kCancelled));
  EXPECT_EQ(fetcher().Poll(std::chrono::milliseconds(0)), 0u);
}

}  // namespace
}  // namespace schoolwatch::net
