#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "alerts/channels/webhook.h"
#include "app/case_changes.h"
#include "app/commands/alerts_route.h"
#include "app/pipeline/delivery.h"
#include "app/pipeline/outcome_builder.h"
#include "app/withheld_cases.h"
#include "tests/app/samples.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/recording_sink.h"

// What may not be told to somebody reaches them in no message, whatever planned it and whenever.
namespace schoolwatch::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::array kDeliveries{core::Delivery::kNow, core::Delivery::kDigest,
                                 core::Delivery::kBacklog, core::Delivery::kSummary};
constexpr std::string_view kHead = "head@quillbrook.example";

config::Contact ContactOf(std::string role, std::string name) {
  std::string email = (role == "headteacher" ? "head" : role) + "@quillbrook.example";
  return {.role = std::move(role),
          .name = std::move(name),
          .email = std::move(email),
          .schools = {},
          .where = {}};
}

class WithheldMailTest : public testing::Test {
 protected:
  WithheldMailTest() {
    workspace_.config.settings.contacts = {
        ContactOf("headteacher", "Mrs Ada Wren"), ContactOf("dsl", "Miss Noor Hadley"),
        ContactOf("deputy", "Mr Silas Thrale"), ContactOf("chair", "Mr Idris Vale"),
        ContactOf("it", "Sam Dray")};
  }

  // Posts of one thread.
  static JudgedPost Concern(std::string id, std::string text, std::string thread = "gates") {
    JudgedPost judged = Allegation(std::move(id), std::move(text), core::Severity::kLow);
    judged.post.thread_url = "http://herald.example/" + thread;
    judged.judgement.categories = {core::Category::kSafeguarding};
    judged.judgement.topics = {"staff_conduct"};
    return judged;
  }

  void Look(std::vector<JudgedPost> posts) {
    const config::Settings& settings = workspace_.config.settings;
    const alerts::Planner planner(settings.contacts, settings.schools, settings.alerts.route);
    OutcomeBuilder builder(store_, store_, planner, clock_);
    ASSERT_TRUE(builder.Add(DocumentOf(std::move(posts)), {}).has_value());
    ASSERT_TRUE(store_.Commit(builder.Take()).has_value());
    clock_.Advance(std::chrono::minutes(1));
  }

  std::vector<core::Case> Cases() { return store_.ListCases({}).value(); }

  // The case of a post, by the platform's id of it.
  core::Case CaseOf(std::string_view post) {
    const std::vector<core::Case> cases = Cases();
    for (const core::Case& of : cases) {
      if (store_.LoadFinding(of.findings.at(0))->post.id == post) {
        return of;
      }
    }
    return {};
  }

  // A post that the head alone is told of.
  static JudgedPost Grumble(std::string id, std::string text) {
    JudgedPost judged = Allegation(std::move(id), std::move(text), core::Severity::kLow);
    judged.post.thread_url = "http://herald.example/gates";
    judged.judgement.categories = {core::Category::kReputational};
    judged.judgement.topics = {"complaint"};
    return judged;
  }

  // The finding of a post, by the platform's id of it.
  std::string FindingOf(std::string_view post) {
    for (const core::Case& of : Cases()) {
      for (const std::string& id : of.findings) {
        if (store_.LoadFinding(id)->post.id == post) {
          return id;
        }
      }
    }
    return {};
  }

  std::set<std::string> RecipientsThatWait() {
    std::set<std::string> recipients;
    const std::vector<core::OutboxItem> items = store_.LoadItems().value();
    for (const core::OutboxItem& item : items) {
      recipients.insert(item.recipient);
    }
    return recipients;
  }

