#include "app/pipeline/platform_purse.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

namespace schoolwatch::app {
namespace {

using crawler::ApiCall;
using crawler::BudgetSpec;

bool IsMoney(const BudgetSpec& spec) { return spec.what == "money"; }

// What a call is known to take beforehand; of posts that tells only the answer.
std::uint64_t AmountOf(const ApiCall& call, const BudgetSpec& spec) {
  return IsMoney(spec)             ? call.reserved
         : spec.what == "requests" ? 1
         : spec.what == "units"    ? call.units
                                   : 0;
}

// Money is spent by consent alone: the school's cap, and the platform file's where that is less.
std::uint64_t MostOf(const BudgetSpec& spec, const PurseOwner& owner) {
  if (!IsMoney(spec)) {
    return spec.most;
  }
  return spec.most == 0 ? owner.spend : std::min(spec.most, owner.spend);
}

// Budgets that this call draws on.
bool Concerns(const ApiCall& call, const BudgetSpec& spec) {
  return IsMoney(spec) ? call.reserved > 0 : spec.what != "units" || call.units > 0;
}

std::span<const BudgetSpec> BudgetsOf(const ApiCall& call) {
  return call.platform == nullptr ? std::span<const BudgetSpec>()
                                  : std::span<const BudgetSpec>(call.platform->budgets);
}

}  // namespace

core::Result<PlatformPurse::Use*> PlatformPurse::Find(const ApiCall& call, const PurseOwner& owner,
                                                      const BudgetSpec& spec) {
  // Money is the platform's as a whole: another key must not begin the month anew.
  const std::string key =
      crawler::BudgetKey(call.platform->name, IsMoney(spec) ? "all" : owner.account, spec);
  const auto [use, is_new] = uses_.try_emplace(key);
  if (is_new) {
    auto stored = known_.FindSpending(key);
    if (!stored) {
      uses_.erase(use);
      return core::Fail(std::move(stored).error());
    }
    if (*stored) {
      use->second.now = crawler::AfterCrash(**stored);
      use->second.changed = use->second.now != **stored;
    }
    use->second.now.key = key;
  }
  core::PlatformSpending now = crawler::AtTime(use->second.now, spec, clock_.Now());
  use->second.changed = use->second.changed || now != use->second.now;
  use->second.now = std::move(now);
  return &use->second;
}

core::Result<std::optional<PlatformPurse::Empty>> PlatformPurse::Reserve(const ApiCall& call,
                                                                         const PurseOwner& owner) {
  const std::span<const BudgetSpec> budgets = BudgetsOf(call);
  if (call.reserved > 0) {
    if (money_ == Money::kNever) {
      return Empty{"it costs money, which is spent only where that is written down", {}};
    }
    if (std::ranges::none_of(budgets, IsMoney)) {
      return Empty{"it costs money, and its platform has no budget for that", {}};
    }
  }
  std::vector<std::pair<Use*, std::uint64_t>> reserved;
  for (const BudgetSpec& spec : budgets) {
    if (!Concerns(call, spec)) {
      continue;
    }
    SW_ASSIGN(Use* const use, Find(call, owner, spec));
    const std::uint64_t amount = AmountOf(call, spec);
    const std::uint64_t most = MostOf(spec, owner);
    if (IsMoney(spec) && most == 0) {
      return Empty{"it costs money, and the source has no `spend:`", {}};
    }
    // What is new goes first, also where it is asked for later in the day.
    if (!call.looks.empty() && !crawler::HasRoom(use->now, most / 2, amount)) {
      return Empty{fmt::format("half of the budget of {} is kept for new posts", spec.what), {}};
    }
    if (!crawler::HasRoom(use->now, most, amount)) {
      const core::Timestamp until = crawler::PeriodEnd(spec, use->now.period_began);
      return Empty{fmt::format("the budget of {} is used up until {}", spec.what,
                               core::FormatRfc3339(until)),
                   until};
    }
    reserved.emplace_back(use, amount);
  }
  for (const auto& [use, amount] : reserved) {
    use->now = crawler::Reserve(use->now, amount);
    use->changed = true;
  }
  return std::nullopt;
}

core::Result<void> PlatformPurse::Settle(const ApiCall& call, const PurseOwner& owner,
                                         Outcome outcome, std::uint64_t money,
                                         std::uint64_t posts) {
  for (const BudgetSpec& spec : BudgetsOf(call)) {
    if (!Concerns(call, spec)) {
      continue;
    }
    SW_ASSIGN(Use* const use, Find(call, owner, spec));
    const std::uint64_t amount = AmountOf(call, spec);
    std::uint64_t cost = amount;
    if (outcome == Outcome::kNotSent) {
      cost = 0;
    } else if (outcome == Outcome::kAnswered && IsMoney(spec)) {
      cost = money;
    } else if (spec.what == "posts") {
      cost = posts;
    }
    use->now = crawler::Settle(use->now, amount, cost);
    use->changed = true;
  }
  return {};
}

core::Result<void> PlatformPurse::NoteHeaders(const ApiCall& call, const PurseOwner& owner,
                                              const net::Headers& headers) {
  for (const BudgetSpec& spec : BudgetsOf(call)) {
    if (spec.left_header.empty() || IsMoney(spec)) {
      continue;
    }
    SW_ASSIGN(Use* const use, Find(call, owner, spec));
    core::PlatformSpending now = crawler::NoteHeaders(use->now, spec, headers, clock_.Now());
    use->changed = use->changed || now != use->now;
    use->now = std::move(now);
  }
  return {};
}

core::Result<core::Timestamp> PlatformPurse::NoteSpent(const ApiCall& call,
                                                       const PurseOwner& owner) {
  core::Timestamp until{};
  Use* spent = nullptr;
  std::uint64_t most = 0;
  for (const BudgetSpec& spec : BudgetsOf(call)) {
    if (IsMoney(spec)) {
      continue;
    }
    SW_ASSIGN(Use* const use, Find(call, owner, spec));
    const core::Timestamp end = crawler::PeriodEnd(spec, use->now.period_began);
    if (end > until) {
      until = end;
      spent = use;
      most = spec.most;
    }
  }
  if (spent != nullptr) {
    spent->now.used = std::max(spent->now.used, most);
    spent->changed = true;
  }
  return until;
}

std::vector<core::PlatformSpending> PlatformPurse::TakeChanged() {
  std::vector<core::PlatformSpending> changed;
  for (auto& [key, use] : uses_) {
    if (std::exchange(use.changed, false)) {
      changed.push_back(use.now);
    }
  }
  return changed;
}

}  // namespace schoolwatch::app
