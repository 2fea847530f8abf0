#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "alerts/channels/folder.h"
#include "alerts/planner.h"
#include "app/commands/erase.h"
#include "app/commands/purge.h"
#include "app/commands/subject_access.h"
#include "app/pipeline/outcome_builder.h"
#include "app/purge_receipts.h"
#include "app/purged_mails.h"
#include "app/terminal.h"
#include "storage/audit.h"
#include "storage/erasure_marks.h"
#include "storage/looks.h"
#include "tests/app/samples.h"
#include "tests/fakes/manual_clock.h"
#include "tests/storage/temp_folder.h"

namespace schoolwatch::app {
namespace {

const std::string kName = "Moira Pellew";
const std::string kWords = "Mr Thrale took the harvest money home, as everybody in the town knows.";

JudgedPost Said(std::string id, std::string author, std::string text) {
  JudgedPost judged = Allegation(std::move(id), std::move(text), core::Severity::kHigh);
  judged.post.author = std::move(author);
  judged.key = core::PostKey(judged.post);
  judged.text_hash = core::PostTextHash(judged.post);
  return judged;
}

// A store that a pass has filled, with a log and a mail beside it.
class DataProtectionTest : public testing::Test {
 protected:
  DataProtectionTest()
      : config_(TestWorkspace().config),
        store_(storage::Store::Open(folder_.path(), storage::OpenMode::kReadWrite).value()) {
    config_.settings.storage.folder = folder_.path();
    config_.settings.alerts.channel = "folder";
    config_.settings.alerts.folder = folder_.path() / "outgoing";
    Read();
  }
  // One look at the page: what became of it is in the store.
  CommitReport Read() {
    const alerts::Planner planner(config_.settings.contacts);
    OutcomeBuilder builder(*store_, *store_, planner, clock_);
    EXPECT_TRUE(builder
                    .Add(DocumentOf({Said("c1", kName, kWords),
                                     Said("c2", "Tobias Crane", "I saw it too, Moira Pellew.")}),
                         {})
                    .has_value());
    EXPECT_TRUE(store_->Commit(builder.Take()).has_value());
    return builder.report();
  }
  std::vector<core::Case> Cases() const { return store_->ListCases({}).value(); }
  StoreSession Session() {
    return {.store = store_.get(),
            .config = &config_,
            .data_dir = {},
            .user = "tester",
            .width = 80,
            .out = out_,
            .errors = errors_};
  }
  ExitCode Erase(storage::ErasureEffect effect = storage::ErasureEffect::kErase) {
    StoreSession session = Session();
    return EraseCommand(session, {storage::ErasureTarget::By::kAuthor, kName, ""}, effect,
                        clock_.Now());
  }
  std::string Access(const LookPermit& permit = {}) {
    out_.str("");
    StoreSession session = Session();
    EXPECT_EQ(SubjectAccessCommand(session, kName, permit, OutputForm::kJsonLines, clock_.Now()),
              ExitCode::kDone)
        << errors_.str();
    return out_.str();
  }
  void Write(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  std::string ReadFile(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  storage::TempFolder folder_;
  fakes::ManualClock clock_;
  config::Configuration config_;
  std::unique_ptr<storage::Store> store_;
  std::ostringstream out_;
  std::ostringstream errors_;
};

TEST_F(DataProtectionTest, AnErasedPostComesBackOnlyWhenItsMarkIsOver) {
  EXPECT_EQ(Read().findings, 0U) << "seen before";
  ASSERT_EQ(Erase(), ExitCode::kDone) << errors_.str();
  const auto held = [&] {
    std::size_t posts = 0;
    for (const core::Case& one : Cases()) {
      for (const std::string& id : one.findings) {
        posts += store_->LoadFinding(id).value().post.author == kName ? 1U : 0U;
      }
    }
    return posts;
  };
  EXPECT_EQ(held(), 0U);
  EXPECT_EQ(Read().findings, 0U);
  EXPECT_EQ(held(), 0U) << "the next look";
  clock_.Advance(config_.settings.retention.erasure_marks + std::chrono::hours(1));
  EXPECT_EQ(Read().findings, 1U);
  EXPECT_EQ(held(), 1U);
}

TEST_F(DataProtectionTest, LogsAndMailsAreCleanedToo) {
  std::string case_id;
  for (const core::Case& one : Cases()) {
    if (store_->LoadFinding(one.findings.at(0)).value().post.author == kName) {
      case_id = one.id;
    }
  }
  const auto log = folder_.path() / "schoolwatch.log";
  Write(log, "a: read https://x.example/\nb: about Moira Pellew\n");
  Write(folder_.path() / "outgoing/1.eml", "Subject: case " + case_id + "\r\n\r\nhello\r\n");
  Write(folder_.path() / "outgoing/2.eml", "Subject: another\r\n\r\nhello\r\n");
  ASSERT_EQ(Erase(), ExitCode::kDone) << errors_.str();
  EXPECT_EQ(ReadFile(log), "a: read https://x.example/\nb: about ************\n");
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "outgoing/1.eml"));
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "outgoing/2.eml"));
  EXPECT_NE(out_.str().find("nothing of it is left"), std::string::npos) << out_.str();
}

