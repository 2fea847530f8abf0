#include "alerts/planner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "alerts/alert.h"
#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using core::Category;
using core::Delivery;
using core::Severity;
using testing::At;
using testing::CaseOf;
using testing::Contact;
using testing::MakeFinding;

const core::Timestamp kNow = At("2026-11-20T18:06:00Z");

std::vector<config::Contact> Everybody() {
  return {Contact("headteacher", "Mrs Amara Okafor", "head@quillbrook.example"),
          Contact("dsl", "Mr Tomasz Lindqvist", "dsl@quillbrook.example"),
          Contact("deputy", "Ms Priya Venn", "deputy@quillbrook.example"),
          Contact("chair", "Dr Hal Penrose", "chair@quillbrook.example"),
          Contact("it", "Sam Dray", "it@quillbrook.example")};
}

// The part before the "@" of everybody told, in order.
std::string Told(const std::vector<core::OutboxItem>& items) {
  std::string told;
  for (const core::OutboxItem& item : items) {
    told += (told.empty() ? "" : " ") + item.recipient.substr(0, item.recipient.find('@'));
  }
  return told;
}

std::vector<core::OutboxItem> PlanNew(const std::vector<config::Contact>& contacts,
                                      const core::Finding& finding) {
  return Planner(contacts).Plan({.finding = &finding, .before = {}, .after = CaseOf(finding)},
                                kNow);
}

core::Finding Conduct(std::string text) {
  return MakeFinding({.severity = Severity::kHigh, .topics = {"staff_conduct"}, .text = text});
}

// --- Instead of one who may not be told any more ---

TEST(PlanInsteadTest, TellsWhoeverMayKnowAtTheTimeThatWasPlannedAndNobodyTwice) {
  const Planner planner(Everybody());
  const core::Finding mild = MakeFinding({.id = "mild",
                                          .categories = {Category::kReputational},
                                          .severity = Severity::kLow,
                                          .topics = {"complaint"},
                                          .text = "The gates of Quillbrook Academy are open"});
  const CaseChange opened{.finding = &mild, .before = {}, .after = CaseOf(mild)};
  std::vector<core::OutboxItem> planned = planner.Plan(opened, kNow);
  ASSERT_EQ(Told(planned), "head");
  planned[0].not_before = kNow + std::chrono::hours(3);
  planned[0].reason += kOverBudget;

  const core::Finding accusing = Conduct("Mrs Okafor hits children");
  CaseVoices voices;
  planner.Hear(mild, voices);
  planner.Hear(accusing, voices);
  core::Case now = CaseOf(mild);
  now.categories.push_back(Category::kSafeguarding);
  const CaseChange change{.finding = &mild, .before = now, .after = now, .earlier = &voices};
  const std::vector<core::OutboxItem> instead = planner.PlanInstead(change, planned[0]);
  EXPECT_EQ(Told(instead), "dsl chair");
  for (const core::OutboxItem& item : instead) {
    EXPECT_EQ(item.finding_id, "mild");
    EXPECT_EQ(item.delivery, planned[0].delivery);
    EXPECT_EQ(item.not_before, planned[0].not_before);
    EXPECT_EQ(item.created_at, kNow);
    EXPECT_EQ(item.reason, kReasonNew) << "another recipient has another budget";
    EXPECT_EQ(item.withheld, std::vector<std::string>{"headteacher"});
  }
  EXPECT_EQ(instead[0].id, planner.Plan(change, kNow).at(0).id) << "the id that Plan gives";

  const core::Finding all = Conduct("Okafor, Lindqvist, Venn and Penrose hit children");
  planner.Hear(all, voices);
  const std::vector<core::OutboxItem> nobody = planner.PlanInstead(change, planned[0]);
  ASSERT_EQ(Told(nobody), "it");
  EXPECT_EQ(nobody[0].reason, kReasonNobody);
  EXPECT_EQ(nobody[0].delivery, Delivery::kNow);
  EXPECT_TRUE(nobody[0].never_waits);
}

