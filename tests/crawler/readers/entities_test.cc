#include "crawler/readers/entities.h"

#include <gtest/gtest.h>

namespace schoolwatch::crawler {
namespace {

struct EntityCase {
  std::string name, written, shown;
};
class EntityTest : public testing::TestWithParam<EntityCase> {};
TEST_P(EntityTest, IsDecoded) { EXPECT_EQ(DecodeEntities(GetParam().written), GetParam().shown); }
INSTANTIATE_TEST_SUITE_P(
    Text, EntityTest,
    testing::Values(EntityCase{"Named", "&pound;85 &amp; more", "£85 & more"},
                    EntityCase{"NoSemicolon", "caf&eacute s", "café s"},
                    EntityCase{"LongestName", "&notin; &notit;", "∉ ¬it;"},
                    EntityCase{"TwoCharacters", "&NotEqualTilde;", "≂̸"},
                    EntityCase{"Decimal", "&#8217;", "’"}, EntityCase{"Hex", "&#x2019", "’"},
                    EntityCase{"Windows1252Number", "&#146;", "’"},
                    EntityCase{"Nul", "&#0;", "\xEF\xBF\xBD"},
                    EntityCase{"TooLarge", "&#99999999999;", "\xEF\xBF\xBD"},
                    EntityCase{"Surrogate", "&#xD800;", "\xEF\xBF\xBD"},
                    EntityCase{"Unknown", "&nosuch; & &; &#; &#x;", "&nosuch; & &; &#; &#x;"},
                    EntityCase{"CutOff", "a &am", "a &am"}),
    [](const auto& row) { return row.param.name; });

TEST(EntitiesTest, InAttributesOldNamesNeedAnEnd) {
  EXPECT_EQ(DecodeEntities("?a=1&copy=2&amp;b", EntityContext::kAttribute), "?a=1&copy=2&b");
  EXPECT_EQ(DecodeEntities("&copy 2026", EntityContext::kAttribute), "© 2026");
}

}  // namespace
}  // namespace schoolwatch::crawler
