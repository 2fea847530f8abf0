#include "crawler/readers/mail_parts.h"

#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <utility>

#include "core/hash.h"
#include "core/mail_address.h"
#include "core/text/fold.h"
#include "crawler/readers/dates.h"
#include "crawler/readers/encoding.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kMaxBoundaries = 60;
constexpr std::size_t kMaxMailsWithin = 20;
constexpr std::size_t kMaxFieldBytes = 16u << 10;
constexpr std::size_t kMaxColons = 20;
constexpr int kMaxDepth = 12;
constexpr int kMaxMailDepth = 3;
constexpr std::size_t kMaxNameBytes = 200;

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

std::unexpected<core::Error> Refuse(std::string why) {
  return core::Fail(core::ErrorKind::kBadInput, std::move(why));
}

std::size_t CountOf(std::string_view what, std::string_view text, std::size_t enough) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos && count <= enough;
       at = text.find(what, at + 1)) {
    ++count;
  }
  return count;
}

// Fields that GMime parses at a cost that grows faster than their size.
bool IsCostlyField(std::string_view line) {
  static constexpr std::array<std::string_view, 14> kNames = {
      "from:",        "to:",
      "cc:",          "bcc:",
      "sender:",      "reply-to:",
      "resent-",      "content-type:",
      "subject:",     "references:",
      "in-reply-to:", "content-disposition:",
      "return-path:", "disposition-notification-to:"};
  return std::ranges::any_of(
      kNames, [line](std::string_view name) { return StartsWithIgnoreCase(line, name); });
}

// The mail without what in its fields could cost more than it is worth: groups within groups of
// addresses, which GMime goes into by recursion, and fields without end. Fields stand in mails
// within mails too, so every line is looked at; a text's own line that looks so is cut as well.
std::string WithoutTraps(std::string_view bytes) {
  std::string safe;
  safe.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    std::string_view line = bytes.substr(0, end == std::string_view::npos ? bytes.size() : end + 1);
    bytes.remove_prefix(line.size());
    if (!IsCostlyField(line)) {
      safe += line;
      continue;
    }
    std::string field(line);
    while (!bytes.empty() && (bytes.front() == ' ' || bytes.front() == '\t')) {
      const std::size_t more = bytes.find('\n');
      line = bytes.substr(0, more == std::string_view::npos ? bytes.size() : more + 1);
      bytes.remove_prefix(line.size());
      if (field.size() + line.size() <= kMaxFieldBytes) {
        field += line;
      }
    }
    const bool addresses =
        !StartsWithIgnoreCase(field, "content-") && !StartsWithIgnoreCase(field, "subject:");
    if (field.size() <= kMaxFieldBytes &&
        !(addresses && CountOf(":", field, kMaxColons) > kMaxColons)) {
      safe += field;
    }
  }
  return safe;
}

bool IsHarmless(std::string_view bytes) {
  const std::string lower = ToAsciiLower(bytes);
  return CountOf("boundary", lower, kMaxBoundaries) <= kMaxBoundaries &&
         CountOf("message/", lower, kMaxMailsWithin) <= kMaxMailsWithin;
}

