#include "tests/net/fake_dns.h"

#include <deque>
#include <map>
#include <set>
#include <utility>

#include "core/mutex.h"

namespace schoolwatch::net {

struct FakeDns::State {
  core::Mutex mutex;
  core::Condition changed;
  std::map<std::string, std::deque<core::Result<Addresses>>> answers SW_GUARDED_BY(mutex);
  std::map<std::string, int> asked SW_GUARDED_BY(mutex);
  std::set<std::string> hanging SW_GUARDED_BY(mutex);
};

FakeDns::FakeDns() : state_(std::make_shared<State>()) {}

FakeDns::~FakeDns() {
  const core::MutexLock lock(state_->mutex);
  state_->hanging.clear();
  state_->changed.notify_all();
}

void FakeDns::Put(const std::string& host, core::Result<Addresses> answer) {
  const core::MutexLock lock(state_->mutex);
  state_->answers[host].push_back(std::move(answer));
}

void FakeDns::Hang(const std::string& host) {
  const core::MutexLock lock(state_->mutex);
  state_->hanging.insert(host);
}

void FakeDns::Release(const std::string& host) {
  const core::MutexLock lock(state_->mutex);
  state_->hanging.erase(host);
  state_->changed.notify_all();
}

int FakeDns::CountOf(const std::string& host) const {
  const core::MutexLock lock(state_->mutex);
  return state_->asked[host];
}

void FakeDns::WaitForCount(const std::string& host, int count) const {
  const core::MutexLock lock(state_->mutex);
  while (state_->asked[host] < count) {
    state_->changed.wait(state_->mutex);
  }
}

Lookup FakeDns::lookup() const {
  return [state = state_](const std::string& host) -> core::Result<Addresses> {
    const core::MutexLock lock(state->mutex);
    ++state->asked[host];
    state->changed.notify_all();
    while (state->hanging.contains(host)) {
      state->changed.wait(state->mutex);
    }
    const auto found = state->answers.find(host);
    if (found == state->answers.end()) {
      return core::Fail(core::ErrorKind::kUnavailable, "the host name does not resolve (DNS)");
    }
    core::Result<Addresses> answer = found->second.front();
    if (found->second.size() > 1) {
      found->second.pop_front();
    }
    return answer;
  };
}

}  // namespace schoolwatch::net
