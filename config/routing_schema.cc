// The table of `alerts: route:`, and what its branches must be to each other.

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "config/nearest.h"
#include "config/routing.h"
#include "config/section.h"
#include "config/settings_schema.h"
#include "core/source_names.h"
#include "core/topics.h"

namespace schoolwatch::config {

std::string_view ShippedRouteText();

namespace {

constexpr int kLevels = 3;

Value<std::vector<std::string>> Roles(std::size_t least) {
  return ListOf(OneOf({"headteacher", "dsl", "deputy", "chair"}),
                {.min_items = least, .max_items = 4, .one_or_more = true});
}

Value<std::vector<Located<std::string>>> Keys() {
  return ListOf(WithPlace(Text({.max_bytes = 64})), {.one_or_more = true});
}

Schema<RouteBranch> BranchSchema(int levels) {
  const std::vector<std::string> topics(core::kTopics.begin(), core::kTopics.end());
  Schema<RouteBranch> schema =
      Schema<RouteBranch>("Branch", "Whom one kind of case comes to.")
          .Field("name", &RouteBranch::name, Text({.max_bytes = 60}),
                 {.help = "What the branch is called, for people.",
                  .required = true,
                  .example = "safeguarding"})
          .Field("school", &RouteBranch::schools, Keys(),
                 {.help = "Keys of the schools that it is for.",
                  .example = "[quillbrook]",
                  .default_text = "all"})
          .Field("category", &RouteBranch::categories,
                 ListOf(EnumOf<core::Category>({{"safeguarding", core::Category::kSafeguarding},
                                                {"defamatory", core::Category::kDefamatory},
                                                {"reputational", core::Category::kReputational}}),
                        {.one_or_more = true}),
                 {.help = "For cases whose most serious category is one of these. A case that was "
                          "ever a safeguarding matter stays one.",
                  .example = "safeguarding",
                  .default_text = "all"})
          .Field("at_least", &RouteBranch::at_least,
                 EnumOf<core::Severity>({{"none", core::Severity::kNone},
                                         {"low", core::Severity::kLow},
                                         {"medium", core::Severity::kMedium},
                                         {"high", core::Severity::kHigh},
                                         {"urgent", core::Severity::kUrgent}}),
                 {.help = "For cases that ever were so severe.", .example = "high"})
          .Field("topic", &RouteBranch::topics, ListOf(OneOf(topics), {.one_or_more = true}),
                 {.help = "For cases about any of these.",
                  .example = "[threat, weapon]",
                  .default_text = "all"})
          .Field("source", &RouteBranch::sources, Keys(),
                 {.help = "For posts that these sources gave; `reported` is what people reported.",
                  .example = "[parents-forum]",
                  .default_text = "all"})
          .Field("about", &RouteBranch::about, Roles(0),
                 {.help = "For cases in which one who has such a role is named, or the office is.",
                  .example = "headteacher",
                  .default_text = "anybody"})
          .Field("tell", &RouteBranch::tell, Roles(1),
                 {.help = "Who is told; with `branches`, where none of these fits.",
                  .required = true,
                  .example = "[dsl, headteacher]"})
          .Field("otherwise", &RouteBranch::otherwise, Roles(0),
                 {.help = "Where nobody of `tell` is there or may be told: the first of these who "
                          "may.",
                  .example = "[deputy, chair]",
                  .default_text = "dsl, headteacher, deputy, chair"})
          .Where(&RouteBranch::where);
  if (levels > 1) {
    // Adds in place; what it returns is the schema itself.
    std::ignore = std::move(schema).Field(
        "branches", &RouteBranch::branches,
        ListOf(BranchSchema(levels - 1), {.max_items = 200, .noun = "branch", .name_key = "name"}),
        {.help = "Who is told otherwise within this branch: the first that fits; three levels at "
                 "most.",
         .default_text = "none"});
  }
  return schema;
}

struct RouteFile {
  std::vector<RouteBranch> route;
};

bool Has(const std::vector<std::string>& roles, std::string_view role) {
  return std::ranges::find(roles, role) != roles.end();
}

bool TakesSafeguarding(const RouteBranch& branch) {
  return branch.categories.empty() ||
         std::ranges::find(branch.categories, core::Category::kSafeguarding) !=
             branch.categories.end();
}

// Whether it asks anything beside the category.
bool AsksMore(const RouteBranch& branch) {
  return !branch.schools.empty() || branch.at_least > core::Severity::kNone ||
         !branch.topics.empty() || !branch.sources.empty() || !branch.about.empty();
}

class RouteCheck {
 public:
  RouteCheck(const Settings& settings, std::span<const Source> sources, Diagnostics& problems)
      : problems_(problems) {
    for (const core::School& school : settings.schools) {
      schools_.push_back(school.key);
    }
    for (const Source& source : sources) {
      sources_.push_back(source.name);
    }
    sources_.emplace_back(core::kReportedSource);
    std::ranges::sort(schools_);
    std::ranges::sort(sources_);
    for (const Contact& contact : settings.contacts) {
      held_.insert(contact.role);
    }
  }

