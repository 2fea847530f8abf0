#include "app/fetcher.h"

#include <fmt/format.h>

#include <utility>

#include "app/version.h"

namespace schoolwatch::app {

std::string UserAgent(const config::CrawlPolicy& policy) {
  return fmt::format("schoolwatch/{} (+{})", kVersion, policy.contact);
}

namespace {

core::Result<net::AddressGuard> GuardOf(const config::CrawlPolicy& policy) {
  net::AddressGuard guard;
  for (const std::string& network : policy.allow_addresses) {
    SW_TRY(guard.Allow(network));
  }
  for (const std::uint16_t port : policy.allow_ports) {
    guard.AllowPort(port);
  }
  return guard;
}

}  // namespace

core::Result<std::unique_ptr<net::Fetcher>> MakeFetcher(
    const config::Settings& settings, const std::vector<net::ConnectOverride>& overrides) {
  net::FetcherOptions options;
  options.user_agent = UserAgent(settings.crawl);
  options.io_threads = settings.crawl.io_threads;
  options.max_in_flight = settings.crawl.max_in_flight;
  options.connect_timeout = settings.crawl.timeouts.connect;
  options.low_speed_time = settings.crawl.timeouts.stalled;
  options.connect_overrides = overrides;
  SW_ASSIGN(options.guard, GuardOf(settings.crawl));
  return net::MakeCurlFetcher(std::move(options));
}

core::Result<std::unique_ptr<net::StreamClient>> MakeStreamClient(
    const config::Settings& settings, const std::vector<net::ConnectOverride>& overrides) {
  net::StreamClientOptions options;
  options.user_agent = UserAgent(settings.crawl);
  options.connect_overrides = overrides;
  SW_ASSIGN(options.guard, GuardOf(settings.crawl));
  return net::MakeStreamClient(std::move(options));
}

}  // namespace schoolwatch::app
