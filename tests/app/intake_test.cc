// What people report, from a mail or a file to the store: what is kept, who is told, what is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "alerts/answers.h"
#include "app/intake/intake_round.h"
#include "app/intake/intake_ways.h"
#include "app/intake/take_report.h"
#include "app/look_gate.h"
#include "app/pipeline/delivery.h"
#include "app/pipeline/source_news.h"
#include "core/hash.h"
#include "storage/key_file.h"
#include "tests/app/samples.h"
#include "tests/config/temporary_folder.h"
#include "tests/fakes/fake_fetcher.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/recording_sink.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* kReporter = "jo@mail.example";
constexpr const char* kBad = "A teacher at Quillbrook Academy hit a child in the playground.";
// Base64 of "SECRETPICTUREBYTES".
constexpr const char* kPicture = "U0VDUkVUUElDVFVSRUJZVEVT";
constexpr const char* kPictureBytes = "SECRETPICTUREBYTES";

std::string Mail(const std::string& id, const std::string& body,
                 const std::string& type = "text/plain", const std::string& more = "") {
  return "From: Jo Parent <" + std::string(kReporter) + ">\r\nSubject: Fwd: look\r\nMessage-ID: <" +
         id + "@mail.example>\r\nDate: Fri, 20 Nov 2026 11:00:00 +0000\r\n" + more +
         "MIME-Version: 1.0\r\nContent-Type: " + type + "\r\n\r\n" + body;
}

std::string WithPicture(const std::string& words) {
  return Mail("p1",
              "--b\r\nContent-Type: text/plain\r\n\r\n" + words +
                  "\r\n--b\r\nContent-Type: image/png; name=shot.png\r\n"
                  "Content-Transfer-Encoding: base64\r\n\r\n" +
                  kPicture + "\r\n--b--\r\n",
              "multipart/mixed; boundary=b");
}

class IntakeTest : public testing::Test {
 protected:
  IntakeTest() {
    equipment_.workspace = TestWorkspace();
    equipment_.workspace.config.settings.storage.folder = folder_.path() / "store";
    fs::create_directories(folder_.path() / "store");
    auto fetcher = std::make_unique<fakes::FakeFetcher>(clock_);
    fetcher_ = fetcher.get();
    equipment_.fetcher = std::move(fetcher);
  }

  config::Settings& settings() { return equipment_.workspace.config.settings; }
  void LoadPlatforms() {
    config::Diagnostics problems;
    Workspace& workspace = equipment_.workspace;
    workspace.recipes = crawler::LoadRecipes(workspace.data_dir / "answers", problems);
    workspace.platforms =
        crawler::LoadPlatforms(workspace.data_dir / "platforms", workspace.recipes, problems);
    ASSERT_TRUE(problems.empty()) << problems.ToText();
  }
  TakenReport Take(const std::string& mail) {
    ReportTaker taker(equipment_.workspace, *store_, clock_, nullptr);
    const auto taken = taker.TakeMail(mail, "mailbox");
    EXPECT_TRUE(taken.has_value()) << taken.error().message;
    return taken.value_or(TakenReport{});
  }
  IntakeReport Round() {
    const auto report = TakeReports(equipment_, *store_, clock_, IntakePace::kNow, {});
    EXPECT_TRUE(report.has_value()) << report.error().message;
    return report ? *report : IntakeReport{};
  }
  std::vector<core::OutboxItem> Items(std::string_view to = "") {
    std::vector<core::OutboxItem> items = store_->LoadItems().value();
    std::erase_if(
        items, [&](const core::OutboxItem& item) { return !to.empty() && item.recipient != to; });
    return items;
  }
  std::string Answer() {
    const std::vector<core::OutboxItem> items = Items(kReporter);
    return items.empty() ? "" : items.back().notice.text;
  }
  std::vector<core::Finding> Findings() {
    std::vector<core::Finding> findings;
    const auto cases = store_->ListCases({});
    for (const core::Case& one : cases.value()) {
      for (const std::string& id : one.findings) {
        findings.push_back(store_->LoadFinding(id).value());
      }
    }
    return findings;
  }
  // A file as somebody dropped it an hour ago.
  void Drop(const std::string& name, const std::string& bytes) {
    settings().intake.folder = folder_.path() / "drop";
    folder_.Write("drop/" + name, bytes);
    fs::last_write_time(folder_.path() / "drop" / name,
                        fs::file_time_type::clock::now() - std::chrono::hours(1));
  }
  bool IsAnywhere(const std::string& bytes) const {
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      if (!entry.is_regular_file()) {
        continue;
      }
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string all{std::istreambuf_iterator<char>(in), {}};
      if (all.find(bytes) != std::string::npos) {
        ADD_FAILURE() << entry.path() << " holds it";
        return true;
      }
    }
    return false;
  }

  config::TemporaryFolder folder_;
  fakes::ManualClock clock_;
  Equipment equipment_;
  fakes::FakeFetcher* fetcher_ = nullptr;
  std::unique_ptr<storage::Store> store_ = std::make_unique<fakes::MemoryStore>();
};

