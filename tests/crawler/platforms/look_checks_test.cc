#include <gtest/gtest.h>

#include <string>

#include "config/section.h"
#include "crawler/platforms/platform.h"

// What the file of a platform is told of the routes with `looks_at`.
namespace schoolwatch::crawler {
namespace {

constexpr std::string_view kFile = R"(title: Quillnet
group: social
certainty: documented
status: on
covers: notes
values: {host: {help: The server, default: quillnet.example}}
credentials: {key: {help: A key}}
budgets: [{what: money, currency: USD}]
routes:
  batch:
    title: Again
    answer: note
    request: {url: "https://{host}/notes"}
    looks_at: {posts: 'n[0-9]+', into: query.ids, most: 5, list: /notes}
  single:
    title: Again, one at a time
    answer: note
    robots_asked: true
    request: {url: "https://{server}/notes/{number}"}
    looks_at: {posts: 'https://(?P<server>[a-z.]+)/(?P<number>[0-9]+)'}
  new:
    title: New
    answer: note
    request: {url: "https://{host}/new"}
answers:
  note:
    title: Notes
    items: /notes
    id: {from: /id}
    text: {from: /text}
    errors:
      - {when: {at: /error, is: none}, means: nothing_there, say: /error}
)";

bool Loads(const std::string& text, config::Diagnostics& problems) {
  const auto section = config::ParseYaml("quillnet.yaml", text, problems);
  return section && ReadPlatform("quillnet", *section, {}, problems).has_value();
}

TEST(LookChecksTest, AGoodFileIsRead) {
  config::Diagnostics problems;
  const auto section = config::ParseYaml("quillnet.yaml", std::string(kFile), problems);
  ASSERT_TRUE(section);
  const auto platform = ReadPlatform("quillnet", *section, {}, problems);
  ASSERT_TRUE(platform) << problems.ToText();
  const LookSpec& batch = *platform->FindRoute("batch")->looks_at;
  EXPECT_EQ(batch.by, LookSpec::By::kId);
  EXPECT_EQ(batch.ask, "{id}");
  EXPECT_EQ(batch.most, 5u);
  EXPECT_EQ(batch.list, "/notes");
  EXPECT_FALSE(platform->FindRoute("single")->looks_at->list.has_value());
  EXPECT_FALSE(platform->FindRoute("single")->is_usual());
  EXPECT_TRUE(platform->FindRoute("new")->is_usual());
}

struct WrongLook {
  std::string name;
  std::string line;  // A part of the file, changed to…
  std::string to;
  std::string message;
};

class LookChecksTest : public testing::TestWithParam<WrongLook> {};

TEST_P(LookChecksTest, IsRefusedWithItsPlace) {
  std::string text(kFile);
  const std::size_t at = text.find(GetParam().line);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, GetParam().line.size(), GetParam().to);
  config::Diagnostics problems;
  EXPECT_FALSE(Loads(text, problems));
  EXPECT_NE(problems.ToText().find(GetParam().message), std::string::npos) << problems.ToText();
}

INSTANTIATE_TEST_SUITE_P(
    Rows, LookChecksTest,
    testing::Values(
        WrongLook{"UnknownKey", "list: /notes", "lists: /notes",
                  "quillnet.yaml:14:60: route 'batch': unknown key 'lists'"},
        WrongLook{"WithoutPosts", "posts: 'n[0-9]+', ", "", "'looks_at.posts' is missing"},
        WrongLook{"BrokenPattern", "posts: 'n[0-9]+'", "posts: 'n[0-9+'",
                  "quillnet.yaml:14:23: route 'batch': 'posts' is no regular expression"},
        WrongLook{"GroupNamedAsAValue", "(?P<number>[0-9]+)'", "(?P<host>[0-9]+)'",
                  "the group 'host' has the name of a value or credential"},
        WrongLook{"GroupNamedAsACredential", "(?P<number>[0-9]+)'", "(?P<key>[0-9]+)'",
                  "the group 'key' has the name of a value or credential"},
        WrongLook{"UnknownNameInAsk", "into: query.ids", "into: query.ids, ask: '{nummer}'",
                  "route 'batch': there is no value 'nummer'"},
        WrongLook{"UnknownNameInAddress", "/notes/{number}", "/notes/{nummer}",
                  "route 'single': there is no value 'nummer'"},
        WrongLook{"AllAskedAlike", "into: query.ids, most: 5", "most: 1",
                  "every post would be asked for alike"},
        WrongLook{"SeveralWithoutAPlace", "posts: 'https", "most: 2, posts: 'https",
                  "several posts are asked for at once, so 'into' must say where"},
        WrongLook{"SeveralWithoutAList", ", list: /notes", "",
                  "'list' must say where the answer has those that are there"},
        WrongLook{"IntoABodyThatIsNotSent", "into: query.ids", "into: body.ids",
                  "'body.ids' is for 'method: POST'"},
        WrongLook{"IntoAValueThatIsNotThere", "into: query.ids", "into: value.ids",
                  "the request has no '{ids}' that 'value.ids' could go into"},
        WrongLook{"RepeatedInAValue", "into: query.ids", "repeat: true, into: value.host",
                  "'repeat' is for a parameter of the query"},
        WrongLook{"StatusOfSeveral", "list: /notes}", "list: /notes, by_status: true}",
                  "a status tells of one post, and 'most' is more"},
        WrongLook{"NothingTells", "means: nothing_there", "means: other",
                  "route 'single': nothing would tell that a post is missing"},
        WrongLook{"HostsOfPostsWithoutRobots", "    robots_asked: true\n", "",
                  "it asks hosts that posts name, so it needs 'robots_asked: true'"},
        WrongLook{"HostsOfPostsWithACredential", "/notes/{number}\"",
                  "/notes/{number}\", query: {k: \"{key}\"}",
                  "it asks hosts that posts name, so no credential may go with it"},
        WrongLook{"ItCostsMoney", "answer: note\n    request",
                  "answer: note\n    cost: {most_money: 1}\n    request",
                  "route 'batch': a look never spends money"},
        WrongLook{"ItAsksForWords", "answer: note\n    request",
                  "answer: note\n    words: {into: query.q}\n    request",
                  "'looks_at' goes with neither 'words', 'since', 'paging' nor 'next'"},
        WrongLook{"AFeed", "answer: note\n    request", "reader: feed\n    request",
                  "'looks_at' is for answers in JSON"},
        WrongLook{"AnotherLeadsThere", "/new\"}",
                  "/new\"}\n    next: {route: batch, each: /notes, with: {n: /id}}",
                  "route 'batch' looks at posts again, which nothing else leads to"}),
    [](const testing::TestParamInfo<WrongLook>& row) { return row.param.name; });

}  // namespace
}  // namespace schoolwatch::crawler
