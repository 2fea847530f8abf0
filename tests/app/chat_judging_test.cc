#include "app/intake/chat_judging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "tests/app/samples.h"

namespace schoolwatch::app {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class ChatJudgingTest : public testing::Test {
 protected:
  JudgedChat Judge(const std::string& text, std::string page_of = "quillbrook") {
    const auto judged = JudgeChat(SourceOf(text), *workspace_.judge,
                                  {.name = "Y6 parents", .page_of = std::move(page_of)});
    EXPECT_TRUE(judged.has_value()) << judged.error().message;
    return judged.value_or(JudgedChat{});
  }
  // `minute` past eight.
  static std::string Line(int minute, const std::string& who, const std::string& words) {
    return "17/11/2026, 20:" + std::to_string(10 + minute) + " - " + who + ": " + words + "\n";
  }

  const Workspace workspace_ = TestWorkspace();
};

TEST_F(ChatJudgingTest, AnswerToTalkOfAMemberOfStaffIsKeptWithOneNeighbourEitherSide) {
  const JudgedChat judged =
      Judge(Line(0, "Anna", "swimming at six?") +
            Line(1, "Kit's Mum", "Has anyone else heard about Mr Thrale??") +
            Line(2, "+44 7700 900123", "the teacher hit my son and nobody did anything") +
            Line(3, "Anna", "no way") + Line(4, "Bo", "see you at six"));
  EXPECT_EQ(judged.messages, 5u);
  ASSERT_THAT(judged.kept, SizeIs(1));
  const core::Post& post = judged.kept[0].post;
  EXPECT_EQ(post.text, "the teacher hit my son and nobody did anything");
  EXPECT_EQ(post.author, "+44 7700 900123");
  EXPECT_EQ(post.quoted,
            "Before it, Member 2: Has anyone else heard about Mr Thrale??\n"
            "After it, Member 1: no way");
  EXPECT_EQ(post.visibility, core::Visibility::kReportedPrivate);
  EXPECT_EQ(post.thread_title, "Y6 parents");
  EXPECT_EQ(core::FormatRfc3339(post.published.value()), "2026-11-17T20:12:00Z");
}

TEST_F(ChatJudgingTest, TalkOfOtherThingsIsNotEvenJudged) {
  const JudgedChat judged = Judge(Line(0, "Anna", "my brother in law is a thug, he beat up a man") +
                                  Line(1, "Bo", "I hate him"));
  EXPECT_THAT(judged.kept, IsEmpty());
  EXPECT_EQ(judged.looked_at, 0u);
  EXPECT_EQ(judged.messages, 2u);
}

TEST_F(ChatJudgingTest, TalkOfTheNextDayIsAnother) {
  const std::string said = "17/11/2026, 08:00 - Anna: is the school open?\n";
  EXPECT_EQ(Judge(said + "17/11/2026, 20:30 - Bo: he hit a child\n").looked_at, 2u);
  EXPECT_EQ(Judge(said + "18/11/2026, 20:30 - Bo: he hit a child\n").looked_at, 1u);
}

TEST_F(ChatJudgingTest, WithoutASchoolOnlyWhatNamesOneCounts) {
  const std::string chat =
      Line(0, "Anna", "the school is shut") +
      Line(1, "Bo", "a teacher at Quillbrook Academy hit a child in the playground");
  const JudgedChat judged = Judge(chat, "");
  ASSERT_THAT(judged.kept, SizeIs(1));
  EXPECT_THAT(judged.kept[0].post.text, HasSubstr("Quillbrook Academy"));
}

TEST_F(ChatJudgingTest, MembersWhoAreCalledAreNumbersToo) {
  const JudgedChat judged =
      Judge(Line(0, "Dana K", "hello") +
            Line(1, "Bo", "@Dana K a teacher at Quillbrook Academy hit a child in class"));
  ASSERT_THAT(judged.kept, SizeIs(1));
  EXPECT_THAT(judged.kept[0].post.text, HasSubstr("@Member 1 a teacher"));
  EXPECT_THAT(judged.kept[0].post.quoted, Not(HasSubstr("Dana")));
}

TEST_F(ChatJudgingTest, SameMessageHasTheSameIdInEveryExport) {
  const std::string bad = Line(1, "Bo", "a teacher at Quillbrook Academy hit a child");
  const JudgedChat once = Judge(bad);
  const JudgedChat again = Judge(Line(0, "Anna", "hi") + bad + bad);
  ASSERT_THAT(once.kept, SizeIs(1));
  ASSERT_THAT(again.kept, SizeIs(2));
  EXPECT_EQ(again.kept[0].post.id, once.kept[0].post.id);
  EXPECT_NE(again.kept[1].post.id, once.kept[0].post.id);
}

// Where the school is not given each message is judged by itself, after the one before it; where it
// is, many are judged together. Of a chat in which each names the school both keep the same.
TEST_F(ChatJudgingTest, WhatIsJudgedTogetherComesOutAsOneByOne) {
  std::string chat;
  for (int i = 0; i < 1'300; ++i) {
    const std::string about = std::to_string(i);
    chat += Line(i % 40, "Member " + std::to_string(i % 7),
                 i % 3 == 0 ? "@Member 5 a teacher at Quillbrook Academy hit child " + about
                            : "Quillbrook Academy is shut, they say, for the " + about + "th time");
  }
  const JudgedChat together = Judge(chat);
  const JudgedChat apart = Judge(chat, "");
  EXPECT_EQ(together.looked_at, 1'300u);
  ASSERT_THAT(together.kept, SizeIs(434));
  ASSERT_EQ(apart.kept.size(), together.kept.size());
  for (std::size_t i = 0; i < apart.kept.size(); ++i) {
    const core::Post& a = together.kept[i].post;
    const core::Post& b = apart.kept[i].post;
    EXPECT_EQ(std::tie(a.id, a.text, a.quoted, a.author, a.published),
              std::tie(b.id, b.text, b.quoted, b.author, b.published));
    EXPECT_THAT(a.quoted, i == 433 ? HasSubstr("Before it, ") : HasSubstr("After it, "));
  }
}

TEST_F(ChatJudgingTest, OtherTextIsRefused) {
  EXPECT_FALSE(JudgeChat(SourceOf("no chat"), *workspace_.judge, {}).has_value());
}

}  // namespace
}  // namespace schoolwatch::app