// --- Who ---

struct WhoCase {
  const char* name;
  std::vector<Category> categories;
  std::vector<std::string> topics;
  const char* text;
  const char* told;
};

class WhoIsToldTest : public ::testing::TestWithParam<WhoCase> {};

TEST_P(WhoIsToldTest, ByCategoryAndByWhoIsNamed) {
  const WhoCase& row = GetParam();
  const core::Finding finding = MakeFinding(
      {.categories = row.categories, .topics = row.topics, .text = row.text, .hit = ""});
  EXPECT_EQ(Told(PlanNew(Everybody(), finding)), row.told);
}

const std::vector<Category> kSafe{Category::kSafeguarding};
const std::vector<Category> kDefamatory{Category::kDefamatory};
const std::vector<Category> kReputational{Category::kReputational};

INSTANTIATE_TEST_SUITE_P(
    Routes, WhoIsToldTest,
    ::testing::Values(
        WhoCase{"Safeguarding", kSafe, {"weapon"}, "a knife at Quillbrook Academy", "dsl head"},
        WhoCase{"Defamatory", kDefamatory, {}, "Mr Reed steals", "head"},
        WhoCase{"Reputational", kReputational, {}, "the dinners are cold", "head"},
        WhoCase{"SafeguardingBesideOthers",
                {Category::kReputational, Category::kSafeguarding},
                {"fight"},
                "a fight",
                "dsl head"},
        WhoCase{"NothingAsserted", {}, {}, "the fair is on Sunday", ""},
        WhoCase{"HeadCriticised", kReputational, {}, "Okafor must go", "head chair"},
        WhoCase{"HeadAccusedOfACrime",
                kDefamatory,
                {"crime_allegation"},
                "Mrs Okafor took the money",
                "head chair"},
        WhoCase{"HeadNamed", kSafe, {"staff_conduct"}, "Mrs Okafor hit my boy", "dsl chair"},
        WhoCase{"HeadMeantByOffice", kSafe, {"grooming"}, "the headteacher texts her", "dsl chair"},
        WhoCase{"DslNamed", kSafe, {"grooming"}, "mr lindqvist texts her", "head"},
        WhoCase{"HeadAndDslNamed", kSafe, {"abuse_neglect"}, "Okafor and Lindqvist do it", "chair"},
        WhoCase{"HeadAndChairNamed", kSafe, {"abuse_neglect"}, "Okafor and Penrose do it", "dsl"},
        WhoCase{"HeadDslAndChairNamed",
                kSafe,
                {"abuse_neglect"},
                "Okafor, Lindqvist and Penrose do it",
                "deputy"},
        WhoCase{"EverybodyNamed",
                kSafe,
                {"abuse_neglect"},
                "Okafor, Lindqvist, Penrose and Venn do it",
                "it"},
        WhoCase{"EverybodyAndItNamed",
                kSafe,
                {"abuse_neglect"},
                "Okafor, Lindqvist, Penrose, Venn and Dray do it",
                ""},
        WhoCase{"NamedAsOneWhoShouldHelp",
                kSafe,
                {"weapon", "threat"},
                "Mrs Okafor, there is a knife in school",
                "dsl head"},
        WhoCase{"NoTopicKnown", kSafe, {}, "Mrs Okafor", "dsl chair"}),
    [](const auto& row) { return std::string(row.param.name); });

struct VacancyCase {
  const char* name;
  Category category;
  std::set<std::string> roles;
  const char* told;
};

class VacancyTest : public ::testing::TestWithParam<VacancyCase> {};

TEST_P(VacancyTest, AVacantPostIsFilledByTheNextInLine) {
  std::vector<config::Contact> contacts = Everybody();
  std::erase_if(contacts, [](const config::Contact& contact) {
    return !GetParam().roles.contains(contact.role);
  });
  const core::Finding finding =
      MakeFinding({.categories = {GetParam().category}, .topics = {"weapon"}});
  EXPECT_EQ(Told(PlanNew(contacts, finding)), GetParam().told);
}

