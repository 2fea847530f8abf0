#include "core/evidence.h"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace schoolwatch::core {
namespace {

constexpr Timestamp kSummerNoon =
    std::chrono::sys_days{std::chrono::year{2026} / 6 / 20} + std::chrono::hours{12};

Evidence Sample() {
  Evidence evidence;
  evidence.finding_id = "0a1b";
  evidence.school = "quillbrook";
  evidence.post.text = "Said \"so\".";
  evidence.url = "https://forum.example/t/1";
  evidence.redirects = {"https://forum.example/old"};
  evidence.status = 200;
  evidence.headers = {"content-type", "text/html"};
  evidence.fetched_at = kSummerNoon;
  evidence.fragment = "<p>Said &quot;so&quot;.</p>";
  evidence.body_bytes = 99;
  return evidence;
}

// Every exported case and the log's keyed hashes depend on these bytes: they never change.
TEST(EvidenceStatementTest, IsFixed) {
  EXPECT_EQ(EvidenceStatement(Sample()),
            "{\"version\":1,\"finding\":\"0a1b\",\"school\":\"quillbrook\","
            "\"url\":\"https://forum.example/t/1\",\"redirects\":[\"https://forum.example/old\"],"
            "\"fetched_at\":\"2026-06-20T12:00:00Z\",\"status\":200,"
            "\"headers\":[[\"content-type\",\"text/html\"]],"
            "\"body_sha256\":\"" +
                std::string(64, '0') + "\",\"body_bytes\":99,\"fragment_sha256\":\"" +
                ToHex(HashSha256("<p>Said &quot;so&quot;.</p>")) +
                "\",\"fragment_bytes\":27,\"post_kind\":\"entry\","
                "\"post_text\":\"Said \\\"so\\\".\",\"post_text_sha256\":\"" +
                ToHex(HashSha256("Said \"so\".")) + "\"}");
}

TEST(EvidenceStatementTest, TellsEveryChange) {
  std::vector<Evidence> others(21, Sample());
  others[0].finding_id = "x";
  others[1].school = "x";
  others[2].post.text = "x";
  others[3].post.author = "x";
  others[4].url = "x";
  others[5].redirects.clear();
  others[6].status = 404;
  others[7].headers[1] = "x";
  others[8].address = "x";
  others[9].certificate = "x";
  others[10].fetched_at += std::chrono::milliseconds{1};
  others[11].local_time = "x";
  others[12].time_zone = "x";
  others[13].fragment += "x";
  others[14].fragment_type = "x";
  others[15].fragment_note = "x";
  others[16].fragment_cut = true;
  others[17].body_hash[0] = 1;
  others[18].body_bytes = 98;
  others[19].body_cut = true;
  others[20].post.published = kSummerNoon;
  std::set<std::string> statements{EvidenceStatement(Sample())};
  for (std::size_t i = 0; i < others.size(); ++i) {
    EXPECT_TRUE(statements.insert(EvidenceStatement(others[i])).second) << i;
  }
}

TEST(EvidenceHeadersTest, NothingOfASessionIsKept) {
  for (const char* name : {"set-cookie", "set-cookie2", "www-authenticate", "x-csrf-token",
                           "authorization", "x-session-id"}) {
    EXPECT_FALSE(MayKeepHeader(name)) << name;
  }
  for (const char* name : {"content-type", "date", "server", "last-modified", "etag"}) {
    EXPECT_TRUE(MayKeepHeader(name)) << name;
  }
}

TEST(FormatLocalTimeTest, SaysTheOffset) {
  EXPECT_EQ(FormatLocalTime(kSummerNoon, "Europe/London"), "2026-06-20T13:00:00+01:00");
  EXPECT_EQ(FormatLocalTime(kSummerNoon + std::chrono::days{160}, "Europe/London"),
            "2026-11-27T12:00:00+00:00");
  EXPECT_EQ(FormatLocalTime(kSummerNoon, "Europe/Quillbrook"), "2026-06-20T12:00:00Z");
}

}  // namespace
}  // namespace schoolwatch::core
