#include "crawler/readers/encoding.h"

#include <gtest/gtest.h>

namespace schoolwatch::crawler {
namespace {

using namespace std::string_literals;

struct LabelCase {
  std::string name, label, encoding;
};
class LabelTest : public testing::TestWithParam<LabelCase> {};
TEST_P(LabelTest, GivesTheStandardsName) {
  EXPECT_EQ(EncodingFromLabel(GetParam().label), GetParam().encoding);
}
INSTANTIATE_TEST_SUITE_P(Labels, LabelTest,
                         testing::Values(LabelCase{"Latin1", "latin1", "windows-1252"},
                                         LabelCase{"Ascii", "US-ASCII", "windows-1252"},
                                         LabelCase{"Padded", " UTF8 ", "utf-8"},
                                         LabelCase{"Gb2312", "gb2312", "gb18030"},
                                         LabelCase{"Sjis", "x-sjis", "shift_jis"},
                                         LabelCase{"Korean", "ks_c_5601-1987", "euc-kr"},
                                         LabelCase{"Thai", "tis-620", "windows-874"},
                                         LabelCase{"Unknown", "utf-99", ""},
                                         LabelCase{"Empty", "", ""}),
                         [](const auto& row) { return row.param.name; });

struct DecodeCase {
  std::string name, bytes, content_type, encoding, text;
};
class HtmlDecodeTest : public testing::TestWithParam<DecodeCase> {};
TEST_P(HtmlDecodeTest, TakesTheBestEvidence) {
  const DecodedText decoded = DecodeHtml(GetParam().bytes, GetParam().content_type);
  EXPECT_EQ(decoded.encoding, GetParam().encoding);
  EXPECT_EQ(decoded.text, GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(
    Pages, HtmlDecodeTest,
    testing::Values(
        DecodeCase{"ByteOrderMarkBeatsHttp", "\xEF\xBB\xBF\xC2\xA3"s, "text/html; charset=latin1",
                   "utf-8", "£"},
        DecodeCase{"Utf16Mark", "\xFF\xFEQ\0\xA3\0"s, "", "utf-16le", "Q£"},
        DecodeCase{"HttpCharset", "\xA3 85"s, "text/html; charset=\"iso-8859-1\"", "windows-1252",
                   "£ 85"},
        DecodeCase{"MetaCharset", "<meta charset=windows-1251>\xCF"s, "text/html", "windows-1251",
                   "<meta charset=windows-1251>П"},
        DecodeCase{"MetaHttpEquiv",
                   "<meta http-equiv=Content-Type content='text/html; charset=iso-8859-2'>\xB1"s,
                   "", "iso-8859-2",
                   "<meta http-equiv=Content-Type content='text/html; charset=iso-8859-2'>ą"},
        DecodeCase{"MetaInsideACommentIsNone", "<!-- <meta charset=koi8-r> -->\xC2\xA3"s, "",
                   "utf-8", "<!-- <meta charset=koi8-r> -->£"},
        DecodeCase{"ValidUtf8BeatsAWrongDeclaration", "caf\xC3\xA9"s,
                   "text/html; charset=iso-8859-1", "utf-8", "café"},
        DecodeCase{"MetaUtf16InAsciiBytesIsUtf8", "<meta charset=utf-16>\xC2\xA3"s, "", "utf-8",
                   "<meta charset=utf-16>£"},
        DecodeCase{"OneBrokenByteStaysUtf8", "caf\xC3\xA9 \xFF caf\xC3\xA9"s,
                   "text/html; charset=utf-8", "utf-8", "café \xEF\xBF\xBD café"},
        DecodeCase{"C1ControlsAreWindows1252", "I\xC2\x92m"s, "", "utf-8", "I’m"},
        DecodeCase{"Windows1252Quotes", "\x93so\x94"s, "text/html; charset=iso-8859-1",
                   "windows-1252", "“so”"}),
    [](const auto& row) { return row.param.name; });

class XmlDecodeTest : public testing::TestWithParam<DecodeCase> {};
TEST_P(XmlDecodeTest, GoesByTheFeedsOrder) {
  const DecodedText decoded = DecodeXml(GetParam().bytes, GetParam().content_type);
  EXPECT_EQ(decoded.encoding, GetParam().encoding);
  EXPECT_EQ(decoded.text, GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(
    Feeds, XmlDecodeTest,
    testing::Values(DecodeCase{"Declaration", "<?xml version='1.0' encoding='iso-8859-1'?>\xA3"s,
                               "", "windows-1252", "<?xml version='1.0' encoding='iso-8859-1'?>£"},
                    DecodeCase{"HttpBeatsDeclaration", "<?xml encoding='koi8-r'?>\xA3"s,
                               "application/xml; charset=windows-1252", "windows-1252",
                               "<?xml encoding='koi8-r'?>£"},
                    DecodeCase{"Utf16WithoutMark", "\0<\0a\0>"s, "", "utf-16be", "<a>"},
                    DecodeCase{"Utf32WithoutMark", "<\0\0\0a\0\0\0>\0\0\0"s, "", "utf-32le", "<a>"},
                    DecodeCase{"Utf32Mark", "\0\0\xFE\xFF\0\0\0<"s, "", "utf-32be", "<"},
                    DecodeCase{"DeclaredUtf16ThatIsNot", "<?xml encoding='utf-16'?><a/>"s, "",
                               "utf-8", "<?xml encoding='utf-16'?><a/>"}),
    [](const auto& row) { return row.param.name; });

TEST(EncodingTest, EveryLabelOfTheTableDecodes) {
  for (const char* label :
       {"big5",         "euc-jp",        "euc-kr",       "gb18030",      "ibm866",
        "iso-2022-jp",  "iso-8859-10",   "iso-8859-13",  "iso-8859-14",  "iso-8859-15",
        "iso-8859-2",   "iso-8859-3",    "iso-8859-4",   "iso-8859-5",   "iso-8859-6",
        "iso-8859-7",   "iso-8859-8",    "iso-8859-8-i", "koi8-r",       "koi8-u",
        "macintosh",    "shift_jis",     "windows-1250", "windows-1251", "windows-1253",
        "windows-1254", "windows-1255",  "windows-1256", "windows-1257", "windows-1258",
        "windows-874",  "x-mac-cyrillic"}) {
    const DecodedText decoded =
        DecodeHtml("Quillbrook \xE1\xE2", std::string("text/html; charset=") + label);
    EXPECT_EQ(decoded.encoding, label);
    EXPECT_TRUE(decoded.text.starts_with("Quillbrook ")) << label;
  }
}

TEST(EncodingTest, CharsetOfContentTypeReadsEveryQuoting) {
  EXPECT_EQ(CharsetOfContentType("text/html;charset=utf-8"), "utf-8");
  EXPECT_EQ(CharsetOfContentType("text/html; Charset = 'utf-8'"), "utf-8");
  EXPECT_EQ(CharsetOfContentType("text/html"), "");
}

TEST(EncodingTest, BytesCutAnywhereStillDecode) {
  const std::string whole = "\xFE\xFF\0Q\xD8\x3D\xDE\x21"s;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    DecodeXml(whole.substr(0, size), "");
    DecodeHtml(whole.substr(0, size), "text/html; charset=gb18030");
  }
}

}  // namespace
}  // namespace schoolwatch::crawler
