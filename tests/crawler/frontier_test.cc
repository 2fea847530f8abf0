#include "crawler/frontier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = Frontier::Time;

constexpr Time kStart{std::chrono::hours(1)};
constexpr Frontier::Gaps kGaps{seconds(2), seconds(10)};

class FrontierTest : public testing::Test {
 protected:
  using Host = Frontier::HostId;
  using Site = Frontier::SiteId;

  Host MakeHost(Site site) { return frontier_.AddHost(site, frontier_.AddAddress({})); }
  std::optional<std::uint32_t> TakeId(Time now) {
    const std::optional<Frontier::Taken> taken = frontier_.Take(now);
    return taken ? std::optional(taken->id) : std::nullopt;
  }
  // Takes and answers at once until nothing more is ready, moving time on to what comes next.
  std::vector<std::uint32_t> TakeAll() {
    std::vector<std::uint32_t> ids;
    for (Time now = kStart; !frontier_.empty();
         now = std::max(now, frontier_.NextReady().value_or(now))) {
      if (const auto taken = frontier_.Take(now)) {
        ids.push_back(taken->id);
        frontier_.Release(taken->site, now);
      }
    }
    return ids;
  }
  Frontier frontier_{1000};
  const Site a_ = frontier_.AddSite();
  const Site b_ = frontier_.AddSite();
  const Host h1_ = MakeHost(a_);
  const Host h2_ = MakeHost(a_);
  const Host h3_ = MakeHost(b_);
};

TEST_F(FrontierTest, GivesByPriorityThenInOrderOfArrival) {
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kOther, 1));
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kThread, 2));
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kThread, 3));
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kFeed, 4));
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kListing, 5));
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kRobots, 6));
  EXPECT_EQ(TakeAll(), (std::vector<std::uint32_t>{6, 4, 5, 2, 3, 1}));
}

TEST_F(FrontierTest, LongQueuesKeepTheirOrder) {
  std::vector<std::uint32_t> expected;
  for (std::uint32_t id = 0; id < 100; ++id) {
    ASSERT_TRUE(frontier_.Add(h1_, Priority::kThread, id));
    expected.push_back(id);
  }
  EXPECT_EQ(TakeAll(), expected);
}

TEST_F(FrontierTest, ASiteHasOneRequestOut) {
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kOther, 1));
  ASSERT_TRUE(frontier_.Add(h2_, Priority::kOther, 2));
  ASSERT_TRUE(frontier_.Add(h3_, Priority::kOther, 3));
  EXPECT_EQ(TakeId(kStart), 1u);
  EXPECT_EQ(TakeId(kStart), 3u);
  EXPECT_EQ(TakeId(kStart + std::chrono::hours(1)), std::nullopt);
  EXPECT_EQ(frontier_.NextReady(), std::nullopt);
  EXPECT_EQ(frontier_.stats().busy_sites, 2u);
  frontier_.Release(a_, kStart);
  EXPECT_EQ(TakeId(kStart), 2u);
}

TEST_F(FrontierTest, GapIsThatOfWhatComesNext) {
  frontier_.SetDelay(a_, kGaps);
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kOther, 1));
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kOther, 2));
  ASSERT_EQ(TakeId(kStart), 1u);
  frontier_.Release(a_, kStart);
  EXPECT_EQ(frontier_.NextReady(), kStart + seconds(10));
  EXPECT_EQ(TakeId(kStart + milliseconds(9'999)), std::nullopt);
  // A feed need not wait so long, and goes first.
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kFeed, 3));
  EXPECT_EQ(frontier_.NextReady(), kStart + seconds(2));
  EXPECT_EQ(TakeId(kStart + seconds(2)), 3u);
  frontier_.Release(a_, kStart + seconds(3));
  EXPECT_EQ(TakeId(kStart + milliseconds(12'999)), std::nullopt);
  EXPECT_EQ(TakeId(kStart + seconds(13)), 2u);
}

TEST_F(FrontierTest, FeedsOfAnotherHostGoFirstToo) {
  frontier_.SetDelay(a_, kGaps);
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kOther, 1));
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kOther, 2));
  ASSERT_EQ(TakeId(kStart), 1u);
  frontier_.Release(a_, kStart);
  ASSERT_EQ(TakeId(kStart + seconds(5)), std::nullopt);
  ASSERT_TRUE(frontier_.Add(h2_, Priority::kFeed, 3));
  EXPECT_EQ(TakeId(kStart + seconds(20)), 3u);
}