TEST_F(DataProtectionTest, OldCopiesOfTheStoreGoToo) {
  const auto copy = folder_.path() / "db.replaced-20261101T120000Z";
  const auto other = folder_.path() / "db.replaced-20261001T120000Z";
  store_.reset();
  std::filesystem::copy(folder_.path() / "db", copy);
  store_ = storage::Store::Open(folder_.path(), storage::OpenMode::kReadWrite).value();
  Write(other / "CURRENT", "MANIFEST-000001\n");
  ASSERT_EQ(Erase(storage::ErasureEffect::kShowOnly), ExitCode::kDone) << errors_.str();
  EXPECT_TRUE(std::filesystem::exists(copy));
  EXPECT_NE(out_.str().find("Would be deleted, as it holds it"), std::string::npos) << out_.str();
  ASSERT_EQ(Erase(), ExitCode::kDone) << errors_.str() << out_.str();
  EXPECT_FALSE(std::filesystem::exists(copy));
  EXPECT_TRUE(std::filesystem::exists(other)) << "she is not in it";
}

TEST_F(DataProtectionTest, WhatIsNotTheProgramsIsNamedForAPersonToSeeTo) {
  Write(folder_.path() / "notes.txt", "ring Moira Pellew\n");
  EXPECT_EQ(Erase(), ExitCode::kActionNeeded);
  EXPECT_NE(out_.str().find("notes.txt: the name, 1 time\n"), std::string::npos) << out_.str();
}

TEST_F(DataProtectionTest, NobodyOfThatNameIsNoSuccess) {
  for (const auto& [by, value, said] :
       {std::tuple(storage::ErasureTarget::By::kAuthor, "Nobody Atall",
                   "Nothing under this name was found: check the spelling."),
        std::tuple(storage::ErasureTarget::By::kUrl, "https://forum.example/t/404",
                   "Nothing at this address was found: check the spelling.")}) {
    for (const auto effect : {storage::ErasureEffect::kShowOnly, storage::ErasureEffect::kErase}) {
      out_.str("");
      StoreSession session = Session();
      EXPECT_EQ(EraseCommand(session, {by, value, ""}, effect, clock_.Now()),
                ExitCode::kActionNeeded);
      EXPECT_NE(out_.str().find(said), std::string::npos) << out_.str();
      for (const std::string_view wrong : {"nothing of it is left", "Keyed hashes", "0 posts"}) {
        EXPECT_EQ(out_.str().find(wrong), std::string::npos) << out_.str();
      }
    }
  }
}

TEST_F(DataProtectionTest, TheIdOfAMergedCaseErasesNothing) {
  const core::Case whole = Cases().at(0);
  const std::size_t all = Cases().size();
  core::Case old;
  old.id = "AAAA-2222";
  old.school = whole.school;
  old.merged_into = whole.id;
  core::DocumentOutcome outcome;
  outcome.cases = {old};
  ASSERT_TRUE(store_->Commit({&outcome, 1}).has_value());
  StoreSession session = Session();
  const auto erase = [&](const std::string& id) {
    return EraseCommand(session, {storage::ErasureTarget::By::kCase, id, ""},
                        storage::ErasureEffect::kErase, clock_.Now());
  };
  EXPECT_NE(erase("aaaa2"), ExitCode::kDone);
  EXPECT_NE(errors_.str().find("case 'aaaa2' was merged into case " + whole.id + ", which has"),
            std::string::npos)
      << errors_.str();
  EXPECT_EQ(Cases().size(), all);
  EXPECT_EQ(erase(whole.id.substr(0, 6)), ExitCode::kDone) << errors_.str();
  EXPECT_EQ(Cases().size(), all - 1);
}

