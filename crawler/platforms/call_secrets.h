#pragma once

#include <optional>
#include <string>

#include "core/url.h"
#include "crawler/platforms/api_call.h"

// Where the secrets of a call may stand: in the request that is sent, and nowhere else.
namespace schoolwatch::crawler {

bool HasSecrets(const ApiCall& call);

// Path and query of `url` with the call's secrets in them; empty where there is none to put in.
std::string SecretTarget(const ApiCall& call, const core::HttpUrl& url);

// `url` without the call's secrets, should a server have sent them back in an address. nullopt:
// they cannot be told from the rest of it.
std::optional<core::HttpUrl> WithoutSecrets(const ApiCall& call, const core::HttpUrl& url);

// Takes the call's secrets out of what a server sent back: some name the next page with the key in
// its address. Short ones stay, as they may be words.
void Scrub(const ApiCall& call, std::string& text);

// Whether the same request is made again at a later look, so that it is worth remembering what its
// address said last; not where the address says where to go on.
bool ComesAgain(const ApiCall& call);

}  // namespace schoolwatch::crawler