TEST_F(IntakeTest, ReportedPostBecomesACaseAndItsReporterIsKeptApart) {
  const TakenReport taken =
      Take(Mail("m1", std::string("Link: https://forum.example/p/1\r\n\r\n") + kBad));
  EXPECT_EQ(taken.fate, ReportFate::kTaken);
  EXPECT_EQ(taken.findings, 1u);
  const std::vector<core::Finding> findings = Findings();
  ASSERT_THAT(findings, SizeIs(1));
  const core::Post& post = findings[0].post;
  EXPECT_EQ(post.text, kBad);
  EXPECT_EQ(post.source, "reported");
  EXPECT_EQ(post.visibility, core::Visibility::kReported);
  EXPECT_THAT(Items("dsl@quillbrook.example"), SizeIs(1));
  const std::vector<core::IntakeReceipt> receipts = store_->ListReports().value();
  ASSERT_THAT(receipts, SizeIs(1));
  EXPECT_EQ(receipts[0].reporter, kReporter);
  EXPECT_THAT(receipts[0].findings, Contains(findings[0].id));
  for (const std::string* field : {&post.text, &post.author, &post.quoted, &post.summary}) {
    EXPECT_THAT(*field, Not(HasSubstr("Jo")));
  }
  const auto evidence = store_->FindEvidence(findings[0].id).value();
  ASSERT_TRUE(evidence.has_value());
  EXPECT_THAT(evidence->fragment_note, HasSubstr("As somebody reported it"));
}

TEST_F(IntakeTest, ReporterIsAnsweredWithoutAWordOfThePost) {
  (void)Take(Mail("m1", kBad));
  EXPECT_THAT(Answer(), HasSubstr("Thank you for telling us"));
  EXPECT_THAT(Answer(), HasSubstr("call 999"));
  EXPECT_THAT(Answer(), Not(HasSubstr("playground")));
}

TEST_F(IntakeTest, SameMailAgainChangesNothing) {
  (void)Take(Mail("m1", kBad));
  const auto items = Items();
  EXPECT_EQ(Take(Mail("m1", kBad)).fate, ReportFate::kKnown);
  EXPECT_EQ(Items(), items);
}

TEST_F(IntakeTest, SamePostInAnotherMailIsNoSecondFinding) {
  (void)Take(Mail("m1", kBad));
  EXPECT_EQ(Take(Mail("m2", kBad)).findings, 0u);
  EXPECT_THAT(Findings(), SizeIs(1));
}

