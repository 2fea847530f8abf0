#include "app/archive/case_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <span>
#include <sstream>
#include <string>

#include "app/archive/archive_check.h"
#include "app/archive/warc.h"
#include "app/archive/zip.h"
#include "app/commands/audit.h"
#include "app/commands/case_archive.h"
#include "tests/app/archive_samples.h"
#include "tests/app/samples.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"
#include "tests/storage/temp_folder.h"

namespace schoolwatch::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::vector<ArchivedFile> FilesOf(const std::string& archive) { return ReadZip(archive).files; }

std::string FileOf(const std::string& archive, std::string_view name) {
  for (const ArchivedFile& file : FilesOf(archive)) {
    if (file.name == name) {
      return file.bytes;
    }
  }
  return {};
}

TEST(CaseArchiveTest, IsWholeAsItWasMade) {
  const std::string archive = MakeCaseArchive(SampleExport());
  const ArchiveReport report = CheckCaseArchive(archive);
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_THAT(report.notes, IsEmpty());
  EXPECT_EQ(report.case_id, "Q7F3-2K");
  EXPECT_EQ(report.posts, 2u);
  EXPECT_EQ(report.records, 4u) << "two a text, and not what is about the file";
  EXPECT_EQ(report.audit_entries, 6u);
}

TEST(CaseArchiveTest, TheSameExportGivesTheSameBytes) {
  const std::string archive = MakeCaseArchive(SampleExport());
  EXPECT_EQ(MakeCaseArchive(SampleExport()), archive);
  CaseExport later = SampleExport();
  later.exported_at += std::chrono::seconds{2};
  EXPECT_NE(MakeCaseArchive(later), archive);
  EXPECT_THAT(CheckCaseArchive(MakeCaseArchive(later)).problems, IsEmpty());
}

TEST(CaseArchiveTest, WhatIsNotKeptIsANoteAndNoProblem) {
  CaseExport made = SampleExport();
  made.findings[0].evidence.reset();
  made.findings[0].key.reset();
  made.findings[1].key = core::Sha256{};  // As where the log has it under another case.
  const ArchiveReport report = CheckCaseArchive(MakeCaseArchive(made));
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_THAT(report.notes, SizeIs(2));
}

TEST(CaseArchiveTest, EvidenceIsSealedByTheKeyOfWhenItWasKept) {
  CaseExport made = SampleExport();
  ExportedFinding& one = made.findings[0];
  const core::Sha256 then = *one.key;
  const core::Sha256 now = core::SubjectKey("a newer key", core::EvidenceSubject(one.finding.id));
  one.key = SealingKey(made.audit, *one.evidence, std::array{now, then});
  EXPECT_EQ(one.key, then);
  EXPECT_THAT(CheckCaseArchive(MakeCaseArchive(made)).notes, IsEmpty());
  EXPECT_EQ(SealingKey(made.audit, *one.evidence, std::span(&now, 1)), now);
  EXPECT_EQ(SealingKey(made.audit, *one.evidence, {}), std::nullopt);
}

TEST(CaseArchiveTest, EvidenceThatIsNotWhatTheLogRecordedIsNamed) {
  // As by somebody who makes every hash of the archive anew, but not the log's.
  CaseExport made = SampleExport();
  made.findings[0].evidence->post.text = "Something milder.";
  std::string archive = MakeCaseArchive(made);
  // The manifest then knows no entry for it; a forger writes the number back, and all hashes.
  std::vector<ArchivedFile> files = FilesOf(archive);
  for (ArchivedFile& file : files) {
    if (file.name == kManifestFile) {
      const std::size_t at = file.bytes.find("\"audit_entry\":0");
      ASSERT_NE(at, std::string::npos);
      file.bytes.replace(at, 15, "\"audit_entry\":3");
    }
  }
  archive = WriteZip(files, made.exported_at);
  EXPECT_THAT(CheckCaseArchive(archive).problems,
              ElementsAre(HasSubstr("is not what entry 3 of the audit log recorded")));
}

TEST(CaseArchiveTest, AnEntryTakenOutOfTheLogIsNamed) {
  CaseExport made = SampleExport();
  made.audit.erase(made.audit.begin() + 1);
  const ArchiveReport report = CheckCaseArchive(MakeCaseArchive(made));
  ASSERT_THAT(report.problems, Not(IsEmpty()));
  EXPECT_THAT(report.problems[0], HasSubstr("audit.log, line 2"));
}

