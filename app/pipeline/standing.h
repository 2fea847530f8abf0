#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.h"
#include "core/post.h"
#include "core/time.h"

namespace schoolwatch::app {

// What kind of page a post stands on: what its absence there proves depends on it.
enum class Place {
  kNone,     // It has no address to look at.
  kOwnPage,  // The post's alone: that there is no such page any more proves it.
  kThread,   // The first page of its thread, or the article: so does the whole page without it.
  kPart,     // A later page, or a listing: posts move from one to the next. That it is gone proves
             // nothing; a thread's page does that shows what was before and after the post.
};
struct PlaceOfPost {
  Place place = Place::kNone;
  std::string url;  // To be asked for; without a fragment.
};
PlaceOfPost FindPlace(const core::Post& post);

// What one page showed, for those who look for a post on it.
struct PageSight {
  struct OnPage {
    std::string key;   // PostKey.
    std::string link;  // core::OwnLink.
    std::optional<core::Timestamp> published;
    bool answers = false;  // No entry and no article.
    bool known = false;    // Seen before.
  };
  std::vector<OnPage> posts;
  bool whole = false;  // Nothing cut off, and no further page.
};

enum class Sight { kThere, kMissing, kUnknown };

// What a look told of a post.
struct Told {
  // An unchanged page says what it said before. No error, refusal, redirect to elsewhere or answer
  // of a platform's takes its place: the conditions of the next request are still that page's.
  enum class Through { kItsPage, kElse };

  Sight sight = Sight::kUnknown;
  Through through = Through::kElse;
  std::size_t posts_on_page = 0;
};

// Whether the page shows the finding's post. A page that shows the newest or best few may leave a
// post out though it still stands: so it is only missing where known posts from before and after it
// stand there in the order of time; or on a thread's only page, where fewer posts are shown than
// when it was last seen, or more, an older one among them.
Sight LookFor(const core::Finding& finding, const PageSight& page);

// How a look leaves a post, and what of that belongs in its case's history: kGone on the second
// look that misses it, on another day than the first; kBack.
struct AfterSight {
  core::Standing standing;
  std::optional<core::CaseEventKind> event;
};
AfterSight NoteSight(core::Standing standing, const Told& told, core::Timestamp now);
// What the last page that was had told, for a page that has not changed since: the same again.
Sight SightBefore(const core::Standing& standing);

// Whether there is anything in `after` that is worth a write: a post that just still stands is
// noted every few hours, and whatever the look before did not tell at once.
bool IsNews(const core::Standing& before, const core::Standing& after);

// Findings by the id of the one that they are an edit of. Keys and values are borrowed.
using EditsById = std::map<std::string_view, const core::Finding*>;
// The newest text of a finding's post: looks are noted there alone, since no page shows another.
const core::Finding& NewestText(const core::Finding& of, const EditsById& edits);

// "between 2026-11-20T18:00:00Z and 2026-11-22T07:00:00Z"; the record has the milliseconds, too.
std::string GoneSince(const core::Standing& standing, core::Timestamp found_at);

}  // namespace schoolwatch::app
