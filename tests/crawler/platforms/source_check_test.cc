#include "crawler/platforms/source_check.h"

#include <gtest/gtest.h>

#include "tests/crawler/platforms/plan_fixture.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::string_view kRoutes = R"(
  search:
    title: Search
    answer: note
    request: {url: "https://{host}/search", query: {key: "{key}"}}
    words: {into: query.q}
  new:
    title: New notes
    answer: note
    request: {url: "https://{host}/r/{subs}/new"}
  paid:
    title: Paid
    answer: note
    by_default: false
    request: {url: "https://{host}/paid"}
    cost: {most_money: 1, prices: {/notes: 0.01}}
)";

struct SourceCase {
  std::string name;
  std::string source;    // As YAML, in braces.
  std::string expected;  // A part of what is said; "" where nothing is.
};

class SourceCheckTest : public testing::TestWithParam<SourceCase> {};

TEST_P(SourceCheckTest, Says) {
  Platforms platforms;
  platforms.emplace("quillnet", MakePlatform(kRoutes, "\n"));
  auto gate = std::make_shared<Platform>();
  gate->name = "gatechat";
  gate->title = "Gate chat";
  gate->status = PlatformStatus::kCoverage;
  gate->report_instead = "send a screenshot";
  platforms.emplace("gatechat", gate);

  const std::string settings = R"(schools:
  quillbrook:
    name: Quillbrook Academy
    town: Quillbrook
    people: {headteacher: Dr Imogen Vale}
contacts: [{role: headteacher, name: Imogen Vale, email: head@quillbrook.example}]
alerts: {channel: folder, from: watch@quillbrook.example}
crawl: {contact: it@quillbrook.example}
)";
  config::Diagnostics problems;
  const auto configuration = config::ReadConfiguration(
      "/nowhere", settings, "sources:\n  net: {" + GetParam().source + "}\n", problems,
      config::Secrets::kLeave);
  if (configuration) {
    CheckPlatformSources(configuration->sources, configuration->settings.schools, platforms,
                         problems);
  }
  if (GetParam().expected.empty()) {
    EXPECT_EQ(problems.ToText(), "");
  } else {
    EXPECT_NE(problems.ToText().find(GetParam().expected), std::string::npos) << problems.ToText();
  }
}

INSTANTIATE_TEST_SUITE_P(
    , SourceCheckTest,
    testing::Values(
        SourceCase{"Fine", "platform: quillnet, credentials: {key: '${env:KEY}'}", ""},
        SourceCase{"FineWithoutTheKeyOfOneRoute", "platform: quillnet, with: {subs: [a, b]}", ""},
        SourceCase{"UnknownPlatform", "platform: quillnot",
                   "sources.yaml:2:3: source 'net': there is no platform 'quillnot' that can be "
                   "asked without 'url'; did you mean 'quillnet'?"},
        SourceCase{"FreeWordBesideAnAddress", "platform: quillnot, url: 'https://a.example/'", ""},
        SourceCase{"Neither", "title: x", "there is neither 'url'"},
        SourceCase{"RoutesBesideAnAddress",
                   "platform: quillnet, url: 'https://a.example/', "
                   "routes: search",
                   "'routes' is for a 'platform' that is asked without 'url'"},
        SourceCase{"ReaderWithoutAnAddress", "platform: quillnet, reader: json",
                   "'reader' is for a source with 'url'"},
        SourceCase{"Coverage", "platform: gatechat",
                   "Gate chat cannot be watched; send a screenshot"},
        SourceCase{"UnknownRoute", "platform: quillnet, routes: serch",
                   "'routes' has 'serch', which Quillnet does not have; did you mean 'search'?"},
        SourceCase{"UnknownValue", "platform: quillnet, with: {sub: a}", "did you mean 'subs'?"},
        SourceCase{"OneValueOnly", "platform: quillnet, with: {host: [a.example, b.example]}",
                   "'with.host' takes one value, not 2"},
        SourceCase{"UnknownCredential", "platform: quillnet, credentials: {kye: '${env:KEY}'}",
                   "'credentials' has 'kye', which Quillnet does not want; did you mean 'key'?"},
        SourceCase{"SecretAsText", "platform: quillnet, credentials: {key: hunter2}", "${env:"},
        SourceCase{"NamedRouteLacksItsKey", "platform: quillnet, routes: search",
                   "route 'search' wants 'credentials.key' (A key)"},
        SourceCase{"NothingCanBeAsked", "platform: quillnet",
                   "nothing can be asked: route 'search' wants 'credentials.key' (A key), 'new' "
                   "wants 'with.subs' (Places)"},
        SourceCase{"MoneyWithoutACap", "platform: quillnet, routes: paid",
                   "route 'paid' wants 'spend', the most that may be spent a month"},
        SourceCase{"MoneyWithACap", "platform: quillnet, routes: paid, spend: 2.50", ""},
        SourceCase{"PeopleAreNotSearchedFor",
                   "platform: quillnet, credentials: {key: '${env:KEY}'}, with: {words: ['dr "
                   "imogen vale']}",
                   "'with.words' has 'dr imogen vale', who is a person"},
        SourceCase{"BadHost", "platform: quillnet, with: {host: 'a.example/x', subs: a}",
                   "cannot be the name of a host"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace schoolwatch::crawler