TEST(CaseArchiveTest, AChangedFileIsNamedWhateverItsCheckSum) {
  for (const std::string_view name :
       {kPageFile, kWarcFile, kAuditFile, kReadmeFile, kVersionsFile}) {
    std::vector<ArchivedFile> files = FilesOf(MakeCaseArchive(SampleExport()));
    for (ArchivedFile& file : files) {
      if (file.name == name) {
        char& byte = file.bytes[file.bytes.size() / 2];
        byte = static_cast<char>(byte ^ 1);
      }
    }
    const ArchiveReport report = CheckCaseArchive(WriteZip(files, SampleExport().exported_at));
    ASSERT_THAT(report.problems, Not(IsEmpty())) << name;
    EXPECT_THAT(report.problems[0], HasSubstr(std::string(name)));
  }
}

TEST(CaseArchiveTest, AMissingAddedOrDoubledFileIsNamed) {
  const std::vector<ArchivedFile> whole = FilesOf(MakeCaseArchive(SampleExport()));
  const core::Timestamp at = SampleExport().exported_at;
  std::vector<ArchivedFile> fewer(whole.begin() + 1, whole.end());
  EXPECT_THAT(CheckCaseArchive(WriteZip(fewer, at)).problems,
              testing::Contains(HasSubstr("'page.html' is missing")));
  std::vector<ArchivedFile> more = whole;
  more.push_back({"extra.txt", "x"});
  EXPECT_THAT(CheckCaseArchive(WriteZip(more, at)).problems,
              ElementsAre(HasSubstr("'extra.txt' is in the archive, but not in")));
  std::vector<ArchivedFile> doubled = whole;
  doubled.push_back(whole[0]);
  EXPECT_THAT(CheckCaseArchive(WriteZip(doubled, at)).problems,
              testing::Contains(HasSubstr("'page.html' stands twice")));
}

TEST(CaseArchiveTest, ARecordThatUnpacksToTooMuchIsRefused) {
  CaseExport made = SampleExport();
  made.findings[0].evidence->fragment.assign(5u << 20, 'a');
  EXPECT_THAT(
      CheckCaseArchive(MakeCaseArchive(made)).problems,
      testing::Contains(HasSubstr("record 2 (resource of finding f1): it unpacks to more")));
}