TEST_F(DataProtectionTest, WhatEraseSaysFitsATerminal) {
  Write(folder_.path() / "notes.txt", "ring Moira Pellew\n");
  EXPECT_EQ(Erase(), ExitCode::kActionNeeded);
  std::istringstream lines(out_.str());
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(DisplayWidth(line), 80U) << line;
  }
  std::string said = out_.str();
  std::ranges::replace(said, '\n', ' ');
  EXPECT_NE(said.find(" 1 case, "), std::string::npos) << said;
  for (const std::string_view wrong : {" 1 posts", " 1 cases", " 1 times"}) {
    EXPECT_EQ(said.find(wrong), std::string::npos) << said;
  }
}

TEST_F(DataProtectionTest, ShowingErasesNothing) {
  const auto log = folder_.path() / "schoolwatch.log";
  Write(log, "b: about Moira Pellew\n");
  ASSERT_EQ(Erase(storage::ErasureEffect::kShowOnly), ExitCode::kDone);
  EXPECT_NE(out_.str().find("1 post of 1 case"), std::string::npos) << out_.str();
  EXPECT_EQ(ReadFile(log), "b: about Moira Pellew\n");
  EXPECT_EQ(Read().findings, 0U);
}

TEST_F(DataProtectionTest, AccessShowsTheirsAndMasksOthers) {
  const std::string all = Access();
  EXPECT_NE(all.find("harvest money"), std::string::npos) << all;
  EXPECT_NE(all.find("I saw it too"), std::string::npos) << "who names them";
  EXPECT_EQ(all.find("Tobias"), std::string::npos) << all;
  EXPECT_EQ(all.find("Thrale"), std::string::npos) << "staff are others too";
}

TEST_F(DataProtectionTest, TooManyLooksNeedASeniorsReason) {
  config_.settings.privacy.looks_before_reason = 2;
  for (int i = 0; i < 2; ++i) {
    Access();
    clock_.Advance(std::chrono::hours(2));
  }
  const auto look = [&](const LookPermit& permit) {
    StoreSession session = Session();
    return SubjectAccessCommand(session, kName, permit, OutputForm::kJsonLines, clock_.Now());
  };
  out_.str("");
  EXPECT_EQ(look({}), ExitCode::kUsage);
  EXPECT_EQ(look({"they asked for access", "the caretaker"}), ExitCode::kUsage);
  EXPECT_EQ(look({"", "headteacher"}), ExitCode::kUsage);
  EXPECT_EQ(out_.str(), "") << "nothing is shown";
  EXPECT_EQ(look({"they asked for access", "headteacher"}), ExitCode::kDone) << errors_.str();
  EXPECT_NE(ListLookReasons(*store_).value().find("they asked for access"), std::string::npos);
  const auto log = store_->LoadAudit(0, 1000).value();
  EXPECT_EQ(log.back().action, core::AuditAction::kLooked);
  EXPECT_EQ(log.back().actor, core::AuditActor::kHeadteacher);
  clock_.Advance(std::chrono::hours(2));
  EXPECT_EQ(look({}), ExitCode::kDone) << "counted anew";
}

