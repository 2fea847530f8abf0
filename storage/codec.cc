#include "storage/codec.h"

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

#include "storage/wire.h"

namespace schoolwatch::storage {
namespace {

using core::Timestamp;

constexpr char kFormat = 1;

// The last enumerator of each enum that is stored: a larger number is damage.
constexpr auto LastOf(core::PostKind) { return core::PostKind::kReview; }
constexpr auto LastOf(core::Category) { return core::Category::kReputational; }
constexpr auto LastOf(core::Severity) { return core::Severity::kUrgent; }
constexpr auto LastOf(core::PostField) { return core::PostField::kText; }
constexpr auto LastOf(core::CaseState) { return core::CaseState::kClosed; }
constexpr auto LastOf(core::Delivery) { return core::Delivery::kBacklog; }
constexpr auto LastOf(core::SourceHealth) { return core::SourceHealth::kForbidden; }

template <class T>
constexpr bool kIsVector = false;
template <class T>
constexpr bool kIsVector<std::vector<T>> = true;

std::string PutLittleEndian(std::uint64_t value, std::size_t size, std::string bytes) {
  for (std::size_t i = 0; i < size; ++i) {
    bytes += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
  }
  return bytes;
}

std::uint64_t GetLittleEndian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return value;
}

// Writer and Reader are handed to the same Visit function of a record, so that each field and its
// number stand in one place. Fields are visited in the order of their numbers.
class Writer {
 public:
  template <class T>
  using Ref = const T&;

  template <class T>
  void operator()(std::uint32_t number, const T& value) {
    if constexpr (std::same_as<T, std::string>) {
      if (!value.empty()) {
        wire_.PutBytes(number, value);
      }
    } else if constexpr (std::is_enum_v<T>) {
      // Always written: some enums' defaults are not their zero.
      wire_.PutVarint(number, static_cast<std::uint64_t>(value));
    } else if constexpr (std::same_as<T, double>) {
      if (const auto bits = std::bit_cast<std::uint64_t>(value); bits != 0) {
        wire_.PutFixed64(number, bits);
      }
    } else if constexpr (std::same_as<T, Timestamp>) {
      PutNumber(number, ZigZag(value.time_since_epoch().count()));
    } else if constexpr (std::same_as<T, std::chrono::milliseconds>) {
      PutNumber(number, ZigZag(value.count()));
    } else if constexpr (std::same_as<T, std::optional<Timestamp>>) {
      if (value) {
        wire_.PutVarint(number, ZigZag(value->time_since_epoch().count()));
      }
    } else if constexpr (std::unsigned_integral<T>) {  // And bool.
      PutNumber(number, value);
    } else if constexpr (std::signed_integral<T>) {
      PutNumber(number, ZigZag(value));
    } else if constexpr (kIsVector<T>) {
      for (const auto& element : value) {
        PutElement(number, element);
      }
    } else {
      PutElement(number, value);
    }
  }

  // Numbers of `size` bytes each, one after the other.
  template <class Range>
  void Packed(std::uint32_t number, const Range& values, std::size_t size, int shift) {
    std::string bytes;
    bytes.reserve(values.size() * size);
    for (const auto value : values) {
      bytes = PutLittleEndian(std::uint64_t{value} >> shift, size, std::move(bytes));
    }
    if (bytes.find_first_not_of('\0') != std::string::npos || kIsVector<Range>) {
      (*this)(number, bytes);
    }
  }

  std::string Take() && { return std::move(wire_).Take(); }

 private:
  void PutNumber(std::uint32_t number, std::uint64_t value) {
    if (value != 0) {
      wire_.PutVarint(number, value);
    }
  }
  template <class T>
  void PutElement(std::uint32_t number, const T& element) {
    if constexpr (std::same_as<T, std::string>) {
      wire_.PutBytes(number, element);
    } else if constexpr (std::is_enum_v<T>) {
      wire_.PutVarint(number, static_cast<std::uint64_t>(element));
    } else {
      Writer inner;
      Visit(inner, element);
      wire_.PutBytes(number, std::move(inner).Take());
    }
  }
  WireWriter wire_;
};

class Reader {
 public:
  template <class T>
  using Ref = T&;

