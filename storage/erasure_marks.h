#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/mutex.h"
#include "core/post.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/db.h"
#include "storage/privacy_records.h"

namespace schoolwatch::storage {

// Keyed hashes of what must not be kept: HMAC-SHA-256 under a key made from the one that lies in
// the store's folder (LoadAuditKey), so that who has only the store cannot try names against them.
class PrivacyHash {
 public:
  explicit PrivacyHash(std::string_view audit_key);

  // Tells this key from others, and nothing else about it.
  std::string key_id() const;
  std::string OfPost(std::string_view post_key) const;
  // Empty: too little is known of it to tell it from others.
  std::string OfWords(const core::Post& post) const;
  // The same without the title, as other sources give others. Empty: too short to be told by it.
  std::string OfText(const core::Post& post) const;
  // By the address that is the post's alone (core::OwnLink). Empty: it has none.
  std::string OfPlace(const core::Post& post) const;
  std::string OfAuthor(std::string_view name) const;
  std::string OfUrl(std::string_view url) const;  // As stores before this had them.
  std::string OfAddress(std::string_view url) const;
  std::string OfProfile(std::string_view url) const;
  std::string OfCase(std::string_view case_id) const;
  // For counting looks: another hash than OfAuthor's, so that the two tell nothing of each other.
  std::string OfLooks(std::string_view name) const;

 private:
  std::string Of(std::string_view what, std::string_view name) const;
  std::string key_;
};

struct KeptMark {
  std::string hash;
  ErasureMark mark;
  bool operator==(const KeptMark&) const = default;
};

LostMarks FindLostMarks(std::span<const KeptMark> marks, std::span<const PrivacyHash> keys,
                        core::Timestamp now);

// All marks in a store, in memory: every new post is held against them. Thread-safe.
class ErasureMarks {
 public:
  // The audit log's key and those kept beside it (LoadKeptKeys): marks count under any of them.
  explicit ErasureMarks(std::span<const std::string> keys);

  // Takes those of the database in place of those it had.
  core::Result<void> Load(const Db& db);
  void Set(std::vector<KeptMark> marks);

  // Whether the post was erased and its mark still counts at `now`. Free while there are no marks.
  bool IsErased(const core::Post& post, std::string_view post_key, core::Timestamp now) const;
  LostMarks FindLost(core::Timestamp now) const;

 private:
  bool Counts(const std::string& hash, core::Timestamp now) const SW_REQUIRES(mutex_);

  const std::vector<PrivacyHash> keys_;
  mutable core::Mutex mutex_;
  std::map<std::string, ErasureMark, std::less<>> marks_ SW_GUARDED_BY(mutex_);  // By hash.
};

// Every mark, by hash. Those that name no key get the one of kUnnamedMarksKey, if that is known.
core::Result<std::vector<KeptMark>> ListErasureMarks(const Db& db);

// Where marks name no key and the store does not say whose they are, notes that they are of
// `current`, or that their key is lost: before a newer key is used.
core::Result<void> NameKeyOfMarks(Db& db, const PrivacyHash& current, bool is_new);

}  // namespace schoolwatch::storage
