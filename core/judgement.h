#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace schoolwatch::core {

enum class Category { kSafeguarding, kDefamatory, kReputational };
inline constexpr std::array<Category, 3> kCategories{Category::kSafeguarding, Category::kDefamatory,
                                                     Category::kReputational};
// "safeguarding", "defamatory", "reputational".
std::string_view CategoryName(Category category);
Result<Category> ParseCategory(std::string_view name);

// How soon the headteacher must see it. Ordered.
enum class Severity { kNone, kLow, kMedium, kHigh, kUrgent };
// "none" … "urgent".
std::string_view SeverityName(Severity severity);
Result<Severity> ParseSeverity(std::string_view name);

enum class PostField { kTitle, kText };
std::string_view PostFieldName(PostField field);

struct SchoolScore {
  std::string school;  // Key.
  double score = 0;    // Probability that the post is about this school.
  std::string why;     // For people: "full name with its town"
  bool operator==(const SchoolScore&) const = default;
};

// One rule that fired, with the words it fired on.
struct Hit {
  std::string rule;
  Category category = Category::kReputational;
  double weight = 0;  // What it added to the category's log-odds after conditions and caps.
  PostField field = PostField::kText;
  std::size_t start = 0;  // Bytes into `field` of the post as written.
  std::size_t end = 0;
  std::string text;  // Those bytes.
  std::string why;   // Plain English, for a headteacher.
  Severity severity = Severity::kNone;
  std::string topic{};   // The rule's; empty where the hit does not count.
  bool decides = false;  // Without such as this the category would not stand (DecidingTopics).
  bool operator==(const Hit&) const = default;
};

// One line of the sum behind a category's score.
struct Term {
  Category category = Category::kReputational;
  std::string label;  // "rule threat.weapon", "hedged: 'allegedly'", "starting point"
  double value = 0;   // Log-odds; the terms of a category add up exactly to its sum.
  bool operator==(const Term&) const = default;
};

// What we think of one post. Same fields as `inspect judge` prints.
struct Judgement {
  bool mentions = false;
  std::vector<SchoolScore> schools;        // At or above the decision threshold, best first.
  std::vector<SchoolScore> also_possible;  // Other candidates.
  std::vector<Category> categories;        // Asserted ones.
  Severity severity = Severity::kNone;     // Highest of the hits that count, never below a floor.
  std::vector<std::string> topics;
  std::array<double, 3> scores{};  // Probability by category, in kCategories' order.
  std::vector<Hit> hits;
  std::vector<Term> terms;
  std::string rules_version;  // Which rule set said so.
  bool operator==(const Judgement&) const = default;
};

// Topics of the hits that decided this category, in the order of `topics`. All topics where no hit
// says what it is about, as in judgements that were kept before hits did.
std::vector<std::string> DecidingTopics(const Judgement& judgement, Category category);

}  // namespace schoolwatch::core