  explicit Reader(std::string_view bytes) : wire_(bytes) { Advance(); }

  template <class T>
  void operator()(std::uint32_t number, T& value) {
    // Numbers between two known ones are a newer release's fields.
    while (have_ && field_.number < number) {
      Advance();
    }
    for (bool first = true; have_ && field_.number == number; first = false) {
      if constexpr (kIsVector<T>) {
        value.emplace_back();
        Get(value.back());
      } else {
        if (!first) {
          Stop("a field stands there twice");
          return;
        }
        Get(value);
      }
      Advance();
    }
  }

  template <class Range>
  void Packed(std::uint32_t number, Range& values, std::size_t size, int shift) {
    std::string bytes;
    (*this)(number, bytes);
    if (bytes.empty()) {
      return;
    }
    const std::size_t count = bytes.size() / size;
    if (bytes.size() % size != 0) {
      return Stop("a list of hashes is cut");
    }
    if constexpr (kIsVector<Range>) {
      values.resize(count);
    } else if (count != values.size()) {
      return Stop("a sketch has the wrong length");
    }
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = static_cast<typename Range::value_type>(
          GetLittleEndian(std::string_view(bytes).substr(i * size, size)) << shift);
    }
  }

  // What is wrong; empty if all is well. To be asked when every field has been visited.
  std::string_view Finish() {
    while (have_) {
      Advance();
    }
    return problem_;
  }

 private:
  void Stop(std::string_view problem) {
    have_ = false;
    if (problem_.empty()) {
      problem_ = problem;
    }
  }
  void Advance() {
    have_ = problem_.empty() && wire_.Next(field_);
    if (!wire_.problem().empty()) {
      Stop(wire_.problem());
    }
  }
  bool Is(WireType type) {
    if (field_.type != type) {
      Stop("a field has the wrong type");
      return false;
    }
    return true;
  }

  template <class T>
  void Get(T& value) {
    if constexpr (std::same_as<T, std::string>) {
      if (Is(WireType::kBytes)) {
        value = field_.bytes;
      }
    } else if constexpr (std::is_enum_v<T>) {
      if (Is(WireType::kVarint)) {
        if (field_.value > static_cast<std::uint64_t>(LastOf(T{}))) {
          return Stop("a field has a value that does not exist");
        }
        value = static_cast<T>(field_.value);
      }
    } else if constexpr (std::same_as<T, double>) {
      if (Is(WireType::kFixed64)) {
        value = std::bit_cast<double>(field_.value);
      }
    } else if constexpr (std::same_as<T, Timestamp>) {
      if (Is(WireType::kVarint)) {
        value = Timestamp{std::chrono::milliseconds{UnZigZag(field_.value)}};
      }
    } else if constexpr (std::same_as<T, std::chrono::milliseconds>) {
      if (Is(WireType::kVarint)) {
        value = std::chrono::milliseconds{UnZigZag(field_.value)};
      }
    } else if constexpr (std::same_as<T, std::optional<Timestamp>>) {
      if (Is(WireType::kVarint)) {
        value = Timestamp{std::chrono::milliseconds{UnZigZag(field_.value)}};
      }
    } else if constexpr (std::unsigned_integral<T>) {
      if (Is(WireType::kVarint)) {
        if (field_.value > std::numeric_limits<T>::max()) {
          return Stop("a number is too large");
        }
        value = static_cast<T>(field_.value);
      }
    } else if constexpr (std::signed_integral<T>) {
      if (Is(WireType::kVarint)) {
        const std::int64_t number = UnZigZag(field_.value);
        if (!std::in_range<T>(number)) {
          return Stop("a number is too large");
        }
        value = static_cast<T>(number);
      }
    } else if (Is(WireType::kBytes)) {
      // A record inside a record; the types nest three deep, so hostile bytes cannot nest deeper.
      Reader inner(field_.bytes);
      Visit(inner, value);
      if (const std::string_view problem = inner.Finish(); !problem.empty()) {
        Stop(problem);
      }
    }
  }

