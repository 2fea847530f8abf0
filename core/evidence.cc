#include "core/evidence.h"

#include <date/tz.h>

#include <algorithm>
#include <exception>

#include "core/canonical_json.h"

namespace schoolwatch::core {
namespace {

std::string TimeOrNothing(const std::optional<Timestamp>& time) {
  return time ? FormatRfc3339(*time) : "";
}

std::string_view YesOrNothing(bool value) { return value ? "yes" : ""; }

}  // namespace

std::string EvidenceStatement(const Evidence& evidence) {
  const Post& post = evidence.post;
  return CanonicalJson()
      .Number("version", 1)
      .Text("finding", evidence.finding_id)
      .Text("school", evidence.school)
      .Text("source", post.source)
      .Text("url", evidence.url)
      .Texts("redirects", evidence.redirects)
      .Text("fetched_at", FormatRfc3339(evidence.fetched_at))
      .Text("fetched_at_local", evidence.local_time)
      .Text("time_zone", evidence.time_zone)
      .Number("status", evidence.status)
      .Pairs("headers", evidence.headers)
      .Text("server_address", evidence.address)
      .Text("certificate_sha256", evidence.certificate)
      .Text("body_sha256", ToHex(evidence.body_hash))
      .Number("body_bytes", evidence.body_bytes)
      .Text("body_cut", YesOrNothing(evidence.body_cut))
      .Text("fragment_sha256", ToHex(HashSha256(evidence.fragment)))
      .Number("fragment_bytes", evidence.fragment.size())
      .Text("fragment_type", evidence.fragment_type)
      .Text("fragment_cut", YesOrNothing(evidence.fragment_cut))
      .Text("fragment_note", evidence.fragment_note)
      .Text("post_kind", PostKindName(post.kind))
      .Text("post_id", post.id)
      .Text("post_url", post.url)
      .Text("post_title", post.title)
      .Text("post_text", post.text)
      .Text("post_text_sha256", ToHex(HashSha256(post.text)))
      .Text("post_quoted", post.quoted)
      .Text("post_summary", post.summary)
      .Text("post_author", post.author)
      .Text("post_author_url", post.author_url)
      .Text("post_published", TimeOrNothing(post.published))
      .Text("post_published_text", post.published_text)
      .Text("post_updated", TimeOrNothing(post.updated))
      .Text("post_parent", post.parent)
      .Text("thread_url", post.thread_url)
      .Text("thread_title", post.thread_title)
      .Text("platform", post.platform)
      .Text("visibility",
            post.visibility == Visibility::kPublic ? "" : VisibilityName(post.visibility))
      .Take();
}

std::string EvidenceSubject(std::string_view finding_id) {
  return "evidence " + std::string(finding_id);
}

bool MayKeepHeader(std::string_view lower_case_name) {
  constexpr std::string_view kSecret[] = {"cookie", "auth", "token", "session", "csrf", "xsrf"};
  return std::ranges::none_of(
      kSecret, [lower_case_name](std::string_view word) { return lower_case_name.contains(word); });
}

std::string FormatLocalTime(Timestamp time, std::string_view time_zone) {
  // locate_zone throws where there is no such zone.
  try {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    return date::format("%FT%T%Ez", date::make_zoned(std::string(time_zone), seconds));
  } catch (const std::exception&) {
    return FormatRfc3339(time);
  }
}

}  // namespace schoolwatch::core
