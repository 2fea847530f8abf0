#include "core/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace schoolwatch::core {
namespace {

constexpr std::size_t kMaxThreads = 4;

}  // namespace

void ForEachIndex(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  const auto take = [&] {
    for (std::size_t index = next.fetch_add(1); index < count; index = next.fetch_add(1)) {
      work(index);
    }
  };
  const std::size_t threads = std::min(
      {count, kMaxThreads, std::size_t{std::max(1U, std::thread::hardware_concurrency())}});
  std::vector<std::jthread> others;
  for (std::size_t started = 1; started < threads; ++started) {
    others.emplace_back(take);
  }
  take();
}

}  // namespace schoolwatch::core