  // As if somebody else's code had queued all there is for everybody, in every form.
  void QueueEverythingForEverybody() {
    core::DocumentOutcome outcome;
    for (const core::Case& of : Cases()) {
      for (const std::string& finding : of.findings) {
        for (const config::Contact& contact : workspace_.config.settings.contacts) {
          for (const core::Delivery delivery : kDeliveries) {
            core::OutboxItem item;
            item.id = contact.email + finding + std::string(core::DeliveryName(delivery));
            item.recipient = contact.email;
            item.batch_key = std::string(core::DeliveryName(delivery)) + of.school;
            item.delivery = delivery;
            item.school = of.school;
            item.case_id = of.id;
            item.finding_id = finding;
            item.reason = "unanswered";
            item.created_at = clock_.Now();
            outcome.outbox.push_back(std::move(item));
          }
        }
      }
    }
    ASSERT_TRUE(store_.Commit({&outcome, 1}).has_value());
  }

  void Deliver() {
    const auto report = DeliverWaiting(workspace_, store_, sink_, clock_, DeliveryRound::kAll);
    ASSERT_TRUE(report.has_value()) << report.error().message;
  }

  // The cases that messages to this address told of, in whatever part of them.
  std::set<std::string> ToldOf(std::string_view address) {
    std::set<std::string> cases;
    for (const alerts::AlertBatch& batch : sink_.delivered()) {
      if (batch.batch.recipient != address) {
        continue;
      }
      for (const core::OutboxItem& item : batch.batch.items) {
        cases.insert(item.case_id);
      }
      for (const alerts::AlertEntry& entry : batch.entries) {
        cases.insert(entry.case_now.id);
        cases.insert(entry.finding.case_id);
      }
    }
    return cases;
  }

  // The findings in all messages to this address.
  std::set<std::string> FindingsTold(std::string_view address) {
    std::set<std::string> findings;
    for (const alerts::AlertBatch& batch : sink_.delivered()) {
      for (const alerts::AlertEntry& entry : batch.entries) {
        if (batch.batch.recipient == address) {
          findings.insert(entry.finding.id);
        }
      }
    }
    return findings;
  }

  Workspace workspace_ = TestWorkspace();
  fakes::ManualClock clock_;
  fakes::MemoryStore store_;
  fakes::RecordingSink sink_;
};

TEST_F(WithheldMailTest, WhatALaterPostNamesLeavesTheMailsThatWait) {
  Look({Concern("c1", "A teacher hit my boy behind the hall at dinner time.")});
  Look({Concern("c2", "It was Mrs Wren, I saw it with my own eyes.")});
  ASSERT_EQ(Cases().size(), 1u);
  QueueEverythingForEverybody();
  Deliver();
  EXPECT_TRUE(ToldOf(kHead).empty());
  for (const char* other : {"dsl", "deputy", "chair", "it"}) {
    EXPECT_EQ(ToldOf(std::string(other) + "@quillbrook.example").size(), 1u) << other;
  }
  for (const alerts::AlertBatch& batch : sink_.delivered()) {
    for (const alerts::AlertEntry& entry : batch.entries) {
      EXPECT_EQ(entry.withheld, std::vector<std::string>{"headteacher"})
          << "also of what was planned before, so that the advice fits";
    }
  }
  EXPECT_TRUE(store_.LoadItems().value().empty());
  EXPECT_TRUE(store_.LoadBatches().value().empty()) << "nothing waits for ever";
}

TEST_F(WithheldMailTest, OneThatWasSealedAlreadyIsNotSentEither) {
  Look({Concern("c1", "A teacher hit my boy behind the hall at dinner time.")});
  QueueEverythingForEverybody();
  sink_.FailNext({core::ErrorKind::kUnavailable, "no connection"});
  Deliver();
  ASSERT_FALSE(store_.LoadBatches().value().empty());
  Look({Concern("c2", "It was the headteacher, I saw it with my own eyes.")});
  clock_.Advance(std::chrono::hours(2));
  Deliver();
  EXPECT_TRUE(ToldOf(kHead).empty());
  EXPECT_FALSE(ToldOf("chair@quillbrook.example").empty());
}

