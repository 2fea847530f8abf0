#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/url.h"
#include "crawler/crawler.h"
#include "crawler/platforms/api_call.h"

namespace schoolwatch::crawler {

struct CrawlHost;

// What few of the addresses that wait have, kept apart for that reason.
struct Trail {
  ThreadContext thread;
  std::shared_ptr<const ApiCall> call;  // Null: a plain GET.
  std::optional<core::HttpUrl> asked;   // The first address, where redirects led on from it.
  std::vector<std::string> hops;        // Addresses passed through.
  std::vector<std::uint64_t> keys;      // Hashes of the canonical keys passed through.
  CrawlHost* robots_of = nullptr;       // Whose robots.txt this is.
};

// An address on its way, over all its redirects; or a robots.txt on its way. As many of these as
// CrawlSettings::max_queued may wait, so it is small.
struct Wanted {
  core::HttpUrl url;          // The hop that comes next.
  CrawlHost* host = nullptr;  // Of `url`.
  std::unique_ptr<Trail> trail;
  std::uint32_t source = 0;
  std::uint32_t weight = 0;  // WantedStore's.
  int depth = 0;
  FetchKind kind = FetchKind::kOther;
  bool is_robots = false;
  RobotsUse robots = RobotsUse::kObey;

  bool was_redirected() const { return trail != nullptr && !trail->hops.empty(); }
  // The call that it still is: not where redirects led to another origin. May be null.
  const ApiCall* call() const {
    const bool left = trail != nullptr && trail->asked && trail->asked->origin() != url.origin();
    return trail == nullptr || left ? nullptr : trail->call.get();
  }
  Trail& MakeTrail() {
    if (trail == nullptr) {
      trail = std::make_unique<Trail>();
    }
    return *trail;
  }
};

// All that wait, by number. A number is used again once its address has left; references stay good
// until then. Blocks of memory are never moved: a vector of these would stall at each doubling.
class WantedStore {
 public:
  std::uint32_t Add(Wanted wanted) {
    if (free_.empty()) {
      const auto first = static_cast<std::uint32_t>(blocks_.size() * kPerBlock);
      blocks_.push_back(std::make_unique<Block>());
      for (std::uint32_t id = first + kPerBlock; id-- > first;) {
        free_.push_back(id);
      }
    }
    const std::uint32_t id = free_.back();
    free_.pop_back();
    wanted.weight = static_cast<std::uint32_t>(WeightOf(wanted));
    bytes_ += wanted.weight;
    ++size_;
    Slot(id).emplace(std::move(wanted));
    return id;
  }
  Wanted& at(std::uint32_t id) {
    assert(Slot(id).has_value());
    return *Slot(id);
  }
  Wanted Remove(std::uint32_t id) {
    Wanted wanted = std::move(at(id));
    Slot(id).reset();
    free_.push_back(id);
    bytes_ -= wanted.weight;
    --size_;
    return wanted;
  }

  std::size_t size() const { return size_; }
  // Of the addresses and what they carry, as they were added.
  std::size_t bytes() const { return bytes_; }

 private:
  static constexpr std::uint32_t kPerBlock = 256;
  using Block = std::array<std::optional<Wanted>, kPerBlock>;

  static std::size_t WeightOf(const Wanted& wanted) {
    std::size_t weight = wanted.url.href().size();
    if (wanted.trail != nullptr) {
      const ThreadContext& thread = wanted.trail->thread;
      weight += sizeof(Trail) + thread.url.size() + thread.title.size();
      weight +=
          wanted.trail->call == nullptr ? 0 : sizeof(ApiCall) + wanted.trail->call->body.size();
      for (const std::string& school : thread.schools) {
        weight += sizeof(std::string) + school.size();
      }
    }
    return weight;
  }

  std::optional<Wanted>& Slot(std::uint32_t id) {
    return (*blocks_[id / kPerBlock])[id % kPerBlock];
  }

  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<std::uint32_t> free_;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace schoolwatch::crawler
