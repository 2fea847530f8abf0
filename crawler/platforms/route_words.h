#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/school.h"
#include "crawler/platforms/platform.h"

namespace schoolwatch::crawler {

// What a platform is asked about the schools: the values that go into a request, each within the
// platform's limit, without doubles. Only names, handles and tags of institutions; staff and heads
// never. `own` (a source's `with: {words: …}`) stands for the schools' where it is not empty. Who
// is left out, and why, goes into `notes`.
std::vector<std::string> PlanWords(const WordsSpec& spec, std::span<const core::School> schools,
                                   std::span<const std::string> own,
                                   std::vector<std::string>& notes);

}  // namespace schoolwatch::crawler
