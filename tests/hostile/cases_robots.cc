// robots.txt of every bad kind: what cannot be read forbids, what is too long counts as far as it
// is read.
#include <fmt/format.h>
#include <charconv>
#include <chrono>
#include <utility>

#include "tests/hostile/cases.h"

namespace schoolwatch::hostile {
namespace {

constexpr std::string_view kForbidsAll = "User-agent: *\nDisallow: /\n";

Script Text(std::string_view body) { return Answer(200, "Content-Type: text/plain\r\n", body); }

// robots.txt?3 leads to ?2, and so on to the rules at ?0.
Script Redirects(const Asked& asked, int first) {
  int left = first;
  if (const std::size_t query = asked.target.find('?'); query != std::string::npos) {
    std::from_chars(asked.target.data() + query + 1, asked.target.data() + asked.target.size(),
                    left);
  }
  return left == 0 ? Text(kForbidsAll) : Redirect(fmt::format("/robots.txt?{}", left - 1));
}
Script CountDown(const Asked& asked) { return Redirects(asked, 5); }
Script CountDownFromSix(const Asked& asked) { return Redirects(asked, 6); }

}  // namespace

void AddRobotsCases(std::vector<Case>& cases) {
  const auto site = Always(Feed(ConcernFeed("robots")));
  const auto add = [&](std::string name, std::string does,
                       std::function<Script(const Asked&)> robots, Outcome outcome,
                       std::string words) {
    cases.push_back({.name = std::move(name),
                     .does = std::move(does),
                     .site = site,
                     .outcome = outcome,
                     .words = std::move(words),
                     .robots = std::move(robots)});
  };
  const auto unreachable = [&](std::string name, std::string does, Script robots,
                               std::string words) {
    add(std::move(name), std::move(does), Always(std::move(robots)), Outcome::kRefused,
        "host unreachable: robots.txt could not be read: " + std::move(words));
  };
  const auto forbids = [&](std::string name, std::string does, Script robots) {
    add(std::move(name), std::move(does), Always(std::move(robots)), Outcome::kRefused,
        "robots.txt: disallowed by line");
  };
  const auto allows = [&](std::string name, std::string does, Script robots) {
    add(std::move(name), std::move(does), Always(std::move(robots)), Outcome::kRead, "");
  };
  unreachable("robots-slowloris", "a byte of its header every 300 ms",
              Say("HTTP/1.1 200 OK\r\nX: ") + SayForEver("x", std::chrono::milliseconds(300)), "");
  unreachable("robots-silent", "never answers", Hang(), "");
  unreachable("robots-500", "500", Answer(500, ""), "HTTP 500");
  unreachable("robots-503-for-years", "503, come back in 30 years",
              Answer(503, "Retry-After: 946080000\r\n"), "HTTP 503");
  unreachable("robots-429-for-years", "429, come back in 30 years",
              Answer(429, "Retry-After: 946080000\r\n"), "HTTP 429");
  unreachable("robots-cut", "ends before its length",
              Say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nUser-agent: *\nAll"), "");
  unreachable("robots-to-private", "leads to 10.0.0.1", Redirect("http://10.0.0.1/robots.txt"), "");
  unreachable("robots-to-metadata", "leads to 169.254.169.254",
              Redirect("http://169.254.169.254/robots.txt"), "");
  unreachable("robots-not-http", "is no HTTP", Say("220 mail\r\n"), "");
  forbids("robots-endless", "forbids all, then comments for ever",
          Header("Content-Type: text/plain\r\n") + Say(std::string(kForbidsAll)) +
              SayForEver(Repeat("# endless\n", 5000)));
  forbids("robots-5-mb", "forbids all, then 5 MB of groups",
          Text(std::string(kForbidsAll) + Repeat("User-agent: a\nDisallow: /b\n", 190'000)));
  forbids(
      "robots-gzip-of-nuls", "forbids all between NULs",
      Text(std::string(1000, '\0') + "\n" + std::string(kForbidsAll) + std::string(1000, '\0')));
  forbids("robots-slow-patterns", "500 KB of stars",
          Text("User-agent: *\n" + Repeat("Disallow: /" + Repeat("*a", 2000) + "$\n", 120) +
               "Disallow: /p\n"));
  forbids("robots-no-slash-agent", "forbids us by name among 10,000 others",
          Text(Repeat("User-agent: x\n", 10'000) + "User-agent: SCHOOLWATCH/9\nDisallow: /\n"));
  forbids("robots-as-picture", "forbids all with the type of a picture",
          Answer(200, "Content-Type: image/png\r\n", kForbidsAll));
  add("robots-behind-five-redirects", "forbids all, behind five redirects", CountDown,
      Outcome::kRefused, "robots.txt: disallowed by line 2");
  allows("robots-html", "a web page in its place",
         Html("<!doctype html><title>Not found</title><p>Disallow: / is what we do not say"));
  allows("robots-circle", "leads to itself", Redirect("/robots.txt"));
  add("robots-behind-six-redirects", "forbids all, behind more redirects than are followed",
      CountDownFromSix, Outcome::kRead, "");
  allows("robots-to-file", "leads to file:///etc/passwd", Redirect("file:///etc/passwd"));
  allows("robots-empty", "has no bytes", Text(""));
  allows("robots-401", "asks for a password", Answer(401, ""));
  allows("robots-one-line", "a line of 5 MB that forbids nothing of ours",
         Text("User-agent: *\nDisallow: /x" + Repeat("x", 5'000'000) + "\nDisallow: /\n"));
  allows("robots-binary", "bytes of no meaning", Text(Repeat("\xff\xfe\x00\x01\x80", 100'000)));
}

}  // namespace schoolwatch::hostile
