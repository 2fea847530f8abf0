#include "config/school_checks.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "config/section.h"
#include "config/settings.h"
#include "tests/config/temporary_folder.h"

namespace schoolwatch::config {
namespace {

using Checker = core::Result<void> (*)(const std::string&);

struct Row {
  Checker check;
  std::string value;
  bool is_fine;
};
void PrintTo(const Row& row, std::ostream* out) { *out << "'" << row.value << "'"; }

class SchoolValue : public ::testing::TestWithParam<Row> {};

TEST_P(SchoolValue, IsTakenOrRefused) {
  const core::Result<void> result = GetParam().check(GetParam().value);
  EXPECT_EQ(result.has_value(), GetParam().is_fine)
      << GetParam().value << ": " << (result ? "taken" : result.error().message);
}

INSTANTIATE_TEST_SUITE_P(
    SchoolName, SchoolValue,
    ::testing::Values(
        Row{CheckSchoolName, "Quillbrook Academy", true},
        Row{CheckSchoolName, "St Mary's Catholic Primary School", true},
        Row{CheckSchoolName, "Ysgol Pont-y-Felin", true},
        Row{CheckSchoolName, "Oak Hill School", true}, Row{CheckSchoolName, "Quillbrook", true},
        Row{CheckSchoolName, "The Academy", false},
        Row{CheckSchoolName, "Church of England Primary School", false},
        Row{CheckSchoolName, "Oak", false}, Row{CheckSchoolName, "Qu", false},
        Row{CheckSchoolName, "The Oaks", false}, Row{CheckSchoolName, "Foxglove", false},
        Row{CheckSchoolName, "Alice", false}, Row{CheckSchoolName, "Leeds", false},
        Row{CheckSchoolName, "The Oaks School", true}, Row{CheckSchoolName, "...", false}));

INSTANTIATE_TEST_SUITE_P(
    NotAPupil, SchoolValue,
    ::testing::Values(
        Row{CheckNotAPupil, "Mrs Ada Wren", true}, Row{CheckNotAPupil, "Dr Yusuf Form", true},
        Row{CheckNotAPupil, "Miss Ivy Childs", true}, Row{CheckNotAPupil, "Mr Abel Vale 2nd", true},
        Row{CheckNotAPupil, "Sam (pupil)", false}, Row{CheckNotAPupil, "Sam, Year 7", false},
        Row{CheckNotAPupil, "Sam Y11", false}, Row{CheckNotAPupil, "Sam yr7", false},
        Row{CheckNotAPupil, "Sam of 10C", false}, Row{CheckNotAPupil, "Sam, class 4", false},
        Row{CheckNotAPupil, "Student Sam", false}, Row{CheckNotAPupil, "Sam Vale, aged 9", false},
        Row{CheckNotAPupil, "Master Sam Vale", false}, Row{CheckNotAPupil, "Head Girl Ivy", false},
        Row{CheckNotAPupil, "Dr Head", true}));

core::School Named(std::string name) {
  core::School school;
  school.key = "k";
  school.name = std::move(name);
  return school;
}

TEST(SchoolProblems, ACommonNameNeedsAPlace) {
  for (const char* name : {"Hope Primary School", "The Oaks School", "St Mary's RC Primary School",
                           "King's High School", "Leeds Academy", "Oak Hill School"}) {
    core::School school = Named(name);
    const std::vector<SchoolProblem> problems = FindSchoolProblems(school);
    ASSERT_EQ(problems.size(), 1U) << name;
    EXPECT_EQ(problems[0].field, "name");
    EXPECT_NE(problems[0].message.find("'town'"), std::string::npos);
    school.town = "Quillbrook";
    EXPECT_TRUE(FindSchoolProblems(school).empty()) << name;
  }
}

TEST(SchoolProblems, ARareNameNeedsNone) {
  EXPECT_TRUE(FindSchoolProblems(Named("Quillbrook Academy")).empty());
  EXPECT_TRUE(FindSchoolProblems(Named("St Orla's Primary School")).empty());
}

TEST(SchoolProblems, OtherNamesMustSaySomething) {
  core::School school = Named("Quillbrook Academy");
  school.also = {"QBA", "The Academy"};
  const std::vector<SchoolProblem> problems = FindSchoolProblems(school);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].field, "also");
  EXPECT_EQ(problems[0].item, 1U);
}

TEST(SchoolProblems, NotUsIsNoNameOfItsOwn) {
  core::School school = Named("Quillbrook Academy");
  school.also = {"The Quill"};
  school.not_us = {"Quillbrook Brewery", "the quill", "Quillbrook academy"};
  const std::vector<SchoolProblem> problems = FindSchoolProblems(school);
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].item, 1U);
  EXPECT_EQ(problems[1].item, 2U);
}

TEST(SchoolProblems, StaffHaveATitleOrFirstName) {
  core::School school = Named("Quillbrook Academy");
  school.headteacher = "Mrs Wren";
  school.staff = {"Silas Thrale", "Hadley"};
  const std::vector<SchoolProblem> problems = FindSchoolProblems(school);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].field, "others");
  EXPECT_EQ(problems[0].item, 1U);
}

// Every problem is shown with file, line and column of the very value.
// In a file of schools, which is for trying out, they are warnings.
TEST(SchoolProblems, AreShownWhereTheyStand) {
  const TemporaryFolder folder;
  folder.Write("schools.yaml",
               "hope:\n"
               "  name: Hope School\n"
               "quillbrook:\n"
               "  name: Quillbrook Academy\n"
               "  also: [QBA, The School]\n"
               "  people: {headteacher: Mrs Wren, others: [Mr Thrale, Hadley]}\n");
  Diagnostics problems;
  EXPECT_TRUE(LoadSchools(folder.path() / "schools.yaml", problems).has_value());
  const std::string text = problems.WarningsToText();
  EXPECT_NE(text.find("schools.yaml:2:9: warning: school 'hope': 'name' is 'Hope School'"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("schools.yaml:5:15: warning: school 'quillbrook': 'also' is 'The School'"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("schools.yaml:6:55: warning: school 'quillbrook': 'others' is 'Hadley'"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace schoolwatch::config
