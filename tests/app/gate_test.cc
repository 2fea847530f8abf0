#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/readers/html.h"
#include "matchers/school_index.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

// A school of which no fixture speaks.
std::shared_ptr<const matchers::SchoolIndex> Schools() {
  core::School school;
  school.key = "zandermoor";
  school.name = "Zandermoor Academy";
  school.handles = {"@ZandermoorAcad"};
  return matchers::SchoolIndex::Make({school}).value();
}

std::vector<fs::path> FixturePages() {
  std::vector<fs::path> pages;
  for (const std::string_view folder : {"tests/data", "tests/fuzz", "config/demo"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SW_SOURCE_DIR) / folder)) {
      if (entry.path().extension() == ".html") {
        pages.push_back(entry.path());
      }
    }
  }
  std::ranges::sort(pages);
  return pages;
}

std::string Contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool FullPathFinds(const crawler::Reader& reader, const crawler::RawDocument& raw,
                   const matchers::SchoolIndex& schools) {
  const auto document = reader.Read(raw, {});
  if (!document) {
    return false;
  }
  for (core::Post post : document->posts) {
    if (post.thread_title.empty()) {
      post.thread_title = document->title;
    }
    if (!schools.Find(post).schools.empty()) {
      return true;
    }
  }
  return false;
}

constexpr auto kWritings = std::to_array<std::string_view>({
    "Zandermoor Academy",
    " at ZANDERMOOR\r\n\t Academy's gate ",
    "Z&#97;ndermoor&nbsp;&#x41;cademy",
    "Zander<!-- <b> -->moor Aca<!---->demy",
    "Zan<b>der</b><i>m<u>oo</u>r</i> <span class=x>Acad<em>emy</em></span>",
    "Zander&shy;moor Aca\u00ADde\u200Bmy",
    "Zandermoor<wbr> <x-name>Academy</x-name>",
    "</b>Zandermoor</i> Aca</span>demy",
    " zanderm00r @cademy ",
    "Zandermoooooor Academyyyy",
    "Z a n d e r m o o r Academy",
    "<b>Z</b>-<b>a</b>-<b>n</b>-<b>d</b>-<b>e</b>-<b>r</b>-<b>m</b>-<b>o</b>-<b>o</b>-<b>r</b> "
    "academy",
    "Zandermооr Academy",
    "Ｚａｎｄｅｒｍｏｏｒ\u3000Ａｃａｄｅｍｙ",
    "“Zandermoor Academy”’s",
    "Zandermoor&rsquo;s — Zandermoor Academy&hellip;",
    "@Zandermoor_Acad",
    "<p>Zandermoor<br>Academy</p>",
    "<img src='/a.png' alt='Zandermoor Academy'>",
    "<a href='/tag/zandermoor%20academy' title=\"Zandermoor Academy\">more</a>",
    "<meta name=description content='Zandermoor Academy'>",
    "<script type='application/ld+json'>{\"@type\":\"Comment\",\"text\":\"Zander\\u006door "
    "Academy\"}</script>",
    "<noscript><p>Zandermoor Academy</p></noscript>",
    "<table><tr><td>Zandermoor<td>Academy</table>",
    "<svg><desc>Zandermoor</desc></svg> Zandermoor Academy",
});

// The gate passes over no page in which the full path finds the school, however its name is written
// and wherever in a page it stands, inside tags and scripts too.
TEST(Gate, PassesOverNoPageInWhichTheSchoolIsFound) {
  const auto schools = Schools();
  const std::unique_ptr<crawler::Reader> reader = crawler::kHtmlReader.make();
  crawler::ReadOptions gated;
  gated.gate = schools.get();
  std::mt19937 random(29);
  std::size_t found = 0;
  std::size_t passed_over = 0;
  for (const fs::path& path : FixturePages()) {
    const std::string page = Contents(path);
    if (page.empty()) {
      continue;
    }
    for (const std::string_view writing : kWritings) {
      const std::size_t place = random() % (page.size() + 1);
      std::string planted = page;
      planted.insert(place, writing);
      crawler::RawDocument raw;
      raw.content_type = "text/html";
      raw.body = planted;
      const auto document = reader->Read(raw, gated);
      if (!document || !document->gated_out) {
        found += document.has_value() ? 1U : 0U;
        continue;
      }
      ++passed_over;
      EXPECT_FALSE(FullPathFinds(*reader, raw, *schools))
          << path << ": " << writing << " at " << place;
    }
    // What says nothing of the school is passed over, or the comparison above would prove nothing.
    crawler::RawDocument raw;
    raw.content_type = "text/html";
    raw.body = page;
    const auto document = reader->Read(raw, gated);
    passed_over += document && document->gated_out ? 1U : 0U;
  }
  EXPECT_GT(found, 300U);
  EXPECT_GT(passed_over, 30U);
}

}  // namespace
}  // namespace schoolwatch::app
