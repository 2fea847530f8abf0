#include "net/sharded_fetcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <latch>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>

#include "core/mutex.h"
#include "net/body_buffer.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;
using Id = std::uint64_t;

// What a shard has brought: an answer, or where a host leads.
struct Brought {
  Id id = 0;
  std::variant<core::Result<Response>, core::Result<Addresses>> what;
};

// What the shards have brought and nobody has taken yet.
class Inbox {
 public:
  void Put(Brought brought) {
    {
      const core::MutexLock lock(mutex_);
      brought_.push_back(std::move(brought));
    }
    changed_.notify_one();
  }
  void Wake() {
    {
      const core::MutexLock lock(mutex_);
      woken_ = true;
    }
    changed_.notify_one();
  }
  // Waits for something or for Wake, at most for `patience`.
  std::deque<Brought> Take(std::chrono::milliseconds patience) {
    const auto limit =
        std::chrono::steady_clock::now() +
        std::clamp<std::chrono::milliseconds>(patience, std::chrono::milliseconds(0), kLongest);
    const core::MutexLock lock(mutex_);
    while (brought_.empty() && !woken_ &&
           changed_.wait_until(mutex_, limit) == std::cv_status::no_timeout) {
    }
    woken_ = false;
    return std::exchange(brought_, {});
  }
  // What there is. A Wake stays for the next Take.
  std::deque<Brought> TakeNow() {
    const core::MutexLock lock(mutex_);
    return std::exchange(brought_, {});
  }

 private:
  static constexpr std::chrono::hours kLongest{24};
  core::Mutex mutex_;
  core::Condition changed_;
  std::deque<Brought> brought_ SW_GUARDED_BY(mutex_);
  bool woken_ SW_GUARDED_BY(mutex_) = false;
};

// One fetcher on its thread, and the orders on their way to it.
class Shard {
 public:
  Shard(std::unique_ptr<Fetcher> fetcher, Inbox& inbox)
      : fetcher_(std::move(fetcher)),
        inbox_(inbox),
        thread_([this](const std::stop_token& stop) { Run(stop); }) {}
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;
  ~Shard() { BeginStop(); }

  // The destructor's first half, so that several can end at the same time.
  void BeginStop() {
    thread_.request_stop();
    fetcher_->Wake();
  }
  void Start(Id id, Request request) {
    Give([this, id, request = std::move(request)]() mutable {
      fetcher_->Start(std::move(request), [this, id](core::Result<Response> answer) {
        inbox_.Put({id, std::move(answer)});
      });
    });
  }
  void Resolve(Id id, core::HttpUrl url) {
    Give([this, id, url = std::move(url)] {
      fetcher_->Resolve(url, [this, id](core::Result<Addresses> addresses) {
        inbox_.Put({id, std::move(addresses)});
      });
    });
  }
  // Ends all that it was given before, then counts down.
  void CancelAll(std::latch& ended) {
    Give([this, &ended] {
      fetcher_->CancelAll();
      ended.count_down();
    });
  }

 private:
  using Order = std::move_only_function<void()>;

  void Give(Order order) {
    {
      const core::MutexLock lock(mutex_);
      orders_.push_back(std::move(order));
    }
    // Safe from this thread; the Poll that waits, or the next one, returns.
    fetcher_->Wake();
  }
  std::deque<Order> TakeOrders() {
    const core::MutexLock lock(mutex_);
    return std::exchange(orders_, {});
  }
  void Run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      for (Order& order : TakeOrders()) {
        order();
      }
      fetcher_->Poll(std::chrono::minutes(1));
    }
  }

  const std::unique_ptr<Fetcher> fetcher_;  // Of thread_, but for Wake.
  Inbox& inbox_;
  core::Mutex mutex_;
  std::deque<Order> orders_ SW_GUARDED_BY(mutex_);
  std::jthread thread_;  // Last: it uses all the others.
};

class ShardedFetcher final : public Fetcher {
 public:
  explicit ShardedFetcher(std::vector<FetcherShard> shards) {
    for (FetcherShard& shard : shards) {
      lanes_.push_back({std::make_unique<Shard>(std::move(shard.fetcher), inbox_),
                        std::max<std::size_t>(1, shard.max_in_flight),
                        0,
                        {}});
    }
  }
  ShardedFetcher(const ShardedFetcher&) = delete;
  ShardedFetcher& operator=(const ShardedFetcher&) = delete;
  ~ShardedFetcher() override {
    for (const Lane& lane : lanes_) {
      lane.shard->BeginStop();
    }
  }

