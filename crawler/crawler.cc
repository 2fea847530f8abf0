#include "crawler/crawler.h"

#include <utility>

#include "core/mutex.h"
#include "crawler/crawl_run.h"

namespace schoolwatch::crawler {
namespace {

// Whatever happens wakes the fetcher; this is for a wake-up that got lost, and for the promise to
// stop within a second.
constexpr std::chrono::milliseconds kMostPatience{500};

class PoliteCrawler final : public Crawler {
 public:
  PoliteCrawler(const CrawlSettings& settings, net::Fetcher& fetcher,
                const core::FetchMemory& memory, const core::Clock& clock)
      : settings_(settings), fetcher_(fetcher), memory_(memory), clock_(clock) {}

  CrawlReport Run(std::span<const CrawlSource> sources, CrawlListener& listener,
                  std::stop_token stop) override {
    TakeCompletions();  // Late ones of an earlier run.
    CrawlRun run(settings_, fetcher_, memory_, clock_, listener, next_document_);
    const std::stop_callback wake(stop, [this] { fetcher_.Wake(); });
    for (const CrawlSource& source : sources) {
      run.AddSource(source);
    }
    while (!stop.stop_requested()) {
      for (Completion& completion : TakeCompletions()) {
        run.Complete(completion.document_id, std::move(completion.more));
      }
      if (run.IsDone()) {
        break;
      }
      run.StartReady();
      // A refusal may have been the last thing to do.
      if (!run.IsDone()) {
        fetcher_.Poll(run.Patience(kMostPatience));
        run.HandleAnswers();
      }
    }
    if (!run.IsDone()) {
      run.Cancel();
    }
    next_document_ = run.next_document();
    return run.Finish();
  }

  void Complete(std::uint64_t document_id, std::vector<CrawlRequest> more) override {
    bool first = false;
    {
      const core::MutexLock lock(mutex_);
      first = completions_.empty();
      completions_.push_back({document_id, std::move(more)});
    }
    // A batch of documents is completed at once; one wake-up is enough to take them all.
    if (first) {
      fetcher_.Wake();
    }
  }

 private:
  struct Completion {
    std::uint64_t document_id = 0;
    std::vector<CrawlRequest> more;
  };

  std::vector<Completion> TakeCompletions() {
    const core::MutexLock lock(mutex_);
    return std::exchange(completions_, {});
  }

  const CrawlSettings settings_;
  net::Fetcher& fetcher_;
  const core::FetchMemory& memory_;
  const core::Clock& clock_;
  std::uint64_t next_document_ = 1;
  core::Mutex mutex_;
  std::vector<Completion> completions_ SW_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<Crawler> Crawler::Make(const CrawlSettings& settings, net::Fetcher& fetcher,
                                       const core::FetchMemory& memory, const core::Clock& clock) {
  return std::make_unique<PoliteCrawler>(settings, fetcher, memory, clock);
}

}  // namespace schoolwatch::crawler
