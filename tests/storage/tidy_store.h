#pragma once

#include <filesystem>

#include "core/outcome.h"
#include "storage/store.h"

namespace schoolwatch::storage {

// What a page with a concern on it causes, records and indexes in agreement as the pipeline writes
// them: a post that is seen, its finding, case and alert.
core::DocumentOutcome TidyDocument(int number);

// A store with `documents` of them in many small tables and a log, three mails sent and one under
// way, closed again.
void MakeTidyStore(const std::filesystem::path& folder, int documents);

// Opens the store, commits all documents again as a new run that finds them would, and one more;
// fails the test where any of them is then not whole, or records disagree.
void ExpectWholeAfterRun(const std::filesystem::path& folder, int documents);

}  // namespace schoolwatch::storage
