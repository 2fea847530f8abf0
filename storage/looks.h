#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"
#include "storage/store.h"

namespace schoolwatch::storage {

// The note that holds why people were looked at again: one JSON object a line, the oldest first,
// each beginning with its time.
inline constexpr std::string_view kLookReasonsNote = "privacy/reasons";

struct LookLimit {
  std::uint32_t looks = 20;
  std::chrono::hours within{28 * 24};
};

enum class LookReason { kNone, kApproved };

// Counts one look at what these people wrote, by keyed hashes of their names; people without a name
// are not counted. kForbidden where one was looked at too often and no reason is given: then
// nothing is counted. A look with a reason begins a new count. Looks within an hour count once:
// somebody turns pages. kBadInput: the store was opened for reading only. The caller has the
// store's turn.
core::Result<void> CountLook(Store& store, std::span<const std::string> authors,
                             const LookLimit& limit, LookReason reason, core::Timestamp now);

}  // namespace schoolwatch::storage
