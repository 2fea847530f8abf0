// What a reader finds in a mail, and where; how it stays well formed is composer_test.cc's.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "alerts/composer.h"
#include "alerts/inline_images.h"
#include "tests/alerts/mail_samples.h"
#include "tests/alerts/parsed_mail.h"
#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using core::Delivery;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MailSample;
using ::testing::Not;

MailMessage ComposeSample(const MailSample& sample) {
  const auto composer = testing::ComposerFor(sample);
  EXPECT_TRUE(composer.has_value()) << (composer.has_value() ? "" : composer.error().message);
  const auto message = (*composer)->Compose(sample.batch);
  EXPECT_TRUE(message.has_value()) << (message.has_value() ? "" : message.error().message);
  return *message;
}

MailSample Sample(std::string_view name) {
  std::vector<MailSample> samples = testing::MakeMailSamples();
  return *std::ranges::find(samples, name, &MailSample::name);
}

// Without the line breaks of a mail's text part.
std::string Joined(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  for (auto at = text.find("  "); at != std::string::npos; at = text.find("  ", at)) {
    text.erase(at, 1);
  }
  return text;
}

// Where each of `parts` begins, in this order; all must be there.
void ExpectInOrder(const std::string& text, const std::vector<std::string>& parts) {
  std::size_t at = 0;
  for (const std::string& part : parts) {
    const std::size_t found = text.find(part, at);
    ASSERT_NE(found, std::string::npos) << "'" << part << "' is missing or too early in\n" << text;
    at = found;
  }
}

// How serious, what kind, what first, what was said, by when, what next; only then why and how.
TEST(MailContentsTest, WhatAReaderNeedsFirstStandsFirst) {
  const MailMessage message = ComposeSample(Sample("urgent-threat"));
  ExpectInOrder(Joined(message.text),
                {"Urgent priority", "possible safeguarding concern", "Quillbrook Academy",
                 "FIRST: If anybody may be in immediate danger, call 999 now.", "WHAT WAS SAID",
                 "»bring a knife«", "ANSWER BY Sat 21 Nov 2026, 18:06 GMT (within 24 hours)",
                 "WHAT TO DO NEXT", "Please do not", "WHY IT WAS FLAGGED", "How sure",
                 "HOW IT SPREADS", "no emergency service"});
  ExpectInOrder(message.html,
                {"<strong>Urgent</strong> priority", "<h1>Possible safeguarding concern</h1>",
                 "First:", "What was said", "bring a knife", "Answer by", "What to do next",
                 "Please do not", "Why it was flagged", "How it spreads", "no emergency service"});
}

// A locked phone shows the first words of a mail: none of them is a post's.
TEST(MailContentsTest, TheFirstWordsAreOurOwn) {
  const MailMessage message = ComposeSample(Sample("urgent-threat"));
  EXPECT_GT(message.text.find("brother"), 150U) << message.text;
  const std::string html = message.html.substr(message.html.find("<body"));
  std::string shown;
  bool in_tag = false;
  for (const char c : html.substr(0, html.find("brother"))) {
    in_tag = c == '<' || (in_tag && c != '>');
    shown += in_tag || c == '>' || c == '\n' ? "" : std::string(1, c);
  }
  EXPECT_GT(shown.size(), 140U) << shown;
}

TEST(MailContentsTest, TheWayOfAPostHasItsTimes) {
  const MailMessage message = ComposeSample(Sample("urgent-threat"));
  EXPECT_THAT(message.text, HasSubstr("Published: Fri 20 Nov 2026, 18:02 GMT\n"
                                      "Fetched:   Fri 20 Nov 2026, 18:05 GMT (2 minutes later)\n"
                                      "Mailed:    Fri 20 Nov 2026, 18:06 GMT (1 minute later)\n"));
  EXPECT_THAT(message.html, HasSubstr("18:05 GMT (2 minutes later)"));
}

TEST(MailContentsTest, APageThatClaimsATimeToComeHasNoWait) {
  MailSample sample = Sample("urgent-threat");
  sample.batch.entries[0].finding.post.published = testing::At("2026-12-24T18:00:00Z");
  EXPECT_THAT(ComposeSample(sample).text, HasSubstr("Fetched:   Fri 20 Nov 2026, 18:05 GMT\n"));
}

TEST(MailContentsTest, AnAnswerOfLaterIsOneOfTheNextWorkingDay) {
  EXPECT_THAT(ComposeSample(Sample("allegation")).text,
              HasSubstr("ANSWER BY Mon 23 Nov 2026, 17:00 GMT (the next working day)"));
}

TEST(MailContentsTest, WhereTheChairIsAnotherItIsNamedSo) {
  MailSample sample = Sample("nobody");
  EXPECT_THAT(Joined(ComposeSample(sample).text), HasSubstr("ask the chair of governors, or"));
  sample.nation = "scotland";
  EXPECT_THAT(Joined(ComposeSample(sample).text), HasSubstr("ask the education authority's"));
}