TEST_F(WithheldMailTest, AnEditThatAccusesSomebodyNewIsToldAtOnce) {
  Look({Concern("c1", "A teacher hit my boy behind the hall at dinner time.")});
  Deliver();
  EXPECT_EQ(ToldOf(kHead).size(), 1u);
  Look({Concern("c1", "Mrs Wren hit my boy behind the hall at dinner time.")});
  std::set<std::string> recipients;
  const std::vector<core::OutboxItem> items = store_.LoadItems().value();
  for (const core::OutboxItem& item : items) {
    recipients.insert(item.recipient);
    EXPECT_EQ(item.delivery, core::Delivery::kNow);
  }
  EXPECT_EQ(recipients,
            (std::set<std::string>{"dsl@quillbrook.example", "chair@quillbrook.example"}));
  Look({Concern("c1", "Mrs Wren hit my boy behind the hall at break time.")});
  EXPECT_EQ(store_.LoadItems().value().size(), 2u) << "which says nothing new";
}

TEST_F(WithheldMailTest, AMilderEditThatNamesSomebodyCountsForWhatWaitsAndForWhatComes) {
  Look({Concern("c1", "A teacher hit my boy behind the hall at dinner time.")});
  JudgedPost milder = Concern("c1", "Mrs Wren should know what happened behind the hall.");
  milder.judgement.categories.clear();
  milder.judgement.topics.clear();
  Look({milder});
  QueueEverythingForEverybody();
  Deliver();
  EXPECT_TRUE(ToldOf(kHead).empty());
  Look({Concern("c2", "The same happened to my daughter in the spring.")});
  const std::vector<core::OutboxItem> items = store_.LoadItems().value();
  for (const core::OutboxItem& item : items) {
    EXPECT_NE(item.recipient, kHead);
    EXPECT_EQ(item.withheld, std::vector<std::string>{"headteacher"});
  }
  Deliver();
  EXPECT_TRUE(ToldOf(kHead).empty());
  EXPECT_FALSE(ToldOf("chair@quillbrook.example").empty());
}

TEST_F(WithheldMailTest, AMergeThatBringsANameCounts) {
  Look({Concern("c1", "A teacher hit my boy behind the hall at dinner time.")});
  Look({Concern("c2", "Mrs Wren should be kept away from all children for ever.", "fair")});
  std::vector<core::Case> cases = Cases();
  ASSERT_EQ(cases.size(), 2u);
  QueueEverythingForEverybody();
  const auto merged = MergeCases(store_, cases[0].id, cases[1].id,
                                 {.who = "Noor Hadley", .reason = "one story", .at = clock_.Now()});
  ASSERT_TRUE(merged.has_value()) << merged.error().message;
  ASSERT_TRUE(store_.Commit({&*merged, 1}).has_value());
  Deliver();
  EXPECT_TRUE(ToldOf(kHead).empty());
  EXPECT_FALSE(ToldOf("dsl@quillbrook.example").empty());
}

// --- What is withheld from one is told to whoever may know ---

TEST_F(WithheldMailTest, WhatLeavesTheHeadsMailComesToTheChairsInTheSameMail) {
  Look({Grumble("c1", "The gates are never locked at Quillbrook Academy.")});
  ASSERT_EQ(RecipientsThatWait(), std::set<std::string>{std::string(kHead)});
  Look({Concern("c2", "It was Mrs Wren, I saw it with my own eyes.")});
  ASSERT_EQ(Cases().size(), 1u);
  Deliver();
  EXPECT_TRUE(ToldOf(kHead).empty());
  const std::set<std::string> both = {FindingOf("c1"), FindingOf("c2")};
  EXPECT_EQ(FindingsTold("chair@quillbrook.example"), both);
  EXPECT_EQ(FindingsTold("dsl@quillbrook.example"), both);
  EXPECT_EQ(sink_.delivered().size(), 2u) << "one mail to each";
  Deliver();
  EXPECT_EQ(sink_.delivered().size(), 2u) << "and none twice";
  EXPECT_TRUE(store_.LoadItems().value().empty());
  EXPECT_TRUE(store_.LoadBatches().value().empty());
}