  void Run(const std::vector<RouteBranch>& route) {
    Look(route, "", Safeguarding::kMayCome);
    const RouteBranch& last = route.back();
    if (AsksMore(last) || !last.categories.empty()) {
      problems_.Add(last.where,
                    fmt::format("branch '{}' is the last one and does not take every case: what "
                                "fits no branch would be told to nobody; add one after it with "
                                "'name' and 'tell' alone",
                                last.name));
    }
  }

 private:
  enum class Safeguarding { kMayCome, kNeverComes };

  void Look(const std::vector<RouteBranch>& branches, const std::string& above,
            Safeguarding safeguarding) {
    const RouteBranch* takes_all = nullptr;
    for (const RouteBranch& branch : branches) {
      const std::string path = above + (above.empty() ? "" : " / ") + branch.name;
      if (takes_all != nullptr) {
        problems_.Add(branch.where, fmt::format("branch '{}' is never reached: branch '{}' before "
                                                "it takes every case",
                                                path, takes_all->name));
      }
      CheckKeys(path, "school", branch.schools, schools_);
      CheckKeys(path, "source", branch.sources, sources_);
      const bool may_come = safeguarding == Safeguarding::kMayCome && TakesSafeguarding(branch);
      if (may_come && !branch.tell.empty() && !Has(branch.tell, "dsl")) {
        problems_.Add(branch.where,
                      fmt::format("branch '{}' takes safeguarding concerns and does not tell the "
                                  "dsl: add dsl under 'tell', write `category: [defamatory, "
                                  "reputational]` into it, or put a branch for safeguarding "
                                  "before it",
                                  path));
      }
      for (const auto* roles : {&branch.tell, &branch.otherwise}) {
        for (const std::string& role : *roles) {
          if (!held_.contains(role) && warned_.insert(role).second) {
            problems_.Warn(
                branch.where,
                fmt::format("branch '{}' names the role '{}', which no contact has", path, role));
          }
        }
      }
      Look(branch.branches, path, may_come ? Safeguarding::kMayCome : Safeguarding::kNeverComes);
      if (!AsksMore(branch)) {
        if (branch.categories.empty()) {
          takes_all = &branch;
        }
        if (TakesSafeguarding(branch)) {
          safeguarding = Safeguarding::kNeverComes;
        }
      }
    }
  }

  void CheckKeys(const std::string& path, std::string_view what,
                 const std::vector<Located<std::string>>& keys,
                 const std::vector<std::string>& known) {
    for (const Located<std::string>& key : keys) {
      if (!std::ranges::binary_search(known, key.value)) {
        problems_.Add(key.where, fmt::format("branch '{}': there is no {} '{}'{}", path, what,
                                             ForMessage(key.value), DidYouMean(key.value, known)));
      }
    }
  }

