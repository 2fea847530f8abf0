#include "matchers/rule_pack.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>
#include <optional>
#include <system_error>
#include <utility>

#include "config/file.h"
#include "config/nearest.h"
#include "config/schema.h"
#include "core/calendar.h"
#include "core/hash.h"
#include "core/parallel.h"
#include "matchers/pack_macros.h"
#include "matchers/pack_schema.h"

namespace schoolwatch::matchers {
namespace {

constexpr std::size_t kMaxFile = 4 * 1024 * 1024;

// "a | not b": the alternatives of one need.
std::vector<Need> ParseNeed(std::string_view text) {
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
    one.remove_prefix(absent ? 4 : 0);
    const std::size_t equals = std::min(one.find('='), one.size());
    alternatives.push_back({.name = std::string(one.substr(0, equals)),
                            .absent = absent,
                            .value = std::string(one.substr(std::min(equals + 1, one.size())))});
    at = bar + 1;
  }
  return alternatives;
}

// What messages about a pattern begin with.
std::string Holder(std::string_view what, const std::string& id) {
  return id.empty() ? std::string(what) : std::string(what) + " '" + id + "'";
}

// Puts the files' contents together, in the order in which they need one another.
class PackMerger {
 public:
  explicit PackMerger(config::Diagnostics& problems) : problems_(problems) {}

  RulePack Merge(std::vector<WrittenPack> files) {
    // Shared macros first, whatever the files are called.
    std::vector<Macros> macros(files.size());
    for (std::size_t file = 0; file < files.size(); ++file) {
      if (IsShared(files[file])) {
        macros[file] = ExpandMacros(files[file].macros, shared_, problems_);
        for (const auto& [name, fragment] : macros[file]) {
          shared_.insert_or_assign(name, fragment);
        }
      }
    }
    for (std::size_t file = 0; file < files.size(); ++file) {
      if (!IsShared(files[file])) {
        macros[file] = ExpandMacros(files[file].macros, shared_, problems_);
      }
    }
    for (std::size_t file = 0; file < files.size(); ++file) {
      std::ranges::move(files[file].groups, std::back_inserter(pack_.groups));
      for (const auto& [id, words] : files[file].subjects) {
        pack_.subjects.push_back(
            {.id = id,
             .patterns = {Expand(words, macros[file], shared_, Holder("subject", id), problems_)},
             .where = words.where});
      }
      AddCues(files[file].cues, macros[file]);
      AddRules(files[file], macros[file]);
    }
    for (std::size_t file = 0; file < files.size(); ++file) {
      for (const WrittenOverride& change : files[file].overrides) {
        Apply(change, macros[file]);
      }
    }
    return std::move(pack_);
  }

 private:
  static bool IsShared(const WrittenPack& file) { return !file.head || !file.head->category; }

  std::vector<std::string> Expanded(const WrittenPatterns& patterns, const Macros& own,
                                    const std::string& holder) {
    std::vector<std::string> expanded;
    for (const config::Located<std::string>& pattern : patterns) {
      expanded.push_back(Expand(pattern, own, shared_, holder, problems_));
    }
    return expanded;
  }

  void AddCues(std::vector<WrittenCue>& cues, const Macros& own) {
    for (WrittenCue& written : cues) {
      const std::string holder = Holder("cue", written.id);
      written.patterns = Expanded(written.re2, own, holder);
      written.except = Expanded(written.except_re2, own, holder);
      pack_.cues.push_back(static_cast<Cue&&>(written));
    }
  }

  void AddRules(WrittenPack& file, const Macros& own) {
    for (WrittenRule& written : file.rules) {
      const std::string holder = Holder("rule", written.id);
      if (!IsShared(file)) {
        written.category = *file.head->category;
        written.doubted = written.may_be_doubted.value_or(file.head->doubted);
      }
      written.patterns = Expanded(written.re2, own, holder);
      for (const config::Located<std::string>& pattern : written.re2) {
        written.pattern_where.push_back(pattern.where);
      }
      written.unless = Expanded(written.unless_re2, own, holder);
      written.unless_post = Expanded(written.unless_post_re2, own, holder);
      for (const std::string& need : written.needed) {
        written.needs.push_back(ParseNeed(need));
      }
      if (!written.done_by.empty()) {
        std::vector<Need>& any = written.needs.emplace_back();
        for (const std::string& subject : written.done_by) {
          any.push_back({.name = "subject", .value = subject});
        }
      }
      if (!written.expires_text.empty()) {
        written.expires = core::ParseDay(written.expires_text);
      }
      pack_.rules.push_back(static_cast<Rule&&>(written));
    }
  }

