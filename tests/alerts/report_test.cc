#include "alerts/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

#include "alerts/bar_chart.h"
#include "alerts/composer.h"
#include "alerts/inline_images.h"
#include "tests/alerts/parsed_mail.h"
#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using testing::At;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

Report Sample(ReportFor audience) {
  Report report;
  report.audience = audience;
  report.from = At("2026-11-13T15:00:00Z");
  report.to = At("2026-11-20T15:00:00Z");
  report.counted_since = report.from;
  report.posts_read = 35'840;
  report.mentions = 12;
  report.opened = 4;
  report.posts = 9;
  report.open_now = 2;
  report.bars = {{.label = "13 Nov"},
                 {.label = "14 Nov", .safeguarding = 1, .reputational = 2},
                 {.label = "15 Nov", .defamatory = 1}};
  report.priorities = {{.label = "high", .count = 1}, {.label = "low", .count = 3}};
  report.topics = {{.label = "self harm", .count = 1}, {.label = "behaviour", .count = 3}};
  report.sources = {{.label = "Town forum", .count = 4}};
  report.outcomes = {{.label = "concern", .count = 2}, {.label = "no concern", .count = 1}};
  report.worth = 2;
  report.until_found = std::chrono::minutes(25);
  report.until_alert = std::chrono::seconds(70);
  report.until_answered = std::chrono::hours(3);
  report.answered = 3;
  report.answered_in_a_day = 2;
  report.gone = 1;
  report.deleted = 5;
  report.waiting = {{.id = "Q7F3-2KXM",
                     .category = core::Category::kSafeguarding,
                     .severity = core::Severity::kHigh,
                     .opened_at = At("2026-11-19T08:00:00Z")}};
  report.ill_sources = {"Quillbrook Herald"};
  return report;
}

core::Notice NoticeOf(const Report& report) {
  const auto templates = TemplateSet::Load(testing::TemplatesFolder(), {"report"});
  EXPECT_TRUE(templates.has_value()) << templates.error().message;
  const auto clock = LocalClock::Make("Europe/London");
  return MakeReportNotice(report, **templates, **clock);
}

TEST(ReportTest, TellsTheHeadHowTheWeekWent) {
  const core::Notice notice = NoticeOf(Sample(ReportFor::kHeadteacher));
  EXPECT_EQ(notice.kind, "report");
  EXPECT_EQ(notice.subject, "report from Fri 13 Nov 2026 to Fri 20 Nov 2026: 4 new cases");
  for (const char* const words :
       {"35840 posts read", "12 mention", "25 minutes", "1 minute", "3 hours", "2 of 3 (67 %)",
        "Q7F3-2KXM", "possible safeguarding concern", "Town forum", "Quillbrook Herald",
        "self harm", "no longer where they stood: 1", "on request: 5"}) {
    EXPECT_THAT(notice.text, HasSubstr(words));
    EXPECT_THAT(notice.html, HasSubstr(words));
  }
}

TEST(ReportTest, GovernorsReadNumbersAloneAndNoSmallOnes) {
  Report report = Sample(ReportFor::kGovernors);
  report.sources = {{.label = "forum", .count = 4}};
  const core::Notice notice = NoticeOf(report);
  for (const std::string& shown : {notice.text, notice.html}) {
    EXPECT_THAT(shown, Not(HasSubstr("Q7F3")));
    EXPECT_THAT(shown, Not(HasSubstr("Quillbrook Herald")));
    EXPECT_THAT(shown, HasSubstr("self harm"));
    EXPECT_THAT(shown, HasSubstr("1 to 2"));
    EXPECT_THAT(shown, HasSubstr("names nobody"));
  }
  EXPECT_THAT(notice.text, HasSubstr("- self harm: 1 to 2\n"));
  EXPECT_THAT(notice.text, HasSubstr("- behaviour: 3\n"));
}

TEST(ReportTest, AnEmptyWeekSaysSo) {
  Report report;
  report.from = At("2026-11-13T15:00:00Z");
  report.to = At("2026-11-20T15:00:00Z");
  const core::Notice notice = NoticeOf(report);
  EXPECT_THAT(notice.text, HasSubstr("0 new cases"));
  EXPECT_THAT(notice.text, HasSubstr("nothing to measure yet"));
  EXPECT_THAT(notice.html, HasSubstr("No case was closed"));
  EXPECT_THAT(notice.html, Not(HasSubstr("<img")));
}

TEST(ReportTest, WhatSourcesAreCalledIsEscaped) {
  Report report = Sample(ReportFor::kHeadteacher);
  report.sources = {{.label = "<img src=\"data:image/png;base64,QQ==\">", .count = 1}};
  EXPECT_THAT(NoticeOf(report).html, HasSubstr("&lt;img src=&quot;data"));
}