TEST_F(IntakeTest, PictureIsNotKeptAndTheReporterIsToldCalmly) {
  (void)Take(WithPicture("the picture says Quillbrook Academy is a dump"));
  const core::IntakeReceipt receipt = store_->ListReports().value().at(0);
  ASSERT_THAT(receipt.files, SizeIs(1));
  EXPECT_EQ(receipt.files[0].name, "shot.png");
  EXPECT_EQ(receipt.files[0].size, 18u);
  EXPECT_EQ(receipt.files[0].sha256, core::ToHex(core::HashSha256(kPictureBytes)));
  EXPECT_THAT(Answer(), HasSubstr("We did not keep the picture (shot.png)"));
  EXPECT_THAT(Answer(), HasSubstr("send it to nobody"));
}

TEST_F(IntakeTest, NoByteOfAPictureIsWrittenAnywhere) {
  store_ = storage::Store::Open(settings().storage.folder, storage::OpenMode::kReadWrite).value();
  settings().alerts.folder = folder_.path() / "outgoing";
  const std::string chat = "17/11/2026, 20:03 - D: " + std::string(kBad) + "\n";
  Drop("mail.eml", WithPicture(kBad));
  Drop("shot.jpg", kPictureBytes);
  Drop("WhatsApp Chat with Y6.txt", chat);
  settings().intake.maildir = folder_.path() / "maildir";
  folder_.Write("maildir/new/1.mail", WithPicture("once more, of Quillbrook Academy"));
  fs::create_directories(folder_.path() / "maildir/cur");
  const IntakeReport report = Round();
  EXPECT_THAT(report.taken, SizeIs(4));
  EXPECT_THAT(report.troubles, IsEmpty());
  const auto composer = MakeComposer(equipment_.workspace);
  ASSERT_TRUE(composer.has_value()) << composer.error().message;
  fakes::RecordingSink sink;
  ASSERT_TRUE(
      DeliverWaiting(equipment_.workspace, *store_, sink, clock_, DeliveryRound::kAll).has_value());
  store_.reset();
  EXPECT_FALSE(IsAnywhere(kPictureBytes));
  EXPECT_FALSE(IsAnywhere(kPicture));
  EXPECT_TRUE(fs::is_empty(folder_.path() / "drop"));
  EXPECT_TRUE(fs::is_empty(folder_.path() / "maildir/new"));
}

TEST_F(IntakeTest, OfAChatOnlyWhatIsAConcernIsWritten) {
  store_ = storage::Store::Open(settings().storage.folder, storage::OpenMode::kReadWrite).value();
  Drop("WhatsApp Chat with Y6 parents.txt",
       "17/11/2026, 20:00 - Anna Quince: zebra party on sunday\n"
       "17/11/2026, 20:01 - Bo Quince: yes please\n17/11/2026, 20:02 - Carl: " +
           std::string(kBad) +
           "\n17/11/2026, 20:03 - Bo Quince: oh no\n17/11/2026, 20:04 - Anna Quince: giraffe party "
           "too\n");
  const IntakeReport report = Round();
  EXPECT_EQ(report.findings, 1u);
  ASSERT_THAT(report.taken, SizeIs(1));
  EXPECT_THAT(report.taken[0].report.what, HasSubstr("5 messages of a chat (1 kept)"));
  const std::vector<core::Finding> findings = Findings();
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].post.quoted, "Before it, Member 2: yes please\nAfter it, Member 2: oh no");
  EXPECT_THAT(store_->LoadCase(findings[0].case_id).value().title, Not(HasSubstr("teacher")));
  store_.reset();
  EXPECT_FALSE(IsAnywhere("zebra"));
  EXPECT_FALSE(IsAnywhere("giraffe"));
  EXPECT_FALSE(IsAnywhere("Anna Quince"));
  EXPECT_FALSE(IsAnywhere("Bo Quince"));
}

