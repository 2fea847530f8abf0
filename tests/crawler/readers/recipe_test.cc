#include "crawler/readers/recipe.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "config/diagnostics.h"
#include "tests/crawler/readers/read_page.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::string_view kPlain = "items: /posts\nid: {from: /id}\ntext: {from: /text}\n";

Recipe Made(const std::string& yaml) {
  config::Diagnostics problems;
  const auto section = config::ParseYaml("x.yaml", yaml, problems);
  std::optional<Recipe> recipe;
  if (section) {
    recipe = ReadRecipe("x", *section, problems);
  }
  EXPECT_TRUE(recipe) << problems.ToText();
  return recipe ? *std::move(recipe) : Recipe();
}

Document Read(const std::string& yaml, std::string_view body, int status = 0) {
  const Recipe recipe = Made(yaml);
  const std::map<std::string, std::string> request = {{"guild", "7"}};
  ReadOptions options;
  options.recipe = &recipe;
  options.request = &request;
  RawDocument raw;
  raw.url = *core::HttpUrl::Parse("https://social.example/api");
  raw.content_type = "application/json";
  raw.body = body;
  raw.status = status;
  core::Result<Document> document = ReadDocument(raw, options);
  if (!document) {
    ADD_FAILURE() << document.error().message;
    return {};
  }
  return *std::move(document);
}

// One item's text by a field as it is written.
struct TextCase {
  std::string name, field, item, text;
  std::string quoted = "";
};
class RecipeTextTest : public testing::TestWithParam<TextCase> {};

TEST_P(RecipeTextTest, IsMadeAsTheFieldSays) {
  const TextCase& row = GetParam();
  const Document document = Read(
      "items: /posts\nlookup: {user: {in: /users, where: /id, is: /by}}\nid: {from: /id}\n"
      "title_of_post: {from: /id}\ntext: " +
          row.field + "\n",
      R"({"title":"Thread","users":[{"id":1,"name":"Dana"},{"id":"2","name":"Owen"}],)"
      R"("posts":[{"id":"p",)" +
          row.item + "}]}",
      403);
  ASSERT_EQ(document.posts.size(), 1u);
  EXPECT_EQ(document.posts[0].text, row.text);
  EXPECT_EQ(document.posts[0].quoted, row.quoted);
}

