// Feeds that are bombs for an XML or JSON parser, or lead where they should not.
#include <fmt/format.h>
#include <utility>

#include "tests/hostile/cases.h"

namespace schoolwatch::hostile {
namespace {

// A feed with a document type of its own, whose only item holds `text`.
std::string WithDoctype(std::string_view doctype, std::string_view text) {
  return fmt::format(
      "<?xml version=\"1.0\"?><!DOCTYPE rss [{}]><rss version=\"2.0\"><channel>"
      "<title>Gazette</title><item><guid>1</guid><title>Letters</title><description>{}"
      "</description></item></channel></rss>",
      doctype, text);
}

// Each entity holds ten of the one before: 10^9 in all.
std::string BillionLaughs() {
  std::string doctype = "<!ENTITY a0 \"ha\">";
  for (int i = 1; i <= 9; ++i) {
    doctype += fmt::format("<!ENTITY a{} \"{}\">", i, Repeat(fmt::format("&a{};", i - 1), 10));
  }
  return WithDoctype(doctype, "&a9;");
}

}  // namespace

void AddFeedCases(std::vector<Case>& cases) {
  const auto reads = [&cases](std::string name, std::string does, std::string_view xml) {
    cases.push_back({.name = std::move(name), .does = std::move(does), .site = Always(Feed(xml))});
  };
  const auto reports = [&cases](std::string name, std::string does, std::string_view rest) {
    const std::string who = name;
    cases.push_back({.name = std::move(name),
                     .does = std::move(does),
                     .site = Always(Feed(ConcernFeed(who, rest))),
                     .outcome = Outcome::kReported});
  };
  reads("billion-laughs", "entities that make 3 GB", BillionLaughs());
  reads("quadratic-blowup", "an entity of 100 KB used 10,000 times",
        WithDoctype("<!ENTITY a \"" + Repeat("x", 100'000) + "\">", Repeat("&a;", 10'000)));
  reads("entity-loop", "entities that hold each other",
        WithDoctype("<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">", "&a;"));
  reads("entity-file", "an entity that is /etc/passwd",
        WithDoctype("<!ENTITY a SYSTEM \"file:///etc/passwd\">", "Quillbrook Academy &a;"));
  reads("entity-url", "an entity that is fetched",
        WithDoctype("<!ENTITY a SYSTEM \"http://10.0.0.3/a\">", "Quillbrook Academy &a;"));
  reads("parameter-entity", "a parameter entity that is fetched",
        WithDoctype("<!ENTITY % a SYSTEM \"http://10.0.0.4/a.dtd\"> %a;", "Quillbrook Academy"));
  reads("external-dtd", "a document type that is fetched",
        "<!DOCTYPE rss SYSTEM \"http://10.0.0.5/rss.dtd\">" + ConcernFeed("dtd"));
  reports("xinclude", "an inclusion of /etc/passwd",
          "<item><description><xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" "
          "href=\"/etc/passwd\" parse=\"text\"/></description></item>");
  reports("1000000-items", "1,000,000 empty items", Repeat("<item/>", 1'000'000));
  reports("100000-real-items", "100,000 items of a few words",
          Repeat("<item><title>a</title><description>b c d</description></item>", 100'000));
  reports("xml-deep", "elements nested 500,000 deep", "<item>" + Repeat("<a>", 500'000));
  reports("xml-attributes", "50,000 attributes", [] {
    std::string item = "<item";
    for (int i = 0; i < 50'000; ++i) {
      item += fmt::format(" a{}=\"\"", i);
    }
    return item + "/>";
  }());
  reports("xml-namespaces", "20,000 namespaces", [] {
    std::string item = "<item";
    for (int i = 0; i < 20'000; ++i) {
      item += fmt::format(" xmlns:a{0}=\"urn:{0}\"", i);
    }
    return item + "/>";
  }());
  cases.push_back(
      {.name = "xml-root-tag",
       .does = "a first tag of 400 KB around 10,000 items",
       .site = Always(Feed("<rss version=\"2.0\" x=\"" + Repeat("y", 400'000) + "\"><channel>" +
                           Repeat("<item/>", 10'000) + "</channel></rss>")),
       .outcome = Outcome::kUnreadable,
       .words = "no RSS, Atom or RDF feed"});
  reports("xml-title", "a title of 4 MB",
          "<item><title>" + Repeat("long title ", 380'000) + "</title></item>");
  reports("xml-cdata", "a CDATA section that never ends",
          "<item><description><![CDATA[" + Repeat("]] >", 300'000));
  reports("xml-html-deep", "HTML within an item, nested 100,000 deep",
          "<item><description>" + Repeat("&lt;div>", 100'000) +
              "Quillbrook Academy</description>"
              "</item>");
  reports("xml-links", "links with other schemes and to private addresses",
          "<item><link>javascript:alert(1)</link><title>a</title></item>"
          "<item><link>http://10.0.0.6/</link><title>b</title></item>"
          "<item><link>file:///etc/passwd</link><title>c</title></item>");
  cases.push_back({.name = "feed-leads-inside",
                   .does = "articles at private addresses, to be followed",
                   .site = Always(Feed(ConcernFeed(
                       "inside",
                       "<item><guid>2</guid><link>http://10.0.0.7/</link><title>a</title></item>"
                       "<item><guid>3</guid><link>http://2130706433/</link><title>b</title></item>"
                       "<item><guid>4</guid><link>http://feed-leads-inside.example/go</link>"
                       "<title>c</title></item>"))),
                   .outcome = Outcome::kReported,
                   .keys = "follow: articles, max_pages: 10"});
  const auto json = [&cases](std::string name, std::string does, std::string_view body,
                             Outcome outcome) {
    cases.push_back({.name = std::move(name),
                     .does = std::move(does),
                     .site = Always(Answer(200, "Content-Type: application/feed+json\r\n", body)),
                     .outcome = outcome});
  };
  constexpr std::string_view kJsonStart =
      R"({"version":"https://jsonfeed.org/version/1.1","title":"Gazette","items":[)";
  json("json-deep", "a JSON feed nested 1,000,000 deep",
       std::string(kJsonStart) + Repeat("[", 1'000'000), Outcome::kUnreadable);
  json("json-items", "a JSON feed of 500,000 empty items",
       std::string(kJsonStart) + Repeat("{},", 500'000) + "{}]}", Outcome::kRead);
  json("json-cut", "a JSON feed that ends early", std::string(kJsonStart) + R"({"id":"1","conte)",
       Outcome::kUnreadable);
  json("json-numbers", "a JSON feed with an exponent of 10^9",
       std::string(kJsonStart) + R"({"id":1e999999999,"content_text":"x"}]})", Outcome::kRead);
}

}  // namespace schoolwatch::hostile
