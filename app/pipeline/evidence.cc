#include "app/pipeline/evidence.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "core/evidence.h"
#include "core/hash.h"
#include "crawler/readers/fragment.h"

namespace schoolwatch::app {
namespace {

constexpr std::size_t kMaxHeaders = 64;
constexpr std::size_t kMaxHeaderBytes = 1'000;

std::vector<std::string> KeptHeaders(const net::Headers& headers) {
  std::vector<std::string> kept;
  for (const auto& [name, value] : headers) {
    if (core::MayKeepHeader(name) && kept.size() < 2 * kMaxHeaders) {
      kept.push_back(name.substr(0, kMaxHeaderBytes));
      kept.push_back(value.substr(0, kMaxHeaderBytes));
    }
  }
  return kept;
}

}  // namespace

void KeepEvidence(const crawler::FetchedDocument& fetched, const crawler::RawDocument& raw,
                  crawler::DocumentKind kind, std::string_view time_zone,
                  std::span<JudgedPost> posts) {
  // Made for the first post that needs it.
  std::optional<crawler::FragmentCutter> cutter;
  core::Evidence common;
  std::size_t left = std::max(kFragmentBytes, raw.body.size());
  for (JudgedPost& judged : posts) {
    if (judged.judgement.categories.empty()) {
      continue;
    }
    if (!cutter) {
      cutter.emplace(raw, kind);
      common.url = fetched.final_url.href();
      common.redirects = fetched.redirects;
      common.status = static_cast<std::uint32_t>(std::max(0, fetched.response.status));
      common.headers = KeptHeaders(fetched.response.headers);
      common.address = fetched.response.remote_address;
      common.certificate = fetched.response.certificate;
      common.fetched_at = fetched.fetched_at;
      common.local_time = core::FormatLocalTime(fetched.fetched_at, time_zone);
      common.time_zone = time_zone;
      common.body_hash = core::HashSha256(raw.body);
      common.body_bytes = raw.body.size();
      common.body_cut = fetched.response.truncated;
    }
    crawler::Fragment fragment =
        cutter->Cut(judged.post, std::clamp(left, kLeastFragmentBytes, kFragmentBytes));
    left -= std::min(left, fragment.text.size());
    auto evidence = std::make_shared<core::Evidence>(common);
    evidence->post = judged.post;
    evidence->fragment = std::move(fragment.text);
    evidence->fragment_type = std::move(fragment.media_type);
    evidence->fragment_note = std::move(fragment.note);
    evidence->fragment_cut = fragment.cut;
    judged.evidence = std::move(evidence);
  }
}

}  // namespace schoolwatch::app
