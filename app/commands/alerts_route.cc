#include "app/commands/alerts_route.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>
#include <utility>

#include "alerts/planner.h"
#include "alerts/wording.h"
#include "app/pipeline/committer.h"
#include "app/terminal.h"
#include "app/withheld_cases.h"
#include "config/routing.h"
#include "core/topics.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

std::vector<std::string> Names(const std::vector<core::Category>& categories) {
  std::vector<std::string> names;
  for (const core::Category category : categories) {
    names.emplace_back(core::CategoryName(category));
  }
  return names;
}

std::string Values(const std::vector<config::Located<std::string>>& all) {
  std::vector<std::string> values;
  for (const config::Located<std::string>& one : all) {
    values.push_back(one.value);
  }
  return fmt::format("{}", fmt::join(values, " or "));
}

// "category safeguarding; severity high or worse".
std::string Asked(const config::RouteBranch& branch) {
  std::vector<std::string> asked;
  const auto add = [&asked](std::string_view what, const std::string& values) {
    if (!values.empty()) {
      asked.push_back(fmt::format("{} {}", what, values));
    }
  };
  add("school", Values(branch.schools));
  add("category", fmt::format("{}", fmt::join(Names(branch.categories), " or ")));
  if (branch.at_least > core::Severity::kNone) {
    asked.push_back(fmt::format("severity {} or worse", core::SeverityName(branch.at_least)));
  }
  add("topic", fmt::format("{}", fmt::join(branch.topics, " or ")));
  add("source", Values(branch.sources));
  add("speaks of the", fmt::format("{}", fmt::join(branch.about, " or ")));
  return asked.empty() ? "every case" : fmt::format("{}", fmt::join(asked, "; "));
}

void PrintBranches(const std::vector<config::RouteBranch>& branches, std::size_t indent,
                   std::ostream& out) {
  for (const config::RouteBranch& branch : branches) {
    out << fmt::format("{:{}}{}: {}\n", "", indent, SafeForTerminal(branch.name), Asked(branch));
    out << fmt::format("{:{}}-> {}", "", indent + 2, fmt::join(branch.tell, ", "));
    if (!branch.otherwise.empty()) {
      out << fmt::format("; if nobody of these may be told: {}",
                         fmt::join(branch.otherwise, ", else "));
    }
    out << '\n';
    PrintBranches(branch.branches, indent + 4, out);
  }
}

std::string_view DeliveryPhrase(core::Delivery delivery) {
  switch (delivery) {
    case core::Delivery::kNow:
      return "at once, by itself";
    case core::Delivery::kDigest:
      return "in the digest";
    case core::Delivery::kBacklog:
      return "in the summary of what a new source held";
    case core::Delivery::kSummary:
      return "in the case's hourly summary";
  }
  return "";
}

std::string_view WithheldPhrase(alerts::Withheld why) {
  switch (why) {
    case alerts::Withheld::kNo:
      return "";
    case alerts::Withheld::kNamed:
      return "the surname stands in the case";
    case alerts::Withheld::kMeant:
      return "the office stands in the case";
    case alerts::Withheld::kSamePerson:
      return "has the address or name of somebody who may be meant";
  }
  return "";
}

// One answer, ready to print.
struct Explanation {
  std::string about;  // The first line.
  std::string school;
  std::string case_id;
  std::string finding_id;
  std::vector<core::Category> categories;
  core::Severity severity = core::Severity::kNone;
  std::vector<std::string> topics;
  std::string source;
  alerts::Decision decision;
  std::vector<core::OutboxItem> items;  // One for each of decision.told.
};

std::string Place(const config::Location& where) {
  return where.file.empty() ? "no branch fits" : config::Format(where);
}

void PrintForPeople(const Explanation& explained, std::ostream& out) {
  const alerts::Decision& decision = explained.decision;
  out << SafeForTerminal(explained.about) << '\n';
  out << fmt::format("  school {}; {}; {}", SafeForTerminal(explained.school),
                     fmt::join(Names(explained.categories), ", "),
                     core::SeverityName(explained.severity));
  if (!explained.topics.empty()) {
    out << fmt::format("; {}",
                       SafeForTerminal(fmt::format("{}", fmt::join(explained.topics, ", "))));
  }
  if (!explained.source.empty()) {
    out << fmt::format("; source {}", SafeForTerminal(explained.source));
  }
  out << fmt::format("\nBranch: {} ({})\n", SafeForTerminal(decision.route.name),
                     SafeForTerminal(Place(decision.route.where)));
  out << (decision.told.empty() ? "Nobody may be told: the run says so and exits with 1.\n"
                                : "Told:\n");
  for (std::size_t i = 0; i < decision.told.size(); ++i) {
    const auto& [person, why] = decision.told[i];
    const core::OutboxItem& item = explained.items[i];
    std::string when(DeliveryPhrase(item.delivery));
    if (item.not_before > item.created_at) {
      when += ", not before " + core::FormatRfc3339(item.not_before);
    }
    if (!decision.content) {
      when += ", that there is a case and no more";
    }
    out << fmt::format("  {:<12} {:<40} {}{}{}\n", person->role, SafeForTerminal(person->email),
                       when, why.empty() ? "" : "; ", why);
  }
  if (!decision.withheld.empty()) {
    out << "Not told, as the case may mean them as a danger to children:\n";
  }
  for (const auto& [person, why] : decision.withheld) {
    out << fmt::format("  {:<12} {:<40} {}\n", person->role, SafeForTerminal(person->email),
                       WithheldPhrase(why));
  }
}

