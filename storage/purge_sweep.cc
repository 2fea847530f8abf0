#include "storage/purge_sweep.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "storage/keys.h"

namespace schoolwatch::storage {
namespace {

constexpr std::size_t kPage = 256;
constexpr std::string_view kPlaceNote = "retention/place/";  // Where a kind's purge goes on.

// Kinds that hold people's words, names or addresses.
constexpr std::array<std::string_view, 7> kOfPeople{
    "cases", "earlier versions", "evidence records", "kept examples",
    "posts", "reports",          "reasons for looks"};

bool TellsOfPeople(const KindCounts& counts) {
  return std::ranges::any_of(kOfPeople,
                             [&](std::string_view kind) { return counts.contains(kind); });
}

}  // namespace

core::Result<void> PurgeSweep::Through(std::string_view prefix, const Treat& treat) {
  const std::string note(Key(kPlaceNote, prefix));
  const std::string start(prefix);
  SW_ASSIGN(const auto place, FindNote(note));
  // Counting shows all there is, whatever the last purge had left.
  std::string after =
      place && place->starts_with(prefix) && effect_ == PurgeEffect::kDelete ? *place : start;
  bool from_start = after == start;
  std::size_t looked_at = 0;
  for (;;) {
    SW_ASSIGN(const auto entries, View(db_).ListAfter(after, prefix, kPage));
    if (entries.empty() && from_start) {
      after = start;
      break;
    }
    if (entries.empty()) {  // The end; what lies before the start of this purge comes next.
      from_start = true;
      after = start;
      continue;
    }
    Batch batch;
    KindCounts counts;
    {
      Removal removal(db_, batch);
      for (const auto& [key, value] : entries) {
        SW_TRY(treat(removal, key, value));
      }
      counts = removal.counts();
    }
    SW_TRY(Write(batch, counts));
    looked_at += entries.size();
    after = entries.back().first;
    if (looked_at >= limits_.records) {
      report_.everything = false;
      break;
    }
  }
  if (after == place.value_or(start)) {
    return {};
  }
  return SetNote(note, std::move(after));
}

core::Result<void> PurgeSweep::Write(const Batch& batch, const KindCounts& counts) {
  for (const auto& [kind, count] : counts) {
    report_.deleted[kind] += count;
  }
  if (effect_ == PurgeEffect::kCountOnly || batch.empty()) {
    return {};
  }
  if (owed_ || !TellsOfPeople(counts)) {
    return db_.Write(batch);
  }
  Batch owing = batch;
  owing.Put(Key(kNotePrefix, kCompactionOwed), "owed");
  SW_TRY(db_.Write(owing));
  owed_ = true;
  return {};
}

core::Result<void> PurgeSweep::SetNote(std::string_view name, std::string value) {
  if (effect_ == PurgeEffect::kCountOnly) {
    return {};
  }
  Batch batch;
  batch.Put(Key(kNotePrefix, name), std::move(value));
  return db_.Write(batch);
}

core::Result<std::optional<std::string>> PurgeSweep::FindNote(std::string_view name) const {
  return View(db_).Get(Key(kNotePrefix, name));
}

core::Result<std::optional<core::Timestamp>> PurgeSweep::FindTime(std::string_view name) const {
  SW_ASSIGN(const auto text, FindNote(name));
  if (!text) {
    return std::nullopt;
  }
  const auto time = core::ParseRfc3339(*text);
  return time ? std::optional(*time) : std::nullopt;
}

}  // namespace schoolwatch::storage
