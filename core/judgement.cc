#include "core/judgement.h"

#include <algorithm>
#include <span>
#include <utility>

namespace schoolwatch::core {
namespace {

constexpr std::array<std::pair<Category, std::string_view>, 3> kCategoryNames{{
    {Category::kSafeguarding, "safeguarding"},
    {Category::kDefamatory, "defamatory"},
    {Category::kReputational, "reputational"},
}};
constexpr std::array<std::pair<Severity, std::string_view>, 5> kSeverityNames{{
    {Severity::kNone, "none"},
    {Severity::kLow, "low"},
    {Severity::kMedium, "medium"},
    {Severity::kHigh, "high"},
    {Severity::kUrgent, "urgent"},
}};

template <class T, std::size_t N>
std::string_view NameOf(const std::array<std::pair<T, std::string_view>, N>& names, T value) {
  for (const auto& [known, name] : names) {
    if (known == value) {
      return name;
    }
  }
  return "";
}

template <class T, std::size_t N>
Result<T> ParseName(const std::array<std::pair<T, std::string_view>, N>& names,
                    std::string_view text, std::string_view what) {
  std::string known_names;
  for (const auto& [known, name] : names) {
    if (name == text) {
      return known;
    }
    known_names += (known_names.empty() ? "" : ", ") + std::string(name);
  }
  return Fail(ErrorKind::kBadInput, "'" + std::string(text) + "' is not a " + std::string(what) +
                                        "; it must be one of " + known_names);
}

}  // namespace

std::string_view CategoryName(Category category) { return NameOf(kCategoryNames, category); }
Result<Category> ParseCategory(std::string_view name) {
  return ParseName(kCategoryNames, name, "category");
}
std::string_view SeverityName(Severity severity) { return NameOf(kSeverityNames, severity); }
Result<Severity> ParseSeverity(std::string_view name) {
  return ParseName(kSeverityNames, name, "severity");
}
std::vector<std::string> DecidingTopics(const Judgement& judgement, Category category) {
  const auto has_topic = [](const Hit& hit) { return !hit.topic.empty(); };
  if (std::ranges::none_of(judgement.hits, has_topic)) {
    return judgement.topics;
  }
  std::vector<std::string> topics;
  for (const std::string& topic : judgement.topics) {
    if (std::ranges::any_of(judgement.hits, [&](const Hit& hit) {
          return hit.decides && hit.category == category && hit.topic == topic;
        })) {
      topics.push_back(topic);
    }
  }
  return topics;
}
std::string_view PostFieldName(PostField field) {
  return field == PostField::kTitle ? "title" : "text";
}

}  // namespace schoolwatch::core
