#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::storage {

// A secret beside the store: `folder`/`name` (0600), 32 random bytes as hexadecimal.
struct KeyFile {
  std::string_view name;        // "audit.key".
  std::string_view what;        // "the audit log's key", for messages.
  std::string_view if_damaged;  // What to do then.
};
struct LoadedKey {
  std::string key;  // Empty: there is none.
  bool is_new = false;
};
enum class MissingKey { kMake, kLeaveEmpty };

// kCorrupt: the file holds something else. kUnavailable: it cannot be read or made. What is made is
// whole and on disk before this returns.
core::Result<LoadedKey> LoadKeyFile(const std::filesystem::path& folder, const KeyFile& file,
                                    MissingKey missing);

// What signs the links by which mails are answered. Without it, or with another, those in mails
// that were sent before are refused; nothing else is lost.
core::Result<LoadedKey> LoadAnswerKey(const std::filesystem::path& folder, MissingKey missing);

}  // namespace schoolwatch::storage
