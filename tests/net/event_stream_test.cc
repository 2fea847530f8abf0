#include "net/event_stream.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace schoolwatch::net {
namespace {

struct Row {
  const char* name;
  std::string bytes;
  std::vector<StreamMessage> messages;
};

std::vector<std::string> Shown(const std::vector<StreamMessage>& messages) {
  std::vector<std::string> shown;
  for (const StreamMessage& one : messages) {
    shown.push_back(one.event + "|" + one.id + "|" + one.data);
  }
  return shown;
}

class EventStream : public testing::TestWithParam<Row> {};

// However the bytes are cut on their way.
TEST_P(EventStream, IsReadAsTheStandardSays) {
  for (const std::size_t piece :
       {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{999}}) {
    EventStreamParser parser(1000);
    std::vector<StreamMessage> messages;
    const std::string_view bytes = GetParam().bytes;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      ASSERT_TRUE(parser.Feed(bytes.substr(at, piece), messages).has_value());
    }
    EXPECT_EQ(Shown(messages), Shown(GetParam().messages)) << "in pieces of " << piece;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Streams, EventStream,
    testing::Values(
        // The first four are the standard's own examples.
        Row{"LinesOfDataAreJoined",
            "data: YHOO\ndata: +2\ndata: 10\n\n",
            {{"YHOO\n+2\n10", "message", ""}}},
        Row{"CommentsAndIds",
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third "
            "event\n\n",
            {{"first event", "message", "1"},
             {"second event", "message", ""},
             {" third event", "message", ""}}},
        Row{"EmptyDataIsAnEventAndTheUnfinishedIsNone",
            "data\n\ndata\ndata\n\ndata:",
            {{"", "message", ""}, {"\n", "message", ""}}},
        Row{"OneSpaceIsLeftOut",
            "data:test\n\ndata: test\n\n",
            {{"test", "message", ""}, {"test", "message", ""}}},
        Row{"AllThreeLineEnds",
            "data: a\r\ndata: b\rdata: c\n\r\ndata: d\r\r",
            {{"a\nb\nc", "message", ""}, {"d", "message", ""}}},
        Row{"ByteOrderMarkOnceAtTheStart",
            "\xEF\xBB\xBF"
            "data: a\n\n\xEF\xBB\xBF"
            "data: b\n\n",
            {{"a", "message", ""}}},
        Row{"TypesHoldForOneEvent",
            "event: update\ndata: a\n\ndata: b\n\n",
            {{"a", "update", ""}, {"b", "message", ""}}},
        Row{"TypeWithoutDataIsNoEvent", "event: ping\n\ndata: b\n\n", {{"b", "message", ""}}},
        Row{"IdsHoldOn",
            "id: 7\ndata: a\n\ndata: b\n\n",
            {{"a", "message", "7"}, {"b", "message", "7"}}},
        Row{"IdWithNulIsIgnored",
            std::string("id: 7\ndata: a\n\nid: 8\0\ndata: b\n\n", 31),
            {{"a", "message", "7"}, {"b", "message", "7"}}},
        Row{"IdOfAnUnfinishedEventIsNotYetOne",
            "data: a\n\nid: 9\ndata: b\n",
            {{"a", "message", ""}}},
        Row{"UnknownFieldsAreIgnored",
            "colour: red\nData: x\ndata: a\n\n",
            {{"a", "message", ""}}}),
    [](const testing::TestParamInfo<Row>& one) { return one.param.name; });

TEST(EventStreamParser, RemembersIdsOfEventsWithoutDataAndTheRetryTime) {
  EventStreamParser parser(1000, "5");
  std::vector<StreamMessage> messages;
  ASSERT_TRUE(parser.Feed("data: a\n\nid: 6\nretry: 2500\n\nretry: soon\nretry: -1\n", messages)
                  .has_value());
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].id, "5") << "what the stream was asked to go on from";
  EXPECT_EQ(parser.last_id(), "6");
  EXPECT_EQ(parser.retry(), std::chrono::milliseconds(2500));
  ASSERT_TRUE(parser.Feed("retry: 99999999999999999999\n", messages).has_value());
  EXPECT_EQ(parser.retry(), std::chrono::hours(1));
}

TEST(EventStreamParser, CountsCommentsAsSignsOfLife) {
  EventStreamParser parser(1000);
  std::vector<StreamMessage> messages;
  ASSERT_TRUE(parser.Feed(":thump\n", messages).has_value());
  EXPECT_EQ(parser.lines(), 1u);
  EXPECT_TRUE(messages.empty());
}

TEST(EventStreamParser, EndsWithAnEventThatIsTooLong) {
  for (const std::string& step : {std::string("x"), std::string("data: 0123456789\n")}) {
    EventStreamParser parser(1000);
    std::vector<StreamMessage> messages;
    std::size_t fed = 0;
    while (parser.Feed(step, messages).has_value()) {
      fed += step.size();
      ASSERT_LE(fed, 2000u) << step;
    }
    EXPECT_TRUE(messages.empty());
  }
}

}  // namespace
}  // namespace schoolwatch::net