void PrintJson(const Explanation& explained, std::ostream& out) {
  const alerts::Decision& decision = explained.decision;
  json::object line;
  if (!explained.case_id.empty()) {
    line["case"] = explained.case_id;
    line["finding"] = explained.finding_id;
  }
  line["school"] = explained.school;
  line["categories"] = json::value_from(Names(explained.categories));
  line["severity"] = core::SeverityName(explained.severity);
  line["topics"] = json::value_from(explained.topics);
  line["source"] = explained.source;
  line["branch"] = decision.route.name;
  line["where"] = Place(decision.route.where);
  line["may_mean"] = json::value_from(decision.accused);
  line["content"] = decision.content;
  json::array told;
  for (std::size_t i = 0; i < decision.told.size(); ++i) {
    const core::OutboxItem& item = explained.items[i];
    json::object one{{"role", decision.told[i].person->role},
                     {"email", decision.told[i].person->email},
                     {"why", decision.told[i].why},
                     {"delivery", core::DeliveryName(item.delivery)},
                     {"reason", item.reason}};
    if (item.not_before > item.created_at) {
      one["not_before"] = core::FormatRfc3339(item.not_before);
    }
    told.push_back(std::move(one));
  }
  line["told"] = std::move(told);
  json::array withheld;
  for (const auto& [person, why] : decision.withheld) {
    withheld.push_back(
        {{"role", person->role}, {"email", person->email}, {"why", WithheldPhrase(why)}});
  }
  line["withheld"] = std::move(withheld);
  out << json::serialize(line) << '\n';
}

void Print(const Explanation& explained, OutputForm form, std::ostream& out) {
  form == OutputForm::kJsonLines ? PrintJson(explained, out) : PrintForPeople(explained, out);
}

// The case as it was before the finding came, as far as its other findings tell it.
core::Result<std::optional<core::Case>> CaseWithout(const storage::CaseReader& cases,
                                                    const core::Case& of,
                                                    const core::Finding& finding) {
  std::optional<core::Case> before;
  for (const std::string& id : of.findings) {
    if (id == finding.id) {
      break;
    }
    const core::Result<core::Finding> earlier = cases.LoadFinding(id);
    if (!earlier && earlier.error().kind == core::ErrorKind::kNotFound) {
      continue;
    }
    if (!earlier) {
      return core::Fail(earlier.error());
    }
    if (!before) {
      before = of;
      before->severity = core::Severity::kNone;
      before->categories.clear();
      before->topics.clear();
      before->state = core::CaseState::kNew;
    }
    const core::Judgement& judgement = earlier->judgement;
    before->severity = std::max(before->severity, judgement.severity);
    before->categories.insert(before->categories.end(), judgement.categories.begin(),
                              judgement.categories.end());
    before->topics.insert(before->topics.end(), judgement.topics.begin(), judgement.topics.end());
  }
  return before;
}

core::Result<std::string> FindSchool(const config::Settings& settings, const std::string& asked,
                                     const core::Judgement& judgement) {
  std::string key = asked;
  if (key.empty() && !judgement.schools.empty()) {
    key = judgement.schools.front().school;
  }
  if (key.empty() && settings.schools.size() == 1) {
    key = settings.schools.front().key;
  }
  if (key.empty()) {
    return core::Fail(core::ErrorKind::kBadInput, "about which school? give --school KEY");
  }
  if (std::ranges::find(settings.schools, key, &core::School::key) == settings.schools.end()) {
    return core::Fail(core::ErrorKind::kBadInput,
                      fmt::format("there is no school '{}'", SafeForTerminal(key)));
  }
  return key;
}

core::Result<core::Judgement> JudgementAsGiven(const RouteQuestion& question) {
  core::Judgement judgement;
  for (const std::string& name : question.categories) {
    SW_ASSIGN(const core::Category category, core::ParseCategory(name));
    judgement.categories.push_back(category);
  }
  SW_ASSIGN(judgement.severity, core::ParseSeverity(question.severity));
  for (const std::string& topic : question.topics) {
    if (std::ranges::find(core::kTopics, topic) == core::kTopics.end()) {
      return core::Fail(core::ErrorKind::kBadInput,
                        fmt::format("'{}' is no topic; there are {}", SafeForTerminal(topic),
                                    fmt::join(core::kTopics, ", ")));
    }
    judgement.topics.push_back(topic);
  }
  return judgement;
}

}  // namespace

