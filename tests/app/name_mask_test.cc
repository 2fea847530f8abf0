#include "app/name_mask.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace schoolwatch::app {
namespace {

NameMask Mask() {
  core::School school;
  school.key = "quillbrook";
  school.name = "Quillbrook Academy";
  school.town = "Quillbrook";
  school.headteacher = "Mrs Ada Wren";
  school.staff = {"Mr Silas Thrale"};
  const std::vector<core::School> schools{school};
  const std::vector<config::Contact> contacts{{.role = "dsl",
                                               .name = "Miss Noor Hadley",
                                               .email = "dsl@quillbrook.example",
                                               .schools = {},
                                               .where = {}}};
  return {schools, contacts};
}

struct MaskCase {
  const char* name;
  std::string text;
  std::string masked;
  std::string author = "";
};
class NameMaskTest : public testing::TestWithParam<MaskCase> {};

TEST_P(NameMaskTest, TakesOutWhoIsMeantAndNoMore) {
  EXPECT_EQ(Mask().Mask(GetParam().text, GetParam().author), GetParam().masked);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, NameMaskTest,
    testing::Values(
        MaskCase{"Nothing", "", ""},
        MaskCase{"NoNames", "The heating at Quillbrook Academy has been off all week.",
                 "The heating at Quillbrook Academy has been off all week."},
        MaskCase{"Staff", "Mr Thrale took it, thrale again.", "Mr Someone took it, Someone again."},
        MaskCase{"WholeNames", "Ask Mrs Ada Wren or Silas Thrale.", "Ask Mrs Someone or Someone."},
        MaskCase{"Possessive", "Mr Thrale's car and Hadley\u2019s.",
                 "Mr Someone's car and Someone\u2019s."},
        MaskCase{"AnybodyBehindATitle", "mr brown and Dr. Pell and Mrs Green-Field said no",
                 "mr Someone and Dr. Someone and Mrs Someone said no"},
        MaskCase{"NotEverythingBehindATitle", "I will miss the bus, and Sir was late",
                 "I will miss the bus, and Sir was late"},
        MaskCase{"Offices", "the head Wilcox lied", "the head Someone lied"},
        MaskCase{"Children", "Then Jamie Wilcox and jamie hit Grace Okafor.",
                 "Then Someone and Someone hit Someone."},
        MaskCase{"FirstNamesThatAreWords",
                 "My daughter Grace was attacked at Quillbrook Academy by Jack, Will and Hope.",
                 "My daughter Someone was attacked at Quillbrook Academy by Someone, Someone and "
                 "Someone."},
        MaskCase{"FirstNamesThatBegin", "Jack hit her. Will you help? Hope so, I WILL.",
                 "Someone hit her. Will you help? Hope so, I WILL."},
        MaskCase{"WordsBehindKin", "my son River and his friend Storm, a boy called Wolf",
                 "my son Someone and his friend Someone, a boy called Someone"},
        MaskCase{"ShortWordsAndHalves",
                 "We know. He didn't. Didn\u2019t they? We've no idea. If so",
                 "We know. He didn't. Didn\u2019t they? We've no idea. If so"},
        MaskCase{"SchoolsOwnWords", "Head of Quillbrook said so", "Head of Quillbrook said so"},
        MaskCase{"Letters", "GCSE results, Ofsted on Monday in Year 9",
                 "GCSE results, Ofsted on Monday in Year 9"},
        MaskCase{"Author", "signed watchful77, Watchful77!", "signed Someone, Someone!",
                 "watchful77"},
        MaskCase{"Handles", "ask @ada_wren and u/silas or ada.wren@mail.example",
                 "ask @someone and u/someone or someone@example.org"},
        MaskCase{"Addresses", "see https://www.example.com/ada?x=1 now",
                 "see https://example.org/ now"},
        MaskCase{"Telephones", "ring 01632 960 123 in year 9 of 2026",
                 "ring 00000 000 000 in year 9 of 2026"}),
    [](const auto& row) { return row.param.name; });

TEST(NameMaskPostTest, NothingOfWhoOrWhereIsKept) {
  core::Post post;
  post.id = "p1";
  post.url = "https://forum.example/p1";
  post.author = "Jamie Wilcox";
  post.author_url = "https://forum.example/u/jamie";
  post.thread_title = "About Jamie";
  post.quoted = "Jamie said";
  post.platform = "forum";
  post.title = "Ask Jamie Wilcox";
  post.text = "jamie wilcox knows.";
  const core::Post masked = Mask().Masked(post);
  core::Post wanted;
  wanted.platform = "forum";
  wanted.title = "Ask Someone";
  wanted.text = "Someone knows.";
  EXPECT_EQ(masked, wanted);
}

}  // namespace
}  // namespace schoolwatch::app
