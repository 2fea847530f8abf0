#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "crawler/crawler.h"
#include "crawler/platforms/platform.h"
#include "crawler/platforms/route_plan.h"

// Which questions a platform is asked to see whether posts still stand. Pure, as route_plan.h.
namespace schoolwatch::crawler {

// A post that is to be looked at again.
struct LookPost {
  std::string key;  // core::PostKey.
  std::string id;   // The platform's.
  std::string url;
};

struct LookPlan {
  std::vector<CrawlRequest> requests;  // With what they ask for in ApiCall::looks.
  std::vector<UnaskedRoute> unasked;   // Each route once.
};

// The routes of a source's platform that look again: the usual ones, whatever else the source asks,
// and of those that are not the ones that it names.
std::vector<const Route*> LookRoutes(const Platform& platform, const config::Source& source);

// Questions for `posts`, each by the first route that is for it and can be asked, as many posts in
// one as the route allows; at most `most_requests`, those first that come first in `posts`. Posts
// that no route is for are left out. Neither `each` nor what earlier looks left is asked for: that
// is for whoever chooses the posts.
LookPlan PlanLooks(const PlanInput& input, std::span<const LookPost> posts,
                   std::size_t most_requests);

// The names of the groups in LookSpec::posts; none where it is no regular expression.
std::vector<std::string> GroupsOf(const LookSpec& spec);

}  // namespace schoolwatch::crawler