INSTANTIATE_TEST_SUITE_P(
    Fields, RecipeTextTest,
    testing::Values(
        TextCase{"FirstThatIsNotEmpty", "{from: [/a, /b]}", R"("a":"","b":"two")", "two"},
        TextCase{"Joined", "{from: [/a, /b], join: \" + \"}", R"("a":"one","b":"two")",
                 "one + two"},
        TextCase{"AnyElement", "{from: \"/tags/*/name\", join: \", \"}",
                 R"("tags":[{"name":"a"},{},{"name":"b"}])", "a, b"},
        TextCase{"AnyElementFirst", "{from: \"/tags/*\"}", R"("tags":["","b","c"])", "b"},
        TextCase{"EscapedPointer", "{from: /a~1b/c~0d}", R"("a/b":{"c~d":"deep"})", "deep"},
        TextCase{"Index", "{from: /a/1}", R"("a":["x","y"])", "y"},
        TextCase{"Up", "{from: 2/title}", R"("a":1)", "Thread"},
        TextCase{"UpTooFar", "{from: [9/title, /a]}", R"("a":"here")", "here"},
        TextCase{"Root", "{from: \"root:/title\"}", R"("a":1)", "Thread"},
        TextCase{"Request", "{from: \"request:/guild\"}", R"("a":1)", "7"},
        TextCase{"Status", "{from: \"http:/status\"}", R"("a":1)", "403"},
        TextCase{"LookupByNumber", "{from: \"user:/name\"}", R"("by":1)", "Dana"},
        TextCase{"LookupByText", "{from: \"user:/name\"}", R"("by":"2")", "Owen"},
        TextCase{"LookupOfNobody", "{from: [\"user:/name\", /by]}", R"("by":"3")", "3"},
        TextCase{"Template", "{from: \"{/a}-{/b|basename}!\"}", R"("a":"x","b":"y/z")", "x-z!"},
        TextCase{"TemplateWithoutAPart", "{from: [\"{/a}-{/b}\", /a]}", R"("a":"x")", "x"},
        TextCase{"TemplateWithBraces", "{from: \"{{{/a}}}\"}", R"("a":"x")", "{x}"},
        TextCase{"When", "{from: [{at: /a, when: {at: /k, is: yes}}, /b]}",
                 R"("a":"one","b":"two","k":"no")", "two"},
        TextCase{"WhenNot", "{from: [{at: /a, when: {at: /k, is: yes, not: true}}, /b]}",
                 R"("a":"one","b":"two","k":"no")", "one"},
        TextCase{"WhenNull", "{from: {at: /a, when: {at: /k, is: \"null\"}}}",
                 R"("a":"one","k":null)", "one"},
        TextCase{"OwnTransform", "{from: [{at: /a, transform: html}, /b]}",
                 R"("a":"<b>x</b> &amp;","b":"<b>")", "x &"},
        TextCase{"Map", "{from: /a, map: {ONE: 1 star, \"*\": stars}}", R"("a":"ONE")", "1 star"},
        TextCase{"MapOther", "{from: /a, map: {ONE: 1 star, \"*\": stars}}", R"("a":"X")", "stars"},
        TextCase{"MapKeepsOthers", "{from: /a, map: {ONE: 1 star}}", R"("a":"X")", "X"},
        TextCase{"Empty", "{from: [/a, /b], empty: \"0\"}", R"("a":0,"b":"x")", "x"},
        TextCase{"ReplaceFind", "{from: /a, replace: {each: /u, find: /s, with: /l}}",
                 R"("a":"see t.co/1 t.co/1","u":[{"s":"t.co/1","l":"https://x.example/"}])",
                 "see https://x.example/ https://x.example/"},
        TextCase{"ReplaceNothing", "{from: /a, replace: {each: /u, find: /s, with: /l}}",
                 R"("a":"same","u":[{"s":"","l":"x"},{"s":"s"},7])", "same"},
        TextCase{"ReplaceBytes", "{from: /a, replace: {each: /f, bytes: [/0, /1], with: /2}}",
                 R"("a":"£ one two","f":[[7,10,"2"],[3,6,"1"]])", "£ 1 2"},
        TextCase{
            "ReplaceBytesOutside", "{from: /a, replace: {each: /f, bytes: [/0, /1], with: /2}}",
            R"("a":"£ one","f":[[1,4,"x"],[3,99,"x"],[-1,2,"x"],[4,3,"x"],[0,2,"GBP"],[0,3,"y"]])",
            "GBP one"},
        TextCase{"HtmlQuote", "{from: /a, transform: html, skip: .meta, quote: aside}",
                 R"("a":"<aside>theirs<i class=meta>x</i></aside><p>mine</p>")", "mine", "theirs"},
        TextCase{"HtmlTakeCells", "{from: /a, transform: html, take: .new}",
                 R"("a":"<tr><td class=old>was</td><td class=new>is</td></tr>")", "is"},
        TextCase{"NumbersAsText", "{from: [/a], join: x}", R"("a":18446744073709551615)",
                 "18446744073709551615"}),
    [](const auto& row) { return row.param.name; });

TEST(RecipeTest, ItemsOfSeveralKindsAndWrappedOnes) {
  const Document document = Read(
      "kind: comment\nitems: [{at: /posts, kind: entry}, \"/posts/*/replies\"]\n"
      "unwrap: {at: /inner, when: {at: /text, is: \"null\"}}\nid: {from: /id}\n"
      "text: {from: /text}\nparent: {from: 2/id}\n",
      R"({"posts":[{"id":1,"text":"a","inner":{"id":9,"text":"no"},"replies":[{"id":2,"text":"b"}]},
                   {"id":3,"inner":{"id":4,"text":"c"}}]})");
  ASSERT_EQ(document.posts.size(), 3u);
  EXPECT_EQ(document.posts[0].kind, core::PostKind::kEntry);
  EXPECT_EQ(document.posts[0].text, "a");
  EXPECT_EQ(document.posts[1].id, "4");
  EXPECT_EQ(document.posts[2].kind, core::PostKind::kComment);
  EXPECT_EQ(document.posts[2].parent, "1");
}