  void Start(Request request, Done done) override {
    const Id id = ++last_id_;
    const std::size_t lane = LaneOf(request.url);
    std::string host(request.url.host());
    exchanges_.emplace(id, Exchange{std::move(done), std::move(host), lane, request.budget});
    lanes_[lane].waiting.push_back({id, std::move(request)});
    HandOut(lanes_[lane]);
  }

  void Resolve(const core::HttpUrl& url, Resolved resolved) override {
    const Id id = ++last_id_;
    questions_.emplace(id, Question{std::move(resolved), std::string(url.host())});
    lanes_[LaneOf(url)].shard->Resolve(id, url);
  }

  std::size_t Poll(std::chrono::milliseconds patience) override {
    assert(!polling_ && "Poll must not be called from a `done`");
    polling_ = true;
    taken_ = inbox_.Take(patience);
    while (!taken_.empty()) {
      Brought next = std::move(taken_.front());
      taken_.pop_front();
      Deliver(next);
    }
    polling_ = false;
    return exchanges_.size();
  }

  void Wake() override { inbox_.Wake(); }

  void CancelAll() override {
    // Taken out first: a `done` may start something new, which is not to be cancelled.
    std::map<Id, Exchange> exchanges = std::exchange(exchanges_, {});
    std::map<Id, Question> questions = std::exchange(questions_, {});
    // The threads are waited for, since the budgets that they charge may end with this call. Each
    // comes out of its Poll at once.
    std::latch ended(static_cast<std::ptrdiff_t>(lanes_.size()));
    for (Lane& lane : lanes_) {
      lane.waiting.clear();
      lane.handed_out = 0;
      lane.shard->CancelAll(ended);
    }
    ended.wait();
    // What came in meanwhile, and what a Poll that we may be called from was about to pass on.
    std::deque<Brought> dropped = inbox_.TakeNow();
    std::ranges::move(std::exchange(taken_, {}), std::back_inserter(dropped));
    for (const Brought& brought : dropped) {
      const auto* const answer = std::get_if<core::Result<Response>>(&brought.what);
      if (const auto found = exchanges.find(brought.id);
          answer != nullptr && found != exchanges.end()) {
        ReturnCharge(found->second.budget, *answer);
      }
    }
    for (auto& [id, exchange] : exchanges) {
      exchange.done(Stopped(exchange.host));
    }
    for (auto& [id, question] : questions) {
      question.resolved(Stopped(question.host));
    }
  }

 private:
  struct Exchange {
    Done done;
    std::string host;
    std::size_t lane = 0;
    ByteBudget* budget = nullptr;
  };
  struct Question {
    Resolved resolved;
    std::string host;
  };
  struct Waiting {
    Id id = 0;
    Request request;
  };
  struct Lane {
    std::unique_ptr<Shard> shard;
    std::size_t max_in_flight = 1;
    std::size_t handed_out = 0;  // And not delivered yet.
    std::deque<Waiting> waiting;
  };

  static std::unexpected<core::Error> Stopped(const std::string& host) {
    return core::Fail(ErrorKind::kCancelled, fmt::format("{}: stopped by request", host));
  }

  std::size_t LaneOf(const core::HttpUrl& url) const {
    return std::hash<std::string_view>{}(url.host()) % lanes_.size();
  }

  static void HandOut(Lane& lane) {
    while (!lane.waiting.empty() && lane.handed_out < lane.max_in_flight) {
      Waiting next = std::move(lane.waiting.front());
      lane.waiting.pop_front();
      ++lane.handed_out;
      lane.shard->Start(next.id, std::move(next.request));
    }
  }

  void Deliver(Brought& brought) {
    if (auto* const answer = std::get_if<core::Result<Response>>(&brought.what)) {
      if (auto found = exchanges_.extract(brought.id); !found.empty()) {
        Lane& lane = lanes_[found.mapped().lane];
        --lane.handed_out;
        HandOut(lane);
        found.mapped().done(std::move(*answer));
      }
    } else if (auto found = questions_.extract(brought.id); !found.empty()) {
      found.mapped().resolved(std::move(std::get<core::Result<Addresses>>(brought.what)));
    }
  }

  Inbox inbox_;
  std::deque<Brought> taken_;  // Out of the inbox, within Poll.
  std::vector<Lane> lanes_;
  std::map<Id, Exchange> exchanges_;  // In the order of Start, as they are cancelled.
  std::map<Id, Question> questions_;
  Id last_id_ = 0;
  bool polling_ = false;
};

}  // namespace

std::unique_ptr<Fetcher> MakeShardedFetcher(std::vector<FetcherShard> shards) {
  assert(!shards.empty());
  return std::make_unique<ShardedFetcher>(std::move(shards));
}

}  // namespace schoolwatch::net
