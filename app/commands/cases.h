#pragma once

#include <cstddef>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include "app/exit_code.h"
#include "core/calendar.h"
#include "core/result.h"
#include "core/school.h"
#include "core/time.h"
#include "storage/store.h"

namespace schoolwatch::app {

enum class OutputForm { kForPeople, kJsonLines };

struct CaseList {
  storage::CaseFilter filter;
  std::string words{};  // Only cases whose title or posts hold all of these, in any case.
  OutputForm form = OutputForm::kForPeople;
  core::Timestamp now{};  // For how much came lately.
};

// That such a school is watched, or was when a case was made. kBadInput, with those that are: a
// mistyped key must not pass for a quiet school. Empty: all of them.
core::Result<void> CheckSchool(const storage::CaseReader& cases,
                               std::span<const core::School> watched, std::string_view key);

// `cases list`: newest change first.
core::Result<void> ListCases(const storage::CaseReader& cases, const CaseList& list,
                             std::ostream& out);

// `cases show ID`: the case with its history and every finding. `id` may be the beginning of an id,
// if only one case has it. With its school's calendar also by when an answer is due.
core::Result<void> ShowCase(const storage::CaseReader& cases, std::string_view id, OutputForm form,
                            core::Timestamp now, std::ostream& out,
                            const core::SchoolCalendar* calendar = nullptr);

// `cases examples`: the posts that people set aside, as `rules lint --sample` and `rules replay
// --posts` read them; for people, with where each is from.
core::Result<void> ListExamples(const storage::ExampleReader& examples, std::string_view school,
                                OutputForm form, std::ostream& out);

}  // namespace schoolwatch::app
