#pragma once

#include <deque>
#include <utility>
#include <vector>

#include "alerts/alert.h"

namespace schoolwatch::fakes {

// Keeps what it is given. A batch that comes again under the same Message-ID is kept once, as a
// mailbox that drops repeats would.
class RecordingSink final : public alerts::AlertSink {
 public:
  core::Result<void> Deliver(const alerts::AlertBatch& batch) override {
    if (!failures_.empty()) {
      core::Error error = std::move(failures_.front());
      failures_.pop_front();
      return core::Fail(std::move(error));
    }
    for (const alerts::AlertBatch& known : delivered_) {
      if (known.batch.message_id == batch.batch.message_id) {
        return {};
      }
    }
    delivered_.push_back(batch);
    return {};
  }

  // The next delivery fails with `error`; several are used up in order.
  void FailNext(core::Error error) { failures_.push_back(std::move(error)); }
  const std::vector<alerts::AlertBatch>& delivered() const { return delivered_; }

 private:
  std::vector<alerts::AlertBatch> delivered_;
  std::deque<core::Error> failures_;
};

}  // namespace schoolwatch::fakes
