#pragma once

#include <vector>

#include "crawler/readers/engines.h"
#include "crawler/readers/page.h"
#include "crawler/readers/records.h"
#include "crawler/readers/stamps.h"

namespace schoolwatch::crawler {

// A set of records with what was read from it and how much it looks like people's posts.
struct Candidate {
  RecordSet set;
  RecordPosts read;
  double score = 0;
  bool in_comments = false;  // Stands where mark-up says the readers' comments are.
  bool is_review = false;
};

// Every set of records that anything on the page speaks for: repetition, mark-up, names of
// comments, engines.
std::vector<Candidate> GatherCandidates(const Page& page, const std::vector<Stamp>& stamps,
                                        const EngineSet* engines);

// Whether records look like what people wrote in turn, not like a list of stories.
bool LookLikePosts(const Candidate& candidate);

}  // namespace schoolwatch::crawler
