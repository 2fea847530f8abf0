#include "app/notices/take_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "alerts/answers.h"
#include "tests/app/samples.h"
#include "tests/fakes/memory_store.h"

namespace schoolwatch::app {
namespace {

using alerts::Answer;
using core::AuditAction;
using core::AuditActor;
using core::CaseOutcome;
using core::CaseState;
using core::Category;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";
constexpr const char* kHead = "head@quillbrook.example";
constexpr const char* kDsl = "dsl@quillbrook.example";
const core::Timestamp kAsked = At("2026-11-20T18:30:00Z");

class TakeAnswerTest : public testing::Test {
 protected:
  TakeAnswerTest() {
    settings_ = TestWorkspace().config.settings;
    settings_.contacts.push_back({.role = "chair",
                                  .name = "Mr Otis Fenn",
                                  .email = "chair@quillbrook.example",
                                  .schools = {},
                                  .where = {}});
  }

  void Open(Category category, const std::string& text, std::vector<std::string> topics = {}) {
    core::DocumentOutcome outcome;
    core::Finding finding;
    finding.id = "f1";
    finding.school = "quillbrook";
    finding.case_id = "Q7F3-2KXM";
    finding.post = Allegation("c1", text, core::Severity::kHigh).post;
    finding.judgement.categories = {category};
    finding.judgement.topics = topics;
    finding.fetched_at = kAsked;
    core::Case of;
    of.id = "Q7F3-2KXM";
    of.school = "quillbrook";
    of.title = "At the gates";
    of.categories = {category};
    of.topics = std::move(topics);
    of.findings = {"f1"};
    of.opened_at = of.changed_at = kAsked;
    outcome.findings.push_back(std::move(finding));
    outcome.cases.push_back(std::move(of));
    ASSERT_TRUE(store_.Commit({&outcome, 1}).has_value());
  }
  void OpenCriticism() {
    Open(Category::kReputational, "The dinners at Quillbrook Academy are cold");
  }
  void OpenSafeguarding() {
    Open(Category::kSafeguarding, "He will bring a knife to Quillbrook Academy", {"weapon"});
  }

  static std::string LinkToken(Answer answer, const std::string& recipient) {
    for (const alerts::AnswerLink& link : alerts::AnswerLinks({.case_id = "Q7F3-2KXM",
                                                               .recipient = recipient,
                                                               .to = "reports@quillbrook.example",
                                                               .asked_at = kAsked,
                                                               .valid_for = std::chrono::hours(48)},
                                                              kKey)) {
      if (link.label == alerts::AnswerLabel(answer)) {
        return link.token;
      }
    }
    return "";
  }
  static std::string Mail(const std::string& from, const std::string& token,
                          const std::string& reason = "", const std::string& field = "X-A: b") {
    return "From: " + from + "\r\nSubject: [" + token + "]\r\n" + field + "\r\n\r\n" + reason +
           "\r\n" + std::string(alerts::kAnswerRule) + "\r\n";
  }
  AnswerReceipt Take(const std::string& mail, std::chrono::hours after = std::chrono::hours(1)) {
    const auto receipt =
        TakeAnswer(mail, settings_, NameMask({}, {}), kKey, store_, kAsked + after);
    EXPECT_TRUE(receipt.has_value()) << receipt.error().message;
    return receipt.value_or(AnswerReceipt{});
  }
  AnswerReceipt Answers(Answer answer, const std::string& from = kHead,
                        const std::string& reason = "") {
    return Take(Mail(from, LinkToken(answer, from), reason));
  }
  core::Case Now() { return store_.LoadCase("Q7F3-2KXM").value(); }
  std::vector<AuditAction> Logged() {
    std::vector<AuditAction> actions;
    const auto entries = store_.LoadAudit(0, 100);
    for (const core::AuditEntry& entry : entries.value()) {
      actions.push_back(entry.action);
    }
    return actions;
  }
  std::size_t RefusalsLogged() {
    const std::vector<AuditAction> logged = Logged();
    return static_cast<std::size_t>(std::ranges::count(logged, AuditAction::kAnswerRefused));
  }

