#pragma once

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>

#include "app/commands/cases.h"
#include "core/result.h"
#include "matchers/school_index.h"

namespace schoolwatch::app {

enum class NamesShown { kSome, kAll };  // A few of each kind, or all.

struct IdentityOptions {
  std::string key;
  std::optional<std::string> text = std::nullopt;  // Weighed instead of showing the names.
  NamesShown names = NamesShown::kSome;
  OutputForm form = OutputForm::kForPeople;
  std::size_t width = 80;  // Columns, for people.
};

// `identity KEY`: the names by which a school is known and what each says by itself, what raises
// and lowers a mention, and what is never enough alone. With `text`, the sum by which it would be
// weighed, for this school and for every other watched one that it points to. kBadInput: no such
// key; the message says which there are.
core::Result<void> ShowIdentity(const IdentityOptions& options, const matchers::SchoolIndex& index,
                                std::ostream& out);

}  // namespace schoolwatch::app
