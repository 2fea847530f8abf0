#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/matchers/schools.h"

// Schools whose names mean other things as well, each text beside one that only looks like it. All
// of them are watched at once, as a trust would.
namespace schoolwatch::matchers {
namespace {

core::School SchoolOf(std::string key, std::string name, std::string town,
                      std::vector<std::string> places) {
  core::School school;
  school.key = std::move(key);
  school.name = std::move(name);
  school.town = std::move(town);
  school.places = std::move(places);
  return school;
}

std::vector<core::School> HardNames() {
  std::vector<core::School> schools{
      SchoolOf("hope", "Hope Primary School", "Brindlow", {"Fernshire"}),
      SchoolOf("oaks", "The Oaks Academy", "Caxley", {"Caxley", "Tanner's Lane"}),
      SchoolOf("park", "Park Community Junior School", "Brindlow", {"Weir Street"}),
      SchoolOf("kings", "King's High School", "Caxley", {"Fernshire"}),
      SchoolOf("trinity", "Trinity Church of England Academy", "Brindlow", {"Fernshire"}),
      SchoolOf("wilfrids_brindlow", "St Wilfrid's RC Primary School", "Brindlow", {"Hollin Road"}),
      SchoolOf("wilfrids_caxley", "St Wilfrid's RC Primary School", "Caxley", {"Spring Terrace"}),
      SchoolOf("marsh", "Marlow Fen Technical School", "Caxley", {"Caxley"}),
      SchoolOf("thornaby", "Threnwick & Osgarth Primary School", "Threnwick", {"Osgarth"}),
      SchoolOf("larkspur", "Larkspur Rise Secondary School", "Brindlow", {"Brindlow"})};
  schools[0].headteacher = "Mrs Ottoline Farge";
  schools[1].handles = {"@TheOaksCaxley"};
  schools[3].also = {"King's Caxley", "KHS"};
  schools[4].trust = "Saltmarsh Learning Trust";
  schools[7].also = {"MFT"};
  schools[7].site = "marlowfen.example.sch.uk";
  schools[9].postcode = "QB7 4TD";
  return schools;
}

struct HardCase {
  std::string name;
  std::string text;
  std::vector<std::string> schools;
};
void PrintTo(const HardCase& row, std::ostream* out) { *out << row.text; }

class HardNameTest : public ::testing::TestWithParam<HardCase> {};
TEST_P(HardNameTest, NamesTheRightSchools) {
  static const auto index = SchoolIndex::Make(HardNames()).value();
  EXPECT_THAT(KeysOf(index->Find(PostOf(GetParam().text)).schools),
              ::testing::UnorderedElementsAreArray(GetParam().schools));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, HardNameTest,
    ::testing::Values(
        HardCase{"HopeFull", "Hope Primary School closed early because of the snow", {"hope"}},
        HardCase{"HopeWord", "I hope the primary school closes early because of the snow", {}},
        HardCase{"HopeTown", "My lad starts at Hope in Brindlow on Monday", {"hope"}},
        HardCase{"HopeFeeling", "There is hope in Brindlow after the flood", {}},
        HardCase{"HopeHead", "Mrs Farge sent the whole of Year 4 home again", {"hope"}},
        HardCase{"HopeHeadAndChild", "Mrs Farge bought my daughter a coat", {}},
        HardCase{"HopeHeadAlone", "Mrs Farge won the marrow contest", {}},
        HardCase{"HopeOtherTown", "Hope Primary School, Otherby, has a new roof", {}},
        HardCase{"HopeHospital", "Three nights in Hope Hospital with my knee", {}},
        HardCase{"OaksFull", "The Oaks Academy has the worst car park", {"oaks"}},
        HardCase{"OaksTrees", "The oaks by the lane have lost all their leaves", {}},
        HardCase{"OaksPub", "Sunday lunch at The Oaks was cold and the landlord was rude", {}},
        HardCase{"OaksHandle", "@TheOaksCaxley any news on the coach", {"oaks"}},
        HardCase{"OaksTag", "so proud of our year 9s today #TheOaksAcademy", {"oaks"}},
        HardCase{"OaksRoad", "The school on Tanners Lane in Caxley is shut", {"oaks"}},
        HardCase{"OaksAmerica", "The Oaks Elementary in Ohio won the spelling bee", {}},
        HardCase{"ParkFull", "Park Community Junior School is collecting tins", {"park"}},
        HardCase{"ParkPlace", "We met in the park after school with the kids", {}},
        HardCase{"ParkJuniors", "Park Juniors mums are meeting in Brindlow tonight", {"park"}},
        HardCase{"ParkHotel", "The Park Hotel in Brindlow does weddings", {}},
        HardCase{"KingsFull", "King's High School sixth form results are out", {"kings"}},
        HardCase{"KingsNoApostrophe", "kings high school sixth form results are out", {"kings"}},
        HardCase{"KingsUniversity", "First year at King's University, the halls are damp", {}},
        HardCase{"KingsRoyal", "The king's horses went by and the children waved", {}},
        HardCase{"KingsPlaced", "Anyone's daughter at King's Caxley?", {"kings"}},
        HardCase{"KingsInitials", "KHS uniform shop in Caxley is shut again", {"kings"}},
        HardCase{"KingsInitialsOther", "Kestrel Housing Services (KHS) raised the rent again", {}},
        HardCase{"TrinityFull", "Trinity CofE Academy has failed its inspection", {"trinity"}},
        HardCase{"TrinityCollege", "Trinity College choir sang evensong on Sunday", {}},
        HardCase{"TrinityFaith", "A sermon on the trinity and what it means", {}},
        HardCase{
            "TrinityTrust", "Trinity and the Saltmarsh Learning Trust: who decides?", {"trinity"}},
        HardCase{"WilfridsTownOne",
                 "St Wilfrid's RC Primary in Brindlow needs a lollipop man",
                 {"wilfrids_brindlow"}},
        HardCase{"WilfridsTownTwo",
                 "Saint Wilfrids Caxley kids were brilliant today",
                 {"wilfrids_caxley"}},
        HardCase{"WilfridsRoad",
                 "the gates of st wilfrids on Hollin Road were open all weekend",
                 {"wilfrids_brindlow"}},
        HardCase{"WilfridsOtherTown", "St Wilfrid's RC Primary School, Otherby, is hiring", {}},
        HardCase{"WilfridsChurch", "Married at St Wilfrid's in 1980, lovely church bells", {}},
        HardCase{"WilfridsHospital", "St Wilfrid's Hospice shop needs volunteers", {}},
        HardCase{"WilfridsSaint", "The relics of St Wilfrid drew pilgrims for centuries", {}},
        HardCase{"MarlowFull", "Marlow Fen Technical School has new welding bays", {"marsh"}},
        HardCase{"MarlowHighElsewhere", "MFT shares fell on the stock market", {}},
        HardCase{
            "MarlowInitialsCaxley", "Year 8 at MFT in Caxley have no maths teacher", {"marsh"}},
        HardCase{"MarlowSite", "form is on www.marlowfen.example.sch.uk/admissions", {"marsh"}},
        HardCase{"AndSign", "Threnwick & Osgarth Primary are fund-raising", {"thornaby"}},
        HardCase{"AndWord", "threnwick and osgarth primary school fete", {"thornaby"}},
        HardCase{"AndLetter", "threnwick n osgarth primary is rubbish", {"thornaby"}},
        HardCase{"Transposed", "Threnwcik and Osgarth Primary are fund-raising", {"thornaby"}},
        HardCase{"LetterDropped", "larkspr rise school is a joke", {"larkspur"}},
        HardCase{"LarkspurFull", "Larkspur Rise has a new head of year", {"larkspur"}},
        HardCase{"LarkspurFlower", "The larkspur will rise above the other flowers", {}},
        HardCase{"LarkspurKind", "Larkspur Rise Nursery does messy play for toddlers", {}},
        HardCase{
            "LarkspurOutward", "school near QB7 called Larkspur Rise, any good?", {"larkspur"}},
        HardCase{"LookAlikes", "Lаrkspur Risе is a jоke", {"larkspur"}},
        HardCase{"Club", "Trinity Football Club lost again, shocking defence", {}},
        HardCase{"CareHome", "My nan is in the Larkspur Rise Care Home now", {}},
        HardCase{"Verb", "we came to hope that year 6 would be easier on the kids", {}},
        HardCase{"Owner", "Larkspur Rise's Year 9 dance show was great", {"larkspur"}},
        HardCase{"Dotted", "l.a.r.k.s.p.u.r rise school is a joke", {"larkspur"}},
        HardCase{"ParentsAccount", "ask @larkspurrisesecondarypta about the raffle", {"larkspur"}},
        HardCase{"Two",
                 "Larkspur Rise and Trinity Academy are sharing a coach from Brindlow",
                 {"larkspur", "trinity"}}),
    [](const auto& row) { return row.param.name; });

// Schools with one name of each kind: an author, a verb, two plain nouns, a saint, initials, and a
// word that nobody else has.
std::vector<core::School> ShortNames() {
  std::vector<core::School> schools{
      SchoolOf("pepys", "Pepys CE Primary School", "Brindlow", {"Pepys", "Brindlow"}),
      SchoolOf("entwine", "Entwine Academy Trust", "Caxley", {"Caxley"}),
      SchoolOf("thicket", "Osprey Thicket School", "Caxley", {"Fernshire"}),
      SchoolOf("osgyth", "St Osgyth's High School", "Brindlow", {"North Fernshire"}),
      SchoolOf("initials", "Wend Kite Dale Community Provision", "Caxley", {"Caxley"}),
      SchoolOf("varnock", "Varnock Federation", "Caxley", {"Caxley"})};
  schools[0].headteacher = "Mrs Ottoline Farge";
  schools[0].staff = {"Mr Piers Underhay"};
  schools[1].not_us = {"Entwine Academy driving school"};
  schools[3].also = {"St O's", "St Osgyth's"};
  schools[3].not_us = {"St Osgyth's Church"};
  schools[4].also = {"WKDC"};
  schools[5].also = {"Varnock Infant and Junior"};
  schools[5].not_us = {"Varnock Primary"};
  return schools;
}

class ShortNameTest : public ::testing::TestWithParam<HardCase> {};
TEST_P(ShortNameTest, NamesTheRightSchools) {
  static const auto index = SchoolIndex::Make(ShortNames()).value();
  EXPECT_THAT(KeysOf(index->Find(PostOf(GetParam().text)).schools),
              ::testing::UnorderedElementsAreArray(GetParam().schools));
}

INSTANTIATE_TEST_SUITE_P(
    WordsThatOnlyASchoolHas, ShortNameTest,
    ::testing::Values(
        HardCase{"YearGroup", "pepys yr5 girls took no prisoners today", {"pepys"}},
        HardCase{"YearGroupOfChildren", "sweets for the year 6s at the Pepys turn", {"pepys"}},
        HardCase{"YearGroupAtSmallName",
                 "The girl next door is in yr 4 at pepys. Her mum told me.",
                 {"pepys"}},
        HardCase{"BookDay",
                 "World Book Day is tomorrow and Pepys want a character from a novel",
                 {"pepys"}},
        HardCase{"Reception", "What proof does Varnock ask for in Reception?", {"varnock"}},
        HardCase{"FarFromTheName",
                 "entwine memes part three: sent in by her best friend with the old picture and "
                 "the new one side by side, she was in yr 7 then",
                 {"entwine"}},
        HardCase{"AuthorAtSchool", "Pepys is the best of the diarists, says my teacher", {}},
        HardCase{"ReadingTheAuthor", "Re-reading Pepys on the train, what a novel", {}},
        HardCase{"VerbBesideAYear", "In year 4 the two vines entwine and flower", {}},
        HardCase{"VerbAndSchool", "We entwine fun and learning, said the teacher", {}}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    WordsBesideTheName, ShortNameTest,
    ::testing::Values(
        HardCase{"Parents", "The Pepys PFA quiz has a serial killers round", {"pepys"}},
        HardCase{"Bag", "a little girl with her Pepys book bag came in alone", {"pepys"}},
        HardCase{"Staffroom", "brownies for the entwine staffroom", {"entwine"}},
        HardCase{"Club", "at thicket minecraft club we blew up the castle", {"thicket"}},
        HardCase{"FilmClub", "thicket film club did the shark one", {"thicket"}},
        HardCase{"HolidayClub", "Anyone used the Osprey Thicket holiday club?", {"thicket"}},
        HardCase{"App", "Just logged on the Varnock app, it says he was in", {"varnock"}},
        HardCase{"DanceShow", "the Entwine Trust dance show was great", {"entwine"}},
        HardCase{"BareGo", "he guessed i go pepys from my hoodie, mum will go mad", {"pepys"}},
        HardCase{"KicksOut", "nobody has seen her since entwine kicked out", {"entwine"}},
        HardCase{"Fined", "Varnock fined us though the doctor wrote to them", {"varnock"}},
        HardCase{"Library", "We met at the Varnock Library", {}},
        HardCase{"SocialClub", "Bingo at Pepys Social Club", {}},
        HardCase{"Close", "Bins on varnock close not taken again", {}},
        HardCase{"Wrote", "Pepys wrote of the school fire in his diary", {}},
        HardCase{"PartOfAWord", "the half-entwine knot, for the kids", {}},
        HardCase{"OfSomething", "A thicket of school rules", {}},
        HardCase{"Kicked", "They kicked out at the thicket", {}}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    OtherThings, ShortNameTest,
    ::testing::Values(
        HardCase{"DrivingSchool",
                 "avoid entwine academy in caxley, a driving school, the instructor is rude",
                 {}},
        HardCase{"WeddingInTheTown", "Married at St Osgyth's, the old church in Brindlow", {}},
        HardCase{"WhatIsNotUsLonger", "Varnock Primary School has burnt down", {}},
        HardCase{"OneWordOfTheName", "a fox ran into the thicket behind the school", {}},
        HardCase{"SaintsSchool", "St Osgyth's sixth form open evening in Brindlow", {"osgyth"}}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Spellings, ShortNameTest,
    ::testing::Values(
        HardCase{"InitialsInSmallLetters", "edibles for the wkdc lot, half price", {"initials"}},
        HardCase{"InitialsOfAFile", "What opens .wkdc files? I have a folder of them.", {}},
        HardCase{"FirstLetter", "o.thicket kids do drops", {"thicket"}},
        HardCase{"Pronoun", "He goes to Pepys Primary, I'd say he is seven", {"pepys"}},
        HardCase{"OtherTownAfterComma", "He goes to Pepys Primary, Otherby, he is seven", {}}),
    [](const auto& row) { return row.param.name; });

// A person alone is no mention whatever is said of children; with a school beside it, it is.
INSTANTIATE_TEST_SUITE_P(
    People, ShortNameTest,
    ::testing::Values(
        HardCase{"RareSurnameAndYear",
                 "Has anyone else with a Y4 read what Farge sent about detentions?",
                 {"pepys"}},
        HardCase{"RareSurnameAndChild", "Farge loves a fine more than she loves a child", {}},
        HardCase{"RareSurnameAndSchool", "Farge was at school with my brother", {}},
        HardCase{"TwoOfItsStaff",
                 "Farge and Underhay ought to be ashamed of what they did to that school",
                 {"pepys"}},
        HardCase{"TwoSurnamesInItsTown", "Farge & Underhay Removals, never been to Brindlow", {}}),
    [](const auto& row) { return row.param.name; });

// What `identity --try` shows is the sum by which Find decides.
TEST(WeighAll, LinesAddUpAndDecideAsFindDoes) {
  const auto index = SchoolIndex::Make(HardNames()).value();
  for (const char* text :
       {"Hope Primary School closed early", "St Wilfrid's RC Primary in Brindlow needs a warden",
        "There is hope in Brindlow after the flood", "Mrs Farge and Year 4"}) {
    const core::Post post = PostOf(text);
    const std::vector<std::string> found = KeysOf(index->Find(post).schools);
    std::vector<std::string> weighed;
    for (const SchoolIndex::Weighing& weighing : index->WeighAll(post)) {
      double sum = 0;
      for (const SchoolIndex::Weighing::Line& line : weighing.lines) {
        sum += line.value;
      }
      EXPECT_NEAR(sum, weighing.log_odds, 1e-9) << text;
      if (weighing.probability >= 0.5) {
        weighed.push_back(weighing.school);
      }
    }
    EXPECT_EQ(weighed, found) << text;
  }
}

}  // namespace
}  // namespace schoolwatch::matchers
