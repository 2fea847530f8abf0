#include "alerts/template_set.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "alerts/playbooks.h"
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

TEST_F(TemplateSetTest, AnEmptyTextIsUnset) {
  const auto set = LoadWith("{{#x}}yes{{/x}}{{^x}}no{{/x}}");
  ASSERT_TRUE(set.has_value());
  EXPECT_EQ((*set)->Render("a.txt", View().Set("x", "")), "no");
  EXPECT_EQ((*set)->Render("a.txt", View().Set("x", "1")), "yes");
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

class PlaybooksTest : public TemplateSetTest {
 protected:
  core::Result<Playbooks> Load(const std::string& text) {
    Write("playbooks.yaml", text);
    return Playbooks::Load(folder_ / "playbooks.yaml");
  }
  static constexpr const char* kWhole =
      "playbooks:\n"
      "  - {name: s, category: safeguarding, steps: [tell the DSL]}\n"
      "  - {name: d, category: defamatory, steps: [look]}\n"
      "  - {name: r, category: reputational, steps: [listen]}\n";
};

core::Judgement Judged(core::Category category, core::Severity severity,
                       std::vector<std::string> topics) {
  core::Judgement judgement;
  judgement.categories = {category};
  judgement.severity = severity;
  judgement.topics = std::move(topics);
  return judgement;
}

TEST_F(PlaybooksTest, EveryPlaybookThatFitsAddsItsSteps) {
  const auto playbooks =
      Load(std::string(kWhole) +
           "  - {name: w, category: safeguarding, at_least: high, topics: [weapon, fight], steps: "
           "[tell the DSL, call 999], avoid: [run]}\n");
  ASSERT_TRUE(playbooks.has_value()) << playbooks.error().message;
  using core::Category;
  using core::Severity;
  EXPECT_EQ(playbooks->For(Judged(Category::kSafeguarding, Severity::kHigh, {"fight"})),
            (Guidance{{"tell the DSL", "call 999"}, {"run"}}));
  EXPECT_EQ(playbooks->For(Judged(Category::kSafeguarding, Severity::kMedium, {"fight"})),
            (Guidance{{"tell the DSL"}, {}}));
  EXPECT_EQ(playbooks->For(Judged(Category::kSafeguarding, Severity::kUrgent, {"threat"})),
            (Guidance{{"tell the DSL"}, {}}));
  EXPECT_EQ(playbooks->For(Judged(Category::kDefamatory, Severity::kNone, {})),
            (Guidance{{"look"}, {}}));
}

TEST_F(PlaybooksTest, AllMistakesAreShownWithTheirPlace) {
  const auto playbooks = Load(
      "playbooks:\n"
      "  - {name: s, category: safeguarding, stops: [x]}\n"
      "  - {name: d, category: slander, steps: [look]}\n");
  ASSERT_FALSE(playbooks.has_value());
  EXPECT_EQ(playbooks.error().kind, core::ErrorKind::kBadInput);
  for (const char* part : {"yaml:2:", "'stops' is not known", "needs 'steps'", "yaml:3:", "slander",
                           "every 'defamatory' finding"}) {
    EXPECT_NE(playbooks.error().message.find(part), std::string::npos)
        << part << " in " << playbooks.error().message;
  }
}

TEST_F(PlaybooksTest, TheShippedOnesAreWhole) {
  const auto playbooks =
      Playbooks::Load(std::filesystem::path(testing::TemplatesFolder()) / "playbooks.yaml");
  EXPECT_TRUE(playbooks.has_value()) << playbooks.error().message;
}

}  // namespace
}  // namespace schoolwatch::alerts
