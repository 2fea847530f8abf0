#include "net/body_buffer.h"

#include <algorithm>
#include <utility>

#include "net/fetcher.h"

namespace schoolwatch::net {
namespace {

constexpr std::size_t kLeastGrowth = 16u << 10;

}  // namespace

bool ByteBudget::Take(std::size_t held, std::size_t more) {
  std::size_t used = used_;
  do {
    const bool alone = used == held;
    const bool small = held + more <= kSmallBody;
    const bool fits = used + more <= max_bytes_ && held + more <= max_bytes_ - used - more;
    if (!alone && !small && !fits) {
      return false;
    }
  } while (!used_.compare_exchange_weak(used, used + more));
  return true;
}

void ReturnCharge(ByteBudget* budget, const core::Result<Response>& answer) {
  if (budget != nullptr && answer) {
    budget->Return(answer->charged);
  }
}

void BodyBuffer::Begin(std::size_t max_bytes, ByteBudget* budget) {
  Clear();
  max_bytes_ = max_bytes;
  budget_ = budget;
}

BodyBuffer::Append BodyBuffer::Add(std::string_view data) {
  const std::string_view kept = data.substr(0, max_bytes_ - body_.size());
  const std::size_t needed = body_.size() + kept.size();
  if (needed > charged_) {
    // Twice what there is, so that a body is not copied for each piece; an eighth more where that
    // would be refused. Less would be refused as well: bodies come in pieces of one byte, if the
    // server wants it so.
    for (const std::size_t more : {charged_, charged_ / 8 + kLeastGrowth}) {
      const std::size_t wanted = std::min(std::max(needed, charged_ + more), max_bytes_);
      if (budget_ == nullptr || budget_->Take(charged_, wanted - charged_)) {
        charged_ = wanted;
        break;
      }
    }
    if (needed > charged_) {
      return Append::kNoRoom;
    }
    // Not reserve(), which may take twice what it is asked for.
    std::string longer;
    longer.reserve(charged_);
    longer.append(body_);
    body_ = std::move(longer);
  }
  body_.append(kept);
  return kept.size() < data.size() ? Append::kCut : Append::kKept;
}

std::string BodyBuffer::Take(std::size_t& charged) {
  charged = budget_ == nullptr ? 0 : charged_;
  charged_ = 0;
  return std::exchange(body_, {});
}

void BodyBuffer::Clear() {
  if (budget_ != nullptr) {
    budget_->Return(charged_);
  }
  // The budget outlives the exchange, not this buffer.
  budget_ = nullptr;
  charged_ = 0;
  body_ = std::string();
}

}  // namespace schoolwatch::net
