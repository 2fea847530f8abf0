#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/fingerprint.h"
#include "core/post.h"
#include "core/time.h"

namespace schoolwatch::app {

// What tells a post from another, through whichever source either was seen.
struct PostIdentity {
  std::string key;              // PostKey.
  std::string id;               // The platform's own.
  bool has_id_of_page = false;  // core::HasIdOfPage.
  std::string link;             // core::OwnLink.
  std::string host;             // Where it stands, without "www."; empty where it does not say.
  std::string author;
  std::uint64_t text = 0;  // Fingerprint::exact.
  std::uint32_t words = 0;
  bool answers = false;  // A comment, a reply or a review: there may be another one like it.
  std::optional<core::Timestamp> published;
};
PostIdentity IdentityOf(const core::Post& post, const core::Fingerprint& fingerprint);

// One post, by the platform's id, then by permalink, then by the same words of the same author in
// the same place. Who says the same on two sites has posted twice; so has who answers twice with
// the same words.
bool IsSamePost(const PostIdentity& a, const PostIdentity& b);

// Under which keys (core::PostKey) a post may be remembered of which a platform tells no more than
// its id. `hosts` are those that the platform's posts stand on, as far as known.
std::vector<std::string> KeysOfId(std::string_view id, std::string_view source,
                                  std::span<const std::string> hosts);

}  // namespace schoolwatch::app
