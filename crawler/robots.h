#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::crawler {

// What is read of a robots.txt at most (RFC 9309, section 2.5, asks for at least 500 KiB).
constexpr std::size_t kMaxRobotsBytes = 500 * 1024;

// A parsed robots.txt (RFC 9309) with the extensions of the big crawlers: `*` and `$`, longest
// match, Crawl-delay, Sitemap, a missing colon, common misspellings, `index.html` standing for its
// folder in an Allow. Parsing never fails: what cannot be understood is skipped, as section 2.2.4
// asks. Time is bounded on hostile input: no backtracking.
class RobotsRules {
 public:
  // Reads at most kMaxRobotsBytes, and 16,663 bytes of a line, and keeps what concerns `agent`
  // (section 2.2.1): the groups that name its product token, else those of `*`. A version behind
  // the token ("schoolwatch/1.0") is not looked at; an agent of several words names no group.
  static RobotsRules Parse(std::string_view body, std::string_view agent);
  // Where there is no robots.txt (4xx; section 2.3.1.3), and where it cannot be had (2.3.1.4).
  static RobotsRules AllowAll();
  static RobotsRules DisallowAll();

  // `target` is path and query of a URL. /robots.txt itself is always allowed (2.2.2).
  bool IsAllowed(std::string_view target) const;
  // The line that decided, for people: "line 3: Disallow: /private/"; "" where no line did.
  std::string Explain(std::string_view target) const;
  // The longest delay that a group of ours asks for; at most 30 days.
  std::optional<std::chrono::milliseconds> crawl_delay() const { return crawl_delay_; }
  // As written, whatever group they stand in; at most 1,000.
  const std::vector<std::string>& sitemaps() const { return sitemaps_; }
  // Rules that concern us.
  std::size_t size() const { return rules_.size(); }

 private:
  struct Rule {
    std::string pattern;  // Normalised, without a `$` at its end.
    std::string written;  // As it stands in the file.
    std::size_t octets = 0;
    int line = 0;  // 0: no line of the file says so.
    bool allow = false;
    bool to_the_end = false;  // `$`.
    bool Matches(std::string_view target) const;
  };
  class Parser;

  void AddRule(std::string_view written, int line, bool allow);
  void SortRules();
  const Rule* FindRule(std::string_view target) const;

  std::vector<Rule> rules_;  // The one that wins first.
  std::optional<std::chrono::milliseconds> crawl_delay_;
  std::vector<std::string> sitemaps_;
};

// Path and query of a URL as it stands ("/" where there is none), for RobotsRules::IsAllowed where
// the URL is given as text that need not be valid: `inspect robots`. HttpUrl::target is the same
// for a parsed one.
std::string RobotsTarget(std::string_view url);

}  // namespace schoolwatch::crawler
