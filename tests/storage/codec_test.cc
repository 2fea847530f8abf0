#include "storage/codec.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "core/hash.h"
#include "storage/privacy_records.h"
#include "storage/wire.h"
#include "tests/storage/samples.h"

namespace schoolwatch::storage {
namespace {

using core::ErrorKind;
using samples::Randomly;

// Encodes, decodes, and cuts the bytes at every place: never a crash. A cut between two fields
// reads as a record with less in it, which only LevelDB's checksums can tell.
template <class T, class Equal>
void CheckRoundTrip(const T& record, Equal equal) {
  const std::string bytes = Encode(record);
  const core::Result<T> decoded = Decode<T>(bytes);
  ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
  EXPECT_TRUE(equal(*decoded, record));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::string cut = bytes.substr(0, size);
    if (const core::Result<T> part = Decode<T>(cut); part.has_value()) {
      EXPECT_TRUE(Decode<T>(Encode(*part)).has_value());
    } else {
      EXPECT_EQ(part.error().kind, ErrorKind::kCorrupt);
    }
  }
}

template <class T>
void CheckRoundTrip(const T& record) {
  CheckRoundTrip(record, [](const T& a, const T& b) { return a == b; });
}

TEST(CodecTest, EveryRecordComesBackAsItWas) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    Randomly randomly(seed);
    core::SeenMark mark = randomly.SeenMark();
    mark.post_key.clear();  // Stands in the key.
    CheckRoundTrip(mark);
    CheckRoundTrip(randomly.UrlState());
    CheckRoundTrip(randomly.HostState());
    CheckRoundTrip(randomly.SourceState());
    CheckRoundTrip(randomly.HostLedger());
    CheckRoundTrip(core::RouteState{randomly.Bytes(), randomly.Bytes(), randomly.Time(),
                                    randomly.Bytes(), randomly.Bytes(), randomly.Time()});
    CheckRoundTrip(core::PlatformSession{randomly.Bytes(), randomly.Bytes(), randomly.Bytes(),
                                         randomly.Time(), randomly.Time(),
                                         static_cast<std::uint32_t>(randomly.Number())});
    CheckRoundTrip(core::PlatformSpending{randomly.Bytes(), randomly.Time(), randomly.Number(),
                                          randomly.Number()});
    CheckRoundTrip(randomly.Finding());
    CheckRoundTrip(randomly.Case());
    CheckRoundTrip(randomly.PostVersion());
    CheckRoundTrip(randomly.KeptExample());
    CheckRoundTrip(randomly.OutboxItem());
    CheckRoundTrip(randomly.OutboxBatch());
    CheckRoundTrip(ItemTrace{randomly.Bytes(), randomly.Below(2) == 0, randomly.Time()});
    CheckRoundTrip(NearList{randomly.Strings()});
    CheckRoundTrip(ErasureMark{static_cast<ErasureMark::What>(randomly.Below(5)), randomly.Time(),
                               randomly.Time(), randomly.Bytes()});
    CheckRoundTrip(
        LookCount{static_cast<std::uint32_t>(randomly.Number()), randomly.Time(), randomly.Time()});
    CheckRoundTrip(randomly.AuditEntry());
    CheckRoundTrip(randomly.Evidence());
    CheckRoundTrip(core::AuditHead{randomly.Number(), randomly.Number(), randomly.Hash()});
  }
}

TEST(CodecTest, DefaultsComeBackAsDefaults) {
  CheckRoundTrip(core::UrlState{});
  CheckRoundTrip(core::SourceState{});
  CheckRoundTrip(core::HostLedger{});
  CheckRoundTrip(core::Finding{});
  CheckRoundTrip(core::Case{});
  CheckRoundTrip(core::OutboxBatch{});
}

TEST(CodecTest, EveryChangedByteIsReadOrRefused) {
  Randomly randomly(7);
  const std::string whole = Encode(samples::MakeFinding("f", "quillbrook", "c"));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int i = 0; i < 8; ++i) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(static_cast<unsigned char>(randomly.Below(256)));
      if (const auto decoded = Decode<core::Finding>(bytes); decoded.has_value()) {
        const auto again = Decode<core::Finding>(Encode(*decoded));
        ASSERT_TRUE(again.has_value()) << again.error().message;
      }
    }
  }
}

