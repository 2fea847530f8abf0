#pragma once

#include <condition_variable>
#include <mutex>

// Clang's thread-safety annotations, checked by the `tidy` preset; nothing elsewhere.
#if defined(__clang__)
#define SW_THREAD_ANNOTATION_(x) __attribute__((x))
#else
#define SW_THREAD_ANNOTATION_(x)
#endif
#define SW_CAPABILITY(x) SW_THREAD_ANNOTATION_(capability(x))
#define SW_SCOPED_CAPABILITY SW_THREAD_ANNOTATION_(scoped_lockable)
#define SW_GUARDED_BY(x) SW_THREAD_ANNOTATION_(guarded_by(x))
#define SW_REQUIRES(...) SW_THREAD_ANNOTATION_(requires_capability(__VA_ARGS__))
#define SW_ACQUIRE(...) SW_THREAD_ANNOTATION_(acquire_capability(__VA_ARGS__))
#define SW_RELEASE(...) SW_THREAD_ANNOTATION_(release_capability(__VA_ARGS__))
#define SW_RETURN_CAPABILITY(x) SW_THREAD_ANNOTATION_(lock_returned(x))
#define SW_NO_THREAD_SAFETY_ANALYSIS SW_THREAD_ANNOTATION_(no_thread_safety_analysis)

namespace schoolwatch::core {

// std::mutex that the analysis knows.
class SW_CAPABILITY("mutex") Mutex {
 public:
  void lock() SW_ACQUIRE() { mutex_.lock(); }
  void unlock() SW_RELEASE() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

// Holds a Mutex for a scope.
class SW_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) SW_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() SW_RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Waits with a Mutex held: `while (!ready_) condition_.wait(mutex_);`
using Condition = std::condition_variable_any;

}  // namespace schoolwatch::core