TEST(CaseArchiveTest, ThePageShowsWhatStrangersWroteAsText) {
  CaseExport made = SampleExport();
  core::Post& post = made.findings[0].finding.post;
  post.text = "<script>alert(1)</script> & \"so\"\x01";
  post.author = "<img src=x onerror=alert(1)>";
  post.url = "javascript:alert(1)";
  made.of.title = "</title><script>";
  const std::string page = MakeCasePage(made);
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, Not(HasSubstr("href=\"javascript")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;so&quot;"));
  EXPECT_EQ(page.find('\x01'), std::string::npos);
  EXPECT_THAT(page, HasSubstr("<html lang=\"en-GB\">"));
  EXPECT_THAT(page, HasSubstr("possible defamatory"));
}

TEST(CaseArchiveTest, ThePageTellsWhatPeopleDecidedAndWhy) {
  CaseExport made = SampleExport();
  EXPECT_THAT(MakeCasePage(made),
              HasSubstr("<li>Fri 20 Nov 2026, 19:00 GMT: noted, by Ada &lt;Wren&gt;<br>“rang the "
                        "parents &amp; listened”</li>"));
  made.of.outcome = core::CaseOutcome::kComplaint;
  EXPECT_THAT(MakeCasePage(made), HasSubstr("<th scope=\"row\">Outcome</th><td>complaint</td>"));
  made.of.history.clear();
  EXPECT_THAT(MakeCasePage(made), Not(HasSubstr("what was decided")));
}

TEST(CaseArchiveTest, OtherTextsOfAnEditedPostAreThereWithTheirTimes) {
  CaseExport made = SampleExport();
  const std::string archive = MakeCaseArchive(made);
  EXPECT_EQ(
      FileOf(archive, kVersionsFile),
      "{\"finding\":\"f2\",\"read_at\":\"2026-11-20T19:30:00Z\",\"title\":\"\",\"text\":\"He took "
      "<some> of the trip money too.\",\"severity\":\"medium\",\"categories\":[\"defamatory\"]}\n");
  EXPECT_THAT(FileOf(archive, kPageFile),
              HasSubstr("As it was read at Fri 20 Nov 2026, 19:30 GMT (UTC: 2026-11-20T19:30:00Z)"
                        "</h3>\n<blockquote>He took &lt;some&gt; of the trip money too."));
  made.findings[1].versions.clear();
  for (const ArchivedFile& file : FilesOf(MakeCaseArchive(made))) {
    EXPECT_NE(file.name, kVersionsFile);
  }
}

TEST(CaseArchiveTest, ThePageSaysThatTextsMayBeMissing) {
  CaseExport made = SampleExport();
  EXPECT_THAT(MakeCasePage(made), Not(HasSubstr("there may have been more")));
  made.findings[1].versions.resize(core::kMaxVersions, made.findings[1].versions.front());
  EXPECT_THAT(MakeCasePage(made), HasSubstr("At most 10 other texts of a post are kept"));
}

TEST(CaseArchiveTest, ThePageTellsOfWhichPostSomethingBecame) {
  CaseExport made = SampleExport();
  const auto add = [&](core::CaseEventKind kind, std::string about, std::string finding) {
    made.of.history.push_back({.at = At("2026-11-20T20:00:00Z"),
                               .who = "",
                               .kind = kind,
                               .about = std::move(about),
                               .reason = "",
                               .finding = std::move(finding)});
  };
  add(core::CaseEventKind::kGone, "deleted at its source", "f2");
  add(core::CaseEventKind::kBack, "", "f9");
  add(core::CaseEventKind::kMerged, "AAAA-22", "");
  add(core::CaseEventKind::kSplit, "BBBB-33", "");
  add(core::CaseEventKind::kSplitOff, "CCCC-44", "");
  const std::string page = MakeCasePage(made);
  EXPECT_THAT(page, HasSubstr(": gone: deleted at its source (post 2), by the program</li>"));
  EXPECT_THAT(page, HasSubstr(": there again (a post that is not in this archive), by"));
  EXPECT_THAT(page, HasSubstr(": merged with case AAAA-22, by"));
  EXPECT_THAT(page, HasSubstr(": split: other posts are in case BBBB-33, by"));
  EXPECT_THAT(page, HasSubstr(": split off from case CCCC-44, by"));
}

TEST(CaseArchiveTest, ThePageTellsWhetherAPostStillStoodThere) {
  CaseExport made = SampleExport();
  EXPECT_THAT(MakeCasePage(made), Not(HasSubstr("Still there")));
  core::Standing& standing = made.findings[0].finding.standing;
  standing = {.seen_at = At("2026-11-20T20:00:00Z"), .looked_at = At("2026-11-20T20:00:00Z")};
  EXPECT_THAT(MakeCasePage(made),
              HasSubstr("<td>yes, when last looked at, Fri 20 Nov 2026, 20:00 GMT"));
  standing.missed_at = standing.looked_at = At("2026-11-21T08:00:00Z");
  EXPECT_THAT(MakeCasePage(made), HasSubstr("missing at one look, Sat 21 Nov 2026, 08:00 GMT"));
  standing.gone = true;
  EXPECT_THAT(MakeCasePage(made), HasSubstr("<td>gone: last seen Fri 20 Nov 2026, 20:00 GMT"));
  standing = {.gone = true};  // As a platform said before any look.
  EXPECT_THAT(MakeCasePage(made), HasSubstr("<td>gone: deleted at its source; last seen"));
}

// Looks are noted at an edited post's newest text.
TEST(CaseArchiveTest, AnEditedPostIsOnePostAndIsGoneWithAllItsTexts) {
  CaseExport made = SampleExport();
  made.findings[1].finding.edit_of = made.findings[0].finding.id;
  made.findings[0].finding.standing = {.seen_at = At("2026-11-20T18:30:00Z"),
                                       .looked_at = At("2026-11-20T18:30:00Z")};
  made.findings[1].finding.standing = {.seen_at = At("2026-11-20T20:00:00Z"),
                                       .missed_at = At("2026-11-21T07:00:00Z"),
                                       .looked_at = At("2026-11-22T08:00:00Z"),
                                       .gone = true};
  const std::string page = MakeCasePage(made);
  EXPECT_THAT(page, Not(HasSubstr("<td>yes, when last looked at")));
  EXPECT_THAT(
      page,
      HasSubstr("<td>edited since; its later text: gone: last seen Fri 20 Nov 2026, 20:00 GMT"));
  EXPECT_THAT(page, HasSubstr("<td>gone: last seen Fri 20 Nov 2026, 20:00 GMT"));
  EXPECT_THAT(page, HasSubstr("Post 1 of 1</h2>"));
  EXPECT_THAT(page, HasSubstr("Post 1 of 1, edited</h2>"));
  EXPECT_THAT(page, HasSubstr("<th scope=\"row\">Posts</th><td>1</td>"));
  const ArchiveReport report = CheckCaseArchive(MakeCaseArchive(made));
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_EQ(report.posts, 1u);
  EXPECT_EQ(report.evidence, 2u);
  std::ostringstream out;
  EXPECT_EQ(PrintExported(report, "zip", "here.zip", out), ExitCode::kDone);
  EXPECT_THAT(out.str(), HasSubstr("1 post, evidence of 2 texts, "));
  made.findings.erase(made.findings.begin());  // As an erasure, or a split, leaves it.
  EXPECT_THAT(MakeCasePage(made), HasSubstr("Post 1 of 1</h2>"));
}

TEST(CaseArchiveTest, OneThatWasPackedAnewIsToldWhereToLook) {
  std::string bytes = MakeCaseArchive(SampleExport());
  bytes[8] = 8;  // As a tool that compresses.
  EXPECT_THAT(CheckCaseArchive(bytes).notes, ElementsAre(HasSubstr("docs/evidence.md")));
  std::ostringstream out;
  EXPECT_EQ(VerifyCase(bytes, OutputForm::kForPeople, out), ExitCode::kDamaged);
  EXPECT_THAT(out.str(), HasSubstr("note: an archive that was opened and packed anew"));
}

TEST(CaseArchiveTest, WhatIsThereIsNeverReplaced) {
  const storage::TempFolder folder;
  const std::filesystem::path path = folder.path() / "case-Q7F3-2K.zip";
  ASSERT_TRUE(SaveArchive(path, "the first").has_value());
  const core::Result<void> again = SaveArchive(path, "the second");
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().kind, core::ErrorKind::kBadInput);
  EXPECT_THAT(again.error().message, HasSubstr("--to"));
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "the first");
  const std::filesystem::path link = folder.path() / "link.zip";
  std::filesystem::create_symlink(folder.path() / "nowhere", link);
  EXPECT_FALSE(SaveArchive(link, "the second").has_value());
}

