#pragma once

#include <cstddef>
#include <functional>

namespace schoolwatch::core {

// Calls `work(index)` for every index below `count`, on a few threads where the machine has the
// cores, and returns when all are done. The order is not settled, and `work` must not throw.
void ForEachIndex(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace schoolwatch::core