std::string Clean(const char* text, std::size_t most) {
  std::string clean = CollapseSpace(core::RepairUtf8(text == nullptr ? "" : text));
  std::erase_if(clean, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (clean.size() > most) {
    clean = core::RepairUtf8(clean.substr(0, most));
  }
  return clean;
}

// What is behind an object's transfer encoding.
std::string ContentOf(GMimePart* part) {
  GMimeDataWrapper* content = g_mime_part_get_content(part);
  if (content == nullptr) {
    return "";
  }
  const Owned<GMimeStream> stream(g_mime_stream_mem_new());
  g_mime_data_wrapper_write_to_stream(content, stream.get());
  const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
  return bytes == nullptr || bytes->data == nullptr
             ? ""
             : std::string(reinterpret_cast<const char*>(bytes->data), bytes->len);
}

class Taker {
 public:
  explicit Taker(MailParts& out) : out_(out) {}

  core::Result<void> TakeMail(std::string_view bytes, int mail_depth) {
    if (!IsHarmless(bytes)) {
      return Refuse("it has too many parts");
    }
    const std::string safe = WithoutTraps(bytes);
    const Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(safe.data(), safe.size()));
    const Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
    const Owned<GMimeMessage> message(g_mime_parser_construct_message(parser.get(), nullptr));
    if (message == nullptr) {
      return Refuse("it is no mail");
    }
    TakeMessage(message.get(), mail_depth);
    return {};
  }

 private:
  void TakeMessage(GMimeMessage* message, int mail_depth) {
    const std::size_t before = mail_;
    mail_ = out_.heads.size();
    out_.heads.push_back(HeadOf(message));
    if (GMimeObject* part = g_mime_message_get_mime_part(message); part != nullptr) {
      TakeObject(part, 0, mail_depth);
    }
    mail_ = before;
  }

  static MailHead HeadOf(GMimeMessage* message) {
    MailHead head;
    if (InternetAddressList* list = g_mime_message_get_from(message);
        list != nullptr && internet_address_list_length(list) == 1) {
      InternetAddress* address = internet_address_list_get_address(list, 0);
      head.from_name = Clean(internet_address_get_name(address), kMaxNameBytes);
      if (INTERNET_ADDRESS_IS_MAILBOX(address)) {
        std::string from =
            Clean(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address)), 254);
        if (core::CheckMailAddress(from)) {
          head.from = std::move(from);
        }
      }
    }
    head.subject = Clean(g_mime_message_get_subject(message), 500);
    head.message_id = Clean(g_mime_message_get_message_id(message), 300);
    const auto field = [message](const char* name) {
      return ToAsciiLower(Clean(g_mime_object_get_header(GMIME_OBJECT(message), name), 200));
    };
    head.date =
        ParseMachineDate(Clean(g_mime_object_get_header(GMIME_OBJECT(message), "Date"), 100));
    const std::string submitted = field("Auto-Submitted");
    const std::string precedence = field("Precedence");
    GMimeObject* const body = g_mime_message_get_mime_part(message);
    GMimeContentType* const type = body == nullptr ? nullptr : g_mime_object_get_content_type(body);
    head.delivery_notice =
        (type != nullptr && g_mime_content_type_is_type(type, "multipart", "report") != FALSE) ||
        StartsWithIgnoreCase(head.from, "mailer-daemon@") ||
        StartsWithIgnoreCase(head.from, "postmaster@");
    head.automatic = head.delivery_notice || (!submitted.empty() && submitted != "no") ||
                     precedence == "bulk" || precedence == "list" || precedence == "junk" ||
                     precedence == "auto_reply" || !field("List-Id").empty() ||
                     field("Return-Path") == "<>" ||
                     field("X-Auto-Response-Suppress").find("all") != std::string::npos;
    return head;
  }

  void TakeObject(GMimeObject* object, int depth, int mail_depth) {
    if (depth > kMaxDepth || out_.parts.size() >= kMaxMailParts) {
      return;
    }
    if (GMIME_IS_MULTIPART(object)) {
      TakeAll(GMIME_MULTIPART(object), depth, mail_depth);
    } else if (GMIME_IS_MESSAGE_PART(object)) {
      GMimeMessage* message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
      if (message != nullptr && mail_depth < kMaxMailDepth) {
        TakeMessage(message, mail_depth + 1);
      }
    } else if (GMIME_IS_PART(object)) {
      TakePart(GMIME_PART(object), mail_depth);
    }
  }

  // Of several forms of one text the plain one is taken, if it has words; files beside it always.
  void TakeAll(GMimeMultipart* multipart, int depth, int mail_depth) {
    const GMimeContentType* type = g_mime_object_get_content_type(GMIME_OBJECT(multipart));
    const bool alternative = g_mime_content_type_is_type(const_cast<GMimeContentType*>(type),
                                                         "multipart", "alternative") != FALSE;
    const std::size_t first = out_.parts.size();
    const int count =
        std::min(g_mime_multipart_get_count(multipart), static_cast<int>(kMaxMailParts));
    for (int i = 0; i < count; ++i) {
      TakeObject(g_mime_multipart_get_part(multipart, i), depth + 1, mail_depth);
    }
    if (!alternative) {
      return;
    }
    bool has_plain = false;
    for (std::size_t i = first; i < out_.parts.size(); ++i) {
      const MailPart& part = out_.parts[i];
      has_plain = has_plain || (part.mail == mail_ && part.kind == MailPart::Kind::kWords &&
                                part.type == "text/plain" && !Trim(part.bytes).empty());
    }
    const auto begin = out_.parts.begin() + static_cast<std::ptrdiff_t>(first);
    out_.parts.erase(std::remove_if(begin, out_.parts.end(),
                                    [&](const MailPart& part) {
                                      return has_plain && part.mail == mail_ &&
                                             part.kind == MailPart::Kind::kWords &&
                                             part.type != "text/plain";
                                    }),
                     out_.parts.end());
  }

  void TakePart(GMimePart* object, int mail_depth) {
    MailPart part;
    part.mail = mail_;
    GMimeContentType* type = g_mime_object_get_content_type(GMIME_OBJECT(object));
    if (type != nullptr) {
      part.type = ToAsciiLower(Clean(g_mime_content_type_get_media_type(type), 40)) + "/" +
                  ToAsciiLower(Clean(g_mime_content_type_get_media_subtype(type), 80));
    }
    const char* name = g_mime_part_get_filename(object);
    part.name = CleanFileName(name == nullptr ? "" : name);
    std::string bytes = ContentOf(object);
    part.size = bytes.size();
    const bool text = part.type.starts_with("text/");
    const std::string lower = ToAsciiLower(part.name);
    if (IsPicture(part.name, part.type)) {
      part.kind = MailPart::Kind::kPicture;
    } else if (text && part.name.empty()) {
      TakeWords(bytes, type, part);
      if (!Trim(part.bytes).empty() || !Trim(part.quoted).empty()) {
        out_.parts.push_back(std::move(part));
      }
      return;
    } else if (lower.ends_with(".eml") && mail_depth < kMaxMailDepth) {
      // Whoever dropped a mail into a mail.
      if (TakeMail(bytes, mail_depth + 1)) {
        return;
      }
      part.kind = MailPart::Kind::kOther;
    } else if (lower.ends_with(".txt") || lower.ends_with(".zip") || part.type == "text/plain" ||
               part.type == "application/zip" || part.type == "application/x-zip-compressed") {
      part.kind = MailPart::Kind::kFile;
    } else if (part.type.ends_with("-signature") || part.type == "text/calendar" ||
               part.type == "application/pgp-encrypted") {
      return;
    } else {
      part.kind = MailPart::Kind::kOther;
    }
    part.sha256 = core::ToHex(core::HashSha256(bytes));
    if (part.kind == MailPart::Kind::kFile) {
      part.bytes = std::move(bytes);
    }
    out_.parts.push_back(std::move(part));
  }

  static void TakeWords(std::string& bytes, GMimeContentType* type, MailPart& part) {
    bytes.resize(std::min(bytes.size(), kMaxMailWords));
    const char* charset = g_mime_content_type_get_parameter(type, "charset");
    const std::string content_type =
        part.type + (charset == nullptr ? "" : "; charset=" + Clean(charset, 60));
    std::string decoded = DecodeHtml(bytes, content_type).text;
    if (part.type == "text/html") {
      NodeWords words = TextOfHtml(decoded, false);
      part.bytes = std::move(words.text);
      part.quoted = std::move(words.quoted);
    } else {
      std::erase(decoded, '\r');
      part.bytes = std::move(decoded);
    }
    std::erase(part.bytes, '\0');
    std::erase(part.quoted, '\0');
  }

  MailParts& out_;
  std::size_t mail_ = 0;
};

}  // namespace

