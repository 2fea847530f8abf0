#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace schoolwatch::crawler {

// A mail taken apart: its heads and its leaves, in order. All strings are valid UTF-8, but a file's
// bytes.
struct MailHead {
  std::string from;  // The one sender's bare address; empty: none, or several.
  std::string from_name;
  std::string subject;
  std::string message_id;  // Without angle brackets.
  std::optional<core::Timestamp> date;
  bool automatic = false;        // A program says that it wrote it, or it came by a list.
  bool delivery_notice = false;  // Of a mail server: what became of a mail.
};

struct MailPart {
  enum class Kind {
    kWords,    // Text as it is shown.
    kFile,     // Attached text, archives: `bytes` has it.
    kPicture,  // Images, video, sound: nothing of it is kept.
    kOther,    // Nor of these, but they may be more than pictures.
  };
  Kind kind = Kind::kWords;
  std::size_t mail = 0;  // Which head it stands under.
  std::string name;      // A file's; without folders and control bytes.
  std::string type;      // "image/png"
  std::string bytes;     // UTF-8 where kWords.
  std::string quoted;    // Of HTML: what stands in it as a quotation.
  std::uint64_t size = 0;
  std::string sha256;  // Hexadecimal; of files and pictures.
};

struct MailParts {
  std::vector<MailHead> heads;  // The mail's own first, then those of mails within it.
  std::vector<MailPart> parts;
};

inline constexpr std::size_t kMaxMailBytes = 96u << 20;
inline constexpr std::size_t kMaxMailParts = 200;
inline constexpr std::size_t kMaxMailWords = 512u << 10;  // Of one part.

// Reads any bytes. What could make a mail costly (deep nesting, endless fields) is looked for
// before GMime sees it. kBadInput: it is no mail, or one too large or too nested.
core::Result<MailParts> ReadMailParts(std::string_view bytes);

// Whether a file's name or type says that it is a picture, video or sound.
bool IsPicture(std::string_view name, std::string_view type);
// The name alone, without folders, controls and marks of direction; at most 200 bytes.
std::string CleanFileName(std::string_view name);

}  // namespace schoolwatch::crawler
