#include "storage/case_id.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace schoolwatch::storage {
namespace {

TEST(CaseIdTest, IsShortPlainAndAlwaysTheSame) {
  std::set<std::string> ids;
  for (int i = 0; i < 2000; ++i) {
    const std::string id = MakeCaseId("quillbrook", std::to_string(i));
    EXPECT_EQ(id.size(), 9U);
    EXPECT_EQ(id.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ-"), std::string::npos) << id;
    EXPECT_EQ(id[4], '-');
    EXPECT_EQ(id, MakeCaseId("quillbrook", std::to_string(i)));
    EXPECT_EQ(NormalizeCaseId(id), id);
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 2000U);
}

TEST(CaseIdTest, DependsOnTheSchool) {
  EXPECT_NE(MakeCaseId("quillbrook", "1"), MakeCaseId("otherbrook", "1"));
}

struct TypedCase {
  const char* name;
  const char* typed;
  const char* meant;
};

class TypedCaseIdTest : public testing::TestWithParam<TypedCase> {};

TEST_P(TypedCaseIdTest, IsUnderstood) {
  EXPECT_EQ(NormalizeCaseId(GetParam().typed), GetParam().meant);
}

INSTANTIATE_TEST_SUITE_P(Rows, TypedCaseIdTest,
                         testing::Values(TypedCase{"LowerCase", "q7f3-2kxm", "Q7F3-2KXM"},
                                         TypedCase{"NoDash", "Q7F32KXM", "Q7F3-2KXM"},
                                         TypedCase{"DashElsewhere", "q7-f3 2k-xm", "Q7F3-2KXM"},
                                         TypedCase{"LookAlikes", "qOi3-lo", "Q013-10"},
                                         TypedCase{"Beginning", "q7f", "Q7F"},
                                         TypedCase{"BeginningWithDash", "q7f3-", "Q7F3"},
                                         TypedCase{"TooLong", "Q7F3-2KXM9", ""},
                                         TypedCase{"NoLetterOfTheAlphabet", "q7u", ""},
                                         TypedCase{"NotAscii", "q7é", ""},
                                         TypedCase{"Empty", "", ""}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::storage