void PrintRoute(const config::Settings& settings, std::ostream& out) {
  const bool own = !settings.alerts.route.empty();
  out << (own ? "The tree under `alerts: route:`; the first branch that fits is taken.\n"
              : "The shipped tree; the first branch that fits is taken.\n");
  PrintBranches(own ? settings.alerts.route : config::DefaultRoute(), 2, out);
  out << "Who has which role:\n";
  for (const config::Contact& contact : settings.contacts) {
    out << fmt::format("  {:<12} {:<40} {}\n", contact.role, SafeForTerminal(contact.email),
                       contact.schools.empty()
                           ? "all schools"
                           : fmt::format("{}", fmt::join(contact.schools, ", ")));
  }
  out << "Whatever the tree says, nobody is told of what may mean them as a danger to children.\n";
}

core::Result<void> ExplainCaseRoute(const storage::CaseReader& cases,
                                    const config::Settings& settings, std::string_view id,
                                    OutputForm form, core::Timestamp now, std::ostream& out) {
  core::Result<core::Case> of = cases.LoadCase(id);
  if (!of && of.error().kind != core::ErrorKind::kNotFound) {
    return core::Fail(of.error());
  }
  std::string finding_id;
  if (!of) {
    const core::Result<core::Finding> finding = cases.LoadFinding(id);
    if (!finding && finding.error().kind == core::ErrorKind::kNotFound) {
      return core::Fail(core::ErrorKind::kNotFound,
                        fmt::format("there is no case and no post '{}'", SafeForTerminal(id)));
    }
    if (!finding) {
      return core::Fail(finding.error());
    }
    finding_id = finding->id;
    of = cases.LoadCase(finding->case_id);
    if (!of) {
      return core::Fail(of.error());
    }
  } else if (of->findings.empty()) {
    return core::Fail(core::ErrorKind::kNotFound,
                      fmt::format("case {} has no posts any more", of->id));
  } else {
    finding_id = of->findings.back();
  }
  SW_ASSIGN(const core::Finding finding, cases.LoadFinding(finding_id));
  const alerts::Planner planner = MakePlanner(settings);
  SW_ASSIGN(const alerts::CaseVoices voices, HearCase(cases, planner.audience(), *of));
  SW_ASSIGN(std::optional<core::Case> before, CaseWithout(cases, *of, finding));
  const alerts::CaseChange change{
      .finding = &finding, .before = std::move(before), .after = *of, .earlier = &voices};
  Print({.about = fmt::format("Case {}, post {}", of->id, finding.id),
         .school = of->school,
         .case_id = of->id,
         .finding_id = finding.id,
         .categories = of->categories,
         .severity = of->severity,
         .topics = of->topics,
         .source = finding.post.source,
         .decision = planner.Decide(change),
         .items = planner.Plan(change, now)},
        form, out);
  return {};
}

core::Result<void> ExplainRoute(const config::Settings& settings, const RouteQuestion& question,
                                const matchers::Judge* judge, core::Timestamp now,
                                std::ostream& out) {
  core::Finding finding;
  finding.id = "given";
  finding.fetched_at = now;
  finding.post.title = question.title;
  finding.post.text = question.text;
  finding.post.source = question.source;
  if (judge != nullptr && question.categories.empty()) {
    finding.judgement = judge->Evaluate(finding.post);
    if (finding.judgement.categories.empty()) {
      return core::Fail(core::ErrorKind::kBadInput,
                        finding.judgement.mentions
                            ? "the text is judged as no concern, so that nobody is told; give "
                              "--category to ask all the same"
                            : "the text names no watched school, so that nobody is told; give "
                              "--category to ask all the same");
    }
  } else {
    SW_ASSIGN(finding.judgement, JudgementAsGiven(question));
  }
  SW_ASSIGN(finding.school, FindSchool(settings, question.school, finding.judgement));
  core::Case after;
  after.id = "new";
  after.school = finding.school;
  after.severity = finding.judgement.severity;
  after.categories = finding.judgement.categories;
  after.topics = finding.judgement.topics;
  const alerts::Planner planner = MakePlanner(settings);
  const alerts::CaseChange change{.finding = &finding, .before = std::nullopt, .after = after};
  Print({.about = "A new case as given",
         .school = finding.school,
         .case_id = "",
         .finding_id = "",
         .categories = after.categories,
         .severity = after.severity,
         .topics = after.topics,
         .source = question.source,
         .decision = planner.Decide(change),
         .items = planner.Plan(change, now)},
        question.form, out);
  return {};
}

}  // namespace schoolwatch::app
