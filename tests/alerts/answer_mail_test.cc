#include "alerts/answer_mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "alerts/answers.h"

namespace schoolwatch::alerts {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kToken =
    "sw1-h-q7f32kxm-6931cb33-0123456789abcdef-0123456789abcdef0123456789abcdef";
const std::string kOther =
    "sw1-s-q7f32kxm-6931cb33-0123456789abcdef-0123456789abcdef0123456789abcdef";

std::string Mail(const std::string& head, const std::string& body) {
  return head + "\r\n\r\n" + body;
}
const std::string kHead =
    "From: Mrs Ada Wren <head@quillbrook-academy.example>\r\nSubject: In hand: case Q7F3-2KXM [" +
    kToken + "]";

AnswerMail Parsed(const std::string& bytes) {
  const auto mail = ParseAnswerMail(bytes);
  EXPECT_TRUE(mail.has_value()) << mail.error().message;
  return mail.value_or(AnswerMail{});
}

TEST(AnswerMail, APhonesMailIsRead) {
  const AnswerMail mail =
      Parsed(Mail(kHead, "We have spoken\r\nwith the family.\r\n\r\n" + std::string(kAnswerRule) +
                             "\r\n\r\nSent from my phone"));
  EXPECT_EQ(mail.from, "head@quillbrook-academy.example");
  EXPECT_THAT(mail.tokens, ElementsAre(kToken));
  EXPECT_EQ(mail.reason, "We have spoken\nwith the family.");
  EXPECT_FALSE(mail.automatic);
}

TEST(AnswerMail, NoWordsAboveTheLineAreNoReason) {
  EXPECT_EQ(Parsed(Mail(kHead, "\r\n\r\n" + std::string(kAnswerRule) + "\r\n")).reason, "");
  EXPECT_EQ(Parsed(Mail(kHead, std::string(kAnswerRule) + "\r\nbelow")).reason, "");
}

TEST(AnswerMail, WordsWithoutTheLineAreNotTakenForAReason) {
  EXPECT_EQ(Parsed(Mail(kHead, "The signature of a mail program, and what it quotes")).reason, "");
}

TEST(AnswerMail, FoldedAndEncodedSubjectsAreRead) {
  EXPECT_THAT(Parsed(Mail("From: head@quillbrook-academy.example\r\nSubject: In hand: case\r\n "
                          "Q7F3-2KXM [" +
                              kToken + "]",
                          ""))
                  .tokens,
              ElementsAre(kToken));
  EXPECT_THAT(Parsed(Mail("From: head@quillbrook-academy.example\r\nSubject: =?utf-8?Q?=5B" +
                              kToken + "=5D?=",
                          ""))
                  .tokens,
              ElementsAre(kToken));
}

TEST(AnswerMail, OfMultipartTheFirstTextIsRead) {
  const AnswerMail mail = Parsed(Mail(
      kHead + "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"b1\"",
      "--b1\r\nContent-Type: text/plain; charset=windows-1252\r\nContent-Transfer-Encoding: "
      "quoted-printable\r\n\r\nIt=92s dealt with.\r\n\r\n--- Write a reason above this line if you "
      "like, and send. ---\r\n--b1\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n--b1--\r\n"));
  EXPECT_EQ(mail.reason, "It\u2019s dealt with.");
}

TEST(AnswerMail, ASubjectsTokenCountsBeforeThoseOfTheText) {
  EXPECT_THAT(Parsed(Mail(kHead, "> Seen: " + kOther)).tokens, ElementsAre(kToken));
}

TEST(AnswerMail, AReplyThatQuotesAllAnswersHoldsSeveral) {
  EXPECT_THAT(Parsed(Mail("From: head@quillbrook-academy.example\r\nSubject: Re: an alert",
                          "> Seen: " + kOther + "\r\n> In hand: " + kToken))
                  .tokens,
              SizeIs(2));
}

TEST(AnswerMail, ProgramsThatAnswerAreKnown) {
  for (const char* const field :
       {"Auto-Submitted: auto-replied", "auto-submitted: auto-generated; x=y", "Precedence: bulk",
        "Precedence: auto_reply"}) {
    EXPECT_TRUE(Parsed(Mail(kHead + "\r\n" + field, "")).automatic) << field;
  }
  EXPECT_FALSE(Parsed(Mail(kHead + "\r\nAuto-Submitted: no", "")).automatic);
}

TEST(AnswerMail, WhatIsNoMailIsRefused) {
  const std::string long_head(kMaxAnswerHeaderBytes, 'x');
  for (const std::string& bytes :
       {std::string(), std::string("\r\n\r\n"), std::string("hello"), std::string(1000, '\0'),
        Mail("Subject: no sender", ""), Mail("From: a@b.example\r\nFrom: c@d.example", ""),
        Mail("From: a@b.example, c@d.example", ""), Mail("From: team: a@b.example;", ""),
        Mail("From: nobody", ""), Mail("X-Long: " + long_head + "\r\nX-More: y\r\n" + kHead, "")}) {
    EXPECT_FALSE(ParseAnswerMail(bytes).has_value()) << bytes.substr(0, 60);
  }
}

TEST(AnswerMail, NestedMailsLeaveTheSubjectAlone) {
  std::string body;
  for (std::size_t i = 1; i < 2000; ++i) {
    body += "--" + std::string(i % 60 + 1, 'a') +
            "\r\nContent-Type: multipart/mixed; boundary=" + std::string(i % 60 + 2, 'a') +
            "\r\n\r\n";
  }
  const AnswerMail nested =
      Parsed(Mail(kHead + "\r\nContent-Type: multipart/mixed; boundary=a", body));
  EXPECT_THAT(nested.tokens, ElementsAre(kToken));
  EXPECT_EQ(nested.reason, "");
  std::string groups;
  for (int i = 0; i < 20'000; ++i) {
    groups += "g:";
  }
  EXPECT_THAT(Parsed(Mail(kHead + "\r\nContent-Type: multipart/mixed; boundary=a",
                          "--a\r\nContent-Type: message/rfc822\r\n\r\nTo: " + groups +
                              "\r\n\r\nx\r\n--a--"))
                  .tokens,
              ElementsAre(kToken));
  EXPECT_THAT(Parsed(Mail(kHead + "\r\nTo: " + groups, "")).tokens, ElementsAre(kToken));
}

TEST(AnswerMail, OnlyTheBeginningOfALongMailIsRead) {
  EXPECT_THAT(Parsed(Mail("From: a@b.example\r\nSubject: x",
                          std::string(kMaxAnswerMailBytes, 'y') + " " + kToken))
                  .tokens,
              IsEmpty());
}

}  // namespace
}  // namespace schoolwatch::alerts
