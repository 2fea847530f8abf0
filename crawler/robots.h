#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::crawler {

// A parsed robots.txt (RFC 9309) with the extensions of the big crawlers: `*` and `$`, longest
// match, Crawl-delay, Sitemap. Parsing never fails: what cannot be understood is skipped, as
// section 2.2.4 asks.
class RobotsRules {
 public:
  // Reads at most 500 KiB (section 2.5) and keeps what concerns `agent` (section 2.2.1): the
  // groups that name its product token, else those of `*`.
  static RobotsRules Parse(std::string_view body, std::string_view agent);
  // Where there is no robots.txt (4xx; section 2.3.1.3), and where it cannot be had (2.3.1.4).
  static RobotsRules AllowAll();
  static RobotsRules DisallowAll();

  // `target` is path and query of a URL. /robots.txt itself is always allowed (2.2.2).
  bool IsAllowed(std::string_view target) const;
  // The line that decided, for people: "line 3: Disallow: /private/"; "" where no line did.
  std::string Explain(std::string_view target) const;
  std::optional<std::chrono::milliseconds> crawl_delay() const { return crawl_delay_; }
  const std::vector<std::string>& sitemaps() const { return sitemaps_; }
  std::size_t size() const { return rules_.size(); }

 private:
  struct Rule {
    std::string pattern;
    bool allow = false;
    int line = 0;
  };
  const Rule* FindRule(std::string_view target) const;
  std::vector<Rule> rules_;
  std::optional<std::chrono::milliseconds> crawl_delay_;
  std::vector<std::string> sitemaps_;
};

}  // namespace schoolwatch::crawler
