#include "crawler/platforms/template.h"

#include <gtest/gtest.h>

namespace schoolwatch::crawler {
namespace {

struct FillCase {
  std::string name;
  std::string text;
  std::string value;  // Of "v".
  TemplatePlace place = TemplatePlace::kText;
  std::string expected;  // "!" and a part of the message where it is refused.
};

class TemplateFillTest : public testing::TestWithParam<FillCase> {};

TEST_P(TemplateFillTest, FillsIn) {
  const FillCase& row = GetParam();
  const core::Result<std::string> filled = FillTemplate(row.text, {{"v", row.value}}, row.place);
  if (row.expected.starts_with('!')) {
    ASSERT_FALSE(filled) << *filled;
    EXPECT_NE(filled.error().message.find(row.expected.substr(1)), std::string::npos)
        << filled.error().message;
    return;
  }
  ASSERT_TRUE(filled) << filled.error().message;
  EXPECT_EQ(*filled, row.expected);
}

constexpr auto kAddress = TemplatePlace::kAddress;

INSTANTIATE_TEST_SUITE_P(
    , TemplateFillTest,
    testing::Values(
        FillCase{"PlainText", "sort=new", "x", TemplatePlace::kText, "sort=new"},
        FillCase{"Value", "a{v}b{v}", "1", TemplatePlace::kText, "a1b1"},
        FillCase{"BracesAsText", "{{v}} {v}", "1", TemplatePlace::kText, "{v} 1"},
        FillCase{"MissingIsRefused", "a{w}", "1", TemplatePlace::kText, "!no value for 'w'"},
        FillCase{"EmptyIsRefused", "a{v}", "", TemplatePlace::kText, "!no value for 'v'"},
        FillCase{"OptionalLeavesAllOut", "a{?v}b", "", TemplatePlace::kText, ""},
        FillCase{"OptionalThatIsThere", "a{?v}b", "1", TemplatePlace::kText, "a1b"},
        FillCase{"Unclosed", "a{v", "1", TemplatePlace::kText, "!not closed"},
        FillCase{"ClosesNothing", "a}", "1", TemplatePlace::kText, "!closes nothing"},
        FillCase{"NoName", "a{}", "1", TemplatePlace::kText, "!name of a value"},
        FillCase{"TextIsNotEscaped", "{v}", "a b&c", TemplatePlace::kText, "a b&c"},
        FillCase{"HeaderTakesNoLineEnd", "Bearer {v}", "a\r\nb", TemplatePlace::kHeader,
                 "!control byte"},
        FillCase{"PathIsEscaped", "https://a.example/r/{v}/new", "a b/c?d#e", kAddress,
                 "https://a.example/r/a%20b%2Fc%3Fd%23e/new"},
        FillCase{"PathKeepsSlashes", "https://a.example{+v}/api.php", "/w/x y", kAddress,
                 "https://a.example/w/x%20y/api.php"},
        FillCase{"PathThatIsTheRoot", "https://a.example{+v}/api.php", "/", kAddress,
                 "https://a.example/api.php"},
        FillCase{"PathCannotLengthenTheHost", "https://a.example{+v}/api", ".evil.example",
                 kAddress, "!must begin with '/'"},
        FillCase{"PathCannotClimb", "https://a.example/r/{v}/x", "..", kAddress, "!part of an"},
        FillCase{"PathWithSlashesCannotClimb", "https://a.example{+v}/x", "/a/../../b", kAddress,
                 "!part of an"},
        FillCase{"Host", "https://{v}/x", "a.example:8443", kAddress, "https://a.example:8443/x"},
        FillCase{"HostTakesNoPath", "https://{v}/x", "a.example/y", kAddress, "!name of a host"},
        FillCase{"HostTakesNoLogin", "https://{v}/x", "me@evil.example", kAddress,
                 "!name of a host"},
        FillCase{"PartOfAHost", "https://{v}.blog.example/x", "dana", kAddress,
                 "https://dana.blog.example/x"},
        FillCase{"LettersBeyondAscii", "https://a.example/{v}", "é", kAddress,
                 "https://a.example/%C3%A9"}),
    [](const auto& row) { return row.param.name; });

TEST(TemplateTest, NamesEachOnce) {
  EXPECT_EQ(NamesIn("{a}{?b}{+a} {{c}} {d_1}"), (std::vector<std::string>{"a", "b", "d_1"}));
  EXPECT_TRUE(IsNamedIn("x{?b}", "b"));
  EXPECT_FALSE(IsNamedIn("x{{b}}", "b"));
}

TEST(TemplateTest, MessagesHoldNoValue) {
  const auto filled = FillTemplate("Bearer {v}", {{"v", "secret\nsecret"}}, TemplatePlace::kHeader);
  ASSERT_FALSE(filled);
  EXPECT_EQ(filled.error().message.find("secret"), std::string::npos);
}

TEST(TemplateTest, EncodesPairs) {
  EXPECT_EQ(EncodePairs({{"q", "a & b"}, {"types[]", "mention"}}),
            "q=a%20%26%20b&types%5B%5D=mention");
}

}  // namespace
}  // namespace schoolwatch::crawler
