#include "alerts/withheld.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/alert.h"
#include "alerts/channels/webhook.h"
#include "alerts/composer.h"
#include "alerts/delivery.h"
#include "alerts/planner.h"
#include "core/clock.h"
#include "core/topics.h"
#include "tests/alerts/samples.h"

// Every combination of who there is, who is one person with whom, who is named, how, and in what:
// compared with the rules written out once more, as plainly as they can be.
namespace schoolwatch::alerts {
namespace {

using core::Category;
using core::Severity;
using testing::At;
using testing::CaseOf;
using testing::MakeFinding;

using Roles = std::set<std::string>;

struct Office {
  std::string_view role;
  std::string_view name;
  std::string_view surname;
  std::string_view phrase;
};
constexpr std::array<Office, 4> kOffices{
    {{"headteacher", "Mrs Amara Okafor", "Okafor", "the headteacher"},
     {"dsl", "Mr Tomasz Lindqvist", "Lindqvist", "the safeguarding lead"},
     {"deputy", "Ms Priya Venn", "Venn", "the deputy head"},
     {"chair", "Dr Hal Penrose", "Penrose", "the chair of governors"}}};

// Who is one person with whom.
enum class Union { kNone, kHeadIsDslByAddress, kHeadIsDslByName, kChairIsDeputy };
constexpr std::array kUnions{Union::kNone, Union::kHeadIsDslByAddress, Union::kHeadIsDslByName,
                             Union::kChairIsDeputy};

// How each office is spoken of.
enum class Spoken { kNot, kBySurname, kByOffice };

enum class Matter { kPerpetrator, kOtherDanger, kCriticism };
constexpr std::array kMatters{Matter::kPerpetrator, Matter::kOtherDanger, Matter::kCriticism};

std::vector<config::Contact> ContactsOf(unsigned present, Union together) {
  std::vector<config::Contact> contacts;
  for (std::size_t i = 0; i < kOffices.size(); ++i) {
    if ((present >> i & 1) == 0) {
      continue;
    }
    config::Contact contact =
        testing::Contact(std::string(kOffices[i].role), std::string(kOffices[i].name),
                         std::string(kOffices[i].role) + "@quillbrook.example");
    if (i == 1 && together == Union::kHeadIsDslByAddress) {
      contact.email = "Headteacher@quillbrook.example";
      contact.name = "";
    } else if (i == 1 && together == Union::kHeadIsDslByName) {
      contact.name = "Amara Okafor";
    } else if (i == 3 && together == Union::kChairIsDeputy) {
      contact.email = "deputy@quillbrook.example";
    }
    contacts.push_back(contact);
  }
  contacts.push_back(testing::Contact("it", "Sam Dray", "it@quillbrook.example"));
  return contacts;
}

core::Finding FindingOf(const std::array<Spoken, 4>& spoken, Matter matter) {
  std::string text = "At Quillbrook Academy";
  for (std::size_t i = 0; i < kOffices.size(); ++i) {
    if (spoken[i] != Spoken::kNot) {
      text += spoken[i] == Spoken::kBySurname ? ", Mx " : ", ";
      text += spoken[i] == Spoken::kBySurname ? kOffices[i].surname : kOffices[i].phrase;
    }
  }
  switch (matter) {
    case Matter::kPerpetrator:
      return MakeFinding({.topics = {"grooming"}, .text = text, .hit = ""});
    case Matter::kOtherDanger:
      return MakeFinding({.topics = {"weapon"}, .text = text, .hit = ""});
    case Matter::kCriticism:
      break;
  }
  return MakeFinding(
      {.categories = {Category::kReputational}, .topics = {"complaint"}, .text = text, .hit = ""});
}

// The rules once more.
class Rules {
 public:
  Rules(const std::vector<config::Contact>& contacts, const std::array<Spoken, 4>& spoken,
        Matter matter)
      : contacts_(contacts) {
    Roles named_surnames;
    for (std::size_t i = 0; i < kOffices.size(); ++i) {
      if (spoken[i] == Spoken::kByOffice) {
        spoken_of_.insert(std::string(kOffices[i].role));
      } else if (spoken[i] == Spoken::kBySurname) {
        named_surnames.insert(std::string(kOffices[i].surname));
      }
    }
    std::set<std::string> meant;  // Addresses, and names without a title.
    for (const config::Contact& contact : contacts) {
      const bool named = std::ranges::any_of(named_surnames, [&](const std::string& surname) {
        return contact.name.ends_with(surname);
      });
      if (named) {
        spoken_of_.insert(contact.role);
      }
    }
    if (matter == Matter::kPerpetrator) {
      for (const config::Contact& contact : contacts) {
        const bool named = std::ranges::any_of(named_surnames, [&](const std::string& surname) {
          return contact.name.ends_with(surname);
        });
        if (named || OfficeSpoken(contact.role, spoken)) {
          meant.insert(Address(contact));
          meant.insert(Surname(contact));
        }
      }
      meant.erase("");
      for (const config::Contact& contact : contacts) {
        if (meant.contains(Address(contact)) || meant.contains(Surname(contact))) {
          forbidden_.insert(Address(contact));
        }
      }
      accused_ = spoken_of_;
    }
    Tell(matter);
  }

