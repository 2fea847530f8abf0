#include "net/resolver.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/fakes/manual_clock.h"
#include "tests/net/fake_dns.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;
using std::chrono::milliseconds;
using std::chrono::seconds;

// What one question has brought so far.
using Answer = std::optional<core::Result<Addresses>>;

class ResolverTest : public testing::Test {
 protected:
  ResolverTest() {
    options_.clock = &clock_;
    options_.lookup = dns_.lookup();
  }
  ~ResolverTest() override = default;

  Resolver& resolver() {
    if (!resolver_) {
      resolver_ = std::make_unique<Resolver>(options_, guard_);
    }
    return *resolver_;
  }

  std::shared_ptr<Answer> Ask(const std::string& host, std::uint16_t port = 80,
                              milliseconds patience = std::chrono::hours(1)) {
    auto answer = std::make_shared<Answer>();
    resolver().Ask(host, port, patience,
                   [answer](core::Result<Addresses> got) { *answer = std::move(got); });
    return answer;
  }
  // Lets the look-ups' answers in until this question has its own.
  core::Result<Addresses> Await(const Answer& answer) {
    while (!answer) {
      pollfd event{resolver().event_fd(), POLLIN, 0};
      if (poll(&event, 1, 20'000) != 1) {
        return core::Fail(ErrorKind::kCancelled, "nothing happened for 20 s");
      }
      resolver().Advance();
    }
    return *answer;
  }
  core::Result<Addresses> AskAndAwait(const std::string& host, std::uint16_t port = 80) {
    return Await(*Ask(host, port));
  }

  fakes::ManualClock clock_;
  FakeDns dns_;
  AddressGuard guard_;
  ResolverOptions options_;
  std::unique_ptr<Resolver> resolver_;
};

struct AtOnceCase {
  const char* name;
  const char* host;
  const char* first;  // Null: refused as a name that is none.
};
void PrintTo(const AtOnceCase& row, std::ostream* out) { *out << row.host; }

class AtOnceTest : public ResolverTest, public testing::WithParamInterface<AtOnceCase> {};

TEST_P(AtOnceTest, IsAnsweredWithoutALookUp) {
  ASSERT_TRUE(guard_.Allow("127.0.0.1").has_value());
  ASSERT_TRUE(guard_.Allow("::1").has_value());
  const std::shared_ptr<Answer> answer = Ask(GetParam().host);
  ASSERT_TRUE(answer->has_value());
  if (GetParam().first == nullptr) {
    EXPECT_EQ((**answer).error().kind, ErrorKind::kUnavailable);
  } else {
    EXPECT_EQ((**answer)->front(), GetParam().first);
  }
  EXPECT_EQ(dns_.CountOf(GetParam().host), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Hosts, AtOnceTest,
    testing::Values(AtOnceCase{"V4", "93.184.215.14", "93.184.215.14"},
                    AtOnceCase{"V6", "[2606:2800:21f::1]", "2606:2800:21f::1"},
                    AtOnceCase{"Loopback", "[::1]", "::1"},
                    AtOnceCase{"Mapped", "[::ffff:7f00:1]", "::ffff:127.0.0.1"},
                    AtOnceCase{"Localhost", "localhost", "127.0.0.1"},
                    AtOnceCase{"WithinLocalhost", "wiki.localhost.", "127.0.0.1"},
                    AtOnceCase{"Star", "*", nullptr},
                    AtOnceCase{"OddBytes", "a!b.example", nullptr},
                    AtOnceCase{"Empty", "", nullptr}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(ResolverTest, ANameLongerThanNamesAreIsNotAskedFor) {
  const std::string host = std::string(250, 'a') + ".example";
  EXPECT_EQ(AskAndAwait(host).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(dns_.CountOf(host), 0);
}

TEST_F(ResolverTest, AnAnswerKeepsItsOrderAndOneSpelling) {
  dns_.Put("forum.example", Addresses{"2606:2800:021f:0::0007", "93.184.215.14", "93.184.215.14"});
  EXPECT_EQ(*AskAndAwait("forum.example"), (Addresses{"2606:2800:21f::7", "93.184.215.14"}));
}

TEST_F(ResolverTest, WhatTheGuardRefusesIsLeftOut) {
  dns_.Put("forum.example", Addresses{"10.0.0.1", "93.184.215.14", "::1"});
  EXPECT_EQ(*AskAndAwait("forum.example"), Addresses{"93.184.215.14"});
}

TEST_F(ResolverTest, NothingButRefusedAddressesIsForbiddenWithTheGuardsReason) {
  dns_.Put("forum.example", Addresses{"10.0.0.1", "169.254.169.254"});
  const core::Result<Addresses> answer = AskAndAwait("forum.example");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, ErrorKind::kForbidden);
  EXPECT_NE(answer.error().message.find("10.0.0.1 is a private address"), std::string::npos)
      << answer.error().message;
}

TEST_F(ResolverTest, TheGuardIsAskedAboutEachPort) {
  dns_.Put("forum.example", Addresses{"93.184.215.14"});
  EXPECT_TRUE(AskAndAwait("forum.example", 443).has_value());
  EXPECT_EQ(AskAndAwait("forum.example", 25).error().kind, ErrorKind::kForbidden);
  EXPECT_EQ(dns_.CountOf("forum.example"), 1);
}

TEST_F(ResolverTest, AnAnswerOfNothingDoesNotResolve) {
  dns_.Put("empty.example", Addresses{});
  dns_.Put("odd.example", Addresses{"not an address"});
  EXPECT_EQ(AskAndAwait("empty.example").error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(AskAndAwait("odd.example").error().kind, ErrorKind::kUnavailable);
}

TEST_F(ResolverTest, AFloodOfAddressesIsCut) {
  Addresses flood;
  for (int i = 0; i < 1000; ++i) {
    flood.push_back("93.184." + std::to_string(i / 250) + "." + std::to_string(i % 250));
  }
  dns_.Put("flood.example", flood);
  EXPECT_EQ(AskAndAwait("flood.example")->size(), 16u);
}

TEST_F(ResolverTest, AllWhoAskMeanwhileShareOneLookUp) {
  dns_.Put("forum.example", Addresses{"93.184.215.14"});
  dns_.Hang("forum.example");
  const std::shared_ptr<Answer> first = Ask("forum.example");
  const std::shared_ptr<Answer> second = Ask("forum.example", 443);
  resolver().Advance();
  EXPECT_FALSE(first->has_value());
  dns_.Release("forum.example");
  EXPECT_TRUE(Await(*first).has_value());
  EXPECT_TRUE(second->has_value());
  EXPECT_EQ(dns_.CountOf("forum.example"), 1);
}

TEST_F(ResolverTest, AnAnswerIsGoodForAMinute) {
  dns_.Put("forum.example", Addresses{"93.184.215.14"});
  dns_.Put("forum.example", Addresses{"93.184.215.15"});
  EXPECT_EQ(AskAndAwait("forum.example")->front(), "93.184.215.14");
  clock_.Advance(seconds(59));
  EXPECT_EQ(AskAndAwait("forum.example")->front(), "93.184.215.14");
  clock_.Advance(seconds(1));
  EXPECT_EQ(AskAndAwait("forum.example")->front(), "93.184.215.15");
  EXPECT_EQ(dns_.CountOf("forum.example"), 2);
}

TEST_F(ResolverTest, AFailureIsGoodForTenSeconds) {
  EXPECT_FALSE(AskAndAwait("nobody.example").has_value());
  clock_.Advance(seconds(9));
  EXPECT_FALSE(AskAndAwait("nobody.example").has_value());
  EXPECT_EQ(dns_.CountOf("nobody.example"), 1);
  clock_.Advance(seconds(1));
  dns_.Put("nobody.example", Addresses{"93.184.215.14"});
  EXPECT_TRUE(AskAndAwait("nobody.example").has_value());
}

TEST_F(ResolverTest, RemembersNoMoreThanItMay) {
  options_.max_entries = 2;
  for (const char* host : {"a.example", "b.example", "c.example"}) {
    dns_.Put(host, Addresses{"93.184.215.14"});
    EXPECT_TRUE(AskAndAwait(host).has_value());
  }
  EXPECT_TRUE(AskAndAwait("c.example").has_value());
  EXPECT_EQ(dns_.CountOf("c.example"), 1);
  EXPECT_TRUE(AskAndAwait("a.example").has_value());
  EXPECT_EQ(dns_.CountOf("a.example"), 2) << "the oldest went first";
}

TEST_F(ResolverTest, ANameThatHangsIsGivenUpAndHoldsUpNoOther) {
  options_.max_threads = 2;
  dns_.Hang("hangs.example");
  dns_.Put("forum.example", Addresses{"93.184.215.14"});
  const std::shared_ptr<Answer> hangs = Ask("hangs.example");
  EXPECT_TRUE(AskAndAwait("forum.example").has_value());
  clock_.Advance(milliseconds(4'999));
  resolver().Advance();
  EXPECT_FALSE(hangs->has_value());
  EXPECT_EQ(resolver().UntilNextLimit(), milliseconds(1));
  clock_.Advance(milliseconds(1));
  resolver().Advance();
  ASSERT_TRUE(hangs->has_value());
  EXPECT_EQ((**hangs).error(),
            (core::Error{ErrorKind::kUnavailable,
                         "timeout: the host name was not looked up within 5 s (DNS)"}));
  EXPECT_EQ(resolver().UntilNextLimit(), std::nullopt);
  EXPECT_EQ(AskAndAwait("hangs.example").error().kind, ErrorKind::kUnavailable) << "remembered";
}

TEST_F(ResolverTest, ANameThatHangsHoldsOneThreadHoweverOftenItIsAskedFor) {
  dns_.Hang("hangs.example");
  dns_.Put("hangs.example", Addresses{"93.184.215.14"});
  for (int i = 0; i < 3; ++i) {
    const std::shared_ptr<Answer> hangs = Ask("hangs.example");
    EXPECT_FALSE(hangs->has_value());
    clock_.Advance(seconds(5));
    resolver().Advance();
    EXPECT_TRUE(hangs->has_value());
    clock_.Advance(seconds(10));
  }
  dns_.WaitForCount("hangs.example", 1);
  const std::shared_ptr<Answer> at_last = Ask("hangs.example");
  dns_.Release("hangs.example");
  EXPECT_TRUE(Await(*at_last).has_value());
  EXPECT_EQ(dns_.CountOf("hangs.example"), 1);
}

TEST_F(ResolverTest, WhenEveryThreadHangsWhatWaitsIsGivenUpToo) {
  options_.max_threads = 2;
  dns_.Hang("a.example");
  dns_.Hang("b.example");
  dns_.Put("forum.example", Addresses{"93.184.215.14"});
  Ask("a.example");
  Ask("b.example");
  const std::shared_ptr<Answer> waits = Ask("forum.example");
  clock_.Advance(seconds(5));
  resolver().Advance();
  ASSERT_TRUE(waits->has_value());
  EXPECT_EQ((**waits).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(dns_.CountOf("forum.example"), 0);
  // One thread comes back, and all goes on.
  dns_.Release("a.example");
  clock_.Advance(seconds(10));
  EXPECT_TRUE(AskAndAwait("forum.example").has_value());
}

TEST_F(ResolverTest, AQueueMayWaitAsLongAsThreadsComeBack) {
  options_.max_threads = 1;
  for (const char* host : {"a.example", "b.example", "c.example"}) {
    dns_.Hang(host);
    dns_.Put(host, Addresses{"93.184.215.14"});
  }
  const std::shared_ptr<Answer> a = Ask("a.example");
  const std::shared_ptr<Answer> b = Ask("b.example");
  const std::shared_ptr<Answer> c = Ask("c.example");
  clock_.Advance(seconds(4));
  dns_.Release("a.example");
  EXPECT_TRUE(Await(*a).has_value());
  clock_.Advance(seconds(4));
  resolver().Advance();
  EXPECT_FALSE(b->has_value());
  EXPECT_FALSE(c->has_value()) << "eight seconds, but one thread came back meanwhile";
  dns_.Release("b.example");
  dns_.Release("c.example");
  EXPECT_TRUE(Await(*b).has_value());
  EXPECT_TRUE(Await(*c).has_value());
}

TEST_F(ResolverTest, WhoHasLessPatienceIsAnsweredEarlier) {
  dns_.Hang("hangs.example");
  const std::shared_ptr<Answer> patient = Ask("hangs.example");
  const std::shared_ptr<Answer> hasty = Ask("hangs.example", 80, milliseconds(100));
  EXPECT_EQ(resolver().UntilNextLimit(), milliseconds(100));
  clock_.Advance(milliseconds(100));
  resolver().Advance();
  EXPECT_TRUE(hasty->has_value());
  EXPECT_FALSE(patient->has_value());
  EXPECT_EQ(resolver().UntilNextLimit(), milliseconds(4'900));
}

TEST_F(ResolverTest, TheForgottenAreNotToldButTheAnswerIsKept) {
  options_.max_threads = 1;
  dns_.Put("forum.example", Addresses{"93.184.215.14"});
  dns_.Put("queued.example", Addresses{"93.184.215.14"});
  dns_.Hang("forum.example");
  const std::shared_ptr<Answer> forgotten = Ask("forum.example");
  Ask("queued.example");
  EXPECT_EQ(resolver().TakeWaiting().size(), 2u);
  const std::shared_ptr<Answer> later = Ask("forum.example");
  dns_.Release("forum.example");
  EXPECT_TRUE(Await(*later).has_value());
  EXPECT_FALSE(forgotten->has_value());
  EXPECT_EQ(dns_.CountOf("forum.example"), 1);
  EXPECT_TRUE(AskAndAwait("queued.example").has_value());
}

TEST_F(ResolverTest, TheEndWaitsForNoLookUp) {
  dns_.Hang("hangs.example");
  const std::shared_ptr<Answer> hangs = Ask("hangs.example");
  dns_.WaitForCount("hangs.example", 1);
  resolver_.reset();
  EXPECT_FALSE(hangs->has_value());
}

TEST_F(ResolverTest, AnExceptionInALookUpIsAFailure) {
  options_.lookup = [](const std::string&) -> core::Result<Addresses> {
    throw std::runtime_error("no memory");
  };
  const core::Result<Addresses> answer = AskAndAwait("forum.example");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
}

TEST(LookUpWithSystemTest, KnowsThisMachine) {
  const core::Result<Addresses> answer = LookUpWithSystem("127.0.0.1");
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(*answer, Addresses{"127.0.0.1"});
}

}  // namespace
}  // namespace schoolwatch::net
