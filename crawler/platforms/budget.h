#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/platform_state.h"
#include "core/time.h"
#include "crawler/platforms/platform.h"
#include "net/fetcher.h"

// What may still be asked of a platform. Pure arithmetic on what the store keeps: whoever uses it
// makes a reservation durable before the request leaves, and settles it with the answer's outcome.
// A crash in between leaves the reservation standing, so no cap is ever crossed; at worst less is
// spent than might be.
namespace schoolwatch::crawler {

// Under which the use of a budget is kept: "x/3fa9…/money-month". An account's budgets are shared
// by all sources that use it.
std::string BudgetKey(std::string_view platform, std::string_view account, const BudgetSpec& spec);

// When the period that began at `began` ends. Calendar days and months are of the budget's own time
// zone, with its changes of the clock; one that is not known is taken for UTC.
core::Timestamp PeriodEnd(const BudgetSpec& spec, core::Timestamp began);

// The use as it is at `now`: of a period that is over nothing is left but what is reserved, as
// those requests are still on their way. A clock that went back begins no new period.
core::PlatformSpending AtTime(core::PlatformSpending use, const BudgetSpec& spec,
                              core::Timestamp now);

// What a crash left reserved may have been spent: counted as used from now on. For when nothing is
// on its way.
core::PlatformSpending AfterCrash(core::PlatformSpending use);

// Whether `amount` more stays within `most`. None is ever left of what is full, even for nothing.
bool HasRoom(const core::PlatformSpending& use, std::uint64_t most, std::uint64_t amount);
core::PlatformSpending Reserve(core::PlatformSpending use, std::uint64_t amount);
// A request that had reserved `amount` cost `cost`.
core::PlatformSpending Settle(core::PlatformSpending use, std::uint64_t amount, std::uint64_t cost);

// What an answer's headers say is left, and when it begins anew, where the budget names such
// headers. What they say is believed only where it is less than we know of.
core::PlatformSpending NoteHeaders(core::PlatformSpending use, const BudgetSpec& spec,
                                   const net::Headers& headers, core::Timestamp now);

}  // namespace schoolwatch::crawler
