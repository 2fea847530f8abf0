#pragma once

#include <optional>
#include <string_view>

#include "core/fetch_state.h"
#include "core/result.h"

namespace schoolwatch::core {

// What earlier runs remembered of addresses and hosts. Implemented in storage, asked by the
// crawler. nullopt: never seen. Thread-safe.
class FetchMemory {
 public:
  virtual ~FetchMemory() = default;
  virtual Result<std::optional<UrlState>> FindUrl(std::string_view canonical_key) const = 0;
  virtual Result<std::optional<HostState>> FindHost(std::string_view origin) const = 0;
  virtual Result<std::optional<SourceState>> FindSource(std::string_view name) const = 0;
};

}  // namespace schoolwatch::core