TEST_F(IntakeTest, PrivateWordsAreQuotedToTheDslAndTheHeadAlone) {
  config::Contact deputy = settings().contacts[0];
  deputy.role = "deputy";
  deputy.name = "Ms Ivy Carrow";
  deputy.email = "deputy@quillbrook.example";
  settings().contacts.push_back(deputy);
  config::RouteBranch all;
  all.name = "all";
  all.tell = {"headteacher", "dsl", "deputy"};
  settings().alerts.route = {all};
  (void)Take(Mail("m1", kBad));  // No link: nobody said that it was public.
  ASSERT_EQ(Findings().at(0).post.visibility, core::Visibility::kReportedPrivate);
  const auto composer = MakeComposer(equipment_.workspace).value();
  for (const core::OutboxItem& item : Items()) {
    if (!item.notice.kind.empty()) {
      continue;
    }
    alerts::AlertBatch batch;
    batch.batch.key = "k";
    batch.batch.message_id = "m@quillbrook.example";
    batch.batch.recipient = item.recipient;
    batch.batch.items = {item};
    batch.batch.created_at = clock_.Now();
    batch.school_name = "Quillbrook Academy";
    alerts::AlertEntry entry;
    entry.finding = Findings().at(0);
    entry.case_now = store_->LoadCase(item.case_id).value();
    entry.reason = item.reason;
    batch.entries = {entry};
    const auto mail = composer->Compose(batch);
    ASSERT_TRUE(mail.has_value());
    const bool may = item.role == "dsl" || item.role == "headteacher";
    EXPECT_EQ(mail->text.find("playground") != std::string::npos, may) << item.recipient;
    EXPECT_EQ(mail->html.find("playground") != std::string::npos, may) << item.recipient;
  }
  EXPECT_THAT(Items("deputy@quillbrook.example"), SizeIs(1));
}

TEST_F(IntakeTest, PrivateCaseIsShownWhereTheDslOrTheHeadAgrees) {
  (void)Take(Mail("m1", kBad));
  const core::Case shown = store_->LoadCase(Findings().at(0).case_id).value();
  std::ostringstream out;
  std::ostringstream errors;
  StoreSession session{.store = store_.get(),
                       .config = &equipment_.workspace.config,
                       .data_dir = {},
                       .user = "it",
                       .out = out,
                       .errors = errors};
  const auto look = [&](const LookPermit& permit) {
    return CountLookAtCase(session, shown, permit, LookEntry::kAlways, clock_.Now());
  };
  const auto alone = look({});
  ASSERT_FALSE(alone.has_value());
  EXPECT_EQ(alone.error().kind, core::ErrorKind::kForbidden);
  EXPECT_TRUE(look({.reason = "the DSL reads it", .approved_by = "dsl"}).has_value());
}

TEST_F(IntakeTest, WhoMayNotReportIsNotTakenAndNotAnswered) {
  settings().intake.reporters = {"contacts", "@quillbrook.example"};
  EXPECT_EQ(Take(Mail("m1", kBad)).fate, ReportFate::kNotAllowed);
  EXPECT_THAT(Items(), IsEmpty());
  EXPECT_THAT(store_->ListReports().value(), IsEmpty());
  settings().intake.reporters = {"@mail.example"};
  EXPECT_EQ(Take(Mail("m1", kBad)).fate, ReportFate::kTaken);
}

TEST_F(IntakeTest, AnswerToAnAlertGoesToItsCase) {
  (void)Take(Mail("m1", kBad));
  const std::string id = Findings().at(0).case_id;
  const auto key =
      storage::LoadAnswerKey(settings().storage.folder, storage::MissingKey::kMake).value().key;
  const auto links = alerts::AnswerLinks({.case_id = id,
                                          .recipient = "dsl@quillbrook.example",
                                          .to = "reports@quillbrook.example",
                                          .asked_at = clock_.Now(),
                                          .valid_for = std::chrono::hours(48)},
                                         key);
  const TakenReport taken = Take("From: dsl@quillbrook.example\r\nSubject: [" + links.at(1).token +
                                 "]\r\n\r\nI see to it.\r\n");
  EXPECT_EQ(taken.fate, ReportFate::kAnswer) << taken.what;
  EXPECT_EQ(store_->LoadCase(id).value().state, core::CaseState::kInHand);
  EXPECT_THAT(store_->ListReports().value(), SizeIs(1));
}

