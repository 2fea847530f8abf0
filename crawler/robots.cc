#include "crawler/robots.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <tuple>
#include <utility>

#include "crawler/robots_pattern.h"

namespace schoolwatch::crawler {
namespace {

// Eight times the longest URL that browsers used to take; what stands behind is cut off, as
// Google's parser does.
constexpr std::size_t kMaxLine = 2083 * 8 - 1;
constexpr std::size_t kMaxSitemaps = 1000;

bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return Lower(x) == Lower(y); });
}

bool StartsIgnoringCase(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && EqualsIgnoringCase(text.substr(0, start.size()), start);
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && IsSpace(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

enum class Field { kUserAgent, kAllow, kDisallow, kSitemap, kCrawlDelay, kOther };

// Field names by their beginning, with the misspellings that occur (as Google's parser has them).
Field FieldOf(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Field>, 15> kNames{{
      {"user-agent", Field::kUserAgent},
      {"useragent", Field::kUserAgent},
      {"user agent", Field::kUserAgent},
      {"allow", Field::kAllow},
      {"disallow", Field::kDisallow},
      {"dissallow", Field::kDisallow},
      {"dissalow", Field::kDisallow},
      {"disalow", Field::kDisallow},
      {"diasllow", Field::kDisallow},
      {"disallaw", Field::kDisallow},
      {"sitemap", Field::kSitemap},
      {"site-map", Field::kSitemap},
      {"crawl-delay", Field::kCrawlDelay},
      {"crawldelay", Field::kCrawlDelay},
      {"crawl delay", Field::kCrawlDelay},
  }};
  for (const auto& [start, field] : kNames) {
    if (StartsIgnoringCase(name, start)) {
      return field;
    }
  }
  return Field::kOther;
}

struct Line {
  std::string_view name;
  std::string_view value;
};

// "name: value # comment". Where the colon is missing, white space stands for it if there are just
// two words.
std::optional<Line> SplitLine(std::string_view line) {
  line = Trim(line.substr(0, line.find('#')));
  std::size_t separator = line.find(':');
  if (separator == std::string_view::npos) {
    separator = line.find_first_of(" \t");
    if (separator == std::string_view::npos ||
        Trim(line.substr(separator)).find_first_of(" \t") != std::string_view::npos) {
      return std::nullopt;
    }
  }
  const Line split{Trim(line.substr(0, separator)), Trim(line.substr(separator + 1))};
  return split.name.empty() ? std::nullopt : std::optional(split);
}

template <class Predicate>
std::string_view Prefix(std::string_view text, Predicate predicate) {
  const auto end = std::ranges::find_if_not(text, predicate);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

// A product token holds letters, `-` and `_` (section 2.2.1), so a line's value counts up to the
// first other character. Names in use have digits too ("MJ12bot"): the longer reading counts as
// well.
bool NamesAgent(std::string_view value, std::string_view agent) {
  if (agent.empty()) {
    return false;
  }
  const auto letters = [](char c) { return IsAlpha(c) || c == '-' || c == '_'; };
  const auto wider = [&](char c) { return letters(c) || IsDigit(c) || c == '.'; };
  return EqualsIgnoringCase(Prefix(value, letters), agent) ||
         EqualsIgnoringCase(Prefix(value, wider), agent);
}

std::optional<std::chrono::milliseconds> ParseDelay(std::string_view value) {
  double seconds = 0;
  const auto [end, error] =
      std::from_chars(value.data(), value.data() + value.size(), seconds, std::chars_format::fixed);
  constexpr double kMost = 30.0 * 24 * 3600;
  if (error != std::errc() || !(seconds >= 0)) {
    return std::nullopt;
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(seconds, kMost) * 1000));
}

}  // namespace

// Goes through the lines once, collecting for the named agent and for `*` side by side: which of
// them counts is known only at the end.
class RobotsRules::Parser {
 public:
  explicit Parser(std::string_view agent) : agent_(Trim(agent.substr(0, agent.find('/')))) {}

  void Read(std::string_view body) {
    body = body.substr(0, kMaxRobotsBytes);
    // A byte-order mark, or what is left of one.
    for (const char c : {'\xEF', '\xBB', '\xBF'}) {
      if (body.empty() || body.front() != c) {
        break;
      }
      body.remove_prefix(1);
    }
    for (int number = 1; !body.empty(); ++number) {
      const std::size_t end = std::min(body.find_first_of("\r\n"), body.size());
      ReadLine(body.substr(0, std::min(end, kMaxLine)), number);
      const bool both = body.substr(end).starts_with("\r\n");
      body.remove_prefix(std::min(end + (both ? 2u : 1u), body.size()));
    }
  }

  RobotsRules Finish() {
    RobotsRules rules = std::move(seen_agent_ ? own_ : general_);
    rules.sitemaps_ = std::move(sitemaps_);
    rules.SortRules();
    return rules;
  }

 private:
  void ReadLine(std::string_view text, int number) {
    const std::optional<Line> line = SplitLine(text);
    if (!line) {
      return;
    }
    switch (const Field field = FieldOf(line->name)) {
      case Field::kUserAgent:
        StartGroup(line->value);
        break;
      case Field::kAllow:
      case Field::kDisallow:
        in_rules_ = true;
        if (for_agent_) {
          own_.AddRule(line->value, number, field == Field::kAllow);
        } else if (for_all_) {
          general_.AddRule(line->value, number, field == Field::kAllow);
        }
        break;
      case Field::kSitemap:
        if (sitemaps_.size() < kMaxSitemaps && !line->value.empty()) {
          sitemaps_.emplace_back(line->value);
        }
        break;
      case Field::kCrawlDelay:
        if (for_agent_ || for_all_) {
          auto& delay = for_agent_ ? own_.crawl_delay_ : general_.crawl_delay_;
          delay = std::max(delay, ParseDelay(line->value));
        }
        break;
      case Field::kOther:
        break;  // Must not end a group: section 2.2.4.
    }
  }

  void StartGroup(std::string_view value) {
    if (in_rules_) {
      in_rules_ = for_agent_ = for_all_ = false;
    }
    // "* # comment" is cut before; "* something" is still everybody.
    if (value.starts_with('*') && (value.size() == 1 || IsSpace(value[1]))) {
      for_all_ = true;
    } else if (NamesAgent(value, agent_)) {
      for_agent_ = seen_agent_ = true;
    }
  }

  std::string_view agent_;
  RobotsRules own_;
  RobotsRules general_;
  std::vector<std::string> sitemaps_;
  bool seen_agent_ = false;
  // The group that is being read, and whether its first rule has come.
  bool for_agent_ = false;
  bool for_all_ = false;
  bool in_rules_ = false;
};

RobotsRules RobotsRules::Parse(std::string_view body, std::string_view agent) {
  Parser parser(agent);
  parser.Read(body);
  return parser.Finish();
}

RobotsRules RobotsRules::AllowAll() { return {}; }

RobotsRules RobotsRules::DisallowAll() {
  RobotsRules rules;
  rules.AddRule("/", 0, false);
  return rules;
}

void RobotsRules::AddRule(std::string_view written, int line, bool allow) {
  if (written.empty()) {
    return;  // Matches nothing: "Disallow:" allows everything.
  }
  Rule rule;
  rule.to_the_end = written.ends_with('$');
  rule.pattern = NormaliseRobotsPath(written.substr(0, written.size() - (rule.to_the_end ? 1 : 0)),
                                     RobotsSide::kPattern);
  rule.octets = rule.pattern.size() + (rule.to_the_end ? 1 : 0);
  rule.written = written;
  rule.line = line;
  rule.allow = allow;
  if (const std::size_t slash = rule.pattern.rfind('/');
      allow && slash != std::string::npos &&
      std::string_view(rule.pattern).substr(slash).starts_with("/index.htm")) {
    Rule folder = rule;
    folder.pattern.resize(slash + 1);
    folder.octets = folder.pattern.size() + 1;
    folder.to_the_end = true;
    rules_.push_back(std::move(folder));
  }
  rules_.push_back(std::move(rule));
}

void RobotsRules::SortRules() {
  // The most octets win; among equals Allow does, then the earlier line.
  std::ranges::sort(rules_, [](const Rule& a, const Rule& b) {
    return std::tuple(b.octets, b.allow, a.line) < std::tuple(a.octets, a.allow, b.line);
  });
}

bool RobotsRules::Rule::Matches(std::string_view target) const {
  return MatchesRobotsPattern(target, pattern, to_the_end);
}

const RobotsRules::Rule* RobotsRules::FindRule(std::string_view target) const {
  if (rules_.empty() || target.substr(0, target.find('?')) == "/robots.txt") {
    return nullptr;
  }
  const std::string plain = NormaliseRobotsPath(target.empty() ? "/" : target, RobotsSide::kTarget);
  const std::string unescaped = UnescapeRobotsQuery(plain);
  for (const Rule& rule : rules_) {
    if (rule.Matches(plain)) {
      return &rule;
    }
    // Only where a side has something to unescape in its query.
    const std::string pattern = UnescapeRobotsQuery(rule.pattern);
    if ((!pattern.empty() || !unescaped.empty()) &&
        MatchesRobotsPattern(unescaped.empty() ? plain : unescaped,
                             pattern.empty() ? rule.pattern : pattern, rule.to_the_end)) {
      return &rule;
    }
  }
  return nullptr;
}

bool RobotsRules::IsAllowed(std::string_view target) const {
  const Rule* const rule = FindRule(target);
  return rule == nullptr || rule->allow;
}

std::string RobotsRules::Explain(std::string_view target) const {
  const Rule* const rule = FindRule(target);
  if (rule == nullptr || rule->line == 0) {
    return {};
  }
  return "line " + std::to_string(rule->line) + (rule->allow ? ": Allow: " : ": Disallow: ") +
         rule->written;
}

std::string RobotsTarget(std::string_view url) {
  url = url.substr(0, url.find('#'));
  std::size_t authority = url.starts_with("//") ? 2 : 0;
  const std::size_t scheme = url.find("://");
  // A path or query before "://" means that it belongs to them.
  if (authority == 0 && scheme != std::string_view::npos && scheme < url.find_first_of("/?;")) {
    authority = scheme + 3;
  }
  const std::size_t path = url.find_first_of("/?;", authority);
  if (path == std::string_view::npos) {
    return "/";
  }
  std::string target(url.substr(path));
  return target.front() == '/' ? target : "/" + target;
}

}  // namespace schoolwatch::crawler
