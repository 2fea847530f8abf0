#include "app/fetcher.h"

#include <fmt/format.h>

#include <utility>

#include "app/version.h"

namespace schoolwatch::app {

std::string UserAgent(const config::CrawlPolicy& policy) {
  return fmt::format("schoolwatch/{} (+{})", kVersion, policy.contact);
}

core::Result<std::unique_ptr<net::Fetcher>> MakeFetcher(
    const config::Settings& settings, const std::vector<net::ConnectOverride>& overrides) {
  net::FetcherOptions options;
  options.user_agent = UserAgent(settings.crawl);
  options.io_threads = settings.crawl.io_threads;
  options.max_in_flight = settings.crawl.max_in_flight;
  options.connect_timeout = settings.crawl.timeouts.connect;
  options.low_speed_time = settings.crawl.timeouts.stalled;
  options.connect_overrides = overrides;
  for (const std::string& network : settings.crawl.allow_addresses) {
    SW_TRY(options.guard.Allow(network));
  }
  for (const std::uint16_t port : settings.crawl.allow_ports) {
    options.guard.AllowPort(port);
  }
  return net::MakeCurlFetcher(std::move(options));
}

}  // namespace schoolwatch::app