TEST(ReportTest, ThePlotComesWithTheMailAndHasItsNumbersBeside) {
  const core::Notice notice = NoticeOf(Sample(ReportFor::kHeadteacher));
  EXPECT_THAT(notice.html, HasSubstr("alt=\"Bars: new cases by day, from 13 Nov to 15 Nov; the "
                                     "most, 3, on 14 Nov\""));
  EXPECT_THAT(notice.html, HasSubstr("14 Nov: 3;"));
  AlertBatch batch = testing::MakeBatch({testing::MakeFinding()});
  core::OutboxItem item = batch.batch.items.empty() ? core::OutboxItem{} : batch.batch.items[0];
  item.notice = notice;
  batch.batch.items = {item};
  batch.entries.clear();
  const auto composer = Composer::Make({.from = "alerts@quillbrook.example",
                                        .display = "snippet",
                                        .templates_folder = testing::TemplatesFolder()});
  const auto mail = (*composer)->Compose(batch);
  ASSERT_TRUE(mail.has_value()) << mail.error().message;
  EXPECT_TRUE(testing::HasCleanLines(mail->rfc5322));
  const testing::ParsedMail parsed = testing::ParseMail(mail->rfc5322);
  EXPECT_THAT(parsed.html, Not(HasSubstr("data:image")));
  EXPECT_THAT(parsed.html, HasSubstr("src=\"cid:image1."));
  EXPECT_THAT(mail->rfc5322, HasSubstr("Content-Id: <image1."));
  EXPECT_THAT(mail->rfc5322, HasSubstr("multipart/related"));
  EXPECT_EQ((*composer)->Compose(batch)->rfc5322, mail->rfc5322) << "same batch, same bytes";
}

TEST(InlineImagesTest, OnlyOurOwnAreTakenOut) {
  const HtmlWithImages taken = TakeInlineImages(
      "<p>a<img src=\"data:image/png;base64,QUJD\" alt=\"x\"> src=&quot;data:image/png;base64,QQ==",
      "m1@quillbrook.example");
  ASSERT_THAT(taken.images, SizeIs(1));
  EXPECT_EQ(taken.images[0].bytes, "ABC");
  EXPECT_THAT(taken.images[0].id, ::testing::EndsWith("@quillbrook.example"));
  EXPECT_EQ(taken.html, "<p>a<img src=\"cid:" + taken.images[0].id +
                            "\" alt=\"x\"> src=&quot;data:image/png;base64,QQ==");
  EXPECT_THAT(TakeInlineImages("src=\"data:image/png;base64,QUJD", "m@x.example").images,
              IsEmpty());
}

std::uint32_t NumberAt(const std::string& bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    number = (number << 8) | static_cast<unsigned char>(bytes.at(at + i));
  }
  return number;
}

// The pixels of a PNG of one byte a pixel, checksums compared.
std::string PixelsOf(const std::string& png) {
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1A\n");
  std::string pixels;
  for (std::size_t at = 8; at < png.size();) {
    const std::uint32_t size = NumberAt(png, at);
    const std::string type = png.substr(at + 4, 4);
    const std::string checked = png.substr(at + 4, 4 + size);
    EXPECT_EQ(crc32(crc32(0, nullptr, 0), reinterpret_cast<const Bytef*>(checked.data()),
                    static_cast<uInt>(checked.size())),
              NumberAt(png, at + 8 + size))
        << type;
    if (type == "IDAT") {
      pixels.resize(321 * 1121);
      uLongf length = pixels.size();
      EXPECT_EQ(uncompress(reinterpret_cast<Bytef*>(pixels.data()), &length,
                           reinterpret_cast<const Bytef*>(png.data() + at + 8), size),
                Z_OK);
      pixels.resize(length);
    }
    at += 12 + size;
  }
  return pixels;
}

TEST(BarChartTest, BarsStandToScaleAndSideBySide) {
  const std::vector<BarParts> bars = {{0, 0, 1}, {2, 0, 2}};
  const std::string pixels = PixelsOf(BarChartPng(bars));
  ASSERT_EQ(pixels.size(), 1121u * 320u);
  const auto column = [&pixels](std::size_t x) {
    std::array<std::size_t, 5> colours{};
    for (std::size_t y = 0; y < 320; ++y) {
      ++colours.at(static_cast<std::size_t>(pixels.at(y * 1121 + 1 + x)));
    }
    return colours;
  };
  EXPECT_THAT(column(280), ElementsAre(237, 0, 0, 79, 4)) << "a quarter of the highest";
  EXPECT_THAT(column(840), ElementsAre(0, 158, 0, 158, 4)) << "two parts, one upon the other";
  EXPECT_THAT(column(0), ElementsAre(316, 0, 0, 0, 4)) << "room between";
}

TEST(BarChartTest, NothingAndALotAreDrawnToo) {
  EXPECT_EQ(PixelsOf(BarChartPng({})).size(), 1121u * 320u);
  const std::vector<BarParts> many(5000, BarParts{1, 0, 0});
  EXPECT_EQ(BarChartPng(many), BarChartPng(std::span(many).last(120)));
  const std::vector<BarParts> huge = {{~std::uint64_t{0} / 4, 1, 0}};
  EXPECT_EQ(PixelsOf(BarChartPng(huge)).size(), 1121u * 320u);
}

}  // namespace
}  // namespace schoolwatch::alerts