  Diagnostics& problems_;
  std::vector<std::string> schools_;
  std::vector<std::string> sources_;
  std::set<std::string> held_;
  std::set<std::string> warned_;
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

// One address or one name is one person.
bool IsSamePerson(const Contact& a, const Contact& b) {
  return Lower(a.email) == Lower(b.email) || (!a.name.empty() && Lower(a.name) == Lower(b.name));
}

// Contacts of some kind by the school that they serve; "" for those who serve all.
using BySchool = std::map<std::string, std::vector<const Contact*>, std::less<>>;

std::vector<const Contact*> Serving(const BySchool& contacts, std::string_view school) {
  std::vector<const Contact*> serving;
  for (const std::string_view key : {school, std::string_view()}) {
    if (const auto found = contacts.find(key); found != contacts.end()) {
      serving.insert(serving.end(), found->second.begin(), found->second.end());
    }
  }
  return serving;
}

}  // namespace

const Value<std::vector<RouteBranch>>& RouteValue() {
  static const Value<std::vector<RouteBranch>> kValue =
      ListOf(BranchSchema(kLevels), {.max_items = 200, .noun = "branch", .name_key = "name"});
  return kValue;
}

std::string_view DefaultRouteText() { return ShippedRouteText(); }

const std::vector<RouteBranch>& DefaultRoute() {
  static const std::vector<RouteBranch> kRoute = [] {
    Diagnostics problems;
    const std::optional<Section> root =
        ParseYaml("config/route.yaml", DefaultRouteText(), problems);
    RouteFile file;
    if (root) {
      file = Schema<RouteFile>("route.yaml")
                 .Field("route", &RouteFile::route, RouteValue(), {.required = true})
                 .Read(*root, problems);
    }
    assert(problems.empty() && !file.route.empty());
    return file.route;
  }();
  return kRoute;
}

void CheckRoute(const Settings& settings, std::span<const Source> sources, Diagnostics& problems) {
  if (!settings.alerts.route.empty()) {
    RouteCheck(settings, sources, problems).Run(settings.alerts.route);
  }
}

void CheckChairs(const Settings& settings, const Section& root, Diagnostics& problems) {
  const std::optional<Section> contacts = root.Find("contacts");
  if (!contacts || settings.contacts.empty()) {
    return;  // Which was said.
  }
  BySchool chairs;
  BySchool leaders;
  for (const Contact& contact : settings.contacts) {
    const bool leads = contact.role == "headteacher" || contact.role == "dsl";
    if (contact.role != "chair" && !leads) {
      continue;
    }
    BySchool& serving = leads ? leaders : chairs;
    for (const std::string& school : contact.schools) {
      serving[school].push_back(&contact);
    }
    if (contact.schools.empty()) {
      serving[""].push_back(&contact);
    }
  }
  constexpr std::string_view kWhy =
      "a post that may name the headteacher as a danger to children would have nobody to go to "
      "who may act on it";
  constexpr std::string_view kHow =
      "add the chair of governors (or of trustees) under 'contacts', as in `- {role: chair, name: "
      "Mr Idris Vale, email: chair@quillbrook-academy.example}`";
  if (chairs.empty()) {
    problems.AddForCheck(contacts->key_where(),
                         fmt::format("no contact has the role chair: {}; {}", kWhy, kHow));
    return;
  }
  std::set<const Contact*> said;
  const std::optional<Section> schools = root.Find("schools");
  for (const core::School& school : settings.schools) {
    const std::vector<const Contact*> own = Serving(chairs, school.key);
    const std::optional<Section> place = schools ? schools->Find(school.key) : std::nullopt;
    if (own.empty()) {
      problems.AddForCheck(place ? place->key_where() : contacts->key_where(),
                           fmt::format("school '{}': no contact with the role chair has it under "
                                       "'schools': {}; {}",
                                       school.key, kWhy, kHow));
      continue;
    }
    const std::vector<const Contact*> lead = Serving(leaders, school.key);
    const auto leads_too = [&lead](const Contact* chair) {
      return std::ranges::any_of(
          lead, [chair](const Contact* leader) { return IsSamePerson(*chair, *leader); });
    };
    if (std::ranges::all_of(own, leads_too) && said.insert(own.front()).second) {
      problems.AddForCheck(own.front()->where,
                           fmt::format("school '{}': its chair has the address or name of its "
                                       "headteacher or dsl: {}; give the chair's own",
                                       school.key, kWhy));
    }
  }
}

}  // namespace schoolwatch::config
