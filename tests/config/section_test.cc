#include "config/section.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace schoolwatch::config {
namespace {

using ::testing::HasSubstr;

Section Parsed(std::string_view yaml) {
  core::Result<Section> root = ParseYaml("file.yaml", yaml);
  EXPECT_TRUE(root.has_value()) << root.error().message;
  return root.value_or(Section());
}

TEST(Section, KeepsFileOrderAndPlaces) {
  const Section root = Parsed("b: one\na:\n  - x\n  - 'y: z'\nempty:\n");
  ASSERT_TRUE(root.is_map());
  const std::vector<Section::Entry> entries = root.entries();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].key, "b");
  EXPECT_EQ(entries[1].key, "a");
  EXPECT_EQ(Format(entries[1].key_where), "file.yaml:2:1");
  const std::vector<Section> items = entries[1].value.items();
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[1].text(), "y: z");
  EXPECT_TRUE(items[1].is_quoted());
  EXPECT_FALSE(items[0].is_quoted());
  EXPECT_EQ(Format(items[1].where()), "file.yaml:4:5");
  EXPECT_TRUE(entries[2].value.is_null());
  EXPECT_EQ(Format(root.Find("b")->where()), "file.yaml:1:4");
  EXPECT_FALSE(root.Find("c").has_value());
}

TEST(Section, CountsColumnsInCharacters) {
  const Section root = Parsed("{é: ü, ñandú: 'x', z: [á, b]}\n");
  EXPECT_EQ(Format(root.Find("ñandú")->key_where()), "file.yaml:1:8");
  EXPECT_EQ(Format(root.Find("z")->items()[1].where()), "file.yaml:1:27");
}

TEST(Section, OutlivesEveryOtherViewOfItsFile) {
  Section item;
  {
    const Section root = Parsed("list: [one, two]\n");
    item = root.Find("list")->items()[1];
  }
  EXPECT_EQ(item.text(), "two");
}