TEST(MailContentsTest, TheEarliestAnswerCounts) {
  MailSample sample = Sample("digest");
  sample.batch.entries[1].answer_by = testing::At("2026-11-21T09:00:00Z");
  EXPECT_THAT(ComposeSample(sample).text, HasSubstr("ANSWER BY Sat 21 Nov 2026, 09:00 GMT"));
  for (AlertEntry& entry : sample.batch.entries) {
    entry.answer_by = {};
  }
  EXPECT_THAT(ComposeSample(sample).text, HasSubstr("ANSWER BY Sat 21 Nov 2026, 18:06 GMT"))
      << "24 hours where nobody reckoned with the calendar";
}

TEST(MailContentsTest, AnswersAreLinksThatOpenAMail) {
  const MailMessage message = ComposeSample(Sample("urgent-threat"));
  EXPECT_THAT(message.html,
              HasSubstr("href=\"mailto:reports@quillbrook-academy.example?subject=sw1.Q7F3-2K."
                        "0123456789abcdef&amp;body=Reason%3A%20\""));
  EXPECT_THAT(message.text, HasSubstr("- In hand: sw1.Q7F3-2K.0123456789abcdef\n"));
  const std::string of_another = "sw1.M4TN-8R";
  EXPECT_THAT(message.html, Not(HasSubstr(of_another)));
  EXPECT_THAT(ComposeSample(Sample("digest")).html, HasSubstr(of_another));
}

struct HrefCase {
  const char* name;
  std::string href;
};
class AnswerHrefTest : public ::testing::TestWithParam<HrefCase> {};

TEST_P(AnswerHrefTest, OnlyPlainMailtoBecomesAButton) {
  MailSample sample = Sample("urgent-threat");
  sample.batch.answers = {{.case_id = "Q7F3-2K",
                           .label = "Zanzibar",
                           .href = GetParam().href,
                           .to = "a@b.example",
                           .token = "x"}};
  const MailMessage message = ComposeSample(sample);
  EXPECT_THAT(message.html, Not(HasSubstr("Zanzibar")));
  EXPECT_THAT(message.text, Not(HasSubstr("Zanzibar")));
}

