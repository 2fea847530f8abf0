#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/audit.h"
#include "core/outcome.h"
#include "core/result.h"

namespace schoolwatch::storage {

// What became of an outbox item once it was put in a batch. Outlives item and batch, so that the
// same thing is never told twice.
struct ItemTrace {
  std::string batch_key;
  bool delivered = false;  // The far side has accepted the batch.
  core::Timestamp at{};    // The batch's creation: old traces may be dropped by it.
  bool operator==(const ItemTrace&) const = default;
};

// Findings that share one lookup key of their texts in one week, newest last.
struct NearList {
  std::vector<std::string> findings;
  bool operator==(const NearList&) const = default;
};

// Records as bytes: a format byte, then the fields in wire.h's form, empty ones left out. A field
// that a later release adds is skipped by this one and empty when that one reads this one's
// records; what a record means never changes under the same field number (docs/storage.md).
//
// T is SeenMark (without post_key, which is in its key), UrlState, HostState, SourceState,
// HostLedger, RouteState, PlatformSession, PlatformSpending, Finding, Case, PostVersion,
// KeptExample, IntakeReceipt, OutboxItem, OutboxBatch, ItemTrace,
// NearList, AuditEntry, AuditHead or Evidence.
template <class T>
std::string Encode(const T& record);

// The reverse, for any bytes whatever. kCorrupt says what is wrong, not where it was stored;
// kBadInput: of a format that only a newer release knows.
template <class T>
core::Result<T> Decode(std::string_view bytes);

}  // namespace schoolwatch::storage
