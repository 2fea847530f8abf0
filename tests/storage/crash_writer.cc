// Commits documents to a store, one after the other, and says so on standard output after each: a
// byte a document. kill_test.cc kills it in the middle.
//   crash_writer FOLDER FIRST
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "storage/leveldb_store.h"
#include "tests/storage/samples.h"

int main(int argc, char** argv) {
  using namespace schoolwatch;
  if (argc != 3) {
    return 2;
  }
  storage::DbSettings settings;
  settings.write_buffer_bytes = 64U << 10;  // So that kills meet compactions too.
  const auto store =
      storage::OpenLevelDbStore(argv[1], storage::OpenMode::kReadWrite, "crash_writer", settings);
  if (!store.has_value()) {
    std::fprintf(stderr, "%s\n", store.error().message.c_str());
    return 1;
  }
  for (int number = std::atoi(argv[2]);; ++number) {
    const core::DocumentOutcome document = storage::samples::MakeDocument(number);
    if (const auto done = (*store)->Commit({&document, 1}); !done.has_value()) {
      std::fprintf(stderr, "%s\n", done.error().message.c_str());
      return 1;
    }
    if (::write(STDOUT_FILENO, ".", 1) != 1) {
      return 1;
    }
  }
}