TEST_F(FrontierTest, HostsOfASiteTakeTurns) {
  for (std::uint32_t id = 0; id < 3; ++id) {
    ASSERT_TRUE(frontier_.Add(h1_, Priority::kOther, 10 + id));
  }
  for (std::uint32_t id = 0; id < 3; ++id) {
    ASSERT_TRUE(frontier_.Add(h2_, Priority::kOther, 20 + id));
  }
  EXPECT_EQ(TakeAll(), (std::vector<std::uint32_t>{10, 20, 11, 21, 12, 22}));
}

TEST_F(FrontierTest, ABlockedHostWaitsAndTheOthersGoOn) {
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kFeed, 1));
  ASSERT_TRUE(frontier_.Add(h2_, Priority::kOther, 2));
  frontier_.BlockHostUntil(h1_, kStart + seconds(60));
  frontier_.BlockHostUntil(h1_, kStart + seconds(30));  // Does not shorten it.
  EXPECT_EQ(TakeId(kStart), 2u);
  frontier_.Release(a_, kStart);
  EXPECT_EQ(frontier_.NextReady(), kStart + seconds(60));
  EXPECT_EQ(TakeId(kStart + seconds(59)), std::nullopt);
  EXPECT_EQ(TakeId(kStart + seconds(60)), 1u);
}

TEST_F(FrontierTest, ABlockedSiteWaitsWhole) {
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kFeed, 1));
  frontier_.BlockSiteUntil(a_, kStart + seconds(5));
  ASSERT_TRUE(frontier_.Add(h2_, Priority::kFeed, 2));
  EXPECT_EQ(frontier_.NextReady(), kStart + seconds(5));
  EXPECT_EQ(TakeId(kStart + seconds(4)), std::nullopt);
}

TEST_F(FrontierTest, AHostBlockedBeforeItHasWorkStaysBlocked) {
  frontier_.BlockHostUntil(h1_, kStart + seconds(5));
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kFeed, 1));
  EXPECT_EQ(TakeId(kStart), std::nullopt);
  EXPECT_EQ(TakeId(kStart + seconds(5)), 1u);
}

TEST_F(FrontierTest, DropTakesOutWhatIsQueued) {
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kOther, 2));
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kFeed, 1));
  ASSERT_TRUE(frontier_.Add(h2_, Priority::kOther, 3));
  EXPECT_EQ(frontier_.DropHost(h1_), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(frontier_.stats().queued, 1u);
  EXPECT_EQ(frontier_.DropSite(a_), (std::vector<std::uint32_t>{3}));
  EXPECT_TRUE(frontier_.empty());
  EXPECT_EQ(frontier_.NextReady(), std::nullopt);
  EXPECT_EQ(TakeId(kStart), std::nullopt);
  ASSERT_TRUE(frontier_.Add(h1_, Priority::kOther, 4));
  EXPECT_EQ(TakeId(kStart), 4u);
}

TEST_F(FrontierTest, IsBounded) {
  Frontier small(2);
  const Host host = small.AddHost(small.AddSite(), small.AddAddress({}));
  EXPECT_TRUE(small.Add(host, Priority::kFeed, 1));
  EXPECT_TRUE(small.Add(host, Priority::kFeed, 2));
  EXPECT_FALSE(small.Add(host, Priority::kFeed, 3));
  EXPECT_EQ(small.stats().queued, 2u);
}

