#include "crawler/sitemap.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace schoolwatch::crawler {
namespace {

core::HttpUrl Url(std::string_view text) { return core::HttpUrl::Parse(text).value(); }

std::string UrlSet(std::string_view inside) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset "
         "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" "
         "xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\" "
         "xmlns:image=\"http://www.google.com/schemas/sitemap-image/1.1\">" +
         std::string(inside) + "</urlset>";
}

std::string Gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return packed;
}

TEST(SitemapTest, ReadsAddressesAndWhenTheyChanged) {
  const auto map = ReadSitemap(UrlSet(
      "<url><loc> https://town.example/a?x=1&amp;y=2 </loc><lastmod>2026-11-20</lastmod></url>"
      "<url><loc><![CDATA[https://town.example/b]]></loc>"
      "<lastmod>2026-11-20T18:02:11+01:00</lastmod><priority>0.5</priority></url>"
      "<url><loc>https://town.example/c</loc><lastmod>soon</lastmod></url>"));
  ASSERT_TRUE(map.has_value()) << map.error().message;
  EXPECT_FALSE(map->is_index);
  ASSERT_EQ(map->entries.size(), 3u);
  EXPECT_EQ(map->entries[0].url, "https://town.example/a?x=1&y=2");
  EXPECT_EQ(core::FormatRfc3339(*map->entries[0].changed), "2026-11-20T00:00:00Z");
  EXPECT_EQ(map->entries[1].url, "https://town.example/b");
  EXPECT_EQ(core::FormatRfc3339(*map->entries[1].changed), "2026-11-20T17:02:11Z");
  EXPECT_FALSE(map->entries[2].changed.has_value());
}

TEST(SitemapTest, NewsHaveTitleAndPublication) {
  const auto map = ReadSitemap(UrlSet(
      "<url><loc>https://town.example/gates</loc><lastmod>2026-11-01</lastmod><news:news>"
      "<news:publication><news:name>Herald</news:name></news:publication>"
      "<news:publication_date>2026-11-20T18:00:00Z</news:publication_date>"
      "<news:title>Gates &amp; rows</news:title></news:news>"
      "<image:image><image:loc>https://town.example/x.jpg</image:loc><image:title>No</image:title>"
      "</image:image></url>"));
  ASSERT_TRUE(map.has_value());
  ASSERT_EQ(map->entries.size(), 1u);
  EXPECT_EQ(map->entries[0].url, "https://town.example/gates");
  EXPECT_EQ(map->entries[0].title, "Gates & rows");
  EXPECT_EQ(core::FormatRfc3339(*map->entries[0].changed), "2026-11-20T18:00:00Z");
}

TEST(SitemapTest, ReadsAnIndexWhateverItsPrefixes) {
  const auto map = ReadSitemap(
      "<s:sitemapindex xmlns:s='x'><s:sitemap><s:loc>https://town.example/1.xml.gz</s:loc>"
      "<s:lastmod>2026-11-20</s:lastmod></s:sitemap></s:sitemapindex>");
  ASSERT_TRUE(map.has_value());
  EXPECT_TRUE(map->is_index);
  ASSERT_EQ(map->entries.size(), 1u);
  EXPECT_EQ(map->entries[0].url, "https://town.example/1.xml.gz");
  EXPECT_TRUE(map->entries[0].changed.has_value());
}

TEST(SitemapTest, ReadsOneAddressALine) {
  const auto map = ReadSitemap("\xEF\xBB\xBFhttps://town.example/a\r\n\nhttp://town.example/b\n");
  ASSERT_TRUE(map.has_value());
  ASSERT_EQ(map->entries.size(), 2u);
  EXPECT_EQ(map->entries[1].url, "http://town.example/b");
}

TEST(SitemapTest, ReadsGzip) {
  const auto map = ReadSitemap(Gzip(UrlSet("<url><loc>https://town.example/a</loc></url>")));
  ASSERT_TRUE(map.has_value()) << map.error().message;
  EXPECT_EQ(map->entries.size(), 1u);
}

