#include "app/pipeline/stream_turn.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/pipeline/source_turn.h"
#include "core/hash.h"
#include "crawler/platforms/stream_request.h"
#include "crawler/source_health.h"

namespace schoolwatch::app {
namespace {

using core::ErrorKind;

// Of one step, so that no stream keeps the others waiting.
constexpr std::size_t kMostMessages = 2'000;
// Messages in a row that are not what the platform's file says, until somebody should look.
constexpr std::size_t kMostUnreadable = 100;
constexpr std::string_view kUnreadable = "its messages are not what the platform's file says";
// How often a stream that works says so of its source.
constexpr std::chrono::minutes kBetweenLooks{30};

ErrorKind KindOf(crawler::AnswerMeaning meaning) {
  switch (meaning) {
    case crawler::AnswerMeaning::kDeadCredential:
    case crawler::AnswerMeaning::kNoPermission:
      return ErrorKind::kForbidden;
    case crawler::AnswerMeaning::kSlowDown:
    case crawler::AnswerMeaning::kBudgetSpent:
      return ErrorKind::kThrottled;
    default:
      return ErrorKind::kUnavailable;
  }
}

// What may be about a school, whatever the words: everything is read then.
const core::TextGate* GateOf(const StreamJob& job, const Workspace& workspace) {
  return job.source->page_of.empty() ? &workspace.judge->schools() : nullptr;
}

}  // namespace

std::string StreamKey(const StreamJob& job) {
  std::string asked;
  for (const auto& [name, value] : job.values) {
    const crawler::CredentialSpec* const credential = job.platform->FindCredential(name);
    if (name != "version" && name != "contact" && (credential == nullptr || !credential->secret)) {
      asked += name + "=" + value + "\n";
    }
  }
  return fmt::format("{}/{}/{}", job.source->name, job.route->name, core::ShortHash(asked));
}

StreamTurn::StreamTurn(StreamJob job, core::RouteState state, const Workspace& workspace,
                       const storage::SeenLookup& seen, const core::FetchMemory& memory,
                       net::StreamClient& client, const core::Clock& clock, std::uint64_t seed)
    : job_(std::move(job)),
      spec_(*job_.route->stream),
      clock_(clock),
      client_(client),
      backlog_(workspace.config.settings.limits.backlog),
      forgotten_(workspace.config.settings.retention.seen),
      sieve_(spec_, GateOf(job_, workspace)),
      pace_(spec_.urls.size(), seed),
      state_(std::move(state)) {
  Turn turn = BeginTurn(workspace, *job_.source, std::nullopt, seen, memory, clock_.Now());
  reading_ = std::move(turn.reading);
  if (const auto answer = job_.platform->answers.find(job_.route->answer);
      answer != job_.platform->answers.end()) {
    reading_.recipe = answer->second.get();
  }
  state_.key = StreamKey(job_);
}

std::size_t StreamTurn::Step() {
  const core::Timestamp now = clock_.Now();
  // What a stream brings is being written now; none of it is the backlog of a new source.
  age_.watched_since = now;
  age_.backlog_before = now - backlog_;
  age_.forgotten_before = now - forgotten_;
  if (stream_ == nullptr) {
    if (clock_.Steady() >= pace_.due()) {
      Open();
    }
    return 0;
  }
  net::StreamNews news = stream_->Take(kMostMessages);
  if (news.opened) {
    opened_ = true;
    address_ = std::move(news.remote_address);
    pace_.Opened(clock_.Steady());
  }
  std::size_t taken = 0;
  for (const net::StreamMessage& message : news.messages) {
    OnMessage(message, now);
    ++taken;
    if (stream_ == nullptr) {
      return taken;  // Given up: what follows comes again.
    }
  }
  if (news.end) {
    OnEnded(*news.end);
  }
  return taken;
}

std::optional<std::chrono::steady_clock::time_point> StreamTurn::NextDue() const {
  return stream_ == nullptr ? std::optional(pace_.due()) : std::nullopt;
}

void StreamTurn::Open() {
  const core::Timestamp now = clock_.Now();
  const core::Result<core::HttpUrl> address =
      crawler::StreamAddress(spec_, pace_.host(), job_.values);
  if (!address) {
    return GiveUp(address.error().kind, address.error().message);
  }
  host_ = std::string(address->host());
  const crawler::StreamStart start = crawler::StartOf(spec_, state_, host_, now);
  if (start.missed_from && *start.missed_from != missed_said_) {
    missed_said_ = *start.missed_from;
    missed_ = true;
    Say(fmt::format("what was written between {} and {} can no longer be had from this stream{}",
                    core::FormatRfc3339(*start.missed_from),
                    core::FormatRfc3339(start.missed_until),
                    spec_.fill_gaps_by.empty()
                        ? std::string()
                        : fmt::format("; the route '{}' is asked for it", spec_.fill_gaps_by)));
  }
  core::Result<net::StreamRequest> request =
      crawler::MakeStreamRequest(*job_.platform, *job_.route, pace_.host(), job_.values, start,
                                 job_.session ? &*job_.session : nullptr);
  if (!request) {
    return GiveUp(request.error().kind, request.error().message);
  }
  asked_with_cursor_ = !start.cursor.empty();
  heard_ = false;
  opened_ = false;
  unreadable_ = 0;
  url_ = request->url;
  stream_ = client_.Open(*std::move(request));
}

void StreamTurn::OnMessage(const net::StreamMessage& message, core::Timestamp now) {
  ++messages_;
  ++posts_since_;
  const crawler::Sifted sifted = sieve_.Sift(message.data, message.event);
  switch (sifted.worth) {
    case crawler::Sifted::Worth::kNothing:
      unreadable_ = 0;
      break;
    case crawler::Sifted::Worth::kGone:
      unreadable_ = 0;
      gone_.emplace_back(sifted.body);
      break;
    case crawler::Sifted::Worth::kUnreadable:
      if (++unreadable_ >= kMostUnreadable) {
        GiveUp(ErrorKind::kUnavailable, std::string(kUnreadable));
      }
      return;
    case crawler::Sifted::Worth::kWhole:
      ++read_;
      OnJudged(JudgeMessage(sifted.body, *url_, address_, now, reading_));
      break;
  }
  if (stream_ == nullptr) {
    return;
  }
  if (unreadable_ >= kMostUnreadable) {
    return GiveUp(ErrorKind::kUnavailable, std::string(kUnreadable));
  }
  // Only now, so that what is stored with it holds all that came before it.
  const std::string_view cursor =
      spec_.cursor_pointer.empty() ? std::string_view(message.id) : sifted.cursor;
  if (!cursor.empty()) {
    state_.cursor = cursor;
    state_.cursor_host = host_;
  }
  state_.newest_time = now;
  moved_ = true;
  if (!heard_) {
    heard_ = true;
    last_trouble_.clear();
  }
  NoteWorking(now);
}

void StreamTurn::OnJudged(JudgedMessage judged) {
  if (judged.error) {
    return GiveUp(KindOf(judged.error->meaning), "it answers: " + judged.error->words);
  }
  unreadable_ = judged.unreadable ? unreadable_ + 1 : 0;
  gone_.insert(gone_.end(), std::make_move_iterator(judged.gone.begin()),
               std::make_move_iterator(judged.gone.end()));
  if (!judged.document.posts.empty()) {
    documents_.push_back(std::move(judged.document));
  }
}

void StreamTurn::GiveUp(ErrorKind kind, std::string why) {
  OnEnded({.error = {kind, std::move(why)}, .status = 0, .wait = std::nullopt});
}

void StreamTurn::OnEnded(const net::StreamEnd& end) {
  const bool refused_cursor =
      asked_with_cursor_ && !heard_ && end.error.kind == ErrorKind::kBadInput;
  stream_.reset();
  opened_ = false;
  const std::size_t failures_before = pace_.failures();
  pace_.Ended(end, clock_.Steady());
  if (refused_cursor) {
    // Where it broke off is not known there any more. From now on, then; what lies between is said
    // when it is opened.
    state_.cursor.clear();
    moved_ = true;
  }
  // A host that restarts is no trouble: the next one takes over.
  if (pace_.failures() > failures_before &&
      (pace_.failures() >= spec_.urls.size() || end.error.kind == ErrorKind::kForbidden)) {
    look_ = crawler::Look{.outcome = crawler::LookOutcome::kFailed,
                          .error = end.error.message,
                          .trouble = crawler::TroubleOf(end.status, end.error.kind)};
    looked_at_ = clock_.Now();
    if (end.error.message != last_trouble_) {
      last_trouble_ = end.error.message;
      Say(end.error.message);
    }
  }
}

void StreamTurn::NoteWorking(core::Timestamp now) {
  const bool failed = look_ && look_->outcome == crawler::LookOutcome::kFailed;
  if (!failed && looked_at_ != core::Timestamp{} && now - looked_at_ < kBetweenLooks) {
    return;
  }
  looked_at_ = now;
  look_ = crawler::Look{.outcome = crawler::LookOutcome::kChanged,
                        .newest_post = now,
                        .error = {},
                        .change = crawler::Change::kSome,
                        .posts_held = std::exchange(posts_since_, 0)};
}

void StreamTurn::Say(std::string news) {
  news_.push_back(fmt::format("source '{}', stream '{}': {}", job_.source->name, job_.route->name,
                              std::move(news)));
}

bool StreamTurn::IsPressing() const {
  return !documents_.empty() || !gone_.empty() || look_ || missed_;
}

StreamHarvest StreamTurn::Take() {
  StreamHarvest harvest{.documents = std::exchange(documents_, {}),
                        .gone = std::exchange(gone_, {}),
                        .state = std::nullopt,
                        .look = std::exchange(look_, std::nullopt),
                        .missed = std::exchange(missed_, false)};
  if (std::exchange(moved_, false)) {
    state_.looked_at = clock_.Now();
    harvest.state = state_;
  }
  return harvest;
}

std::vector<std::string> StreamTurn::TakeNews() { return std::exchange(news_, {}); }

}  // namespace schoolwatch::app
