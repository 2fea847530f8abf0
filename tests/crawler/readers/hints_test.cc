#include "crawler/readers/hints.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace schoolwatch::crawler {
namespace {

struct HintsCase {
  std::string name;
  std::string attributes;
  std::uint32_t hints;
};

class HintsTest : public testing::TestWithParam<HintsCase> {};

TEST_P(HintsTest, FollowFromNames) {
  const HtmlTree tree = HtmlTree::Parse("<p " + GetParam().attributes + ">x</p>");
  const NodeId id = tree.Find(tree.root(), Tag::kP);
  ASSERT_NE(id, kNoNode);
  EXPECT_EQ(HintsOf(tree, id), GetParam().hints);
}

INSTANTIATE_TEST_SUITE_P(
    Names, HintsTest,
    testing::Values(HintsCase{"NoAttributes", "", kNoHint},
                    HintsCase{"NoName", "class='blue x1'", kNoHint},
                    HintsCase{"AWord", "class=user", kHintAuthor},
                    HintsCase{"AWordWithinAnother", "class=superuser", kNoHint},
                    HintsCase{"AWordThatGoesOn", "class=users", kNoHint},
                    HintsCase{"AWordBetweenMarks", "class='p_user-2'", kHintAuthor},
                    HintsCase{"AWordAfterAChangeOfCase", "class=forumUser", kHintAuthor},
                    HintsCase{"APartAnywhere", "class=xauthorx", kHintAuthor},
                    HintsCase{"APartInUpperCase", "id=AUTHORS", kHintAuthor},
                    HintsCase{"APartWithAMark", "class=widget_tags", kHintBoilerplate},
                    HintsCase{"APartThatEndsTheName", "class=my-signature", kHintSignature},
                    HintsCase{"SeveralOfOneName", "class=share-buttons",
                              kHintTools | kHintBoilerplate},
                    HintsCase{"OneInTheOther", "class=article-body", kHintBody | kHintArticle},
                    HintsCase{"SeveralAttributes", "class=meta id=sidebar itemprop=text",
                              kHintMeta | kHintBoilerplate | kHintBody},
                    HintsCase{"AnAttributeThatIsNoName", "title=author", kNoHint}),
    [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace schoolwatch::crawler
