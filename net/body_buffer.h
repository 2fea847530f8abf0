#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::net {

struct Response;

// How many bytes of bodies may be in memory at once, over all exchanges that share it: those that
// still arrive and those that nobody has dealt with yet. Thread-safe.
class ByteBudget {
 public:
  static constexpr std::size_t kSmallBody = 256u << 10;

  explicit ByteBudget(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // Whoever holds `held` bytes may have `more` as long as it then holds no more than is left free
  // for all others: one body may take half of everything, of 64 that never end each gets a 65th,
  // and room is left for the small ones. (So do network switches share a buffer among ports:
  // Choudhury and Hahne, "Dynamic queue length thresholds", 1998.) One that is alone is not
  // refused, nor is one that stays small: a few hosts with endless bodies would else take the
  // ordinary pages of all others. So it is overdrawn by at most that much for each exchange.
  [[nodiscard]] bool Take(std::size_t held, std::size_t more);
  void Return(std::size_t bytes) { used_ -= bytes; }

  std::size_t used() const { return used_; }
  std::size_t max_bytes() const { return max_bytes_; }

 private:
  const std::size_t max_bytes_;
  std::atomic<std::size_t> used_{0};
};

// For an answer that its taker will never see.
void ReturnCharge(ByteBudget* budget, const core::Result<Response>& answer);

// The body of one exchange while it arrives: cut at its own limit, and charged to a budget by the
// memory that it takes, not by the bytes in it. Gives back what it holds when it ends.
class BodyBuffer {
 public:
  enum class Append {
    kKept,
    kCut,     // At max_bytes: what was kept is the body.
    kNoRoom,  // The budget has none left for it: nothing of `data` was kept.
  };

  BodyBuffer() = default;
  BodyBuffer(const BodyBuffer&) = delete;
  BodyBuffer& operator=(const BodyBuffer&) = delete;
  ~BodyBuffer() { Clear(); }

  // Empties it for the next exchange. `budget` is borrowed, may be null, and outlives the exchange.
  void Begin(std::size_t max_bytes, ByteBudget* budget);
  Append Add(std::string_view data);
  // Hands the body out; its charge stays with the budget, for the new owner to return `charged`.
  std::string Take(std::size_t& charged);
  void Clear();

  std::size_t size() const { return body_.size(); }

 private:
  std::string body_;
  std::size_t max_bytes_ = 0;
  ByteBudget* budget_ = nullptr;
  std::size_t charged_ = 0;
};

}  // namespace schoolwatch::net