INSTANTIATE_TEST_SUITE_P(
    Posts, VacancyTest,
    ::testing::Values(
        VacancyCase{"NoDsl", Category::kSafeguarding, {"headteacher", "chair"}, "head"},
        VacancyCase{"NoHead", Category::kSafeguarding, {"dsl", "chair"}, "dsl"},
        VacancyCase{"NoHeadForCriticism", Category::kReputational, {"dsl", "chair"}, "dsl"},
        VacancyCase{"DeputyBeforeChair", Category::kSafeguarding, {"deputy", "chair"}, "deputy"},
        VacancyCase{"ChairAlone", Category::kReputational, {"chair", "it"}, "chair"},
        VacancyCase{"ItAloneGetsANotice", Category::kSafeguarding, {"it"}, "it"},
        VacancyCase{"Nobody", Category::kSafeguarding, {}, ""}),
    [](const auto& row) { return std::string(row.param.name); });

// Every set of contacts, every set of those named, and every way of writing about them: nobody is
// told of what names them, somebody is told where anybody may be, and IT never gets the content.
TEST(PlannerTest, InEveryCombinationNobodyIsToldOfWhatNamesThem) {
  const std::vector<config::Contact> all = Everybody();
  const std::vector<std::string> surnames{"Okafor", "Lindqvist", "Venn", "Penrose", "Dray"};
  for (unsigned present = 0; present < 32; ++present) {
    for (unsigned named = 0; named < 32; ++named) {
      if ((named & ~present) != 0) {
        continue;
      }
      for (const bool one_person : {false, true}) {
        std::vector<config::Contact> contacts;
        std::string text = "It is done by ";
        std::set<std::string> forbidden;
        bool anybody_left = false;
        for (std::size_t i = 0; i < all.size(); ++i) {
          // In half of the runs the headteacher is the DSL as well.
          config::Contact contact = all[i];
          bool is_named = (named >> i & 1) != 0;
          if (one_person && i == 1) {
            contact.name = all[0].name;
            contact.email = "Head@quillbrook.example";
            is_named = (named & 1) != 0;
          }
          if (is_named) {
            text += surnames[one_person && i == 1 ? 0 : i] + " and ";
            forbidden.insert(contact.email);
          }
          if ((present >> i & 1) != 0) {
            contacts.push_back(contact);
            anybody_left = anybody_left || !is_named;
          }
        }
        const core::Finding finding = Conduct(text);
        const std::vector<core::OutboxItem> items = PlanNew(contacts, finding);
        EXPECT_EQ(items.empty(), !anybody_left) << present << " " << named;
        std::set<std::string> told;
        for (const core::OutboxItem& item : items) {
          EXPECT_FALSE(forbidden.contains(item.recipient)) << present << " " << named;
          EXPECT_TRUE(told.insert(item.recipient).second);
          EXPECT_EQ(item.reason == kReasonNobody, item.recipient == "it@quillbrook.example");
        }
      }
    }
  }
}

TEST(PlannerTest, APersonWithTwoAddressesIsWithheldOnBoth) {
  const std::vector<config::Contact> contacts{
      Contact("headteacher", "Amara Okafor", "head@quillbrook.example"),
      Contact("dsl", "Mrs Amara Okafor", "safeguarding@quillbrook.example"),
      Contact("chair", "Hal Penrose", "chair@quillbrook.example")};
  EXPECT_EQ(Told(PlanNew(contacts, Conduct("the headteacher did it"))), "chair");
}

TEST(PlannerTest, ASchoolsOwnEntryNamesTheHeadWhereTheContactDoesNot) {
  const std::vector<config::Contact> contacts{Contact("headteacher", "", "head@quillbrook.example"),
                                              Contact("dsl", "", "dsl@quillbrook.example")};
  core::School school;
  school.key = "quillbrook";
  school.headteacher = "Mrs Amara Okafor";
  const core::Finding finding = Conduct("Okafor did it");
  const CaseChange change{.finding = &finding, .before = {}, .after = CaseOf(finding)};
  EXPECT_EQ(Told(Planner(contacts, std::vector{school}).Plan(change, kNow)), "dsl");
}

