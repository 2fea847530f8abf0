#include "core/audit.h"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/canonical_json.h"

namespace schoolwatch::core {
namespace {

constexpr Timestamp kNoon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} +
                            std::chrono::hours{12} + std::chrono::milliseconds{5};

TEST(CanonicalJsonTest, EscapesWhatMustBeAndNothingElse) {
  const std::vector<std::string> list{"é\"\\", std::string("\0\n\x7F", 3),
                                      "\xFF"
                                      "a"};
  EXPECT_EQ(CanonicalJson()
                .Text("text", "a/b <c>")
                .Number("n", 18'446'744'073'709'551'615U)
                .Texts("list", list)
                .Take(),
            "{\"text\":\"a/b <c>\",\"n\":18446744073709551615,\"list\":[\"é\\\"\\\\\","
            "\"\\u0000\\u000a\\u007f\",\"\xEF\xBF\xBD"
            "a\"]}");
}

TEST(CanonicalJsonTest, LeavesOutWhatIsEmpty) {
  EXPECT_EQ(CanonicalJson().Text("a", "").Number("b", 0).Texts("c", {}).Pairs("d", {}).Take(),
            "{}");
  const std::vector<std::string> pairs{"a", "", "b", "2"};
  EXPECT_EQ(CanonicalJson().Pairs("d", pairs).Take(), "{\"d\":[[\"a\",\"\"],[\"b\",\"2\"]]}");
}

// RFC 4231, cases 1, 2 and 6 (a key longer than a block).
TEST(HmacSha256Test, GivesTheStandardsAnswers) {
  EXPECT_EQ(ToHex(HmacSha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(ToHex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(ToHex(HmacSha256(std::string(131, '\xaa'),
                             "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// The log on disk and every exported case depend on these bytes: they never change.
TEST(AuditEntryTest, ItsCanonicalTextIsFixed) {
  const AuditEntry first = MakeEntry({.action = AuditAction::kCaseOpened,
                                      .case_id = "AAAA-AA",
                                      .subject = "case AAAA-AA",
                                      .content = "x"},
                                     "key", kNoon, {}, {});
  EXPECT_EQ(CanonicalText(first),
            "{\"number\":1,\"at\":\"2026-11-20T12:00:00.005Z\",\"what\":\"case opened\","
            "\"by\":\"program\",\"case\":\"AAAA-AA\","
            "\"subject\":\"" +
                ToHex(HmacSha256("key", "case AAAA-AA")) +
                "\","
                "\"content\":\"" +
                ToHex(first.content) + "\",\"case_entry\":1}");
  const AuditHead head{1, 1, first.hash};
  const AuditEntry second =
      MakeEntry({.action = AuditAction::kLooked, .actor = AuditActor::kDsl, .case_id = "AAAA-AA"},
                "key", kNoon, head, head);
  EXPECT_EQ(CanonicalText(second),
            "{\"number\":2,\"at\":\"2026-11-20T12:00:00.005Z\",\"what\":\"looked at\","
            "\"by\":\"dsl\",\"case\":\"AAAA-AA\",\"case_entry\":2,\"case_before\":1,"
            "\"case_previous\":\"" +
                ToHex(first.hash) + "\"}");
  EXPECT_EQ(second.previous, first.hash);
  EXPECT_EQ(second.hash,
            HashSha256(std::string(first.hash.begin(), first.hash.end()) + CanonicalText(second)));
}

TEST(AuditEntryTest, EveryFieldIsUnderItsHash) {
  const AuditEntry entry = MakeEntry(
      {.action = AuditAction::kFindingKept, .case_id = "A", .subject = "finding 1", .content = "x"},
      "key", kNoon, {4, 4, HashSha256("4")}, {2, 1, HashSha256("2")});
  std::vector<AuditEntry> others(10, entry);
  others[0].number = 6;
  others[1].at += std::chrono::milliseconds{1};
  others[2].action = AuditAction::kLooked;
  others[3].actor = AuditActor::kIt;
  others[4].case_id = "B";
  others[5].subject[31] ^= 1;
  others[6].content[0] ^= 1;
  others[7].case_entry = 3;
  others[8].case_previous[7] ^= 1;
  others[9].previous[7] ^= 1;
  std::set<Sha256> hashes{HashEntry(entry)};
  for (const AuditEntry& other : others) {
    EXPECT_TRUE(hashes.insert(HashEntry(other)).second) << CanonicalText(other);
  }
}

TEST(AuditEntryTest, OneSubjectsKeyOpensNoOther) {
  EXPECT_NE(SubjectKey("key", "finding 1"), SubjectKey("key", "finding 2"));
  EXPECT_NE(SubjectKey("key", "finding 1"), SubjectKey("other", "finding 1"));
  EXPECT_NE(SubjectKey("key", "finding 1"), HmacSha256("key", "finding 1"));
}

TEST(AuditNamesTest, AreAllDifferentWords) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(AuditAction::kAnswerRefused); ++i) {
    EXPECT_TRUE(names.insert(AuditActionName(static_cast<AuditAction>(i))).second) << i;
  }
  for (int i = 0; i <= static_cast<int>(AuditActor::kIt); ++i) {
    EXPECT_TRUE(names.insert(AuditActorName(static_cast<AuditActor>(i))).second) << i;
  }
  EXPECT_FALSE(names.contains(""));
}

}  // namespace
}  // namespace schoolwatch::core