TEST(CodecTest, AnAbsentTimeAndTheFirstMomentOf1970Differ) {
  core::SourceState source;
  source.newest_post = core::Timestamp{};
  EXPECT_EQ(Decode<core::SourceState>(Encode(source)).value(), source);
}

TEST(CodecTest, AMarkOfWhatNobodyKnowsIsRefused) {
  WireWriter wire;
  wire.PutVarint(1, 5);
  EXPECT_EQ(Decode<ErasureMark>("\x01" + std::move(wire).Take()).error().kind, ErrorKind::kCorrupt);
}

// Bytes as an earlier release wrote them, before a source's health was told once.
TEST(CodecTest, AnOlderSourceIsReadAsOneOfWhichNothingWasTold) {
  WireWriter wire;
  wire.PutBytes(1, "herald");
  wire.PutVarint(8, 4);
  wire.PutVarint(10, 12);
  core::SourceState source;
  source.name = "herald";
  source.health = core::SourceHealth::kBroken;
  source.posts_seen = 12;
  EXPECT_EQ(Decode<core::SourceState>("\x01" + std::move(wire).Take()).value(), source);
}

// Bytes as the release before cases had a history wrote them.
TEST(CodecTest, AnOlderCaseIsReadAsOneToWhichNothingHasHappened) {
  WireWriter wire;
  wire.PutBytes(1, "Q7F3-2KXM");
  wire.PutBytes(2, "quillbrook");
  wire.PutVarint(3, 3);
  wire.PutBytes(4, "Gates");
  wire.PutVarint(5, 4);
  wire.PutVarint(6, 0);
  wire.PutVarint(9, 2000);
  wire.PutBytes(11, "f1");
  wire.PutBytes(11, "f2");
  wire.PutVarint(12, 2);
  core::Case old;
  old.id = "Q7F3-2KXM";
  old.school = "quillbrook";
  old.state = core::CaseState::kClosed;
  old.title = "Gates";
  old.severity = core::Severity::kUrgent;
  old.categories = {core::Category::kSafeguarding};
  old.changed_at = core::Timestamp{std::chrono::seconds(1)};
  old.findings = {"f1", "f2"};
  old.authors = 2;
  EXPECT_EQ(Decode<core::Case>("\x01" + std::move(wire).Take()).value(), old);
}

TEST(CodecTest, AnOlderFindingWasPlacedByNobody) {
  WireWriter wire;
  wire.PutBytes(1, "f");
  wire.PutBytes(3, "A");
  wire.PutVarint(6, 2000);
  core::Finding old;
  old.id = "f";
  old.case_id = "A";
  old.fetched_at = core::Timestamp{std::chrono::seconds(1)};
  EXPECT_EQ(Decode<core::Finding>("\x01" + std::move(wire).Take()).value(), old);
}

// Bytes as the release before `page` wrote them.
TEST(CodecTest, AnOlderStandingIsReadAsItWas) {
  WireWriter standing;
  standing.PutVarint(2, 4000);
  standing.PutVarint(3, 6000);
  standing.PutVarint(6, 1);
  WireWriter wire;
  wire.PutBytes(1, "f");
  wire.PutBytes(9, std::move(standing).Take());
  core::Finding old;
  old.id = "f";
  old.standing = {.missed_at = core::Timestamp{std::chrono::seconds(2)},
                  .looked_at = core::Timestamp{std::chrono::seconds(3)},
                  .missing = true,
                  .page = core::LastPage::kNotKept};
  EXPECT_EQ(Decode<core::Finding>("\x01" + std::move(wire).Take()).value(), old);
}

TEST(CodecTest, ASeenMarkTakesFewBytes) {
  const core::SeenMark mark{"0123456789abcdef", "fedcba9876543210", samples::Day(20)};
  EXPECT_LE(Encode(mark).size(), 30U);
}

