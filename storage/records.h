#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "storage/codec.h"
#include "storage/db.h"
#include "storage/keys.h"

namespace schoolwatch::storage {

// A record's bytes read back; an error names the store, the key and what to do.
template <class T>
core::Result<T> DecodeRecord(const std::filesystem::path& store, std::string_view key,
                             std::string_view bytes) {
  core::Result<T> record = Decode<T>(bytes);
  if (record.has_value()) {
    return record;
  }
  const bool damaged = record.error().kind == core::ErrorKind::kCorrupt;
  return core::Fail(record.error().kind,
                    "the store '" + store.string() + "': record '" + PrintableKey(key) +
                        (damaged ? "' is damaged: " : "' cannot be read: ") +
                        record.error().message + (damaged ? "; run `schoolwatch repair`" : ""));
}

// A record by key, as one moment shows it.
class RecordReader {
 public:
  // Borrows the database and, if there is one, the batch whose changes come on top of it.
  explicit RecordReader(const Db& db, const Batch* batch = nullptr)
      : store_(db.shown()), view_(db), batch_(batch) {}

  const View& view() const { return view_; }
  const std::filesystem::path& store() const { return store_; }

  template <class T>
  core::Result<std::optional<T>> Find(const std::string& key) const {
    const std::optional<std::string>* change = batch_ == nullptr ? nullptr : batch_->Find(key);
    if (change != nullptr) {
      return FromBytes<T>(key, *change);
    }
    SW_ASSIGN(const std::optional<std::string> bytes, view_.Get(key));
    return FromBytes<T>(key, bytes);
  }

 private:
  template <class T>
  core::Result<std::optional<T>> FromBytes(const std::string& key,
                                           const std::optional<std::string>& bytes) const {
    if (!bytes) {
      return std::nullopt;
    }
    SW_ASSIGN(T record, DecodeRecord<T>(store_, key, *bytes));
    return std::optional<T>(std::move(record));
  }

  const std::filesystem::path& store_;
  View view_;
  const Batch* batch_;
};

}  // namespace schoolwatch::storage
