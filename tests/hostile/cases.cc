#include "tests/hostile/cases.h"

#include <fmt/format.h>

#include <utility>

namespace schoolwatch::hostile {

std::function<Script(const Asked&)> Always(Script script) {
  return [script = std::move(script)](const Asked&) { return script; };
}

std::string Repeat(std::string_view text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

std::string ConcernPage(std::string_view who, std::string_view rest) {
  return fmt::format(
      "<!DOCTYPE html><title>Letters</title><article><h1>Letters</h1><p>Mr Thrale at Quillbrook "
      "Academy stole the money for the {} trip. He is a thief.</p></article>{}",
      who, rest);
}

std::string ConcernFeed(std::string_view who, std::string_view rest) {
  return fmt::format(
      "<rss version=\"2.0\"><channel><title>Gazette</title><item><guid>{0}</guid>"
      "<title>Letters</title><link>http://{0}.example/1</link>"
      "<pubDate>Fri, 20 Nov 2099 18:02:11 GMT</pubDate><description>Mr Thrale at Quillbrook "
      "Academy stole the money for the {0} trip. He is a thief.</description></item>{1}"
      "</channel></rss>",
      who, rest);
}

void AddHealthyCases(std::vector<Case>& cases) {
  for (const char* name : {"gazette", "herald", "courier", "observer"}) {
    cases.push_back({.name = name,
                     .does = "a feed as it should be",
                     .site = Always(Feed(ConcernFeed(name))),
                     .outcome = Outcome::kReported});
  }
  for (const char* name : {"letters", "blog"}) {
    cases.push_back({.name = name,
                     .does = "a page as it should be",
                     .site = Always(Html(ConcernPage(name))),
                     .outcome = Outcome::kReported,
                     .keys = "reader: html"});
  }
}

void AddResetCases(std::vector<Case>& cases) {
  const std::string whole_page = *Answer(200,
                                         "Content-Type: application/rss+xml\r\n"
                                         "Connection: close\r\n",
                                         "<rss version=\"2.0\"><channel><title>Gazette</title>"
                                         "<item><guid>1</guid><title>Letters</title>"
                                         "<description>Nothing new.</description></item>"
                                         "</channel></rss>")
                                      .front()
                                      .bytes;
  for (std::size_t bytes = 0; bytes < whole_page.size(); ++bytes) {
    cases.push_back({.name = fmt::format("reset-page-{:03}", bytes),
                     .does = fmt::format("a reset after {} bytes of the answer", bytes),
                     .site = Always(Say(whole_page.substr(0, bytes)) + Reset()),
                     .outcome = Outcome::kFailed,
                     .words = ""});
  }
  const std::string whole_robots =
      *Answer(200, "Content-Type: text/plain\r\nConnection: close\r\n",
              "User-agent: *\nDisallow: /private/\nAllow: /private/open/\nCrawl-delay: 0\n"
              "Sitemap: http://quillbrook.example/sitemap.xml\n")
           .front()
           .bytes;
  for (std::size_t bytes = 0; bytes < whole_robots.size(); ++bytes) {
    cases.push_back({.name = fmt::format("reset-robots-{:03}", bytes),
                     .does = fmt::format("a reset after {} bytes of robots.txt", bytes),
                     .site = Always(Feed(ConcernFeed("reset"))),
                     .outcome = Outcome::kRefused,
                     .words = "host unreachable",
                     .robots = Always(Say(whole_robots.substr(0, bytes)) + Reset())});
  }
}

std::vector<Case> AllCases(std::uint16_t port) {
  std::vector<Case> cases;
  AddTransportCases(cases);
  AddEncodingCases(cases);
  AddHealthyCases(cases);
  AddRedirectCases(cases, port);
  AddRobotsCases(cases);
  AddPageCases(cases);
  AddFeedCases(cases);
  AddResetCases(cases);
  return cases;
}

}  // namespace schoolwatch::hostile
