#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "app/commands/cases.h"
#include "config/settings.h"
#include "core/finding.h"
#include "core/result.h"
#include "core/time.h"
#include "matchers/judge.h"
#include "storage/store.h"

namespace schoolwatch::app {

// What `alerts route --explain` is asked about, where it is no case of the store.
struct RouteQuestion {
  std::string school;  // Key; empty: the only one, or the one that the text is about.
  std::vector<std::string> categories;
  std::string severity = "medium";
  std::vector<std::string> topics;
  std::string source;
  std::string title;
  std::string text;
  OutputForm form = OutputForm::kForPeople;
};

// `alerts route`: the tree that is in force, and who has which role.
void PrintRoute(const config::Settings& settings, std::ostream& out);

// `alerts route --explain ID`: who is told of a case's last post, or of the post with a finding's
// id, as all that the case says by now decides it. Shows no word of any post.
core::Result<void> ExplainCaseRoute(const storage::CaseReader& cases,
                                    const config::Settings& settings, std::string_view id,
                                    OutputForm form, core::Timestamp now, std::ostream& out);

// The same for a post that opened a case now. `judge` says what the text is where the question does
// not; it may be null where it does. kBadInput: words that are none of ours, or a text that is
// about no watched school and no concern.
core::Result<void> ExplainRoute(const config::Settings& settings, const RouteQuestion& question,
                                const matchers::Judge* judge, core::Timestamp now,
                                std::ostream& out);

}  // namespace schoolwatch::app