TEST_F(IntakeTest, SecondReporterOfAPostIsKnownToo) {
  (void)Take(Mail("m1", kBad));
  (void)Take(Mail("m2", kBad));
  const std::vector<core::IntakeReceipt> receipts = store_->ListReports().value();
  ASSERT_THAT(receipts, SizeIs(2));
  EXPECT_EQ(receipts[0].findings, receipts[1].findings);
  EXPECT_THAT(receipts[0].findings, SizeIs(1));
}

TEST_F(IntakeTest, NoticeOfAMailServerReportsNothing) {
  EXPECT_EQ(Take(Mail("m1",
                      "--b\r\nContent-Type: text/plain\r\n\r\nNot delivered: " + std::string(kBad) +
                          "\r\n--b--\r\n",
                      "multipart/report; boundary=b"))
                .fate,
            ReportFate::kNotAllowed);
  EXPECT_EQ(Take("From: " + settings().alerts.from + "\r\nSubject: x\r\n\r\n" + kBad).fate,
            ReportFate::kNotAllowed);
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(IntakeTest, ProgramsAreNotAnswered) {
  (void)Take(Mail("m1", kBad, "text/plain", "Auto-Submitted: auto-replied\r\n"));
  EXPECT_EQ(Answer(), "");
}

TEST_F(IntakeTest, NobodyIsAnsweredMoreThanFiveTimesADay) {
  for (int i = 0; i < 8; ++i) {
    (void)Take(Mail("m" + std::to_string(i), kBad));
  }
  EXPECT_THAT(Items(kReporter), SizeIs(5));
  clock_.Advance(std::chrono::hours(25));
  (void)Take(Mail("later", kBad));
  EXPECT_THAT(Items(kReporter), SizeIs(6));
}

TEST_F(IntakeTest, WhatAPersonReportsIsSeenEvenWhereNoRuleFires) {
  EXPECT_EQ(Take(Mail("m1", "Platform: TikTok\r\n\r\nlol 6b at it again tmrw 3pm")).findings, 1u);
  EXPECT_EQ(Findings().at(0).judgement.severity, core::Severity::kLow);
  EXPECT_EQ(Take(Mail("m2", "Cheap watches, best price, buy now")).findings, 0u)
      << "an advertisement from nobody we know";
}

TEST_F(IntakeTest, LinkAloneIsReadWhereRobotsAllow) {
  fetcher_->PutPage("https://forum.example/p/1",
                    "<html><head><title>Gates</title></head><body><article><h1>Gates</h1><p>" +
                        std::string(kBad) +
                        " It happened on Monday and nobody did anything about "
                        "it for days.</p></article></body></html>");
  Drop("link.txt", "https://forum.example/p/1\n");
  const IntakeReport report = Round();
  ASSERT_THAT(report.taken, SizeIs(1));
  EXPECT_THAT(fetcher_->urls(), Contains("https://forum.example/robots.txt"));
  EXPECT_EQ(report.findings, 1u) << report.taken[0].report.what;
}

TEST_F(IntakeTest, LinkThatMayNotBeReadIsToldSo) {
  fetcher_->PutPage("https://forum.example/robots.txt", "User-agent: *\nDisallow: /", "text/plain");
  fetcher_->PutPage("https://forum.example/p/1", kBad);
  Drop("link.txt", "https://forum.example/p/1\n");
  const IntakeReport report = Round();
  EXPECT_EQ(report.findings, 0u);
  EXPECT_EQ(fetcher_->CountOf("https://forum.example/p/1"), 0u);
  ASSERT_THAT(report.taken, SizeIs(1));
  EXPECT_THAT(report.taken[0].report.what, HasSubstr("1 link (0 read)"));
}

TEST_F(IntakeTest, LinkOfAPlatformIsAskedByItsOEmbedAndNotOpened) {
  LoadPlatforms();
  const std::string asked =
      "https://publish.twitter.com/"
      "oembed?omit_script=1&url=https%3A%2F%2Fx.com%2Fdana%2Fstatus%2F1";
  fetcher_->PutPage(asked,
                    R"({"author_name":"Dana K","author_url":"https://x.com/dana",)"
                    R"("url":"https://x.com/dana/status/1","html":"<blockquote><p>)" +
                        std::string(kBad) + R"(</p>&mdash; Dana</blockquote>"})",
                    "application/json");
  Drop("link.txt", "https://x.com/dana/status/1\n");
  const IntakeReport report = Round();
  EXPECT_EQ(report.findings, 1u);
  EXPECT_THAT(fetcher_->urls(), Contains("https://publish.twitter.com/robots.txt"));
  EXPECT_THAT(fetcher_->urls(), Not(Contains(HasSubstr("https://x.com/"))));
  ASSERT_THAT(Findings(), SizeIs(1));
  EXPECT_EQ(Findings()[0].post.text, kBad);
  EXPECT_EQ(Findings()[0].post.author, "Dana K");
  EXPECT_EQ(Findings()[0].post.url, "https://x.com/dana/status/1");
}

