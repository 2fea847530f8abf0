#include "app/commands/identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <ostream>
#include <string_view>
#include <utility>
#include <vector>

#include "app/terminal.h"
#include "config/nearest.h"
#include "matchers/evidence_weights.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;
using matchers::Evidence;
using matchers::SchoolIndex;
using matchers::Variant;

constexpr std::size_t kShownOfAKind = 6;
constexpr std::size_t kMaxKeysNamed = 12;
constexpr double kEnough = 0.5;  // As SchoolIndex decides.

// How probable a mention of `key` is where a post holds this and nothing else.
double ProbabilityAlone(const SchoolIndex& index, std::string_view key, const std::string& text) {
  core::Post post;
  post.text = text;
  for (const SchoolIndex::Weighing& weighing : index.WeighAll(post)) {
    if (weighing.school == key) {
      return weighing.probability;
    }
  }
  return 0;
}

std::string PercentText(double probability) {
  const int percent = static_cast<int>(probability * 100 + 0.5);
  return percent < 1 ? "under 1 in 100" : fmt::format("{} in 100", percent);
}

// What raises or lowers a mention, and by which words of this school's configuration.
struct Influence {
  Evidence evidence;
  std::vector<std::string> words;
};

std::vector<std::string> PlacesOf(const core::School& school) {
  std::vector<std::string> places = school.places;
  if (!school.town.empty() && std::ranges::find(places, school.town) == places.end()) {
    places.insert(places.begin(), school.town);
  }
  if (!school.postcode.empty()) {
    places.push_back(school.postcode);
  }
  return places;
}

std::vector<std::string> PeopleOf(const core::School& school) {
  std::vector<std::string> people = school.staff;
  if (!school.headteacher.empty()) {
    people.insert(people.begin(), school.headteacher);
  }
  return people;
}

// Rows that say nothing for this school (a trust it does not have) are left out.
std::vector<Influence> InfluencesOn(const core::School& school) {
  std::vector<Influence> all;
  const auto add = [&all](Evidence evidence, std::vector<std::string> words) {
    if (!words.empty()) {
      all.push_back({evidence, std::move(words)});
    }
  };
  add(Evidence::kPlace, PlacesOf(school));
  add(Evidence::kFullPerson, PeopleOf(school));
  if (!school.trust.empty()) {
    add(Evidence::kTrust, {school.trust});
  }
  for (const Evidence evidence :
       {Evidence::kFollowed, Evidence::kLedTo, Evidence::kActs, Evidence::kSchoolNear,
        Evidence::kStrongNear, Evidence::kFamily, Evidence::kSecondName, Evidence::kOwnAccount,
        Evidence::kEvaded, Evidence::kNeighbour}) {
    all.push_back({evidence, {}});
  }
  add(Evidence::kNotUs, school.not_us);
  for (const Evidence evidence :
       {Evidence::kOtherThing, Evidence::kOtherKind, Evidence::kOtherTown, Evidence::kTownElsewhere,
        Evidence::kElsewhere, Evidence::kPersonName, Evidence::kPersonDoes, Evidence::kOtherName,
        Evidence::kSense, Evidence::kTrade, Evidence::kSmallLetters, Evidence::kInitialsAlone,
        Evidence::kOtherSchool, Evidence::kRival, Evidence::kOtherPage}) {
    all.push_back({evidence, {}});
  }
  return all;
}

// Other watched schools that may be written as this one is.
std::vector<std::string> RivalsOf(const SchoolIndex& index, const core::School& school) {
  std::vector<std::string> rivals;
  core::Post post;
  post.text = school.name;
  for (const SchoolIndex::Weighing& weighing : index.WeighAll(post)) {
    if (weighing.school != school.key) {
      rivals.push_back(weighing.school);
    }
  }
  return rivals;
}

void PrintNames(const IdentityOptions& options, const SchoolIndex& index,
                const std::vector<Variant>& variants, std::ostream& out) {
  out << "\nNames, with what each is worth by itself (strength) and how probable a mention is "
         "where a\n"
         "post holds nothing else\n";
  std::map<std::string, std::size_t> shown;
  std::map<std::string, std::size_t> left;
  for (const Variant& variant : variants) {
    if (options.names == NamesShown::kSome && shown[variant.kind] >= kShownOfAKind) {
      ++left[variant.kind];
      continue;
    }
    ++shown[variant.kind];
    const double alone = ProbabilityAlone(index, options.key, variant.text);
    out << fmt::format("  {:>5.1f}  {:<15}  {:<19}  {}\n", variant.strength, PercentText(alone),
                       variant.kind, SafeForTerminal(variant.text));
  }
  for (const auto& [kind, number] : left) {
    out << fmt::format("         and {} more of '{}': --all shows them\n", number, kind);
  }
}

void PrintInfluences(const core::School& school, std::size_t width, std::ostream& out) {
  bool lowering = false;
  out << "\nRaises it\n";
  for (const Influence& influence : InfluencesOn(school)) {
    const matchers::EvidenceLine& line = matchers::WeightOf(influence.evidence);
    if (line.value < 0 && !lowering) {
      lowering = true;
      out << "\nLowers it\n";
    }
    std::string text(line.label);
    for (std::size_t word = 0; word < influence.words.size(); ++word) {
      text += (word == 0 ? ": " : ", ") + SafeForTerminal(influence.words[word]);
    }
    std::string wrapped = Wrap(text, 9, width);
    const std::string value = fmt::format("  {:>+5.1f}  ", line.value);
    out << value << std::string_view(wrapped).substr(std::min(value.size(), wrapped.size()));
  }
}

