#include "storage/known_keys.h"

#include <algorithm>
#include <array>
#include <utility>

#include "storage/keys.h"

namespace schoolwatch::storage {
namespace {

// What is mostly asked for in vain: of a new post, its mark; of a new finding, the others.
constexpr std::array kKept{kSeenPrefix, kNearPrefix, kFindingPrefix, kCasePrefix, kAuditTailPrefix};

// Reading 10,000 keys takes as long as 2,000 questions in vain; an hour of a busy watch asks more.
constexpr std::size_t kInVainBefore = 5000;

// Few enough that who wants to reopen the database does not wait for it.
constexpr std::size_t kPage = 4000;

}  // namespace

KnownKeys::KnownKeys(Reading reading) : reading_(std::move(reading)) {}

KnownKeys::~KnownKeys() = default;

bool KnownKeys::IsKept(std::string_view key) {
  return std::ranges::any_of(kKept,
                             [key](std::string_view prefix) { return key.starts_with(prefix); });
}

void KnownKeys::NoteAbsent(std::string_view key) {
  if (IsKept(key) && in_vain_.fetch_add(1, std::memory_order_relaxed) + 1 == kInVainBefore) {
    Begin();
  }
}

void KnownKeys::AddWritten(std::string_view key) {
  if (keys_ != nullptr && IsKept(key)) {
    keys_->Add(key);
  }
}

void KnownKeys::Begin() {
  std::call_once(begun_, [this] {
    filling_ = std::jthread([this](const std::stop_token& stop) { Fill(stop); });
  });
}

bool KnownKeys::Await() {
  Begin();
  ended_.wait(false);
  return is_complete();
}

void KnownKeys::Fill(const std::stop_token& stop) {
  std::size_t expected = 100'000;  // As many may come in a month.
  for (const std::string_view prefix : kKept) {
    expected += reading_.estimate(prefix);
  }
  auto made = std::make_unique<KeyFilter>(expected);
  KeyFilter* const keys = made.get();
  {
    const core::MutexLock lock(writing_);
    keys_ = std::move(made);
  }
  if (AddAll(*keys, stop)) {
    complete_.store(keys, std::memory_order_release);
  } else {
    const core::MutexLock lock(writing_);
    keys_.reset();
  }
  ended_.store(true);
  ended_.notify_all();
}

core::Result<void> KnownKeys::AddAll(KeyFilter& keys, const std::stop_token& stop) const {
  for (const std::string_view prefix : kKept) {
    for (std::string after(prefix);;) {
      if (stop.stop_requested()) {
        return core::Fail(core::ErrorKind::kUnavailable, "stopped");
      }
      SW_ASSIGN(const std::vector<std::string> page, reading_.list(after, prefix, kPage));
      if (page.empty()) {
        break;
      }
      for (const std::string& key : page) {
        keys.Add(key);
      }
      after = page.back();
    }
  }
  return {};
}

}  // namespace schoolwatch::storage
