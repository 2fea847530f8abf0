#include "alerts/entry_view.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "alerts/clean_text.h"
#include "core/url.h"

namespace schoolwatch::alerts {
namespace {

constexpr std::size_t kMaxReasons = 5;
constexpr std::size_t kMaxLinkBytes = 1'500;
constexpr std::size_t kLinkRun = 24;
constexpr std::size_t kMaxFormerBytes = 300;
constexpr std::size_t kMaxChanges = 5;

void AddParts(const std::vector<ExcerptPart>& parts, const std::string& list, View& view) {
  for (const ExcerptPart& part : parts) {
    View item;
    item.Set("t", part.text)
        .SetFlag("mark", part.marked)
        .SetFlag("br", part.new_line)
        .SetFlag("wbr", part.may_break);
    view.Add(list, std::move(item));
  }
}

// Each line after "> ", as mail quotes.
std::string Quoted(std::string_view text) {
  std::string quoted = "> ";
  for (const char c : text) {
    quoted += c;
    if (c == '\n') {
      quoted += "> ";
    }
  }
  return quoted;
}

// The address to show and to link, in the URL parser's own spelling: ASCII, nothing but an address.
// Look-alike hosts show as "xn--…".
std::optional<std::string> SafeLink(const std::string& url) {
  const core::Result<core::HttpUrl> parsed = core::HttpUrl::Parse(url);
  if (!parsed.has_value() || parsed->has_credentials() || parsed->href().size() > kMaxLinkBytes) {
    return std::nullopt;
  }
  return parsed->href();
}

std::string_view PlatformWord(const core::Post& post) {
  if (post.visibility == core::Visibility::kReportedPrivate) {
    return "a private message that somebody reported";
  }
  if (post.visibility == core::Visibility::kReported) {
    return "a post that somebody reported";
  }
  switch (post.kind) {
    case core::PostKind::kEntry:
      return "a post";
    case core::PostKind::kArticle:
      return "an article";
    case core::PostKind::kThreadPost:
      return "a post in a discussion";
    case core::PostKind::kComment:
      return "a comment";
    case core::PostKind::kReview:
      return "a review";
  }
  return "a post";
}

void AddReasons(const core::Judgement& judgement, View& view) {
  std::vector<const core::Hit*> hits;
  for (const core::Hit& hit : judgement.hits) {
    if (hit.weight > 0 && !hit.why.empty()) {
      hits.push_back(&hit);
    }
  }
  std::ranges::stable_sort(hits, std::greater<>(), &core::Hit::weight);
  std::set<std::string> told;
  for (const core::Hit* hit : hits) {
    std::string why = CleanLine(hit->why, 200);
    if (told.size() < kMaxReasons && told.insert(why).second) {
      view.Add("whys", View().Set("why", std::move(why)).Set("rule", CleanLine(hit->rule, 80)));
    }
  }
}

void AddConfidence(const core::Finding& finding, View& view) {
  const core::Judgement& judgement = finding.judgement;
  const core::Category category = LeadingCategory(judgement.categories);
  const auto index = static_cast<std::size_t>(std::ranges::find(core::kCategories, category) -
                                              core::kCategories.begin());
  view.Set("sure", ConfidencePhrase(judgement.scores[index]));
  const auto school =
      std::ranges::find(judgement.schools, finding.school, &core::SchoolScore::school);
  if (school != judgement.schools.end()) {
    std::string sure = ConfidencePhrase(school->score);
    if (!school->why.empty()) {
      // Where a post stands is a sentence, what it names is not.
      sure += school->why.starts_with("stands ") ? ", as it " : ", by its ";
      sure += CleanLine(school->why, 120);
    }
    view.Set("sure_school", std::move(sure));
  }
}

// What the post said before an edit made it what it is.
void AddVersions(const AlertEntry& entry, Display display, const LocalClock& clock, View& view) {
  const core::PostVersion* former = nullptr;
  for (const core::PostVersion& version : entry.versions) {
    if (version.at < entry.finding.fetched_at) {
      former = &version;
    }
  }
  if (former == nullptr) {
    return;
  }
  std::string edited = "it read otherwise on " + clock.Format(former->at);
  if (display != Display::kMasked) {
    const std::string words =
        CleanLine(former->text.empty() ? former->title : former->text, kMaxFormerBytes);
    edited += words.empty() ? "" : ": “" + words + "”";
  }
  AddParts(BreakLongWords(edited, kLinkRun), "edited_parts", view);
  view.Set("edited", std::move(edited));
}

// "between Fri 20 Nov 2026, 18:02 GMT and …" of "between 2026-11-20T18:02:00Z and …".
std::string InLocalTime(std::string_view about, const LocalClock& clock) {
  std::string local;
  while (!about.empty()) {
    const std::string_view word = about.substr(0, about.find(' '));
    about.remove_prefix(std::min(about.size(), word.size() + 1));
    const core::Result<core::Timestamp> time = core::ParseRfc3339(word);
    local += (local.empty() ? "" : " ") + (time ? clock.Format(*time) : CleanLine(word, 40));
  }
  return local;
}

// What became of the case's posts, the newest last. Of nobody's words.
void AddCaseChanges(const core::Case& of, const LocalClock& clock, View& view) {
  std::vector<std::string> changes;
  for (const core::CaseEvent& event : of.history) {
    switch (event.kind) {
      case core::CaseEventKind::kEdited:
        changes.push_back(clock.Format(event.at) + ": a post was edited");
        break;
      case core::CaseEventKind::kGone:
        // "between … and …", or what the place itself said of it.
        changes.push_back(clock.Format(event.at) + ": a post is no longer there: " +
                          (event.about.starts_with("between ") ? "it went " : "") +
                          InLocalTime(event.about, clock));
        break;
      case core::CaseEventKind::kBack:
        changes.push_back(clock.Format(event.at) + ": a post that was gone is there again");
        break;
      default:
        break;
    }
  }
  const std::size_t skipped = changes.size() - std::min(changes.size(), kMaxChanges);
  for (std::size_t i = skipped; i < changes.size(); ++i) {
    view.Add("changes", View().Set("change", std::move(changes[i])));
    view.SetFlag("has_changes", true);
  }
}

void SetPriority(core::Severity severity, View& view) {
  const std::string word(PriorityWord(severity));
  view.Set("entry_priority", word)
      .Set("entry_priority_title", Capitalised(word))
      .SetFlag("is_" + word, true);
}

}  // namespace

View MakeEntryView(const AlertEntry& entry, Display display, const LocalClock& clock,
                   core::Timestamp mailed) {
  const core::Finding& finding = entry.finding;
  const core::Post& post = finding.post;
  const core::Judgement& judgement = finding.judgement;
  const bool masked = display == Display::kMasked;
  View view;

  const core::Category category = LeadingCategory(judgement.categories);
  SetPriority(judgement.severity, view);
  view.Set("entry_phrase", std::string(CategoryPhrase(category)))
      .Set("entry_title", Capitalised(CategoryPhrase(category)))
      .Set("entry_case", CleanLine(entry.case_now.id, 40))
      .Set("entry_reason", ReasonSentence(entry.reason))
      .Set("entry_spread", SpreadSentence(entry.case_now));

  const Excerpt excerpt = MakeExcerpt(finding, display);
  AddParts(excerpt.title, "title_parts", view);
  AddParts(excerpt.text, "said_parts", view);
  view.SetFlag("has_title", !excerpt.title.empty())
      .SetFlag("has_said", !excerpt.text.empty())
      .SetFlag("has_words", !excerpt.title.empty() || !excerpt.text.empty())
      .SetFlag("masked", masked)
      .SetFlag("is_cut", excerpt.is_cut && !masked);
  if (!excerpt.title.empty()) {
    view.Set("title_quoted", Quoted(CleanLine(PlainExcerpt(excerpt.title), 400)));
  }
  if (!excerpt.text.empty()) {
    view.Set("said_quoted", Quoted(PlainExcerpt(excerpt.text)));
  }

  std::string where(PlatformWord(post));
  const std::string& source = entry.source_title.empty() ? post.source : entry.source_title;
  if (!source.empty() && post.visibility == core::Visibility::kPublic) {
    where += ", found through “" + CleanLine(source, 80) + "”";
  }
  view.Set("where", std::move(where)).Set("place", CleanLine(source, 80));
  if (!masked) {
    view.Set("thread", CleanLine(post.thread_title, 160));
    const std::string author = CleanLine(post.author, 80);
    view.Set("who", author.empty() ? "no name is shown" : author)
        .SetFlag("has_name", !author.empty() && post.visibility == core::Visibility::kPublic);
  } else {
    view.Set("who", "not shown in this mail");
  }
  view.Set("when", post.published ? clock.Format(*post.published)
                   : post.published_text.empty()
                       ? "the page does not say"
                       : "“" + CleanLine(post.published_text, 60) + "” (as the " +
                             (post.visibility == core::Visibility::kPublic ? "page" : "report") +
                             " says)");
  view.Set("found", clock.Format(finding.fetched_at)).Set("mailed", clock.Format(mailed));
  // A page may give the day alone, or a time to come: then nothing is said of how long it took.
  if (post.published) {
    view.Set("found_after", LaterPhrase(*post.published, finding.fetched_at));
  }
  view.Set("mailed_after", LaterPhrase(finding.fetched_at, mailed));

  const std::optional<std::string> link = SafeLink(post.url.empty() ? post.thread_url : post.url);
  const bool images =
      std::ranges::find(judgement.topics, "indecent_images") != judgement.topics.end();
  view.Set("link_text", link.value_or("none that is safe to follow"));
  if (link) {
    view.Set("link", *link).SetFlag("do_not_open", images).SetFlag("may_open", !images);
    AddParts(BreakLongWords(*link, kLinkRun), "link_parts", view);
  }
  AddReasons(judgement, view);
  AddConfidence(finding, view);
  AddVersions(entry, display, clock, view);
  AddCaseChanges(entry.case_now, clock, view);
  return view;
}

std::string ReasonSentence(std::string_view reason) {
  if (reason.ends_with(kOverBudget)) {
    reason.remove_suffix(kOverBudget.size());
    return ReasonSentence(reason) +
           " It would have come by itself, but the day's number of mails was used up.";
  }
  if (reason == kReasonUnanswered) {
    return "Nobody has marked this case as seen in the time that the school allows.";
  }
  if (reason == kReasonWorse) {
    return "The case has become more serious.";
  }
  if (reason == kReasonEdited) {
    return "A post of a case you know of was edited: it now says something worse, or of another "
           "kind.";
  }
  if (reason == kReasonGrowing) {
    return "The case is growing fast.";
  }
  if (reason == kReasonReopened) {
    return "New posts in a case that was closed: it is open again.";
  }
  if (reason == kReasonMore) {
    return "More of a case you know of, not more serious.";
  }
  if (reason == kReasonBacklog) {
    return "From before watching of this place began.";
  }
  return "A new case.";
}

std::string SpreadSentence(const core::Case& case_now) {
  // A name is counted only where one is shown, so there may be none.
  std::string spread = CountOf(std::max<std::size_t>(core::PostsIn(case_now), 1), "post", "posts");
  if (case_now.authors > 0) {
    spread += " by " + CountOf(case_now.authors, "public name", "different public names");
  }
  if (!case_now.sources.empty()) {
    spread += ", in " + CountOf(case_now.sources.size(), "watched place", "watched places");
  }
  return spread;
}

}  // namespace schoolwatch::alerts
