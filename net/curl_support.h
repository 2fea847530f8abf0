#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::net {

// Starts libcurl once for the process, from whichever thread comes first. kUnavailable: it cannot.
core::Result<void> StartCurl();

// The CA bundle to trust: `ca_file` where one is named, else the system's, "" where the system has
// none (then every certificate is refused). kBadInput: the named file cannot be read or holds no
// certificate.
core::Result<std::string> FindCaBundle(const std::string& ca_file);

// Settings of every transfer (a CURL*): a TLS certificate must be vouched for by the bundle, which
// has to outlive the transfer, and nothing of the environment (a proxy, a .netrc) has a part in it.
// False where libcurl has no memory.
[[nodiscard]] bool SetTrust(void* easy, const std::string& ca_bundle);

// Foreign text made fit for a log line: control bytes become spaces, at most `max_bytes` kept.
std::string Printable(std::string_view text, std::size_t max_bytes = 300);

// The host as it stands in a URL: an IPv6 address gets its brackets.
std::string InBrackets(const std::string& host);

}  // namespace schoolwatch::net