TEST(SitemapTest, AGzipBombIsCut) {
  const std::string bomb = Gzip(std::string(20u << 20, 'a'));
  EXPECT_LT(bomb.size(), 100u << 10);
  const auto text = Gunzip(bomb, 1u << 20);
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(text->size(), 1u << 20);
}

TEST(SitemapTest, ACutGzipGivesWhatWasWhole) {
  std::string packed = Gzip(UrlSet("<url><loc>https://town.example/a</loc></url>"));
  packed.resize(packed.size() - 9);
  const auto map = ReadSitemap(packed);
  ASSERT_TRUE(map.has_value()) << map.error().message;
  EXPECT_EQ(map->entries.size(), 1u);
}

struct BadRow {
  const char* name;
  std::string body;
};
class BadSitemapTest : public testing::TestWithParam<BadRow> {};
TEST_P(BadSitemapTest, IsRefused) { EXPECT_FALSE(ReadSitemap(GetParam().body).has_value()); }
INSTANTIATE_TEST_SUITE_P(
    Rows, BadSitemapTest,
    testing::Values(BadRow{"Empty", ""}, BadRow{"Spaces", " \n "},
                    BadRow{"Page", "<!DOCTYPE html><html><body>Not here</body></html>"},
                    BadRow{"Words", "Nothing to see\nhttps://town.example/"},
                    BadRow{"Gzip", "\x1F\x8B\x08 broken"}, BadRow{"NoElement", "<?xml ?>"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(SitemapTest, EntitiesOfItsOwnMeanNothing) {
  const auto map = ReadSitemap(
      "<!DOCTYPE urlset [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">"
      "<!ENTITY file SYSTEM \"file:///etc/passwd\">]>" +
      UrlSet("<url><loc>https://town.example/&b;&file;</loc></url>"));
  ASSERT_TRUE(map.has_value()) << map.error().message;
  ASSERT_EQ(map->entries.size(), 1u);
  EXPECT_EQ(map->entries[0].url, "https://town.example/&b;&file;");
}

TEST(SitemapTest, NestingCostsNothing) {
  std::string deep;
  for (int i = 0; i < 200'000; ++i) {
    deep += "<a>";
  }
  const auto map = ReadSitemap(UrlSet(deep + "<url><loc>https://town.example/a</loc></url>"));
  ASSERT_TRUE(map.has_value());
  EXPECT_EQ(map->entries.size(), 1u);
}

TEST(SitemapTest, WhatIsBrokenLeavesTheRest) {
  const auto map = ReadSitemap(UrlSet(
      "<url><loc></loc></url><url><loc>https://town.example/" + std::string(3000, 'x') +
      "</loc></url><url><!-- <loc>https://town.example/no</loc> --><loc>https://town.example/yes"
      "</loc></url><url><loc>https://town.example/cut"));
  ASSERT_TRUE(map.has_value());
  ASSERT_EQ(map->entries.size(), 1u);
  EXPECT_EQ(map->entries[0].url, "https://town.example/yes");
}

TEST(SitemapTest, IsCutAtTheProtocolsLimit) {
  std::string inside;
  for (int i = 0; i < 50'010; ++i) {
    inside += "<url><loc>https://town.example/" + std::to_string(i) + "</loc></url>";
  }
  const auto map = ReadSitemap(UrlSet(inside));
  ASSERT_TRUE(map.has_value());
  EXPECT_EQ(map->entries.size(), kMaxSitemapEntries);
  EXPECT_EQ(map->note, "cut at 50000 entries");
}

TEST(SitemapTest, SpeaksForItsFolderAndForTheHostThatNamedIt) {
  const core::HttpUrl map = Url("https://town.example/news/sitemap.xml");
  EXPECT_TRUE(MaySpeakFor(map, "", Url("https://town.example/news/a")));
  EXPECT_FALSE(MaySpeakFor(map, "", Url("https://town.example/forum/a")));
  EXPECT_FALSE(MaySpeakFor(map, "", Url("https://other.example/news/a")));
  EXPECT_TRUE(MaySpeakFor(map, "town.example", Url("https://town.example/forum/a")));
  EXPECT_TRUE(MaySpeakFor(map, "other.example", Url("https://other.example/forum/a")));
}

}  // namespace
}  // namespace schoolwatch::crawler
