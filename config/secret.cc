#include "config/secret.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "config/diagnostics.h"
#include "config/file.h"

namespace schoolwatch::config {
namespace {

using core::ErrorKind;
using core::Fail;

constexpr std::size_t kMaxBytes = 16 * 1024;

struct Reference {
  std::string_view scheme;
  std::string_view name;
};

bool IsName(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

core::Result<Reference> Parse(std::string_view text) {
  if (!text.starts_with("${") || !text.ends_with('}')) {
    return Fail(ErrorKind::kBadInput,
                "a secret must not stand in this file: put it into a file that only the service "
                "can read and write ${file:PATH}, or use ${env:NAME} or ${credential:NAME}");
  }
  const std::string_view inside = text.substr(2, text.size() - 3);
  const std::size_t colon = inside.find(':');
  const Reference reference{inside.substr(0, colon),
                            colon == std::string_view::npos ? "" : inside.substr(colon + 1)};
  if (reference.scheme == "file") {
    if (reference.name.empty() || reference.name.contains('\0')) {
      return Fail(ErrorKind::kBadInput, "${file:PATH} needs a path");
    }
    return reference;
  }
  if (reference.scheme != "env" && reference.scheme != "credential") {
    return Fail(ErrorKind::kBadInput,
                "a reference is ${env:NAME}, ${file:PATH} or ${credential:NAME}");
  }
  if (!IsName(reference.name) || reference.name == "." || reference.name == "..") {
    return Fail(ErrorKind::kBadInput, fmt::format("${{{}:NAME}} needs a name of letters, digits "
                                                  "and '_', '-' or '.'",
                                                  reference.scheme));
  }
  return reference;
}

// Reads environment variables at start-up and reload only, when no other thread runs that sets one.
std::optional<std::string> Environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): see above.
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

core::Result<std::string> FromFile(const std::filesystem::path& path) {
  core::Result<std::string> bytes = ReadSmallFile(path, kMaxBytes, Readers::kNotEveryone);
  if (!bytes) {
    return core::FailWith("secret file " + ForMessage(path.string()), bytes.error());
  }
  return bytes;
}

core::Result<std::string> Find(const Reference& reference, const std::filesystem::path& base) {
  const std::string name(reference.name);
  if (reference.scheme == "file") {
    return FromFile(base / name);
  }
  if (reference.scheme == "env") {
    std::optional<std::string> value = Environment(name);
    if (!value) {
      return Fail(ErrorKind::kNotFound,
                  fmt::format("environment variable {} is not set", ForMessage(name)));
    }
    return *std::move(value);
  }
  const std::optional<std::string> folder = Environment("CREDENTIALS_DIRECTORY");
  if (!folder || folder->empty()) {
    return Fail(ErrorKind::kNotFound,
                fmt::format("credential {} is not there: $CREDENTIALS_DIRECTORY is not set, so "
                            "this was not started by systemd with LoadCredential=",
                            ForMessage(name)));
  }
  return FromFile(std::filesystem::path(*folder) / name);
}

}  // namespace

core::Result<void> CheckSecretReference(std::string_view text) {
  SW_TRY(Parse(text));
  return {};
}

core::Result<std::string> ReadSecret(std::string_view text, const std::filesystem::path& base) {
  SW_ASSIGN(const Reference reference, Parse(text));
  SW_ASSIGN(std::string secret, Find(reference, base));
  while (secret.ends_with('\n') || secret.ends_with('\r')) {
    secret.pop_back();
  }
  const std::string where = fmt::format("{} {}", reference.scheme, ForMessage(reference.name));
  if (secret.empty()) {
    return Fail(ErrorKind::kBadInput, where + " is empty");
  }
  if (secret.size() > kMaxBytes) {
    return Fail(ErrorKind::kBadInput, where + " is too big for a secret");
  }
  if (secret.contains('\0')) {
    return Fail(ErrorKind::kBadInput, where + " holds NUL bytes: it is not a text");
  }
  return secret;
}

}  // namespace schoolwatch::config