TEST(CaseArchiveTest, ThePageFetchesNothing) {
  const std::string page = MakeCasePage(SampleExport());
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  for (const char* word : {" src=", "url(", "@import", "<link", "<iframe"}) {
    EXPECT_THAT(page, Not(HasSubstr(word)));
  }
}

class ExportCommandTest : public testing::Test {
 protected:
  ExportCommandTest() {
    const CaseExport sample = SampleExport();
    core::DocumentOutcome outcome;
    outcome.cases = {sample.of};
    for (const ExportedFinding& one : sample.findings) {
      outcome.findings.push_back(one.finding);
      outcome.evidence.push_back(*one.evidence);
    }
    EXPECT_TRUE(store_.Commit({&outcome, 1}).has_value());
  }
  core::Result<std::string> Export(std::string_view id) {
    return ExportCase(store_, store_, store_,
                      {.schools = workspace_.config.settings.schools,
                       .calendar = workspace_.config.settings.calendar},
                      id, core::AuditActor::kOperator, clock_);
  }
  Workspace workspace_ = TestWorkspace();
  fakes::ManualClock clock_;
  fakes::MemoryStore store_;
};

TEST_F(ExportCommandTest, WritesAWholeArchiveAndSaysSoInTheLog) {
  const core::Result<std::string> archive = Export("q7f32k");
  ASSERT_TRUE(archive.has_value()) << archive.error().message;
  const ArchiveReport report = CheckCaseArchive(*archive);
  EXPECT_EQ(report.case_id, "Q7F3-2K");
  EXPECT_EQ(report.posts, 2u);
  EXPECT_EQ(report.evidence, 2u);
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_THAT(report.notes, IsEmpty());
  EXPECT_EQ(report.audit_entries, 6u);
  const core::AuditEntry last = store_.LoadAuditOf("Q7F3-2K").value().back();
  EXPECT_EQ(last.action, core::AuditAction::kExported);
  EXPECT_EQ(last.actor, core::AuditActor::kOperator);
  EXPECT_EQ(report.log_head, core::ToHex(last.hash));
  EXPECT_THAT(FileOf(*archive, kPageFile), HasSubstr("Quillbrook Academy"));
  std::ostringstream out;
  EXPECT_EQ(PrintExported(report, *archive, "here.zip", out), ExitCode::kDone);
  EXPECT_THAT(out.str(), HasSubstr(core::ToHex(core::HashSha256(*archive))));
  EXPECT_THAT(out.str(), HasSubstr("6 entries, head " + core::ToHex(last.hash)));
  EXPECT_EQ(VerifyCase(*archive, OutputForm::kForPeople, out), ExitCode::kDone);
  EXPECT_THAT(out.str(), HasSubstr("This archive is whole: case Q7F3-2K"));
}

