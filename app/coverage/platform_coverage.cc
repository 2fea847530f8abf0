#include "app/coverage/platform_coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>

#include "app/coverage/platform_needs.h"
#include "core/url.h"

namespace schoolwatch::app {
namespace {

using crawler::Platform;
using crawler::PlatformStatus;

// What stands due for longer is looked at by nobody.
constexpr std::chrono::hours kOverdue{24};

std::string HostOf(const config::Source& source) {
  const core::Result<core::HttpUrl> url = core::HttpUrl::Parse(source.url);
  return url ? std::string(url->host()) : "";
}

bool IsWithin(std::string_view host, std::string_view domain) {
  return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                            host[host.size() - domain.size() - 1] == '.');
}

bool IsWithinAny(std::string_view host, const std::vector<std::string>& domains) {
  return std::ranges::any_of(domains, [&](const std::string& one) { return IsWithin(host, one); });
}

bool Has(const std::vector<std::string>& list, const std::string& item) {
  return !item.empty() && std::ranges::find(list, item) != list.end();
}

// "school-site.example" for "www.school-site.example", which people give as often.
std::string_view WithoutWww(std::string_view host) {
  return host.starts_with("www.") ? host.substr(4) : host;
}

class Finder {
 public:
  Finder(std::span<const PolicyName> names, const crawler::Platforms& platforms,
         std::span<const SourceCoverage> sources, std::span<const core::School> schools,
         std::span<const core::Case> cases, core::Timestamp now)
      : names_(names),
        platforms_(platforms),
        sources_(sources),
        schools_(schools),
        cases_(cases),
        now_(now) {}

  NameCoverage Find(const PolicyName& name) const {
    NameCoverage found;
    found.name = &name;
    for (const std::string& file : name.platforms) {
      if (const auto platform = platforms_.find(file); platform != platforms_.end()) {
        found.platforms.push_back(platform->second.get());
      }
    }
    found.report = name.report_instead;
    for (const Platform* platform : found.platforms) {
      if (found.report.empty()) {
        found.report = platform->report_instead;
      }
    }
    bool any_off = false;
    for (const SourceCoverage& source : sources_) {
      if (!Watches(*source.source, name)) {
        continue;
      }
      if (source.state == WatchState::kOff) {
        any_off = true;
      } else {
        found.sources.push_back(&source);
      }
    }
    if (!found.sources.empty()) {
      Sum(found);
    } else if (any_off) {
      found.state = NameState::kOff;
      found.why = "It is switched off in sources.yaml.";
      found.do_next = "Take `enabled: false` out of its source.";
    } else {
      Explain(found);
    }
    return found;
  }

 private:
  bool IsOwnSite(std::string_view host) const {
    return !host.empty() && std::ranges::any_of(schools_, [&](const core::School& school) {
      return !school.site.empty() && IsWithin(host, WithoutWww(school.site));
    });
  }

  // A source with an address belongs by its host where that says it, else by its recipe or word: a
  // search engine's feed whose word is `news` is no paper.
  bool Watches(const config::Source& source, const PolicyName& name) const {
    if (source.url.empty()) {
      return Has(name.platforms, source.platform);
    }
    const std::string host = HostOf(source);
    if (IsOwnSite(host)) {
      return name.own_site;
    }
    if (std::ranges::any_of(names_,
                            [&](const PolicyName& any) { return IsWithinAny(host, any.hosts); })) {
      return IsWithinAny(host, name.hosts);
    }
    return Has(name.platforms, source.recipe) || Has(name.words, source.platform);
  }

  // Looked at once, but not since it was due: how it was then says nothing of today.
  bool IsForgotten(const core::SourceState& state) const {
    return state.last_looked_at != core::Timestamp{} &&
           now_ - std::max(state.next_due, state.last_looked_at) > kOverdue;
  }

  void Sum(NameCoverage& found) const {
    bool any_works = false;
    bool any_forgotten = false;
    bool any_fresh = false;
    bool all_lack = true;
    std::set<std::string_view> names;
    for (const SourceCoverage* one : found.sources) {
      names.insert(one->source->name);
      found.last_look = std::max(found.last_look, one->remembered.last_looked_at);
      found.newest_post =
          std::max(found.newest_post, one->remembered.newest_post.value_or(core::Timestamp{}));
      found.posts_seen += one->remembered.posts_seen;
      const bool forgotten = IsForgotten(one->remembered);
      any_forgotten = any_forgotten || forgotten;
      // To have nothing is usual for a search, and a quiet place is watched.
      any_works = any_works || (!forgotten && (one->state == WatchState::kWatched ||
                                               one->state == WatchState::kEmpty ||
                                               one->state == WatchState::kQuiet));
      any_fresh = any_fresh || one->state == WatchState::kNotYet;
      all_lack = AddLacking(*one->source, found) && all_lack;
    }
    for (const core::Case& one : cases_) {
      found.cases += std::ranges::any_of(
          one.sources, [&](const std::string& source) { return names.contains(source); });
    }
    if (all_lack) {
      found.state = NameState::kLacksCredential;
    } else if (any_works) {
      found.state = NameState::kWatched;
    } else if (any_forgotten) {
      found.state = NameState::kTrouble;
      found.why = fmt::format("No run has looked there since {}.",
                              core::FormatRfc3339(found.last_look).substr(0, 10));
      found.do_next = "See that cron or the timer starts `schoolwatch run`, or `watch` runs.";
    } else if (any_fresh) {
      found.state = NameState::kNotYet;
    } else {
      found.state = NameState::kTrouble;
      const bool forbidden = std::ranges::all_of(found.sources, [](const SourceCoverage* one) {
        return one->state == WatchState::kForbidden;
      });
      found.why = forbidden ? "Its robots.txt asks programs to stay away."
                            : "It could not be read at the last look.";
      found.do_next = "The rows of its sources, above, say what is wrong.";
    }
  }