TEST_F(WithheldMailTest, WhatWasSealedForTheHeadComesToTheChairToo) {
  Look({Grumble("c1", "The gates are never locked at Quillbrook Academy.")});
  sink_.FailNext({core::ErrorKind::kUnavailable, "no connection"});
  Deliver();
  ASSERT_EQ(store_.LoadBatches().value().size(), 1u);
  Look({Concern("c2", "It was the headteacher, I saw it with my own eyes.")});
  clock_.Advance(std::chrono::hours(2));
  Deliver();
  EXPECT_TRUE(ToldOf(kHead).empty());
  EXPECT_TRUE(FindingsTold("chair@quillbrook.example").contains(FindingOf("c1")));
  EXPECT_TRUE(FindingsTold("dsl@quillbrook.example").contains(FindingOf("c1")));
}

TEST_F(WithheldMailTest, WhoWasToldBeforeIsNotToldAgain) {
  Look({Concern("c1", "A teacher hit my boy behind the hall at dinner time.")});
  Deliver();
  const std::set<std::string> first = {FindingOf("c1")};
  ASSERT_EQ(FindingsTold("dsl@quillbrook.example"), first);
  core::DocumentOutcome reminder;  // Of it, to the head, waits when the head is named.
  core::OutboxItem item;
  item.id = "reminder";
  item.recipient = std::string(kHead);
  item.case_id = Cases().at(0).id;
  item.batch_key = "case:" + item.case_id;
  item.school = "quillbrook";
  item.finding_id = FindingOf("c1");
  item.reason = "unanswered";
  item.created_at = clock_.Now();
  reminder.outbox = {item};
  ASSERT_TRUE(store_.Commit({&reminder, 1}).has_value());
  clock_.Advance(std::chrono::minutes(1));
  Look({Concern("c2", "It was Mrs Wren, I saw it with my own eyes.")});
  clock_.Advance(std::chrono::hours(2));
  Deliver();
  std::size_t told = 0;
  for (const alerts::AlertBatch& batch : sink_.delivered()) {
    for (const alerts::AlertEntry& entry : batch.entries) {
      told +=
          batch.batch.recipient == "dsl@quillbrook.example" && entry.finding.id == FindingOf("c1")
              ? 1u
              : 0u;
    }
  }
  EXPECT_EQ(told, 1u);
  EXPECT_TRUE(FindingsTold("chair@quillbrook.example").contains(FindingOf("c1")));
}

TEST_F(WithheldMailTest, WhereNobodyMayKnowItComesToItWithoutContent) {
  Look({Grumble("c1", "The gates are never locked at Quillbrook Academy.")});
  Look({Concern("c2", "Mrs Wren, Miss Hadley, Mr Thrale and Mr Vale all hit children.")});
  Deliver();
  for (const char* named : {"head", "dsl", "deputy", "chair"}) {
    EXPECT_TRUE(ToldOf(std::string(named) + "@quillbrook.example").empty()) << named;
  }
  ASSERT_EQ(sink_.delivered().size(), 1u);
  EXPECT_EQ(sink_.delivered()[0].batch.recipient, "it@quillbrook.example");
  EXPECT_EQ(sink_.delivered()[0].entries.at(0).reason, alerts::kReasonNobody);
  EXPECT_EQ(FindingsTold("it@quillbrook.example"),
            (std::set<std::string>{FindingOf("c1"), FindingOf("c2")}));
}

TEST_F(WithheldMailTest, WhereThereIsNobodyAtAllTheRoundSaysSo) {
  std::erase_if(workspace_.config.settings.contacts, [](const config::Contact& contact) {
    return contact.role != "headteacher" && contact.role != "dsl";
  });
  Look({Grumble("c1", "The gates are never locked at Quillbrook Academy.")});
  Look({Concern("c2", "Mrs Wren and Miss Hadley hit children.")});
  const auto report = DeliverWaiting(workspace_, store_, sink_, clock_, DeliveryRound::kAll);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->untold, 1u);
  EXPECT_TRUE(sink_.delivered().empty());
}

