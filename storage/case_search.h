#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "core/finding.h"
#include "core/fingerprint.h"
#include "core/result.h"
#include "storage/db.h"
#include "storage/print_cache.h"
#include "storage/records.h"
#include "storage/store.h"

namespace schoolwatch::storage {

// The ways to a case, each over one moment of the database; what they promise stands in store.h.
core::Result<core::Case> LoadCase(const RecordReader& reader, std::string_view id);
core::Result<core::Finding> LoadFinding(const RecordReader& reader, std::string_view id);
core::Result<std::vector<core::PostVersion>> LoadVersions(const RecordReader& reader,
                                                          std::string_view finding_id);
core::Result<std::vector<core::Case>> ListCases(const RecordReader& reader,
                                                const CaseFilter& filter);
core::Result<std::optional<core::Case>> FindCaseByLink(const RecordReader& reader,
                                                       std::string_view school,
                                                       std::string_view url);
core::Result<std::optional<core::Case>> FindCaseByText(const RecordReader& reader,
                                                       std::string_view school,
                                                       const core::Fingerprint& fingerprint,
                                                       PrintCache& prints);

bool IsOpen(const core::Case& one);
// Of two cases that a link (in LinkPrefix's form) leads to, whether the first is meant: open before
// closed, then the one whose thread it is, then the newest changed.
bool IsBetterAt(std::string_view link, const core::Case& one, const core::Case& other);

// Whether a case is one that `filter` asks for.
bool Matches(const CaseFilter& filter, const core::Case& candidate);

// Every finding, by id; one page of them in memory at a time.
core::Result<void> ForEachFinding(const Db& db,
                                  const std::function<void(core::Finding finding)>& work);

}  // namespace schoolwatch::storage