  // Says what a source lacks; true where that leaves nothing.
  bool AddLacking(const config::Source& source, NameCoverage& found) const {
    const auto platform = source.url.empty() ? platforms_.find(source.platform) : platforms_.end();
    if (platform == platforms_.end()) {
      return false;
    }
    const Lacking lacking = FindLacking(*platform->second, source);
    if (lacking.routes.empty()) {
      return false;
    }
    found.why = lacking.nothing_left ? NeedsWords(*platform->second)
                                     : "Some of it needs an account or a key that is not given.";
    found.do_next = StepsWords(*platform->second);
    return lacking.nothing_left;
  }

  void Explain(NameCoverage& found) const {
    const Platform* off = nullptr;
    const Platform* locked = nullptr;
    for (const Platform* platform : found.platforms) {
      if (platform->status == PlatformStatus::kCoverage || platform->routes.empty()) {
        continue;
      }
      if (platform->status == PlatformStatus::kOff) {
        off = off == nullptr ? platform : off;
      } else if (NeedsCredentials(*platform)) {
        locked = locked == nullptr ? platform : locked;
      } else {
        found.state = NameState::kNoSource;
        found.why = "Nothing in sources.yaml asks it.";
        found.do_next = StepsWords(*platform);
        return;
      }
    }
    // A name all of whose files say that it cannot be read is no place to give an address of.
    const bool closed = !found.platforms.empty() &&
                        std::ranges::all_of(found.platforms, [](const Platform* platform) {
                          return platform->status == PlatformStatus::kCoverage;
                        });
    const bool by_address = !closed && (!found.name->words.empty() || !found.name->hosts.empty() ||
                                        found.name->own_site);
    if (locked != nullptr) {
      found.state = NameState::kLacksCredential;
      found.why = NeedsWords(*locked);
      found.do_next = StepsWords(*locked);
    } else if (IsSearched(*found.name)) {
      found.state = NameState::kIndirect;
      found.why = WhyNot(found, "Only what a search engine finds of it is seen.");
    } else if (off != nullptr) {
      found.state = NameState::kOff;
      found.why = off->certainty == crawler::Certainty::kUntried
                      ? "It is shipped switched off: how it answers has not been tried."
                      : "It is shipped switched off.";
      if (NeedsCredentials(*off)) {
        found.why += " " + NeedsWords(*off);
      }
      found.do_next = StepsWords(*off);
    } else if (by_address && found.name->why_not.empty()) {
      found.state = NameState::kNoSource;
      found.why = "Nothing in sources.yaml gives an address of one.";
      found.do_next = "Give its address as `url` of a source.";
    } else {
      found.state = NameState::kNotWatchable;
      found.why = WhyNot(found, "No lawful way to read it is known.");
    }
  }

  static std::string WhyNot(const NameCoverage& found, std::string_view otherwise) {
    if (!found.name->why_not.empty()) {
      return found.name->why_not;
    }
    for (const Platform* platform : found.platforms) {
      if (!platform->not_covered.empty()) {
        return platform->not_covered;
      }
    }
    return std::string(otherwise);
  }

  bool IsSearched(const PolicyName& name) const {
    return std::ranges::any_of(sources_, [&](const SourceCoverage& source) {
      return (source.state == WatchState::kWatched || source.state == WatchState::kQuiet) &&
             std::ranges::any_of(names_, [&](const PolicyName& other) {
               return std::ranges::any_of(
                          other.platforms,
                          [&](const std::string& file) { return Has(name.indirectly, file); }) &&
                      Watches(*source.source, other);
             });
    });
  }

  static std::string NeedsWords(const Platform& platform) {
    std::string words;
    std::vector<const crawler::CredentialSpec*> needed;
    for (const crawler::Route* route : UsualRoutes(platform)) {
      for (const crawler::CredentialSpec* credential : CredentialsOf(platform, *route)) {
        if (std::ranges::find(needed, credential) == needed.end()) {
          needed.push_back(credential);
          words += (words.empty() ? "" : ", ") + credential->name;
        }
      }
    }
    return fmt::format("It needs credentials: {}{}.", words,
                       CostsMoney(platform) ? ", and costs money" : "");
  }

  static std::string StepsWords(const Platform& platform) {
    return fmt::format("`schoolwatch platforms show {}` has the steps.", platform.name);
  }

  std::span<const PolicyName> names_;
  const crawler::Platforms& platforms_;
  std::span<const SourceCoverage> sources_;
  std::span<const core::School> schools_;
  std::span<const core::Case> cases_;
  const core::Timestamp now_;
};

}  // namespace

std::string_view NameStateName(NameState state) {
  switch (state) {
    case NameState::kWatched:
      return "watched";
    case NameState::kNotYet:
      return "not looked at yet";
    case NameState::kTrouble:
      return "not working";
    case NameState::kIndirect:
      return "by searches only";
    case NameState::kNoSource:
      return "no source";
    case NameState::kLacksCredential:
      return "lacks credentials";
    case NameState::kOff:
      return "off";
    case NameState::kNotWatchable:
      return "not watchable";
  }
  return "unknown";
}

std::vector<NameCoverage> FindNameCoverage(std::span<const PolicyName> names,
                                           const crawler::Platforms& platforms,
                                           std::span<const SourceCoverage> sources,
                                           std::span<const core::School> schools,
                                           std::span<const core::Case> cases, core::Timestamp now) {
  const Finder finder(names, platforms, sources, schools, cases, now);
  std::vector<NameCoverage> coverage;
  for (const PolicyName& name : names) {
    coverage.push_back(finder.Find(name));
  }
  return coverage;
}

}  // namespace schoolwatch::app
