#include "alerts/composer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "core/text/fold.h"
#include "tests/alerts/parsed_mail.h"
#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using core::Category;
using core::Delivery;
using core::Severity;
using ::testing::Contains;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using testing::FindingSketch;
using testing::HasCleanLines;
using ::testing::HasSubstr;
using testing::MakeBatch;
using testing::MakeFinding;
using ::testing::Not;
using testing::ParsedMail;
using testing::ParseMail;

std::unique_ptr<Composer> MakeComposer(std::string display = "snippet") {
  auto composer = Composer::Make({.from = "alerts@quillbrook.example",
                                  .display = std::move(display),
                                  .templates_folder = testing::TemplatesFolder()});
  EXPECT_TRUE(composer.has_value()) << (composer.has_value() ? "" : composer.error().message);
  return std::move(*composer);
}

// One composer for each display: reading templates and time zones takes most of a short test.
const Composer& SharedComposer(const std::string& display) {
  static std::map<std::string, std::unique_ptr<Composer>> composers;
  std::unique_ptr<Composer>& composer = composers[display];
  if (composer == nullptr) {
    composer = MakeComposer(display);
  }
  return *composer;
}

MailMessage Compose(const AlertBatch& batch, const std::string& display = "snippet") {
  auto message = SharedComposer(display).Compose(batch);
  EXPECT_TRUE(message.has_value()) << (message.has_value() ? "" : message.error().message);
  return message.value_or(MailMessage{});
}

// A batch that shows most of what a mail can hold.
AlertBatch RichBatch() {
  core::Finding finding =
      MakeFinding({.title = "Tomorrow",
                   .text = "My brother says a lad in Year 10 will bring a knife to "
                           "Quillbrook Academy tomorrow. I am scared. Tell someone."});
  finding.judgement.hits.push_back({.rule = "fear.child",
                                    .category = Category::kSafeguarding,
                                    .weight = 0.9,
                                    .start = finding.post.text.find("I am scared"),
                                    .end = finding.post.text.find("I am scared") + 11,
                                    .text = "I am scared",
                                    .why = "Somebody says that they are afraid",
                                    .severity = Severity::kMedium});
  AlertBatch batch = MakeBatch({finding});
  batch.entries[0].case_now.findings = {"f0", "f1", "f2"};
  batch.entries[0].case_now.authors = 2;
  batch.entries[0].case_now.sources = {"parents-forum", "quillbrook-tag"};
  return batch;
}

TEST(ComposerTest, IsReadBackAsItWasMeant) {
  const MailMessage message = Compose(RichBatch());
  const ParsedMail mail = ParseMail(message.rfc5322);
  EXPECT_EQ(message.from, "alerts@quillbrook.example");
  EXPECT_EQ(message.to, "dsl@quillbrook.example");
  EXPECT_EQ(message.subject,
            "Urgent: possible safeguarding concern – Quillbrook Academy [Q7F3-2K]");
  EXPECT_EQ(mail.Header("Subject"), message.subject);
  EXPECT_EQ(mail.Header("From"), "schoolwatch <alerts@quillbrook.example>");
  EXPECT_EQ(mail.Header("To"), "dsl@quillbrook.example");
  EXPECT_EQ(mail.Header("Date"), "Fri, 20 Nov 2026 18:06:30 +0000");
  EXPECT_EQ(mail.Header("Message-Id"), "<alert-0123456789abcdef@alerts.example>");
  EXPECT_EQ(mail.Header("References"), "<case-Q7F3-2K@quillbrook.example>");
  EXPECT_EQ(mail.Header("Auto-Submitted"), "auto-generated");
  EXPECT_EQ(mail.Header("X-Auto-Response-Suppress"), "All");
  EXPECT_EQ(mail.Header("Importance"), "high");
  EXPECT_THAT(mail.part_types, ElementsAre("text/plain", "text/html"));
  EXPECT_EQ(mail.text, message.text);
  EXPECT_TRUE(HasCleanLines(message.rfc5322));
}

TEST(ComposerTest, TheSameBatchGivesTheSameBytes) {
  EXPECT_EQ(Compose(RichBatch()).rfc5322, Compose(RichBatch()).rfc5322);
}

