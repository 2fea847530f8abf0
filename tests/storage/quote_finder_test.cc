#include "storage/quote_finder.h"

#include <string>

#include <gtest/gtest.h>

namespace schoolwatch::storage {
namespace {

struct QuoteCase {
  std::string name;
  Reading reading;
  std::string text;
  std::string left;  // The same as `text`: it does not quote "He did it twice."
};

class QuoteFinderTest : public testing::TestWithParam<QuoteCase> {};

TEST_P(QuoteFinderTest, MasksTheWordsAndNothingBetweenThem) {
  const QuoteCase& row = GetParam();
  const std::string words = LettersOf("He did it twice.", Reading::kText);
  std::string text = row.text;
  EXPECT_EQ(QuoteFinder(text, row.reading).Mask(words, text), row.left != row.text);
  EXPECT_EQ(text, row.left);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, QuoteFinderTest,
    testing::Values(
        QuoteCase{"Sentence", Reading::kText, "So HE did it twice!", "So ** *** ** *****!"},
        QuoteCase{"CutIntoLines", Reading::kText, "> He did\n> it twice", "> ** ***\n> ** *****"},
        QuoteCase{"Twice", Reading::kText, "He did it twice, he did it twice",
                  "** *** ** *****, ** *** ** *****"},
        QuoteCase{"LongerWordBefore", Reading::kText, "She did it twice", "She did it twice"},
        QuoteCase{"LongerWordBehind", Reading::kText, "he did it twicely", "he did it twicely"},
        QuoteCase{"OtherScriptBehind", Reading::kText, "he did it twiceж", "he did it twiceж"},
        QuoteCase{"Tags", Reading::kMarkup, "<p>He <b class=\"it\">did</b> it&nbsp;twice</p>So",
                  "<p>** <b class=\"it\">***</b> **&nbsp;*****</p>So"},
        QuoteCase{"Json", Reading::kMarkup, "{\"t\":\"He did it\\ntwice\\u0021\"}",
                  "{\"t\":\"** *** **\\n*****\\u0021\"}"},
        QuoteCase{"TagThatDoesNotEnd", Reading::kMarkup, "He did it twice<b", "** *** ** *****<b"},
        QuoteCase{"EscapeThatDoesNotEnd", Reading::kMarkup, "He did it twice\\u00",
                  "** *** ** *****\\u00"},
        QuoteCase{"Nothing", Reading::kMarkup, "", ""}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace schoolwatch::storage