TEST(RecipeTest, AnErrorAnswerMeansWhatTheFirstThatHoldsSays) {
  const std::string errors =
      std::string(kPlain) +
      "errors:\n"
      "  - {when: {at: \"http:/status\", is: \"429\"}, means: slow_down, say: /message}\n"
      "  - {when: {at: \"/errors/*/reason\", is: spent}, means: budget_spent, say: /message}\n"
      "  - {say: [/nothing, /message]}\n";
  const auto meaning = [&](std::string_view body, int status) {
    const Document document = Read(errors, body, status);
    EXPECT_TRUE(document.posts.empty());
    return document.answer_error ? std::string(AnswerMeaningName(document.answer_error->meaning)) +
                                       ": " + document.answer_error->words
                                 : "none";
  };
  EXPECT_EQ(meaning(R"({"message":"wait"})", 429), "slow_down: wait");
  EXPECT_EQ(meaning("{}", 429), "slow_down: ");
  EXPECT_EQ(meaning(R"({"errors":[{"reason":"x"},{"reason":"spent"}],"message":"m"})", 403),
            "budget_spent: m");
  EXPECT_EQ(meaning(R"({"message":"odd","posts":[{"id":1,"text":"x"}]})", 200), "other: odd");
  EXPECT_EQ(meaning(R"({"message":""})", 200), "none");
  const Document cut = Read(errors, R"({"message":")" + std::string(299, 'a') + "££\"}", 200);
  EXPECT_EQ(cut.answer_error->words, std::string(299, 'a'));
}

TEST(RecipeTest, DeletedPostsAreGoneAndLinksAreListed) {
  const Document document = Read(
      std::string(kPlain) +
          "gone: {at: /op, is: delete}\nkeep: {at: /op, is: [delete, \"null\"]}\n"
          "links: [{address: {from: /feed}, kind: feed}]\nthread_title: {from: /title}\n"
          "thread_title_of_post: {from: /in}\n",
      R"({"title":"All","posts":[{"id":1,"op":"delete","text":"x"},{"id":2,"op":"ban","text":"y"},
          {"id":3,"text":"z","feed":"/f.xml","in":"Gates"},{"id":4,"text":"w"}]})");
  EXPECT_EQ(document.gone, std::vector<std::string>{"1"});
  ASSERT_EQ(document.posts.size(), 2u);
  EXPECT_EQ(document.posts[0].thread_title, "Gates");
  EXPECT_EQ(document.posts[1].thread_title, "All");
  ASSERT_EQ(document.links.size(), 1u);
  EXPECT_EQ(document.links[0].url, "https://social.example/f.xml");
  EXPECT_EQ(document.links[0].kind, LinkKind::kFeed);
}

TEST(RecipeTest, PicturesThatSaySomethingJoinTheText) {
  const Document document = Read(
      "items: /posts\nid: {from: /id}\ntext: {from: /text}\n"
      "picture_texts: {from: \"/pictures/*/alt\"}\n",
      R"({"posts":[{"id":1,"text":"Look","pictures":[{"alt":"The locked gates at nine"},
               {"alt":"Gates"},{"alt":"Screenshot_20261112 of a phone.jpg"}]},
               {"id":2,"pictures":[{"alt":"Only a picture here"}]}]})");
  ASSERT_EQ(document.posts.size(), 2u);
  EXPECT_EQ(document.posts[0].text, "Look\nThe locked gates at nine");
  EXPECT_EQ(document.posts[1].text, "Only a picture here");
}

struct MistakeCase {
  std::string name, yaml, place, words;
};
class RecipeMistakeTest : public testing::TestWithParam<MistakeCase> {};

TEST_P(RecipeMistakeTest, IsShownWithItsPlace) {
  config::Diagnostics problems;
  const auto section = config::ParseYaml("x.yaml", GetParam().yaml, problems);
  ASSERT_TRUE(section);
  EXPECT_FALSE(ReadRecipe("x", *section, problems));
  const std::string shown = problems.ToText();
  EXPECT_NE(shown.find("x.yaml:" + GetParam().place), std::string::npos) << shown;
  EXPECT_NE(shown.find(GetParam().words), std::string::npos) << shown;
  EXPECT_EQ(problems.all().size(), 1u) << shown;
}

