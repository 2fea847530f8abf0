#include "crawler/readers/text_trace.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace schoolwatch::crawler {
namespace {

std::string HashOfText(std::string_view text) {
  const TextTrace trace(nullptr);
  trace.Add(text);
  return trace.hash();
}

struct TraceCase {
  std::string name;
  std::string text;
  std::string other;
  bool same = true;
};

class TextTraceTest : public testing::TestWithParam<TraceCase> {};

TEST_P(TextTraceTest, TellsNewWordsFromNewNumbers) {
  EXPECT_EQ(HashOfText(GetParam().text) == HashOfText(GetParam().other), GetParam().same);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, TextTraceTest,
    testing::Values(TraceCase{"Marks", "The bridge, again!", "The bridge again"},
                    TraceCase{"AnotherNumber", "12 people like this", "3 people like this"},
                    TraceCase{"AnotherToken", "key a1b2c3 end", "key 9f end"},
                    TraceCase{"AnotherWord", "The bridge", "The bride", false},
                    TraceCase{"AnotherOrder", "bridge the", "the bridge", false},
                    TraceCase{"OneWordOfTwo", "week end", "weekend", false},
                    TraceCase{"AnotherCase", "May", "may", false},
                    TraceCase{"LettersAboveAscii", "caf\xC3\xA9 open", "caf\xC3\xA8 open", false},
                    TraceCase{"LongWords", std::string(200, 'a') + "b", std::string(200, 'a') + "c",
                              false},
                    TraceCase{"Nothing", "", " 7 - "}),
    [](const auto& param_info) { return param_info.param.name; });

// Text is looked at in blocks; where they end must not matter.
TEST(TextTraceBlockTest, WordsAreTheSameWhereverTheyStand) {
  const std::string text = "Residents of the old mill were told 20 days late, " +
                           std::string(70, 'x') + " and " + std::string(150, 'y') + "1 end";
  for (std::size_t before = 0; before < 140; ++before) {
    EXPECT_EQ(HashOfText(std::string(before, ' ') + text), HashOfText(text)) << before;
    EXPECT_EQ(HashOfText(text + std::string(before, ' ')), HashOfText(text)) << before;
  }
}

TEST(TextTraceBlockTest, AFigureAnywhereTakesItsWordOut) {
  for (const std::size_t size : {3u, 63u, 64u, 65u, 127u, 128u, 200u}) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string word(size, 'a');
      word[at] = '5';
      EXPECT_EQ(HashOfText("one " + word + " two"), HashOfText("one two")) << size << ' ' << at;
    }
  }
}

}  // namespace
}  // namespace schoolwatch::crawler