  void Apply(const WrittenOverride& change, const Macros& own) {
    if (!change.rule.value.empty()) {
      ApplyToRule(change, own);
    } else if (!change.cue.value.empty()) {
      const auto cue = Find(pack_.cues, "cue", change.cue);
      if (cue != pack_.cues.end()) {
        cue->weight = change.weight.value_or(cue->weight);
      }
    } else if (!change.group.value.empty()) {
      const auto group = Find(pack_.groups, "group", change.group);
      if (group != pack_.groups.end()) {
        group->cap = change.cap.value_or(group->cap);
      }
    }
  }

  void ApplyToRule(const WrittenOverride& change, const Macros& own) {
    const auto rule = Find(pack_.rules, "rule", change.rule);
    if (rule == pack_.rules.end()) {
      return;
    }
    if (change.off) {
      pack_.rules.erase(rule);
      return;
    }
    rule->weight = change.weight.value_or(rule->weight);
    rule->severity = change.severity.value_or(rule->severity);
    rule->floor = std::min(rule->floor, rule->severity);
    rule->shadow = rule->shadow || change.shadow;
    std::ranges::move(Expanded(change.unless_re2, own, Holder("override of rule", rule->id)),
                      std::back_inserter(rule->unless));
  }

  // The one of that id; says so where there is none.
  template <class T>
  std::vector<T>::iterator Find(std::vector<T>& all, std::string_view what,
                                const config::Located<std::string>& id) {
    const auto found = std::ranges::find(all, id.value, &T::id);
    if (found == all.end()) {
      std::vector<std::string> known;
      for (const T& one : all) {
        known.push_back(one.id);
      }
      problems_.Add(id.where, "override: there is no " + std::string(what) + " '" +
                                  config::ForMessage(id.value) + "'" +
                                  config::DidYouMean(id.value, known));
    }
    return found;
  }

  config::Diagnostics& problems_;
  RulePack pack_;
  Macros shared_;
};

}  // namespace

RulePack ReadRulePacks(std::span<const PackFile> files, config::Diagnostics& problems) {
  struct Parsed {
    std::optional<WrittenPack> pack;
    config::Diagnostics problems;
  };
  std::vector<Parsed> parsed(files.size());
  // The longest first, so that no thread is left with it when the others have finished.
  std::vector<std::size_t> order(files.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [&files](std::size_t index) { return files[index].bytes.size(); });
  core::ForEachIndex(files.size(), [&](std::size_t place) {
    const std::size_t index = order[place];
    // An empty file is no mistake: a local one often starts so.
    Parsed& one = parsed[index];
    if (problems.advice_warns()) {
      one.problems.TakeAdviceAsWarnings();
    }
    if (const auto root = config::ParseYaml(files[index].name, files[index].bytes, one.problems)) {
      one.pack = PackSchema().Read(*root, one.problems);
    }
  });
  std::string all;
  std::vector<WrittenPack> written;
  for (std::size_t index = 0; index < files.size(); ++index) {
    const PackFile& file = files[index];
    all += file.name.substr(file.name.find_last_of('/') + 1) + '\0' + file.bytes + '\0';
    for (const config::Diagnostic& wrong : parsed[index].problems.all()) {
      problems.Add(wrong.where, wrong.message);
    }
    for (const config::Diagnostic& odd : parsed[index].problems.warnings()) {
      problems.Warn(odd.where, odd.message);
    }
    if (parsed[index].pack) {
      written.push_back(*std::move(parsed[index].pack));
    }
  }
  RulePack pack = PackMerger(problems).Merge(std::move(written));
  pack.version = core::ShortHash(all);
  return pack;
}

void WarnOfExpired(const RulePack& pack, core::Timestamp now, config::Diagnostics& problems) {
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  for (const Rule& rule : pack.rules) {
    if (rule.expires && *rule.expires < today) {
      problems.Warn(rule.where, "rule '" + rule.id + "' expired on " +
                                    core::FormatDay(*rule.expires) +
                                    " and no longer counts: take it out, or give it a later day");
    }
  }
}

RulePack LoadRulePacks(std::span<const std::filesystem::path> folders,
                       config::Diagnostics& problems) {
  std::vector<PackFile> files;
  for (const std::filesystem::path& folder : folders) {
    for (const std::filesystem::path& path : config::FindYamlFiles(folder, problems)) {
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

}  // namespace schoolwatch::matchers
