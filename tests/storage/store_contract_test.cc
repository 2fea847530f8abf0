#include "tests/storage/store_contract.h"

#include "tests/fakes/memory_store.h"

namespace schoolwatch::storage {
namespace {

std::unique_ptr<Store> OpenOrDie(const std::filesystem::path& folder) {
  auto store = Store::Open(folder / "store", OpenMode::kReadWrite);
  EXPECT_TRUE(store.has_value()) << store.error().message;
  return std::move(*store);
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreContractTest,
                         testing::Values(StoreKind{"LevelDb", OpenOrDie},
                                         StoreKind{"Memory",
                                                   [](const std::filesystem::path&) {
                                                     return std::make_unique<fakes::MemoryStore>();
                                                   }}),
                         [](const auto& kind) { return kind.param.name; });

TEST(MemoryStoreTest, FailsWritesWhenTold) {
  fakes::MemoryStore store;
  const core::DocumentOutcome outcome = samples::MakeDocument(1);
  const core::Error error{core::ErrorKind::kUnavailable, "no space left"};
  store.FailWrites(error);
  EXPECT_EQ(store.Commit({&outcome, 1}).error(), error);
  EXPECT_EQ(store.SetNote("a", "b").error(), error);
  EXPECT_EQ(samples::LookFor(store, 1), samples::Presence::kAbsent);
  store.FailWrites(std::nullopt);
  EXPECT_TRUE(store.Commit({&outcome, 1}).has_value());
}

}  // namespace
}  // namespace schoolwatch::storage
