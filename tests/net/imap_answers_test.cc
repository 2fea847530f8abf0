#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/imap_mailbox.h"

namespace schoolwatch::net {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ImapAnswersTest, NumbersOfASearchAreReadOnceAndInOrder) {
  EXPECT_THAT(ReadSearchAnswer("* SEARCH 3 1 2\r\n", 10), ElementsAre(1u, 2u, 3u));
  EXPECT_THAT(ReadSearchAnswer("* SEARCH 5\r\n* SEARCH 5 7\r\n", 10), ElementsAre(5u, 7u));
  EXPECT_THAT(ReadSearchAnswer("* SEARCH\r\n", 10), IsEmpty());
}

TEST(ImapAnswersTest, WhatIsNoNumberEndsTheList) {
  EXPECT_THAT(ReadSearchAnswer("* SEARCH 1 x 2\r\n", 10), ElementsAre(1u));
  EXPECT_THAT(ReadSearchAnswer("* SEARCH 0 1\r\n", 10), IsEmpty());
  EXPECT_THAT(ReadSearchAnswer("* SEARCH 99999999999999999999 1\r\n", 10), IsEmpty());
  EXPECT_THAT(ReadSearchAnswer("* SEARCH 4294967296\r\n", 10), IsEmpty());
  EXPECT_THAT(ReadSearchAnswer("* LIST 1 2\r\n* OK SEARCH 4\r\n", 10), IsEmpty());
  EXPECT_THAT(ReadSearchAnswer("* SEARCH 1 2 3\r\n", 2), ElementsAre(1u, 2u));
}

TEST(ImapAnswersTest, SizesAreReadWhateverTheirOrder) {
  EXPECT_THAT(ReadSizeAnswer("* 1 FETCH (UID 5 RFC822.SIZE 1234)\r\n"
                             "* 2 FETCH (RFC822.SIZE 99 UID 6)\r\n* 3 FETCH (FLAGS ())\r\n"),
              ElementsAre(ImapMessage{5, 1234}, ImapMessage{6, 99}));
}

TEST(ImapAnswersTest, MailboxElsewhereIsOnlyReadOverTls) {
  ImapOptions options;
  options.host = "imap.quillbrook.example";
  options.tls = TlsMode::kNone;
  options.user = "reports";
  EXPECT_FALSE(MakeImapMailbox(options).has_value());
  options.host = "127.0.0.1";
  EXPECT_TRUE(MakeImapMailbox(options).has_value());
  options.user = "a\r\nb";
  EXPECT_FALSE(MakeImapMailbox(options).has_value());
  options.user = "reports";
  options.box = "";
  EXPECT_FALSE(MakeImapMailbox(options).has_value());
}

}  // namespace
}  // namespace schoolwatch::net
