#include "crawler/readers/stream.h"

#include <string>

#include <gtest/gtest.h>

namespace schoolwatch::crawler {
namespace {

// Looks for one word, and counts how often it is asked.
class WordGate final : public core::TextGate {
 public:
  bool MayMention(std::string_view text) const override {
    ++asked;
    return text.contains("Quillbrook") || text.contains("quillbrook-academy.example");
  }
  mutable int asked = 0;
};

StreamSpec Jetstream() {
  StreamSpec spec;
  spec.cursor_pointer = "/time_us";
  spec.gate = {"/commit/record/text", "/commit/record/facets/*/features/*/uri",
               "/commit/record/embed/images/*/alt"};
  spec.read_whole = {{"/commit/operation", {"update"}, false}};
  return spec;
}

using Worth = Sifted::Worth;

struct Row {
  const char* name;
  std::string message;
  Worth worth;
};
class JetstreamMessages : public testing::TestWithParam<Row> {};
TEST_P(JetstreamMessages, AreSifted) {
  const StreamSpec spec = Jetstream();
  const WordGate gate;
  StreamSieve sieve(spec, &gate);
  const Sifted sifted = sieve.Sift(GetParam().message);
  EXPECT_EQ(sifted.worth, GetParam().worth);
  if (sifted.worth != Worth::kUnreadable) {
    EXPECT_EQ(sifted.cursor, "7");
    EXPECT_EQ(sifted.body, GetParam().message);
  }
}
INSTANTIATE_TEST_SUITE_P(
    Streams, JetstreamMessages,
    testing::Values(
        Row{"OfSomethingElse",
            R"({"time_us":7,"commit":{"operation":"create","record":{"text":"rain again"}}})",
            Worth::kNothing},
        Row{"ThatNameTheSchool",
            R"({"time_us":7,"commit":{"operation":"create","record":{"text":"Quillbr\u006fok!"}}})",
            Worth::kWhole},
        Row{"ThatLinkToIt",
            R"({"commit":{"operation":"create","record":{"text":"see this","facets":[{"features":[)"
            R"({"uri":"https://quillbrook-academy.example/"}]}]}},"time_us":7})",
            Worth::kWhole},
        Row{"ThatShowIt",
            R"({"time_us":7,"commit":{"operation":"create","record":{"text":"","embed":{"images":[)"
            R"({"alt":"The gate of Quillbrook Academy"}]}}}})",
            Worth::kWhole},
        Row{"ThatWereChanged",
            R"({"time_us":7,"commit":{"operation":"update","record":{"text":"rain again"}}})",
            Worth::kWhole},
        Row{"ThatAreDeleted", R"({"time_us":7,"commit":{"operation":"delete","rkey":"3n"}})",
            Worth::kWhole},
        Row{"WithoutWords", R"({"time_us":7,"kind":"identity"})", Worth::kWhole},
        Row{"ThatAreNoJson", "{\"time_us\":7,", Worth::kUnreadable}),
    [](const testing::TestParamInfo<Row>& one) { return one.param.name; });

TEST(StreamSieve, ReadsAllWithoutAGate) {
  const StreamSpec spec = Jetstream();
  StreamSieve sieve(spec, nullptr);
  EXPECT_EQ(sieve.Sift(R"({"commit":{"record":{"text":"rain"}}})").worth, Worth::kWhole);
}

TEST(StreamSieve, AsksTheGateOnceAMessageAndNotAboutWhatDoesNotCount) {
  StreamSpec spec;
  spec.gate = {"/title", "/comment", "/user"};
  spec.only = {{"/wiki", {"enwiki", "cywiki"}, false}, {"/bot", {"true"}, true}};
  const WordGate gate;
  StreamSieve sieve(spec, &gate);
  EXPECT_EQ(sieve.Sift(R"({"wiki":"dewiki","title":"Quillbrook Academy"})").worth, Worth::kNothing);
  EXPECT_EQ(sieve.Sift(R"({"wiki":"enwiki","bot":true,"title":"Quillbrook Academy"})").worth,
            Worth::kNothing);
  EXPECT_EQ(sieve.Sift(R"({"title":"Quillbrook Academy"})").worth, Worth::kNothing);
  EXPECT_EQ(gate.asked, 0);
  EXPECT_EQ(
      sieve.Sift(R"({"wiki":"enwiki","bot":false,"title":"Quillbrook Academy","comment":"x"})")
          .worth,
      Worth::kWhole);
  EXPECT_EQ(gate.asked, 1);
}

TEST(StreamSieve, OpensPayloadsThatAreText) {
  StreamSpec spec;
  spec.unwrap_text = "/payload";
  spec.event_pointer = "/event";
  spec.events = {"update", "status.update"};
  spec.gone_events = {"delete"};
  spec.gate = {"/content"};
  const WordGate gate;
  StreamSieve sieve(spec, &gate);
  const Sifted status =
      sieve.Sift(R"({"event":"update","payload":"{\"content\":\"<p>Quillbrook</p>\"}"})");
  EXPECT_EQ(status.worth, Worth::kWhole);
  EXPECT_EQ(status.body, R"({"content":"<p>Quillbrook</p>"})");
  const Sifted gone = sieve.Sift(R"({"event":"delete","payload":"115580"})");
  EXPECT_EQ(gone.worth, Worth::kGone);
  EXPECT_EQ(gone.body, "115580");
  EXPECT_EQ(
      sieve.Sift(R"({"event":"notification","payload":"{\"content\":\"Quillbrook\"}"})").worth,
      Worth::kNothing);
  EXPECT_EQ(sieve.Sift(R"({"event":"update","payload":"{"})").worth, Worth::kUnreadable);
}

TEST(StreamSieve, KnowsEventsByTheirType) {
  StreamSpec spec;
  spec.kind = StreamSpec::Kind::kServerSentEvents;
  spec.events = {"update"};
  spec.gone_events = {"delete"};
  StreamSieve sieve(spec, nullptr);
  EXPECT_EQ(sieve.Sift("{}", "update").worth, Worth::kWhole);
  EXPECT_EQ(sieve.Sift("115580", "delete").worth, Worth::kGone);
  EXPECT_EQ(sieve.Sift("{}", "message").worth, Worth::kNothing);
}

}  // namespace
}  // namespace schoolwatch::crawler
