#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/pipeline/stream_turn.h"
#include "app/workspace.h"
#include "core/clock.h"
#include "core/platform_state.h"
#include "core/result.h"
#include "net/stream_client.h"
#include "storage/store.h"

namespace schoolwatch::app {

// The streams that a workspace's sources want. Borrows the workspace's sources. What cannot be a
// stream although it is said to be one goes into `troubles`.
std::vector<StreamJob> StreamsOf(const Workspace& workspace, std::string_view version,
                                 std::vector<std::string>& troubles);

// All streams at once, on a thread of its own, from its making to its end.
class Streams {
 public:
  struct Counts {
    std::size_t streams = 0;
    std::size_t open = 0;
    std::uint64_t messages = 0;
    std::uint64_t read = 0;  // Of them, whole.
    std::uint64_t commits = 0;
    std::size_t findings = 0;
  };

  // Begins; null where there are no jobs. Borrows all but the jobs and the client. What a stream
  // brings is committed together with how far it has come; kUnavailable, kCorrupt: the store cannot
  // be read.
  static core::Result<std::unique_ptr<Streams>> Start(std::vector<StreamJob> jobs,
                                                      const Workspace& workspace,
                                                      storage::Store& store,
                                                      std::unique_ptr<net::StreamClient> client,
                                                      const core::Clock& clock);
  // Stops within seconds; what was read is committed.
  virtual ~Streams() = default;

  // What a person should know since the last call. Thread-safe, as all here.
  virtual std::vector<std::string> TakeNews() = 0;
  // Why it has stopped by itself: the store takes no more. Nothing: it has not.
  virtual std::optional<core::Error> error() const = 0;
  virtual Counts counts() const = 0;
};

}  // namespace schoolwatch::app
