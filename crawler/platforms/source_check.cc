#include "crawler/platforms/source_check.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <string>
#include <vector>

#include "config/nearest.h"
#include "core/text/ascii.h"
#include "crawler/platforms/route_plan.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::string_view kOwnWords = "words";
constexpr std::size_t kLongestValue = 500;

std::string Lower(std::string text) {
  core::LowerAscii(text);
  return text;
}

template <class T>
std::vector<std::string> Names(const std::vector<T>& all) {
  std::vector<std::string> names;
  for (const T& one : all) {
    names.push_back(one.name);
  }
  return names;
}

class SourceCheck {
 public:
  SourceCheck(const config::Source& source, std::span<const core::School> schools,
              const Platforms& platforms, config::Diagnostics& problems)
      : source_(source), schools_(schools), platforms_(platforms), problems_(problems) {}

  void Run() {
    const auto found = platforms_.find(source_.platform);
    if (found == platforms_.end() || !HasRoutes(*found->second)) {
      RefusePlatform(found == platforms_.end() ? nullptr : found->second.get());
      return;
    }
    platform_ = found->second.get();
    CheckRoutes();
    CheckValues();
    CheckCredentials();
    CheckSpend();
    if (!has_problem_) {
      CheckThatAnyCanBeAsked(found->second);
    }
  }

 private:
  static bool HasRoutes(const Platform& platform) { return !platform.routes.empty(); }

  void Add(const std::string& message) {
    has_problem_ = true;
    problems_.Add(source_.where, fmt::format("source '{}': {}", source_.name, message));
  }

  void RefusePlatform(const Platform* platform) {
    if (platform != nullptr && platform->status == PlatformStatus::kCoverage) {
      Add(fmt::format("{} cannot be watched; {}", platform->title, platform->report_instead));
      return;
    }
    std::vector<std::string> known;
    for (const auto& [name, one] : platforms_) {
      if (HasRoutes(*one)) {
        known.push_back(name);
      }
    }
    Add(fmt::format("there is no platform '{}' that can be asked without 'url'{}; known are {}",
                    config::ForMessage(source_.platform),
                    config::DidYouMean(source_.platform, known), config::JoinNames(known)));
  }

  void CheckRoutes() {
    for (const std::string& name : source_.routes) {
      if (platform_->FindRoute(name) == nullptr) {
        const std::vector<std::string> known = Names(platform_->routes);
        Add(fmt::format("'routes' has '{}', which {} does not have{}; it has {}",
                        config::ForMessage(name), platform_->title, config::DidYouMean(name, known),
                        config::JoinNames(known)));
      }
    }
  }

  bool TakesWords() const {
    return std::ranges::any_of(RoutesOf(*platform_, source_),
                               [](const Route* route) { return route->words.has_value(); });
  }

  void CheckValues() {
    for (const auto& [name, values] : source_.with) {
      if (name == kOwnWords && TakesWords()) {
        CheckWords(values);
        continue;
      }
      const ValueSpec* spec = platform_->FindValue(name);
      if (spec == nullptr) {
        const std::vector<std::string> known = Names(platform_->values);
        Add(fmt::format("'with' has '{}', which {} does not take{}", config::ForMessage(name),
                        platform_->title, config::DidYouMean(name, known)));
        continue;
      }
      if (!spec->is_list && values.size() > 1) {
        Add(fmt::format("'with.{}' takes one value, not {}", name, values.size()));
      }
      for (const std::string& value : values) {
        CheckValue(*spec, value);
      }
    }
    for (const ValueSpec& spec : platform_->values) {
      if (spec.required && !source_.with.contains(spec.name)) {
        Add(fmt::format("'with.{}' is missing: {}", spec.name, spec.help));
      }
    }
  }

  void CheckValue(const ValueSpec& spec, const std::string& value) {
    if (value.empty() || value.size() > kLongestValue ||
        (!spec.pattern.empty() && !re2::RE2::FullMatch(value, spec.pattern))) {
      Add(fmt::format("'with.{}' is '{}', which does not look like one: {}", spec.name,
                      config::ForMessage(value),
                      spec.help.empty() ? "it is to fit " + spec.pattern : spec.help));
    }
  }

  // People are never searched for, whoever asks.
  void CheckWords(const std::vector<std::string>& words) {
    for (const std::string& word : words) {
      if (word.empty() || word.size() > kLongestValue) {
        Add("'with.words' holds an empty or a very long word");
      }
      for (const core::School& school : schools_) {
        const auto is_word = [&](const std::string& name) {
          return !name.empty() && Lower(name) == Lower(word);
        };
        if (is_word(school.headteacher) || std::ranges::any_of(school.staff, is_word)) {
          Add(fmt::format("'with.words' has '{}', who is a person; people are not searched for",
                          config::ForMessage(word)));
        }
      }
    }
  }