  const std::set<std::string>& forbidden() const { return forbidden_; }
  const std::set<std::string>& told() const { return told_; }
  const Roles& accused() const { return accused_; }

 private:
  static std::string Address(const config::Contact& contact) {
    std::string lower = contact.email;
    lower[0] = lower[0] == 'H' ? 'h' : lower[0];
    return lower;
  }
  static std::string Surname(const config::Contact& contact) {
    return contact.name.substr(contact.name.rfind(' ') + 1);
  }
  static bool OfficeSpoken(const std::string& role, const std::array<Spoken, 4>& spoken) {
    for (std::size_t i = 0; i < kOffices.size(); ++i) {
      if (role == kOffices[i].role) {
        return spoken[i] == Spoken::kByOffice;
      }
    }
    return false;
  }
  bool Add(std::string_view role) {
    bool any = false;
    for (const config::Contact& contact : contacts_) {
      if (contact.role == role && !forbidden_.contains(Address(contact))) {
        told_.insert(Address(contact));
        any = true;
      }
    }
    return any;
  }
  void Tell(Matter matter) {
    if (matter == Matter::kCriticism) {
      Add("headteacher");
      if (spoken_of_.contains("headteacher")) {
        Add("chair");
      }
      if (!told_.empty()) {
        return;
      }
      Add("dsl") || Add("deputy") || Add("chair") || Add("it");
      return;
    }
    Add("dsl");
    Add("headteacher");
    if (accused_.contains("headteacher")) {
      Add("chair");
    }
    if (!told_.empty()) {
      return;
    }
    if (!forbidden_.empty()) {
      Add("chair") || Add("deputy") || Add("it");
    } else {
      Add("deputy") || Add("chair") || Add("it");
    }
  }

