#include "app/pipeline/standing.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <limits>

#include "core/place.h"
#include "core/url.h"
#include "crawler/readers/places.h"

namespace schoolwatch::app {
namespace {

// Two minutes around midnight are two days and one moment.
constexpr std::chrono::hours kApart{6};
constexpr std::chrono::hours kNotedEvery{6};

// "p123" of "viewtopic.php?p=123#p123": such an address leads to wherever the post is.
bool NamesItsFragment(const core::HttpUrl& url) {
  std::string number;
  for (const char c : url.fragment()) {
    if (c >= '0' && c <= '9') {
      number += c;
    }
  }
  return !number.empty() && url.target().find(number) != std::string_view::npos;
}

// Whether the posts that came before and after it in its thread stand there next to nothing. On a
// page that is in the order of time, posts that are deleted elsewhere move others from page to page
// and never out of the middle. Pages in another order, or without times, tell nothing.
bool IsLeftOut(const core::Post& post, const PageSight& page) {
  std::vector<core::Timestamp> times;
  bool older = false;
  bool newer = false;
  for (const PageSight::OnPage& one : page.posts) {
    if (!one.answers) {
      continue;
    }
    if (!one.published) {
      return false;
    }
    times.push_back(*one.published);
    older = older || (one.known && *one.published < *post.published);
    newer = newer || (one.known && *one.published > *post.published);
  }
  return older && newer &&
         (std::ranges::is_sorted(times) || std::ranges::is_sorted(times, std::ranges::greater()));
}

core::LastPage AsKept(Sight sight) {
  switch (sight) {
    case Sight::kThere:
      return core::LastPage::kThere;
    case Sight::kMissing:
      return core::LastPage::kMissing;
    case Sight::kUnknown:
      break;
  }
  return core::LastPage::kUnknown;
}

std::string InSeconds(core::Timestamp time) {
  return core::FormatRfc3339(std::chrono::floor<std::chrono::seconds>(time));
}

}  // namespace

PlaceOfPost FindPlace(const core::Post& post) {
  const std::string& address = post.url.empty() ? post.thread_url : post.url;
  const core::Result<core::HttpUrl> url = core::HttpUrl::Parse(address);
  if (!url || url->has_credentials()) {
    return {};
  }
  PlaceOfPost found{.place = Place::kPart, .url = crawler::WithoutFragment(url->href())};
  const bool answers = post.kind != core::PostKind::kEntry && post.kind != core::PostKind::kArticle;
  if (!answers) {
    found.place = post.url.empty() ? Place::kNone : Place::kOwnPage;
  } else if (!post.thread_url.empty() && core::PageKey(address) == core::PageKey(post.thread_url)) {
    found.place = Place::kThread;
  } else if (!post.url.empty() && (url->fragment().empty() || NamesItsFragment(*url))) {
    found.place = Place::kOwnPage;
  }
  return found;
}

Sight LookFor(const core::Finding& finding, const PageSight& page) {
  const std::string key = core::PostKey(finding.post);
  const std::string link = core::OwnLink(finding.post);
  const auto is_it = [&](const PageSight::OnPage& one) {
    return one.key == key || (!link.empty() && one.link == link);
  };
  if (std::ranges::any_of(page.posts, is_it)) {
    return Sight::kThere;
  }
  // Sign-in walls and pages of regret come with the status of success: only a page on which
  // something stands that was there before is the page that it was.
  const bool the_page = std::ranges::any_of(page.posts, &PageSight::OnPage::known);
  const Place place = FindPlace(finding.post).place;
  const bool in_thread =
      place == Place::kThread || (place == Place::kPart && !finding.post.thread_url.empty());
  if (in_thread && finding.post.published && IsLeftOut(finding.post, page)) {
    return Sight::kMissing;
  }
  if (place != Place::kThread || !page.whole || !the_page) {
    return Sight::kUnknown;
  }
  if (page.posts.size() < finding.standing.posts) {
    return Sight::kMissing;
  }
  const bool older_stands = std::ranges::any_of(page.posts, [&](const PageSight::OnPage& one) {
    return one.answers && one.known && one.published && finding.post.published &&
           *one.published <= *finding.post.published;
  });
  return page.posts.size() > finding.standing.posts && finding.standing.posts > 0 && older_stands
             ? Sight::kMissing
             : Sight::kUnknown;
}

AfterSight NoteSight(core::Standing standing, const Told& told, core::Timestamp now) {
  AfterSight after{.standing = standing, .event = std::nullopt};
  core::Standing& so = after.standing;
  so.page = AsKept(told.through == Told::Through::kItsPage ? told.sight : SightBefore(standing));
  so.missing = false;
  so.looked_at = now;
  switch (told.sight) {
    case Sight::kUnknown:
      break;
    case Sight::kThere:
      if (so.gone) {
        after.event = core::CaseEventKind::kBack;
      }
      so.seen_at = now;
      so.missed_at = {};
      so.gone = false;
      if (told.posts_on_page > 0) {
        so.posts = static_cast<std::uint32_t>(
            std::min<std::size_t>(told.posts_on_page, std::numeric_limits<std::uint32_t>::max()));
      }
      break;
    case Sight::kMissing:
      if (so.missed_at == core::Timestamp{}) {
        so.missed_at = now;
      } else if (!so.gone && now - so.missed_at >= kApart &&
                 std::chrono::floor<std::chrono::days>(now) !=
                     std::chrono::floor<std::chrono::days>(so.missed_at)) {
        so.gone = true;
        after.event = core::CaseEventKind::kGone;
      }
      break;
  }
  return after;
}

Sight SightBefore(const core::Standing& standing) {
  switch (standing.page) {
    case core::LastPage::kThere:
      return Sight::kThere;
    case core::LastPage::kMissing:
      return Sight::kMissing;
    case core::LastPage::kUnknown:
      return Sight::kUnknown;
    case core::LastPage::kNotKept:
      break;  // The times tell it, as there was no look since.
  }
  if (standing.looked_at == core::Timestamp{}) {
    return Sight::kUnknown;
  }
  if (standing.looked_at == standing.seen_at) {
    return Sight::kThere;
  }
  // Standings of before `missing`, and then `page`, were kept tell it of their first miss alone.
  return standing.missing || standing.looked_at == standing.missed_at ? Sight::kMissing
                                                                      : Sight::kUnknown;
}

bool IsNews(const core::Standing& before, const core::Standing& after) {
  return before.missed_at != after.missed_at || before.gone != after.gone ||
         SightBefore(before) != SightBefore(after) ||
         after.looked_at - before.looked_at >= kNotedEvery || after.looked_at < before.looked_at;
}

const core::Finding& NewestText(const core::Finding& of, const EditsById& edits) {
  const core::Finding* newest = &of;
  for (std::size_t i = 0; i < edits.size(); ++i) {  // A damaged store may lead in a circle.
    const auto edit = edits.find(newest->id);
    if (edit == edits.end()) {
      break;
    }
    newest = edit->second;
  }
  return *newest;
}

std::string GoneSince(const core::Standing& standing, core::Timestamp found_at) {
  return "between " + InSeconds(std::max(standing.seen_at, found_at)) + " and " +
         InSeconds(standing.missed_at);
}

}  // namespace schoolwatch::app
