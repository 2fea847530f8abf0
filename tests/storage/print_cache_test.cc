#include "storage/print_cache.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/storage/samples.h"

namespace schoolwatch::storage {
namespace {

core::Finding Saying(const std::string& id, const std::string& text) {
  core::Finding finding = samples::MakeFinding(id, "quillbrook", "C");
  finding.post.text = text;
  return finding;
}

TEST(PrintCacheTest, IsOfTheWordsThatTheFindingHasNow) {
  PrintCache cache;
  const core::Finding before = Saying("f", "the minibus was sold on Friday");
  EXPECT_EQ(*cache.Of(before), core::FingerprintOf(before.post));
  EXPECT_EQ(cache.Of(before), cache.Of(before)) << "made once";
  const core::Finding after = Saying("f", "(deleted at its source)");
  EXPECT_EQ(*cache.Of(after), core::FingerprintOf(after.post));
  EXPECT_EQ(*cache.Of(before), core::FingerprintOf(before.post));
}

TEST(PrintCacheTest, HoldsTheLastFew) {
  PrintCache cache;
  const core::Finding first = Saying("first", "the minibus was sold on Friday");
  const auto made = cache.Of(first);
  for (std::size_t i = 0; i + 1 < PrintCache::kMost; ++i) {
    cache.Of(Saying(std::to_string(i), "nobody came"));
  }
  EXPECT_EQ(cache.Of(first), made);
  cache.Of(Saying("one more", "nobody came"));
  EXPECT_NE(cache.Of(first), made);
  EXPECT_EQ(*cache.Of(first), *made);
}

}  // namespace
}  // namespace schoolwatch::storage
