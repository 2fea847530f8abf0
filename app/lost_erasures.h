#pragma once

#include <iosfwd>
#include <string>

#include "core/result.h"
#include "core/time.h"
#include "storage/store.h"

namespace schoolwatch::app {

// What IT can do where the key of erasures' marks is lost.
inline constexpr const char* kLostErasuresAdvice =
    "put the audit.key of a backup from before beside the store, as audit.key.replaced-old "
    "(docs/storage.md, \"A lost key\"); without one, erase again what you were asked to";

// "what was erased since 2026-11-02 can come back …"; empty where no mark's key is lost.
std::string DescribeLostErasures(const storage::LostMarks& lost);

// Says so to `errors`, once for the marks concerned: true where it had not been said before. The
// caller has the store's turn.
core::Result<bool> TellLostErasures(storage::Store& store, core::Timestamp now,
                                    std::ostream& errors);

}  // namespace schoolwatch::app
