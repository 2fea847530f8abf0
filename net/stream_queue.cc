#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "net/curl_support.h"
#include "net/stream_link.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;

// Of a message beside its bytes.
constexpr std::size_t kMessageBytes = sizeof(StreamMessage) + 32;
constexpr std::chrono::hours kLongestWait{24};

std::size_t BytesOf(const StreamMessage& message) {
  return kMessageBytes + message.data.size() + message.event.size() + message.id.size();
}

ErrorKind KindOf(int status) {
  switch (status) {
    case 401:
    case 403:
      return ErrorKind::kForbidden;
    case 204:
    case 404:
    case 410:
      return ErrorKind::kNotFound;
    case 429:
    case 503:
      return ErrorKind::kThrottled;
    default:
      return status >= 400 && status < 500 ? ErrorKind::kBadInput : ErrorKind::kUnavailable;
  }
}

// Seconds only: a date would need the clock, and is hardly ever sent with these.
std::optional<std::chrono::milliseconds> ReadSeconds(std::string_view text) {
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) {
    return std::nullopt;
  }
  return std::min<std::chrono::milliseconds>(std::chrono::seconds(seconds), kLongestWait);
}

}  // namespace

StreamQueue::StreamQueue(std::size_t max_bytes, std::function<void()> filled)
    : max_bytes_(max_bytes), filled_(std::move(filled)) {}

bool StreamQueue::Put(StreamMessage message) {
  bool was_empty = false;
  bool has_room = false;
  {
    const core::MutexLock lock(mutex_);
    was_empty = messages_.empty();
    bytes_ += BytesOf(message);
    messages_.push_back(std::move(message));
    full_ = bytes_ >= max_bytes_;
    has_room = !full_;
  }
  if (was_empty) {
    filled_();
  }
  return has_room;
}

void StreamQueue::Open(std::string remote_address) {
  {
    const core::MutexLock lock(mutex_);
    opened_ = true;
    remote_address_ = std::move(remote_address);
  }
  filled_();
}

void StreamQueue::End(StreamEnd end) {
  {
    const core::MutexLock lock(mutex_);
    if (end_) {
      return;
    }
    end_ = std::move(end);
  }
  filled_();
}

StreamNews StreamQueue::Take(std::size_t max_messages, bool& room) {
  StreamNews news;
  const core::MutexLock lock(mutex_);
  const std::size_t count = std::min(max_messages, messages_.size());
  news.messages.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    bytes_ -= BytesOf(messages_.front());
    news.messages.push_back(std::move(messages_.front()));
    messages_.pop_front();
  }
  news.opened = std::exchange(opened_, false);
  news.remote_address = news.opened ? remote_address_ : std::string();
  if (messages_.empty()) {
    news.end = end_;
  }
  // Not at once, so that reading does not stop and go on with every message.
  room = full_ && bytes_ <= max_bytes_ / 2;
  full_ = full_ && !room;
  return news;
}

StreamEnd RefusedEnd(std::string_view host, int status, std::string_view retry_after) {
  const bool moved = status >= 300 && status < 400;
  return {
      .error = {KindOf(status), fmt::format("{}: HTTP {}{}", host, status,
                                            moved ? "; a stream is not followed elsewhere" : "")},
      .status = status,
      .wait = ReadSeconds(retry_after)};
}

StreamEnd BrokenEnd(std::string_view host, std::string_view why) {
  return {.error = {ErrorKind::kUnavailable, fmt::format("{}: {}", host, Printable(why))},
          .status = 0,
          .wait = std::nullopt};
}

}  // namespace schoolwatch::net
