// What several I/O threads add to tests/net/fetcher_contract_test.cc.
#include "net/sharded_fetcher.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "net/body_buffer.h"
#include "tests/net/fake_dns.h"
#include "tests/net/fetch.h"
#include "tests/net/raw_server.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;

void SaysHi(RawConnection& peer) {
  while (!peer.ReadRequest().empty()) {
    peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  }
}

// Every host leads to `server`.
FetcherOptions ThreadedOptions(const RawServer& server, std::size_t io_threads) {
  FetcherOptions options = LoopbackOptions();
  options.io_threads = io_threads;
  options.connect_overrides = {{"", 0, "127.0.0.1", server.port()}};
  return options;
}

std::string HostUrl(int number) { return fmt::format("http://site-{}.example/", number); }

TEST(ShardedFetcherTest, ServesManyHostsAndAnswersOnTheCallersThread) {
  const RawServer server(&SaysHi);
  const std::unique_ptr<Fetcher> fetcher = MakeFetcher(ThreadedOptions(server, 4));
  constexpr int kExchanges = 400;
  const std::thread::id here = std::this_thread::get_id();
  std::multiset<int> answered;
  for (int i = 0; i < kExchanges; ++i) {
    fetcher->Start(RequestFor(HostUrl(i % 40)), [&, i](const core::Result<Response>& page) {
      EXPECT_EQ(std::this_thread::get_id(), here);
      ASSERT_TRUE(page.has_value()) << page.error().message;
      EXPECT_EQ(page->body, "hi");
      answered.insert(i);
    });
  }
  PollUntil(*fetcher, [&] { return answered.size() == kExchanges; });
  EXPECT_EQ(*answered.rbegin(), kExchanges - 1);
  EXPECT_EQ(std::set<int>(answered.begin(), answered.end()).size(), kExchanges + 0u);
}

TEST(ShardedFetcherTest, AHostStaysWithItsThreadAndConnection) {
  const RawServer server(&SaysHi);
  const std::unique_ptr<Fetcher> fetcher = MakeFetcher(ThreadedOptions(server, 4));
  for (int round = 0; round < 3; ++round) {
    for (int host = 0; host < 8; ++host) {
      ASSERT_TRUE(Fetch(*fetcher, HostUrl(host)).has_value());
    }
  }
  EXPECT_EQ(server.connections(), 8);
}

TEST(ShardedFetcherTest, AllThreadsTogetherHaveNoMoreInFlightThanAsked) {
  std::atomic<int> arrived = 0;
  std::atomic<bool> answer = false;
  const RawServer server([&](RawConnection& peer) {
    while (!peer.ReadRequest().empty()) {
      ++arrived;
      answer.wait(false);
      peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    }
  });
  FetcherOptions options = ThreadedOptions(server, 3);
  options.max_in_flight = 5;
  const std::unique_ptr<Fetcher> fetcher = MakeFetcher(std::move(options));
  int done = 0;
  for (int i = 0; i < 60; ++i) {
    fetcher->Start(RequestFor(HostUrl(i)), [&](const core::Result<Response>&) { ++done; });
  }
  PollUntil(*fetcher, [&] { return arrived == 5; });
  EXPECT_EQ(fetcher->Poll(std::chrono::milliseconds(20)), 60u);
  EXPECT_EQ(arrived, 5);
  answer = true;
  answer.notify_all();
  PollUntil(*fetcher, [&] { return done == 60; });
}

TEST(ShardedFetcherTest, WhatIsNotTakenKeepsItsSlot) {
  std::atomic<int> arrived = 0;
  const RawServer server([&](RawConnection& peer) {
    while (!peer.ReadRequest().empty()) {
      ++arrived;
      peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    }
  });
  FetcherOptions options = ThreadedOptions(server, 2);
  options.max_in_flight = 2;
  const std::unique_ptr<Fetcher> fetcher = MakeFetcher(std::move(options));
  int done = 0;
  for (int i = 0; i < 20; ++i) {
    fetcher->Start(RequestFor(HostUrl(0)), [&](const core::Result<Response>&) { ++done; });
  }
  // One thread's whole share is one: nothing further is asked for before Poll has been told.
  for (int told = 0; told < 20; ++told) {
    EXPECT_LE(arrived, told + 1);
    PollUntil(*fetcher, [&] { return done > told; });
    ASSERT_EQ(done, told + 1);
  }
}

