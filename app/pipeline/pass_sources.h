#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/pipeline/platform_purse.h"
#include "app/pipeline/platform_sessions.h"
#include "app/pipeline/platform_turn.h"
#include "app/pipeline/run_pass.h"
#include "app/pipeline/source_turn.h"
#include "app/pipeline/watch_list.h"
#include "app/workspace.h"
#include "core/clock.h"
#include "core/fetch_memory.h"
#include "core/result.h"
#include "crawler/crawler.h"
#include "net/http_post.h"
#include "storage/store.h"

namespace schoolwatch::app {

// What a pass knows of earlier ones. All borrowed.
struct PassMemory {
  const core::FetchMemory& fetch;
  const storage::SeenLookup& seen;
  const storage::CaseReader& cases;
  const storage::PlatformReader& platforms;
};

using Turns = std::map<std::string, Turn, std::less<>>;  // By source's name.

// Which sources a pass asks, and what of each first. Outlives the turns that it made.
class PassSources {
 public:
  // Borrows all. What platforms' calls may cost is stored in `writes` before they leave; without it
  // nothing is stored and nothing that costs money is asked.
  PassSources(const Workspace& workspace, PassMemory memory, storage::Store* writes,
              const core::Clock& clock, const RunOptions& options)
      : workspace_(workspace), memory_(memory), writes_(writes), clock_(clock), options_(options) {}

  // Adds a turn for each. kBadInput: a source or platform is named that does not exist.
  core::Result<std::vector<crawler::CrawlSource>> Choose(const WatchList& watch, Turns& turns);

  std::size_t not_due() const { return not_due_; }
  // Requests made because posts of open cases stand there: pages, and questions to platforms.
  std::size_t looks() const { return looks_; }
  // What platforms' calls cost; null where no source asks a platform. The committing thread's.
  PlatformPurse* purse() { return purse_.get(); }

 private:
  core::Result<void> CheckNames() const;
  // What a source asks first. Null and no seeds: nothing of it is due.
  core::Result<std::unique_ptr<PlatformTurn>> AddSeeds(const config::Source& source,
                                                       crawler::CrawlSource& to);
  core::Result<std::unique_ptr<PlatformTurn>> AskPlatform(const config::Source& source,
                                                          PlatformTurn::Ask ask);
  core::Result<void> PreparePlatforms();
  core::Result<void> StoreReservations();
  // Another look at where posts of open cases stand; none at what is asked for anyway.
  void AddLooks(const config::Source& source, const WatchList& watch, crawler::CrawlSource& to);
  // The same of a source that asks a platform, which is asked for the posts by their ids. A source
  // that asks nothing else gets a turn for it.
  core::Result<void> AddPlatformLooks(const config::Source& source, const WatchList& watch,
                                      crawler::CrawlSource& to,
                                      std::unique_ptr<PlatformTurn>& turn);

  const Workspace& workspace_;
  const PassMemory memory_;
  storage::Store* writes_;
  const core::Clock& clock_;
  const RunOptions& options_;
  std::size_t not_due_ = 0;
  std::size_t looks_ = 0;
  std::unique_ptr<net::HttpPoster> own_poster_;
  std::unique_ptr<PlatformSessions> sessions_;
  std::unique_ptr<PlatformPurse> purse_;
};

}  // namespace schoolwatch::app
