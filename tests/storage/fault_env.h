#pragma once

#include <leveldb/env.h>

#include <cstdint>
#include <limits>
#include <map>
#include <string>

#include "core/mutex.h"
#include "storage/log_env.h"

namespace schoolwatch::storage {

// A disk that fails when told to. It counts what LevelDB writes (making, appending, flushing,
// syncing, renaming, removing) and fails at the operation that is asked for. Syncs are noted and
// not made, so that thousands of runs take seconds; DropUnsynced then does what a power cut would.
class FaultEnv final : public leveldb::EnvWrapper {
 public:
  enum class Lasting { kOnce, kForGood };
  enum class Torn { kNo, kHalf };  // kHalf: a failing append leaves half of its bytes.
  struct Fault {
    std::uint64_t at = std::numeric_limits<std::uint64_t>::max();  // The first operation is 0.
    int cause = 0;                                                 // ENOSPC, EIO, …
    Lasting lasting = Lasting::kOnce;
    Torn torn = Torn::kNo;
  };

  FaultEnv() : EnvWrapper(&LogEnv()) {}

  void Arm(Fault fault);
  std::uint64_t operations() const;
  // Cuts every file written through this Env to what was synced, or keeps its length, with zeros
  // for the rest, as logs have them. Only while no database is open.
  enum class Unsynced { kCut, kZeroed };
  void DropUnsynced(Unsynced how);

  leveldb::Status NewWritableFile(const std::string& name, leveldb::WritableFile** result) override;
  leveldb::Status NewAppendableFile(const std::string& name,
                                    leveldb::WritableFile** result) override;
  leveldb::Status RenameFile(const std::string& from, const std::string& to) override;
  leveldb::Status RemoveFile(const std::string& name) override;

 private:
  friend class FaultFile;
  leveldb::Status Count(const std::string& name);
  bool IsTorn() const;
  void NoteSynced(const std::string& name, std::uint64_t size);

  mutable core::Mutex mutex_;
  Fault fault_ SW_GUARDED_BY(mutex_);
  std::uint64_t operations_ SW_GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::uint64_t> synced_ SW_GUARDED_BY(mutex_);  // Bytes safe, by file.
};

}  // namespace schoolwatch::storage
