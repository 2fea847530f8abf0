#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "storage/byte_scan.h"
#include "storage/db.h"
#include "storage/erasure_subject.h"

namespace schoolwatch::storage {

// What a needle is that was made of a name: such may stand in others' posts for good.
inline constexpr std::string_view kNameNeedle = "the name";

// Shorter texts stand in anybody's posts.
inline constexpr std::size_t kShortestText = 24;

// What no file should hold once the subject is erased, as text has it and as HTML has it. `names`
// are as people wrote them.
std::vector<Needle> NeedlesOf(const ErasureSubject& subject, const std::set<std::string>& names);

// A record of what somebody else wrote in which a needle is still found.
struct LeftRecord {
  std::string kind;  // "evidence".
  std::string case_id;
  std::string url;   // Of the post. Empty: the record is the case's own.
  std::string what;  // The needle's.
  bool operator==(const LeftRecord&) const = default;
};
// For people, who know cases and posts and no files. Names aside, as ScanFiles tells of those; each
// once.
core::Result<std::vector<LeftRecord>> FindLeft(const Db& db, std::span<const Needle> needles);

// As text has it, as the HTML of others has it, as ours has it, and as JSON may have its slashes;
// its ampersands in the ways that HTML and JSON write them. Each once.
std::vector<std::string> FormsOf(std::string_view text);

}  // namespace schoolwatch::storage
