#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "crawler/frontier.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = Frontier::Time;

constexpr Time kStart{std::chrono::hours(1)};
constexpr std::uint32_t kHosts = 10'000;
constexpr std::uint32_t kSites = 4'000;
constexpr std::uint32_t kAddresses = 1'500;
constexpr std::size_t kPerAddress = 4;
constexpr milliseconds kAddressGap{250};

// SW_FRONTIER_URLS asks for another number of them, for runs under a sanitizer.
std::uint32_t UrlCount() {
  const char* const text = std::getenv("SW_FRONTIER_URLS");  // NOLINT(concurrency-mt-unsafe)
  return text == nullptr ? 1'000'000 : static_cast<std::uint32_t>(std::stoul(text));
}

// The made-up web: hosts share sites, and sites share addresses; some hosts of one site live
// elsewhere than the others. All by number.
std::uint32_t HostOf(std::uint32_t url) { return url * 7919u % kHosts; }
std::uint32_t SiteOf(std::uint32_t host) { return host % kSites; }
std::uint32_t AddressOf(std::uint32_t host) {
  const std::uint32_t site = SiteOf(host);
  return host % 7 == 0 ? (site * 31u + host) % kAddresses : site % kAddresses;
}
bool IsShared(std::uint32_t address) { return address % 3 != 0; }  // Others have no limits.
Priority PriorityOf(std::uint32_t url) {
  return url < kHosts ? Priority::kRobots : static_cast<Priority>(1 + url / kHosts * 31u % 4);
}
bool IsQuick(std::uint32_t url) { return PriorityOf(url) <= Priority::kFeed; }
Frontier::Gaps GapsOf(std::uint32_t site) {
  // A few have a long crawl-delay.
  return site % 97 == 0 ? Frontier::Gaps{seconds(20), seconds(20)}
                        : Frontier::Gaps{milliseconds(1'000 + site % 7 * 200),
                                         milliseconds(4'000 + site % 11 * 500)};
}
milliseconds LatencyOf(std::uint32_t url) { return milliseconds(20 + url % 997); }

// What the test itself knows, without asking the frontier.
struct SeenHost {
  Time blocked_until = Time::min();
  std::array<std::uint32_t, 5> last{};  // URL taken of each priority, plus one: the order.
  Time waits_since = kStart;            // When it last had its turn, or began to wait.
  std::uint32_t queued = 0;
};
struct SeenSite {
  Time released = Time::min();
  Time blocked_until = Time::min();
  bool busy = false;
};
struct SeenAddress {
  Time started = Time::min();
  std::size_t in_flight = 0;
};
struct Answer {
  Time at;
  std::uint32_t url = 0;
  bool operator>(const Answer& other) const { return at > other.at; }
};

class MillionUrls {
 public:
  explicit MillionUrls(std::uint32_t urls) : urls_(urls), frontier_(urls), taken_(urls) {
    for (std::uint32_t address = 0; address < kAddresses; ++address) {
      address_ids_.push_back(
          frontier_.AddAddress(IsShared(address) ? Frontier::AddressLimits{kPerAddress, kAddressGap}
                                                 : Frontier::AddressLimits{}));
    }
    for (std::uint32_t site = 0; site < kSites; ++site) {
      site_ids_.push_back(frontier_.AddSite());
      frontier_.SetDelay(site_ids_.back(), GapsOf(site));
    }
    for (std::uint32_t host = 0; host < kHosts; ++host) {
      host_ids_.push_back(
          frontier_.AddHost(site_ids_[SiteOf(host)], address_ids_[AddressOf(host)]));
    }
    for (std::uint32_t url = 0; url < urls_ / 2; ++url) {
      Add(url);
    }
  }

  // Everything to the end; false where a promise was broken.
  void Run() {
    while (!testing::Test::HasFatalFailure()) {
      while (const std::optional<Frontier::Taken> taken = frontier_.Take(now_)) {
        Check(*taken);
        if (testing::Test::HasFatalFailure()) {
          return;
        }
      }
      std::optional<Time> next = frontier_.NextReady();
      ASSERT_TRUE(!next || *next > now_);
      if (!answers_.empty() && (!next || answers_.top().at < *next)) {
        next = answers_.top().at;
      }
      if (!next) {
        return;
      }
      now_ = *next;
      while (!answers_.empty() && answers_.top().at <= now_) {
        Release(answers_.top().url);
        answers_.pop();
      }
    }
  }

  void CheckEnd() const {
    EXPECT_TRUE(frontier_.empty());
    EXPECT_EQ(frontier_.stats().taken, urls_);
    EXPECT_EQ(frontier_.stats().busy_sites, 0u);
    EXPECT_TRUE(std::ranges::all_of(taken_, [](bool one) { return one; }));
  }

 private:
  void Add(std::uint32_t url) {
    ASSERT_TRUE(frontier_.Add(host_ids_[HostOf(url)], PriorityOf(url), url));
    SeenHost& host = hosts_[HostOf(url)];
    if (host.queued++ == 0) {
      host.waits_since = now_;
    }
  }

  void Check(const Frontier::Taken& taken) {
    const std::uint32_t url = taken.id;
    const std::uint32_t host = HostOf(url);
    const std::uint32_t site = SiteOf(host);
    ASSERT_FALSE(taken_[url]) << "came twice";
    taken_[url] = true;
    ASSERT_EQ(taken.host, host_ids_[host]);
    ASSERT_EQ(taken.site, site_ids_[site]);
    CheckHost(url, hosts_[host], sites_[site]);
    CheckSite(url, sites_[site]);
    CheckAddress(AddressOf(host));
    answers_.push({now_ + LatencyOf(url), url});
    if (added_ < urls_) {
      Add(added_++);
    }
  }

  // How long a host with work may wait for its turn while nothing blocks it: the others of its site
  // come first, once with what they have and once with what comes in meanwhile and is more urgent.
  // Each costs the site's gap, an answer (1 s), and a wait for its address (1 s).
  static milliseconds LongestWait(std::uint32_t site) {
    constexpr int kHostsOfASite = kHosts / kSites + 1;
    return 2 * kHostsOfASite * (GapsOf(site).page + seconds(2));
  }

  void CheckHost(std::uint32_t url, SeenHost& host, const SeenSite& site) {
    ASSERT_GE(now_, host.blocked_until) << "a host was asked while blocked";
    std::uint32_t& last = host.last[static_cast<std::size_t>(PriorityOf(url))];
    ASSERT_GT(url + 1, last) << "not in the order of arrival";
    last = url + 1;
    ASSERT_LE(now_ - std::max({host.waits_since, host.blocked_until, site.blocked_until}),
              LongestWait(SiteOf(HostOf(url))))
        << "a host was starved";
    host.waits_since = now_;
    --host.queued;
  }

  void CheckSite(std::uint32_t url, SeenSite& site) {
    ASSERT_FALSE(site.busy) << "two requests out to a site";
    ASSERT_GE(now_, site.blocked_until) << "a site was asked while blocked";
    if (site.released != Time::min()) {
      const Frontier::Gaps gaps = GapsOf(SiteOf(HostOf(url)));
      ASSERT_GE(now_ - site.released, IsQuick(url) ? gaps.feed : gaps.page);
    }
    site.busy = true;
  }

  void CheckAddress(std::uint32_t number) {
    SeenAddress& address = addresses_[number];
    if (IsShared(number)) {
      ASSERT_LT(address.in_flight, kPerAddress);
      ASSERT_TRUE(address.started == Time::min() || now_ - address.started >= kAddressGap);
    }
    ++address.in_flight;
    address.started = now_;
  }

  // The answer: some are 503, which blocks the host, some 429, which blocks the site.
  void Release(std::uint32_t url) {
    const std::uint32_t host = HostOf(url);
    const std::uint32_t site = SiteOf(host);
    sites_[site].busy = false;
    sites_[site].released = now_;
    --addresses_[AddressOf(host)].in_flight;
    frontier_.Release(site_ids_[site], now_);
    if (url % 503 == 0) {
      hosts_[host].blocked_until = now_ + seconds(20 + url % 40);
      frontier_.BlockHostUntil(host_ids_[host], hosts_[host].blocked_until);
    } else if (url % 4290 == 0) {
      sites_[site].blocked_until = now_ + seconds(30 + url % 30);
      frontier_.BlockSiteUntil(site_ids_[site], sites_[site].blocked_until);
    }
  }

  const std::uint32_t urls_;
  Frontier frontier_;
  std::vector<Frontier::AddressId> address_ids_;
  std::vector<Frontier::SiteId> site_ids_;
  std::vector<Frontier::HostId> host_ids_;
  std::vector<bool> taken_;
  std::vector<SeenHost> hosts_{kHosts};
  std::vector<SeenSite> sites_{kSites};
  std::vector<SeenAddress> addresses_{kAddresses};
  std::priority_queue<Answer, std::vector<Answer>, std::greater<>> answers_;
  std::uint32_t added_ = urls_ / 2;
  Time now_ = kStart;
};

// A whole crawl on made-up time: a million URLs on 10,000 hosts in 4,000 domains at 1,500
// addresses; answers that take their time, robots.txt and feeds before pages, crawl-delays, 429s
// and 503s, and half of the work arriving late.
TEST(FrontierCrawl, AsksNobodyEarlyAndStarvesNobody) {
  MillionUrls crawl(UrlCount());
  crawl.Run();
  ASSERT_FALSE(HasFatalFailure());
  crawl.CheckEnd();
}

}  // namespace
}  // namespace schoolwatch::crawler
