#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "app/archive/archive_check.h"
#include "app/archive/case_archive.h"
#include "tests/app/archive_samples.h"

namespace schoolwatch::app {
namespace {

struct Place {
  std::string name;
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Where each file's bytes lie in the archive.
std::vector<Place> PlacesOf(const std::string& archive) {
  std::vector<Place> places;
  const ZipContents contents = ReadZip(archive);
  for (const ArchivedFile& file : contents.files) {
    const std::size_t begin = archive.find(file.bytes);
    places.push_back({file.name, begin, begin + file.bytes.size()});
  }
  return places;
}

bool Names(const ArchiveReport& report, std::string_view word) {
  return std::ranges::any_of(report.problems,
                             [word](const std::string& problem) { return problem.contains(word); });
}

// Some 2,000 places, evenly, each with one bit of its byte turned.
TEST(ArchiveFlipsTest, EveryChangedByteIsNamedWithItsFileAndRecord) {
  const std::string whole = MakeCaseArchive(SampleExport());
  ASSERT_TRUE(CheckCaseArchive(whole).problems.empty());
  const std::vector<Place> places = PlacesOf(whole);
  ASSERT_EQ(places.size(), 6U);
  const std::size_t step = std::max<std::size_t>(1, whole.size() / 2'000);
  for (std::size_t at = 0; at < whole.size(); at += step) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
    const ArchiveReport report = CheckCaseArchive(changed);
    ASSERT_FALSE(report.problems.empty()) << "byte " << at;
    for (const Place& place : places) {
      if (at >= place.begin && at < place.end) {
        EXPECT_TRUE(Names(report, place.name)) << "byte " << at << ": " << report.problems[0];
        EXPECT_TRUE(place.name != kWarcFile || Names(report, "evidence.warc.gz, record "))
            << "byte " << at;
      }
    }
  }
}

TEST(ArchiveFlipsTest, ACutArchiveIsNamedWhereverItEnds) {
  const std::string whole = MakeCaseArchive(SampleExport());
  for (std::size_t size = 0; size < whole.size(); size += 37) {
    EXPECT_FALSE(CheckCaseArchive(std::string_view(whole).substr(0, size)).problems.empty())
        << size;
  }
}

}  // namespace
}  // namespace schoolwatch::app
