#pragma once

namespace leveldb {
class Env;
}

namespace schoolwatch::storage {

// The system's files, but with zeros written ahead in LevelDB's logs. A sync of a file that grew
// has its size and its new blocks to write as well, to the file system's own journal; one of bytes
// that were there already has not, which makes a small commit a third cheaper. LevelDB's reader
// does not expect the zeros behind a record that a crash cut, so logs are shown to it without them.
// Closing cuts them off; where zeros cannot be written, the log grows as before. Lives as long as
// the process, like LevelDB's own.
leveldb::Env& LogEnv();

}  // namespace schoolwatch::storage