INSTANTIATE_TEST_SUITE_P(Rows, AnswerHrefTest,
                         ::testing::Values(HrefCase{"Web", "https://evil.example/"},
                                           HrefCase{"Script", "javascript:alert(1)"},
                                           HrefCase{"LineEnd", "mailto:a@b.example\r\nx"},
                                           HrefCase{"Quote", "mailto:a@b.example\"x"},
                                           HrefCase{"Space", "mailto:a@b.example?body=a b"},
                                           HrefCase{"Letters", "mailto:ä@b.example"},
                                           HrefCase{"Long", "mailto:" + std::string(2'000, 'a')}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(MailContentsTest, ALinkToAPossibleIndecentImageIsNotToBeClicked) {
  const MailMessage message = ComposeSample(Sample("images"));
  EXPECT_THAT(message.html, Not(HasSubstr("href=\"https://board.example")));
  EXPECT_THAT(message.html, HasSubstr("Do not open it to look"));
  EXPECT_THAT(message.text, HasSubstr("Do not open the link to look"));
  EXPECT_THAT(message.text, HasSubstr("https://board.example/read/5501"));
}

TEST(MailContentsTest, EachRecipientIsShownAsMuchAsTheirContactSays) {
  const auto composer = Composer::Make(
      {.from = "alerts@quillbrook.example",
       .display = "snippet",
       .displays = {{"dsl@quillbrook.example", "full"}, {"head@quillbrook.example", "masked"}},
       .templates_folder = testing::TemplatesFolder()});
  ASSERT_TRUE(composer.has_value()) << composer.error().message;
  const std::string text =
      "He will bring a knife to Quillbrook Academy. " + std::string(700, '.') + " The end.";
  const auto shown_to = [&](const char* recipient) {
    AlertBatch batch = testing::MakeBatch({testing::MakeFinding({.text = text})});
    batch.batch.recipient = recipient;
    return (*composer)->Compose(batch)->text;
  };
  EXPECT_THAT(shown_to("dsl@quillbrook.example"), HasSubstr("The end."));
  EXPECT_THAT(shown_to("chair@quillbrook.example"), HasSubstr("knife"));
  EXPECT_THAT(shown_to("chair@quillbrook.example"), Not(HasSubstr("The end.")));
  EXPECT_THAT(shown_to("head@quillbrook.example"), Not(HasSubstr("knife")));
}

TEST(MailContentsTest, AdviceIsThatOfTheSchoolsNation) {
  MailSample sample = Sample("staff");
  const std::string scotland = Joined(ComposeSample(sample).text);
  EXPECT_THAT(scotland, HasSubstr("education authority"));
  EXPECT_THAT(scotland, HasSubstr("[check with your authority]"));
  EXPECT_THAT(scotland, HasSubstr("National guidance for child protection in Scotland"));
  sample.nation = "england";
  const std::string england = Joined(ComposeSample(sample).text);
  EXPECT_THAT(england, HasSubstr("LADO"));
  EXPECT_THAT(england, HasSubstr("to you as designated safeguarding lead"));
  sample.nation = "nowhere";
  EXPECT_EQ(Joined(ComposeSample(sample).text), england);
}

TEST(MailContentsTest, WhoMayBeMeantIsSaidToThoseWhoAreTold) {
  const MailMessage message = ComposeSample(Sample("about-head"));
  ExpectInOrder(Joined(message.text),
                {"FIRST: The headteacher may be meant and has not been told.", "WHAT WAS SAID",
                 "It goes to the chair of governors", "LADO", "to you as chair of governors"});
}

TEST(MailContentsTest, WhatTheBudgetMovedSaysSo) {
  MailSample sample = Sample("digest");
  sample.batch.entries[1].reason += kOverBudget;
  const MailMessage message = ComposeSample(sample);
  EXPECT_THAT(
      Joined(message.text),
      HasSubstr("A new case. It would have come by itself, but the day's number of mails was "
                "used up."));
}

TEST(MailContentsTest, EveryMailSaysThatItIsNoEmergencyService) {
  for (const MailSample& sample : testing::MakeMailSamples()) {
    const MailMessage message = ComposeSample(sample);
    for (const std::string& part : {Joined(message.text), message.html}) {
      EXPECT_THAT(part, HasSubstr("This is no emergency service.")) << sample.name;
      EXPECT_THAT(part, HasSubstr("Monday to Friday, 08:00 to 16:30, on school days"));
      EXPECT_THAT(part, HasSubstr("999"));
    }
  }
}

// --- Messages about no finding ---

TEST(MailContentsTest, ANoticesOwnHtmlStandsAsItIs) {
  const MailMessage message = ComposeSample(Sample("notice"));
  EXPECT_EQ(message.subject, "Quillbrook Academy: the week from 16 to 22 November");
  EXPECT_THAT(message.html, HasSubstr("<tr><td>Alerts</td><td class=\"number\">4</td></tr>"));
  EXPECT_THAT(message.text, HasSubstr("4 alerts went out; the slowest took 11 minutes."));
  EXPECT_THAT(message.text, Not(HasSubstr("<p>")));
  EXPECT_THAT(message.html, Not(HasSubstr("possible concern and no more")));
}

TEST(MailContentsTest, ANoticeWithoutHtmlIsMadeFromItsText) {
  MailSample sample = Sample("notice-plain");
  sample.batch.batch.items.front().notice.text = "One & <two>.\n\nThree.";
  const MailMessage message = ComposeSample(sample);
  EXPECT_THAT(message.html, HasSubstr("<p>One &amp; &lt;two&gt;.</p>\n<p>Three.</p>"));
  EXPECT_THAT(message.text, HasSubstr("One & <two>.\n\nThree."));
}

// --- One mail of several posts ---

TEST(MailContentsTest, FurtherPostsOfACaseStandBelowTheAdvice) {
  const MailMessage message = ComposeSample(Sample("worse"));
  ExpectInOrder(Joined(message.text),
                {"The case has become more serious.", "GateWatcher", "WHAT TO DO NEXT",
                 "ANOTHER POST OF THIS CASE", "quillbrook_lad", "HOW IT SPREADS"});
  EXPECT_THAT(Joined(message.text), HasSubstr("Something is going to happen at the gates"));
}

TEST(MailContentsTest, MailsOfOneCaseShareAThread) {
  const auto references = [](const MailSample& sample) {
    return testing::ParseMail(ComposeSample(sample).rfc5322).Header("References");
  };
  EXPECT_EQ(references(Sample("urgent-threat")), references(Sample("worse")));
  EXPECT_EQ(references(Sample("urgent-threat")), references(Sample("more")));
  EXPECT_NE(references(Sample("urgent-threat")), references(Sample("allegation")));
  EXPECT_EQ(references(Sample("digest")), "");
}

TEST(MailContentsTest, HostileSamplesKeepTheirHeadersAndParts) {
  for (const MailSample& sample : testing::MakeHostileSamples()) {
    const MailMessage message = ComposeSample(sample);
    EXPECT_TRUE(testing::HasCleanLines(message.rfc5322)) << sample.name;
    const testing::ParsedMail mail = testing::ParseMail(message.rfc5322);
    EXPECT_THAT(mail.recipients, ElementsAre("dsl@quillbrook.example")) << sample.name;
    const bool has_plot = sample.name.find("report") != std::string::npos;
    EXPECT_THAT(mail.part_types,
                ElementsAre("text/plain", has_plot ? "multipart/related" : "text/html"))
        << sample.name;
    EXPECT_EQ(mail.html, TakeInlineImages(message.html, sample.batch.batch.message_id).html)
        << sample.name;
    EXPECT_EQ(mail.text, message.text) << sample.name;
    for (const char* evil : {"<script", "<img", "Bcc:"}) {
      EXPECT_THAT(mail.html, Not(HasSubstr(std::string("\n") + evil))) << sample.name;
    }
    EXPECT_THAT(mail.html, Not(HasSubstr("<script")));
  }
}

}  // namespace
}  // namespace schoolwatch::alerts
