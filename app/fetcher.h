#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/settings.h"
#include "core/result.h"
#include "net/fetcher.h"
#include "net/stream_client.h"

namespace schoolwatch::app {

// The User-Agent that every request carries: product, version and whom to ask about it.
std::string UserAgent(const config::CrawlPolicy& policy);

// A fetcher as a workspace's settings and the command line want it. kBadInput: a network to allow
// is none.
core::Result<std::unique_ptr<net::Fetcher>> MakeFetcher(
    const config::Settings& settings, const std::vector<net::ConnectOverride>& overrides);

// The same for streams.
core::Result<std::unique_ptr<net::StreamClient>> MakeStreamClient(
    const config::Settings& settings, const std::vector<net::ConnectOverride>& overrides);

}  // namespace schoolwatch::app