TEST(PlannerTest, WhoWasNamedEarlierInTheCaseIsToldNothingOfIt) {
  const core::Finding first = Conduct("Mrs Okafor hit my boy");
  const core::Finding second = MakeFinding({.id = "f2",
                                            .categories = {Category::kReputational},
                                            .severity = Severity::kLow,
                                            .topics = {"complaint"},
                                            .text = "same here, dreadful school"});
  const core::Case of = CaseOf(first);
  const Planner planner(Everybody());
  CaseVoices earlier;
  planner.Hear(first, earlier);
  EXPECT_EQ(Told(planner.Plan({.finding = &second, .before = of, .after = of, .earlier = &earlier},
                              kNow)),
            "dsl chair");
}

TEST(PlannerTest, WhoIsNamedOnlyByALaterVoiceIsToldNothingMore) {
  const core::Finding second = MakeFinding({.id = "f2",
                                            .categories = {Category::kReputational},
                                            .severity = Severity::kLow,
                                            .topics = {"complaint"},
                                            .text = "it was Mrs Okafor"});
  const core::Case of = CaseOf(Conduct("a teacher hit my boy"));
  EXPECT_EQ(Told(Planner(Everybody()).Plan({.finding = &second, .before = of, .after = of}, kNow)),
            "dsl chair");
}

TEST(PlannerTest, WhoFirstNamesTheHeadInAKnownCaseIsToldAtOnce) {
  const core::Finding first = Conduct("a teacher hit my boy");
  const core::Finding second = Conduct("it was Mrs Okafor");
  const core::Finding third = Conduct("yes, it was Okafor");
  const core::Case of = CaseOf(first);
  const Planner planner(Everybody());
  CaseVoices earlier;
  planner.Hear(first, earlier);
  const auto named =
      planner.Plan({.finding = &second, .before = of, .after = of, .earlier = &earlier}, kNow);
  EXPECT_EQ(Told(named), "dsl chair");
  for (const core::OutboxItem& item : named) {
    EXPECT_EQ(item.delivery, Delivery::kNow);
    EXPECT_EQ(item.reason, kReasonWorse);
  }
  planner.Hear(second, earlier);
  const auto again =
      planner.Plan({.finding = &third, .before = of, .after = of, .earlier = &earlier}, kNow);
  EXPECT_EQ(Told(again), "dsl chair");
  EXPECT_EQ(again[0].reason, kReasonMore);
}

TEST(PlannerTest, ACasesTitleCanNameSomebodyToo) {
  const core::Finding finding = Conduct("he did it");
  core::Case of = CaseOf(finding);
  of.title = "Mrs Okafor must answer";
  EXPECT_EQ(Told(Planner(Everybody()).Plan({.finding = &finding, .before = {}, .after = of}, kNow)),
            "dsl chair");
}

TEST(PlannerTest, AContactHearsOfTheirOwnSchoolsOnly) {
  std::vector<config::Contact> contacts = Everybody();
  contacts[0].schools = {"elsewhere"};
  contacts.push_back(Contact("headteacher", "Ola Brandt", "ola@quillbrook.example"));
  contacts.back().schools = {"elsewhere", "quillbrook"};
  EXPECT_EQ(Told(PlanNew(contacts, MakeFinding())), "dsl ola");
}

TEST(PlannerTest, OnePersonInTwoRolesIsToldOnce) {
  const std::vector<config::Contact> contacts{
      Contact("headteacher", "Amara Okafor", "head@quillbrook.example"),
      Contact("dsl", "Amara Okafor", "HEAD@quillbrook.example")};
  EXPECT_EQ(PlanNew(contacts, MakeFinding()).size(), 1U);
}

// --- When ---

