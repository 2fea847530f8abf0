#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/platform_state.h"
#include "core/result.h"
#include "crawler/platforms/api_call.h"
#include "crawler/platforms/budget.h"
#include "storage/store.h"

namespace schoolwatch::app {

// Whose budgets a call draws on, and how far its source lets it.
struct PurseOwner {
  std::string account;      // Tells accounts of one platform apart; no secret.
  std::uint64_t spend = 0;  // The source's own cap on money, a period; zero: it may spend none.
};

// The budgets of all platforms in one pass. What TakeChanged gives is to be stored before a request
// leaves that was reserved for. One thread.
class PlatformPurse {
 public:
  enum class Money { kMaySpend, kNever };  // Never: where nothing can be stored.

  // Borrows both. What the store holds reserved was left by a crash: it counts as used.
  PlatformPurse(const storage::PlatformReader& known, const core::Clock& clock, Money money)
      : known_(known), clock_(clock), money_(money) {}

  // Why a call is not made now.
  struct Empty {
    std::string words;        // "the requests of this hour are used up"
    core::Timestamp until{};  // Zero: no time of waiting helps.
  };
  // Reserves for a call what it may cost by every budget of its platform, or nothing. Looks at
  // known posts leave half of each.
  core::Result<std::optional<Empty>> Reserve(const crawler::ApiCall& call, const PurseOwner& owner);

  // What became of a call that was reserved for.
  enum class Outcome {
    kNotSent,
    kAnswered,  // It cost `money`, and held `posts`.
    kUnclear,   // Sent, and nobody knows what it cost: taken for the most.
  };
  core::Result<void> Settle(const crawler::ApiCall& call, const PurseOwner& owner, Outcome outcome,
                            std::uint64_t money, std::uint64_t posts);
  core::Result<void> NoteHeaders(const crawler::ApiCall& call, const PurseOwner& owner,
                                 const net::Headers& headers);
  // The platform says that a budget is spent, and not which: its longest one that is not money.
  // Returns when that begins anew; zero where the platform has none.
  core::Result<core::Timestamp> NoteSpent(const crawler::ApiCall& call, const PurseOwner& owner);

  // What is other than it is stored.
  std::vector<core::PlatformSpending> TakeChanged();

 private:
  struct Use {
    core::PlatformSpending now;
    bool changed = false;
  };
  core::Result<Use*> Find(const crawler::ApiCall& call, const PurseOwner& owner,
                          const crawler::BudgetSpec& spec);

  const storage::PlatformReader& known_;
  const core::Clock& clock_;
  const Money money_;
  std::map<std::string, Use, std::less<>> uses_;  // By key.
};

}  // namespace schoolwatch::app