TEST_F(DataProtectionTest, LooksAreCountedForThePersonHoweverTheyWereFound) {
  config_.settings.privacy.looks_before_reason = 1;
  core::DocumentOutcome outcome;
  for (const core::Case& one : Cases()) {
    core::Finding post = store_->LoadFinding(one.findings.at(0)).value();
    if (post.post.author == kName) {
      post.post.author_url = "https://forum.example/u/moira";
      outcome.findings = {post};
    }
  }
  ASSERT_TRUE(store_->Commit({&outcome, 1}).has_value());
  Access();
  clock_.Advance(std::chrono::hours(2));
  out_.str("");
  StoreSession session = Session();
  for (const std::string& typed : {kName, std::string("https://forum.example/u/moira")}) {
    EXPECT_EQ(SubjectAccessCommand(session, typed, {}, OutputForm::kForPeople, clock_.Now()),
              ExitCode::kUsage)
        << typed;
    EXPECT_EQ(out_.str(), "") << typed;
  }
  // A contact without a name is not everybody whose name is nothing.
  config_.settings.contacts.push_back({.role = "chair",
                                       .name = "",
                                       .email = "chair@quillbrook.example",
                                       .schools = {},
                                       .where = {}});
  const LookPermit nobodys{.reason = "they asked for access", .approved_by = " "};
  EXPECT_EQ(SubjectAccessCommand(session, kName, nobodys, OutputForm::kForPeople, clock_.Now()),
            ExitCode::kUsage);
  EXPECT_EQ(out_.str(), "");
}

TEST_F(DataProtectionTest, ALookCanBeShownToHaveBeenAtThisPerson) {
  Access();
  std::string key;
  ASSERT_TRUE(store_
                  ->WithDatabase(storage::DatabaseUse::kRead,
                                 [&](storage::Db&, const storage::AuditContext& audit) {
                                   key = audit.key;
                                   return core::Result<void>();
                                 })
                  .has_value());
  const auto subject_of = [&](const std::string& name) {
    return core::MakeEntry({.subject = LookSubject(name)}, key, {}, {}, {}).subject;
  };
  const core::AuditEntry look = store_->LoadAudit(0, 1000)->back();
  EXPECT_EQ(look.action, core::AuditAction::kLooked);
  EXPECT_EQ(look.subject, subject_of("moira pellew"));
  EXPECT_NE(look.subject, subject_of("Tobias Crane"));
}

TEST_F(DataProtectionTest, AccessTellsOfAllThatAnErasureWouldChange) {
  core::Case noted = Cases().at(0);
  noted.id = "QQQQ-QQQQ";
  noted.title = "Something else";
  noted.findings.clear();
  noted.history = {{.at = clock_.Now(),
                    .who = "",
                    .kind = core::CaseEventKind::kNoted,
                    .about = "",
                    .reason = "Rang Mrs Moira Pellew of 3 Weir Road"}};
  std::string others;
  for (const core::Case& one : Cases()) {
    for (const std::string& id : one.findings) {
      others = store_->LoadFinding(id).value().post.author == kName ? others : id;
    }
  }
  core::DocumentOutcome outcome;
  outcome.cases = {noted};
  outcome.versions = {{.finding_id = others,
                       .at = clock_.Now(),
                       .title = "",
                       .text = "Earlier I said that Moira Pellew lies.",
                       .categories = {}}};
  ASSERT_TRUE(store_->Commit({&outcome, 1}).has_value());
  ASSERT_TRUE(store_
                  ->SetNote(storage::kLookReasonsNote,
                            "{\"at\":\"2026-11-01T00:00:00Z\",\"reason\":\"Moira Pellew rang\"}\n")
                  .has_value());
  const std::string all = Access();
  EXPECT_NE(all.find("3 Weir Road"), std::string::npos) << all;
  EXPECT_NE(all.find("Earlier I said"), std::string::npos) << all;
  EXPECT_NE(all.find("Moira Pellew rang"), std::string::npos) << all;
  EXPECT_EQ(all.find("Tobias"), std::string::npos) << all;
  EXPECT_EQ(all.find("counts of looks"), std::string::npos) << "the question's own trace";
  out_.str("");
  StoreSession session = Session();
  ASSERT_EQ(SubjectAccessCommand(session, kName, {}, OutputForm::kForPeople, clock_.Now()),
            ExitCode::kDone);
  EXPECT_NE(out_.str().find("Judged by rules: "), std::string::npos) << out_.str();
}

TEST_F(DataProtectionTest, OfSomebodyUnknownNothingIsHeldNotEvenTheQuestion) {
  StoreSession session = Session();
  for (int i = 0; i < 2; ++i) {
    out_.str("");
    EXPECT_EQ(
        SubjectAccessCommand(session, "Nobody Atall", {}, OutputForm::kForPeople, clock_.Now()),
        ExitCode::kDone);
    EXPECT_EQ(out_.str(), "Nothing is held about the public name “Nobody Atall”.\n");
  }
}