struct WhenCase {
  const char* name;
  Category category;
  Severity severity;
  Severity before;  // kNone: a new case.
  bool backlog;
  Delivery delivery;
  std::string_view reason;
  const char* batch_key;
};

class WhenTest : public ::testing::TestWithParam<WhenCase> {};

TEST_P(WhenTest, BySeverityAndByWhatIsNew) {
  const WhenCase& row = GetParam();
  const core::Finding finding =
      MakeFinding({.categories = {row.category}, .severity = row.severity, .topics = {"weapon"}});
  std::optional<core::Case> before;
  if (row.before != Severity::kNone) {
    before = CaseOf(finding);
    before->severity = row.before;
  }
  const auto items = Planner(Everybody())
                         .Plan({.finding = &finding,
                                .before = before,
                                .after = CaseOf(finding),
                                .backlog = row.backlog},
                               kNow);
  ASSERT_FALSE(items.empty());
  for (const core::OutboxItem& item : items) {
    EXPECT_EQ(item.delivery, row.delivery);
    EXPECT_EQ(item.reason, row.reason);
    EXPECT_EQ(item.batch_key, row.batch_key);
    EXPECT_EQ(item.case_id, "Q7F3-2K");
    EXPECT_EQ(item.finding_id, "f1");
    EXPECT_EQ(item.created_at, kNow);
  }
}

constexpr const char* kCaseKey = "case:Q7F3-2K";
constexpr const char* kDigestKey = "digest:quillbrook";
constexpr const char* kBacklogKey = "backlog:parents-forum";

