#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "alerts/wording.h"
#include "app/archive/case_archive.h"
#include "app/pipeline/standing.h"
#include "core/text/html_escape.h"
#include "core/url.h"

namespace schoolwatch::app {
namespace {

using core::EscapeHtml;

constexpr std::string_view kStyle = R"(
:root { color-scheme: light; }
body { font: 1rem/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; max-width: 46rem;
       margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2rem; }
h3 { font-size: 1rem; margin-bottom: .25rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0;
         border-top: 1px solid #ccc; overflow-wrap: anywhere; }
th { font-weight: 600; width: 12rem; } thead th { width: auto; }
li { margin: .5rem 0; overflow-wrap: anywhere; }
article { border: 1px solid #999; border-radius: .25rem; padding: 0 1rem 1rem; margin: 1rem 0; }
blockquote { margin: .5rem 0; padding: .5rem 1rem; border-left: .25rem solid #777;
             white-space: pre-wrap; overflow-wrap: anywhere; background: #f5f5f5; }
code { font-size: .85rem; overflow-wrap: anywhere; }
.small { font-size: .9rem; color: #444; }
@media (max-width: 36rem) { table:not(.log) :is(tbody, tr, th, td) { display: block; width: auto; }
  table:not(.log) td { border: 0; padding-top: 0; } .log { font-size: .85rem; } }
@media print { body { margin: 0; max-width: none; } article { break-inside: avoid-page; } }
)";

std::string Row(std::string_view name, const std::string& html) {
  return html.empty() ? ""
                      : fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", name, html);
}

// An address as text that leads there, if it is one of the web.
std::string Linked(std::string_view url) {
  const std::string text = EscapeHtml(url);
  if (!core::HttpUrl::Parse(url)) {
    return text;
  }
  return fmt::format("<a href=\"{}\" rel=\"noreferrer noopener\">{}</a>", text, text);
}

class Page {
 public:
  explicit Page(const CaseExport& made)
      : made_(made), posts_(PostsIn(made)), clock_(alerts::LocalClock::Make(made.time_zone)) {
    for (const ExportedFinding& one : made.findings) {
      findings_.emplace(one.finding.id, &one.finding);
      if (!one.finding.edit_of.empty()) {
        edits_.emplace(one.finding.edit_of, &one.finding);
      }
    }
  }

  std::string Make() {
    const std::string title =
        fmt::format("Case {}: {}", EscapeHtml(made_.of.id), EscapeHtml(made_.of.title));
    out_ = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width, "
        "initial-scale=1\">\n<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n"
        "<h1>{}</h1>\n",
        title, kStyle, title);
    out_ +=
        "<p>What was public about the school, where and when, as it was found by a program that "
        "reads public pages. What a post is called here is a <em>possible</em> concern: a reason "
        "to look, and no judgement on anybody. What posts say has not been verified.</p>\n";
    AddSummary();
    for (std::size_t i = 0; i < made_.findings.size(); ++i) {
      AddPost(i + 1, made_.findings[i]);
    }
    AddHistory();
    AddLog();
    out_ += fmt::format(
        "<h2>How to check this</h2>\n<p>This page is part of an archive; its README.txt and "
        "manifest.json say how each file is checked, with and without schoolwatch.</p>\n"
        "<p class=\"small\">Exported by {} at {} ({}).</p>\n</main>\n</body>\n</html>\n",
        EscapeHtml(made_.made_by), Local(made_.exported_at),
        core::FormatRfc3339(made_.exported_at));
    return std::move(out_);
  }

 private:
  std::string Local(core::Timestamp time) const {
    return EscapeHtml(clock_ ? (*clock_)->Format(time)
                             : core::FormatLocalTime(time, made_.time_zone));
  }
  // To the minute as people at the school read it, and exactly.
  std::string Both(core::Timestamp time) const {
    return fmt::format("{} (UTC: {})", Local(time), core::FormatRfc3339(time));
  }

  void AddSummary() {
    const core::Case& of = made_.of;
    std::string categories;
    for (const core::Category category : of.categories) {
      categories +=
          (categories.empty() ? "possible " : ", ") + std::string(core::CategoryName(category));
    }
    std::string topics;
    for (const std::string& topic : of.topics) {
      topics += (topics.empty() ? "" : ", ") + EscapeHtml(topic);
    }
    std::ranges::replace(topics, '_', ' ');
    out_ += "<table>\n" +
            Row("School", EscapeHtml(made_.school_name.empty() ? of.school : made_.school_name)) +
            Row("Concern", categories) +
            Row("Severity", std::string(core::SeverityName(of.severity))) +
            Row("State", std::string(core::CaseStateName(of.state))) +
            Row("Outcome", std::string(core::CaseOutcomeName(of.outcome))) + Row("Topics", topics) +
            Row("Opened", Both(of.opened_at)) + Row("Last change", Both(of.changed_at)) +
            Row("Posts", std::to_string(posts_)) + "</table>\n";
  }

  // The number of its post: the texts of one share it.
  std::size_t NumberOf(const core::Finding& finding) {
    const auto first = numbers_.find(finding.edit_of);
    const std::size_t number = first == numbers_.end() ? ++numbered_ : first->second;
    numbers_.emplace(finding.id, number);
    return number;
  }

  void AddPost(std::size_t place, const ExportedFinding& one) {
    const core::Finding& finding = one.finding;
    const core::Post& post = finding.post;
    const bool edited = findings_.contains(finding.edit_of);
    out_ += fmt::format("<article aria-labelledby=\"post-{}\">\n<h2 id=\"post-{}\">Post {} of {}{}",
                        place, place, NumberOf(finding), posts_, edited ? ", edited" : "");
    out_ += post.title.empty() ? "</h2>\n" : ": " + EscapeHtml(post.title) + "</h2>\n";
    const std::string published =
        post.published ? Both(*post.published) : EscapeHtml(post.published_text);
    out_ += "<table>\n" +
            Row("Written by", post.author.empty() ? "no name shown" : EscapeHtml(post.author)) +
            Row("Visibility", post.visibility == core::Visibility::kPublic
                                  ? ""
                                  : std::string(core::VisibilityName(post.visibility))) +
            Row("Published", published.empty() ? "not said" : published) +
            Row("At", post.url.empty() ? "" : Linked(post.url)) +
            Row("Thread", post.thread_title.empty() ? "" : EscapeHtml(post.thread_title)) +
            Row("Still there", StandingOf(finding)) + "</table>\n<blockquote>" +
            EscapeHtml(post.text) + "</blockquote>\n";
    if (!post.quoted.empty()) {
      out_ += "<p>In it, the words of others:</p>\n<blockquote>" + EscapeHtml(post.quoted) +
              "</blockquote>\n";
    }
    AddVersions(one.versions);
    if (!finding.judgement.hits.empty()) {
      out_ += "<h3>Why it was flagged</h3>\n<ul>\n";
      for (const core::Hit& hit : finding.judgement.hits) {
        out_ += "<li>" + EscapeHtml(hit.why);
        out_ += hit.text.empty() ? "" : " (“" + EscapeHtml(hit.text) + "”)";
        out_ += fmt::format(" <span class=\"small\">rule {}</span></li>\n", EscapeHtml(hit.rule));
      }
      out_ += "</ul>\n";
    }
    AddEvidence(one);
    out_ += "</article>\n";
  }

  // What the post said at other times. Only the text that was found has evidence.
  void AddVersions(const std::vector<core::PostVersion>& versions) {
    for (const core::PostVersion& version : versions) {
      out_ += fmt::format("<h3>As it was read at {}</h3>\n<blockquote>", Both(version.at));
      out_ += version.title.empty() ? "" : "<strong>" + EscapeHtml(version.title) + "</strong><br>";
      out_ += EscapeHtml(version.text) + "</blockquote>\n";
    }
    if (versions.size() >= core::kMaxVersions) {
      out_ += fmt::format(
          "<p class=\"small\">At most {} other texts of a post are kept, the first and the "
          "newest: there may have been more, between the first two of these.</p>\n",
          core::kMaxVersions);
    }
  }

  static bool WasLookedAt(const core::Standing& standing) {
    return standing.looked_at != core::Timestamp{} || standing.gone;
  }
  // Whether it still stood there, as far as looks have shown.
  std::string StandingOf(const core::Finding& finding) const {
    const core::Finding& newest = NewestText(finding, edits_);
    const std::string shown = ShownStanding(newest);
    if (&newest == &finding) {
      return shown;
    }
    return "edited since" + (shown.empty() ? "" : "; its later text: " + shown);
  }
  std::string ShownStanding(const core::Finding& finding) const {
    const core::Standing& standing = finding.standing;
    if (!WasLookedAt(standing)) {
      return {};
    }
    const core::Timestamp seen =
        standing.seen_at == core::Timestamp{} ? finding.fetched_at : standing.seen_at;
    if (standing.gone && standing.missed_at == core::Timestamp{}) {
      return "gone: deleted at its source; last seen " + Both(seen);  // No look missed it.
    }
    if (standing.gone) {
      return fmt::format("gone: last seen {}, missing {}", Both(seen), Both(standing.missed_at));
    }
    return standing.missed_at == core::Timestamp{}
               ? "yes, when last looked at, " + Both(seen)
               : fmt::format("last seen {}; missing at one look, {}", Both(seen),
                             Both(standing.missed_at));
  }

  void AddEvidence(const ExportedFinding& one) {
    out_ += "<h3>Evidence</h3>\n";
    if (!one.evidence) {
      out_ += fmt::format(
          "<p>Read at {}. No part of its page was kept, or that was deleted or lost since.</p>\n",
          Both(one.finding.fetched_at));
      return;
    }
    const core::Evidence& evidence = *one.evidence;
    std::string redirects;
    for (const std::string& url : evidence.redirects) {
      redirects += (redirects.empty() ? "" : "<br>") + EscapeHtml(url);
    }
    const auto code = [](const std::string& hash) { return "<code>" + hash + "</code>"; };
    std::string kept = fmt::format("{} bytes, in evidence.warc.gz", evidence.fragment.size());
    if (!evidence.fragment_note.empty()) {
      kept += "; " + EscapeHtml(evidence.fragment_note);
    }
    out_ += "<table>\n" + Row("Fetched", Both(evidence.fetched_at)) +
            Row("From", Linked(evidence.url)) + Row("Redirected from", redirects) +
            Row("Answer", fmt::format("HTTP {}", evidence.status)) +
            Row("Server", EscapeHtml(evidence.address)) +
            Row("Its certificate, SHA-256",
                evidence.certificate.empty() ? "" : code(EscapeHtml(evidence.certificate))) +
            Row("The post's part of the page", kept) +
            Row("Its SHA-256", code(core::ToHex(core::HashSha256(evidence.fragment)))) +
            Row("The whole answer",
                fmt::format("{} bytes{}, SHA-256 {}; not kept", evidence.body_bytes,
                            evidence.body_cut ? " (only its beginning was fetched)" : "",
                            code(core::ToHex(evidence.body_hash)))) +
            Row("Finding", code(EscapeHtml(evidence.finding_id))) + "</table>\n";
  }

  // " (post 2)" of what happened to one of several.
  std::string OfWhichPost(const core::CaseEvent& event) const {
    if (event.finding.empty() || event.kind == core::CaseEventKind::kOpened) {
      return {};
    }
    const auto number = numbers_.find(event.finding);
    return number == numbers_.end() ? " (a post that is not in this archive)"
                                    : fmt::format(" (post {})", number->second);
  }

  // What became of it, with the reasons that people gave.
  void AddHistory() {
    if (made_.of.history.empty()) {
      return;
    }
    out_ += "<h2>What happened, and what was decided</h2>\n<ol>\n";
    for (const core::CaseEvent& event : made_.of.history) {
      out_ += fmt::format("<li>{}: {}{}, by {}", Local(event.at),
                          EscapeHtml(core::CaseEventWords(event)), OfWhichPost(event),
                          event.who.empty() ? "the program" : EscapeHtml(event.who));
      out_ += event.reason.empty() ? "" : "<br>“" + EscapeHtml(event.reason) + "”";
      out_ += "</li>\n";
    }
    out_ += "</ol>\n";
  }

  void AddLog() {
    out_ +=
        "<h2>The audit log</h2>\n<table class=\"log\">\n<thead><tr><th scope=\"col\">When, in "
        "UTC</th><th scope=\"col\">What</th><th scope=\"col\">By</th><th "
        "scope=\"col\">Entry</th></tr></thead>\n<tbody>\n";
    for (const core::AuditEntry& entry : made_.audit) {
      out_ += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                          core::FormatRfc3339(entry.at), core::AuditActionName(entry.action),
                          core::AuditActorName(entry.actor), entry.number);
    }
    out_ += "</tbody>\n</table>\n";
  }

  const CaseExport& made_;
  const std::size_t posts_;
  std::map<std::string_view, const core::Finding*> findings_;  // By id.
  EditsById edits_;
  std::map<std::string_view, std::size_t> numbers_;  // Of posts, by their findings.
  std::size_t numbered_ = 0;
  core::Result<std::unique_ptr<alerts::LocalClock>> clock_;
  std::string out_;
};

}  // namespace

std::string MakeCasePage(const CaseExport& made) { return Page(made).Make(); }

}  // namespace schoolwatch::app
