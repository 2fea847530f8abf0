#include "alerts/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "alerts/composer.h"
#include "tests/alerts/parsed_mail.h"
#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using std::chrono::hours;
using testing::At;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kHead = "head@quillbrook-academy.example";
const core::Timestamp kAsked = At("2026-11-20T18:02:11Z");

AnswerRequest Request() {
  return {.case_id = "Q7F3-2KXM",
          .recipient = std::string(kHead),
          .to = "reports+watch@quillbrook-academy.example",
          .asked_at = kAsked,
          .valid_for = hours(14 * 24)};
}

std::string TokenOf(Answer answer) {
  for (const AnswerLink& link : AnswerLinks(Request(), kKey)) {
    if (link.label == AnswerLabel(answer)) {
      return link.token;
    }
  }
  return "";
}

TEST(Answers, EveryAnswerHasALinkThatIsTakenBack) {
  const auto links = AnswerLinks(Request(), kKey);
  ASSERT_THAT(links, SizeIs(5));
  std::vector<std::string> ids;
  for (const Answer answer :
       {Answer::kSeen, Answer::kInHand, Answer::kNoConcern, Answer::kNotAboutUs, Answer::kCallMe}) {
    const auto given = CheckAnswerToken(TokenOf(answer), kHead, kKey, kAsked + hours(1));
    ASSERT_TRUE(given.has_value()) << AnswerLabel(answer);
    EXPECT_EQ(given->answer, answer);
    EXPECT_EQ(given->case_id, "Q7F32KXM");
    EXPECT_EQ(given->expires, At("2026-12-04T18:02:11Z"));
    ids.push_back(given->id);
  }
  std::ranges::sort(ids);
  EXPECT_EQ(std::ranges::unique(ids).size(), 0u) << "each is used by itself";
}

TEST(Answers, MakingLinksAgainGivesTheSame) {
  EXPECT_EQ(AnswerLinks(Request(), kKey), AnswerLinks(Request(), kKey));
}

TEST(Answers, NoAddressNoKeyOrAnOddCaseGivesNoLinks) {
  AnswerRequest request = Request();
  EXPECT_THAT(AnswerLinks(request, ""), IsEmpty());
  request.to = "";
  EXPECT_THAT(AnswerLinks(request, kKey), IsEmpty());
  request = Request();
  request.case_id = "Q7F3\r\nBcc: x";
  EXPECT_THAT(AnswerLinks(request, kKey), IsEmpty());
}

TEST(Answers, TheLinkIsAMailtoWithNothingThatNeedsMending) {
  const AnswerLink link = AnswerLinks(Request(), kKey)[1];
  EXPECT_THAT(link.href, ::testing::StartsWith(
                             "mailto:reports%2Bwatch@quillbrook-academy.example?subject=In%20hand"
                             "%3A%20case%20Q7F3-2KXM%20%5Bsw1-h-q7f32kxm-"));
  for (const char c : link.href) {
    EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                std::string_view("-._~:@?=&%").find(c) != std::string_view::npos)
        << c;
  }
  EXPECT_THAT(link.href, Not(HasSubstr("head@"))) << "who answers is not for others to read";
}

TEST(Answers, AnyChangedLetterIsForged) {
  const std::string token = TokenOf(Answer::kNoConcern);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == '0' ? '1' : '0';
    const auto given = CheckAnswerToken(changed, kHead, kKey, kAsked);
    ASSERT_FALSE(given.has_value()) << changed;
    EXPECT_EQ(given.error(), TokenFault::kForged) << changed;
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{4}, token.size() - 1}) {
    EXPECT_EQ(CheckAnswerToken(token.substr(0, size), kHead, kKey, kAsked).error(),
              TokenFault::kForged);
  }
  EXPECT_EQ(CheckAnswerToken(token + "0", kHead, kKey, kAsked).error(), TokenFault::kForged);
}

TEST(Answers, AnotherKeyMakesItForged) {
  EXPECT_EQ(CheckAnswerToken(TokenOf(Answer::kSeen), kHead, "another", kAsked).error(),
            TokenFault::kForged);
  EXPECT_EQ(CheckAnswerToken(TokenOf(Answer::kSeen), kHead, "", kAsked).error(),
            TokenFault::kForged);
}

TEST(Answers, AnotherSenderIsRefusedAndCaseOfLettersIsNot) {
  EXPECT_EQ(CheckAnswerToken(TokenOf(Answer::kSeen), "dsl@quillbrook-academy.example", kKey, kAsked)
                .error(),
            TokenFault::kWrongSender);
  EXPECT_TRUE(
      CheckAnswerToken(TokenOf(Answer::kSeen), "Head@Quillbrook-Academy.example", kKey, kAsked)
          .has_value());
}

TEST(Answers, ItEndsWhenItsTimeIsUp) {
  const std::string token = TokenOf(Answer::kSeen);
  const core::Timestamp end = At("2026-12-04T18:02:11Z");
  EXPECT_TRUE(CheckAnswerToken(token, kHead, kKey, end).has_value());
  EXPECT_EQ(CheckAnswerToken(token, kHead, kKey, end + std::chrono::milliseconds(1)).error(),
            TokenFault::kExpired);
}

TEST(Answers, TokensAreFoundInWhatMailProgramsMakeOfASubject) {
  const std::string token = TokenOf(Answer::kInHand);
  std::string shouted = token;
  std::ranges::transform(shouted, shouted.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  EXPECT_THAT(FindAnswerTokens("AW: Re: In hand: case Q7F3-2KXM [" + token + "]"),
              ElementsAre(token));
  EXPECT_THAT(FindAnswerTokens("(" + shouted + ") and again " + token), ElementsAre(token));
  EXPECT_THAT(FindAnswerTokens("sw1- sw1-a-b x" + token + " sw1-a-b-c-d-e-f"), IsEmpty());
  std::string many;
  for (int i = 0; i < 1000; ++i) {
    many += " sw1-a-b-c-d-" + std::to_string(i);
  }
  EXPECT_THAT(FindAnswerTokens(many), SizeIs(8));
}

// What a template made of the links.
std::string HtmlWith(core::Delivery delivery, bool answers) {
  const auto composer = Composer::Make({.from = "alerts@quillbrook.example",
                                        .display = "snippet",
                                        .templates_folder = testing::TemplatesFolder()});
  AlertBatch batch = testing::MakeBatch({testing::MakeFinding()}, delivery);
  if (answers) {
    AnswerRequest request = Request();
    request.case_id = batch.entries[0].case_now.id;
    batch.answers = AnswerLinks(request, kKey);
  }
  return testing::ParseMail((*composer)->Compose(batch)->rfc5322).html;
}

TEST(Answers, MailsShowTheLinksTheyAreHanded) {
  for (const core::Delivery delivery : {core::Delivery::kNow, core::Delivery::kDigest}) {
    const std::string html = HtmlWith(delivery, true);
    EXPECT_THAT(html,
                HasSubstr("href=\"mailto:reports%2Bwatch@quillbrook-academy.example?subject"));
    EXPECT_THAT(html, HasSubstr("&amp;body="));
    EXPECT_THAT(HtmlWith(delivery, false), Not(HasSubstr("mailto:")));
  }
}

}  // namespace
}  // namespace schoolwatch::alerts
