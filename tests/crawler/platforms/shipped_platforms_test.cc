#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include "crawler/platforms/look_plan.h"
#include "crawler/platforms/reported_link.h"
#include "crawler/platforms/route_plan.h"
#include "tests/crawler/platforms/plan_fixture.h"

// The platforms' files as they are shipped.
namespace schoolwatch::crawler {
namespace {

const Platforms& Shipped() {
  static const Platforms kPlatforms = [] {
    config::Diagnostics problems;
    const Answers answers = LoadRecipes(SW_SOURCE_DIR "/config/answers", problems);
    Platforms platforms = LoadPlatforms(SW_SOURCE_DIR "/config/platforms", answers, problems);
    EXPECT_EQ(problems.ToText(), "");
    return platforms;
  }();
  return kPlatforms;
}

TEST(ShippedPlatformsTest, CoverWhatPoliciesName) {
  for (const char* name : {"facebook",
                           "facebook-others",
                           "linkedin",
                           "linkedin-others",
                           "x",
                           "instagram",
                           "instagram-others",
                           "whatsapp",
                           "snapchat",
                           "youtube",
                           "flickr",
                           "mediawiki",
                           "wordpress",
                           "blogger",
                           "mastodon",
                           "bluesky",
                           "threads",
                           "reddit",
                           "tiktok",
                           "tiktok-others",
                           "telegram",
                           "podcasts",
                           "phpbb",
                           "chatrooms",
                           "pinboard",
                           "delicious",
                           "school-apps",
                           "google-reviews",
                           "trustpilot",
                           "uk-petitions",
                           "petitions-others",
                           "newspapers",
                           "newspaper-comments",
                           "nextdoor",
                           "parent-forums",
                           "teacher-ratings",
                           "private-messages",
                           "discord",
                           "matrix",
                           "misskey",
                           "dokuwiki",
                           "ghost",
                           "medium",
                           "substack",
                           "discourse",
                           "nodebb",
                           "vbulletin",
                           "xenforo",
                           "lemmy",
                           "peertube",
                           "tumblr",
                           "pinterest",
                           "shaarli",
                           "google-news",
                           "bing-news",
                           "google-alerts",
                           "gdelt",
                           "common-crawl",
                           "disqus",
                           "own-site"}) {
    EXPECT_TRUE(Shipped().contains(name)) << name;
  }
}

TEST(ShippedPlatformsTest, EveryOneSaysWhatIsNotReadAndHowPeopleReportIt) {
  for (const auto& [name, platform] : Shipped()) {
    EXPECT_NE(platform->not_covered, "") << name;
    EXPECT_NE(platform->report_instead, "") << name;
    EXPECT_NE(platform->about, "") << name;
    if (platform->status != PlatformStatus::kCoverage) {
      EXPECT_NE(platform->covers, "") << name;
    }
  }
}

TEST(ShippedPlatformsTest, SecretsAndInterfacesTellHowToGetThem) {
  for (const auto& [name, platform] : Shipped()) {
    for (const CredentialSpec& credential : platform->credentials) {
      EXPECT_TRUE(!credential.steps.empty() || !credential.link.empty())
          << name << " " << credential.name;
    }
    for (const Route& route : platform->routes) {
      // Feeds and pages are no interfaces, whatever else the platform has.
      if (route.reader == "feed" || route.reader == "html") {
        EXPECT_TRUE(route.robots_asked || platform->robots == RobotsUse::kObey)
            << name << " " << route.name;
      }
    }
  }
}

// Every route makes a request once its values are there, or is a stream, or is asked by another.
TEST(ShippedPlatformsTest, EveryRouteCanBeAsked) {
  core::School school;
  school.key = "quillbrook";
  school.name = "Quillbrook Academy";
  school.handles = {"@QuillbrookAcad"};
  const std::vector<core::School> schools{school};
  // Fit for the patterns that the files have.
  const std::vector<std::string> examples{"quillbrook",
                                          "quillbrook.example",
                                          "/news/rss.xml",
                                          "12345",
                                          "UCabcdefghijklmnopqrstuv",
                                          "dQw4w9WgXcQ",
                                          "v26.0",
                                          "urn:li:organization:123",
                                          "202609",
                                          "12345678@N00",
                                          "!room:quillbrook.example",
                                          "https://x.com/a/status/1",
                                          "https://www.tiktok.com/@a/video/1"};
  for (const auto& [name, platform] : Shipped()) {
    std::set<std::string> asked_by_others;
    for (const Route& route : platform->routes) {
      if (route.next) {
        asked_by_others.insert(route.next->route);
      }
    }
    for (const Route& route : platform->routes) {
      config::Source source;
      source.name = name;
      source.platform = name;
      source.routes = {route.name};
      source.spend = 1'000'000;
      for (const ValueSpec& value : platform->values) {
        for (const std::string& example : examples) {
          if (value.pattern.empty() || re2::RE2::FullMatch(example, value.pattern)) {
            source.with[value.name] = {example};
            break;
          }
        }
        EXPECT_TRUE(source.with.contains(value.name)) << name << " " << value.name;
      }
      for (const CredentialSpec& credential : platform->credentials) {
        source.credentials[credential.name] = "sesame-" + credential.name;
      }
      core::PlatformSession session;
      session.access_token = "sesame-token";
      PlanInput input{.platform = platform, .source = &source, .schools = schools};
      input.session = &session;
      input.version = "1";
      const RoutePlan plan = PlanRoutes(input);
      if (route.reader == "stream" || route.looks_at || asked_by_others.contains(route.name)) {
        continue;
      }
      ASSERT_FALSE(plan.requests.empty()) << name << " " << route.name << " "
                                          << (plan.unasked.empty() ? "" : plan.unasked[0].detail);
      for (const CrawlRequest& request : plan.requests) {
        EXPECT_TRUE(request.url.is_https()) << request.url.href();
        EXPECT_EQ(request.url.href().find("sesame"), std::string::npos) << request.url.href();
      }
    }
  }
}

// Posts as the answers' samples have them, and where they are asked for.
TEST(ShippedPlatformsTest, EveryLookAsksForTheRightPost) {
  struct Row {
    const char* platform;
    const char* route;
    const char* id;
    const char* url;
    const char* asked;
  };
  const std::vector<Row> rows{
      {"bluesky", "again", "at://did:plc:qb7/app.bsky.feed.post/3n2srd", "",
       "https://public.api.bsky.app/xrpc/app.bsky.feed.getPosts?"
       "uris=at%3A%2F%2Fdid%3Aplc%3Aqb7%2Fapp.bsky.feed.post%2F3n2srd"},
      {"mastodon", "again", "https://far.example/users/dana/statuses/99",
       "https://far.example/@dana/99", "https://far.example/api/v1/statuses/99"},
      {"mastodon", "again", "https://far.example/@dana/99", "",
       "https://far.example/api/v1/statuses/99"},
      {"lemmy", "posts_again", "https://lemmy.example/post/702", "",
       "https://lemmy.example/api/v3/post?id=702"},
      {"lemmy", "comments_again", "https://lemmy.example/comment/4415", "",
       "https://lemmy.example/api/v3/comment?id=4415"},
      {"reddit", "again", "t1_9", "", "https://oauth.reddit.com/api/info?id=t1_9&raw_json=1"},
      {"reddit", "again", "t3_1a", "", "https://oauth.reddit.com/api/info?id=t3_1a&raw_json=1"},
      {"wordpress", "comments_again", "https://blog.example/2026/10/uniform/#comment-12", "",
       "https://blog.example/wp-json/wp/v2/comments?include=12&per_page=100"},
      {"wordpress", "comments_again", "https://blog.example/?p=4#comment-12", "",
       "https://blog.example/wp-json/wp/v2/comments?include=12&per_page=100"},
      {"youtube", "comments_again", "UgB", "https://www.youtube.com/watch?v=vQ1&lc=UgB",
       "https://www.googleapis.com/youtube/v3/comments?id=UgB&part=snippet&textFormat=plainText"},
      {"youtube", "videos_again", "dQuillbr00k", "https://www.youtube.com/watch?v=dQuillbr00k",
       "https://www.googleapis.com/youtube/v3/videos?id=dQuillbr00k&part=snippet"},
      {"youtube", "videos_again", "yt:video:dQuillbr00k", "",
       "https://www.googleapis.com/youtube/v3/videos?id=dQuillbr00k&part=snippet"},
  };
  std::set<std::string> tried;
  for (const Row& row : rows) {
    config::Source source;
    source.name = source.platform = row.platform;
    source.with["host"] = {"blog.example"};
    source.with["account"] = {"quillbrook"};
    source.credentials = {{"key", "sesame"}, {"client_secret", "sesame"}};
    core::PlatformSession session;
    session.access_token = "sesame-token";
    PlanInput input{.platform = Shipped().at(row.platform), .source = &source, .schools = {}};
    input.session = &session;
    input.version = "1";
    const std::vector<LookPost> posts{{.key = "k", .id = row.id, .url = row.url}};
    const LookPlan plan = PlanLooks(input, posts, 10);
    ASSERT_EQ(plan.requests.size(), 1u) << row.platform << " " << row.id;
    EXPECT_EQ(plan.requests[0].url.href(), row.asked);
    EXPECT_EQ(plan.requests[0].call->route->name, row.route);
    tried.insert(std::string(row.platform) + " " + row.route);
  }
  for (const auto& [name, platform] : Shipped()) {
    for (const Route& route : platform->routes) {
      EXPECT_TRUE(!route.looks_at || tried.contains(name + " " + route.name))
          << name << " " << route.name;
    }
  }
}

// To write it anew: SCHOOLWATCH_UPDATE_GENERATED=1 platforms_test --gtest_filter='*Schema*'.
TEST(ShippedPlatformsTest, TheEditorsSchemaIsCurrent) {
  const char* const path = SW_SOURCE_DIR "/config/schema/platform.schema.json";
  if (std::getenv("SCHOOLWATCH_UPDATE_GENERATED") != nullptr) {
    std::ofstream(path) << PlatformJsonSchema();
  }
  std::ifstream file(path);
  EXPECT_EQ(std::string((std::istreambuf_iterator<char>(file)), {}), PlatformJsonSchema());
}

// The platform that docs/add-a-platform.md adds is read as it stands there.
TEST(ShippedPlatformsTest, TheExampleOfTheDocumentWorks) {
  std::ifstream file(SW_SOURCE_DIR "/docs/add-a-platform.md");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto block = [&](std::string_view kind) {
    const std::size_t begin = text.find("```" + std::string(kind) + "\n") + kind.size() + 4;
    return text.substr(begin, text.find("```", begin) - begin);
  };
  config::Diagnostics problems;
  const auto section = config::ParseYaml("quillnet.yaml", block("yaml"), problems);
  ASSERT_TRUE(section) << problems.ToText();
  std::optional<Platform> platform = ReadPlatform("quillnet", *section, {}, problems);
  ASSERT_TRUE(platform) << problems.ToText();

  core::School school;
  school.name = "Quillbrook Academy";
  const std::vector<core::School> schools{school};
  config::Source source;
  source.name = "quillnet";
  source.credentials["key"] = "sesame";
  PlanInput input{.platform = std::make_shared<const Platform>(std::move(*platform)),
                  .source = &source,
                  .schools = schools};
  const RoutePlan plan = PlanRoutes(input);
  ASSERT_EQ(plan.requests.size(), 1u);
  EXPECT_EQ(plan.requests[0].url.href(),
            "https://quillnet.example/api/search?limit=50&q=%22Quillbrook%20Academy%22&sort=new");
  EXPECT_EQ(plan.requests[0].call->secret_query, "key=sesame");
  const std::string answer = block("json");
  const AnswerSteps steps = FollowAnswer(
      input, {.request = &plan.requests[0], .body = answer, .link_header = {}, .posts = {}});
  ASSERT_EQ(steps.more.size(), 1u);
  EXPECT_TRUE(steps.more[0].url.href().ends_with("&cursor=Q2"));
}

struct AddressCase {
  std::string platform;
  std::string route;
  std::map<std::string, std::vector<std::string>> with;
  std::string expected;
};
class ShippedAddressTest : public PlanTest, public testing::WithParamInterface<AddressCase> {};

TEST_P(ShippedAddressTest, Asks) {
  const AddressCase& row = GetParam();
  source_.platform = row.platform;
  source_.routes = {row.route};
  source_.with = row.with;
  source_.spend = 1;
  schools_[0].also.clear();
  for (const CredentialSpec& credential : Shipped().at(row.platform)->credentials) {
    source_.credentials[credential.name] = "s";
  }
  core::PlatformSession session;
  session.access_token = "t";
  PlanInput input = Input(Shipped().at(row.platform));
  input.session = &session;
  const RoutePlan plan = PlanRoutes(input);
  ASSERT_EQ(plan.requests.size(), 1u);
  EXPECT_EQ(plan.requests[0].url.href(), row.expected);
}

INSTANTIATE_TEST_SUITE_P(
    , ShippedAddressTest,
    testing::Values(
        AddressCase{"bluesky",
                    "search",
                    {{"handle", {"q.bsky.social"}}},
                    "https://bsky.social/xrpc/app.bsky.feed.searchPosts?limit=100&q=%22Quillbrook%"
                    "20Academy%22&sort=latest"},
        AddressCase{"mastodon",
                    "tag",
                    {},
                    "https://mastodon.social/api/v1/timelines/tag/QuillbrookAcademy?limit=40"},
        AddressCase{"x",
                    "search",
                    {},
                    "https://api.x.com/2/tweets/search/recent?expansions=author_id%2Cattachments."
                    "media_keys&max_results=100&media.fields=alt_text&query=%28%22Quillbrook%"
                    "20Academy%22%20OR%20%40QuillbrookAcad%29%20-is%3Aretweet&tweet.fields=created_"
                    "at%2Cconversation_id%2Clang%2Creferenced_tweets%2Centities%2Cattachments%"
                    "2Cnote_tweet%2Cedit_history_tweet_ids&user.fields=name%2Cusername"},
        AddressCase{"youtube",
                    "search",
                    {},
                    "https://www.googleapis.com/youtube/v3/search?maxResults=50&order=date&part="
                    "snippet&publishedAfter=2026-11-13T18%3A00%3A00Z&q=%22Quillbrook%20Academy%22&"
                    "regionCode=GB&type=video"},
        AddressCase{"reddit",
                    "new",
                    {{"subs", {"quillbrook"}}, {"account", {"qb"}}},
                    "https://oauth.reddit.com/r/quillbrook/new?limit=100&raw_json=1"},
        AddressCase{"mediawiki",
                    "search",
                    {},
                    "https://en.wikipedia.org/w/api.php?action=query&format=json&formatversion=2&"
                    "list=search&maxlag=5&srlimit=50&srnamespace=0%7C1&srprop=size%7Cwordcount%"
                    "7Ctimestamp%7Csnippet&srsearch=%22Quillbrook%20Academy%22&srsort=last_edit_"
                    "desc"},
        AddressCase{"dokuwiki",
                    "changes",
                    {{"host", {"wiki.example"}}, {"base", {"/dw"}}},
                    "https://wiki.example/dw/feed.php?content=html&linkto=current&num=50&type="
                    "atom1"},
        AddressCase{"wordpress",
                    "comments_feed",
                    {{"host", {"blog.example"}}},
                    "https://blog.example/comments/feed/"},
        AddressCase{"telegram",
                    "preview",
                    {{"channels", {"quillbrooknews"}}},
                    "https://t.me/s/quillbrooknews"},
        AddressCase{"telegram",
                    "updates",
                    {},
                    "https://api.telegram.org/bot-/getUpdates?limit=100&timeout=0"},
        AddressCase{"google-news",
                    "search",
                    {},
                    "https://news.google.com/rss/search?ceid=GB%3Aen&gl=GB&hl=en-GB&q=%28%"
                    "22Quillbrook%20Academy%22%29%20when%3A7d"},
        AddressCase{"google-alerts", "alert", {}, "https://www.google.com/alerts/feeds/-"},
        AddressCase{"gdelt",
                    "search",
                    {},
                    "https://api.gdeltproject.org/api/v2/doc/doc?format=json&maxrecords=250&mode="
                    "artlist&query=%22Quillbrook%20Academy%22%20sourcecountry%3AUK&sort=datedesc&"
                    "timespan=7d"},
        AddressCase{"linkedin",
                    "posts",
                    {{"organization", {"urn:li:organization:7"}}, {"client_id", {"c"}}},
                    "https://api.linkedin.com/rest/posts?author=urn%3Ali%3Aorganization%3A7&count="
                    "20&q=author"}),
    [](const auto& row) {
      std::string name = row.param.platform + "_" + row.param.route;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

struct LinkCase {
  std::string name;
  std::string link;
  std::string asked;  // "page", "nothing", or the address of the platform's oEmbed.
};

class ReportedLinkTest : public testing::TestWithParam<LinkCase> {};

TEST_P(ReportedLinkTest, IsAskedWhereItsPlatformAllows) {
  const LinkPlan plan = PlanLink(Shipped(), core::HttpUrl::Parse(GetParam().link).value());
  EXPECT_EQ(plan.oembed      ? plan.oembed->url.href()
            : plan.read_page ? "page"
                             : "nothing",
            GetParam().asked);
  EXPECT_EQ(plan.why_left.empty(), plan.oembed || plan.read_page);
  if (plan.oembed) {
    EXPECT_EQ(plan.oembed->robots, RobotsUse::kObey);
    EXPECT_TRUE(plan.oembed->call->secret_headers.empty());
    EXPECT_EQ(plan.oembed->call->secret_query, "");
  }
}

INSTANTIATE_TEST_SUITE_P(
    , ReportedLinkTest,
    testing::Values(
        LinkCase{"APostOfX", "https://x.com/dana/status/1991?s=20",
                 "https://publish.twitter.com/oembed?omit_script=1&url=https%3A%2F%2Fx.com%2Fdana"
                 "%2Fstatus%2F1991%3Fs%3D20"},
        LinkCase{"ItsOldName", "https://mobile.twitter.com/dana/status/1991",
                 "https://publish.twitter.com/oembed?omit_script=1&url=https%3A%2F%2Fmobile.twitter"
                 ".com%2Fdana%2Fstatus%2F1991"},
        LinkCase{"APersonOnX", "https://x.com/dana", "nothing"},
        LinkCase{"AVideoOfTikTok", "https://www.tiktok.com/@dana/video/72",
                 "https://www.tiktok.com/oembed?url=https%3A%2F%2Fwww.tiktok.com%2F%40dana%2Fvideo"
                 "%2F72"},
        LinkCase{"ATikTokOfNobody", "https://www.tiktok.com/discover", "nothing"},
        LinkCase{"Facebook", "https://m.facebook.com/groups/1/posts/2", "nothing"},
        LinkCase{"AnInvitationToAChat", "https://chat.whatsapp.com/AbC", "nothing"},
        LinkCase{"AForum", "https://forum.example/t/1", "page"},
        LinkCase{"AHostThatOnlyEndsSo", "https://notx.com/dana/status/1", "page"},
        LinkCase{"AChannelOfTelegram", "https://t.me/quillnews/101", "page"}),
    [](const auto& row) { return row.param.name; });

TEST(ShippedPlatformsTest, NoHostOfLinksIsClaimedTwice) {
  std::set<std::string> hosts;
  for (const auto& [name, platform] : Shipped()) {
    if (platform->links) {
      for (const std::string& host : platform->links->hosts) {
        EXPECT_TRUE(hosts.insert(host).second) << host << " in " << name;
      }
    }
  }
  EXPECT_GT(hosts.size(), 20u);
}

}  // namespace
}  // namespace schoolwatch::crawler
