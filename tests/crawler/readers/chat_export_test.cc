#include "crawler/readers/chat_export.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace schoolwatch::crawler {
namespace {

struct Heard {
  std::string author;
  std::string text;
  std::string time;  // RFC 3339, London.
  bool operator==(const Heard&) const = default;
};
void PrintTo(const Heard& heard, std::ostream* out) {
  *out << heard.time << " " << heard.author << ": " << heard.text;
}

DayMonthOrder OrderOf(std::string_view text) {
  ChatSurvey survey;
  survey.Add(text);
  survey.Finish();
  return survey.order(DayMonthOrder::kDayFirst);
}

std::vector<Heard> Read(std::string_view text, std::size_t piece = 1u << 20) {
  const DayMonthOrder order = OrderOf(text);
  std::vector<Heard> heard;
  ChatReader reader([&](const ChatMessage& message) {
    const auto time = TimeOfStamp(message.stamp, order, "Europe/London");
    std::string words(message.text);
    words += message.deleted ? "[deleted]" : "";
    words += message.edited ? "[edited]" : "";
    for (std::size_t i = 0; i < message.pictures; ++i) {
      words += "[picture]";
    }
    heard.push_back({std::string(message.author), words, time ? core::FormatRfc3339(*time) : ""});
  });
  for (std::size_t at = 0; at < text.size(); at += piece) {
    reader.Add(text.substr(at, piece));
  }
  reader.Finish();
  return heard;
}

struct LineCase {
  std::string name;
  std::string line;
  Heard heard;
};

class ChatLineTest : public testing::TestWithParam<LineCase> {};

TEST_P(ChatLineTest, IsRead) {
  EXPECT_EQ(Read(GetParam().line), std::vector<Heard>{GetParam().heard});
  EXPECT_EQ(Read(GetParam().line + "\r\n", 3), std::vector<Heard>{GetParam().heard});
  EXPECT_TRUE(LooksLikeChat(GetParam().line));
}

constexpr const char* kAt2003 = "2026-11-17T20:03:00Z";

INSTANTIATE_TEST_SUITE_P(
    Phones, ChatLineTest,
    testing::Values(
        LineCase{"Android", "17/11/2026, 20:03 - Dana K: hello", {"Dana K", "hello", kAt2003}},
        LineCase{"AndroidAmerican", "11/17/26, 8:03 PM - Dana K: hi", {"Dana K", "hi", kAt2003}},
        LineCase{"NarrowSpaceBeforePm",
                 "11/17/26, 8:03\u202FPM - Dana K: hi",
                 {"Dana K", "hi", kAt2003}},
        LineCase{"NoBreakSpaceBeforePm",
                 "11/17/26, 8:03\u00A0pm - Dana K: hi",
                 {"Dana K", "hi", kAt2003}},
        LineCase{"SpanishHalves", "17/11/26, 8:03 p. m. - Dana K: hi", {"Dana K", "hi", kAt2003}},
        LineCase{"German", "17.11.26, 20:03 - Dana K: hi", {"Dana K", "hi", kAt2003}},
        LineCase{"Iso", "2026-11-17, 20:03 - Dana K: hi", {"Dana K", "hi", kAt2003}},
        LineCase{"NoComma", "17/11/2026 20:03 - Dana K: hi", {"Dana K", "hi", kAt2003}},
        LineCase{"Iphone",
                 "[17/11/2026, 20:03:09] Dana K: hi",
                 {"Dana K", "hi", "2026-11-17T20:03:09Z"}},
        LineCase{"IphoneAmerican",
                 "[11/17/26, 8:03:09 PM] Dana K: hi",
                 {"Dana K", "hi", "2026-11-17T20:03:09Z"}},
        LineCase{
            "Dutch", "17-11-16 11:20:19: Dana K: hi", {"Dana K", "hi", "2016-11-17T11:20:19Z"}},
        LineCase{"Number",
                 "\u200E[17/11/2026, 20:03:00] \u202A+44 7700 900123\u202C: hi",
                 {"+44 7700 900123", "hi", kAt2003}},
        LineCase{"Midnight", "11/17/26, 12:03 AM - D: hi", {"D", "hi", "2026-11-17T00:03:00Z"}},
        LineCase{"SummerTime", "17/06/2026, 20:03 - D: hi", {"D", "hi", "2026-06-17T19:03:00Z"}},
        LineCase{"ByteOrderMark", "\uFEFF17/11/2026, 20:03 - D: hi", {"D", "hi", kAt2003}},
        LineCase{"ColonInTheText", "17/11/2026, 20:03 - D: one: two", {"D", "one: two", kAt2003}},
        LineCase{"NoSuchDay", "31/02/2026, 20:03 - D: hi", {"D", "hi", ""}},
        LineCase{"Attached",
                 "\u200E[17/11/2026, 20:03:00] D: \u200E<attached: "
                 "00000031-PHOTO-2026-11-17-20-04-00.jpg>",
                 {"D", "[picture]", kAt2003}},
        LineCase{"Caption",
                 "[17/11/2026, 20:03:00] D: look \u200E<attached: 00000031-PHOTO.jpg>",
                 {"D", "look[picture]", kAt2003}},
        LineCase{"FileAttached",
                 "17/11/2026, 20:03 - D: IMG-20261117-WA0001.jpg (file attached)",
                 {"D", "[picture]", kAt2003}},
        LineCase{
            "MediaOmitted", "17/11/2026, 20:03 - D: <Media omitted>", {"D", "[picture]", kAt2003}},
        LineCase{"ImageOmitted",
                 "[17/11/2026, 20:03:00] D: \u200Eimage omitted",
                 {"D", "[picture]", kAt2003}},
        LineCase{"Edited",
                 "17/11/2026, 20:03 - D: fixed <This message was edited>",
                 {"D", "fixed[edited]", kAt2003}},
        LineCase{"Deleted",
                 "17/11/2026, 20:03 - D: This message was deleted",
                 {"D", "[deleted]", kAt2003}},
        LineCase{"DeletedByMe",
                 "[17/11/2026, 20:03:00] D: \u200EYou deleted this message.",
                 {"D", "[deleted]", kAt2003}},
        LineCase{"Poll",
                 "[17/11/2026, 20:03:00] D: \u200EPOLL:\nwho is in?",
                 {"D", "POLL:\nwho is in?", kAt2003}}),
    [](const auto& row) { return row.param.name; });

class AppLineTest : public testing::TestWithParam<std::string> {};

TEST_P(AppLineTest, IsNobodysMessage) {
  EXPECT_TRUE(Read(GetParam() + "\nand more of it\n").empty());
  EXPECT_TRUE(LooksLikeChat(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(
    All, AppLineTest,
    testing::Values(
        "17/11/2026, 20:02 - Messages and calls are end-to-end encrypted. Tap to learn more.",
        "17/11/2026, 20:09 - Owen added Kit", "17/11/2026, 20:09 - Dana K left",
        "17/11/2026, 20:09 - Dana K changed the subject from \"Y5: chat\" to \"Y6: chat\"",
        "[17/11/2026, 20:02:00] Class 6: \u200EYou added Kit",
        "[17/11/2026, 20:02:00] Class 6: \u200EMessages and calls are end-to-end encrypted."));

TEST(ChatExportTest, LineWithoutStampContinuesTheMessage) {
  EXPECT_EQ(
      Read("17/11/2026, 20:03 - D: one\ntwo\n\n12 is no date\n17/11/2026, 20:03 - E: three"),
      (std::vector<Heard>{{"D", "one\ntwo\n\n12 is no date", kAt2003}, {"E", "three", kAt2003}}));
}

TEST(ChatExportTest, NameWithColonIsToldOnceItWasSeen) {
  const std::vector<Heard> heard = Read(
      "17/11/2026, 20:01 - Class 6: Dana joined using this group's invite link\n"
      "17/11/2026, 20:03 - Class 6: Dana: hello: you\n");
  EXPECT_EQ(heard, (std::vector<Heard>{{"Class 6: Dana", "hello: you", kAt2003}}));
}

struct OrderCase {
  std::string name;
  std::string text;
  DayMonthOrder order;
};
class ChatOrderTest : public testing::TestWithParam<OrderCase> {};

TEST_P(ChatOrderTest, IsDecidedOnceForTheFile) {
  EXPECT_EQ(OrderOf(GetParam().text), GetParam().order);
}

INSTANTIATE_TEST_SUITE_P(
    All, ChatOrderTest,
    testing::Values(OrderCase{"FirstAbove12", "03/04/26, 9:00 - A: x\n13/04/26, 9:00 - A: x\n",
                              DayMonthOrder::kDayFirst},
                    OrderCase{"SecondAbove12", "03/04/26, 9:00 - A: x\n04/13/26, 9:00 - A: x\n",
                              DayMonthOrder::kMonthFirst},
                    OrderCase{"DayFirstNeverRunsBack",
                              "03/02/26, 9:00 - A: x\n02/03/26, 9:00 - A: x\n",
                              DayMonthOrder::kDayFirst},
                    OrderCase{"MonthFirstNeverRunsBack",
                              "02/03/26, 9:00 - A: x\n03/02/26, 9:00 - A: x\n",
                              DayMonthOrder::kMonthFirst},
                    OrderCase{"NothingTells", "03/03/26, 9:00 - A: x\n", DayMonthOrder::kDayFirst}),
    [](const auto& row) { return row.param.name; });

TEST(ChatExportTest, SameWordsInOneMinuteAreToldApart) {
  std::vector<std::size_t> same;
  ChatReader reader([&](const ChatMessage& message) { same.push_back(message.same); });
  reader.Add("17/11/2026, 20:03 - D: ha\n17/11/2026, 20:03 - D: ha\n17/11/2026, 20:04 - D: ha\n");
  reader.Finish();
  EXPECT_EQ(same, (std::vector<std::size_t>{0, 1, 0}));
}

TEST(ChatExportTest, EndlessLineIsCut) {
  const std::string line = "17/11/2026, 20:03 - D: " + std::string(200'000, 'x');
  const std::vector<Heard> heard = Read(line + "\n17/11/2026, 20:03 - E: y\n", 1000);
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_LE(heard[0].text.size(), kMaxChatMessageBytes);
  EXPECT_EQ(heard[1].text, "y");
}

TEST(ChatExportTest, OtherTextIsNoChat) {
  EXPECT_FALSE(LooksLikeChat("Dear head,\n17/11/2026, 20:03 - D: hi"));
  EXPECT_FALSE(LooksLikeChat(""));
  EXPECT_FALSE(LooksLikeChat("17/11/2026 the gates were shut"));
}

TEST(ChatExportTest, ChatHasItsNameFromItsFile) {
  EXPECT_EQ(ChatNameOf("WhatsApp Chat with Y6 parents.txt"), "Y6 parents");
  EXPECT_EQ(ChatNameOf("drop/WhatsApp Chat - Y6 parents.zip"), "Y6 parents");
  EXPECT_EQ(ChatNameOf("_chat.txt"), "");
}

}  // namespace
}  // namespace schoolwatch::crawler
