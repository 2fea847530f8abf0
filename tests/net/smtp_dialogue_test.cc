#include "net/smtp_dialogue.h"

#include <gtest/gtest.h>

#include <string>

namespace schoolwatch::net {
namespace {

using Step = SmtpDialogue::Step;

TEST(SmtpDialogueTest, FollowsTheSteps) {
  SmtpDialogue dialogue;
  EXPECT_EQ(dialogue.step(), Step::kConnect);
  dialogue.OnCommand("EHLO here\r\n");
  EXPECT_EQ(dialogue.step(), Step::kHello);
  dialogue.OnCommand("STARTTLS\r\n");
  EXPECT_EQ(dialogue.step(), Step::kStartTls);
  dialogue.OnCommand("AUTH PLAIN\r\n");
  dialogue.OnCommand("AGhlYWQAc2VjcmV0\r\n");
  EXPECT_EQ(dialogue.step(), Step::kLogin) << "credentials are no command";
  dialogue.OnCommand("MAIL FROM:<watch@quillbrook.example> SIZE=10\r\n");
  EXPECT_EQ(dialogue.step(), Step::kSender);
  dialogue.OnCommand("RCPT TO:<head@quillbrook.example>\r\n");
  EXPECT_EQ(dialogue.step(), Step::kRecipient);
  EXPECT_EQ(dialogue.recipient(), "head@quillbrook.example");
  dialogue.OnCommand("DATA\r\n");
  EXPECT_EQ(dialogue.step(), Step::kMessage);
  dialogue.OnCommand("NOOP\r\n");
  EXPECT_EQ(dialogue.step(), Step::kOther);
}

TEST(SmtpDialogueTest, JoinsTheLinesOfAReply) {
  SmtpDialogue dialogue;
  dialogue.OnReplyLine("550-5.7.1 Not\r\n");
  EXPECT_FALSE(dialogue.reply_is_whole());
  dialogue.OnReplyLine("550 today\x07\r\n");
  EXPECT_TRUE(dialogue.reply_is_whole());
  EXPECT_EQ(dialogue.reply_code(), 550);
  EXPECT_EQ(dialogue.reply_text(), "5.7.1 Not today");
  dialogue.OnReplyLine("250");
  EXPECT_EQ(dialogue.reply_code(), 250);
  EXPECT_EQ(dialogue.reply_text(), "");
}

TEST(SmtpDialogueTest, QuittingAfterAFailureLeavesTheFailure) {
  SmtpDialogue dialogue;
  dialogue.OnCommand("MAIL FROM:<watch@quillbrook.example>\r\n");
  dialogue.OnReplyLine("550 no\r\n");
  dialogue.OnCommand("QUIT\r\n");
  dialogue.OnReplyLine("221-so\r\n");
  dialogue.OnReplyLine("221 bye\r\n");
  EXPECT_EQ(dialogue.step(), Step::kSender);
  EXPECT_EQ(dialogue.reply_code(), 550);
  // The next connection of the same handle.
  dialogue.OnReplyLine("220 hello\r\n");
  EXPECT_EQ(dialogue.reply_code(), 220);
}

TEST(SmtpDialogueTest, KeepsAReplyShort) {
  SmtpDialogue dialogue;
  for (int i = 0; i < 100; ++i) {
    dialogue.OnReplyLine("550-" + std::string(50, 'x'));
  }
  EXPECT_LE(dialogue.reply_text().size(), 300u);
}

TEST(SmtpDialogueTest, IgnoresWhatIsNoReply) {
  SmtpDialogue dialogue;
  for (const char* line : {"", "25", "abc def", "2500 x", "HTTP/1.1 200 OK"}) {
    dialogue.OnReplyLine(line);
  }
  EXPECT_EQ(dialogue.reply_code(), 0);
}

TEST(SmtpDialogueTest, ReadsTheOfferOfTheLastGreeting) {
  SmtpDialogue dialogue;
  dialogue.OnReplyLine("220 AUTH is not an offer here\r\n");
  EXPECT_FALSE(dialogue.offers_login());
  dialogue.OnCommand("EHLO here\r\n");
  dialogue.OnReplyLine("250-mail.quillbrook.example\r\n");
  dialogue.OnReplyLine("250-starttls\r\n");
  dialogue.OnReplyLine("250-AUTHENTIC\r\n");
  EXPECT_FALSE(dialogue.offers_login());
  dialogue.OnReplyLine("250 AUTH=LOGIN\r\n");
  EXPECT_TRUE(dialogue.offers_login());
  EXPECT_TRUE(dialogue.offers_start_tls());
  dialogue.OnCommand("STARTTLS\r\n");
  EXPECT_FALSE(dialogue.start_tls_agreed());
  dialogue.OnReplyLine("220 go\r\n");
  EXPECT_TRUE(dialogue.start_tls_agreed());
  dialogue.OnCommand("EHLO here\r\n");
  EXPECT_FALSE(dialogue.offers_login()) << "what was said before TLS does not count";
}

}  // namespace
}  // namespace schoolwatch::net