  WireReader wire_;
  WireField field_;
  bool have_ = false;
  std::string_view problem_;
};

// The records. A number once used is never given to another field.

template <class V>
void Visit(V& visit, typename V::template Ref<core::SeenMark> mark) {
  visit(1, mark.text_hash);
  visit(2, mark.seen_at);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::UrlState> url) {
  visit(1, url.key);
  visit(2, url.etag);
  visit(3, url.last_modified);
  visit(4, url.validators_since);
  visit(5, url.body_hash);
  visit(6, url.last_status);
  visit(7, url.fetched_at);
  visit(8, url.next_due);
  visit(9, url.failures);
  visit(10, url.follow);
  visit(11, url.interval);
  visit(12, url.text_hash);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::HostState> host) {
  visit(1, host.origin);
  visit(2, host.robots_fetched_at);
  visit(3, host.robots_status);
  visit(4, host.robots_body);
  visit(5, host.last_request_at);
  visit(6, host.blocked_until);
  visit(7, host.incidents);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::FeedHints> hints) {
  visit(1, hints.wait);
  visit(2, hints.skip_hours);
  visit(3, hints.skip_days);
  visit(4, hints.usual_gap);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::SourceState> source) {
  visit(1, source.name);
  visit(2, source.first_looked_at);
  visit(3, source.last_looked_at);
  visit(4, source.last_worked_at);
  visit(5, source.next_due);
  visit(6, source.newest_post);
  visit(7, source.failures);
  visit(8, source.health);
  visit(9, source.last_error);
  visit(10, source.posts_seen);
  visit(11, source.interval);
  visit(12, source.feed);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::Post> post) {
  visit(1, post.kind);
  visit(2, post.id);
  visit(3, post.url);
  visit(4, post.title);
  visit(5, post.text);
  visit(6, post.quoted);
  visit(7, post.summary);
  visit(8, post.author);
  visit(9, post.author_url);
  visit(10, post.published);
  visit(11, post.published_text);
  visit(12, post.updated);
  visit(13, post.parent);
  visit(14, post.language);
  visit(15, post.platform);
  visit(16, post.page_of);
  visit(17, post.source);
  visit(18, post.thread_url);
  visit(19, post.thread_title);
  visit(20, post.thread_schools);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::SchoolScore> score) {
  visit(1, score.school);
  visit(2, score.score);
  visit(3, score.why);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::Hit> hit) {
  visit(1, hit.rule);
  visit(2, hit.category);
  visit(3, hit.weight);
  visit(4, hit.field);
  visit(5, hit.start);
  visit(6, hit.end);
  visit(7, hit.text);
  visit(8, hit.why);
  visit(9, hit.severity);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::Term> term) {
  visit(1, term.category);
  visit(2, term.label);
  visit(3, term.value);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::Judgement> judgement) {
  visit(1, judgement.mentions);
  visit(2, judgement.schools);
  visit(3, judgement.also_possible);
  visit(4, judgement.categories);
  visit(5, judgement.severity);
  visit(6, judgement.topics);
  visit(7, judgement.scores[0]);
  visit(8, judgement.scores[1]);
  visit(9, judgement.scores[2]);
  visit(10, judgement.hits);
  visit(11, judgement.terms);
  visit(12, judgement.rules_version);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::Finding> finding) {
  visit(1, finding.id);
  visit(2, finding.school);
  visit(3, finding.case_id);
  visit(4, finding.post);
  visit(5, finding.judgement);
  visit(6, finding.fetched_at);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::Case> a_case) {
  visit(1, a_case.id);
  visit(2, a_case.school);
  visit(3, a_case.state);
  visit(4, a_case.title);
  visit(5, a_case.severity);
  visit(6, a_case.categories);
  visit(7, a_case.topics);
  visit(8, a_case.opened_at);
  visit(9, a_case.changed_at);
  visit(10, a_case.thread_url);
  visit(11, a_case.findings);
  visit(12, a_case.authors);
  visit(13, a_case.sources);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::FingerprintEntry> entry) {
  visit(1, entry.finding_id);
  visit(2, entry.case_id);
  visit(3, entry.school);
  visit(4, entry.day);
  visit(5, entry.fingerprint.exact);
  visit.Packed(6, entry.fingerprint.sketch, 4, 0);
  visit.Packed(7, entry.fingerprint.shingles, 4, 32);
  visit.Packed(8, entry.fingerprint.sequence, 8, 0);
  visit.Packed(9, entry.fingerprint.facts, 8, 0);
  visit(10, entry.fingerprint.negations);
  visit(11, entry.fingerprint.words);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::OutboxItem> item) {
  visit(1, item.id);
  visit(2, item.recipient);
  visit(3, item.batch_key);
  visit(4, item.delivery);
  visit(5, item.school);
  visit(6, item.case_id);
  visit(7, item.finding_id);
  visit(8, item.reason);
  visit(9, item.created_at);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::OutboxBatch> batch) {
  visit(1, batch.key);
  visit(2, batch.message_id);
  visit(3, batch.recipient);
  visit(4, batch.delivery);
  visit(5, batch.school);
  visit(6, batch.items);
  visit(7, batch.created_at);
  visit(8, batch.attempts);
  visit(9, batch.next_attempt_at);
  visit(10, batch.last_error);
  visit(11, batch.given_up);
}