TEST(CodecTest, ARecordOfALaterFormatIsNotCalledDamaged) {
  std::string bytes = Encode(core::Case{});
  bytes[0] = 2;
  EXPECT_EQ(Decode<core::Case>(bytes).error().kind, ErrorKind::kBadInput);
}

TEST(CodecTest, FieldsOfALaterReleaseAreSkipped) {
  WireWriter wire;
  wire.PutBytes(1, "batch-1");
  wire.PutVarint(2, 1);
  wire.PutBytes(40, "what comes");
  wire.PutFixed64(41, 7);
  wire.PutVarint(41, 8);
  EXPECT_EQ(Decode<ItemTrace>("\x01" + std::move(wire).Take()).value(),
            (ItemTrace{"batch-1", true, core::Timestamp{}}));
}

struct DamageCase {
  const char* name;
  std::string bytes;  // After the format byte; read as an ItemTrace: 1 bytes, 2 bool, 3 time.
};

class DamageTest : public testing::TestWithParam<DamageCase> {};

TEST_P(DamageTest, IsRefused) {
  const core::Result<ItemTrace> trace = Decode<ItemTrace>("\x01" + GetParam().bytes);
  ASSERT_FALSE(trace.has_value());
  EXPECT_EQ(trace.error().kind, ErrorKind::kCorrupt);
  EXPECT_FALSE(trace.error().message.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, DamageTest,
    testing::Values(DamageCase{"LengthBeyondTheEnd",
                               "\x0A\x05"
                               "ab"},
                    DamageCase{"HugeLength", "\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"},
                    DamageCase{"EndlessNumber", "\x10\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"},
                    DamageCase{"NumberOf65Bits", "\x18\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02"},
                    DamageCase{"BoolOf2", "\x10\x02"}, DamageCase{"NumberWithoutEnd", "\x18\x80"},
                    DamageCase{"FieldZero", std::string("\x00\x01", 2)},
                    DamageCase{"FieldFarAway", "\x80\xFA\x01\x01"},
                    DamageCase{"OutOfOrder", "\x18\x02\x10\x01"},
                    DamageCase{"Twice", "\x10\x01\x10\x01"}, DamageCase{"WrongType", "\x08\x01"},
                    DamageCase{"UnknownType", "\x0B"}, DamageCase{"HalfFixed", "\x21\x01\x02"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(CodecTest, NothingAndAnUnknownFormatAreRefused) {
  EXPECT_EQ(Decode<ItemTrace>("").error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(Decode<ItemTrace>(std::string(1, '\0')).error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(Decode<ItemTrace>("x").error().kind, ErrorKind::kCorrupt);
}

TEST(CodecTest, AnEnumeratorThatDoesNotExistIsRefused) {
  EXPECT_TRUE(Decode<core::Case>("\x01\x18\x03").has_value());  // Closed.
  EXPECT_EQ(Decode<core::Case>("\x01\x18\x04").error().kind, ErrorKind::kCorrupt);
}

TEST(CodecTest, IdsThatAreHashesTakeEightBytesInALikenessList) {
  const NearList hashes{{core::ShortHash("a"), core::ShortHash("b"), "0123456789abcdef"}};
  CheckRoundTrip(hashes);
  EXPECT_EQ(Encode(hashes).size(), 3U + 3U * 8U);
  CheckRoundTrip(NearList{{core::ShortHash("a"), "finding-1"}});
  CheckRoundTrip(NearList{{"0123456789ABCDEF"}});
  EXPECT_EQ(Decode<NearList>("\x01\x12\x03"
                             "abc")
                .error()
                .kind,
            ErrorKind::kCorrupt);
}

TEST(WireTest, ZigZagGoesBothWays) {
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1}, std::int64_t{1'763'640'000'000},
        std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(UnZigZag(ZigZag(value)), value);
  }
  EXPECT_EQ(ZigZag(-1), 1U);
}

}  // namespace
}  // namespace schoolwatch::storage
