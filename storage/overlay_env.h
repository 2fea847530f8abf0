#pragma once

#include <memory>

namespace leveldb {
class Env;
}

namespace schoolwatch::storage {

// LevelDB cannot open a database without writing: it moves the log into a table, begins a new one
// and drops old files. This Env takes such changes in memory and leaves the disk as it is, so that
// `--dry-run` and `cases` change no byte and a copy on read-only media can be opened. What is held
// in memory is at most the log (4 MB) and what compaction rewrites of it. Borrows `base`.
std::unique_ptr<leveldb::Env> MakeOverlayEnv(leveldb::Env& base);

}  // namespace schoolwatch::storage