INSTANTIATE_TEST_SUITE_P(
    Timing, WhenTest,
    ::testing::Values(
        WhenCase{"NewUrgentSafeguarding", Category::kSafeguarding, Severity::kUrgent,
                 Severity::kNone, false, Delivery::kNow, kReasonNew, kCaseKey},
        WhenCase{"NewMediumSafeguardingDoesNotWait", Category::kSafeguarding, Severity::kMedium,
                 Severity::kNone, false, Delivery::kNow, kReasonNew, kCaseKey},
        WhenCase{"NewLowSafeguarding", Category::kSafeguarding, Severity::kLow, Severity::kNone,
                 false, Delivery::kDigest, kReasonNew, kDigestKey},
        WhenCase{"NewHighDefamatory", Category::kDefamatory, Severity::kHigh, Severity::kNone,
                 false, Delivery::kNow, kReasonNew, kCaseKey},
        WhenCase{"NewMediumReputational", Category::kReputational, Severity::kMedium,
                 Severity::kNone, false, Delivery::kDigest, kReasonNew, kDigestKey},
        WhenCase{"SameAgain", Category::kSafeguarding, Severity::kUrgent, Severity::kUrgent, false,
                 Delivery::kSummary, kReasonMore, "summary:Q7F3-2K"},
        WhenCase{"MilderAgain", Category::kSafeguarding, Severity::kMedium, Severity::kUrgent,
                 false, Delivery::kSummary, kReasonMore, "summary:Q7F3-2K"},
        WhenCase{"MildestAgain", Category::kSafeguarding, Severity::kLow, Severity::kUrgent, false,
                 Delivery::kDigest, kReasonMore, kDigestKey},
        WhenCase{"GossipAgain", Category::kReputational, Severity::kHigh, Severity::kHigh, false,
                 Delivery::kDigest, kReasonMore, kDigestKey},
        WhenCase{"GotWorse", Category::kSafeguarding, Severity::kHigh, Severity::kMedium, false,
                 Delivery::kNow, kReasonWorse, kCaseKey},
        WhenCase{"CriticismGotWorse", Category::kReputational, Severity::kMedium, Severity::kLow,
                 false, Delivery::kNow, kReasonWorse, kCaseKey},
        WhenCase{"Backlog", Category::kReputational, Severity::kHigh, Severity::kNone, true,
                 Delivery::kBacklog, kReasonBacklog, kBacklogKey},
        WhenCase{"BacklogSafeguardingMedium", Category::kSafeguarding, Severity::kMedium,
                 Severity::kNone, true, Delivery::kBacklog, kReasonBacklog, kBacklogKey},
        WhenCase{"BacklogSafeguardingHigh", Category::kSafeguarding, Severity::kHigh,
                 Severity::kNone, true, Delivery::kNow, kReasonBacklog, kCaseKey},
        WhenCase{"BacklogSafeguardingKnown", Category::kSafeguarding, Severity::kHigh,
                 Severity::kHigh, true, Delivery::kBacklog, kReasonBacklog, kBacklogKey}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(PlannerTest, WhatGrowsFastGoesOutAtOnceAndAnEditSaysSo) {
  const Planner planner(std::vector{testing::Contact("dsl", "Miss Noor Hadley", "dsl@q.example")});
  const core::Finding finding = testing::MakeFinding();
  CaseChange change{.finding = &finding, .before = CaseOf(finding), .after = CaseOf(finding)};
  change.edited = true;
  ASSERT_EQ(planner.Plan(change, At("2026-11-20T18:06:00Z")).size(), 1u);
  EXPECT_EQ(planner.Plan(change, At("2026-11-20T18:06:00Z"))[0].reason, kReasonEdited);
  EXPECT_EQ(planner.Plan(change, At("2026-11-20T18:06:00Z"))[0].delivery, Delivery::kSummary);
  change.growing = true;
  EXPECT_EQ(planner.Plan(change, At("2026-11-20T18:06:00Z"))[0].reason, kReasonGrowing);
  EXPECT_EQ(planner.Plan(change, At("2026-11-20T18:06:00Z"))[0].delivery, Delivery::kNow);
  change.backlog = true;
  EXPECT_EQ(planner.Plan(change, At("2026-11-20T18:06:00Z"))[0].delivery, Delivery::kBacklog);
}

TEST(PlannerTest, ANewDangerInAKnownCaseGoesOutAtOnce) {
  const core::Finding finding = MakeFinding({.topics = {"threat", "self_harm"}});
  core::Case before = CaseOf(finding);
  before.topics = {"threat"};
  const auto items =
      Planner(Everybody()).Plan({.finding = &finding, .before = before, .after = before}, kNow);
  ASSERT_FALSE(items.empty());
  EXPECT_EQ(items[0].delivery, Delivery::kNow);
  EXPECT_EQ(items[0].reason, kReasonWorse);
}

TEST(PlannerTest, SafeguardingInACaseOfAnotherKindGoesOutAtOnce) {
  const core::Finding finding = MakeFinding({.severity = Severity::kMedium, .topics = {"fight"}});
  core::Case before = CaseOf(finding);
  before.categories = {Category::kReputational};
  before.severity = Severity::kHigh;
  const auto items =
      Planner(Everybody()).Plan({.finding = &finding, .before = before, .after = before}, kNow);
  ASSERT_FALSE(items.empty());
  EXPECT_EQ(items[0].delivery, Delivery::kNow);
}

// --- The same again ---

TEST(PlannerTest, TheSameChangeGivesTheSameItems) {
  const core::Finding finding = MakeFinding();
  const auto first = PlanNew(Everybody(), finding);
  EXPECT_EQ(first, PlanNew(Everybody(), finding));
  ASSERT_EQ(first.size(), 2U);
  EXPECT_NE(first[0].id, first[1].id);
}

TEST(PlannerTest, AnIdDependsOnRecipientAndFindingOnly) {
  const core::Finding finding = MakeFinding();
  core::Case before = CaseOf(finding);
  const auto again =
      Planner(Everybody())
          .Plan({.finding = &finding, .before = before, .after = before, .backlog = true},
                kNow + std::chrono::hours(1));
  EXPECT_EQ(again[0].id, PlanNew(Everybody(), finding)[0].id);
  EXPECT_NE(again[0].id, PlanNew(Everybody(), MakeFinding({.id = "f2"}))[0].id);
}

}  // namespace
}  // namespace schoolwatch::alerts