// UPDATE_GOLDEN=1 writes the file anew; look at the difference before you commit it.
TEST(ComposerTest, AnEditedPostIsShownWithWhatItSaidBefore) {
  AlertBatch batch = MakeBatch({MakeFinding()}, Delivery::kNow, kReasonWorse);
  core::PostVersion version{.finding_id = "f1",
                            .at = batch.entries[0].finding.fetched_at - std::chrono::hours(3),
                            .title = "",
                            .text = "He says <b>nasty</b> things\r\nBcc: all@quillbrook.example",
                            .severity = core::Severity::kLow,
                            .categories = {}};
  batch.entries[0].versions = {version};
  version.at += std::chrono::hours(5);
  version.text = "What it says since it was found.";
  batch.entries[0].versions.push_back(version);
  batch.entries[0].case_now.history = {
      {.at = batch.entries[0].finding.fetched_at,
       .who = "",
       .kind = core::CaseEventKind::kGone,
       .about = "between 2026-11-20T18:02:00Z and 2026-11-22T07:00:00Z",
       .reason = "",
       .finding = "f0"},
      {.at = batch.entries[0].finding.fetched_at,
       .who = "",
       .kind = core::CaseEventKind::kGone,
       .about = "deleted at its source",
       .reason = "",
       .finding = "f9"}};
  const MailMessage message = Compose(batch);
  EXPECT_NE(message.text.find("a post is no longer there: it went between"), std::string::npos)
      << message.text;
  EXPECT_NE(message.text.find("no longer there: deleted at its"), std::string::npos)
      << message.text;
  EXPECT_NE(message.text.find("20 Nov 2026, 18:02 GMT and Sun 22 Nov 2026, 07:00 GMT"),
            std::string::npos)
      << message.text;
  EXPECT_NE(message.text.find("Edited: it read otherwise on Fri 20 Nov 2026"), std::string::npos)
      << message.text;
  EXPECT_NE(message.text.find("<b>nasty</b> things"), std::string::npos);
  EXPECT_EQ(message.text.find("since it was found"), std::string::npos);
  EXPECT_EQ(message.rfc5322.find("<b>nasty"), message.rfc5322.rfind("<b>nasty"))
      << "escaped in the HTML part";
  EXPECT_EQ(message.rfc5322.find("\nBcc:"), std::string::npos);
}

TEST(ComposerTest, TextOfAnUrgentAlert) {
  const std::string path = SW_TEST_DATA "/mails/urgent-safeguarding-alert.txt";
  const MailMessage message = Compose(RichBatch());
  const std::string mail = "Subject: " + message.subject + "\n\n" + message.text;
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << mail;
  }
  std::ifstream file(path);
  std::stringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(mail, golden.str());
}

TEST(ComposerTest, HtmlSaysWhatTheTextSays) {
  const MailMessage message = Compose(RichBatch());
  const std::string html = ParseMail(message.rfc5322).html;
  for (const char* both :
       {"Urgent", "ossible safeguarding concern", "Q7F3-2K", "A new case.",
        "Fri 20 Nov 2026, 18:02 GMT", "GateWatcher", "Speaks of bringing a weapon to the school",
        "threat.weapon.bring", "very likely (93 %)", "3 posts by 2 different public names",
        "What is going on at the gates?", "no emergency service", "version 2026.1", "24 hours",
        "Sat 21 Nov 2026, 18:06 GMT", "designated safeguarding lead"}) {
    std::string joined = message.text;
    std::ranges::replace(joined, '\n', ' ');
    while (joined.find("  ") != std::string::npos) {
      joined.erase(joined.find("  "), 1);
    }
    EXPECT_THAT(joined, HasSubstr(both));
    std::string plain_html = html;
    for (const char* tag : {"<strong>", "</strong>", "<wbr>"}) {
      for (auto at = plain_html.find(tag); at != std::string::npos; at = plain_html.find(tag)) {
        plain_html.erase(at, std::string_view(tag).size());
      }
    }
    EXPECT_THAT(plain_html, HasSubstr(both));
  }
  EXPECT_THAT(html, ContainsRegex("<b class=\"hit\"[^>]*>bring a knife</b>"));
  EXPECT_THAT(message.text, HasSubstr("»bring a knife«"));
  EXPECT_THAT(html, HasSubstr("<html lang=\"en-GB\">"));
}

TEST(ComposerTest, HtmlLoadsNothingAndRunsNothing) {
  const std::string html = ParseMail(Compose(RichBatch()).rfc5322).html;
  for (const char* forbidden : {"<script", "<img", "<link", "<iframe", "src=", "url(", "@import",
                                "onclick", "javascript:", "<form"}) {
    EXPECT_THAT(html, Not(HasSubstr(forbidden)));
  }
}

TEST(ComposerTest, NoTagOfATemplateIsLeftOver) {
  for (const Delivery delivery : {Delivery::kNow, Delivery::kDigest, Delivery::kBacklog}) {
    const MailMessage message = Compose(MakeBatch({MakeFinding()}, delivery));
    EXPECT_THAT(message.rfc5322, Not(HasSubstr("{{")));
    EXPECT_THAT(message.rfc5322, Not(HasSubstr("}}")));
    EXPECT_THAT(message.text, HasSubstr("WHAT TO DO NEXT"));
  }
}

