#include "crawler/readers/forbidden.h"

#include <gtest/gtest.h>

#include <string>

namespace schoolwatch::crawler {
namespace {

using std::string_literals::operator""s;

struct ForbiddenCase {
  std::string name, text, expected;
};
class ForbiddenTest : public testing::TestWithParam<ForbiddenCase> {};

TEST_P(ForbiddenTest, IsReplacedWhereverItStands) {
  // Before, inside and across the blocks that are looked at together.
  for (const std::size_t before : {0U, 1U, 30U, 61U, 62U, 63U, 64U, 127U, 200U}) {
    const std::string around(before, 'x');
    std::string text = around + GetParam().text + around;
    ReplaceForbidden(text);
    EXPECT_EQ(text, around + GetParam().expected + around) << before;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, ForbiddenTest,
    testing::Values(ForbiddenCase{"WhiteSpaceStays", "a\t\n\f\r b", "a\t\n\f\r b"},
                    ForbiddenCase{"Nul", "Quill\0brook"s, "Quillbrook"},
                    ForbiddenCase{"VerticalTab", "Quillbrook\vAcademy", "Quillbrook Academy"},
                    ForbiddenCase{"Controls", "\x01\x19\x7f", "   "},
                    ForbiddenCase{"SecondSetOfControls", "don\xC2\x92t", "don\uFFFDt"},
                    ForbiddenCase{"Noncharacter", "\xEF\xBF\xBE\xEF\xB7\x90", "\uFFFD\uFFFD"},
                    ForbiddenCase{"NoncharacterOfFourBytes", "\xF0\x9F\xBF\xBF", "\uFFFD"},
                    ForbiddenCase{"LettersOfManyBytes", "£\u00BF\u2019\U0001F600\uFFFD\u0400",
                                  "£\u00BF\u2019\U0001F600\uFFFD\u0400"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace schoolwatch::crawler
