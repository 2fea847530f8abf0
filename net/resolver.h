#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "net/address_guard.h"
#include "net/lookup_threads.h"

namespace schoolwatch::net {

struct ResolverOptions {
  Lookup lookup;                                // Null: the system's resolver.
  std::size_t max_threads = 16;                 // Those stuck in a look-up included.
  std::chrono::milliseconds time_limit{5'000};  // Of one look-up.
  // How long an answer is good. The system's resolver does not tell what the DNS said about it.
  std::chrono::seconds keep{60};
  std::chrono::seconds keep_failure{10};
  std::size_t max_entries = 10'000;    // Answers kept; the oldest go first.
  const core::Clock* clock = nullptr;  // Null: the machine's.
};

// Where names lead, asked once for everybody who wants to know and remembered for a while. A name
// whose look-up hangs is answered kUnavailable at the limit and holds up no other: its thread is
// left to finish by itself, and no second one is spent on it. Addresses that the guard refuses are
// left out of an answer. Not thread-safe; needs Advance to be called.
class Resolver {
 public:
  using Answered = std::move_only_function<void(core::Result<Addresses>)>;

  // Borrows the guard and the options' clock.
  Resolver(ResolverOptions options, const AddressGuard& guard);

  // Asks for a host as it stands in a core::HttpUrl. `answered` is called once: at once for an IP
  // address, "localhost" or a name that is known, else from Advance. At most 16 addresses, never
  // none. kForbidden: the guard refuses all of them on that port. kUnavailable: no such name, or no
  // answer within `patience` or the options' limit.
  void Ask(std::string_view host, std::uint16_t port, std::chrono::milliseconds patience,
           Answered answered);
  // Passes on what the look-ups have brought, gives up what is overdue and begins what waits.
  void Advance();
  // Forgets who asked; look-ups under way go on and fill the memory.
  std::vector<Answered> TakeWaiting();

  // How long Advance may wait at most; nothing where nobody waits. An answer makes event_fd
  // readable.
  std::optional<std::chrono::milliseconds> UntilNextLimit() const;
  int event_fd() const { return threads_.event_fd(); }

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Waiter {
    std::uint16_t port = 0;
    Time limit;
    Answered answered;
  };
  struct Pending {
    std::vector<Waiter> waiters;  // None: it is overdue, or all were cancelled.
    bool begun = false;           // By a thread; else it stands in queue_.
    Time limit = Time::max();     // Once begun.
  };
  struct Known {
    core::Result<Addresses> answer;
    Time until;
    std::list<std::string>::iterator place;  // In order_.
  };
  // What is yet to be told to whom, so that nobody is called while the books are open.
  struct Told {
    Answered answered;
    core::Result<Addresses> answer;
  };

  Time Now() const { return clock_.Steady(); }
  const core::Result<Addresses>* FindKnown(const std::string& host);
  void Remember(const std::string& host, core::Result<Addresses> answer);
  core::Result<Addresses> Allowed(const core::Result<Addresses>& answer, std::uint16_t port) const;
  void Settle(const std::string& host, core::Result<Addresses> answer, std::vector<Told>& told);
  void BeginWaiting(std::vector<Told>& told);
  void GiveUpOverdue(std::vector<Told>& told);
  core::Error TooLate() const;

  const ResolverOptions options_;
  const core::Clock& clock_;
  const AddressGuard& guard_;
  LookupThreads threads_;
  std::unordered_map<std::string, Pending> pending_;
  std::deque<std::string> queue_;   // Not begun, since every thread is busy.
  Time queue_limit_ = Time::max();  // By then a thread must have become free.
  Time check_at_ = Time::max();     // The first limit to look at; may be too early, never too late.
  std::unordered_map<std::string, Known> known_;
  std::list<std::string> order_;  // Of known_, the oldest first.
};

}  // namespace schoolwatch::net