TEST_F(IntakeTest, LinkWhosePagesAreLeftIsNotAskedAtAll) {
  LoadPlatforms();
  Drop("link.txt", "https://www.facebook.com/groups/1/posts/2\n");
  const IntakeReport report = Round();
  EXPECT_THAT(fetcher_->urls(), IsEmpty());
  ASSERT_THAT(report.taken, SizeIs(1));
  EXPECT_THAT(report.taken[0].report.what, HasSubstr("1 link (0 read)"));
}

TEST_F(IntakeTest, ShortLinkToWhatIsLeftGivesNothing) {
  LoadPlatforms();
  fetcher_->PutRedirect("https://short.example/a", "https://www.facebook.com/p/1");
  fetcher_->PutPage("https://www.facebook.com/p/1", kBad);
  Drop("link.txt", "https://short.example/a\n");
  EXPECT_EQ(Round().findings, 0u);
}

TEST_F(IntakeTest, PageWithoutOnePostIsAskedWhatItShowsOthers) {
  LoadPlatforms();
  fetcher_->PutPage("https://tube.example/watch?v=1",
                    "<html><head><title>Tube</title><link rel=alternate "
                    "type=application/json+oembed href=\"/oembed?u=1\"></head><body><a "
                    "href=/a>Home</a> <a href=/b>New</a></body></html>");
  fetcher_->PutPage(
      "https://tube.example/oembed?u=1",
      R"({"type":"video","title":")" + std::string(kBad) + R"(","author_name":"Dana K"})",
      "application/json");
  Drop("link.txt", "https://tube.example/watch?v=1\n");
  EXPECT_EQ(Round().findings, 1u);
  ASSERT_THAT(Findings(), SizeIs(1));
  EXPECT_EQ(Findings()[0].post.author, "Dana K");
  EXPECT_EQ(Findings()[0].post.url, "https://tube.example/watch?v=1");
}

TEST_F(IntakeTest, WhatAPageShowsOthersIsNotAskedWhereRobotsForbid) {
  LoadPlatforms();
  fetcher_->PutPage("https://tube.example/robots.txt", "User-agent: *\nDisallow: /oembed",
                    "text/plain");
  fetcher_->PutPage(
      "https://tube.example/watch?v=1",
      "<html><head><title>" + std::string(kBad) +
          "</title><link rel=alternate type=application/json+oembed "
          "href=\"/oembed?u=1\"></head><body><a href=/a>Home</a> <a href=/b>New</a></body></html>");
  Drop("link.txt", "https://tube.example/watch?v=1\n");
  EXPECT_EQ(Round().findings, 1u) << "its own title stands";
  EXPECT_EQ(fetcher_->CountOf("https://tube.example/oembed?u=1"), 0u);
}

