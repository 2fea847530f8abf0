#include "crawler/readers/json_probe.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace schoolwatch::crawler {
namespace {

std::vector<std::string> FindsOf(std::vector<std::string> pointers, std::string_view json) {
  const JsonProbe probe(pointers);
  ProbeFinds finds;
  if (!probe.Look(json, finds)) {
    return {"no JSON"};
  }
  std::vector<std::string> shown;
  for (const ProbeFinds::Find& find : finds.finds) {
    shown.push_back(pointers[find.pointer] + "=" + std::string(finds.ValueOf(find)));
  }
  return shown;
}

using Strings = std::vector<std::string>;

struct Row {
  const char* name;
  Strings pointers;
  std::string json;
  Strings finds;
};
class JsonProbeRows : public testing::TestWithParam<Row> {};
TEST_P(JsonProbeRows, Finds) {
  EXPECT_EQ(FindsOf(GetParam().pointers, GetParam().json), GetParam().finds);
}
INSTANTIATE_TEST_SUITE_P(
    Values, JsonProbeRows,
    testing::Values(
        Row{"Strings", {"/a/b"}, R"({"x":{"b":1},"a":{"c":[{}],"b":"hello"}})", {"/a/b=hello"}},
        Row{"Numbers", {"/n"}, R"( { "n" : 1795197731123456 } )", {"/n=1795197731123456"}},
        Row{"Words",
            {"/t", "/f", "/z"},
            R"({"t":true,"f":false,"z":null})",
            {"/t=true", "/f=false"}},
        Row{"TheRoot", {""}, R"("all")", {"=all"}},
        Row{"StructuresAreNoValues", {"/a"}, R"({"a":{"b":1}})", {}},
        Row{"AnyElement",
            {"/a/*/u"},
            R"({"a":[{"u":"1"},{"v":"2"},{"u":"3"}]})",
            {"/a/*/u=1", "/a/*/u=3"}},
        Row{"AnyMember", {"/a/*"}, R"({"a":{"x":"1","y":2}})", {"/a/*=1", "/a/*=2"}},
        Row{"AnyMemberAlsoTheNamed",
            {"/*/t", "/a/u", "/b"},
            R"({"a":{"t":"1","u":"2"},"c":{"t":"3","u":"4"},"b":{"t":"5"},"b":6})",
            {"/*/t=1", "/a/u=2", "/*/t=3", "/*/t=5", "/b=6"}},
        Row{"NamedElement", {"/a/1"}, R"({"a":["0","1","2"]})", {"/a/1=1"}},
        Row{"Escapes",
            {"/a"},
            R"({"a":"\"\\\/\b\f\n\r\t\u00a3\ud83d\ude21|\ud83d|\ude21"})",
            {"/a=\"\\/\b\f\n\r\t£😡|\xEF\xBF\xBD|\xEF\xBF\xBD"}},
        Row{"EscapedNames", {"/naïve"}, R"({"na\u00efve":1})", {"/naïve=1"}},
        Row{"EscapedPointers", {"/a~1b/m~0n"}, R"({"a/b":{"m~n":7}})", {"/a~1b/m~0n=7"}},
        Row{"BracketsInStrings", {"/b"}, R"({"a":[{"x":"]}\"]}\\"}],"b":1})", {"/b=1"}},
        Row{"NamesTwice", {"/a"}, R"({"a":1,"a":2})", {"/a=1", "/a=2"}},
        Row{"TwoPointersOneValue", {"/a", "/a"}, R"({"a":1})", {"/a=1", "/a=1"}},
        Row{"NothingWanted", {"/x"}, R"([1,2,{"x":3}])", {}}),
    [](const testing::TestParamInfo<Row>& one) { return one.param.name; });

TEST(JsonProbe, SaysWhatIsNoJson) {
  const Strings wanted{"/a/b", "/c"};
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("}"), std::string("hello"),
        std::string(R"({"a")"), std::string(R"({"a":)"), std::string(R"({"a":"x)"),
        std::string(R"({"a":"x\)"), std::string(R"({"c":"\u12"})"), std::string(R"({"c":"\x"})"),
        std::string(R"({"a":1 "b":2})"), std::string(R"({"a":1}{)"), std::string(R"({a:1})"),
        std::string(R"({"c":nul})"), std::string(200, '['), std::string(R"({"a":[[}})")}) {
    EXPECT_EQ(FindsOf(wanted, text), Strings{"no JSON"}) << text;
  }
}

TEST(JsonProbe, DepthCostsNothingButAnAnswer) {
  std::string deep = R"({"x":)";
  for (int i = 0; i < 100'000; ++i) {
    deep += "[";
  }
  EXPECT_EQ(FindsOf({"/x/*/*/*"}, deep), Strings{"no JSON"});
  EXPECT_EQ(FindsOf({"/y"}, deep), Strings{"no JSON"});
}

}  // namespace
}  // namespace schoolwatch::crawler
