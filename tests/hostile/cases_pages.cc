// Pages that are bombs for a parser, lie about what they are, or lead on for ever.
#include <fmt/format.h>
#include <charconv>
#include <utility>

#include "tests/hostile/cases.h"

namespace schoolwatch::hostile {
namespace {

// So that the gate lets the page through to the parsers.
constexpr std::string_view kNamed = "<p>Quillbrook Academy</p>";

// "/n/7" to 7; 0 for others.
int NumberOf(const Asked& asked, std::string_view prefix) {
  int number = 0;
  const std::string_view target = asked.target;
  if (target.starts_with(prefix)) {
    std::from_chars(target.data() + prefix.size(), target.data() + target.size(), number);
  }
  return number;
}

void AddBombs(std::vector<Case>& cases) {
  // The concern stands first: a bomb behind it must not hide it.
  const auto bomb = [&cases](std::string name, std::string does, const std::string& rest) {
    const std::string who = name;
    cases.push_back({.name = std::move(name),
                     .does = std::move(does),
                     .site = Always(Html(ConcernPage(who, rest))),
                     .outcome = Outcome::kReported,
                     .keys = "reader: html"});
  };
  bomb("divs-100-kb", "100 KB of unclosed <div>", Repeat("<div>", 20'000));
  bomb("divs-500-kb", "500 KB of unclosed <div>", Repeat("<div>", 100'000));
  bomb("divs-1-mb", "1 MB of unclosed <div>", Repeat("<div>", 200'000));
  bomb("divs-8-mb", "8 MB of unclosed <div>", Repeat("<div>", 1'600'000));
  bomb("svg-deep", "100,000 nested <svg>", Repeat("<svg>", 100'000));
  bomb("tables-deep", "20,000 nested tables", Repeat("<table><tr><td>", 20'000));
  bomb("lists-deep", "50,000 nested lists", Repeat("<ul><li>", 50'000));
  bomb("fonts-deep", "100,000 nested <font>", Repeat("<font>", 100'000));
  bomb("misnested", "50,000 times <a><table>", Repeat("<a><table>", 50'000));
  bomb("closing-tags", "200,000 closing tags of nothing", Repeat("</p></b></x>", 200'000));
  bomb("comments", "100,000 comments", Repeat("<!-- -->", 100'000));
  bomb("entities", "300,000 entities", "<p>" + Repeat("&amp;&#x41;&nosuch;&#99999999;", 75'000));
  std::string attributes = "<p";
  for (int i = 0; i < 40'000; ++i) {
    attributes += fmt::format(" a{}=1", i);
  }
  bomb("attributes", "40,000 attributes on one tag", attributes + ">");
  std::string bold = "<p>";
  for (int i = 0; i < 1000; ++i) {
    bold += fmt::format("<b x={}>", i);
  }
  bomb("open-formatting", "1,000 open <b>, rebuilt in 10,000 paragraphs",
       bold + Repeat("</p><p>a", 10'000));
  bomb("unclosed-tag", "a tag of 4 MB that never closes", "<p title=\"" + Repeat("x", 4'000'000));
  bomb("unclosed-script", "a script of 4 MB that never closes",
       "<script>" + Repeat("var x = '<p>';", 300'000));
  bomb("unclosed-comment", "a comment of 4 MB that never closes", "<!--" + Repeat("-", 4'000'000));
  bomb("tag-name", "a tag name of 1 MB", "<" + Repeat("x", 1'000'000) + ">");
  bomb("json-ld-deep", "JSON-LD nested 100,000 deep",
       "<script type=\"application/ld+json\">" + Repeat("[", 100'000) + Repeat("]", 100'000) +
           "</script>");
  bomb("json-ld-objects", "JSON-LD of nested comments, 20,000 deep",
       "<script type=\"application/ld+json\">" +
           Repeat(R"({"@type":"Comment","text":"x","comment":)", 20'000) + "null" +
           Repeat("}", 20'000) + "</script>");
  bomb("json-ld-broken", "1,000 broken JSON-LD scripts",
       Repeat("<script type=\"application/ld+json\">{\"@type\":</script>", 1000));
  bomb("json-ld-numbers", "JSON-LD with a number of 1 MB",
       "<script type=\"application/ld+json\">{\"@type\":\"Comment\",\"n\":" +
           Repeat("9", 1'000'000) + "}</script>");
  bomb("one-word", "a word of 2 MB", "<p>" + Repeat("x", 2'000'000));
  bomb("zero-width", "1 MB of zero-width letters", "<p>" + Repeat("\u200b", 350'000));
  bomb("combining", "500,000 combining accents on one letter", "<p>a" + Repeat("\u0301", 500'000));
  bomb("same-name", "the school's name 50,000 times",
       "<p>" + Repeat("Quillbrook Academy ", 50'000));
  bomb("dates", "20,000 dates", Repeat("<time datetime=2026-11-20T10:00:00Z>x</time>", 20'000));
  cases.push_back(
      {.name = "records",
       .does = "20,000 comments of three words",
       .site = Always(
           Html("<title>x</title><ul>" +
                Repeat("<li class=comment><a href=/u>Ann</a> <time>2 hours ago</time><p>a b c</p>",
                       20'000) +
                "</ul>")),
       .keys = "reader: html"});
  cases.push_back({.name = "bold-bomb-alone",
                   .does = "the bomb without a concern, past the gate",
                   .site = Always(Html(std::string(kNamed) + bold + Repeat("</p><p>a", 10'000))),
                   .keys = "reader: html"});
}

void AddLies(std::vector<Case>& cases) {
  const auto add = [&cases](std::string name, std::string does, std::string_view type,
                            std::string_view body, Outcome outcome, std::string words = "") {
    cases.push_back({.name = std::move(name),
                     .does = std::move(does),
                     .site = Always(Answer(200, type, body)),
                     .outcome = outcome,
                     .words = std::move(words)});
  };
  const std::string nuls(10'000, '\0');
  add("type-picture", "a page that says it is a picture", "Content-Type: image/png\r\n",
      ConcernPage("picture"), Outcome::kUnreadable);
  add("type-html-of-a-feed", "a feed that says it is a page", "Content-Type: text/html\r\n",
      ConcernFeed("html-feed"), Outcome::kReported);
  add("type-feed-of-a-page", "a page that says it is a feed",
      "Content-Type: application/rss+xml\r\n", ConcernPage("feed-page"), Outcome::kUnreadable,
      "no RSS, Atom or RDF feed");
  add("type-json-of-a-page", "a page that says it is JSON", "Content-Type: application/json\r\n",
      ConcernPage("json-page"), Outcome::kUnreadable, "not JSON");
  add("type-none", "no type at all", "", ConcernPage("typeless"), Outcome::kReported);
  add("type-long", "a type of 50 KB",
      "Content-Type: text/html; " + Repeat("charset=", 6000) + "\r\n", ConcernPage("long-type"),
      Outcome::kReported);
  add("type-twice", "two types", "Content-Type: image/png\r\nContent-Type: text/html\r\n",
      ConcernPage("two-types"), Outcome::kUnreadable);
  add("type-picture-in-html", "a picture that says it is a page", "Content-Type: text/html\r\n",
      "\x89PNG\r\n\x1a\n" + nuls, Outcome::kRead);
  add("type-pdf", "a PDF", "Content-Type: application/pdf\r\n", "%PDF-1.7\n" + nuls,
      Outcome::kUnreadable);
  add("empty", "an empty page", "Content-Type: text/html\r\n", "", Outcome::kUnreadable);
  add("nuls", "10,000 NULs and a concern", "Content-Type: text/html\r\n",
      nuls + ConcernPage("nuls"), Outcome::kRead);
  add("charset-utf-16", "says UTF-16, is UTF-8", "Content-Type: text/html; charset=utf-16\r\n",
      ConcernPage("utf-16"), Outcome::kRead);
  add("charset-utf-7", "says UTF-7", "Content-Type: text/html; charset=utf-7\r\n",
      ConcernPage("utf-7"), Outcome::kReported);
  add("charset-unknown", "a charset that nobody knows",
      "Content-Type: text/html; charset=\"quill\xff\x01\"\r\n", ConcernPage("quill-8"),
      Outcome::kReported);
  add("charset-broken", "says UTF-8, is not", "Content-Type: text/html; charset=utf-8\r\n",
      ConcernPage("broken", Repeat("\xff\xc3\x28\xed\xa0\x80", 10'000)), Outcome::kReported);
  add("charset-meta", "header and meta differ", "Content-Type: text/html; charset=utf-8\r\n",
      "<meta charset=utf-16le>" + ConcernPage("meta"), Outcome::kReported);
  add("charset-iso-2022-kr", "says ISO-2022-KR", "Content-Type: text/html; charset=iso-2022-kr\r\n",
      ConcernPage("iso-2022"), Outcome::kRead);
  add("charset-odd-utf-16", "UTF-16 with an odd number of bytes",
      "Content-Type: text/html; charset=utf-16le\r\n", std::string("\xff\xfe<\0p\0>\0x", 9),
      Outcome::kRead);
}

void AddMazes(std::vector<Case>& cases) {
  std::string links;
  for (int i = 0; i < 100'000; ++i) {
    links += fmt::format("<a href=/thread/{}>Thread {}</a>\n", i, i);
  }
  cases.push_back({.name = "100000-links",
                   .does = "a page of 100,000 links",
                   .site =
                       [links](const Asked& asked) {
                         return asked.target == "/page" ? Html(ConcernPage("links", links))
                                                        : Html("<p>a thread");
                       },
                   .outcome = Outcome::kReported,
                   .keys = "reader: html, follow: threads, max_pages: 10"});
  cases.push_back({.name = "1-mb-link",
                   .does = "a link of 1 MB",
                   .site = Always(Html(ConcernPage(
                       "long-link", "<a href='/" + Repeat("x", 1'000'000) + "'>Next page</a>"))),
                   .outcome = Outcome::kReported,
                   .keys = "reader: html, follow: threads"});
  cases.push_back({.name = "next-page-for-ever",
                   .does = "every page has a next one",
                   .site =
                       [](const Asked& asked) {
                         const int number = NumberOf(asked, "/page/");
                         return Html(fmt::format(
                             "<link rel=next href=/page/{0}><a rel=next href=/page/{0}>Next</a>{1}",
                             number + 1, ConcernPage("next-page")));
                       },
                   .outcome = Outcome::kReported,
                   .keys = "reader: html, follow: threads, max_pages: 10",
                   .note = ""});
  cases.push_back({.name = "calendar-for-ever",
                   .does = "a calendar that links to its next month for ever",
                   .site =
                       [](const Asked& asked) {
                         const int number = NumberOf(asked, "/calendar/month?n=");
                         return Html(fmt::format(
                             "<a rel=next href='/calendar/month?n={0}&month={1}'>Next</a>{2}",
                             number + 1, number % 12 + 1, ConcernPage("calendar")));
                       },
                   .outcome = Outcome::kReported,
                   .keys = "reader: html, follow: threads, max_pages: 10",
                   .note = "looks like a trap: a calendar page, one of endlessly many"});
  cases.push_back({.name = "deeper-for-ever",
                   .does = "a folder that holds itself",
                   .site =
                       [](const Asked& asked) {
                         return Html(fmt::format("<a rel=next href='{}/same/'>Next</a>{}",
                                                 asked.target, ConcernPage("deeper")));
                       },
                   .outcome = Outcome::kReported,
                   .keys = "reader: html, follow: threads, max_pages: 50"});
  cases.push_back({.name = "links-elsewhere",
                   .does = "threads at private addresses and with other schemes",
                   .site = Always(Html(ConcernPage(
                       "elsewhere",
                       "<a rel=next href=http://10.0.0.1/>Next</a><a rel=next "
                       "href=file:///etc/passwd>Next</a><a rel=next href=javascript:alert(1)>Next"
                       "</a><a rel=next href=http://[::1]/>Next</a>"))),
                   .outcome = Outcome::kReported,
                   .keys = "reader: html, follow: threads"});
  cases.push_back({.name = "base-elsewhere",
                   .does = "a <base> at a private address",
                   .site = Always(Html("<base href=http://10.0.0.1/>" +
                                       ConcernPage("base", "<a rel=next href=/2>Next</a>"))),
                   .outcome = Outcome::kReported,
                   .keys = "reader: html, follow: threads"});
}

}  // namespace

void AddPageCases(std::vector<Case>& cases) {
  AddBombs(cases);
  AddLies(cases);
  AddMazes(cases);
}

}  // namespace schoolwatch::hostile