// Keeps what is posted.
class KeepingPoster final : public net::HttpPoster {
 public:
  explicit KeepingPoster(std::vector<std::string>& bodies) : bodies_(bodies) {}
  core::Result<net::PostAnswer> Post(std::string_view, const net::Headers&,
                                     std::string_view body) override {
    bodies_.emplace_back(body);
    return net::PostAnswer{.status = 204, .headers = {}, .body = {}};
  }

 private:
  std::vector<std::string>& bodies_;
};

TEST_F(WithheldMailTest, WhatALaterPostNamesLeavesTheWebhookToo) {
  Look({Concern("c1", "A teacher hit my boy behind the hall at dinner time.")});
  Look({Allegation("d1", "Mr Thrale took the money of the trip.", core::Severity::kLow)});
  Look({Concern("c2", "It was Mrs Wren, I saw it with my own eyes.")});
  QueueEverythingForEverybody();
  const auto composer = MakeComposer(workspace_);
  ASSERT_TRUE(composer.has_value()) << composer.error().message;
  std::vector<std::string> bodies;
  alerts::WebhookSink webhook({.url = "https://hooks.example/", .secret = "s", .ca_file = {}},
                              std::make_unique<KeepingPoster>(bodies), **composer, clock_);
  ASSERT_TRUE(DeliverWaiting(workspace_, store_, webhook, clock_, DeliveryRound::kAll).has_value());
  const std::string secret = CaseOf("c1").id;
  std::size_t to_head = 0;
  for (const std::string& body : bodies) {
    if (body.find(kHead) != std::string::npos) {
      ++to_head;
      EXPECT_THAT(body, AllOf(Not(HasSubstr(secret)), Not(HasSubstr("behind the hall")),
                              Not(HasSubstr("my own eyes")), HasSubstr(CaseOf("d1").id)));
    }
  }
  EXPECT_GT(to_head, 0u) << "of the other case they are told";
  EXPECT_GT(bodies.size(), to_head);
}

TEST_F(WithheldMailTest, OtherCasesInTheSameMessageAreTold) {
  Look({Concern("c1", "Mrs Wren hit my boy behind the hall at dinner time.")});
  JudgedPost other =
      Allegation("d1", "Mr Thrale took the money of the trip.", core::Severity::kLow);
  other.post.thread_url = "http://herald.example/trip";
  Look({other});
  QueueEverythingForEverybody();
  Deliver();
  const auto composer = MakeComposer(workspace_);
  ASSERT_TRUE(composer.has_value()) << composer.error().message;
  const std::string secret = CaseOf("c1").id;
  for (const alerts::AlertBatch& batch : sink_.delivered()) {
    if (batch.batch.recipient == kHead) {
      const auto mail = (*composer)->Compose(batch);
      ASSERT_TRUE(mail.has_value()) << mail.error().message;
      EXPECT_THAT(mail->text + mail->html + mail->rfc5322,
                  AllOf(Not(HasSubstr(secret)), Not(HasSubstr("behind the"))));
    }
  }
  const std::set<std::string> told = ToldOf(kHead);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(store_.LoadCase(*told.begin())->categories,
            std::vector<core::Category>{core::Category::kDefamatory});
  EXPECT_EQ(ToldOf("dsl@quillbrook.example").size(), 2u);
}

TEST_F(WithheldMailTest, WhoMayBeToldIsAskedOfTheCaseAsItStands) {
  Look({Concern("c1", "The safeguarding lead is told and does nothing but harm.")});
  const core::Case of = Cases().at(0);
  WithheldCases withheld(store_, workspace_.config.settings);
  EXPECT_TRUE(withheld.MayBeTold(of, kHead).value());
  EXPECT_FALSE(withheld.MayBeTold(of, "DSL@quillbrook.example").value());
  EXPECT_EQ(withheld.AccusedIn(of).value(), std::vector<std::string>{"dsl"});
}

// --- alerts route ---

