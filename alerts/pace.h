#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "config/settings.h"
#include "core/time.h"

namespace schoolwatch::alerts {

// Keeps within what a mail provider takes: so many messages in any minute and in any 24 hours (to
// the hour, on the safe side), over all runs. Not thread-safe.
class SendingPace {
 public:
  // `kept` is what an earlier run's Keep gave; what cannot be read in it counts as nothing.
  SendingPace(config::SendingLimits limits, std::string_view kept);

  bool MaySend(core::Timestamp now);
  // One more was handed over, accepted or not: providers count both.
  void Sent(core::Timestamp now);
  // For the next run: a line of numbers.
  std::string Keep(core::Timestamp now);

 private:
  // Drops what is over, and what a clock that ran ahead put into the future.
  void Forget(core::Timestamp now);

  config::SendingLimits limits_;
  std::deque<std::int64_t> minute_;            // Milliseconds since 1970, in order.
  std::map<std::int64_t, std::uint32_t> day_;  // By hour since 1970.
};

}  // namespace schoolwatch::alerts
