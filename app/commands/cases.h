#pragma once

#include <iosfwd>
#include <string>

#include "app/exit_code.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

enum class OutputForm { kForPeople, kJsonLines };

// `cases list`: newest change first.
core::Result<void> ListCases(const storage::CaseReader& cases, const storage::CaseFilter& filter,
                             OutputForm form, std::ostream& out);

// `cases show ID`: the case with every finding. `id` may be the beginning of an id, if only one
// case has it.
core::Result<void> ShowCase(const storage::CaseReader& cases, std::string_view id, OutputForm form,
                            std::ostream& out);

}  // namespace schoolwatch::app
