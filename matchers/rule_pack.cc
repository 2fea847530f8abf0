#include "matchers/rule_pack.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "config/file.h"
#include "core/hash.h"

namespace schoolwatch::matchers {
namespace {

constexpr std::size_t kMaxFile = 4 * 1024 * 1024;
constexpr std::size_t kMaxPattern = 16 * 1024;  // After macros: they could double without end.

constexpr std::array<std::string_view, 30> kTopics{"self_harm",
                                                   "threat",
                                                   "weapon",
                                                   "fight",
                                                   "sexual",
                                                   "grooming",
                                                   "indecent_images",
                                                   "bullying",
                                                   "harassment",
                                                   "extremism",
                                                   "drugs",
                                                   "abuse_neglect",
                                                   "missing_child",
                                                   "staff_conduct",
                                                   "personal_data",
                                                   "stranger",
                                                   "crime_allegation",
                                                   "dishonesty_allegation",
                                                   "impersonation",
                                                   "discrimination",
                                                   "insult",
                                                   "complaint",
                                                   "bad_review",
                                                   "petition",
                                                   "press",
                                                   "inspection",
                                                   "spam",
                                                   "question",
                                                   "praise",
                                                   "event"};

using Macros = std::map<std::string, std::string, std::less<>>;

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t column = 0; column <= b.size(); ++column) {
    row[column] = column;
  }
  for (std::size_t line = 1; line <= a.size(); ++line) {
    std::size_t diagonal = row[0];
    row[0] = line;
    for (std::size_t column = 1; column <= b.size(); ++column) {
      const std::size_t above = row[column];
      row[column] = std::min(
          {above + 1, row[column - 1] + 1, diagonal + (a[line - 1] == b[column - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string JoinNames(std::span<const std::string_view> names) {
  std::string joined;
  for (const std::string_view name : names) {
    joined += (joined.empty() ? "" : ", ") + std::string(name);
  }
  return joined;
}

// ": did you mean 'x'?", or the list of what is known.
std::string Suggest(std::string_view name, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t best_distance = 3;
  for (const std::string_view one : known) {
    if (const std::size_t distance = EditDistance(name.substr(0, 64), one);
        distance < best_distance) {
      best_distance = distance;
      best = one;
    }
  }
  return best.empty() ? "; it may be one of " + JoinNames(known)
                      : "; did you mean '" + std::string(best) + "'?";
}

// Reads one map by its keys and says what is wrong with it under the name of what it describes.
class MapReader {
 public:
  MapReader(config::Section section, std::string what, std::span<const std::string_view> keys,
            config::Diagnostics& problems)
      : section_(std::move(section)), what_(std::move(what)), problems_(problems) {
    if (!section_.is_map()) {
      Complain(section_.where(), "must be a map (key: value lines)");
      return;
    }
    for (const config::Section::Entry& entry : section_.entries()) {
      if (std::ranges::find(keys, entry.key) == keys.end()) {
        Complain(entry.key_where,
                 "unknown key '" + std::string(entry.key) + "'" + Suggest(entry.key, keys));
      }
    }
  }

  void Complain(const config::Location& where, const std::string& message) {
    problems_.Add(where, what_ + ": " + message);
  }

  std::optional<config::Section> Find(std::string_view key) const {
    std::optional<config::Section> found = section_.Find(key);
    return found.has_value() && found->is_null() ? std::nullopt : std::move(found);
  }

  // Says so where the key is missing.
  std::optional<config::Section> Need(std::string_view key) {
    std::optional<config::Section> found = Find(key);
    if (!found.has_value()) {
      Complain(section_.where(), "'" + std::string(key) + "' is missing");
    }
    return found;
  }

  std::string TextOf(const std::optional<config::Section>& value, std::string_view key) {
    if (!value.has_value()) {
      return {};
    }
    if (!value->is_scalar() || value->text().empty()) {
      Complain(value->where(), "'" + std::string(key) + "' must be a text");
      return {};
    }
    return std::string(value->text());
  }

  // One text or a list of texts, with where each stands.
  std::vector<std::pair<std::string, config::Location>> Texts(std::string_view key) {
    std::vector<std::pair<std::string, config::Location>> texts;
    const std::optional<config::Section> value = Find(key);
    if (!value.has_value()) {
      return texts;
    }
    const auto add = [&](const config::Section& one) {
      if (one.is_scalar() && !one.text().empty()) {
        texts.emplace_back(std::string(one.text()), one.where());
      } else {
        Complain(one.where(), "'" + std::string(key) + "' must hold texts");
      }
    };
    if (value->is_list()) {
      for (const config::Section& item : value->items()) {
        add(item);
      }
    } else {
      add(*value);
    }
    return texts;
  }

  std::optional<double> Number(const std::optional<config::Section>& value, std::string_view key,
                               double least, double most) {
    if (!value.has_value()) {
      return std::nullopt;
    }
    double number = 0;
    const std::string_view text = value->text();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (!value->is_scalar() || error != std::errc{} || end != text.data() + text.size() ||
        !(number >= least && number <= most)) {
      Complain(value->where(), "'" + std::string(key) + "' must be a number from " + Short(least) +
                                   " to " + Short(most));
      return std::nullopt;
    }
    return number;
  }

  bool Flag(std::string_view key) {
    const std::optional<config::Section> value = Find(key);
    if (!value.has_value()) {
      return false;
    }
    if (value->text() != "true" && value->text() != "false") {
      Complain(value->where(), "'" + std::string(key) + "' must be true or false");
    }
    return value->text() == "true";
  }

  std::optional<core::Severity> SeverityOf(const std::optional<config::Section>& value) {
    if (!value.has_value()) {
      return std::nullopt;
    }
    core::Result<core::Severity> severity = core::ParseSeverity(value->text());
    if (!severity.has_value() || *severity == core::Severity::kNone) {
      Complain(value->where(),
               "'" + std::string(value->text()) +
                   "' is not a severity; it must be one of low, medium, high, urgent");
      return std::nullopt;
    }
    return *severity;
  }

  const config::Section& section() const { return section_; }

 private:
  static std::string Short(double number) {
    std::array<char, 32> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
    return error == std::errc{} ? std::string(buffer.data(), end) : std::string();
  }

  config::Section section_;
  std::string what_;
  config::Diagnostics& problems_;
};

// Puts macros in place of {{name}}. Names must be in `own` or `shared`.
std::string Expand(std::string_view pattern, const Macros& own, const Macros& shared,
                   const config::Location& where, const std::string& what,
                   config::Diagnostics& problems) {
  std::string expanded;
  std::size_t at = 0;
  while (at < pattern.size()) {
    const std::size_t open = pattern.find("{{", at);
    if (open == std::string_view::npos) {
      break;
    }
    const std::size_t close = pattern.find("}}", open);
    if (close == std::string_view::npos) {
      problems.Add(where, what + ": '{{' without '}}'");
      return {};
    }
    const std::string_view name = pattern.substr(open + 2, close - open - 2);
    expanded += pattern.substr(at, open - at);
    if (const auto macro = own.find(name); macro != own.end()) {
      expanded += macro->second;
    } else if (const auto common = shared.find(name); common != shared.end()) {
      expanded += common->second;
    } else {
      std::vector<std::string_view> known;
      for (const Macros* macros : {&own, &shared}) {
        for (const auto& [known_name, fragment] : *macros) {
          known.push_back(known_name);
        }
      }
      problems.Add(where,
                   what + ": there is no macro '" + std::string(name) + "'" + Suggest(name, known));
    }
    at = close + 2;
  }
  if (at < pattern.size()) {
    expanded += pattern.substr(at);
  }
  if (expanded.size() > kMaxPattern) {
    problems.Add(where, what + ": longer than " + std::to_string(kMaxPattern) +
                            " bytes once its macros are in place");
    return {};
  }
  return expanded;
}

// One parsed file, on its way into the pack.
struct Draft {
  config::Section root;
  std::optional<core::Category> category;  // None: shared by all packs.
  Macros macros;
};

class PackReader {
 public:
  explicit PackReader(config::Diagnostics& problems) : problems_(problems) {}

  RulePack Read(std::span<const PackFile> files) {
    std::string all;
    std::vector<Draft> drafts;
    for (const PackFile& file : files) {
      all += file.name.substr(file.name.find_last_of('/') + 1) + '\0' + file.bytes + '\0';
      std::optional<config::Section> root = config::ParseYaml(file.name, file.bytes, problems_);
      if (!root.has_value() || root->is_null()) {
        continue;  // An empty file is no mistake: a local one often starts so.
      }
      static constexpr std::array<std::string_view, 6> kKeys{"pack",  "macros", "groups",
                                                             "rules", "cues",   "overrides"};
      const MapReader reader(*root, "rule pack", kKeys, problems_);
      if (root->is_map()) {
        drafts.push_back({.root = *root, .category = {}, .macros = {}});
      }
    }
    for (Draft& draft : drafts) {
      ReadHead(draft);
    }
    // Shared macros first, whatever the files are called.
    for (Draft& draft : drafts) {
      if (!draft.category.has_value()) {
        ReadMacros(draft);
        for (const auto& [name, fragment] : draft.macros) {
          shared_.insert_or_assign(name, fragment);
        }
      }
    }
    for (Draft& draft : drafts) {
      if (draft.category.has_value()) {
        ReadMacros(draft);
      }
    }
    for (const Draft& draft : drafts) {
      ReadGroups(draft);
      ReadCues(draft);
      ReadRules(draft);
    }
    for (const Draft& draft : drafts) {
      ReadOverrides(draft);
    }
    pack_.version = core::ShortHash(all);
    return std::move(pack_);
  }

 private:
  void ReadHead(Draft& draft) {
    const std::optional<config::Section> head = draft.root.Find("pack");
    const bool only_overrides = !draft.root.Find("rules").has_value();
    if (!head.has_value()) {
      if (!only_overrides) {
        problems_.Add(draft.root.where(),
                      "'pack' is missing: pack: {name: …, version: …, category: …}");
      }
      return;
    }
    static constexpr std::array<std::string_view, 3> kKeys{"name", "version", "category"};
    MapReader reader(*head, "pack", kKeys, problems_);
    reader.TextOf(reader.Need("name"), "name");
    reader.TextOf(reader.Need("version"), "version");
    if (const std::optional<config::Section> category = reader.Find("category");
        category.has_value()) {
      core::Result<core::Category> parsed = core::ParseCategory(category->text());
      if (parsed.has_value()) {
        draft.category = *parsed;
      } else {
        reader.Complain(category->where(), parsed.error().message);
      }
    } else if (!only_overrides) {
      reader.Complain(head->where(), "a pack with rules needs a 'category'");
    }
  }

  void ReadMacros(Draft& draft) {
    const std::optional<config::Section> macros = draft.root.Find("macros");
    if (!macros.has_value()) {
      return;
    }
    for (const config::Section::Entry& entry : macros->entries()) {
      const std::string what = "macro '" + std::string(entry.key) + "'";
      if (!entry.value.is_scalar()) {
        problems_.Add(entry.value.where(), what + ": must be one pattern");
        continue;
      }
      draft.macros.insert_or_assign(
          std::string(entry.key),
          Expand(entry.value.text(), draft.macros, shared_, entry.value.where(), what, problems_));
    }
  }

  void ReadGroups(const Draft& draft) {
    const std::optional<config::Section> groups = draft.root.Find("groups");
    if (!groups.has_value()) {
      return;
    }
    for (const config::Section::Entry& entry : groups->entries()) {
      static constexpr std::array<std::string_view, 1> kKeys{"cap"};
      MapReader reader(entry.value, "group '" + std::string(entry.key) + "'", kKeys, problems_);
      if (const auto cap = reader.Number(reader.Need("cap"), "cap", 0.1, 10); cap.has_value()) {
        pack_.groups.push_back({std::string(entry.key), *cap, entry.key_where});
      }
    }
  }

  // The patterns under `key`, macros in place.
  std::vector<std::string> Patterns(MapReader& reader, std::string_view key, const Draft& draft,
                                    const std::string& what,
                                    std::vector<config::Location>* where = nullptr) {
    std::vector<std::string> patterns;
    for (const auto& [text, place] : reader.Texts(key)) {
      patterns.push_back(Expand(text, draft.macros, shared_, place, what, problems_));
      if (where != nullptr) {
        where->push_back(place);
      }
    }
    return patterns;
  }

  void ReadCues(const Draft& draft) {
    const std::optional<config::Section> cues = draft.root.Find("cues");
    if (!cues.has_value()) {
      return;
    }
    static constexpr std::array<std::string_view, 8> kKeys{"id",     "re2",    "scope",  "within",
                                                           "weight", "lowers", "except", "why"};
    for (const config::Section& item : cues->items()) {
      Cue cue;
      cue.id = IdOf(item);
      cue.where = item.where();
      const std::string what = "cue '" + cue.id + "'";
      MapReader reader(item, what, kKeys, problems_);
      cue.id = reader.TextOf(reader.Need("id"), "id");
      reader.Need("re2");
      cue.patterns = Patterns(reader, "re2", draft, what);
      cue.except = Patterns(reader, "except", draft, what);
      if (const auto scope = reader.Find("scope"); scope.has_value()) {
        if (scope->text() == "before") {
          cue.scope = Cue::Scope::kBefore;
        } else if (scope->text() == "post") {
          cue.scope = Cue::Scope::kPost;
        } else if (scope->text() != "sentence") {
          reader.Complain(scope->where(), "'scope' must be before, sentence or post");
        }
      }
      cue.within = static_cast<int>(
          reader.Number(reader.Find("within"), "within", 1, 50).value_or(cue.within));
      cue.lowers =
          static_cast<int>(reader.Number(reader.Find("lowers"), "lowers", 0, 3).value_or(0));
      cue.weight = reader.Number(reader.Find("weight"), "weight", -5, 5).value_or(0);
      cue.why = reader.TextOf(reader.Find("why"), "why");
      if (cue.weight != 0 && cue.why.empty()) {
        reader.Complain(item.where(), "'why' is missing: a cue with a weight is shown to people");
      }
      pack_.cues.push_back(std::move(cue));
    }
  }

  static std::string IdOf(const config::Section& item) {
    const std::optional<config::Section> id = item.Find("id");
    return id.has_value() ? std::string(id->text()) : std::string("(without id)");
  }

  void ReadRules(const Draft& draft) {
    const std::optional<config::Section> rules = draft.root.Find("rules");
    if (!rules.has_value()) {
      return;
    }
    if (!rules->is_list()) {
      problems_.Add(rules->where(), "'rules' must be a list");
      return;
    }
    for (const config::Section& item : rules->items()) {
      ReadRule(item, draft);
    }
  }

  void ReadRule(const config::Section& item, const Draft& draft) {
    static constexpr std::array<std::string_view, 16> kKeys{
        "id",   "topic", "severity", "weight", "group",  "re2", "unless", "unless_post",
        "damp", "needs", "near",     "floor",  "shadow", "why", "tests",  "note"};
    Rule rule;
    rule.where = item.where();
    const std::string what = "rule '" + IdOf(item) + "'";
    MapReader reader(item, what, kKeys, problems_);
    if (!item.is_map()) {
      return;
    }
    rule.id = reader.TextOf(reader.Need("id"), "id");
    rule.category = draft.category.value_or(core::Category::kReputational);
    if (const auto topic = reader.Need("topic"); topic.has_value()) {
      rule.topic = reader.TextOf(topic, "topic");
      if (std::ranges::find(kTopics, rule.topic) == kTopics.end()) {
        reader.Complain(topic->where(),
                        "'" + rule.topic + "' is not a topic" + Suggest(rule.topic, kTopics));
      }
    }
    rule.severity = reader.SeverityOf(reader.Need("severity")).value_or(core::Severity::kLow);
    rule.floor = reader.SeverityOf(reader.Find("floor")).value_or(core::Severity::kNone);
    if (rule.floor > rule.severity) {
      reader.Complain(reader.Find("floor")->where(), "'floor' is above 'severity'");
    }
    rule.weight = reader.Number(reader.Need("weight"), "weight", 0.1, 5).value_or(0);
    if (const auto group = reader.Find("group"); group.has_value()) {
      rule.group = reader.TextOf(group, "group");
    }
    reader.Need("re2");
    rule.patterns = Patterns(reader, "re2", draft, what, &rule.pattern_where);
    rule.unless = Patterns(reader, "unless", draft, what);
    rule.unless_post = Patterns(reader, "unless_post", draft, what);
    for (auto& [name, where] : reader.Texts("damp")) {
      rule.damped_by.push_back(std::move(name));
    }
    for (const auto& [text, where] : reader.Texts("needs")) {
      rule.needs.push_back(ParseNeed(text));
    }
    ReadNear(reader, rule);
    rule.shadow = reader.Flag("shadow");
    rule.why = reader.TextOf(reader.Need("why"), "why");
    ReadTests(reader, what, rule);
    pack_.rules.push_back(std::move(rule));
  }

  static std::vector<Need> ParseNeed(std::string_view text) {
    std::vector<Need> alternatives;
    std::size_t at = 0;
    while (at <= text.size()) {
      const std::size_t bar = std::min(text.find('|', at), text.size());
      std::string_view one = text.substr(at, bar - at);
      while (one.starts_with(' ')) {
        one.remove_prefix(1);
      }
      while (one.ends_with(' ')) {
        one.remove_suffix(1);
      }
      const bool absent = one.starts_with("not ");
      alternatives.push_back({std::string(absent ? one.substr(4) : one), absent});
      at = bar + 1;
    }
    return alternatives;
  }

  static void ReadNear(MapReader& reader, Rule& rule) {
    const std::optional<config::Section> near = reader.Find("near");
    if (!near.has_value()) {
      return;
    }
    if (near->text() == "sentence") {
      rule.near = Rule::kSameSentence;
      return;
    }
    rule.near = static_cast<int>(reader.Number(near, "near", 1, 1000).value_or(rule.near));
  }

  void ReadTests(MapReader& reader, const std::string& what, Rule& rule) {
    const std::optional<config::Section> tests = reader.Need("tests");
    if (!tests.has_value()) {
      return;
    }
    static constexpr std::array<std::string_view, 2> kKeys{"hit", "miss"};
    MapReader examples(*tests, what + ": tests", kKeys, problems_);
    for (auto& [text, where] : examples.Texts("hit")) {
      rule.hits.push_back(std::move(text));
    }
    for (auto& [text, where] : examples.Texts("miss")) {
      rule.misses.push_back(std::move(text));
    }
    if (rule.hits.empty() || rule.misses.empty()) {
      examples.Complain(tests->where(), "at least one 'hit' and one 'miss' are needed");
    }
  }

  void ReadOverrides(const Draft& draft) {
    const std::optional<config::Section> overrides = draft.root.Find("overrides");
    if (!overrides.has_value()) {
      return;
    }
    static constexpr std::array<std::string_view, 8> kKeys{"rule",     "cue", "group", "weight",
                                                           "severity", "cap", "off",   "note"};
    for (const config::Section& item : overrides->items()) {
      MapReader reader(item, "override", kKeys, problems_);
      if (!item.is_map()) {
        continue;
      }
      reader.TextOf(reader.Need("note"), "note");
      if (const auto rule = reader.Find("rule"); rule.has_value()) {
        OverrideRule(reader, *rule);
      } else if (const auto cue = reader.Find("cue"); cue.has_value()) {
        const auto known = std::ranges::find(pack_.cues, cue->text(), &Cue::id);
        if (known == pack_.cues.end()) {
          reader.Complain(cue->where(), "there is no cue '" + std::string(cue->text()) + "'");
        } else if (const auto weight = reader.Number(reader.Need("weight"), "weight", -5, 5);
                   weight.has_value()) {
          known->weight = *weight;
        }
      } else if (const auto group = reader.Find("group"); group.has_value()) {
        const auto known = std::ranges::find(pack_.groups, group->text(), &Group::id);
        if (known == pack_.groups.end()) {
          reader.Complain(group->where(), "there is no group '" + std::string(group->text()) + "'");
        } else if (const auto cap = reader.Number(reader.Need("cap"), "cap", 0.1, 10);
                   cap.has_value()) {
          known->cap = *cap;
        }
      } else {
        reader.Complain(item.where(), "say which 'rule', 'cue' or 'group' is changed");
      }
    }
  }

  void OverrideRule(MapReader& reader, const config::Section& name) {
    const auto rule = std::ranges::find(pack_.rules, name.text(), &Rule::id);
    if (rule == pack_.rules.end()) {
      std::vector<std::string_view> known;
      for (const Rule& one : pack_.rules) {
        known.push_back(one.id);
      }
      // The whole list would be hundreds of names.
      const std::string suggestion = Suggest(name.text(), known);
      reader.Complain(name.where(), "there is no rule '" + std::string(name.text()) + "'" +
                                        (suggestion.starts_with("; did") ? suggestion : ""));
      return;
    }
    if (reader.Flag("off")) {
      pack_.rules.erase(rule);
      return;
    }
    rule->weight = reader.Number(reader.Find("weight"), "weight", 0.1, 5).value_or(rule->weight);
    rule->severity = reader.SeverityOf(reader.Find("severity")).value_or(rule->severity);
    rule->floor = std::min(rule->floor, rule->severity);
  }

  config::Diagnostics& problems_;
  RulePack pack_;
  Macros shared_;
};

}  // namespace

RulePack ReadRulePacks(std::span<const PackFile> files, config::Diagnostics& problems) {
  return PackReader(problems).Read(files);
}

RulePack LoadRulePacks(std::span<const std::filesystem::path> folders,
                       config::Diagnostics& problems) {
  std::vector<PackFile> files;
  for (const std::filesystem::path& folder : folders) {
    std::error_code error;
    if (!std::filesystem::exists(folder, error)) {
      continue;
    }
    std::vector<std::filesystem::path> paths;
    std::filesystem::directory_iterator entry(folder, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
      if (entry->path().extension() == ".yaml" &&
          !entry->path().filename().string().starts_with('.')) {
        paths.push_back(entry->path());
      }
    }
    if (error) {
      problems.Add({folder.string()}, "cannot be read: " + error.message());
      continue;
    }
    std::ranges::sort(paths);
    for (const std::filesystem::path& path : paths) {
      core::Result<std::string> bytes = config::ReadSmallFile(path, kMaxFile);
      if (bytes.has_value()) {
        files.push_back({path.string(), *std::move(bytes)});
      } else {
        problems.Add({path.string()}, bytes.error().message);
      }
    }
  }
  return ReadRulePacks(files, problems);
}

std::span<const std::string_view> Topics() { return kTopics; }

}  // namespace schoolwatch::matchers