bool IsPicture(std::string_view name, std::string_view type) {
  static constexpr std::array<std::string_view, 24> kEndings = {
      ".jpg", ".jpeg", ".png", ".gif",  ".webp", ".heic", ".heif", ".bmp",
      ".tif", ".tiff", ".svg", ".avif", ".mp4",  ".mov",  ".3gp",  ".avi",
      ".mkv", ".webm", ".m4v", ".opus", ".m4a",  ".mp3",  ".ogg",  ".wav"};
  const std::string lower = ToAsciiLower(name);
  return type.starts_with("image/") || type.starts_with("video/") || type.starts_with("audio/") ||
         std::ranges::any_of(kEndings,
                             [&lower](std::string_view ending) { return lower.ends_with(ending); });
}

std::string CleanFileName(std::string_view name) {
  const std::size_t slash = name.find_last_of("/\\");
  name.remove_prefix(slash == std::string_view::npos ? 0 : slash + 1);
  std::string clean = CollapseSpace(core::RepairUtf8(name));
  std::erase_if(clean, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (clean.size() > kMaxNameBytes) {
    clean = core::RepairUtf8(clean.substr(clean.size() - kMaxNameBytes));
  }
  return clean;
}

core::Result<MailParts> ReadMailParts(std::string_view bytes) {
  static std::once_flag once;
  std::call_once(once, [] { g_mime_init(); });
  if (bytes.size() > kMaxMailBytes) {
    return Refuse("it is larger than " + std::to_string(kMaxMailBytes >> 20) + " MB");
  }
  if (bytes.starts_with("From ")) {  // As mailboxes in one file put it in front.
    bytes.remove_prefix(std::min(bytes.size(), bytes.find('\n') + 1));
  }
  // GMime takes anything for a mail: a head has a field in its first line.
  const std::string_view first = bytes.substr(0, bytes.find('\n'));
  if (const std::size_t colon = first.find(':');
      colon == std::string_view::npos || colon == 0 ||
      first.substr(0, colon).find_first_of(" \t") != std::string_view::npos) {
    return Refuse("it is no mail: it does not begin with a header");
  }
  MailParts parts;
  Taker taker(parts);
  SW_TRY(taker.TakeMail(bytes, 0));
  return parts;
}

}  // namespace schoolwatch::crawler
