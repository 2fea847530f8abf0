#include "alerts/template_set.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "core/hash.h"
#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

class TemplateSetTest : public ::testing::Test {
 protected:
  TemplateSetTest() { std::filesystem::create_directories(folder_); }
  ~TemplateSetTest() override { std::filesystem::remove_all(folder_); }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }
  // Loads the template "a", with `text` in both kinds.
  core::Result<std::unique_ptr<TemplateSet>> LoadWith(const std::string& text) {
    Write("a.txt.mustache", text);
    Write("a.html.mustache", text);
    return TemplateSet::Load(folder_, {"a"});
  }

  std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("templates-" + core::RandomHex(8));
};

TEST_F(TemplateSetTest, EscapesInHtmlOnly) {
  const auto set = LoadWith("[{{x}}]");
  ASSERT_TRUE(set.has_value()) << set.error().message;
  const View view = View().Set("x", "<b>\"'&");
  EXPECT_EQ((*set)->Render("a.txt", view), "[<b>\"'&]");
  EXPECT_EQ((*set)->Render("a.html", view), "[&lt;b&gt;&quot;&#39;&amp;]");
}

TEST_F(TemplateSetTest, AValueIsNoTemplate) {
  const auto set = LoadWith("{{x}} {{{x}}}");
  ASSERT_TRUE(set.has_value());
  EXPECT_EQ((*set)->Render("a.txt", View().Set("x", "{{y}}").Set("y", "no")), "{{y}} {{y}}");
}

// What messages of our own are shown with: a text is a section that is there, and three braces
// leave its tags alone.
TEST_F(TemplateSetTest, ThreeBracesLeaveTagsAlone) {
  const auto set = LoadWith("{{#html}}[{{{html}}}]{{/html}}{{^html}}none{{/html}}");
  ASSERT_TRUE(set.has_value());
  const View view = View().Set("html", "<p class=\"a\">1 &amp; 2</p>");
  EXPECT_EQ((*set)->Render("a.html", view), "[<p class=\"a\">1 &amp; 2</p>]");
  EXPECT_EQ((*set)->Render("a.html", View()), "none");
}

TEST_F(TemplateSetTest, AnEmptyTextIsUnset) {
  const auto set = LoadWith("{{#x}}yes{{/x}}{{^x}}no{{/x}}");
  ASSERT_TRUE(set.has_value());
  EXPECT_EQ((*set)->Render("a.txt", View().Set("x", "")), "no");
  EXPECT_EQ((*set)->Render("a.txt", View().Set("x", "1")), "yes");
}

// Of several that have a name the innermost counts, and where none inside has it, those around.
TEST_F(TemplateSetTest, NamesAreSoughtFromTheInsideOut) {
  const auto set = LoadWith(
      "{{#rooms}}{{name}}{{#open}}!{{/open}}:{{#desks}} {{name}}{{#open}}!{{/open}} in {{house}}"
      "{{#pens}}<{{name}}>{{/pens}}{{/desks}};{{/rooms}}{{^desks}} {{name}}{{/desks}}");
  ASSERT_TRUE(set.has_value()) << set.error().message;
  View view;
  view.Set("name", "all").Set("house", "H").SetFlag("open", true);
  for (const char* room : {"a", "b"}) {
    View one = View().Set("name", room).SetFlag("open", room[0] == 'a');
    for (const char* desk : {"1", "2"}) {
      one.Add("desks", View()
                           .Set("name", desk)
                           .Add("pens", View().Set("name", "p"))
                           .Add("pens", View().SetFlag("red", true)));
    }
    view.Add("rooms", std::move(one));
  }
  EXPECT_EQ((*set)->Render("a.txt", view),
            "a!: 1! in H<p><1> 2! in H<p><2>;b: 1 in H<p><1> 2 in H<p><2>; all");
}

// A text that opens a section is none of a list's items, and what is asked for in it is the same.
TEST_F(TemplateSetTest, ATextOpensASectionInsideAListsItem) {
  const auto set = LoadWith("{{#list}}{{#x}}{{x}}{{y}}{{#more}}+{{z}}{{/more}}{{/x}}.{{/list}}");
  ASSERT_TRUE(set.has_value()) << set.error().message;
  View view;
  view.Add("list", View().Set("x", "1").Set("y", "2"))
      .Add("list", View().Set("y", "3"))
      .Add("list", View().Set("x", "4").Add("more", View().Set("z", "5")).Add("more", View()));
  EXPECT_EQ((*set)->Render("a.txt", view), "12..4+5+.");
}

TEST_F(TemplateSetTest, OfTwoValuesForANameTheLaterOneCounts) {
  const auto set = LoadWith("{{#x}}[{{x}}{{y}}]{{/x}}");
  ASSERT_TRUE(set.has_value()) << set.error().message;
  EXPECT_EQ((*set)->Render("a.txt", View().Set("x", "1").Set("x", "2")), "[2]");
  EXPECT_EQ((*set)->Render("a.txt", View().Set("x", "1").SetFlag("x", false)), "");
  EXPECT_EQ((*set)->Render("a.txt", View().Add("x", View().Set("y", "3")).Set("x", "4")), "[4]");
  EXPECT_EQ((*set)->Render("a.txt", View().Set("x", "5").Add("x", View().Set("y", "6"))), "[6]");
}

TEST_F(TemplateSetTest, PartsAreTakenIn) {
  Write("part.txt.mustache", "<{{x}}>\n");
  Write("part.html.mustache", "({{x}})\n");
  const auto set = LoadWith("{{#list}}\n{{> part}}\n{{/list}}\n");
  ASSERT_TRUE(set.has_value()) << set.error().message;
  View view;
  view.Add("list", View().Set("x", "1")).Add("list", View().Set("x", "2"));
  EXPECT_EQ((*set)->Render("a.txt", view), "<1>\n<2>\n");
  EXPECT_EQ((*set)->Render("a.html", view), "(1)\n(2)\n");
}

TEST_F(TemplateSetTest, MistakesNameTheFile) {
  for (const char* wrong : {"{{x", "{{#x}}", "{{/x}}", "{{> a}}", "{{> ../x}}", "{{> nowhere}}"}) {
    const auto set = LoadWith(wrong);
    ASSERT_FALSE(set.has_value()) << wrong;
    EXPECT_NE(set.error().message.find(".txt.mustache"), std::string::npos) << set.error().message;
  }
}

}  // namespace
}  // namespace schoolwatch::alerts
