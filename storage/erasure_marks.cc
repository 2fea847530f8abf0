#include "storage/erasure_marks.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <utility>

#include "core/hash.h"
#include "core/place.h"
#include "core/text/fold.h"
#include "storage/address_finder.h"
#include "storage/keys.h"
#include "storage/name_finder.h"
#include "storage/records.h"

namespace schoolwatch::storage {
namespace {

// Half of a SHA-256: nobody finds two names for one hash, and marks stay short.
constexpr std::size_t kHexDigits = 32;
constexpr std::size_t kKeyIdDigits = 16;
constexpr std::string_view kLostKey = "-";

std::string_view AsBytes(const core::Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// A shorter text is said again, about something else.
constexpr std::size_t kTellingText = 40;

}  // namespace

PrivacyHash::PrivacyHash(std::string_view audit_key)
    : key_(AsBytes(core::HmacSha256(audit_key, "marks of erasures and looks"))) {}

std::string PrivacyHash::Of(std::string_view what, std::string_view name) const {
  std::string named(what);
  named += '\n';
  named += name;
  return core::ToHex(core::HmacSha256(key_, named)).substr(0, kHexDigits);
}

std::string PrivacyHash::key_id() const { return Of("which key", "").substr(0, kKeyIdDigits); }

std::string PrivacyHash::OfPost(std::string_view post_key) const { return Of("post", post_key); }

std::string PrivacyHash::OfWords(const core::Post& post) const {
  const std::string author = FoldName(post.author);
  if (author.empty() || post.text.empty()) {
    return "";  // "Shame on them" by nobody is anybody's.
  }
  return Of("words", author + "\n" + core::Fold(post.title + "\n" + post.text).text);
}

std::string PrivacyHash::OfText(const core::Post& post) const {
  const std::string author = FoldName(post.author);
  const std::string text = FoldName(post.text);  // Blanks differ from source to source, too.
  return author.empty() || text.size() < kTellingText ? "" : Of("text", author + "\n" + text);
}

std::string PrivacyHash::OfPlace(const core::Post& post) const {
  const std::string place = core::OwnLink(post);
  return place.empty() ? "" : Of("place", place);
}

std::string PrivacyHash::OfAuthor(std::string_view name) const {
  return Of("author", FoldName(name));
}

std::string PrivacyHash::OfUrl(std::string_view url) const {
  return Of("url", LinkPrefix("", url));
}

std::string PrivacyHash::OfAddress(std::string_view url) const {
  return Of("address", PlaceKey(url));
}

std::string PrivacyHash::OfProfile(std::string_view url) const {
  return Of("profile", PlaceKey(url));
}

std::string PrivacyHash::OfCase(std::string_view case_id) const { return Of("case", case_id); }

std::string PrivacyHash::OfLooks(std::string_view name) const {
  return Of("looks", FoldName(name));
}

LostMarks FindLostMarks(std::span<const KeptMark> marks, std::span<const PrivacyHash> keys,
                        core::Timestamp now) {
  std::set<std::string> known;
  for (const PrivacyHash& key : keys) {
    known.insert(key.key_id());
  }
  LostMarks lost;
  for (const KeptMark& one : marks) {
    const bool is_lost = one.mark.key_id.empty() ? keys.empty() : !known.contains(one.mark.key_id);
    if (is_lost && now < one.mark.until) {
      lost.since = lost.marks == 0 ? one.mark.at : std::min(lost.since, one.mark.at);
      lost.until = std::max(lost.until, one.mark.until);
      ++lost.marks;
    }
  }
  return lost;
}

ErasureMarks::ErasureMarks(std::span<const std::string> keys) : keys_(keys.begin(), keys.end()) {}

core::Result<void> ErasureMarks::Load(const Db& db) {
  SW_ASSIGN(std::vector<KeptMark> marks, ListErasureMarks(db));
  Set(std::move(marks));
  return {};
}

void ErasureMarks::Set(std::vector<KeptMark> marks) {
  std::map<std::string, ErasureMark, std::less<>> by_hash;
  for (KeptMark& one : marks) {
    by_hash.insert_or_assign(std::move(one.hash), one.mark);
  }
  const core::MutexLock lock(mutex_);
  marks_ = std::move(by_hash);
}

bool ErasureMarks::Counts(const std::string& hash, core::Timestamp now) const {
  const auto found = marks_.find(hash);
  return found != marks_.end() && now < found->second.until;
}

bool ErasureMarks::IsErased(const core::Post& post, std::string_view post_key,
                            core::Timestamp now) const {
  {
    const core::MutexLock lock(mutex_);
    if (marks_.empty()) {
      return false;
    }
  }
  for (const PrivacyHash& key : keys_) {
    const std::array<std::string, 4> hashes{key.OfPost(post_key), key.OfPlace(post),
                                            key.OfText(post), key.OfWords(post)};
    const core::MutexLock lock(mutex_);
    for (const std::string& hash : hashes) {
      if (!hash.empty() && Counts(hash, now)) {
        return true;
      }
    }
  }
  return false;
}

LostMarks ErasureMarks::FindLost(core::Timestamp now) const {
  std::vector<KeptMark> marks;
  {
    const core::MutexLock lock(mutex_);
    marks.reserve(marks_.size());
    for (const auto& [hash, mark] : marks_) {
      marks.push_back({hash, mark});
    }
  }
  return FindLostMarks(marks, keys_, now);
}

core::Result<std::vector<KeptMark>> ListErasureMarks(const Db& db) {
  SW_ASSIGN(const auto entries,
            View(db).List(kErasedPrefix, std::numeric_limits<std::size_t>::max()));
  SW_ASSIGN(const auto unnamed, View(db).Get(kUnnamedMarksKey));
  std::vector<KeptMark> marks;
  marks.reserve(entries.size());
  for (const auto& [key, value] : entries) {
    SW_ASSIGN(auto mark, DecodeRecord<ErasureMark>(db.shown(), key, value));
    if (mark.key_id.empty()) {
      mark.key_id = unnamed.value_or("");
    }
    marks.push_back({key.substr(kErasedPrefix.size()), std::move(mark)});
  }
  return marks;
}

core::Result<void> NameKeyOfMarks(Db& db, const PrivacyHash& current, bool is_new) {
  SW_ASSIGN(const std::vector<KeptMark> marks, ListErasureMarks(db));
  const bool unnamed =
      std::ranges::any_of(marks, [](const KeptMark& one) { return one.mark.key_id.empty(); });
  if (!unnamed) {
    return {};
  }
  Batch batch;
  batch.Put(std::string(kUnnamedMarksKey), is_new ? std::string(kLostKey) : current.key_id());
  return db.Write(batch);
}

}  // namespace schoolwatch::storage