const std::string kPosts = "items: /posts\nid: {from: /id}\n";
INSTANTIATE_TEST_SUITE_P(
    Mistakes, RecipeMistakeTest,
    testing::Values(
        MistakeCase{"NoPointer", kPosts + "text: {from: words}\n", "3:14", "begins with '/'"},
        MistakeCase{"NoLookup", kPosts + "text: {from: [/a, \"user:/name\"]}\n", "3:19",
                    "no lookup is called 'user'"},
        MistakeCase{"OpenBrace", kPosts + "text: {from: \"{/a\"}\n", "3:14", "not closed"},
        MistakeCase{"NoTransform", kPosts + "text: {from: \"{/a|shout}\"}\n", "3:14", "'shout'"},
        MistakeCase{"DepthInAField", kPosts + "text: {from: \"/**/a\"}\n", "3:14",
                    "only for 'items'"},
        MistakeCase{"DepthTwice", "items: /**/a/**/b\nid: {from: /id}\ntext: {from: /a}\n", "1:8",
                    "once"},
        MistakeCase{"UpFromTheRoot", kPosts + "text: {from: /a}\nthread_title: {from: 1/x}\n",
                    "4:22", "begins at an item"},
        MistakeCase{"NoSelector", kPosts + "text: {from: /a, take: \"p >\"}\n", "3:24",
                    "'text.take'"},
        MistakeCase{"OneByte", kPosts + "text: {from: /a, replace: {each: /b, with: /c}}\n", "",
                    "'replace' needs"},
        MistakeCase{"NoText", kPosts, "", "'text' is missing"},
        MistakeCase{"NoItems", "id: {from: /id}\ntext: {from: /a}\n", "", "'items' is missing"},
        MistakeCase{"FeedWithItems", "reader: feed\nitems: /a\n", "2:1", "means nothing"},
        MistakeCase{"JsonWithFeed", kPosts + "text: {from: /a}\nfeed: {headline_only: true}\n",
                    "4:1", "means nothing"},
        MistakeCase{"HtmlWithoutPage", "reader: html\n", "", "'page' is missing"}),
    [](const auto& row) { return row.param.name; });

TEST(FeedRecipeTest, AFeedIsReadAsItsPlatformMeansIt) {
  const Recipe recipe = Made(
      "reader: feed\nkind: article\nfeed: {source_is_author: true, drop_lines: [\"by *\", \"* x * "
      "y\"], skip: .ad}\n");
  ReadOptions options;
  options.recipe = &recipe;
  const Document document = ReadOrFail(
      "<rss version='2.0'><channel><item><title>Gates shut - The Herald</title><source "
      "url='https://h.example'>The Herald</source><description>&lt;p&gt;Row&lt;/p&gt;&lt;p "
      "class=ad&gt;Buy&lt;/p&gt;&lt;p&gt;by dana&lt;/p&gt;&lt;p&gt;a x b y&lt;/p&gt;</description>"
      "</item><item><title>Second</title><author>https://l.example/u/tamsin/</author></item>"
      "</channel></rss>",
      "application/rss+xml", options);
  ASSERT_EQ(document.posts.size(), 2u);
  EXPECT_EQ(document.posts[0].kind, core::PostKind::kArticle);
  EXPECT_EQ(document.posts[0].platform, "x");
  EXPECT_EQ(document.posts[0].title, "Gates shut");
  EXPECT_EQ(document.posts[0].author, "The Herald");
  EXPECT_EQ(document.posts[0].text, "Row");
  EXPECT_EQ(document.posts[1].author, "tamsin");
  EXPECT_EQ(document.posts[1].author_url, "https://l.example/u/tamsin/");
}

TEST(HtmlRecipeTest, APageIsReadByTheRecipesSelectors) {
  const Recipe recipe = Made(
      "reader: html\npage: {marks: body, post: .note, body: .words, author: .by, kind: comment}\n");
  ReadOptions options;
  options.recipe = &recipe;
  const Document document = ReadHtml(
      "<body><div class=note><b class=by>Dana</b><p class=words>The gates are shut again.</p></div>"
      "<div class=note><b class=by>Owen</b><p class=words>They were open at nine.</p></div></body>",
      options);
  ASSERT_EQ(document.posts.size(), 2u);
  EXPECT_EQ(document.posts[0].author, "Dana");
  EXPECT_EQ(document.posts[0].text, "The gates are shut again.");
  EXPECT_EQ(document.posts[1].platform, "x");
}

}  // namespace
}  // namespace schoolwatch::crawler
