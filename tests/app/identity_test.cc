#include "app/commands/identity.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <sstream>
#include <string>

namespace schoolwatch::app {
namespace {

class IdentityTest : public testing::Test {
 protected:
  static std::shared_ptr<const matchers::SchoolIndex> Index() {
    core::School school;
    school.key = "quillbrook";
    school.name = "Quillbrook Academy";
    school.town = "Marlham";
    school.postcode = "QB1 2CD";
    school.also = {"QBA", "The \x1b[2JQuill"};
    school.headteacher = "Mrs Odile Marchbank";
    school.not_us = {"Quillbrook Brewery"};
    core::School other;
    other.key = "quillbrook_marlow";
    other.name = "Quillbrook Academy";
    other.town = "Marlow";
    return matchers::SchoolIndex::Make({school, other}).value();
  }
  static std::string Show(IdentityOptions options) {
    std::ostringstream out;
    EXPECT_TRUE(ShowIdentity(options, *Index(), out).has_value());
    return out.str();
  }
};

TEST_F(IdentityTest, TellsNamesEvidenceAndWhatIsNeverEnough) {
  const std::string text = Show({.key = "quillbrook"});
  for (const char* part :
       {"Quillbrook Academy (quillbrook)", "full name", "initials", "Raises it", "Marlham, QB1 2CD",
        "Lowers it", "Quillbrook Brewery", "Never enough alone", "Mrs Odile Marchbank",
        "written the same way: quillbrook_marlow", "--all shows them"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " is missing in\n" << text;
  }
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST_F(IdentityTest, AllNamesAreShownWhenAskedFor) {
  const std::string some = Show({.key = "quillbrook"});
  const std::string all = Show({.key = "quillbrook", .names = NamesShown::kAll});
  EXPECT_GT(all.size(), some.size());
  EXPECT_EQ(all.find("--all shows them"), std::string::npos);
}

TEST_F(IdentityTest, JsonHoldsTheSame) {
  const boost::json::value json =
      boost::json::parse(Show({.key = "quillbrook", .form = OutputForm::kJsonLines}));
  const boost::json::object& all = json.as_object();
  EXPECT_EQ(all.at("school").as_string(), "quillbrook");
  EXPECT_GT(all.at("variants").as_array().size(), 10U);
  for (const boost::json::value& variant : all.at("variants").as_array()) {
    const double alone = variant.at("alone").to_number<double>();
    EXPECT_GE(alone, 0);
    EXPECT_LT(alone, 1);
  }
  for (const boost::json::value& person : all.at("never_alone").as_array()) {
    EXPECT_FALSE(person.as_string().empty());
  }
  EXPECT_EQ(all.at("same_name").as_array().size(), 1U);
}

TEST_F(IdentityTest, TryShowsTheSumForEverySchoolThatMayBeMeant) {
  const std::string text =
      Show({.key = "quillbrook", .text = "Quillbrook Academy in Marlham is shut"});
  EXPECT_EQ(text.find("quillbrook: a mention"), 0U) << text;
  EXPECT_NE(text.find("quillbrook_marlow: no mention"), std::string::npos) << text;
  EXPECT_NE(text.find("its town or area is named"), std::string::npos) << text;
  EXPECT_NE(text.find("in all"), std::string::npos);
}

TEST_F(IdentityTest, TryOfATextThatPointsNowhereSaysSo) {
  const std::string text = Show({.key = "quillbrook", .text = "The bus was late."});
  EXPECT_NE(text.find("quillbrook: no mention"), std::string::npos) << text;
  EXPECT_NE(text.find("nothing in it points to this school"), std::string::npos) << text;
}

TEST_F(IdentityTest, AnUnknownKeyNamesTheNearestOne) {
  std::ostringstream out;
  const core::Result<void> shown = ShowIdentity({.key = "quilbrook"}, *Index(), out);
  ASSERT_FALSE(shown.has_value());
  EXPECT_EQ(shown.error().kind, core::ErrorKind::kBadInput);
  EXPECT_NE(shown.error().message.find("did you mean 'quillbrook'"), std::string::npos)
      << shown.error().message;
}

}  // namespace
}  // namespace schoolwatch::app
