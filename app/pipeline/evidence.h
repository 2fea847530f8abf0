#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "app/pipeline/judged_document.h"
#include "crawler/readers/document.h"

namespace schoolwatch::app {

// What is kept of one post's part of a page, and the least that every post gets.
inline constexpr std::size_t kFragmentBytes = 64u << 10;
inline constexpr std::size_t kLeastFragmentBytes = 2u << 10;

// Gives each of `posts` with a category its evidence; to be called while the body is there. All
// parts together are no larger than the body or kFragmentBytes, whichever is more, and
// kLeastFragmentBytes a post: so they fit in what the body was charged to. Costs nothing where no
// post has a category.
void KeepEvidence(const crawler::FetchedDocument& fetched, const crawler::RawDocument& raw,
                  crawler::DocumentKind kind, std::string_view time_zone,
                  std::span<JudgedPost> posts);

}  // namespace schoolwatch::app
