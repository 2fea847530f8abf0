#include "crawler/readers/cheap_pass.h"

#include <gtest/gtest.h>

#include "crawler/readers/text.h"
#include "tests/crawler/readers/read_page.h"

namespace schoolwatch::crawler {
namespace {

using namespace std::string_literals;  // For NULs inside.

// Says yes where the words stand, whatever the white space; remembers what it was asked.
class WordsGate final : public core::TextGate {
 public:
  explicit WordsGate(std::string words) : words_(std::move(words)) {}
  bool MayMention(std::string_view text) const override {
    const std::string plain = CollapseSpace(text);
    asked_ += plain + " ";
    return !words_.empty() && plain.find(words_) != std::string::npos;
  }
  const std::string& asked() const { return asked_; }

 private:
  std::string words_;
  mutable std::string asked_;
};

struct EvasionCase {
  std::string name, html;
};
class EvasionTest : public testing::TestWithParam<EvasionCase> {};
TEST_P(EvasionTest, TheNameIsSeen) {
  EXPECT_TRUE(
      RunCheapPass(GetParam().html, WordsGate("Quillbrook Academy"), WantLinks::kNo).may_mention);
}
INSTANTIATE_TEST_SUITE_P(
    Ways, EvasionTest,
    testing::Values(
        EvasionCase{"Plain", "<p>Quillbrook Academy</p>"},
        EvasionCase{"Entities", "<p>Quillbrook&#32;&#65;cadem&#x79;"},
        EvasionCase{"CommentInsideAWord", "Quill<!-- no -->brook Academy"},
        EvasionCase{"NestedInline", "<b>Quill</b><i><u>br</u>ook</i>&nbsp;<span>Academy</span>"},
        EvasionCase{"UnknownElement", "Quill<x-y>brook</x-y> Academy"},
        EvasionCase{"NulInsideAWord", "<p>Quill\0\0brook\0 Academy</p>"s},
        EvasionCase{"LineBreak", "Quillbrook<br>Academy"},
        EvasionCase{"PictureText", "<img alt='Quillbrook Academy' src=x>"},
        EvasionCase{"TitleAttribute", "<a title='Quillbrook Academy' href=x>y</a>"},
        EvasionCase{"MetaContent", "<meta name=description content='Quillbrook Academy'>"},
        EvasionCase{"Placeholder", "<input placeholder='Quillbrook Academy'>"},
        EvasionCase{"AriaLabel", "<div aria-label='Quillbrook Academy'></div>"},
        EvasionCase{"EscapedAddress", "<a href='/tag/Quillbrook%20Academy'>x</a>"},
        EvasionCase{"JsonLd",
                    "<script type='application/ld+json'>{\"name\":\"Quillbrook "
                    "\\u0041cademy\"}</script>"},
        EvasionCase{"MarkupInJsonLd",
                    "<script type=application/ld+json>{\"text\":\"Quill<b>brook"
                    "</b> Academy\"}</script>"},
        EvasionCase{"Textarea", "<textarea>Quillbrook Academy</textarea>"},
        EvasionCase{"Title", "<title>Quillbrook Academy</title>"},
        EvasionCase{"Noscript", "<noscript><p>Quillbrook Academy</p></noscript>"},
        EvasionCase{"TagInAQuotedValue", "<a title='<script>' href=x>Quillbrook Academy</a>"},
        EvasionCase{"GreaterThanInAValue", "<a title=\"a>b\">Quillbrook Academy</a>"},
        EvasionCase{"EndOfNothing", "Quill</div>brook Academy"},
        EvasionCase{"RowOutsideATable", "Quill<tr>brook Academy"},
        EvasionCase{"MovedOutOfATable", "<table>Quill<tr><td>x</td></tr>brook Academy</table>"},
        EvasionCase{
            "ScriptThatHidesItsEnd",
            "<script><!--<script></script><style></script>Quillbrook Academy<style></style>"},
        EvasionCase{"StyleInForeignContent", "<svg><style><p>Quillbrook Academy</p></style></svg>"},
        EvasionCase{"CdataInForeignContent", "<svg><![CDATA[Quillbrook Academy]]></svg>"},
        EvasionCase{"Plaintext", "<plaintext>Quillbrook Academy"},
        EvasionCase{"CutOff", "<p>Quillbrook Academy<a href=\"x"}),
    [](const auto& row) { return row.param.name; });

struct QuietCase {
  std::string name, html;
};
class QuietTest : public testing::TestWithParam<QuietCase> {};
TEST_P(QuietTest, WhatNobodyIsShownIsNotAsked) {
  const WordsGate gate("Quillbrook Academy");
  EXPECT_FALSE(RunCheapPass(GetParam().html, gate, WantLinks::kNo).may_mention) << gate.asked();
}
INSTANTIATE_TEST_SUITE_P(
    Ways, QuietTest,
    testing::Values(QuietCase{"Script", "<script>x='Quillbrook Academy'</script>y"},
                    QuietCase{"Style", "<style>/* Quillbrook Academy */</style>y"},
                    QuietCase{"Comment", "<!-- Quillbrook Academy -->y"},
                    QuietCase{"ClassNames", "<p class='Quillbrook Academy'>y"},
                    QuietCase{"IconTitles", "<svg><title>Menu</title></svg>y"}),
    [](const auto& row) { return row.param.name; });

TEST(CheapPassTest, BlocksKeepWordsApart) {
  const WordsGate gate("");
  RunCheapPass("<p>one</p><p>two</p><div>three</div>four<ul><li>five</ul>", gate, WantLinks::kNo);
  EXPECT_NE(gate.asked().find("one two three four five"), std::string::npos);
}

// Remembers the text as it was asked.
class RecordingGate final : public core::TextGate {
 public:
  bool MayMention(std::string_view text) const override {
    asked_.emplace_back(text);
    return false;
  }
  const std::vector<std::string>& asked() const { return asked_; }

