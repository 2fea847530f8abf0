#include "crawler/robots.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::crawler {
namespace {

struct RobotsCase {
  const char* name;  // Begins with the section of RFC 9309, or says whose extension it is.
  std::string_view robots;
  std::string_view agent;
  std::string_view target;
  bool allowed;
};

class RobotsTest : public testing::TestWithParam<RobotsCase> {};

TEST_P(RobotsTest, AllowsOrForbids) {
  const RobotsCase& row = GetParam();
  const RobotsRules rules = RobotsRules::Parse(row.robots, row.agent);
  EXPECT_EQ(rules.IsAllowed(row.target), row.allowed) << rules.Explain(row.target);
}

constexpr std::string_view kGroups =
    "allow: /foo/bar/\n"
    "\n"
    "user-agent: FooBot\n"
    "disallow: /\n"
    "allow: /x/\n"
    "user-agent: BarBot\n"
    "disallow: /\n"
    "allow: /y/\n"
    "\n"
    "\n"
    "allow: /w/\n"
    "user-agent: BazBot\n"
    "\n"
    "user-agent: FooBot\n"
    "allow: /z/\n"
    "disallow: /\n";
constexpr std::string_view kMerged =
    "user-agent: ExampleBot\ndisallow: /foo\ndisallow: /bar\n\n"
    "user-agent: OtherBot\ndisallow: /other\n\n"
    "user-agent: examplebot\ndisallow: /baz\n";
constexpr std::string_view kStarAndOther =
    "user-agent: *\ndisallow: /foo\ndisallow: /bar\n\nuser-agent: BazBot\ndisallow: /baz\n";
// The file of section 5.1.
constexpr std::string_view kSimpleExample =
    "User-Agent: *\n"
    "Disallow: *.gif$\n"
    "Disallow: /example/\n"
    "Allow: /publications/\n"
    "\n"
    "User-Agent: foobot\n"
    "Disallow:/\n"
    "Allow:/example/page.html\n"
    "Allow:/example/allowed.gif\n"
    "\n"
    "User-Agent: barbot\n"
    "User-Agent: bazbot\n"
    "Disallow: /example/page.html\n"
    "\n"
    "User-Agent: quxbot\n";
// The file of section 5.2.
constexpr std::string_view kLongestExample =
    "User-Agent: foobot\n"
    "Allow: /example/page/\n"
    "Disallow: /example/page/disallowed.gif\n";

INSTANTIATE_TEST_SUITE_P(
    Groups, RobotsTest,
    testing::Values(
        RobotsCase{"S2_1_EmptyFileAllowsAll", "", "FooBot", "/x", true},
        RobotsCase{"S2_1_GroupWithAnAllow", kGroups, "FooBot", "/x/b", true},
        RobotsCase{"S2_1_SecondGroupOfTheSameAgent", kGroups, "FooBot", "/z/d", true},
        RobotsCase{"S2_1_OthersGroupIsNotOurs", kGroups, "FooBot", "/y/c", false},
        RobotsCase{"S2_1_EmptyLinesEndNoGroup", kGroups, "BarBot", "/w/a", true},
        RobotsCase{"S2_1_AgentsBeforeEmptyLineShareTheGroup", kGroups, "BazBot", "/z/d", true},
        RobotsCase{"S2_1_AgentsBeforeEmptyLineShareTheBan", kGroups, "BazBot", "/q", false},
        RobotsCase{"S2_2_2_RulesOutsideAGroupAreIgnored", kGroups, "FooBot", "/foo/bar/", false},
        RobotsCase{"S2_2_1_MatchingGroupsAreMerged", kMerged, "ExampleBot", "/baz", false},
        RobotsCase{"S2_2_1_MatchingGroupsAreMergedFirst", kMerged, "ExampleBot", "/foo", false},
        RobotsCase{"S2_2_1_OtherGroupBetweenDoesNotCount", kMerged, "ExampleBot", "/other", true},
        RobotsCase{"S2_2_1_StarForWhoIsNotNamed", kStarAndOther, "ExampleBot", "/foo", false},
        RobotsCase{"S2_2_1_StarIsNotForTheNamed", kStarAndOther, "BazBot", "/foo", true},
        RobotsCase{"S2_2_1_NoGroupNoRules", "user-agent: BarBot\ndisallow: /\n", "FooBot", "/",
                   true},
        RobotsCase{"S2_2_1_AgentIgnoresCase", "User-Agent: FOOBOT\nDisallow: /\n", "fooBot", "/x",
                   false},
        RobotsCase{"S2_2_1_AgentIsTheWholeToken", "User-Agent: Foo\nDisallow: /\n", "FooBot", "/x",
                   true},
        RobotsCase{"S2_2_1_VersionInTheLineIsCut", "User-Agent: FooBot/2.1\nDisallow: /\n",
                   "FooBot", "/x", false},
        RobotsCase{"S2_2_1_VersionOfTheAgentIsCut", "User-Agent: FooBot\nDisallow: /\n",
                   "FooBot/1.0", "/x", false},
        RobotsCase{"S2_2_1_NamesWithDigits", "User-Agent: MJ12bot\nDisallow: /\n", "MJ12bot", "/x",
                   false},
        RobotsCase{"S2_2_1_EmptyAgentIsNobody", "User-Agent: 12\nDisallow: /\n", "", "/x", true},
        RobotsCase{"S2_2_1_StarWithWordsIsStillStar", "User-Agent: * and all\nDisallow: /\n",
                   "FooBot", "/x", false},
        RobotsCase{"S2_2_1_NamedBesideStarIsNamed",
                   "User-Agent: *\nUser-Agent: FooBot\nDisallow: /a\nUser-Agent: *\nDisallow: /b\n",
                   "FooBot", "/b", true},
        RobotsCase{"GoogleLineIsReadToItsFirstSpace",
                   "User-Agent: *\nDisallow: /\nUser-Agent: Foo Bar\nAllow: /x/\nDisallow: /\n",
                   "Foo", "/x/y", true},
        RobotsCase{"GoogleAgentOfTwoWordsIsNotNamed",
                   "User-Agent: *\nDisallow: /\nUser-Agent: Foo Bar\nAllow: /x/\nDisallow: /\n",
                   "Foo Bar", "/x/y", false},
        RobotsCase{"S2_2_1_NeitherNamedNorStar", "user-agent: BarBot\ndisallow: /\n", "FooBot",
                   "/x", true},
        RobotsCase{"S2_2_1_GroupWithoutRulesAllowsAll",
                   "user-agent: *\ndisallow: /\n\nuser-agent: FooBot\n", "FooBot", "/x", true},
        RobotsCase{"S2_2_1_OrderOfGroupsDoesNotCount",
                   "user-agent: FooBot\nallow: /\n\nuser-agent: *\ndisallow: /\n", "FooBot", "/x",
                   true},
        RobotsCase{"S2_2_1_StarGroupsAreMergedToo",
                   "user-agent: *\ndisallow: /a\n\nuser-agent: *\ndisallow: /b\n", "FooBot", "/a",
                   false},
        RobotsCase{"S2_2_1_UnderscoreAndHyphenAreOfTheToken",
                   "user-agent: Foo_Bot-x\ndisallow: /\n", "foo_bot-X", "/x", false},
        RobotsCase{"S2_1_GroupsOfTwoAgentsHoldForBoth",
                   "user-agent: BarBot\nuser-agent: FooBot\ndisallow: /\n", "BarBot", "/x", false},
        RobotsCase{"S2_2_4_SitemapEndsNoGroup",
                   "User-agent: BarBot\nSitemap: https://quillbrook.example/s\n"
                   "User-agent: *\nDisallow: /\n",
                   "BarBot", "/x", false},
        RobotsCase{"S2_2_4_UnknownLineEndsNoGroup",
                   "User-agent: FooBot\nNonsense: yes\nUser-agent: *\nDisallow: /\n", "FooBot",
                   "/x", false},
        RobotsCase{"S2_2_4_CrawlDelayEndsNoGroup",
                   "User-agent: FooBot\nCrawl-delay: 1\nUser-agent: *\nDisallow: /\n", "FooBot",
                   "/x", false}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Rules, RobotsTest,
    testing::Values(
        RobotsCase{"S2_2_FieldNamesIgnoreCase", "uSeR-aGeNt: FooBot\ndIsAlLoW: /\n", "FooBot", "/a",
                   false},
        RobotsCase{"S2_2_2_PathsDoNot", "user-agent: FooBot\ndisallow: /X/\n", "FooBot", "/x/y",
                   true},
        RobotsCase{"S2_2_2_FromTheFirstOctet", "user-agent: *\ndisallow: /fish\n", "FooBot",
                   "/catfish", true},
        RobotsCase{"S2_2_2_PrefixIsEnough", "user-agent: *\ndisallow: /fish\n", "FooBot",
                   "/fishheads/yummy.html?id=1", false},
        RobotsCase{"S2_2_2_PathWithoutSlashMatchesNothing", "user-agent: *\ndisallow: fish\n",
                   "FooBot", "/fish", true},
        RobotsCase{"S2_2_2_LongestWinsDisallow",
                   "user-agent: FooBot\ndisallow: /x/page.html\nallow: /x/\n", "FooBot",
                   "/x/page.html", false},
        RobotsCase{"S2_2_2_LongestWinsAllow",
                   "user-agent: FooBot\nallow: /x/page.html\ndisallow: /x/\n", "FooBot",
                   "/x/page.html", true},
        RobotsCase{"S2_2_2_LongestWinsOverOrder", "user-agent: FooBot\ndisallow: /x\nallow: /x/\n",
                   "FooBot", "/x/", true},
        RobotsCase{"S2_2_2_OctetsOfThePatternCount",
                   "user-agent: FooBot\nallow: /page\ndisallow: /*.html\n", "FooBot", "/page.html",
                   false},
        RobotsCase{"S2_2_2_AllowWinsATie", "user-agent: FooBot\ndisallow: /folder\nallow: /folder",
                   "FooBot", "/folder/page", true},
        RobotsCase{"S2_2_2_EmptyDisallowAllowsAll", "user-agent: FooBot\ndisallow: \n", "FooBot",
                   "/x", true},
        RobotsCase{"S2_2_2_NoRuleMatches", "user-agent: FooBot\ndisallow: /x\n", "FooBot", "/y",
                   true},
        RobotsCase{"S2_2_2_RobotsTxtIsAllowed", "user-agent: *\ndisallow: /\n", "FooBot",
                   "/robots.txt", true},
        RobotsCase{"S2_2_2_PatternIsEscaped", "user-agent: *\ndisallow: /foo/bar/\u30c4\n",
                   "FooBot", "/foo/bar/%E3%83%84", false},
        RobotsCase{"S2_2_2_TargetIsEscaped", "user-agent: *\ndisallow: /foo/bar/%E3%83%84\n",
                   "FooBot", "/foo/bar/\u30c4", false},
        RobotsCase{"S2_2_2_LowerCaseHexadecimal", "user-agent: *\ndisallow: /%e3%83%84\n", "FooBot",
                   "/%E3%83%84", false},
        RobotsCase{"S2_2_2_UnreservedIsUnescapedInThePattern",
                   "user-agent: *\ndisallow: /foo/bar/%62%61%7A\n", "FooBot", "/foo/bar/baz",
                   false},
        RobotsCase{"S2_2_2_UnreservedIsUnescapedInTheTarget",
                   "user-agent: *\ndisallow: /foo/bar/baz\n", "FooBot", "/foo/bar/%62%61%7a",
                   false},
        RobotsCase{"S2_2_2_ReservedStaysEscapedInAPath", "user-agent: *\ndisallow: /a%2Fb\n",
                   "FooBot", "/a/b", true},
        RobotsCase{"S2_2_2_QueryWithAnAddressEscaped",
                   "user-agent: *\ndisallow: /foo/bar?baz=https://foo.bar\n", "FooBot",
                   "/foo/bar?baz=https%3A%2F%2Ffoo.bar", false},
        RobotsCase{"S2_2_2_QueryWithAnAddressEscapedInTheRule",
                   "user-agent: *\ndisallow: /foo/bar?baz=https%3a%2F%2Ffoo.bar\n", "FooBot",
                   "/foo/bar?baz=https://foo.bar", false},
        RobotsCase{"S2_2_2_StarBeforeAnAddressInTheQuery", "user-agent: *\ndisallow: /*http://\n",
                   "FooBot", "/go?to=http%3A%2F%2Fx", false},
        RobotsCase{"S2_2_2_EscapedStarredPieceMatchesItself",
                   "user-agent: *\ndisallow: /*http%3A%2F%2F\n", "FooBot", "/go?to=http%3A%2F%2Fx",
                   false},
        RobotsCase{"S2_2_2_SpacesAndQuotesAreEscaped", "user-agent: *\ndisallow: /my \"file|\n",
                   "FooBot", "/my%20%22file%7C", false},
        RobotsCase{"S2_2_2_BrokenEscapeIsItself", "user-agent: *\ndisallow: /100%\n", "FooBot",
                   "/100%zz", false},
        RobotsCase{"S2_2_3_HashBeginsAComment",
                   "User-agent: FooBot # us\n# Disallow: /\nDisallow: /foo/quz#qux\n", "FooBot",
                   "/foo/quz", false},
        RobotsCase{"S2_2_3_HashedRuleIsNone", "User-agent: FooBot\n# Disallow: /\n", "FooBot",
                   "/foo", true},
        RobotsCase{"S2_2_3_DollarIsTheEnd", "user-agent: *\ndisallow: /foo/bar$\n", "FooBot",
                   "/foo/bar", false},
        RobotsCase{"S2_2_3_DollarIsTheVeryEnd", "user-agent: *\ndisallow: /foo/bar$\n", "FooBot",
                   "/foo/bar/", true},
        RobotsCase{"S2_2_3_DollarInTheMiddleIsADollar", "user-agent: *\ndisallow: /a$b\n", "FooBot",
                   "/a$b", false},
        RobotsCase{"S2_2_3_EscapedDollarIsADollar", "user-agent: *\ndisallow: /a%24\n", "FooBot",
                   "/a$b", false},
        RobotsCase{"S2_2_3_EscapedStarIsAStar", "user-agent: *\ndisallow: /a%2Ab\n", "FooBot",
                   "/a*b", false},
        RobotsCase{"S2_2_3_EscapedStarIsNoWildcard", "user-agent: *\ndisallow: /a%2Ab\n", "FooBot",
                   "/axb", true},
        RobotsCase{"S2_2_3_StarIsAnyRun", "user-agent: *\ndisallow: /foo/*/qux\n", "FooBot",
                   "/foo/a/b/qux", false},
        RobotsCase{"S2_2_3_StarIsNothingToo", "user-agent: *\ndisallow: /foo*bar\n", "FooBot",
                   "/foobar", false},
        RobotsCase{"S2_2_3_StarAtTheEndChangesNothing", "user-agent: *\ndisallow: /fish*\n",
                   "FooBot", "/fish.html", false},
        RobotsCase{"S2_2_3_StarAndDollar", "user-agent: *\ndisallow: /*.php$\n", "FooBot",
                   "/folder/a.php.php", false},
        RobotsCase{"S2_2_3_StarAndDollarWithAQuery", "user-agent: *\ndisallow: /*.php$\n", "FooBot",
                   "/a.php?b", true},
        RobotsCase{"S2_2_3_PiecesDoNotOverlap", "user-agent: *\ndisallow: /ab*ba$\n", "FooBot",
                   "/aba", true},
        RobotsCase{"S2_2_3_StarFirst", "user-agent: *\ndisallow: *.gif$\n", "FooBot", "/a/b.gif",
                   false},
        RobotsCase{"S2_2_3_EscapedHashIsAHash", "user-agent: *\ndisallow: /a%23b\n", "FooBot",
                   "/a%23b", false},
        RobotsCase{"S2_2_3_EscapedStarAsInTheTable",
                   "user-agent: *\ndisallow: /path/file-with-a-%2A.html\n", "FooBot",
                   "/path/file-with-a-*.html", false},
        RobotsCase{"S2_2_3_EscapedDollarAsInTheTable", "user-agent: *\ndisallow: /path/foo-%24\n",
                   "FooBot", "/path/foo-$", false},
        RobotsCase{"S2_2_3_EscapedDollarEndsNothing", "user-agent: *\ndisallow: /path/foo-%24\n",
                   "FooBot", "/path/foo-", true},
        RobotsCase{"S2_2_3_TwoStarsAreOne", "user-agent: *\ndisallow: /a**b\n", "FooBot", "/axxb",
                   false},
        RobotsCase{"S2_2_3_StarMatchesASlash", "user-agent: *\ndisallow: /a*b\n", "FooBot",
                   "/a/c/b", false},
        RobotsCase{"S2_2_3_DollarAlone", "user-agent: *\ndisallow: $\n", "FooBot", "/x", true},
        RobotsCase{"S2_2_3_SlashAndDollarIsTheFrontPageAlone", "user-agent: *\ndisallow: /$\n",
                   "FooBot", "/", false},
        RobotsCase{"S2_2_3_SlashAndDollarIsNothingElse", "user-agent: *\ndisallow: /$\n", "FooBot",
                   "/x", true},
        RobotsCase{"S2_2_2_QueryIsPartOfThePath", "user-agent: *\ndisallow: /foo/bar?baz=quz\n",
                   "FooBot", "/foo/bar?baz=quz", false},
        RobotsCase{"S2_2_2_OtherQueryIsNot", "user-agent: *\ndisallow: /foo/bar?baz=quz\n",
                   "FooBot", "/foo/bar?baz=other", true},
        RobotsCase{"S2_2_2_TieBetweenAllowFirst", "user-agent: FooBot\nallow: /f\ndisallow: /f\n",
                   "FooBot", "/f", true},
        RobotsCase{"S2_2_2_TieOverWildcard", "user-agent: *\nallow: /p*\ndisallow: /pa\n", "FooBot",
                   "/page", true},
        RobotsCase{"S2_2_2_RobotsTxtIsAllowedToTheNamed",
                   "user-agent: FooBot\ndisallow: /robots.txt\n", "FooBot", "/robots.txt", true},
        RobotsCase{"S2_2_2_RobotsTxtOfAFolderIsAPage", "user-agent: *\ndisallow: /a/\n", "FooBot",
                   "/a/robots.txt", false},
        RobotsCase{"S2_3_1_5_LinesThatAreRubbishAreSkipped",
                   "<html>\nuser-agent: *\n:::\n= / =\n\xff\xfe\x01\ndisallow: /x\n: y\n", "FooBot",
                   "/x", false},
        RobotsCase{"S2_3_1_5_RulesBehindRubbishCount",
                   "user-agent: *\ndisallow /a /b /c\ndisallow: /x\nallow\ndisallow:/z\n", "FooBot",
                   "/z", false},
        RobotsCase{"S2_3_1_5_BrokenUtf8InARuleIsThatRuleAlone",
                   "user-agent: *\ndisallow: /\xC3\x28\ndisallow: /x\n", "FooBot", "/x", false},
        RobotsCase{"S5_1_Gif", kSimpleExample, "otherbot", "/a.gif", false},
        RobotsCase{"S5_1_FooBot", kSimpleExample, "foobot", "/example/page.html", true},
        RobotsCase{"S5_1_FooBotElsewhere", kSimpleExample, "foobot", "/publications/", false},
        RobotsCase{"S5_1_BarBot", kSimpleExample, "barbot", "/example/page.html", false},
        RobotsCase{"S5_1_BazBot", kSimpleExample, "bazbot", "/example/", true},
        RobotsCase{"S5_1_LastGroupWithoutRules", kSimpleExample, "quxbot", "/example/", true},
        RobotsCase{"S5_2_Longest", kLongestExample, "foobot", "/example/page/disallowed.gif",
                   false},
        RobotsCase{"S5_2_Shorter", kLongestExample, "foobot", "/example/page/other.gif", true},
        RobotsCase{"GoogleMissingColon", "user-agent FooBot\ndisallow /\n", "FooBot", "/x", false},
        RobotsCase{"GoogleMissingColonOfThreeWords", "user-agent: FooBot\ndisallow / x\n", "FooBot",
                   "/x", true},
        RobotsCase{"GoogleMisspelling", "useragent: FooBot\ndissalow: /\n", "FooBot", "/x", false},
        RobotsCase{"GoogleIndexIsItsFolder",
                   "User-Agent: *\nAllow: /allowed/index.html\nDisallow: /\n", "FooBot",
                   "/allowed/", true},
        RobotsCase{"GoogleIndexIsOnlyItsFolder",
                   "User-Agent: *\nAllow: /allowed/index.html\nDisallow: /\n", "FooBot",
                   "/allowed/index.htm", false}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Lines, RobotsTest,
    testing::Values(
        RobotsCase{"S2_2_CarriageReturnAlone", "User-Agent: FooBot\rDisallow: /\r", "FooBot", "/x",
                   false},
        RobotsCase{"S2_2_CarriageReturnLineFeed", "User-Agent: FooBot\r\nDisallow: /\r\n", "FooBot",
                   "/x", false},
        RobotsCase{"S2_2_NoEndOfTheLastLine", "User-Agent: FooBot\nDisallow: /", "FooBot", "/x",
                   false},
        RobotsCase{"S2_2_SpacesAnywhere", " \tUser-Agent \t:  FooBot \nDisallow\t:\t/ \n", "FooBot",
                   "/x", false},
        RobotsCase{"S2_2_CommentBehindARule", "User-Agent: FooBot\nDisallow: / # all\n", "FooBot",
                   "/x", false},
        RobotsCase{"S2_2_MixedLineEnds", "User-Agent: FooBot\r\n\rDisallow: /a\nDisallow: /x\r",
                   "FooBot", "/x", false},
        RobotsCase{"S2_2_EmptyPatternMatchesNothing", "User-Agent: FooBot\nAllow:\nDisallow: /\n",
                   "FooBot", "/x", false},
        RobotsCase{"GoogleByteOrderMark", "\xEF\xBB\xBFUser-Agent: FooBot\nDisallow: /\n", "FooBot",
                   "/x", false},
        RobotsCase{"GoogleHalfAByteOrderMark", "\xEF\xBBUser-Agent: FooBot\nDisallow: /\n",
                   "FooBot", "/x", false},
        RobotsCase{"GoogleBrokenByteOrderMark", "\xEF\x11\xBFUser-Agent: FooBot\nDisallow: /\n",
                   "FooBot", "/x", true},
        RobotsCase{"HtmlAllowsAll", "<!doctype html><html><body>Not found: sorry</body></html>",
                   "FooBot", "/x", true}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RobotsLimits, LineIsCutWhereGoogleCutsIt) {
  std::string long_path = "/x/";
  long_path.append(2083 * 8 - long_path.size() - std::string("disallow: ").size() + 1, 'a');
  const RobotsRules rules =
      RobotsRules::Parse("user-agent: FooBot\ndisallow: " + long_path + "/qux\n", "FooBot");
  EXPECT_TRUE(rules.IsAllowed("/fux"));
  EXPECT_FALSE(rules.IsAllowed(long_path + "/fux"));
}

TEST(RobotsLimits, Section2_5ReadsFiveHundredKibibytes) {
  std::string body = "user-agent: *\n";
  const std::string rule = "disallow: /inside\n";
  body.append(500 * 1024 - body.size() - rule.size(), '#');
  body.back() = '\n';
  body += rule;
  ASSERT_EQ(body.size(), 500u * 1024);
  body += "disallow: /outside\n";
  const RobotsRules rules = RobotsRules::Parse(body, "FooBot");
  EXPECT_FALSE(rules.IsAllowed("/inside"));
  EXPECT_TRUE(rules.IsAllowed("/outside"));
}

TEST(RobotsLimits, StarsDoNotMakeItSlow) {
  std::string body = "user-agent: *\n";
  for (int i = 0; i < 300; ++i) {
    body += "disallow: /";
    for (int star = 0; star < 700; ++star) {
      body += "*a";
    }
    body += "b$\n";
  }
  const RobotsRules rules = RobotsRules::Parse(body, "FooBot");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(rules.IsAllowed("/" + std::string(8000, 'a')));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(RobotsExplain, NamesTheLineThatDecided) {
  const RobotsRules rules = RobotsRules::Parse(
      "# Quillbrook\r\n\r\nUser-agent: *\r\nDisallow: /private/\r\nAllow: /private/%7Eopen\r\n",
      "schoolwatch");
  EXPECT_EQ(rules.Explain("/private/x"), "line 4: Disallow: /private/");
  EXPECT_EQ(rules.Explain("/private/~open/x"), "line 5: Allow: /private/%7Eopen");
  EXPECT_EQ(rules.Explain("/"), "");
}

TEST(RobotsExplain, CountsLinesWhateverEndsThem) {
  const RobotsRules rules = RobotsRules::Parse(
      "User-Agent: foo\nAllow: /some/path\r\nUser-Agent: bar\n\r\n\nDisallow: /\n", "bar");
  EXPECT_EQ(rules.Explain("/"), "line 6: Disallow: /");
}

TEST(RobotsStates, Section2_3_1_3UnavailableAllowsAll) {
  EXPECT_TRUE(RobotsRules::AllowAll().IsAllowed("/x"));
}

TEST(RobotsStates, Section2_3_1_4UnreachableForbidsAllButItself) {
  const RobotsRules rules = RobotsRules::DisallowAll();
  EXPECT_FALSE(rules.IsAllowed("/x"));
  EXPECT_TRUE(rules.IsAllowed("/robots.txt"));
  EXPECT_EQ(rules.Explain("/x"), "");
}

struct DelayCase {
  const char* name;
  std::string_view robots;
  std::int64_t milliseconds;  // -1: none.
};

class CrawlDelayTest : public testing::TestWithParam<DelayCase> {};

TEST_P(CrawlDelayTest, IsThatOfOurGroup) {
  const auto delay = RobotsRules::Parse(GetParam().robots, "FooBot").crawl_delay();
  EXPECT_EQ(delay ? delay->count() : -1, GetParam().milliseconds);
}

INSTANTIATE_TEST_SUITE_P(
    Values, CrawlDelayTest,
    testing::Values(DelayCase{"Whole", "user-agent: *\ncrawl-delay: 10\n", 10'000},
                    DelayCase{"Fraction", "user-agent: *\ncrawl-delay: 0.5\n", 500},
                    DelayCase{"WithUnit", "user-agent: *\ncrawl-delay: 3s\n", 3'000},
                    DelayCase{"Negative", "user-agent: *\ncrawl-delay: -3\n", -1},
                    DelayCase{"Words", "user-agent: *\ncrawl-delay: slowly\n", -1},
                    DelayCase{"NotANumber", "user-agent: *\ncrawl-delay: nan\n", -1},
                    DelayCase{"AbsurdIsCut", "user-agent: *\ncrawl-delay: 99999999999999999999\n",
                              30LL * 24 * 3600 * 1000},
                    DelayCase{"LongestOfMergedGroups",
                              "user-agent: FooBot\ncrawl-delay: 5\ndisallow: /a\n"
                              "user-agent: FooBot\ncrawl-delay: 2\n",
                              5'000},
                    DelayCase{"NotThatOfOthers", "user-agent: BarBot\ncrawl-delay: 5\n", -1},
                    DelayCase{"OutsideAGroup", "crawl-delay: 5\nuser-agent: *\n", -1}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RobotsSitemaps, AreThoseOfTheWholeFile) {
  const RobotsRules rules = RobotsRules::Parse(
      "Sitemap: https://quillbrook.example/a.xml\nuser-agent: BarBot\n"
      "site-map: /b.xml\nsitemap:\n",
      "FooBot");
  EXPECT_EQ(rules.sitemaps(),
            (std::vector<std::string>{"https://quillbrook.example/a.xml", "/b.xml"}));
}

struct TargetCase {
  const char* name;
  std::string_view url;
  std::string_view target;
};

class RobotsTargetTest : public testing::TestWithParam<TargetCase> {};

TEST_P(RobotsTargetTest, IsPathAndQuery) {
  EXPECT_EQ(RobotsTarget(GetParam().url), GetParam().target);
}

INSTANTIATE_TEST_SUITE_P(
    Urls, RobotsTargetTest,
    testing::Values(TargetCase{"Nothing", "", "/"},
                    TargetCase{"HostOnly", "http://quillbrook.example", "/"},
                    TargetCase{"PathAndQuery", "http://quillbrook.example/a/b?c=http://d/#e",
                               "/a/b?c=http://d/"},
                    TargetCase{"QueryOnly", "http://quillbrook.example?a", "/?a"},
                    TargetCase{"FragmentOnly", "http://quillbrook.example#a/b", "/"},
                    TargetCase{"NoScheme", "quillbrook.example/a", "/a"},
                    TargetCase{"NoSchemeButSlashes", "//quillbrook.example/a", "/a"},
                    TargetCase{"PathThatHoldsAnAddress", "/a/http://b/c", "/a/http://b/c"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::crawler