  const std::vector<config::Contact>& contacts_;
  Roles spoken_of_;
  Roles accused_;
  std::set<std::string> forbidden_;
  std::set<std::string> told_;
};

class EveryCombinationTest : public ::testing::TestWithParam<Union> {};

TEST_P(EveryCombinationTest, WhoIsToldIsAsTheRulesSay) {
  std::size_t combinations = 0;
  for (unsigned present = 0; present < 16; ++present) {
    const std::vector<config::Contact> contacts = ContactsOf(present, GetParam());
    const Planner planner(contacts);
    for (unsigned ways = 0; ways < 81; ++ways) {
      const std::array<Spoken, 4> spoken{Spoken(ways % 3), Spoken(ways / 3 % 3),
                                         Spoken(ways / 9 % 3), Spoken(ways / 27)};
      for (const Matter matter : kMatters) {
        const core::Finding finding = FindingOf(spoken, matter);
        const Rules rules(contacts, spoken, matter);
        const auto items = planner.Plan(
            {.finding = &finding, .before = {}, .after = CaseOf(finding)}, finding.fetched_at);
        ++combinations;
        std::set<std::string> told;
        for (const core::OutboxItem& item : items) {
          std::string address = item.recipient;
          address[0] = address[0] == 'H' ? 'h' : address[0];
          ASSERT_TRUE(told.insert(address).second) << "told twice: " << finding.post.text;
          ASSERT_FALSE(rules.forbidden().contains(address)) << present << ": " << finding.post.text;
          ASSERT_EQ(item.reason == kReasonNobody, item.role == "it") << finding.post.text;
          ASSERT_EQ(Roles(item.withheld.begin(), item.withheld.end()), rules.accused());
          ASSERT_FALSE(item.route.empty());
        }
        ASSERT_EQ(told, rules.told()) << present << ": " << finding.post.text;
      }
    }
  }
  EXPECT_EQ(combinations, 16u * 81u * 3u);
}

std::string UnionName(const ::testing::TestParamInfo<Union>& row) {
  constexpr std::array kNames{"EachTheirOwn", "HeadAndDslByAddress", "HeadAndDslByName",
                              "ChairAndDeputy"};
  return kNames[static_cast<std::size_t>(row.param)];
}

INSTANTIATE_TEST_SUITE_P(Persons, EveryCombinationTest, ::testing::ValuesIn(kUnions), UnionName);

// Whatever a school writes into its tree.
config::RouteBranch RandomBranch(std::mt19937& random, int levels) {
  const auto below = [&random](std::size_t n) { return random() % n; };
  const auto roles = [&](std::size_t least) {
    std::vector<std::string> some;
    for (const std::string_view role : kMeantRoles) {
      if (below(2) == 0) {
        some.emplace_back(role);
      }
    }
    if (some.size() < least) {
      some.emplace_back(kMeantRoles[below(kMeantRoles.size())]);
    }
    return some;
  };
  config::RouteBranch branch;
  branch.name = "b" + std::to_string(below(100));
  if (below(2) == 0) {
    branch.categories = {core::kCategories[below(3)]};
  }
  if (below(3) == 0) {
    branch.at_least = static_cast<Severity>(below(5));
  }
  if (below(3) == 0) {
    branch.topics = {std::string(core::kTopics[below(core::kTopics.size())]), "grooming"};
  }
  if (below(3) == 0) {
    branch.about = roles(0);
  }
  branch.tell = roles(1);
  branch.otherwise = roles(0);
  for (std::size_t i = below(3); levels > 1 && i > 0; --i) {
    branch.branches.push_back(RandomBranch(random, levels - 1));
  }
  return branch;
}

TEST(WithheldTest, NoTreeTellsWhoMayNotBeToldAndNoTreeLosesAnything) {
  std::mt19937 random(7);
  for (int round = 0; round < 1500; ++round) {
    std::vector<config::RouteBranch> tree;
    for (std::size_t i = random() % 4 + 1; i > 0; --i) {
      tree.push_back(RandomBranch(random, 3));
    }
    const std::vector<config::Contact> contacts =
        ContactsOf(static_cast<unsigned>(random() % 16), kUnions[random() % 4]);
    const std::array<Spoken, 4> spoken{Spoken(random() % 3), Spoken(random() % 3),
                                       Spoken(random() % 3), Spoken(random() % 3)};
    const Matter matter = kMatters[random() % 3];
    const core::Finding finding = FindingOf(spoken, matter);
    const Rules rules(contacts, spoken, matter);
    CaseChange change{.finding = &finding, .before = {}, .after = CaseOf(finding)};
    change.backlog = random() % 2 == 0;
    change.growing = random() % 2 == 0;
    change.edited = random() % 2 == 0;
    if (random() % 2 == 0) {
      change.before = change.after;
    }
    const auto items = Planner(contacts, {}, tree).Plan(change, finding.fetched_at);
    ASSERT_FALSE(items.empty()) << finding.post.text;  // IT is there and never named.
    for (const core::OutboxItem& item : items) {
      std::string address = item.recipient;
      address[0] = address[0] == 'H' ? 'h' : address[0];
      ASSERT_FALSE(rules.forbidden().contains(address)) << round << ": " << finding.post.text;
    }
    const auto goes_to = [&](std::string_view role) {
      return std::ranges::any_of(items,
                                 [&](const core::OutboxItem& item) { return item.role == role; });
    };
    if (rules.accused().contains("headteacher") &&
        rules.told().contains("chair@quillbrook.example")) {
      EXPECT_TRUE(goes_to("chair")) << round << ": " << finding.post.text;
    }
  }
}

// --- Webhooks ---

// Keeps what it is given to post.
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

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

// The message that tells of one item alone.
AlertBatch MessageOf(const core::OutboxItem& item, const core::Finding& finding) {
  core::OutboxBatch batch;
  batch.key = item.id;
  batch.message_id = "alert-" + item.id + "@quillbrook.example";
  batch.recipient = item.recipient;
  batch.delivery = item.delivery;
  batch.school = item.school;
  batch.items = {item};
  batch.created_at = item.created_at;
  std::vector<AlertEntry> entries{{.case_now = CaseOf(finding),
                                   .finding = finding,
                                   .reason = item.reason,
                                   .source_title = "Zanzibar forum",
                                   .role = item.role,
                                   .route = item.route,
                                   .withheld = item.withheld}};
  return MakeAlertBatch(std::move(batch), std::move(entries), {});
}

// The same combinations, as the bytes that leave for a webhook.
TEST(WithheldTest, NoWebhookOfSomebodyWhoMayNotKnowGetsAByte) {
  std::mt19937 random(11);
  std::vector<std::string> bodies;
  const core::SystemClock clock;
  constexpr std::array kDisplays{"masked", "snippet", "full"};
  std::vector<std::unique_ptr<Composer>> composers;
  for (const char* const display : kDisplays) {
    auto composer = Composer::Make({.from = "alerts@quillbrook.example",
                                    .display = display,
                                    .templates_folder = testing::TemplatesFolder()});
    ASSERT_TRUE(composer.has_value()) << composer.error().message;
    composers.push_back(*std::move(composer));
  }
  std::size_t to_it = 0;
  std::size_t to_others = 0;
  for (int round = 0; round < 600; ++round) {
    const std::size_t shown = random() % kDisplays.size();
    WebhookSink sink({.url = "https://hooks.example/", .secret = "s", .ca_file = {}},
                     std::make_unique<KeepingPoster>(bodies), *composers[shown], clock);
    std::vector<config::RouteBranch> tree;
    for (std::size_t i = random() % 3; i > 0; --i) {
      tree.push_back(RandomBranch(random, 3));
    }
    const std::vector<config::Contact> contacts =
        ContactsOf(static_cast<unsigned>(random() % 16), kUnions[random() % 4]);
    const std::array<Spoken, 4> spoken{Spoken(random() % 3), Spoken(random() % 3),
                                       Spoken(random() % 3), Spoken(random() % 3)};
    const Matter matter = kMatters[random() % 3];
    core::Finding finding = FindingOf(spoken, matter);
    finding.post.author = "Zanzibar author";
    finding.post.thread_title = "Zanzibar thread";
    finding.post.url = "https://zanzibar.example/t/1";
    const Rules rules(contacts, spoken, matter);
    for (const core::OutboxItem& item :
         Planner(contacts, {}, tree)
             .Plan({.finding = &finding, .before = {}, .after = CaseOf(finding)},
                   finding.fetched_at)) {
      bodies.clear();
      const auto delivered = sink.Deliver(MessageOf(item, finding));
      ASSERT_TRUE(delivered.has_value()) << delivered.error().message;
      ASSERT_EQ(bodies.size(), 1u);
      const std::string body = Lower(bodies[0]);
      for (const std::string& address : rules.forbidden()) {
        ASSERT_EQ(body.find(Lower(address)), std::string::npos) << round << ": " << body;
      }
      ASSERT_NE(body.find("\"address\":\"" + Lower(item.recipient)), std::string::npos);
      // Whoever may know no more than that there is a case, and whoever wants to be shown nothing.
      const bool content = item.reason != kReasonNobody;
      (content ? to_others : to_it) += 1;
      for (const Office& office : kOffices) {
        if (!content || shown == 0) {  // Masked.
          ASSERT_EQ(body.find(Lower(std::string(office.surname))), std::string::npos) << body;
        }
      }
      if (!content) {
        for (const char* const told : {"zanzibar", "grooming", "severity", "link", "categories"}) {
          ASSERT_EQ(body.find(told), std::string::npos) << told << ": " << body;
        }
      }
    }
  }
  EXPECT_GT(to_it, 50u);
  EXPECT_GT(to_others, 300u);
}

// --- Persons and voices ---

TEST(AudienceTest, OnePersonIsFollowedFromAnAddressToANameToAnAddress) {
  const Audience audience(
      std::vector{testing::Contact("headteacher", "Amara Okafor", "head@quillbrook.example"),
                  testing::Contact("dsl", "", "HEAD@quillbrook.example"),
                  testing::Contact("deputy", "Mrs Amara Okafor", "amara@quillbrook.example"),
                  testing::Contact("chair", "Hal Penrose", "amara@quillbrook.example"),
                  testing::Contact("chair", "Ola Brandt", "ola@quillbrook.example")});
  CaseVoices voices;
  audience.Hear(MakeFinding({.topics = {"grooming"}, .text = "the safeguarding lead texts her"}),
                voices);
  EXPECT_EQ(audience.WithheldFrom("quillbrook", voices),
            (std::vector{Withheld::kSamePerson, Withheld::kMeant, Withheld::kSamePerson,
                         Withheld::kSamePerson, Withheld::kNo}));
  EXPECT_FALSE(audience.MayBeTold("Amara@Quillbrook.example", "quillbrook", voices));
  EXPECT_TRUE(audience.MayBeTold("ola@quillbrook.example", "quillbrook", voices));
  EXPECT_TRUE(audience.MayBeTold("somebody@elsewhere.example", "quillbrook", voices));
}

TEST(AudienceTest, AHeadWhoIsNoContactIsMeantAllTheSame) {
  core::School school;
  school.key = "quillbrook";
  school.headteacher = "Mrs Amara Okafor";
  const std::vector<config::Contact> contacts{
      testing::Contact("dsl", "Tomasz Lindqvist", "dsl@quillbrook.example"),
      testing::Contact("chair", "Hal Penrose", "chair@quillbrook.example")};
  const core::Finding finding = MakeFinding({.topics = {"grooming"}, .text = "Okafor texts her"});
  const auto items =
      Planner(contacts, std::vector{school})
          .Plan({.finding = &finding, .before = {}, .after = CaseOf(finding)}, finding.fetched_at);
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[1].recipient, "chair@quillbrook.example");
  EXPECT_EQ(items[1].route, "safeguarding; in the headteacher's place");
  EXPECT_EQ(items[1].withheld, std::vector<std::string>{"headteacher"});
}

TEST(AudienceTest, WhatOneSaysByOneIsWhatAllSayTogether) {
  const Audience audience(
      std::vector{testing::Contact("headteacher", "Amara Okafor", "head@quillbrook.example"),
                  testing::Contact("dsl", "Tomasz Lindqvist", "dsl@quillbrook.example")});
  CaseVoices apart;
  audience.Hear(MakeFinding({.topics = {"weapon"}, .text = "Lindqvist knows"}), apart);
  audience.Hear(MakeFinding({.topics = {"grooming"}, .text = "the headteacher texts"}), apart);
  EXPECT_EQ(AccusedRoles(apart), (std::vector<std::string>{"headteacher", "dsl"}));
  EXPECT_FALSE(audience.MayBeTold("dsl@quillbrook.example", "quillbrook", apart))
      << "one post names, another accuses: who reads both may think of the same person";
}

}  // namespace
}  // namespace schoolwatch::alerts