void PrintIdentity(const IdentityOptions& options, const SchoolIndex& index,
                   const core::School& school, std::ostream& out) {
  out << fmt::format("{} ({})\n", SafeForTerminal(school.name), school.key);
  out << Wrap(
      "A post is about it where the sum of the strongest name and of what stands around it is 0 "
      "or more (50 in 100).",
      0, options.width);
  PrintNames(options, index, index.VariantsOf(options.key), out);
  PrintInfluences(school, options.width, out);
  out << "\nNever enough alone\n";
  std::vector<std::string> weak = PeopleOf(school);
  std::ranges::copy(PlacesOf(school), std::back_inserter(weak));
  for (const std::string& text : weak) {
    out << fmt::format("  {:<15}  {}\n", PercentText(ProbabilityAlone(index, options.key, text)),
                       SafeForTerminal(text));
  }
  out << Wrap(
      "A person's name only counts beside a name, a place of its own or words about a school or "
      "children, and is never searched for.",
      2, options.width);
  if (const std::vector<std::string> rivals = RivalsOf(index, school); !rivals.empty()) {
    out << Wrap("Watched schools that may be written the same way: " + config::JoinNames(rivals), 0,
                options.width);
  }
}

json::array ToJson(const std::vector<std::string>& texts) {
  json::array all;
  for (const std::string& text : texts) {
    all.emplace_back(text);
  }
  return all;
}

void PrintIdentityJson(const IdentityOptions& options, const SchoolIndex& index,
                       const core::School& school, std::ostream& out) {
  json::object all{{"school", school.key}, {"name", school.name}};
  json::array variants;
  for (const Variant& variant : index.VariantsOf(options.key)) {
    variants.push_back(json::object{{"text", variant.text},
                                    {"kind", variant.kind},
                                    {"strength", variant.strength},
                                    {"alone", ProbabilityAlone(index, options.key, variant.text)}});
  }
  all["variants"] = std::move(variants);
  json::array raises;
  json::array lowers;
  for (const Influence& influence : InfluencesOn(school)) {
    const matchers::EvidenceLine& line = matchers::WeightOf(influence.evidence);
    json::object one{{"what", std::string(line.label)}, {"value", line.value}};
    if (!influence.words.empty()) {
      one["words"] = ToJson(influence.words);
    }
    (line.value < 0 ? lowers : raises).push_back(std::move(one));
  }
  all["raises"] = std::move(raises);
  all["lowers"] = std::move(lowers);
  std::vector<std::string> weak = PeopleOf(school);
  std::ranges::copy(PlacesOf(school), std::back_inserter(weak));
  all["never_alone"] = ToJson(weak);
  all["same_name"] = ToJson(RivalsOf(index, school));
  out << json::serialize(all) << '\n';
}

void PrintTry(const IdentityOptions& options, const SchoolIndex::Weighing& weighing,
              std::ostream& out) {
  if (options.form == OutputForm::kJsonLines) {
    json::array lines;
    for (const SchoolIndex::Weighing::Line& line : weighing.lines) {
      lines.push_back(json::object{{"what", line.label}, {"value", line.value}});
    }
    out << json::serialize(json::object{{"school", weighing.school},
                                        {"mention", weighing.probability >= kEnough},
                                        {"probability", weighing.probability},
                                        {"log_odds", weighing.log_odds},
                                        {"names", ToJson(weighing.names)},
                                        {"lines", std::move(lines)}})
        << '\n';
    return;
  }
  out << fmt::format("{}: {} ({})\n", weighing.school,
                     weighing.probability >= kEnough ? "a mention" : "no mention",
                     PercentText(weighing.probability));
  for (const std::string& name : weighing.names) {
    out << "         \"" << SafeForTerminal(name) << "\"\n";
  }
  for (const SchoolIndex::Weighing::Line& line : weighing.lines) {
    out << fmt::format("  {:>+5.1f}  {}\n", line.value, line.label);
  }
  out << fmt::format("  {:>+5.1f}  in all\n", weighing.log_odds);
}

void Try(const IdentityOptions& options, const SchoolIndex& index, std::ostream& out) {
  core::Post post;
  post.text = *options.text;
  std::vector<SchoolIndex::Weighing> all = index.WeighAll(post);
  const auto asked = std::ranges::stable_partition(
      all, [&](const SchoolIndex::Weighing& one) { return one.school == options.key; });
  if (asked.begin() == all.begin()) {
    SchoolIndex::Weighing none;
    none.school = options.key;
    none.lines.push_back({"nothing in it points to this school", 0});
    PrintTry(options, none, out);
  }
  for (const SchoolIndex::Weighing& weighing : all) {
    PrintTry(options, weighing, out);
  }
}

}  // namespace

core::Result<void> ShowIdentity(const IdentityOptions& options, const matchers::SchoolIndex& index,
                                std::ostream& out) {
  const core::School* school = index.FindSchool(options.key);
  if (school == nullptr) {
    std::vector<std::string> keys;
    for (const core::School& one : index.schools()) {
      keys.push_back(one.key);
    }
    std::string hint = config::DidYouMean(options.key, keys);
    if (hint.empty() && keys.size() <= kMaxKeysNamed) {
      hint = "; there are " + config::JoinNames(keys);
    }
    return core::Fail(core::ErrorKind::kBadInput,
                      "no watched school has the key '" + options.key + "'" + hint);
  }
  if (options.text) {
    Try(options, index, out);
  } else if (options.form == OutputForm::kJsonLines) {
    PrintIdentityJson(options, index, *school, out);
  } else {
    PrintIdentity(options, index, *school, out);
  }
  return {};
}

}  // namespace schoolwatch::app