  config::Settings settings_;
  fakes::MemoryStore store_;
};

TEST_F(TakeAnswerTest, SeenAndInHandAreStates) {
  OpenCriticism();
  EXPECT_EQ(Answers(Answer::kSeen).fate, AnswerFate::kTaken);
  EXPECT_EQ(Now().state, CaseState::kSeen);
  EXPECT_EQ(Answers(Answer::kInHand, kHead, "I speak with the kitchen.").fate, AnswerFate::kTaken);
  EXPECT_EQ(Now().state, CaseState::kInHand);
  EXPECT_EQ(Now().history.back().who, "Mrs Ada Wren, the headteacher, by mail");
  EXPECT_EQ(Now().history.back().reason, "I speak with the kitchen.");
}

TEST_F(TakeAnswerTest, TheLogSaysWhoseDoingItWas) {
  OpenCriticism();
  (void)Answers(Answer::kSeen, kDsl);
  const core::AuditEntry last = store_.LoadAudit(0, 100).value().back();
  EXPECT_EQ(last.action, AuditAction::kCaseChanged);
  EXPECT_EQ(last.actor, AuditActor::kDsl);
  EXPECT_EQ(last.case_id, "Q7F3-2KXM");
}

TEST_F(TakeAnswerTest, NoConcernClosesWhatIsNoSafeguarding) {
  OpenCriticism();
  EXPECT_EQ(Answers(Answer::kNoConcern).fate, AnswerFate::kTaken);
  EXPECT_EQ(Now().state, CaseState::kClosed);
  EXPECT_EQ(Now().outcome, CaseOutcome::kNoConcern);
  EXPECT_THAT(store_.ListExamples().value(), SizeIs(1)) << "as `cases close` keeps them";
  EXPECT_EQ(Answers(Answer::kNotAboutUs, kDsl, "Another Quillbrook.").fate, AnswerFate::kTaken);
  EXPECT_EQ(Now().outcome, CaseOutcome::kNotAboutUs);
}

TEST_F(TakeAnswerTest, ATapAloneNeverClosesSafeguarding) {
  OpenSafeguarding();
  const AnswerReceipt first = Answers(Answer::kNoConcern, kDsl);
  EXPECT_EQ(first.fate, AnswerFate::kNoted);
  EXPECT_THAT(first.what, HasSubstr("only closed with a reason"));
  EXPECT_EQ(Now().state, CaseState::kSeen);
  EXPECT_EQ(Answers(Answer::kNoConcern, kDsl).fate, AnswerFate::kRefused);
  EXPECT_EQ(Answers(Answer::kNoConcern, kDsl, "A line from the school play.").fate,
            AnswerFate::kTaken)
      << "the same link, with the reason that was missing";
  EXPECT_EQ(Now().state, CaseState::kClosed);
  EXPECT_EQ(Answers(Answer::kNoConcern, kDsl, "Again.").fate, AnswerFate::kRefused);
}

TEST_F(TakeAnswerTest, ALinkWorksOnce) {
  OpenCriticism();
  EXPECT_EQ(Answers(Answer::kInHand).fate, AnswerFate::kTaken);
  const core::Case before = Now();
  const AnswerReceipt again = Answers(Answer::kInHand);
  EXPECT_EQ(again.fate, AnswerFate::kRefused);
  EXPECT_THAT(again.what, HasSubstr("used before"));
  EXPECT_EQ(Now(), before);
  EXPECT_EQ(RefusalsLogged(), 1u);
  EXPECT_EQ(Answers(Answer::kInHand, kDsl).fate, AnswerFate::kNoted) << "another one's link";
}

TEST_F(TakeAnswerTest, WhatIsNotGoodIsRefusedAndLogged) {
  OpenCriticism();
  const std::string token = LinkToken(Answer::kInHand, kHead);
  std::string forged = token;
  forged.back() = forged.back() == '0' ? '1' : '0';
  const std::vector<std::pair<std::string, std::string>> rows = {
      {Mail(kHead, forged), "forged"},
      {Mail(kDsl, token), "sent by somebody else"},
      {Mail("stranger@elsewhere.example", token), "sent by somebody else"},
      {Mail("stranger@elsewhere.example", LinkToken(Answer::kInHand, "stranger@elsewhere.example")),
       "no contact"},
      {Mail(kHead, token, "", "Auto-Submitted: auto-replied"), "a program wrote it"},
      {Mail(kHead, token + "] [" + LinkToken(Answer::kSeen, kHead)), "several answers"},
  };
  const core::Case before = Now();
  for (const auto& [mail, why] : rows) {
    const AnswerReceipt receipt = Take(mail);
    EXPECT_EQ(receipt.fate, AnswerFate::kRefused) << mail;
    EXPECT_THAT(receipt.what, HasSubstr(why));
  }
  const AnswerReceipt late = Take(Mail(kHead, token), std::chrono::hours(49));
  EXPECT_THAT(late.what, HasSubstr("expired"));
  EXPECT_EQ(RefusalsLogged(), rows.size() + 1);
  EXPECT_EQ(Now(), before) << "nothing of it has any effect";
}

TEST_F(TakeAnswerTest, MailsWithoutAnAnswerAreNotLogged) {
  OpenCriticism();
  const std::size_t logged = Logged().size();
  EXPECT_EQ(Take("From: a@b.example\r\nSubject: Dinner\r\n\r\nHello").fate, AnswerFate::kNoAnswer);
  EXPECT_EQ(Take("no mail").fate, AnswerFate::kNoAnswer);
  EXPECT_THAT(Logged(), SizeIs(logged));
}

TEST_F(TakeAnswerTest, AnAnswerToACaseThatIsGoneIsRefused) {
  EXPECT_THAT(Answers(Answer::kSeen).what, HasSubstr("no longer kept"));
}

TEST_F(TakeAnswerTest, WhoMayBeNamedInACaseDecidesNothingOfIt) {
  Open(Category::kSafeguarding, "Mrs Wren hits children at Quillbrook Academy", {"staff_conduct"});
  EXPECT_THAT(Answers(Answer::kNoConcern, kHead, "Nothing in it.").what,
              HasSubstr("may be named in the case"));
  EXPECT_EQ(Now().state, CaseState::kNew);
  EXPECT_EQ(Answers(Answer::kInHand, kDsl).fate, AnswerFate::kTaken);
}

TEST_F(TakeAnswerTest, AClosedCaseIsNotOpenedByALateTap) {
  OpenCriticism();
  (void)Answers(Answer::kNoConcern);
  EXPECT_EQ(Answers(Answer::kInHand, kDsl).fate, AnswerFate::kNoted);
  EXPECT_EQ(Now().state, CaseState::kClosed);
  EXPECT_THAT(Now().history.back().reason, HasSubstr("In hand"));
}

TEST_F(TakeAnswerTest, CallMeTellsTheOthersWhoMayKnow) {
  OpenSafeguarding();
  EXPECT_EQ(Answers(Answer::kCallMe, kDsl, "After four, please.").fate, AnswerFate::kTaken);
  const auto items = store_.LoadItems().value();
  ASSERT_THAT(items, SizeIs(1));
  EXPECT_EQ(items[0].recipient, kHead);
  EXPECT_EQ(items[0].notice.kind, "call");
  EXPECT_TRUE(items[0].never_waits);
  EXPECT_THAT(items[0].notice.text, HasSubstr("designated safeguarding lead"));
  EXPECT_THAT(items[0].notice.text, testing::Not(HasSubstr("four"))) << "no words of a person";
  EXPECT_THAT(items[0].notice.text, testing::Not(HasSubstr("Hadley")));
}

TEST_F(TakeAnswerTest, CallMePassesByWhomTheCaseMayName) {
  Open(Category::kSafeguarding, "Mrs Wren hits children at Quillbrook Academy", {"staff_conduct"});
  (void)Answers(Answer::kCallMe, kDsl);
  const auto items = store_.LoadItems().value();
  ASSERT_THAT(items, SizeIs(1));
  EXPECT_EQ(items[0].recipient, "chair@quillbrook.example");
}

TEST_F(TakeAnswerTest, AFailedWriteUsesNoLinkUp) {
  OpenCriticism();
  store_.FailWrites(core::Error{core::ErrorKind::kUnavailable, "disk full"});
  EXPECT_FALSE(TakeAnswer(Mail(kHead, LinkToken(Answer::kSeen, kHead)), settings_, NameMask({}, {}),
                          kKey, store_, kAsked)
                   .has_value());
  store_.FailWrites(std::nullopt);
  EXPECT_EQ(Answers(Answer::kSeen).fate, AnswerFate::kTaken);
}

}  // namespace
}  // namespace schoolwatch::app