TEST(ShardedFetcherTest, MoreThreadsThanSlotsAreNotStarted) {
  const RawServer server(&SaysHi);
  FetcherOptions options = ThreadedOptions(server, 8);
  options.max_in_flight = 1;
  const std::unique_ptr<Fetcher> fetcher = MakeFetcher(std::move(options));
  EXPECT_TRUE(Fetch(*fetcher, HostUrl(1)).has_value());
}

TEST(ShardedFetcherTest, WakeEndsAPollFromAnotherThread) {
  const RawServer server(&SaysHi);
  const std::unique_ptr<Fetcher> fetcher = MakeFetcher(ThreadedOptions(server, 2));
  const auto start = std::chrono::steady_clock::now();
  const std::jthread other([&fetcher] { fetcher->Wake(); });
  fetcher->Poll(std::chrono::seconds(30));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(ShardedFetcherTest, TheEndIsPromptWithExchangesAndLookUpsUnderWay) {
  const RawServer server([](RawConnection& peer) { peer.WaitForHangUp(); });
  FakeDns dns;
  int called = 0;
  const auto start = std::chrono::steady_clock::now();
  {
    FetcherOptions options = LoopbackOptions();
    options.io_threads = 4;
    options.resolver.lookup = dns.lookup();
    const std::unique_ptr<Fetcher> fetcher = MakeFetcher(std::move(options));
    for (int i = 0; i < 20; ++i) {
      const std::string host = fmt::format("silent-{}.example", i);
      dns.Hang(host);
      fetcher->Start(RequestFor("http://" + host + "/"),
                     [&](const core::Result<Response>&) { ++called; });
      fetcher->Start(RequestFor(server.Url()), [&](const core::Result<Response>&) { ++called; });
    }
    EXPECT_EQ(fetcher->Poll(std::chrono::milliseconds(1)), 40u);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(called, 0);
}

TEST(ShardedFetcherTest, AfterCancelAllEverySlotIsFreeAgain) {
  const RawServer silent([](RawConnection& peer) { peer.WaitForHangUp(); });
  const RawServer server(&SaysHi);
  FetcherOptions options = LoopbackOptions();
  options.io_threads = 2;
  options.max_in_flight = 4;
  const std::unique_ptr<Fetcher> fetcher = MakeFetcher(std::move(options));
  std::vector<ErrorKind> kinds;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 10; ++i) {
      fetcher->Start(RequestFor(silent.Url()),
                     [&](core::Result<Response> never) { kinds.push_back(never.error().kind); });
    }
    fetcher->Poll(std::chrono::milliseconds(1));
    fetcher->CancelAll();
    EXPECT_TRUE(Fetch(*fetcher, server.Url()).has_value());
  }
  EXPECT_EQ(kinds, std::vector<ErrorKind>(30, ErrorKind::kCancelled));
}

TEST(ShardedFetcherTest, ACancelledAnswerGivesItsChargeBack) {
  const RawServer server([](RawConnection& peer) {
    while (!peer.ReadRequest().empty()) {
      peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'q'));
    }
  });
  const std::unique_ptr<Fetcher> fetcher = MakeFetcher(ThreadedOptions(server, 2));
  for (int round = 0; round < 5; ++round) {
    ByteBudget budget(1u << 20);
    int called = 0;
    for (int i = 0; i < 8; ++i) {
      Request request = RequestFor(HostUrl(i) + std::to_string(round));
      request.budget = &budget;
      fetcher->Start(std::move(request), [&](const core::Result<Response>&) { ++called; });
    }
    // Not polled: the answers wait to be taken, or are still on their way.
    while (budget.used() < 1000) {
      std::this_thread::yield();
    }
    fetcher->CancelAll();
    EXPECT_EQ(called, 8);
    EXPECT_EQ(budget.used(), 0u);
  }
}

}  // namespace
}  // namespace schoolwatch::net
