#include "app/intake/intake_ways.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "crawler/source_health.h"
#include "tests/app/samples.h"

namespace schoolwatch::app {
namespace {

using core::ErrorKind;
using core::SourceHealth;
using std::chrono::minutes;

// Looks at the mailbox every so many minutes: "f" fails, "r" is refused, "w" works.
struct History {
  std::string name;
  int every;
  std::string looks;
  SourceHealth health;
};

class IntakeHealthTest : public testing::TestWithParam<History> {};

TEST_P(IntakeHealthTest, IsWhatItsLooksSay) {
  core::SourceState state;
  state.name = kMailboxWay;
  core::Timestamp now = At("2026-11-20T08:00:00Z");
  for (const char look : GetParam().looks) {
    IntakeLook came{.every = minutes(GetParam().every)};
    if (look != 'w') {
      came.failed = core::Error{look == 'r' ? ErrorKind::kForbidden : ErrorKind::kUnavailable,
                                "mail.example: no"};
    }
    state = AfterIntakeLook(state, came, now);
    now += minutes(GetParam().every);
  }
  EXPECT_EQ(state.health, GetParam().health);
  EXPECT_EQ(state.failures == 0, GetParam().looks.back() == 'w');
}

INSTANTIATE_TEST_SUITE_P(
    , IntakeHealthTest,
    testing::Values(History{"Works", 5, "www", SourceHealth::kWorking},
                    History{"ARestartIsNothing", 5, "wfff", SourceHealth::kWorking},
                    History{"AnHourIsLong", 5, "wffffffffffff", SourceHealth::kBroken},
                    History{"ByCronToo", 15, "wffff", SourceHealth::kBroken},
                    History{"TwoLooksAreFew", 60, "wff", SourceHealth::kWorking},
                    History{"NeverWorked", 15, "fffff", SourceHealth::kBroken},
                    History{"NeverWorkedSoFar", 15, "ff", SourceHealth::kNew},
                    History{"OneRefusal", 5, "wr", SourceHealth::kWorking},
                    History{"RefusedTwice", 5, "wrr", SourceHealth::kBroken},
                    History{"WorksAgain", 15, "wffffw", SourceHealth::kWorking},
                    History{"BrokenUntilItWorks", 5, "wrrf", SourceHealth::kBroken}),
    [](const auto& row) { return row.param.name; });

TEST(IntakeWaysTest, AreThoseThatAreSetUp) {
  config::Settings settings;
  EXPECT_TRUE(IntakeWays(settings).empty());
  settings.intake.imap.host = "imap.example";
  settings.intake.folder = "/srv/drop";
  const std::vector<config::Source> ways = IntakeWays(settings);
  ASSERT_EQ(ways.size(), 2u);
  EXPECT_EQ(ways[0].name, "intake/mailbox");
  EXPECT_EQ(ways[0].title, "report mailbox");
  EXPECT_EQ(ways[1].title, "drop folder");
  EXPECT_TRUE(IsIntakeWay(ways[1].name));
  EXPECT_FALSE(IsIntakeWay("herald"));
}

}  // namespace
}  // namespace schoolwatch::app
