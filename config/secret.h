#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::config {

// Whether references to secrets are followed or only checked to be references, for commands that
// need none and may run where the secret is not at hand.
enum class Secrets { kRead, kLeave };

// Checks that `text` is a reference to a secret and not the secret itself: ${env:NAME},
// ${file:PATH} or ${credential:NAME}. kBadInput says what to write instead and never quotes `text`,
// which may be a password.
core::Result<void> CheckSecretReference(std::string_view text);

// Follows a reference: an environment variable; a file, relative to `base`; a systemd credential
// (in $CREDENTIALS_DIRECTORY). Line ends at the end are taken off. kNotFound: it is not set.
// kForbidden: everybody on the machine can read the file. kBadInput: not a reference, empty, over
// 16 KB, or with NUL bytes. Messages name where it was looked for, never what was there.
core::Result<std::string> ReadSecret(std::string_view text, const std::filesystem::path& base);

}  // namespace schoolwatch::config