TEST_F(ExportCommandTest, AnExportThatIsNotWholeSaysSo) {
  std::string bytes = Export("Q7F3-2K").value();
  bytes[bytes.find("something wrong")] = 'S';
  std::ostringstream out;
  EXPECT_EQ(PrintExported(CheckCaseArchive(bytes), bytes, "here.zip", out), ExitCode::kDamaged);
  EXPECT_THAT(out.str(), HasSubstr("'page.html' was changed"));
}

TEST_F(ExportCommandTest, ACaseThatIsNotThereLeavesNoEntry) {
  const core::AuditHead before = store_.LoadAuditHead().value();
  EXPECT_EQ(Export("ZZZZ").error().kind, core::ErrorKind::kNotFound);
  EXPECT_EQ(store_.LoadAuditHead().value(), before);
}

TEST_F(ExportCommandTest, VerifyNamesWhatIsWrongAndExitsWithFour) {
  std::string bytes = Export("Q7F3-2K").value();
  bytes[bytes.find("something wrong")] = 'S';
  std::ostringstream out;
  EXPECT_EQ(VerifyCase(bytes, OutputForm::kForPeople, out), ExitCode::kDamaged);
  EXPECT_THAT(out.str(), HasSubstr("'page.html' was changed"));
  EXPECT_THAT(out.str(), HasSubstr("NOT as it was exported"));
  std::ostringstream lines;
  EXPECT_EQ(VerifyCase("", OutputForm::kJsonLines, lines), ExitCode::kDamaged);
  EXPECT_THAT(lines.str(), HasSubstr("\"whole\":false"));
}

TEST_F(ExportCommandTest, TheAuditCommandsShowAndCheckTheLog) {
  ASSERT_TRUE(Export("Q7F3-2K").has_value());
  std::ostringstream list;
  ASSERT_TRUE(ListAudit(store_, store_, "Q7F3", 100, OutputForm::kForPeople, list).has_value());
  EXPECT_THAT(list.str(), HasSubstr("case opened"));
  EXPECT_THAT(list.str(), HasSubstr("exported"));
  std::ostringstream newest;
  ASSERT_TRUE(ListAudit(store_, store_, "", 1, OutputForm::kJsonLines, newest).has_value());
  EXPECT_THAT(newest.str(), HasSubstr("{\"number\":6,"));
  EXPECT_EQ(ListAudit(store_, store_, "NONE", 1, OutputForm::kForPeople, newest).error().kind,
            core::ErrorKind::kNotFound);
  std::ostringstream verified;
  const std::string head = core::ToHex(store_.LoadAuditHead()->hash);
  EXPECT_EQ(VerifyAudit(store_, store_, {.case_id = {}, .earlier_head = head},
                        OutputForm::kForPeople, verified)
                .value(),
            ExitCode::kDone);
  EXPECT_THAT(verified.str(), HasSubstr("The log is whole: 6 entries"));
  EXPECT_EQ(VerifyAudit(store_, store_, {.case_id = {}, .earlier_head = "x"},
                        OutputForm::kForPeople, verified)
                .error()
                .kind,
            core::ErrorKind::kBadInput);
}

