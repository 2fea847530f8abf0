#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/pipeline/outcome_builder.h"
#include "app/pipeline/stream_message.h"
#include "app/workspace.h"
#include "config/settings.h"
#include "core/clock.h"
#include "core/platform_state.h"
#include "core/result.h"
#include "crawler/platforms/platform.h"
#include "crawler/platforms/stream_pace.h"
#include "crawler/platforms/template.h"
#include "crawler/readers/stream.h"
#include "crawler/schedule.h"
#include "net/stream_client.h"
#include "storage/store.h"

namespace schoolwatch::app {

// One route of one source that is a stream.
struct StreamJob {
  const config::Source* source = nullptr;
  std::shared_ptr<const crawler::Platform> platform;
  const crawler::Route* route = nullptr;  // Of `platform`.
  crawler::TemplateValues values{};       // What its templates may name, credentials too.
  std::optional<core::PlatformSession> session{};
};

// Of the core::RouteState that keeps how far it has come.
std::string StreamKey(const StreamJob& job);

// What came of a stream since it was last taken: to be stored whole, in one commit, so that a post
// is never lost between what was read and where the stream goes on.
struct StreamHarvest {
  std::vector<JudgedDocument> documents;
  std::vector<std::string> gone;          // Ids of deleted posts.
  std::optional<core::RouteState> state;  // Where it has changed.
  std::optional<crawler::Look> look;      // For the source's health.
  bool missed = false;                    // What routes can fill in should be asked for now.
};

// Keeps one stream open: opens it where it broke off, reads, sifts and judges what it brings, and
// opens it anew when it ends, at the next of its hosts, later and later. One thread.
class StreamTurn {
 public:
  // Borrows all but the job; `state` is what an earlier run stored. `seed` is for the pace.
  StreamTurn(StreamJob job, core::RouteState state, const Workspace& workspace,
             const storage::SeenLookup& seen, const core::FetchMemory& memory,
             net::StreamClient& client, const core::Clock& clock, std::uint64_t seed);

  // Does what there is to do without waiting. Returns the number of messages that it took.
  std::size_t Step();
  // When there will be something to do though no message comes; nothing while it is open.
  std::optional<std::chrono::steady_clock::time_point> NextDue() const;

  // True where something must be stored soon: posts, deletions, news of the source.
  bool IsPressing() const;
  StreamHarvest Take();
  const SourceAge& age() const { return age_; }
  const StreamJob& job() const { return job_; }

  // What a person should know, each once.
  std::vector<std::string> TakeNews();
  bool is_open() const { return opened_; }
  // Messages so far: all, and those that were read whole.
  std::uint64_t messages() const { return messages_; }
  std::uint64_t read() const { return read_; }

 private:
  void Open();
  void OnMessage(const net::StreamMessage& message, core::Timestamp now);
  void OnJudged(JudgedMessage judged);
  void OnEnded(const net::StreamEnd& end);
  void GiveUp(core::ErrorKind kind, std::string why);
  void NoteWorking(core::Timestamp now);
  void Say(std::string news);

  const StreamJob job_;
  const crawler::StreamSpec& spec_;
  const core::Clock& clock_;
  net::StreamClient& client_;
  ReadingContext reading_;
  SourceAge age_;
  const std::chrono::milliseconds backlog_;
  const std::chrono::milliseconds forgotten_;
  crawler::StreamSieve sieve_;
  crawler::StreamPace pace_;

  std::unique_ptr<net::Stream> stream_;
  std::optional<core::HttpUrl> url_;  // Of the stream that is open.
  std::string host_;
  std::string address_;
  bool opened_ = false;
  bool asked_with_cursor_ = false;
  bool heard_ = false;          // A message came since it was opened.
  std::size_t unreadable_ = 0;  // In a row.
  std::uint64_t messages_ = 0;
  std::uint64_t read_ = 0;

  core::RouteState state_;
  bool moved_ = false;
  std::vector<JudgedDocument> documents_;
  std::vector<std::string> gone_;
  std::optional<crawler::Look> look_;
  core::Timestamp looked_at_{};    // When the last look was noted.
  std::uint64_t posts_since_ = 0;  // Messages since then.
  bool missed_ = false;
  core::Timestamp missed_said_{};
  std::vector<std::string> news_;
  std::string last_trouble_;
};

}  // namespace schoolwatch::app