// --- Hostile posts ---

struct HostileCase {
  const char* name;
  std::string value;
};

class HostilePostTest : public ::testing::TestWithParam<HostileCase> {};

// Whatever stands in title, author, text, link and the rest: the same headers, one recipient, a
// well-formed message, no element that is not ours.
TEST_P(HostilePostTest, InjectsNothing) {
  const std::string& evil = GetParam().value;
  for (const char* display : {"masked", "snippet", "full"}) {
    core::Finding finding = MakeFinding({.title = evil + " title", .text = evil + " text " + evil});
    finding.post.author = evil;
    finding.post.thread_title = evil;
    finding.post.source = evil;
    finding.post.published.reset();
    finding.post.published_text = evil;
    finding.post.url = evil;
    finding.judgement.rules_version = evil;
    finding.judgement.schools[0].why = evil;
    finding.judgement.hits = {{.rule = evil,
                               .weight = 1,
                               .start = 0,
                               .end = evil.size(),
                               .text = evil,
                               .why = evil + " why"}};
    for (const Delivery delivery : {Delivery::kNow, Delivery::kDigest, Delivery::kBacklog}) {
      AlertBatch batch = MakeBatch({finding}, delivery);
      batch.entries[0].case_now.id = evil;
      batch.entries[0].case_now.title = evil;
      batch.school_name = evil;
      const MailMessage message = Compose(batch, display);
      const ParsedMail mail = ParseMail(message.rfc5322);
      EXPECT_TRUE(HasCleanLines(message.rfc5322));
      EXPECT_THAT(mail.recipients, ElementsAre("dsl@quillbrook.example"));
      for (const std::string& header : mail.HeaderNames()) {
        EXPECT_THAT(
            (std::set<std::string>{"From", "To", "Subject", "Date", "Message-Id", "References",
                                   "Auto-Submitted", "MIME-Version", "X-Auto-Response-Suppress",
                                   "Content-Language", "Content-Type", "Importance", "X-Priority"}),
            Contains(header));
      }
      EXPECT_THAT(mail.part_types, ElementsAre("text/plain", "text/html"));
      EXPECT_TRUE(core::IsValidUtf8(mail.text));
      EXPECT_TRUE(core::IsValidUtf8(mail.html));
      EXPECT_TRUE(core::IsValidUtf8(message.subject));
      for (const std::string& shown : {mail.text, mail.html, message.subject}) {
        EXPECT_THAT(shown, Not(HasSubstr("\u202E")));
        EXPECT_THAT(shown, Not(HasSubstr("\u2066")));
        EXPECT_THAT(shown, Not(HasSubstr("\x1b")));
        EXPECT_THAT(shown, Not(HasSubstr(std::string(1, '\0'))));
      }
      for (const char* element :
           {"<script", "<img", "<b>", "</div><b>", "onerror=\"", "<a href=\"j"}) {
        EXPECT_THAT(mail.html, Not(HasSubstr(element)));
      }
      EXPECT_LT(message.rfc5322.size(), 200'000U);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Values, HostilePostTest,
    ::testing::Values(
        HostileCase{"HeaderInjection", "x\r\nBcc: thief@evil.example\r\n\r\nbody"},
        HostileCase{"BareLineEnds", "x\nBcc: thief@evil.example\rCc: thief@evil.example"},
        HostileCase{"EncodedWord", "=?utf-8?q?x=0D=0ABcc:_thief=40evil.example?="},
        HostileCase{"Html", "<script>alert(1)</script><img src=x onerror=\"x\"><b>'\"&amp;"},
        HostileCase{"ClosesOurElements", "</blockquote></main></body></html><b>"},
        HostileCase{"TemplateTags", "{{> head}}{{{subject}}}{{#entries}}"},
        HostileCase{"Boundary", "--=_sw_0123456789abcdef\r\nContent-Type: text/html\r\n\r\n<b>"},
        HostileCase{"JavascriptLink", "javascript:alert(1)"},
        HostileCase{"DataLink", "data:text/html,<script>alert(1)</script>"},
        HostileCase{"CredentialsLink", "https://bank.example@evil.example/\"><script>"},
        HostileCase{"QuoteInLink", "https://evil.example/\"onclick=\"x"},
        HostileCase{"RightToLeft", "\u202Egpj.exe\u202C \u2066x\u2069"},
        HostileCase{"LongWord", std::string(10'000, 'x')},
        HostileCase{"LongEmojiWord",
                    [] {
                      std::string word;
                      for (int i = 0; i < 3000; ++i) {
                        word += "😡";
                      }
                      return word;
                    }()},
        HostileCase{"InvalidUtf8", "\xFF\xFE\xC0\xAF caf\xE9 \xED\xA0\x80 \xF0\x9F\x98"},
        HostileCase{"Nul", std::string("a\0b\0\x1b[2J", 7)},
        HostileCase{"LineOfDots", "\r\n.\r\nMAIL FROM:<thief@evil.example>\r\n"},
        HostileCase{"FromLine", "\nFrom thief@evil.example Fri Nov 20\n"},
        HostileCase{"Empty", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ComposerTest, NoWordOfAPostStandsInAHeader) {
  core::Finding finding = MakeFinding({.title = "Zanzibar", .text = "Zanzibar knife"});
  finding.post.author = "Zanzibar";
  finding.post.thread_title = "Zanzibar";
  AlertBatch batch = MakeBatch({finding});
  batch.entries[0].case_now.title = "Zanzibar";
  const MailMessage message = Compose(batch);
  EXPECT_THAT(message.rfc5322.substr(0, message.rfc5322.find("\r\n\r\n")),
              Not(HasSubstr("anzibar")));
  EXPECT_THAT(message.text, HasSubstr("Zanzibar"));
}

// --- How much is shown ---

TEST(ComposerTest, MaskedShowsNeitherWordsNorNames) {
  core::Finding finding = MakeFinding({.title = "Zanzibar", .text = "Zanzibar knife"});
  finding.post.author = "Zanzibar";
  finding.post.thread_title = "Zanzibar";
  AlertBatch batch = MakeBatch({finding});
  batch.entries[0].case_now.title = "Zanzibar";
  const ParsedMail mail = ParseMail(Compose(batch, "masked").rfc5322);
  for (const std::string& part : {mail.text, mail.html}) {
    EXPECT_THAT(part, Not(HasSubstr("Zanzibar")));
    EXPECT_THAT(part, HasSubstr("The words are not shown"));
    EXPECT_THAT(part, HasSubstr("forum.example"));
  }
}

TEST(ComposerTest, WhereNobodyMayBeToldTheMailHoldsNothingOfThePost) {
  core::Finding finding = MakeFinding({.title = "Zanzibar", .text = "Zanzibar knife"});
  finding.post.author = "Zanzibar";
  finding.post.url = "https://zanzibar.example/";
  finding.post.source = "Zanzibar";
  AlertBatch batch = MakeBatch({finding}, Delivery::kNow, kReasonNobody);
  batch.entries[0].case_now.title = "Zanzibar";
  const MailMessage message = Compose(batch, "full");
  const ParsedMail mail = ParseMail(message.rfc5322);
  for (const std::string& part : {mail.text, mail.html, message.subject}) {
    EXPECT_THAT(part, Not(HasSubstr("anzibar")));
    EXPECT_THAT(part, Not(HasSubstr("Why")));
  }
  EXPECT_THAT(mail.text, HasSubstr("schoolwatch cases show Q7F3-2K"));
  EXPECT_EQ(message.subject, "A case that only you can pass on – Quillbrook Academy [Q7F3-2K]");
}

TEST(ComposerTest, OneNoticeInABatchHidesAllOfIt) {
  AlertBatch batch = MakeBatch({MakeFinding(), MakeFinding({.id = "f2"})});
  batch.entries[1].reason = kReasonNobody;
  EXPECT_THAT(Compose(batch).text, Not(HasSubstr("knife")));
}

TEST(ComposerTest, ADigestShowsThirtyAndCountsTheRest) {
  std::vector<core::Finding> findings;
  for (int i = 0; i < 45; ++i) {
    findings.push_back(MakeFinding({.id = "f" + std::to_string(i),
                                    .categories = {Category::kReputational},
                                    .severity = Severity::kLow,
                                    .topics = {"complaint"},
                                    .text = "cold dinners number " + std::to_string(i),
                                    .hit = ""}));
  }
  const MailMessage message = Compose(MakeBatch(findings, Delivery::kDigest));
  std::size_t shown = 0;
  for (auto at = message.text.find("> cold"); at != std::string::npos;
       at = message.text.find("> cold", at + 1)) {
    ++shown;
  }
  EXPECT_EQ(shown, 30U);
  EXPECT_THAT(message.text, HasSubstr("15 further findings are not shown"));
  EXPECT_EQ(message.subject,
            "Digest of 45, highest low: possible concern for the school's reputation – Quillbrook "
            "Academy");
  EXPECT_EQ(ParseMail(message.rfc5322).Header("References"), "");
}

TEST(ComposerTest, ABacklogSaysThatNothingHasJustHappened) {
  const MailMessage message =
      Compose(MakeBatch({MakeFinding()}, Delivery::kBacklog, kReasonBacklog));
  EXPECT_THAT(message.text, HasSubstr("so nothing has just\nhappened"));
  EXPECT_EQ(message.subject,
            "From before watching began: 1 post, highest urgent: possible safeguarding concern – "
            "Quillbrook Academy");
}

struct AdviceCase {
  const char* name;
  Category category;
  Severity severity;
  std::vector<std::string> topics;
  const char* has;
  const char* lacks;
};
class AdviceTest : public ::testing::TestWithParam<AdviceCase> {};

TEST_P(AdviceTest, FitsTheKindOfConcern) {
  std::string text = Compose(MakeBatch({MakeFinding({.categories = {GetParam().category},
                                                     .severity = GetParam().severity,
                                                     .topics = GetParam().topics})}))
                         .text;
  text.resize(text.rfind("-----"));  // Without the words at the foot of every mail.
  EXPECT_THAT(text, HasSubstr(GetParam().has));
  EXPECT_THAT(text, Not(HasSubstr(GetParam().lacks)));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, AdviceTest,
    ::testing::Values(
        AdviceCase{"Danger", Category::kSafeguarding, Severity::kUrgent, {"weapon"}, "999", "CEOP"},
        AdviceCase{"NoDanger", Category::kSafeguarding, Severity::kLow, {"bullying"}, "DSL", "999"},
        AdviceCase{"Images",
                   Category::kSafeguarding,
                   Severity::kHigh,
                   {"indecent_images"},
                   "Never view, copy",
                   "LADO"},
        AdviceCase{
            "Staff", Category::kSafeguarding, Severity::kHigh, {"staff_conduct"}, "LADO", "CEOP"},
        AdviceCase{
            "Allegation", Category::kDefamatory, Severity::kMedium, {}, "complaints route", "LADO"},
        AdviceCase{"Criticism",
                   Category::kReputational,
                   Severity::kLow,
                   {},
                   "criticism is allowed",
                   "DSL"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ComposerTest, ADefamatoryFindingIsCalledAPossibleAllegation) {
  const MailMessage message = Compose(MakeBatch(
      {MakeFinding({.categories = {Category::kDefamatory}, .severity = Severity::kHigh})}));
  EXPECT_EQ(message.subject, "High: possible allegation of fact – Quillbrook Academy [Q7F3-2K]");
  EXPECT_THAT(message.text, Not(HasSubstr("incident")));
}

// --- What is refused ---

struct RefusedCase {
  const char* name;
  ComposerOptions options;
};
class RefusedOptionsTest : public ::testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedOptionsTest, AreBadInput) {
  const auto composer = Composer::Make(GetParam().options);
  ASSERT_FALSE(composer.has_value());
  EXPECT_TRUE(composer.error().kind == core::ErrorKind::kBadInput ||
              composer.error().kind == core::ErrorKind::kNotFound)
      << composer.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Options, RefusedOptionsTest,
    ::testing::Values(RefusedCase{"Sender",
                                  {.from = "x\r\nBcc: a@b.example",
                                   .templates_folder = testing::TemplatesFolder()}},
                      RefusedCase{"Display",
                                  {.from = "a@b.example",
                                   .display = "all",
                                   .templates_folder = testing::TemplatesFolder()}},
                      RefusedCase{"Folder",
                                  {.from = "a@b.example", .templates_folder = "/nowhere"}},
                      RefusedCase{"Zone",
                                  {.from = "a@b.example",
                                   .templates_folder = testing::TemplatesFolder(),
                                   .time_zone = "Mars/Base"}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ComposerTest, ABadRecipientOrMessageIdIsRefused) {
  const auto composer = MakeComposer();
  AlertBatch batch = MakeBatch({MakeFinding()});
  batch.batch.recipient = "a@b.example\r\nBcc: c@d.example";
  EXPECT_EQ(composer->Compose(batch).error().kind, core::ErrorKind::kBadInput);
  batch = MakeBatch({MakeFinding()});
  batch.batch.message_id = "x>\r\nBcc: c@d.example";
  EXPECT_EQ(composer->Compose(batch).error().kind, core::ErrorKind::kBadInput);
  EXPECT_FALSE(composer->Compose(MakeBatch({})).has_value());
}

}  // namespace
}  // namespace schoolwatch::alerts