  void CheckCredentials() {
    for (const auto& [name, value] : source_.credentials) {
      if (platform_->FindCredential(name) == nullptr) {
        const std::vector<std::string> known = Names(platform_->credentials);
        Add(fmt::format("'credentials' has '{}', which {} does not want{}",
                        config::ForMessage(name), platform_->title,
                        config::DidYouMean(name, known)));
      }
    }
  }

  void CheckSpend() {
    const bool takes_money = std::ranges::find(platform_->budgets, "money", &BudgetSpec::what) !=
                             platform_->budgets.end();
    if (source_.spend > 0 && !takes_money) {
      Add(fmt::format("'spend' is for platforms that cost money, and {} does not",
                      platform_->title));
    }
  }

  // A dry plan says which routes lack what.
  void CheckThatAnyCanBeAsked(const std::shared_ptr<const Platform>& platform) {
    config::Source filled = source_;
    // With Secrets::kLeave they are empty; that they are given is what counts.
    for (auto& [name, value] : filled.credentials) {
      value = "given";
    }
    core::PlatformSession session;
    session.access_token = "given";
    PlanInput input{.platform = platform, .source = &filled, .schools = schools_};
    input.session = &session;
    input.version = "0";
    input.contact = "given";
    input.ignore_due = true;
    const RoutePlan plan = PlanRoutes(input);
    bool any = !plan.requests.empty();
    std::vector<std::string> lacks;
    for (const UnaskedRoute& route : plan.unasked) {
      any = any || route.why == UnaskedRoute::Why::kStream;
      std::string lack = Lack(route);
      if (lack.empty()) {
        continue;
      }
      // A usual route that lacks something is only not asked; one that is named is to be asked.
      const bool is_named = !source_.routes.empty();
      if (is_named) {
        Add(fmt::format("route '{}' wants {}", route.route, lack));
      }
      lacks.push_back(fmt::format("'{}' wants {}", route.route, lack));
    }
    CheckSessionGiven(&any, &lacks);
    if (!any && !has_problem_ && !lacks.empty()) {
      Add(fmt::format("nothing can be asked: route {}", fmt::join(lacks, ", ")));
    }
  }

  // A session that is made wants its own credentials, which no route names.
  void CheckSessionGiven(bool* any, std::vector<std::string>* lacks) {
    if (!NeedsSession(*platform_, source_)) {
      return;
    }
    std::vector<std::string> missing;
    for (const std::string& name : MissingForSession(*platform_, source_)) {
      const CredentialSpec* credential = platform_->FindCredential(name);
      const ValueSpec* value = platform_->FindValue(name);
      missing.push_back(credential != nullptr
                            ? fmt::format("'credentials.{}' ({})", name, credential->help)
                            : fmt::format("'with.{}' ({})", name, value ? value->help : ""));
    }
    if (missing.empty()) {
      return;
    }
    const std::string text = fmt::format("{}", fmt::join(missing, " and "));
    bool works_without = false;
    for (const Route* route : RoutesOf(*platform_, source_)) {
      const bool wants =
          route->request.with_session || (route->stream && route->stream->with_session);
      works_without = works_without || !wants;
      if (wants && !source_.routes.empty()) {
        Add(fmt::format("route '{}' wants {}", route->name, text));
      } else if (wants) {
        lacks->push_back(fmt::format("'{}' wants {}", route->name, text));
      }
    }
    *any = *any && works_without;
  }

  std::string Lack(const UnaskedRoute& route) const {
    using Why = UnaskedRoute::Why;
    switch (route.why) {
      case Why::kNoCredential: {
        const CredentialSpec* spec = platform_->FindCredential(route.detail);
        return fmt::format("'credentials.{}' ({})", route.detail,
                           spec == nullptr ? "" : spec->help);
      }
      case Why::kNoValue: {
        const ValueSpec* spec = platform_->FindValue(route.detail);
        return spec == nullptr
                   ? fmt::format("a value for '{}', which another route gives", route.detail)
                   : fmt::format("'with.{}' ({})", route.detail, spec->help);
      }
      case Why::kNoSpend:
        return "'spend', the most that may be spent a month";
      case Why::kNoWords:
        return "a handle or tag of a school, under 'schools'";
      case Why::kBadValue:
        return fmt::format("other values: {}", route.detail);
      case Why::kNotDue:
      case Why::kNoSession:
      case Why::kStream:
        break;
    }
    return {};
  }

  const config::Source& source_;
  std::span<const core::School> schools_;
  const Platforms& platforms_;
  config::Diagnostics& problems_;
  const Platform* platform_ = nullptr;
  bool has_problem_ = false;
};

}  // namespace

void CheckPlatformSources(std::span<const config::Source> sources,
                          std::span<const core::School> schools, const Platforms& platforms,
                          config::Diagnostics& problems) {
  for (const config::Source& source : sources) {
    if (IsPlatformSource(source)) {
      SourceCheck(source, schools, platforms, problems).Run();
    }
  }
}

}  // namespace schoolwatch::crawler
