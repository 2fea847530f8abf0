#include "storage/keys.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "core/hash.h"
#include "core/result.h"
#include "core/url.h"
#include "storage/near_duplicates.h"

namespace schoolwatch::storage {
namespace {

constexpr std::size_t kTimeBytes = 8;
constexpr std::size_t kWeekBytes = 4;

std::string BigEndian(std::uint64_t value, std::size_t size) {
  std::string bytes;
  for (std::size_t i = size; i > 0; --i) {
    bytes += static_cast<char>(static_cast<unsigned char>(value >> (8 * (i - 1))));
  }
  return bytes;
}

// Times before 1970, too, in their order.
std::uint64_t InOrder(core::Timestamp time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count()) ^ (std::uint64_t{1} << 63);
}

// The later the time, the smaller the bytes.
std::string NewestFirst(core::Timestamp time) { return BigEndian(~InOrder(time), kTimeBytes); }

}  // namespace

std::string Key(std::string_view prefix, std::string_view name) {
  std::string key;
  key.reserve(prefix.size() + name.size());
  key += prefix;
  key += name;
  return key;
}

std::string PrintableKey(std::string_view key) {
  constexpr std::size_t kMost = 100;
  std::string text;
  for (const char c : key) {
    if (text.size() >= kMost) {
      return text + "…";
    }
    if (c > ' ' && c < 0x7F && c != '\\') {
      text += c;
    } else {
      text += "\\x" + core::ToHex(std::string_view(&c, 1));
    }
  }
  return text;
}

std::string AuditKeyOf(std::uint64_t number) { return Key(kAuditPrefix, BigEndian(number, 8)); }

std::string VersionKeyOf(std::string_view finding_id, core::Timestamp at) {
  return Key(kVersionPrefix, finding_id) + BigEndian(InOrder(at), kTimeBytes);
}

bool IsVersionOf(std::string_view key, std::string_view finding_id) {
  return key.size() == kVersionPrefix.size() + finding_id.size() + kTimeBytes &&
         key.starts_with(kVersionPrefix) &&
         key.substr(kVersionPrefix.size()).starts_with(finding_id);
}

std::string ChangedKey(core::Timestamp changed_at, std::string_view case_id) {
  return Key(kChangedPrefix, NewestFirst(changed_at)) + std::string(case_id);
}

std::string ChangedInPrefix(std::string_view school) {
  return Key(kChangedInPrefix, school) + '\0';
}

std::string ChangedInKey(std::string_view school, core::Timestamp changed_at,
                         std::string_view case_id) {
  return ChangedInPrefix(school) + NewestFirst(changed_at) + std::string(case_id);
}

std::optional<std::string_view> CaseIdOfChangedKey(std::string_view key, std::string_view prefix) {
  if (key.size() < prefix.size() + kTimeBytes) {
    return std::nullopt;
  }
  return key.substr(prefix.size() + kTimeBytes);
}

std::string LinkPrefix(std::string_view school, std::string_view url) {
  std::string link(url);
  if (const core::Result<core::HttpUrl> parsed = core::HttpUrl::Parse(url); parsed.has_value()) {
    link = core::CanonicalKey(*parsed);
    if (!parsed->fragment().empty()) {
      link += '#';
      link += parsed->fragment();
    }
  }
  return Key(kLinkPrefix, school) + '\0' + link + '\0';
}

std::string NearWeekPrefix(core::Timestamp day) {
  using Weeks = std::chrono::duration<std::int64_t, std::ratio<7 * 24 * 60 * 60>>;
  const std::int64_t week = std::chrono::floor<Weeks>(day.time_since_epoch()).count();
  // Offset so that times before 1970 sort first; a clock that is millions of years out is clamped.
  const std::int64_t place =
      std::clamp<std::int64_t>(week + (std::int64_t{1} << 31), 0, (std::int64_t{1} << 32) - 1);
  return Key(kNearPrefix, BigEndian(static_cast<std::uint64_t>(place), kWeekBytes));
}

std::string_view WeekPrefixOf(std::string_view near_key) {
  const std::size_t size = kNearPrefix.size() + kWeekBytes;
  return near_key.starts_with(kNearPrefix) && near_key.size() >= size ? near_key.substr(0, size)
                                                                      : std::string_view();
}

std::vector<std::string> NearSuffixes(std::string_view school,
                                      const core::Fingerprint& fingerprint) {
  // Texts that meet by chance are told apart by their fingerprints.
  constexpr std::size_t kHashBytes = 4;
  std::vector<std::string> suffixes;
  for (const std::uint64_t key : LookupKeys(fingerprint)) {
    // The school is hashed in: a text that goes round about another school must not push ours out.
    const std::uint64_t hash = core::Hash64(std::string(school) + '\0' + BigEndian(key, 8));
    suffixes.push_back(BigEndian(hash, kHashBytes));
  }
  return suffixes;
}

std::vector<std::string> NearKeysOf(const core::Finding& finding) {
  const std::string week = NearWeekPrefix(finding.fetched_at);
  std::vector<std::string> keys = NearSuffixes(finding.school, core::FingerprintOf(finding.post));
  for (std::string& key : keys) {
    key.insert(0, week);
  }
  return keys;
}

}  // namespace schoolwatch::storage