// Addresses.

class FrontierAddressTest : public testing::Test {
 protected:
  // Ten sites with a host each at one address, and one URL each, numbered like the site.
  void SetUp() override {
    for (std::uint32_t i = 0; i < 10; ++i) {
      sites_.push_back(frontier_.AddSite());
      hosts_.push_back(frontier_.AddHost(sites_.back(), shared_));
      ASSERT_TRUE(frontier_.Add(hosts_.back(), Priority::kOther, i));
    }
  }
  Frontier frontier_{1000};
  const Frontier::AddressId shared_ =
      frontier_.AddAddress({.max_in_flight = 2, .gap = milliseconds(250)});
  std::vector<Frontier::SiteId> sites_;
  std::vector<Frontier::HostId> hosts_;
};

TEST_F(FrontierAddressTest, StartsKeepTheirGap) {
  EXPECT_TRUE(frontier_.Take(kStart).has_value());
  EXPECT_FALSE(frontier_.Take(kStart).has_value());
  EXPECT_EQ(frontier_.NextReady(), kStart + milliseconds(250));
  EXPECT_FALSE(frontier_.Take(kStart + milliseconds(249)).has_value());
  EXPECT_TRUE(frontier_.Take(kStart + milliseconds(250)).has_value());
}

TEST_F(FrontierAddressTest, NoMoreThanAllowedAreOut) {
  const auto first = frontier_.Take(kStart);
  ASSERT_TRUE(first && frontier_.Take(kStart + seconds(1)));
  EXPECT_FALSE(frontier_.Take(kStart + seconds(2)).has_value());
  EXPECT_EQ(frontier_.NextReady(), std::nullopt);
  frontier_.Release(first->site, kStart + seconds(3));
  EXPECT_TRUE(frontier_.Take(kStart + seconds(3)).has_value());
}

TEST_F(FrontierAddressTest, OtherAddressesDoNotWait) {
  const Frontier::HostId elsewhere =
      frontier_.AddHost(frontier_.AddSite(), frontier_.AddAddress({}));
  ASSERT_TRUE(frontier_.Add(elsewhere, Priority::kOther, 99));
  ASSERT_EQ(frontier_.Take(kStart)->id, 0u);
  EXPECT_EQ(frontier_.Take(kStart)->id, 99u);
}

TEST_F(FrontierAddressTest, WhatWasForgoneCostsTheAddressNoGap) {
  const auto first = frontier_.Take(kStart);
  ASSERT_TRUE(first);
  frontier_.Forgo(first->site);
  EXPECT_TRUE(frontier_.Take(kStart).has_value());
  EXPECT_FALSE(frontier_.Take(kStart).has_value());
}

// A site with a host here and one at an idle address: neither starves the other.
TEST_F(FrontierAddressTest, ASiteRestsOverAllItsAddresses) {
  const Frontier::SiteId site = sites_[0];
  frontier_.SetDelay(site, kGaps);
  const Frontier::HostId idle = frontier_.AddHost(site, frontier_.AddAddress({}));
  ASSERT_TRUE(frontier_.Add(idle, Priority::kOther, 50));
  ASSERT_TRUE(frontier_.Add(idle, Priority::kOther, 51));
  ASSERT_TRUE(frontier_.Add(hosts_[0], Priority::kOther, 10));
  std::vector<std::uint32_t> of_site;
  Time last = kStart - seconds(60);
  for (Time now = kStart; !frontier_.empty();
       now = std::max(now, frontier_.NextReady().value_or(now))) {
    while (const auto taken = frontier_.Take(now)) {
      if (taken->site == site) {
        EXPECT_GE(now - last, seconds(10));
        last = now;
        of_site.push_back(taken->id);
      }
      frontier_.Release(taken->site, now);
    }
  }
  EXPECT_EQ(of_site, (std::vector<std::uint32_t>{0, 50, 10, 51}));
}

}  // namespace
}  // namespace schoolwatch::crawler
