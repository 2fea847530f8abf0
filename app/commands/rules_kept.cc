#include "app/commands/rules_kept.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>
#include <string>

#include "app/json_text.h"
#include "app/terminal.h"

namespace schoolwatch::app {
namespace {

std::string RulesOf(const core::Judgement& judgement) {
  std::string rules;
  for (const core::Hit& hit : judgement.hits) {
    rules += (rules.empty() ? "" : ", ") + hit.rule;
  }
  return rules.empty() ? "no rule alone" : rules;
}

}  // namespace

ExitCode TestKeptExamples(std::span<const core::KeptExample> examples, const matchers::Judge& judge,
                          OutputForm form, std::size_t width, std::ostream& out) {
  std::size_t found = 0;
  for (const core::KeptExample& example : examples) {
    const core::Judgement judgement = judge.Evaluate(example.post);
    const bool about_it = std::ranges::find(judgement.schools, example.school,
                                            &core::SchoolScore::school) != judgement.schools.end();
    if (!about_it || judgement.categories.empty()) {
      continue;
    }
    ++found;
    if (form == OutputForm::kJsonLines) {
      boost::json::object line{{"type", "kept"}};
      line["post"] = ToJson(example);
      line["judgement"] = ToJson(judgement);
      out << boost::json::serialize(line) << '\n';
      continue;
    }
    const core::Post& post = example.post;
    const std::string words = post.title.empty() ? post.text : post.title + " | " + post.text;
    out << fmt::format("Case {} was closed as {}, but its post would be found again:\n",
                       example.case_id, core::CaseOutcomeName(example.outcome))
        << Wrap(SafeForTerminal(std::string_view(words).substr(0, 400)), 4, width)
        << Wrap("by " + RulesOf(judgement) + ".", 2, width);
  }
  if (form == OutputForm::kForPeople && !examples.empty()) {
    out << fmt::format("{} of {} that people set aside would be found again.\n\n", found,
                       Count(examples.size(), "post"));
  }
  return found > 0 ? ExitCode::kActionNeeded : ExitCode::kDone;
}

}  // namespace schoolwatch::app
