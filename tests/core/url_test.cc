#include "core/url.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace schoolwatch::core {
namespace {

using std::string_view_literals::operator""sv;

struct UrlCase {
  const char* name;
  std::string_view input;
  const char* base;      // Null: none.
  const char* expected;  // Null: refused.
};

class UrlParserTest : public testing::TestWithParam<UrlCase> {};

TEST_P(UrlParserTest, GivesTheStandardsSerialisation) {
  const UrlCase& row = GetParam();
  const auto url = row.base == nullptr
                       ? HttpUrl::Parse(row.input)
                       : HttpUrl::Parse(row.input, HttpUrl::Parse(row.base).value());
  if (row.expected == nullptr) {
    ASSERT_FALSE(url.has_value()) << url->href();
    EXPECT_EQ(url.error().kind, ErrorKind::kBadInput);
    return;
  }
  ASSERT_TRUE(url.has_value()) << url.error().message;
  EXPECT_EQ(url->href(), row.expected);
  // What was serialised once is stable.
  EXPECT_EQ(HttpUrl::Parse(url->href()).value(), *url);
}

constexpr const char* kBase = "https://user:key@quillbrook.example:8443/news/2026/gate?page=2#top";

INSTANTIATE_TEST_SUITE_P(
    Shape, UrlParserTest,
    testing::Values(
        UrlCase{"Plain", "http://quillbrook.example/a?b#c", nullptr,
                "http://quillbrook.example/a?b#c"},
        UrlCase{"NoPath", "https://quillbrook.example", nullptr, "https://quillbrook.example/"},
        UrlCase{"QueryWithoutPath", "https://q.example?x", nullptr, "https://q.example/?x"},
        UrlCase{"FragmentWithoutPath", "https://q.example#x", nullptr, "https://q.example/#x"},
        UrlCase{"EmptyQueryAndFragmentStay", "http://q.example/?#", nullptr, "http://q.example/?#"},
        UrlCase{"SchemeInCapitals", "HTTPS://Q.example/", nullptr, "https://q.example/"},
        UrlCase{"OneSlash", "https:/q.example/a", nullptr, "https://q.example/a"},
        UrlCase{"NoSlash", "https:q.example/a", nullptr, "https://q.example/a"},
        UrlCase{"ManySlashes", "https://///q.example/a", nullptr, "https://q.example/a"},
        UrlCase{"Backslashes", "http:\\\\q.example\\a\\b?c\\d", nullptr,
                "http://q.example/a/b?c\\d"},
        UrlCase{"OuterSpace", " \x01http://q.example/ \x1f", nullptr, "http://q.example/"},
        UrlCase{"TabsAndNewlinesInside", "ht\ntp://q.ex\tample/a\r\nb", nullptr,
                "http://q.example/ab"},
        UrlCase{"NoScheme", "q.example/a", nullptr, nullptr},
        UrlCase{"Empty", "", nullptr, nullptr}, UrlCase{"SchemeOnly", "http:", nullptr, nullptr},
        UrlCase{"OtherScheme", "ftp://q.example/", nullptr, nullptr},
        UrlCase{"MailAddressOnAPage", "mailto:office@q.example", kBase, nullptr},
        UrlCase{"SchemeLooksLikeHttp", "httpx://q.example/", nullptr, nullptr}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Authority, UrlParserTest,
    testing::Values(
        UrlCase{"Credentials", "http://us er:p@ss:w@q.example/", nullptr,
                "http://us%20er:p%40ss%3Aw@q.example/"},
        UrlCase{"EmptyCredentialsGo", "http://:@q.example/", nullptr, "http://q.example/"},
        UrlCase{"PasswordOnly", "http://:pw@q.example/", nullptr, "http://:pw@q.example/"},
        UrlCase{"CredentialsWithoutHost", "http://user@/x", nullptr, nullptr},
        UrlCase{"DefaultPortGoes", "http://q.example:80/", nullptr, "http://q.example/"},
        UrlCase{"DefaultPortOfHttps", "https://q.example:443", nullptr, "https://q.example/"},
        UrlCase{"OtherSchemesDefaultStays", "https://q.example:80", nullptr,
                "https://q.example:80/"},
        UrlCase{"PortWithZeros", "http://q.example:0008080/", nullptr, "http://q.example:8080/"},
        UrlCase{"PortZero", "http://q.example:0/", nullptr, "http://q.example:0/"},
        UrlCase{"EmptyPort", "http://q.example:/", nullptr, "http://q.example/"},
        UrlCase{"LargestPort", "http://q.example:65535/", nullptr, "http://q.example:65535/"},
        UrlCase{"PortTooLarge", "http://q.example:65536/", nullptr, nullptr},
        UrlCase{"PortOverflows", "http://q.example:99999999999999999999/", nullptr, nullptr},
        UrlCase{"PortOfLetters", "http://q.example:8o/", nullptr, nullptr},
        UrlCase{"PortWithoutHost", "http://:80/", nullptr, nullptr}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Hosts, UrlParserTest,
    testing::Values(
        UrlCase{"International", "http://Schüle.example/", nullptr,
                "http://xn--schle-mva.example/"},
        UrlCase{"SharpSIsKept", "http://straße.example/", nullptr, "http://xn--strae-oqa.example/"},
        UrlCase{"FullWidth", "http://ｑ．ｅｘａｍｐｌｅ/", nullptr, "http://q.example/"},
        UrlCase{"IdeographicStop", "http://q。example/", nullptr, "http://q.example/"},
        UrlCase{"Symbol", "http://☃.example/", nullptr, "http://xn--n3h.example/"},
        UrlCase{"HyphensWhereRegistriesForbidThem", "http://ab--ü-.example/", nullptr,
                "http://xn--ab----nva.example/"},
        UrlCase{"SoftHyphenVanishes", "http://q\u00ADb.example/", nullptr, "http://qb.example/"},
        UrlCase{"NothingLeft", "http://\u00AD/", nullptr, nullptr},
        UrlCase{"PercentEncodedUtf8", "http://%C3%BC.example/", nullptr, "http://xn--tda.example/"},
        UrlCase{"PercentEncodedMalformed", "http://%FF.example/", nullptr, nullptr},
        UrlCase{"MalformedBytes", "http://\xFF.example/", nullptr, nullptr},
        UrlCase{"DirectionsMixed", "http://a\u05D0.example/", nullptr, nullptr},
        UrlCase{"LeadingCombiningMark", "http://\u0301a.example/", nullptr, nullptr},
        UrlCase{"JoinerOutOfPlace", "http://a\u200Db.example/", nullptr, nullptr},
        UrlCase{"AsciiLabelIsNotLookedInto", "http://XN--nosuch9.example/", nullptr,
                "http://xn--nosuch9.example/"},
        UrlCase{"Underscore", "http://my_school.example/", nullptr, "http://my_school.example/"},
        UrlCase{"TrailingDot", "http://q.example./", nullptr, "http://q.example./"},
        UrlCase{"Space", "http://q x.example/", nullptr, nullptr},
        UrlCase{"EncodedSlash", "http://q%2Fx.example/", nullptr, nullptr},
        UrlCase{"EncodedPercent", "http://q%25x.example/", nullptr, nullptr},
        UrlCase{"Nul", "http://q\0.example/"sv, nullptr, nullptr},
        UrlCase{"Bar", "http://q|x.example/", nullptr, nullptr}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Ipv4, UrlParserTest,
    testing::Values(UrlCase{"Dotted", "http://192.0.2.7/", nullptr, "http://192.0.2.7/"},
                    UrlCase{"OneNumber", "http://3221225991/", nullptr, "http://192.0.2.7/"},
                    UrlCase{"Hexadecimal", "http://0xC0000207/", nullptr, "http://192.0.2.7/"},
                    UrlCase{"Octal", "http://0300.0.02.07/", nullptr, "http://192.0.2.7/"},
                    UrlCase{"TwoParts", "http://192.519/", nullptr, "http://192.0.2.7/"},
                    UrlCase{"ThreeParts", "http://192.0.519/", nullptr, "http://192.0.2.7/"},
                    UrlCase{"FullWidthDigits", "http://１９２.0.2.７/", nullptr,
                            "http://192.0.2.7/"},
                    UrlCase{"EncodedDigits", "http://%31%32%37.1/", nullptr, "http://127.0.0.1/"},
                    UrlCase{"BareHexPrefixIsZero", "http://0x/", nullptr, "http://0.0.0.0/"},
                    UrlCase{"DotAtEnd", "http://192.0.2.7./", nullptr, "http://192.0.2.7/"},
                    UrlCase{"FiveParts", "http://1.2.3.4.5/", nullptr, nullptr},
                    UrlCase{"PartTooLarge", "http://192.0.2.256/", nullptr, nullptr},
                    UrlCase{"MiddlePartTooLarge", "http://192.256.1/", nullptr, nullptr},
                    UrlCase{"TooLargeAsOne", "http://4294967296/", nullptr, nullptr},
                    UrlCase{"FarTooLarge", "http://0xffffffffffffffffffffffff/", nullptr, nullptr},
                    UrlCase{"EmptyPart", "http://1..2/", nullptr, nullptr},
                    UrlCase{"EightIsNotOctal", "http://1.2.3.08/", nullptr, nullptr},
                    UrlCase{"NameThatEndsInANumber", "http://quillbrook.7/", nullptr, nullptr},
                    UrlCase{"NumberBeforeAName", "http://192.0.2.example/", nullptr,
                            "http://192.0.2.example/"}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Ipv6, UrlParserTest,
    testing::Values(
        UrlCase{"Compressed", "http://[2001:DB8::1]:8080/", nullptr, "http://[2001:db8::1]:8080/"},
        UrlCase{"Full", "http://[2001:0db8:0:0:1:0:0:1]/", nullptr, "http://[2001:db8::1:0:0:1]/"},
        UrlCase{"LongestRunOfZeros", "http://[1:0:0:2:0:0:0:3]/", nullptr, "http://[1:0:0:2::3]/"},
        UrlCase{"OneZeroIsWritten", "http://[1:0:2:3:4:5:6:7]/", nullptr,
                "http://[1:0:2:3:4:5:6:7]/"},
        UrlCase{"AllZeros", "http://[::]/", nullptr, "http://[::]/"},
        UrlCase{"ZerosAtEnd", "http://[1::]/", nullptr, "http://[1::]/"},
        UrlCase{"Ipv4Inside", "http://[::ffff:192.0.2.7]/", nullptr, "http://[::ffff:c000:207]/"},
        UrlCase{"Ipv4TooShort", "http://[::192.0.2]/", nullptr, nullptr},
        UrlCase{"Ipv4LeadingZero", "http://[::192.0.02.7]/", nullptr, nullptr},
        UrlCase{"Ipv4PartTooLarge", "http://[::192.0.2.256]/", nullptr, nullptr},
        UrlCase{"Ipv4FiveParts", "http://[::192.0.2.7.1]/", nullptr, nullptr},
        UrlCase{"Ipv4TooLate", "http://[1:2:3:4:5:6:7:1.2.3.4]/", nullptr, nullptr},
        UrlCase{"TwoCompressions", "http://[1::2::3]/", nullptr, nullptr},
        UrlCase{"TooManyPieces", "http://[1:2:3:4:5:6:7:8:9]/", nullptr, nullptr},
        UrlCase{"TooFewPieces", "http://[1:2:3]/", nullptr, nullptr},
        UrlCase{"ColonAtEnd", "http://[1:2:3:4:5:6:7:]/", nullptr, nullptr},
        UrlCase{"ColonAtStart", "http://[:1]/", nullptr, nullptr},
        UrlCase{"FiveDigits", "http://[12345::]/", nullptr, nullptr},
        UrlCase{"Zone", "http://[fe80::1%25eth0]/", nullptr, nullptr},
        UrlCase{"NoClosingBracket", "http://[::1", nullptr, nullptr},
        UrlCase{"Empty", "http://[]/", nullptr, nullptr}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Paths, UrlParserTest,
    testing::Values(
        UrlCase{"Dots", "http://q.example/a/./b/../c", nullptr, "http://q.example/a/c"},
        UrlCase{"DotsAtEnd", "http://q.example/a/b/..", nullptr, "http://q.example/a/"},
        UrlCase{"OneDotAtEnd", "http://q.example/a/.", nullptr, "http://q.example/a/"},
        UrlCase{"EncodedDots", "http://q.example/a/%2e%2E/b/%2E/c", nullptr,
                "http://q.example/b/c"},
        UrlCase{"DotsAboveTheRoot", "http://q.example/../../a", nullptr, "http://q.example/a"},
        UrlCase{"EmptySegmentsStay", "http://q.example//a//", nullptr, "http://q.example//a//"},
        UrlCase{"DotsTakeAnEmptySegment", "http://q.example/a//../b", nullptr,
                "http://q.example/a/b"},
        UrlCase{"ThreeDotsAreAName", "http://q.example/.../a", nullptr, "http://q.example/.../a"},
        UrlCase{"PathSet", "http://q.example/a \"<>`{}^|'~\u00E9\x7F", nullptr,
                "http://q.example/a%20%22%3C%3E%60%7B%7D%5E|'~%C3%A9%7F"},
        UrlCase{"QuerySet", "http://q.example/?a \"<>`{}^|'~\u00E9", nullptr,
                "http://q.example/?a%20%22%3C%3E`{}^|%27~%C3%A9"},
        UrlCase{"FragmentSet", "http://q.example/#a \"<>`{}^|'~\u00E9#", nullptr,
                "http://q.example/#a%20%22%3C%3E%60{}^|'~%C3%A9#"},
        UrlCase{"EscapesStayAsWritten", "http://q.example/%7e%zz%?%f", nullptr,
                "http://q.example/%7e%zz%?%f"},
        UrlCase{"MalformedUtf8", "http://q.example/\xC3?\xFF", nullptr,
                "http://q.example/%EF%BF%BD?%EF%BF%BD"},
        UrlCase{"SlashInQuery", "http://q.example/a?b/../c", nullptr, "http://q.example/a?b/../c"}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    References, UrlParserTest,
    testing::Values(
        UrlCase{"Empty", "", kBase,
                "https://user:key@quillbrook.example:8443/news/2026/gate?page=2"},
        UrlCase{"Fragment", "#c7", kBase,
                "https://user:key@quillbrook.example:8443/news/2026/gate?page=2#c7"},
        UrlCase{"Query", "?page=3", kBase,
                "https://user:key@quillbrook.example:8443/news/2026/gate?page=3"},
        UrlCase{"Sibling", "hall", kBase,
                "https://user:key@quillbrook.example:8443/news/2026/hall"},
        UrlCase{"Parent", "../2025/", kBase, "https://user:key@quillbrook.example:8443/news/2025/"},
        UrlCase{"Above", "../../../..", kBase, "https://user:key@quillbrook.example:8443/"},
        UrlCase{"Rooted", "/a", kBase, "https://user:key@quillbrook.example:8443/a"},
        UrlCase{"RootedByBackslash", "\\a", kBase, "https://user:key@quillbrook.example:8443/a"},
        UrlCase{"OtherHost", "//q.example/a", kBase, "https://q.example/a"},
        UrlCase{"OtherHostByBackslash", "/\\q.example/a", kBase, "https://q.example/a"},
        UrlCase{"SameSchemeIsRelative", "https:hall", kBase,
                "https://user:key@quillbrook.example:8443/news/2026/hall"},
        UrlCase{"SameSchemeRooted", "https:/hall", kBase,
                "https://user:key@quillbrook.example:8443/hall"},
        UrlCase{"OtherSchemeNamesAHost", "http:hall", kBase, "http://hall/"},
        UrlCase{"Absolute", "http://q.example/", kBase, "http://q.example/"},
        UrlCase{"ColonInFirstSegment", "2:1", kBase,
                "https://user:key@quillbrook.example:8443/news/2026/2:1"},
        UrlCase{"HostMissing", "//", kBase, nullptr}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(HttpUrlTest, PartsAreThere) {
  const HttpUrl url = HttpUrl::Parse("https://me:pw@Quillbrook.example:8443/a/b?c=d#e").value();
  EXPECT_TRUE(url.is_https());
  EXPECT_EQ(url.host(), "quillbrook.example");
  EXPECT_EQ(url.port(), 8443);
  EXPECT_EQ(url.origin(), "https://quillbrook.example:8443");
  EXPECT_EQ(url.path(), "/a/b");
  EXPECT_EQ(url.query(), "c=d");
  EXPECT_EQ(url.target(), "/a/b?c=d");
  EXPECT_EQ(url.fragment(), "e");
  EXPECT_TRUE(url.has_credentials());
}

TEST(HttpUrlTest, PartsThatAreNotThereAreEmpty) {
  const HttpUrl url = HttpUrl::Parse("http://[::1]").value();
  EXPECT_FALSE(url.is_https());
  EXPECT_EQ(url.host(), "[::1]");
  EXPECT_EQ(url.port(), 80);
  EXPECT_EQ(url.origin(), "http://[::1]");
  EXPECT_EQ(url.path(), "/");
  EXPECT_EQ(url.query(), "");
  EXPECT_EQ(url.target(), "/");
  EXPECT_EQ(url.fragment(), "");
  EXPECT_FALSE(url.has_credentials());
}

TEST(HttpUrlTest, OverlongInputIsRefused) {
  const std::string start = "http://q.example/";
  EXPECT_TRUE(HttpUrl::Parse(start + std::string(8000 - start.size(), 'a')).has_value());
  EXPECT_FALSE(HttpUrl::Parse(start + std::string(8001 - start.size(), 'a')).has_value());
}

struct KeyCase {
  const char* name;
  const char* input;
  const char* expected;
};

class CanonicalKeyTest : public testing::TestWithParam<KeyCase> {};

TEST_P(CanonicalKeyTest, KeepsWhatNamesThePage) {
  EXPECT_EQ(CanonicalKey(HttpUrl::Parse(GetParam().input).value()), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, CanonicalKeyTest,
    testing::Values(
        KeyCase{"Plain", "https://q.example/a?b=1", "https://q.example/a?b=1"},
        KeyCase{"Fragment", "https://q.example/a#c7", "https://q.example/a"},
        KeyCase{"Credentials", "https://me:pw@q.example:8443/a", "https://q.example:8443/a"},
        KeyCase{"Tracking", "https://q.example/a?utm_source=x&id=7&fbclid=y&UTM_Medium=z",
                "https://q.example/a?id=7"},
        KeyCase{"OnlyTracking", "https://q.example/a?gclid=x", "https://q.example/a"},
        KeyCase{"EmptyQuery", "https://q.example/a?", "https://q.example/a"},
        KeyCase{"OrderStays", "https://q.example/a?b=2&a=1&&c", "https://q.example/a?b=2&a=1&c"},
        KeyCase{"NameThatOnlyStartsAlike", "https://q.example/?utm=1&gclid2=3&fbclidx",
                "https://q.example/?utm=1&gclid2=3&fbclidx"},
        KeyCase{"SessionId", "https://q.example/t?PHPSESSID=ab12&t=4", "https://q.example/t?t=4"},
        KeyCase{"ForumSession", "https://q.example/t?t=4&sid=0f1e2d3c4b5a69788796a5b4c3d2e1f0",
                "https://q.example/t?t=4"},
        KeyCase{"StoryNumberIsNoSession", "https://q.example/article.php?sid=123",
                "https://q.example/article.php?sid=123"},
        KeyCase{"SearchIsNoSession", "https://q.example/?s=quillbrook+academy",
                "https://q.example/?s=quillbrook+academy"},
        KeyCase{"ShortNameWithMd5", "https://q.example/?s=0f1e2d3c4b5a69788796a5b4c3d2e1f0",
                "https://q.example/"},
        KeyCase{"SessionInPath", "https://q.example/t;jsessionid=1A2B.w1?t=4",
                "https://q.example/t?t=4"},
        KeyCase{"SessionInsidePath", "https://q.example/t;JSESSIONID=1A2B/posts",
                "https://q.example/t/posts"},
        KeyCase{"NoParameterAtAll", "https://q.example/?=&=x", "https://q.example/?=&=x"}),
    [](const auto& row) { return std::string(row.param.name); });

class RegistrableDomainTest : public testing::TestWithParam<KeyCase> {};

TEST_P(RegistrableDomainTest, IsOneOrganisation) {
  EXPECT_EQ(RegistrableDomain(HttpUrl::Parse(GetParam().input).value()), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Hosts, RegistrableDomainTest,
    testing::Values(KeyCase{"Itself", "https://quillbrook.example/", "quillbrook.example"},
                    KeyCase{"Subdomain", "https://www.a.quillbrook.co.uk/", "quillbrook.co.uk"},
                    KeyCase{"School", "https://www.academy.quillbrook.sch.uk/",
                            "academy.quillbrook.sch.uk"},
                    KeyCase{"HostedPages", "https://quillbrook.github.io/", "quillbrook.github.io"},
                    KeyCase{"TrailingDot", "https://www.quillbrook.co.uk./", "quillbrook.co.uk"},
                    KeyCase{"BareSuffix", "https://co.uk/", "co.uk"},
                    KeyCase{"OneLabel", "http://localhost/", "localhost"},
                    KeyCase{"Ipv4", "http://192.0.2.7/", "192.0.2.7"},
                    KeyCase{"Ipv6", "http://[2001:db8::1]/", "[2001:db8::1]"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::core
