#include "app/owner/served_request.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/version.h"

namespace schoolwatch::app {
namespace {

ServedRequest Sample() {
  return {.words = {"cases", "note", "Q7F3", "a \"note\"\n\xC3\xA9 \xFF"},
          .folder = "/home/ada",
          .config_dir = "/etc/school\xFFwatch",
          .data_dir = "",
          .user = "Ada Wren",
          .width = 120};
}

TEST(ServedRequestTest, ARequestArrivesByteForByte) {
  const auto parsed = ParseRequest(ToFrame(Sample()));
  ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
  EXPECT_EQ(*parsed, Sample());
}

TEST(ServedRequestTest, RepliesArriveByteForByte) {
  for (const Reply& reply : std::vector<Reply>{Begun{}, Output{Output::To::kOut, "a\n\xFF\x01"},
                                               Output{Output::To::kErrors, ""},
                                               Ended{ExitCode::kInternal}, NotNow{"not yet"}}) {
    const auto parsed = ParseReply(ToFrame(reply));
    ASSERT_TRUE(parsed.has_value()) << ToFrame(reply);
    EXPECT_EQ(*parsed, reply);
  }
}

TEST(ServedRequestTest, EveryPairOfBytesArrives) {
  // An exported case is no text.
  std::string bytes;
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      bytes += static_cast<char>(first);
      bytes += static_cast<char>(second);
    }
  }
  const auto parsed = ParseReply(ToFrame(Output{Output::To::kOut, bytes}));
  ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
  EXPECT_EQ(std::get<Output>(*parsed).bytes, bytes);
}

TEST(ServedRequestTest, TheLargestPieceOfOutputFitsItsFrame) {
  EXPECT_LE(ToFrame(Output{Output::To::kErrors, std::string(64 << 10, '\x01')}).size(),
            kMaxReplyBytes);
}

struct WrongCase {
  const char* name;
  std::string text;  // $V: our version.
};
class WrongRequestTest : public testing::TestWithParam<WrongCase> {};

TEST_P(WrongRequestTest, IsRefusedWithAReason) {
  std::string frame = GetParam().text;
  if (const std::size_t at = frame.find("$V"); at != std::string::npos) {
    frame.replace(at, 2, kVersion);
  }
  const auto parsed = ParseRequest(frame);
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().kind, core::ErrorKind::kBadInput);
  EXPECT_FALSE(parsed.error().message.empty());
  EXPECT_FALSE(ParseReply(frame).has_value());
}

std::string With(std::string_view field) {
  return R"({"schoolwatch":"$V","words":["a"],"folder":"/","config":"/","data":"","user":"u","width":80,)" +
         std::string(field) + "}";
}

INSTANTIATE_TEST_SUITE_P(
    Rows, WrongRequestTest,
    testing::Values(WrongCase{"Nothing", ""}, WrongCase{"NoJson", "cases list"},
                    WrongCase{"NoObject", "[\"cases\"]"}, WrongCase{"Empty", "{}"},
                    WrongCase{"Deep", std::string(100'000, '[')},
                    WrongCase{"AnotherRelease", R"({"schoolwatch":"9.9.9"})"},
                    WrongCase{"VersionIsANumber", R"({"schoolwatch":1})"},
                    WrongCase{"WordsAreNone", R"({"schoolwatch":"$V","words":"list"})"},
                    WrongCase{"AWordIsNone", With(R"("words":[1])")},
                    WrongCase{"AWordHoldsANul", With(R"("words":["a\u0000b"])")},
                    WrongCase{"RelativeFolder", With(R"("folder":"home")")},
                    WrongCase{"PathHoldsANul", With(R"("config":"/a\u0000b")")},
                    WrongCase{"Nobody", With(R"("user":"")")},
                    WrongCase{"LongName", With("\"user\":\"" + std::string(201, 'u') + "\"")},
                    WrongCase{"WidthBelowZero", With(R"("width":-1)")},
                    WrongCase{"EndlessWidth", With(R"("width":10001)")},
                    WrongCase{"WidthIsAFraction", With(R"("width":8.5)")}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace schoolwatch::app