template <class V>
void Visit(V& visit, typename V::template Ref<ItemTrace> trace) {
  visit(1, trace.batch_key);
  visit(2, trace.delivered);
  visit(3, trace.at);
}

template <class V>
void Visit(V& visit, typename V::template Ref<NearList> list) {
  visit(1, list.findings);
}

}  // namespace

template <class T>
std::string Encode(const T& record) {
  Writer writer;
  Visit(writer, record);
  return kFormat + std::move(writer).Take();
}

template <class T>
core::Result<T> Decode(std::string_view bytes) {
  if (bytes.empty()) {
    return core::Fail(core::ErrorKind::kCorrupt, "it is empty");
  }
  if (const char format = bytes.front(); format != kFormat) {
    const int number = static_cast<unsigned char>(format);
    // Formats go up by one a release at most, so a large number is damage and not the future.
    const bool newer = number > kFormat && number < 32;
    return newer ? core::Fail(core::ErrorKind::kBadInput,
                              "it is of format " + std::to_string(number) +
                                  ", which only a newer schoolwatch can read")
                 : core::Fail(core::ErrorKind::kCorrupt, "it has no known format");
  }
  Reader reader(bytes.substr(1));
  core::Result<T> record = T{};
  Visit(reader, *record);
  if (const std::string_view problem = reader.Finish(); !problem.empty()) {
    return core::Fail(core::ErrorKind::kCorrupt, std::string(problem));
  }
  return record;
}

core::Fingerprint Coarsen(core::Fingerprint fingerprint) {
  constexpr std::uint64_t kUpper = 0xFFFF'FFFF'0000'0000U;
  for (std::uint64_t& hash : fingerprint.shingles) {
    hash &= kUpper;
  }
  return fingerprint;
}

#define SW_RECORD_(T)                    \
  template std::string Encode(const T&); \
  template core::Result<T> Decode(std::string_view);
SW_RECORD_(core::SeenMark)
SW_RECORD_(core::UrlState)
SW_RECORD_(core::HostState)
SW_RECORD_(core::SourceState)
SW_RECORD_(core::Finding)
SW_RECORD_(core::Case)
SW_RECORD_(core::FingerprintEntry)
SW_RECORD_(core::OutboxItem)
SW_RECORD_(core::OutboxBatch)
SW_RECORD_(ItemTrace)
SW_RECORD_(NearList)
#undef SW_RECORD_

}  // namespace schoolwatch::storage