TEST(WarcTest, ARecordComesBackAndDamageIsNamed) {
  const WarcRecord record{.fields = {{"WARC-Type", "resource"}, {"A", "b\r\nC: d"}},
                          .block = "x\r\n\r\ny"};
  const std::string text = FormatWarcRecord(record);
  const core::Result<WarcRecord> back = ParseWarcRecord(text);
  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_EQ(back->block, record.block);
  EXPECT_EQ(back->Field("A"), "bC: d");
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(ParseWarcRecord(std::string_view(text).substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(ParseWarcRecord(text + "x").has_value());
}

TEST(WarcTest, OneMemberIsUnpackedAndNothingBehindIt) {
  const std::string member = GzipMember("hello");
  EXPECT_EQ(GunzipMember(member, 5).value(), "hello");
  EXPECT_EQ(GunzipMember(member, 4).error().kind, core::ErrorKind::kCorrupt);
  EXPECT_FALSE(GunzipMember(member + "x", 100).has_value());
  EXPECT_FALSE(GunzipMember(member + member, 100).has_value());
  EXPECT_FALSE(GunzipMember(member.substr(0, member.size() - 1), 100).has_value());
  EXPECT_FALSE(GunzipMember("", 100).has_value());
  EXPECT_EQ(GunzipMember(GzipMember(""), 100).value(), "");
  EXPECT_EQ(GunzipMember(GzipMember(std::string(1'000'000, 'a')), 1'000'000).value().size(),
            1'000'000u);
}

struct ZipCase {
  const char* name;
  std::function<std::string(std::string)> change;
  const char* problem;
};

class ZipTest : public testing::TestWithParam<ZipCase> {};

TEST_P(ZipTest, IsRefused) {
  const std::vector<ArchivedFile> files{{"a.txt", "one"}, {"b.txt", "two"}};
  const std::string whole = WriteZip(files, At("2026-11-20T12:00:00Z"));
  ASSERT_THAT(ReadZip(whole).problems, IsEmpty());
  ASSERT_EQ(ReadZip(whole).files, files);
  const ZipContents read = ReadZip(GetParam().change(whole), {.bytes = 1'000, .files = 2});
  ASSERT_THAT(read.problems, Not(IsEmpty()));
  EXPECT_THAT(read.problems[0], HasSubstr(GetParam().problem));
}

std::string Replaced(std::string bytes, std::string_view from, std::string_view to) {
  for (std::size_t at = bytes.find(from); at != std::string::npos;
       at = bytes.find(from, at + to.size())) {
    bytes.replace(at, from.size(), to);
  }
  return bytes;
}

const std::vector<ArchivedFile> kThree{{"a.txt", "1"}, {"b.txt", "2"}, {"c.txt", "3"}};

INSTANTIATE_TEST_SUITE_P(
    Hostile, ZipTest,
    testing::Values(
        ZipCase{"NoZip", [](const std::string&) { return std::string("hello"); }, "no archive"},
        ZipCase{"Empty", [](const std::string&) { return std::string(); }, "no archive"},
        ZipCase{"APathUpwards",
                [](std::string bytes) { return Replaced(std::move(bytes), "b.txt", "../.x"); },
                "the name of the file behind 'a.txt'"},
        ZipCase{"AHiddenFile",
                [](std::string bytes) { return Replaced(std::move(bytes), "a.txt", ".txta"); },
                "the name of the first file"},
        ZipCase{"ADrive",
                [](std::string bytes) { return Replaced(std::move(bytes), "a.txt", "C:\\xt"); },
                "the name of the first file"},
        ZipCase{"TwoOfOneName",
                [](std::string bytes) { return Replaced(std::move(bytes), "b.txt", "a.txt"); },
                "'a.txt' stands twice"},
        ZipCase{"ACompressedFile",
                [](std::string bytes) {
                  bytes[8] = 8;
                  return bytes;
                },
                "the header of 'a.txt'"},
        ZipCase{"AnEncryptedFile",
                [](std::string bytes) {
                  bytes[6] = 1;
                  return bytes;
                },
                "the header of 'a.txt'"},
        ZipCase{"ASizeBeyondTheEnd",
                [](std::string bytes) {
                  bytes[24] = 127;
                  return bytes;
                },
                "the header of the first file"},
        ZipCase{"ALink",
                [](std::string bytes) {
                  const std::size_t entry = bytes.find("PK\x01\x02");
                  bytes[entry + 41] = '\xa1';  // S_IFLNK in the external attributes.
                  return bytes;
                },
                "the entry of 'a.txt' in the archive's directory was changed"},
        ZipCase{"BytesBehindIt", [](std::string bytes) { return bytes + "PK"; },
                "2 bytes stand behind"},
        ZipCase{"ACutEnd",
                [](const std::string& bytes) { return bytes.substr(0, bytes.size() - 1); },
                "end record was changed or cut"},
        ZipCase{"TooLarge",
                [](const std::string& bytes) { return bytes + std::string(1'000, ' '); },
                "more than an exported case has"},
        ZipCase{"TooManyFiles",
                [](const std::string&) { return WriteZip(kThree, core::Timestamp{}); },
                "more than 2 files"}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace schoolwatch::app