TEST(Section, TakesByteOrderMarkAndWindowsLineEnds) {
  const Section root = Parsed(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: two words\r\n");
  EXPECT_EQ(root.Find("a")->text(), "1");
  EXPECT_EQ(root.Find("b")->text(), "two words");
}

TEST(Section, AnEmptyFileIsNull) {
  EXPECT_TRUE(Parsed("").is_null());
  EXPECT_TRUE(Parsed("# only a comment\n").is_null());
}

struct BadYaml {
  const char* name;
  std::string yaml;
  std::string message;
};

// Keeps GoogleTest from printing the row's bytes, which hold addresses and so differ each time.
void PrintTo(const BadYaml& row, std::ostream* out) { *out << row.name; }

class RefusedYaml : public ::testing::TestWithParam<BadYaml> {};

TEST_P(RefusedYaml, SaysWhereAndWhy) {
  const core::Result<Section> root = ParseYaml("file.yaml", GetParam().yaml);
  ASSERT_FALSE(root.has_value());
  EXPECT_EQ(root.error().kind, core::ErrorKind::kBadInput);
  EXPECT_EQ(root.error().message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedYaml,
    ::testing::Values(
        BadYaml{"DuplicateKey", "a: 1\nb: 2\na: 3\n",
                "file.yaml:3:1: key 'a' stands here twice; the first is in line 1"},
        BadYaml{"SecondDocument", "a: 1\n---\nb: 2\n",
                "file.yaml:2:1: a second document begins here ('---'): one file holds one "
                "document"},
        BadYaml{"Anchor", "a: &x 1\nb: 2\n",
                "file.yaml:1:4: anchors (&name) are not read: write the value out where it is "
                "used"},
        BadYaml{"Tag", "a: !!python/object x\n",
                "file.yaml:1:4: tags (!name) are not read: put quotes round text"},
        BadYaml{"ListAsKey", "? [a, b]\n: c\n",
                "file.yaml:1:3: a key must be plain text, not a list or a map"},
        BadYaml{"NoKey", ": c\n", "file.yaml:1:1: a key is missing before ':'"},
        BadYaml{"Tab", "a:\n\tb: 1\n",
                "file.yaml:2:3: a tab is used for indentation here: YAML takes spaces only"},
        BadYaml{"TabDeeper", "a:\n  b:\n  \tc: 1\n  d: 1\n",
                "file.yaml:3:5: a tab is used for indentation here: YAML takes spaces only"},
        BadYaml{"AtSign", "handles: [@Quillbrook]\n",
                "file.yaml:1:11: text cannot begin with this character: put quotes round it"},
        BadYaml{"HashSign", "handles: [#Quillbrook]\n",
                "file.yaml:2:1: a '[' is not closed by ']' (a '#' begins a comment: put quotes "
                "round \"#tag\")"},
        BadYaml{"OpenBrace", "a: {b: c\n", "file.yaml:2:1: a '{' is not closed by '}'"},
        BadYaml{"OpenQuote", "a: \"b\nc: d\n", "file.yaml:1:4: this quotation mark is not closed"},
        BadYaml{"OpenSingleQuote", "- 'it''s\n- c\n",
                "file.yaml:1:3: this quotation mark is not closed"},
        BadYaml{"OpenQuoteOnKey", "a: 1\n\"b: 2\n",
                "file.yaml:2:1: this quotation mark is not closed"},
        BadYaml{"ColonInText", "name: School: the best\n",
                "file.yaml:1:13: a ':' stands where no value can begin: put quotes round text "
                "that contains ': '"},
        BadYaml{"Indentation", "a: 1\n b: 2\n",
                "file.yaml:2:3: a ':' stands where no value can begin: put quotes round text "
                "that contains ': '"},
        BadYaml{"InvalidUtf8", "a: ok\nb: \xC3\xA9 \xE9\n",
                "file.yaml:2:6: not valid UTF-8: save the file in the encoding UTF-8"},
        BadYaml{"OverlongUtf8", "\xC0\xAF",
                "file.yaml:1:1: not valid UTF-8: save the file in the encoding UTF-8"},
        BadYaml{"Surrogate", "\xED\xA0\x80",
                "file.yaml:1:1: not valid UTF-8: save the file in the encoding UTF-8"},
        BadYaml{"NulByte", std::string("a: b\0c", 6),
                "file.yaml:1:5: a control character (code 0) stands here: remove it"},
        BadYaml{"LoneReturn", "a: b\rc: d",
                "file.yaml:1:5: a control character (code 13) stands here: remove it"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(YamlLimits, StopAliasBombsAtTheFirstAnchor) {
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char name = 'b'; name < 'j'; ++name) {
    const char before = static_cast<char>(name - 1);
    bomb += std::string(1, name) + ": &" + name + " [*" + before + ", *" + before + "]\n";
  }
  const core::Result<Section> root = ParseYaml("bomb.yaml", bomb);
  ASSERT_FALSE(root.has_value());
  EXPECT_THAT(root.error().message, HasSubstr("bomb.yaml:1:4: anchors"));
}

TEST(YamlLimits, AliasWithoutAnchorIsRefused) {
  EXPECT_FALSE(ParseYaml("file.yaml", "a: *nothing\n").has_value());
}

TEST(YamlLimits, StopDepth) {
  const std::string closed = "- 1\n- " + std::string(60, '[') + "\n" + std::string(60, ']');
  const core::Result<Section> flow = ParseYaml("file.yaml", closed);
  ASSERT_FALSE(flow.has_value());
  EXPECT_EQ(flow.error().message, "file.yaml:2:52: nested too deeply: at most 50 levels");
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) {
    dashes += "- ";
  }
  const core::Result<Section> block = ParseYaml("file.yaml", dashes);
  ASSERT_FALSE(block.has_value());
  // On one line yaml-cpp takes the brackets for a key.
  EXPECT_FALSE(ParseYaml("file.yaml", std::string(100'000, '[')).has_value());
  EXPECT_EQ(block.error().message, "file.yaml:1:101: nested too deeply: at most 50 levels");
}

TEST(YamlLimits, StopCountAndSize) {
  std::string many = "[";
  for (int i = 0; i < 200; ++i) {
    many += "x, ";
  }
  many += "]";
  const core::Result<Section> counted = ParseYaml("file.yaml", many, {1000, 50, 100});
  ASSERT_FALSE(counted.has_value());
  EXPECT_EQ(counted.error().message, "file.yaml: too much in one file: at most 100 values");
  many.clear();
  for (int i = 0; i < 200; ++i) {
    many += "- x\n";
  }
  const core::Result<Section> listed = ParseYaml("file.yaml", many, {1000, 50, 100});
  ASSERT_FALSE(listed.has_value());
  EXPECT_EQ(listed.error().message, "file.yaml:100:3: too much in one file: at most 100 values");
  const core::Result<Section> sized = ParseYaml("file.yaml", many, {100, 50, 1000});
  ASSERT_FALSE(sized.has_value());
  EXPECT_EQ(sized.error().message, "file.yaml: the file is too big: at most 100 bytes are read");
}

TEST(LoadYamlFile, NamesTheFileThatIsMissing) {
  const core::Result<Section> root = LoadYamlFile("/nonexistent/schoolwatch.yaml");
  ASSERT_FALSE(root.has_value());
  EXPECT_EQ(root.error().kind, core::ErrorKind::kNotFound);
  EXPECT_EQ(root.error().message, "/nonexistent/schoolwatch.yaml: there is no such file");
}

TEST(LoadYamlFile, RefusesWhatIsNotAFile) {
  const core::Result<Section> folder = LoadYamlFile("/");
  ASSERT_FALSE(folder.has_value());
  EXPECT_EQ(folder.error().message, "/: this is a folder, not a file");
  EXPECT_FALSE(LoadYamlFile("/dev/zero").has_value());
}

}  // namespace
}  // namespace schoolwatch::config
