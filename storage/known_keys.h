#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/mutex.h"
#include "core/result.h"
#include "storage/key_filter.h"

namespace schoolwatch::storage {

// Tells of keys that are mostly asked for in vain, those of seen marks and of findings with their
// cases and their index of likeness, that they are not there, so that the database need not look
// into each of its newest tables. Filled on a thread of its own once enough was asked in vain for
// that to pay, which a run from cron rarely does; says nothing until then, or if the database
// cannot be read to its end. Kept in memory alone: a copy on disk could fall behind the database in
// a kill, and call a post new of which people were told. Any thread.
class KnownKeys {
 public:
  struct Reading {
    // Up to `limit` keys that begin with `prefix` and come after `after`, in order, as they stand
    // at the call.
    std::function<core::Result<std::vector<std::string>>(
        std::string_view after, std::string_view prefix, std::size_t limit)>
        list;
    // Roughly how many keys begin with `prefix`.
    std::function<std::size_t(std::string_view prefix)> estimate;
  };
  // Calls `reading` on its thread, until destroyed.
  explicit KnownKeys(Reading reading);
  ~KnownKeys();
  KnownKeys(const KnownKeys&) = delete;
  KnownKeys& operator=(const KnownKeys&) = delete;

  // Whether it can tell by now. What was read from a state of the database that is older than this
  // may hold keys that it does not know.
  bool is_complete() const { return complete_.load(std::memory_order_acquire) != nullptr; }
  // Whether the key is certainly not there.
  bool IsAbsent(std::string_view key) const {
    const KeyFilter* const keys = complete_.load(std::memory_order_acquire);
    return keys != nullptr && IsKept(key) && !keys->MayHold(key);
  }
  // The key was asked for in vain.
  void NoteAbsent(std::string_view key);

  // Held from before the keys of a write are added until the write is done: so filling begins
  // between two writes, and each is in what is read from then on, or in what is added.
  core::Mutex& writing() SW_RETURN_CAPABILITY(writing_) { return writing_; }
  void AddWritten(std::string_view key) SW_REQUIRES(writing_);

  // Begins, if that was not done, and waits until it is complete; whether it is. For tests and
  // benchmarks.
  bool Await();

 private:
  static bool IsKept(std::string_view key);
  void Begin();
  void Fill(const std::stop_token& stop);
  core::Result<void> AddAll(KeyFilter& keys, const std::stop_token& stop) const;

  const Reading reading_;
  std::atomic<std::size_t> in_vain_{0};
  std::once_flag begun_;
  core::Mutex writing_;
  std::unique_ptr<KeyFilter> keys_ SW_GUARDED_BY(writing_);  // While it is filled, and after.
  std::atomic<const KeyFilter*> complete_{nullptr};          // The same, once it is.
  std::atomic<bool> ended_{false};
  std::jthread filling_;  // The last: it uses all of the above.
};

}  // namespace schoolwatch::storage
