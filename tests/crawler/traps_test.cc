#include "crawler/traps.h"

#include <gtest/gtest.h>

#include <string>

#include "core/url.h"

namespace schoolwatch::crawler {
namespace {

struct TrapCase {
  const char* name;
  std::string url;
  const char* trap;  // "": none.
};

class TrapTest : public testing::TestWithParam<TrapCase> {};

TEST_P(TrapTest, IsNamedOrLetPast) {
  const core::Result<core::HttpUrl> url = core::HttpUrl::Parse(GetParam().url);
  ASSERT_TRUE(url.has_value()) << url.error().message;
  EXPECT_EQ(FindTrap(*url).value_or(""), GetParam().trap);
}

std::string Repeat(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

const std::string kSite = "https://quillbrook.example";
constexpr char kCalendar[] = "a calendar page, one of endlessly many";

INSTANTIATE_TEST_SUITE_P(
    Urls, TrapTest,
    testing::Values(
        TrapCase{"Home", kSite + "/", ""},
        TrapCase{"Article", kSite + "/news/2026/11/20/school-fair-opens", ""},
        TrapCase{"Thread", kSite + "/viewtopic.php?f=3&t=1204&start=40", ""},
        TrapCase{"PhpBbSessionMakesNoNewAddress",
                 kSite + "/viewtopic.php?t=1&sid=0123456789abcdef0123456789abcdef", ""},
        TrapCase{"JavaSessionMakesNoNewAddress", kSite + "/thread;jsessionid=1A2B3C4D5E6F?t=1", ""},
        TrapCase{"TwoEqualFolders", kSite + "/en/en/page", ""},
        TrapCase{"TwoPairsOfFolders", kSite + "/a/b/a/b/page", ""},
        TrapCase{"ThreeEqualFolders", kSite + "/en/en/en/page", "the same folders repeat: /en"},
        TrapCase{"ThreePairsOfFolders", kSite + "/x/a/b/a/b/a/b", "the same folders repeat: /a/b"},
        TrapCase{"EmptyFolders", kSite + "/a////b", "the same folders repeat: /"},
        TrapCase{"ManyFolders", kSite + "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u",
                 "a path of 21 segments"},
        TrapCase{"LongAddress", kSite + "/" + std::string(2000, 'a'), "an address of 2027 bytes"},
        TrapCase{"LongQuery", kSite + "/?q=" + std::string(1000, 'a'), "a query of 1002 bytes"},
        TrapCase{"ManyParameters",
                 kSite + "/?a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1&l=1&m=1&n=1&o=1&p=1&q=1"
                         "&r=1&s=1&t=1&u=1",
                 "a query of 21 parameters"},
        TrapCase{"SameParameter", kSite + "/?page=1&page=2&page=3&page=4",
                 "the query repeats 'page'"},
        TrapCase{"ListParameter", kSite + "/?" + Repeat("tag[]=x&", 6), ""},
        TrapCase{"EscapedAgainAndAgain", kSite + "/login?to=%25252525252Fa",
                 "a query that was escaped again and again"},
        TrapCase{"EscapedOnce", kSite + "/login?to=%2Fa%2520b", ""},
        TrapCase{"CalendarMonthInPath", kSite + "/events/2031/05/", kCalendar},
        TrapCase{"CalendarDayInPath", kSite + "/calendar/2031/5/17", kCalendar},
        TrapCase{"CalendarDate", kSite + "/calendar/2031-05", kCalendar},
        TrapCase{"CalendarWeek", kSite + "/calendar/2031-W20", kCalendar},
        TrapCase{"CalendarQuery", kSite + "/calendar?month=5&year=2031", kCalendar},
        TrapCase{"EventsPlugIn", kSite + "/whats-on?tribe-bar-date=2031-05-01", kCalendar},
        TrapCase{"EventWithAName", kSite + "/events/2026/11/summer-fair", ""},
        TrapCase{"ListOfEvents", kSite + "/events/", ""},
        TrapCase{"ArchiveOfAMonth", kSite + "/2026/11/", ""},
        TrapCase{"DotNetSession", kSite + "/(S(lit3py55t21z5v55vlm25s55))/page.aspx",
                 "a session id in the path"},
        TrapCase{"UnknownSession", kSite + "/?usersess=0123456789abcdef01",
                 "a session id: 'usersess'"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(TrapLimitsTest, AreSettings) {
  const core::Result<core::HttpUrl> url = core::HttpUrl::Parse(kSite + "/a/a/b");
  EXPECT_EQ(FindTrap(*url, {.max_repeats = 1}), "the same folders repeat: /a");
  EXPECT_EQ(FindTrap(*url, {.max_segments = 2}), "a path of 3 segments");
}

}  // namespace
}  // namespace schoolwatch::crawler
