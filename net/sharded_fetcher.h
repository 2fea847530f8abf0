#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "net/fetcher.h"

namespace schoolwatch::net {

// A fetcher with a thread of its own, and how many exchanges it is handed at once.
struct FetcherShard {
  std::unique_ptr<Fetcher> fetcher;
  std::size_t max_in_flight = 1;
};

// One fetcher out of several: each runs on its own thread and serves the hosts that fall to it by
// hash, so that connections, pins and look-ups of a host stay together. All `done`s are called on
// the caller's thread, as Fetcher promises. What a shard has finished counts as in flight until the
// caller has had it, so that answers cannot pile up. At least one shard.
std::unique_ptr<Fetcher> MakeShardedFetcher(std::vector<FetcherShard> shards);

}  // namespace schoolwatch::net