 private:
  mutable std::vector<std::string> asked_;
};

// A post may have its author from an attribute and its words from the text.
TEST(CheapPassTest, AsksOnceAboutAllOfAPage) {
  const RecordingGate gate;
  RunCheapPass("<meta name=author content='Odile Marchbank'><p>at   our\n school", gate,
               WantLinks::kNo);
  ASSERT_EQ(gate.asked().size(), 1u);
  EXPECT_NE(gate.asked()[0].find("Odile Marchbank"), std::string::npos);
  EXPECT_NE(gate.asked()[0].find("at our school"), std::string::npos);
}

// An element may be read by itself (an author's name), or left out of what is around it.
TEST(CheapPassTest, AsksAboutElementsInsideWordsApart) {
  const RecordingGate gate;
  RunCheapPass("<p>by<b>Quill<i>brook</i></b>at noon", gate, WantLinks::kNo);
  ASSERT_EQ(gate.asked().size(), 1u);
  for (const std::string_view line : {"byQuillbrookat noon", "\nQuillbrook\n", "\nby\n",
                                      "\nat noon", "\nbyQuillbrook\n", "\nbrook\n"}) {
    EXPECT_NE(gate.asked()[0].find(line), std::string::npos) << line << " in " << gate.asked()[0];
  }
}

struct SpacedCase {
  std::string name, html, line;
};
class SpacedLettersTest : public testing::TestWithParam<SpacedCase> {};
TEST_P(SpacedLettersTest, StandAsAReaderOfTheTreeHasThem) {
  const RecordingGate gate;
  RunCheapPass(GetParam().html, gate, WantLinks::kNo);
  ASSERT_EQ(gate.asked().size(), 1u);
  EXPECT_NE(gate.asked()[0].find(GetParam().line), std::string::npos) << gate.asked()[0];
}
INSTANTIATE_TEST_SUITE_P(
    Ways, SpacedLettersTest,
    testing::Values(
        SpacedCase{"LineEnds", "<p>q\n b\r\n\ta</p>", "q b a"},
        SpacedCase{"NoBreakSpaces", "q&nbsp; b a", "q b a"},
        SpacedCase{"AcrossElements", "q <b> b</b> <i>a", "q b a"},
        SpacedCase{"TitleOfSeveralLines", "<h1>Holy<br>C<br>R<br>O</h1>", "\nHoly CRO\n"},
        SpacedCase{"TitleBetweenLetters", "<p>x<p>A<h1>Q<br>B<br>A</h1><p>B<p>other words",
                   "\nQBA\n"},
        SpacedCase{"AroundAnIcon", "<p>Park <svg><title>tree</title></svg>Academy</p>",
                   "Park Academy"},
        SpacedCase{"AroundAFormField", "<p>Park <select><option>one</select>Academy</p>",
                   "Park Academy"},
        SpacedCase{"AroundAWordAboutScripts", "<p>Park <noscript>one</noscript>Academy</p>",
                   "Park Academy"},
        SpacedCase{"AroundWhatIsHidden",
                   "<p>by<b>Qui<i hidden>x</i>ll</b><b style='display:none'>y</b>brook",
                   "\nQuillbrook\n"},
        SpacedCase{"TitleInsideAHeading", "<h1>Q<br>B<br>A<title>Town talk</title><p>A",
                   "\nQBA Town talk"},
        SpacedCase{"TitleInsideAHeadThatIsNone",
                   "<h1>Q<br>B<br>A<head><title>Town</title><p>A</head>", "\nQBA Town"},
        SpacedCase{"ElementOfLettersBehindASign", "<p>\u02d9q <b>q b a </b>b", "\nqba\n"},
        SpacedCase{"ElementOfLettersOverABreak", "<p><b>q<br>b<br>a</b>2", "\nqba\n"},
        SpacedCase{"ElementOfLetters", "<p>q <b>q b a </b>b", "\nqba\n"},
        SpacedCase{"TitleWithoutEndInAHeading", "<h1>Q<br>B<br>A<title>Town talk",
                   "\nQBA Town talk"},
        SpacedCase{"TitleEndedAsAnotherRank", "<h1>Q<br>B<br>A</h2><i>A</i>", "\nQBA\n"},
        SpacedCase{"LettersWrittenTwice", "<p>q<b>\nq b aA</b>", "\nqba\n"},
        SpacedCase{"Preformatted", "<pre>q  b  a</pre>", "q  b  a"},
        SpacedCase{"JsonLd", "<script type=application/ld+json>{\"name\":\"q\\nb\\ta\"}</script>",
                   "q b a"}),
    [](const auto& row) { return row.param.name; });

TEST(CheapPassTest, ListsNoLinksWhereNoneAreWanted) {
  const RecordingGate gate;
  EXPECT_TRUE(RunCheapPass("<a href=x>y</a>", gate, WantLinks::kNo).links.empty());
  EXPECT_EQ(RunCheapPass("<a href=x>y</a>", gate, WantLinks::kYes).links.size(), 1u);
}

TEST(CheapPassTest, APageThatMentionsNothingStillGivesItsLinks) {
  const WordsGate gate("Quillbrook Academy");
  ReadOptions options;
  options.gate = &gate;
  const Document document = ReadHtml(
      "<title>Forum index</title><base href='/board/'><a href='viewtopic.php?t=3'>Lost <b>cat</b>"
      "</a>",
      options);
  EXPECT_TRUE(document.gated_out);
  EXPECT_TRUE(document.posts.empty());
  EXPECT_EQ(document.title, "Forum index");
  ASSERT_EQ(document.links.size(), 1u);
  EXPECT_EQ(document.links[0].url, "https://forum.example/board/viewtopic.php?t=3");
  EXPECT_EQ(document.links[0].text, "Lost cat");
  EXPECT_EQ(document.links[0].kind, LinkKind::kThread);
}

TEST(CheapPassTest, APageThatMayMentionIsReadWhole) {
  const WordsGate gate("Quillbrook");
  ReadOptions options;
  options.gate = &gate;
  EXPECT_FALSE(ReadHtml("<p>Quillbrook</p>", options).gated_out);
}

// The gate must see every line that a reader of the tree gives out.
TEST(CheapPassTest, SeesAllThatTheTreeGives) {
  for (const std::string_view html :
       {"<p>Quill</p>brook <b>Aca</b>demy<p>x<div>y<span>z</span></div><pre>a\n b</pre>",
        "<h1>T</h1><ul><li>one<li>two</ul>three<table><tr><td>a<td>b</table>c",
        "<p>gate <img alt='😡'>!<img alt='a queue of parents' src=x>done<br>and<hr>more</p>",
        "<div>a<form>b<button>c</button>d</form>e</div><select><option>f</select>g",
        "<a>x<p>y</a>z<i>1<b>2</i>3</b>4 <font>5</div></p>6"}) {
    const WordsGate gate("");
    RunCheapPass(html, gate, WantLinks::kNo);
    const Document document = ReadHtml(html);
    std::vector<std::string> given = {document.title, document.main_text};
    for (const core::Post& post : document.posts) {
      given.insert(given.end(), {post.title, post.text, post.quoted});
    }
    for (const std::string& text : given) {
      for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        EXPECT_NE(gate.asked().find(CollapseSpace(text.substr(at, end - at))), std::string::npos)
            << html << "\n"
            << text;
        at = end + 1;
      }
    }
  }
}

}  // namespace
}  // namespace schoolwatch::crawler