TEST_F(IntakeTest, FolderThatIsGoneIsToldOnceAndOnceMoreWhenItIsBack) {
  settings().intake.folder = folder_.path() / "drop";
  const auto news = [this] {
    return LoadSourceNews(IntakeWays(settings()), *store_).value_or(std::vector<SourceNews>{});
  };
  (void)Round();
  EXPECT_THAT(news(), IsEmpty()) << "one failure is nobody's business";
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(std::chrono::minutes(15));
    (void)Round();
  }
  ASSERT_THAT(news(), SizeIs(1));
  const std::vector<core::OutboxItem> mails = NoticesOf(news(), settings(), clock_.Now());
  ASSERT_FALSE(mails.empty());
  EXPECT_EQ(mails[0].notice.subject, "reports cannot be read");
  EXPECT_THAT(mails[0].notice.text, HasSubstr("The drop folder cannot be emptied"));
  ASSERT_TRUE(MarkTold(news(), mails, *store_).has_value());
  (void)Round();
  EXPECT_THAT(news(), IsEmpty()) << "told once";
  fs::create_directories(settings().intake.folder);
  clock_.Advance(std::chrono::minutes(15));
  (void)Round();
  ASSERT_THAT(news(), SizeIs(1));
  EXPECT_THAT(Describe(news()[0], clock_.Now()), HasSubstr("the drop folder works again"));
}

TEST_F(IntakeTest, FolderThatWorksIsNotWrittenOfAtEachLook) {
  fs::create_directories(folder_.path() / "drop");
  settings().intake.folder = folder_.path() / "drop";
  (void)Round();
  const auto first = store_->FindSource(kFolderWay).value();
  clock_.Advance(std::chrono::minutes(5));
  (void)Round();
  EXPECT_EQ(store_->FindSource(kFolderWay).value(), first);
  clock_.Advance(std::chrono::minutes(30));
  (void)Round();
  EXPECT_NE(store_->FindSource(kFolderWay).value(), first);
}

TEST_F(IntakeTest, FileThatCannotBeReadIsSetAside) {
  Drop("letter.docx", "PK? no");
  const IntakeReport report = Round();
  EXPECT_THAT(report.troubles, SizeIs(1));
  EXPECT_TRUE(fs::exists(folder_.path() / "drop/not-read/letter.docx"));
  EXPECT_THAT(Round().taken, IsEmpty());
}

TEST_F(IntakeTest, FileThatIsBeingWrittenWaits) {
  settings().intake.folder = folder_.path() / "drop";
  folder_.Write("drop/a.txt", kBad);
  EXPECT_THAT(Round().taken, IsEmpty());
  EXPECT_TRUE(fs::exists(folder_.path() / "drop/a.txt"));
}

TEST_F(IntakeTest, LinkInTheDropFolderIsNotFollowed) {
  Drop("a.txt", kBad);
  folder_.Write("secret.txt", "elsewhere");
  fs::create_symlink(folder_.path() / "secret.txt", folder_.path() / "drop/b.txt");
  EXPECT_THAT(Round().taken, SizeIs(1));
  EXPECT_TRUE(fs::exists(folder_.path() / "secret.txt"));
}

TEST_F(IntakeTest, MissingFolderIsATroubleAndNoEnd) {
  settings().intake.folder = folder_.path() / "nowhere";
  EXPECT_THAT(Round().troubles, SizeIs(1));
}

TEST_F(IntakeTest, OldMessagesOfAChatComeInOneSummary) {
  Drop("WhatsApp Chat with Y6.txt",
       "17/11/2023, 20:02 - Carl: Quillbrook Academy dinners are a disgrace, a total disgrace, and "
       "the head should resign\n");
  (void)Round();
  for (const core::OutboxItem& item : Items()) {
    EXPECT_EQ(item.delivery, core::Delivery::kBacklog) << item.recipient;
  }
  EXPECT_THAT(Items(), Not(IsEmpty()));
}

}  // namespace
}  // namespace schoolwatch::app