TEST_F(WithheldMailTest, ExplainSaysOfACaseWhoIsToldAndWhoIsNotAndNoWordOfIt) {
  Look({Concern("c1", "Mrs Wren hit my boy behind the hall at dinner time.")});
  const core::Case of = Cases().at(0);
  std::ostringstream out;
  const auto done = ExplainCaseRoute(store_, workspace_.config.settings, of.id,
                                     OutputForm::kForPeople, clock_.Now(), out);
  ASSERT_TRUE(done.has_value()) << done.error().message;
  EXPECT_THAT(out.str(), HasSubstr("Branch: safeguarding (config/route.yaml:6:5)"));
  EXPECT_THAT(out.str(), HasSubstr("in the headteacher's place"));
  EXPECT_THAT(out.str(), HasSubstr("Not told, as the case may mean them"));
  EXPECT_THAT(out.str(), HasSubstr("the surname stands in the case"));
  EXPECT_THAT(out.str(), Not(HasSubstr("hall")));
  std::ostringstream by_post;
  ASSERT_TRUE(ExplainCaseRoute(store_, workspace_.config.settings, of.findings[0],
                               OutputForm::kForPeople, clock_.Now(), by_post)
                  .has_value());
  EXPECT_EQ(by_post.str(), out.str());
  EXPECT_EQ(ExplainCaseRoute(store_, workspace_.config.settings, "nonsense", OutputForm::kForPeople,
                             clock_.Now(), out)
                .error()
                .kind,
            core::ErrorKind::kNotFound);
}

TEST_F(WithheldMailTest, ExplainTellsWhatItIsGivenAsAPlannedMailWouldSay) {
  std::ostringstream out;
  const RouteQuestion question{.school = "",
                               .categories = {"safeguarding"},
                               .severity = "high",
                               .topics = {"grooming"},
                               .source = "herald",
                               .title = "",
                               .text = "the dsl",
                               .form = OutputForm::kJsonLines};
  ASSERT_TRUE(ExplainRoute(workspace_.config.settings, question, nullptr, clock_.Now(), out));
  EXPECT_THAT(out.str(), HasSubstr(R"("branch":"safeguarding")"));
  EXPECT_THAT(out.str(), HasSubstr(R"("told":[{"role":"headteacher","email":"head@)"));
  EXPECT_THAT(out.str(), HasSubstr(R"("withheld":[{"role":"dsl","email":"dsl@)"));
  EXPECT_THAT(out.str(), HasSubstr(R"("delivery":"now")"));
}

struct BadQuestion {
  const char* name;
  RouteQuestion question;
};

class BadQuestionTest : public testing::TestWithParam<BadQuestion> {};

TEST_P(BadQuestionTest, IsRefused) {
  const Workspace workspace = TestWorkspace();
  std::ostringstream out;
  const auto done = ExplainRoute(workspace.config.settings, GetParam().question,
                                 workspace.judge.get(), core::Timestamp{}, out);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, core::ErrorKind::kBadInput);
  EXPECT_EQ(out.str(), "");
}

RouteQuestion Asking(std::vector<std::string> categories, std::string severity,
                     std::vector<std::string> topics, std::string school, std::string text) {
  return {.school = std::move(school),
          .categories = std::move(categories),
          .severity = std::move(severity),
          .topics = std::move(topics),
          .source = "",
          .title = "",
          .text = std::move(text),
          .form = OutputForm::kForPeople};
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadQuestionTest,
    testing::Values(
        BadQuestion{"Category", Asking({"gossip"}, "high", {}, "", "")},
        BadQuestion{"Severity", Asking({"defamatory"}, "dire", {}, "", "")},
        BadQuestion{"Topic", Asking({"defamatory"}, "high", {"weather"}, "", "")},
        BadQuestion{"School", Asking({"defamatory"}, "high", {}, "millbank", "")},
        BadQuestion{"AboutNobody", Asking({}, "high", {}, "", "The fair is on Sunday.")},
        BadQuestion{"NoConcern",
                    Asking({}, "high", {}, "", "The fair of Quillbrook Academy is on Sunday.")}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::app
