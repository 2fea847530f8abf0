#include "crawler/readers/mail_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/hash.h"
#include "crawler/readers/mail_parts.h"
#include "crawler/readers/mail_words.h"

namespace schoolwatch::crawler {
namespace {

using core::Visibility;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const core::Timestamp kNow = core::ParseRfc3339("2026-11-19T12:00:00Z").value();

std::string Mail(const std::string& subject, const std::string& body,
                 const std::string& type = "text/plain; charset=utf-8",
                 const std::string& more = "") {
  return "From: Jo Parent <jo@mail.example>\r\nTo: reports@quillbrook.example\r\nSubject: " +
         subject +
         "\r\nMessage-ID: <m1@mail.example>\r\nDate: Wed, 18 Nov 2026 07:30:00 +0000\r\n" + more +
         "MIME-Version: 1.0\r\nContent-Type: " + type + "\r\n\r\n" + body;
}

std::string Parts(const std::vector<std::pair<std::string, std::string>>& parts) {
  std::string body;
  for (const auto& [head, text] : parts) {
    body += "--b1\r\n" + head + "\r\n\r\n" + text + "\r\n";
  }
  return body + "--b1--\r\n";
}
constexpr const char* kMixed = "multipart/mixed; boundary=b1";

MailReport Read(const std::string& mail) {
  auto report = ReadMailReport(mail, kNow);
  EXPECT_TRUE(report.has_value()) << report.error().message;
  return report ? *std::move(report) : MailReport{};
}

TEST(MailReportTest, TypedWordsAreThePostAndTheirSenderIsNotInIt) {
  const MailReport report = Read(
      Mail("Fwd: post about the school",
           "Saw this on Snapchat, public story by 'zedd_09', Tue about 8pm:\r\n\r\n\"quillbrook "
           "academy car park brawl part 2 tmrw\"\r\n\r\nhttps://example.invalid/add/zedd_09\r\n\r\n"
           "Kind regards\r\nJo Parent\r\n07700 900123\r\n"));
  EXPECT_EQ(report.from, "jo@mail.example");
  EXPECT_EQ(report.message_id, "m1@mail.example");
  ASSERT_THAT(report.posts, SizeIs(1));
  const core::Post& post = report.posts[0];
  EXPECT_THAT(post.text, HasSubstr("car park brawl part 2"));
  EXPECT_THAT(post.text, Not(HasSubstr("Jo Parent")));
  EXPECT_THAT(post.text, Not(HasSubstr("07700")));
  EXPECT_EQ(post.platform, "snapchat");
  EXPECT_EQ(post.url, "https://example.invalid/add/zedd_09");
  EXPECT_EQ(post.visibility, Visibility::kReportedPrivate) << "Snapchat is for friends";
}

TEST(MailReportTest, LabelsSayWhatTheySay) {
  const MailReport report = Read(Mail("Report",
                                      "Platform: Facebook\r\nLink: https://facebook.example/p/1\r\n"
                                      "Author: Zedd Nine\r\nWhen: 17 November 2026 20:05\r\n\r\n"
                                      "Quillbrook Academy is a dump"));
  ASSERT_THAT(report.posts, SizeIs(1));
  const core::Post& post = report.posts[0];
  EXPECT_EQ(post.platform, "facebook");
  EXPECT_EQ(post.url, "https://facebook.example/p/1");
  EXPECT_EQ(post.author, "Zedd Nine");
  EXPECT_EQ(core::FormatRfc3339(post.published.value()), "2026-11-17T20:05:00Z");
  EXPECT_EQ(post.text, "Quillbrook Academy is a dump");
  EXPECT_EQ(post.visibility, Visibility::kReported);
}

TEST(MailReportTest, LabelsMayStandInTheSubject) {
  const MailReport report =
      Read(Mail("Platform: TikTok; Author: @zedd9", "the head of quillbrook is a joke"));
  ASSERT_THAT(report.posts, SizeIs(1));
  EXPECT_EQ(report.posts[0].platform, "tiktok");
  EXPECT_EQ(report.posts[0].author, "@zedd9");
}

struct ForwardCase {
  std::string name;
  std::string body;
};
class ForwardTest : public testing::TestWithParam<ForwardCase> {};

TEST_P(ForwardTest, GivesTheOriginalAlone) {
  const MailReport report = Read(Mail("Fwd: gates", GetParam().body));
  ASSERT_THAT(report.posts, SizeIs(1));
  const core::Post& post = report.posts[0];
  EXPECT_EQ(post.author, "Dana K");
  EXPECT_EQ(post.text, "The gates of Quillbrook Academy were shut.\nNobody told us.");
  EXPECT_EQ(post.title, "gates");
  ASSERT_TRUE(post.published.has_value());
  EXPECT_EQ(core::FormatRfc3339(*post.published), "2026-11-17T20:03:00Z");
  EXPECT_EQ(post.visibility, Visibility::kReportedPrivate);
}

constexpr const char* kWords = "The gates of Quillbrook Academy were shut.\r\nNobody told us.\r\n";

INSTANTIATE_TEST_SUITE_P(
    Programs, ForwardTest,
    testing::Values(
        ForwardCase{"Gmail",
                    std::string("see below\r\n\r\n---------- Forwarded message ---------\r\n"
                                "From: Dana K <dana@mail.example>\r\nDate: Tue, 17 Nov "
                                "2026 at 20:03\r\nSubject: gates\r\nTo: <x@mail.example>"
                                "\r\n\r\n") +
                        kWords},
        ForwardCase{"Apple", std::string("Begin forwarded message:\r\n\r\n> From: Dana K "
                                         "<dana@mail.example>\r\n> Subject: gates\r\n> Date: 17 "
                                         "November 2026 at 20:03:00 GMT\r\n> To: x@mail.example\r\n"
                                         "> \r\n> The gates of Quillbrook Academy were shut.\r\n"
                                         "> Nobody told us.\r\n")},
        ForwardCase{"Outlook",
                    std::string("FYI\r\n\r\n-----Original Message-----\r\nFrom: Dana K\r\n"
                                "Sent: 17 November 2026 20:03\r\nTo: x\r\nSubject: "
                                "gates\r\n\r\n") +
                        kWords},
        ForwardCase{"OutlookRule", std::string("________________________________\r\nFrom: Dana K "
                                               "<dana@mail.example>\r\nSent: 17 November 2026 "
                                               "20:03\r\nTo: x\r\nSubject: gates\r\n\r\n") +
                                       kWords},
        ForwardCase{"Thunderbird",
                    std::string("-------- Forwarded Message --------\r\nSubject: "
                                "gates\r\nDate: Tue, 17 Nov 2026 20:03:00 +0000\r\n"
                                "From: Dana K <dana@mail.example>\r\nTo: x\r\n\r\n") +
                        kWords},
        ForwardCase{"Bold", std::string("*From:* Dana K <dana@mail.example>\r\n*Sent:* 17 November "
                                        "2026 20:03\r\n*Subject:* gates\r\n\r\n") +
                                kWords}),
    [](const auto& row) { return row.param.name; });

TEST(MailReportTest, AttachedMailGivesItsOwnWords) {
  const std::string inner =
      "From: Dana K <dana@mail.example>\r\nSubject: =?UTF-8?Q?gates_=E2=80=93_again?=\r\nDate: "
      "Tue, "
      "17 Nov 2026 20:03:00 +0000\r\nContent-Type: text/plain\r\n\r\nThe gates were shut.";
  for (const std::string head :
       {"Content-Type: message/rfc822",
        "Content-Type: application/octet-stream; name=\"gates.eml\"\r\nContent-Disposition: "
        "attachment; filename=gates.eml"}) {
    const MailReport report = Read(
        Mail("Fwd:", Parts({{"Content-Type: text/plain", "please look"}, {head, inner}}), kMixed));
    ASSERT_THAT(report.posts, SizeIs(1)) << head;
    EXPECT_EQ(report.posts[0].author, "Dana K");
    EXPECT_EQ(report.posts[0].title, "gates – again");
    EXPECT_EQ(report.posts[0].text, "The gates were shut.");
  }
}

TEST(MailReportTest, PictureIsANameASizeAndAHash) {
  const MailReport report = Read(
      Mail("Screenshot: ClassDojo comment",
           Parts({{"Content-Type: text/plain", "Text in the picture: 'the worst school ever!!'"},
                  {"Content-Type: image/png; name=shot.png\r\nContent-Transfer-Encoding: base64",
                   "UElDVFVSRQ=="}}),
           kMixed));
  ASSERT_THAT(report.pictures, SizeIs(1));
  EXPECT_EQ(report.pictures[0].name, "shot.png");
  EXPECT_EQ(report.pictures[0].size, 7u);
  EXPECT_EQ(report.pictures[0].sha256, core::ToHex(core::HashSha256("PICTURE")));
  ASSERT_THAT(report.posts, SizeIs(1));
  EXPECT_EQ(report.posts[0].text, "Text in the picture: 'the worst school ever!!'");
  EXPECT_EQ(report.posts[0].platform, "classdojo");
}

TEST(MailReportTest, PictureUnderAnotherTypeIsAPicture) {
  EXPECT_TRUE(IsPicture("shot.JPG", "application/octet-stream"));
  EXPECT_TRUE(IsPicture("", "video/mp4"));
  EXPECT_FALSE(IsPicture("notes.txt", "text/plain"));
}

TEST(MailReportTest, PlainTextGoesBeforeHtml) {
  const MailReport report =
      Read(Mail("x",
                Parts({{"Content-Type: text/plain", "the plain words of it"},
                       {"Content-Type: text/html", "<p>the other words of it</p>"}}),
                "multipart/alternative; boundary=b1"));
  ASSERT_THAT(report.posts, SizeIs(1));
  EXPECT_EQ(report.posts[0].text, "the plain words of it");
}

TEST(MailReportTest, HtmlAloneIsRead) {
  const MailReport report = Read(
      Mail("x", "<p>the <b>worst</b> school</p><script>bad()</script><p>ever</p>", "text/html"));
  ASSERT_THAT(report.posts, SizeIs(1));
  EXPECT_EQ(report.posts[0].text, "the worst school\never");
}

TEST(MailReportTest, EncodedWordsAreDecoded) {
  const MailReport report =
      Read(Mail("x", "the caf=E9 at the school", "text/plain; charset=iso-8859-1",
                "Content-Transfer-Encoding: quoted-printable\r\n"));
  ASSERT_THAT(report.posts, SizeIs(1));
  EXPECT_EQ(report.posts[0].text, "the café at the school");
}

TEST(MailReportTest, LinkAloneIsALink) {
  const MailReport report =
      Read(Mail("Fwd:", "https://forum.example/t/1\r\n\r\nSent from my iPhone"));
  EXPECT_THAT(report.links, ElementsAre("https://forum.example/t/1"));
  EXPECT_THAT(report.posts, IsEmpty());
}

TEST(MailReportTest, ExportedChatIsAFileAndItsCoveringNoteIsNoPost) {
  const MailReport report =
      Read(Mail("Chat export",
                Parts({{"Content-Type: text/plain", "Export attached, from me."},
                       {"Content-Type: text/plain; name=\"x.txt\"\r\nContent-Disposition: "
                        "attachment; filename*=UTF-8''WhatsApp%20Chat%20with%20Y6.txt",
                        "17/11/2026, 20:02 - Kit's Mum: hello"}}),
                kMixed));
  ASSERT_THAT(report.exports, SizeIs(1));
  EXPECT_EQ(report.exports[0].file.name, "WhatsApp Chat with Y6.txt");
  EXPECT_THAT(report.posts, IsEmpty());
}

TEST(MailReportTest, AttachedTextIsAPost) {
  const MailReport report = Read(
      Mail("x",
           Parts({{"Content-Type: text/plain", "see file"},
                  {"Content-Type: text/plain; name=post.txt", "quillbrook is the worst school"}}),
           kMixed));
  ASSERT_THAT(report.posts, SizeIs(1));
  EXPECT_EQ(report.posts[0].text, "quillbrook is the worst school");
}

TEST(MailReportTest, WhatAProgramWroteSaysSo) {
  EXPECT_FALSE(Read(Mail("x", "words")).automatic);
  for (const std::string field :
       {"Auto-Submitted: auto-replied\r\n", "Precedence: bulk\r\n", "List-Id: <l.example>\r\n"}) {
    EXPECT_TRUE(Read(Mail("x", "words", "text/plain", field)).automatic) << field;
  }
}

TEST(MailReportTest, HostileMailsAreRefusedOrCheap) {
  EXPECT_FALSE(ReadMailReport("", kNow).has_value());
  EXPECT_FALSE(ReadMailReport("no header at all", kNow).has_value());
  std::string nested;
  for (int i = 0; i < 200; ++i) {
    nested += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\r\n\r\n--b" +
              std::to_string(i) + "\r\n";
  }
  EXPECT_FALSE(ReadMailReport("From: a@b.example\r\n" + nested, kNow).has_value());
  const std::string groups = "To: " + std::string(100'000, ':') + "\r\n";
  EXPECT_TRUE(ReadMailReport(Mail("x", "words", "text/plain", groups), kNow).has_value());
}

TEST(MailReportTest, TextFileIsReadLikeAMail) {
  const MailReport report = ReadTextReport(
      "Platform: Facebook\nAuthor: Zedd\n\nQuillbrook Academy is a dump\n", "a.txt", kNow);
  ASSERT_THAT(report.posts, SizeIs(1));
  EXPECT_EQ(report.posts[0].author, "Zedd");
  EXPECT_EQ(report.posts[0].text, "Quillbrook Academy is a dump");
}

TEST(MailWordsTest, LinksEndWhereTheyEnd) {
  EXPECT_THAT(LinksIn("see (https://a.example/x), https://a.example/x. and <http://b.example>"),
              ElementsAre("https://a.example/x", "http://b.example/"));
  EXPECT_THAT(LinksIn("https://u:p@a.example/"), IsEmpty());
}

}  // namespace
}  // namespace schoolwatch::crawler