TEST_F(DataProtectionTest, OldMailsOfOursGoAndNobodyElses) {
  const std::filesystem::path out = folder_.path() / "outgoing";
  const auto mail = [&](const std::string& id, std::chrono::hours ago, const std::string& about) {
    core::OutboxBatch batch;
    batch.message_id = id;
    batch.created_at = clock_.Now() - ago;
    const std::filesystem::path path = out / alerts::FolderSink::FileName(batch);
    Write(path, "Message-Id: <" + id + ">\r\n\r\nabout case " + about + "\r\n");
    return path;
  };
  constexpr std::chrono::hours kDay{24};
  const auto purged = mail("a@quillbrook.example", kDay, "AAAA-AAAA");
  const auto kept = mail("b@quillbrook.example", kDay, "BBBB-BBBB");
  const auto old = mail("c@quillbrook.example", kDay * 800, "BBBB-BBBB");
  const auto foreign = mail("d@quillbrook.example", kDay * 800, "AAAA-AAAA");
  Write(foreign, "Message-Id: <e@quillbrook.example>\r\n\r\nabout case AAAA-AAAA\r\n");
  Write(out / "minutes.eml", "Message-Id: <f@x.example>\r\n\r\nabout case AAAA-AAAA\r\n");
  const std::vector<std::string> cases{"AAAA-AAAA"};
  EXPECT_EQ(DeleteOldMails(out, cases, kDay * 730, clock_.Now()).value(), 2U);
  EXPECT_FALSE(std::filesystem::exists(purged));
  EXPECT_FALSE(std::filesystem::exists(old));
  EXPECT_TRUE(std::filesystem::exists(kept));
  EXPECT_TRUE(std::filesystem::exists(foreign)) << "its name is not its Message-ID's";
  EXPECT_TRUE(std::filesystem::exists(out / "minutes.eml"));
  EXPECT_EQ(DeleteOldMails(folder_.path() / "none", cases, kDay, clock_.Now()).value(), 0U);
}

TEST_F(DataProtectionTest, ReceiptsHoldNumbersAndNoNames) {
  StoreSession session = Session();
  core::Case one = store_->ListCases({}).value()[0];
  one.state = core::CaseState::kClosed;
  one.outcome = core::CaseOutcome::kNoConcern;
  core::DocumentOutcome closed;
  closed.cases = {one};
  ASSERT_TRUE(store_->Commit({&closed, 1}).has_value());
  const std::vector<core::OutboxItem> items = store_->LoadItems().value();
  for (const core::OutboxItem& item : items) {
    core::OutboxBatch batch;
    batch.key = "k" + item.id;
    batch.items = {item};
    batch.created_at = clock_.Now();
    ASSERT_TRUE(store_->SaveBatch(batch).has_value());
    ASSERT_TRUE(store_->RemoveBatch("k" + item.id).has_value());
  }
  // The first purge only learns what time it is.
  ASSERT_TRUE(PurgeWithReceipt(*store_, config_.settings, clock_.Now(), {}).has_value());
  clock_.Advance(std::chrono::hours(24 * 29));
  ASSERT_TRUE(PurgeWithReceipt(*store_, config_.settings, clock_.Now(), {}).has_value());
  clock_.Advance(std::chrono::hours(24 * 2));
  const auto report = PurgeWithReceipt(*store_, config_.settings, clock_.Now(), {});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_NE(ReceiptLine(*report).find("1 case,"), std::string::npos) << ReceiptLine(*report);
  EXPECT_EQ(PurgeCommand(session, PurgeTask::kShowReceipts, OutputForm::kForPeople, clock_.Now()),
            ExitCode::kDone);
  EXPECT_NE(out_.str().find("\"cases\":1"), std::string::npos) << out_.str();
  EXPECT_EQ(store_->LoadAudit(0, 1000)->back().action, core::AuditAction::kDeleted);
  EXPECT_EQ(out_.str().find("Pellew"), std::string::npos);
}

}  // namespace
}  // namespace schoolwatch::app
