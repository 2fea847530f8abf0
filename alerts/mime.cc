#include "alerts/mime.h"

#include <gmime/gmime.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>

#include "alerts/inline_images.h"
#include "core/hash.h"
#include "net/mail_transport.h"

namespace schoolwatch::alerts {
namespace {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

bool HasControl(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// A conservative msg-id (RFC 5322, 3.6.4): dot-atom characters that need no quoting.
core::Result<void> CheckMessageId(std::string_view id) {
  const auto ok = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == '+' || c == '@';
  };
  if (id.size() > 250 || std::ranges::count(id, '@') != 1 || id.starts_with('@') ||
      id.ends_with('@') || !std::ranges::all_of(id, ok)) {
    return core::Fail(core::ErrorKind::kBadInput, "a Message-ID is not well formed");
  }
  return {};
}

Owned<GMimePart> MakeImagePart(const InlineImage& image) {
  Owned<GMimePart> part(g_mime_part_new_with_type("image", "png"));
  const Owned<GMimeStream> content(
      g_mime_stream_mem_new_with_buffer(image.bytes.data(), image.bytes.size()));
  const Owned<GMimeDataWrapper> wrapper(
      g_mime_data_wrapper_new_with_stream(content.get(), GMIME_CONTENT_ENCODING_DEFAULT));
  g_mime_part_set_content(part.get(), wrapper.get());
  g_mime_part_set_content_encoding(part.get(), GMIME_CONTENT_ENCODING_BASE64);
  g_mime_object_set_content_id(GMIME_OBJECT(part.get()), image.id.c_str());
  g_mime_object_set_disposition(GMIME_OBJECT(part.get()), "inline");
  return part;
}

Owned<GMimeTextPart> MakeTextPart(const char* subtype, const std::string& text) {
  Owned<GMimeTextPart> part(g_mime_text_part_new_with_subtype(subtype));
  const Owned<GMimeStream> content(g_mime_stream_mem_new_with_buffer(text.data(), text.size()));
  const Owned<GMimeDataWrapper> wrapper(
      g_mime_data_wrapper_new_with_stream(content.get(), GMIME_CONTENT_ENCODING_DEFAULT));
  // Not g_mime_text_part_set_text: that picks the narrowest charset and its own encoding.
  g_mime_text_part_set_charset(part.get(), "utf-8");
  g_mime_part_set_content(GMIME_PART(part.get()), wrapper.get());
  g_mime_part_set_content_encoding(GMIME_PART(part.get()), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  return part;
}

// The boundary first: GMime would open the kernel's source of random numbers for one of its own.
Owned<GMimeMultipart> MakeMultipart(const char* subtype, const std::string& seed) {
  const Owned<GMimeContentType> type(g_mime_content_type_new("multipart", subtype));
  g_mime_content_type_set_parameter(type.get(), "boundary",
                                    ("=_sw_" + core::ShortHash(seed)).c_str());
  Owned<GMimeMultipart> multipart(
      static_cast<GMimeMultipart*>(g_object_new(GMIME_TYPE_MULTIPART, nullptr)));
  g_mime_object_set_content_type(GMIME_OBJECT(multipart.get()), type.get());
  return multipart;
}

}  // namespace

void InitGmimeOnce() {
  static const bool done = [] {
    g_mime_init();
    return true;
  }();
  static_cast<void>(done);
}

core::Result<std::string> MakeMime(const MailParts& parts) {
  InitGmimeOnce();
  SW_TRY(net::CheckMailAddress(parts.from));
  SW_TRY(net::CheckMailAddress(parts.to));
  SW_TRY(CheckMessageId(parts.message_id));
  if (!parts.references.empty()) {
    SW_TRY(CheckMessageId(parts.references));
  }
  // GMime folds what it is given; that no header of ours can be split is checked here, whatever the
  // caller did.
  bool control = HasControl(parts.subject) || HasControl(parts.from_name);
  for (const auto& [name, value] : parts.headers) {
    control = control || HasControl(name) || HasControl(value);
  }
  if (control) {
    return core::Fail(core::ErrorKind::kBadInput, "a mail header holds a control character");
  }

  const Owned<GMimeMessage> message(g_mime_message_new(FALSE));
  GMimeObject* headers = GMIME_OBJECT(message.get());
  g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_FROM, parts.from_name.c_str(),
                             parts.from.c_str());
  g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_TO, nullptr, parts.to.c_str());
  g_mime_message_set_subject(message.get(), parts.subject.c_str(), "utf-8");
  const auto seconds = std::chrono::floor<std::chrono::seconds>(parts.date);
  GDateTime* date = g_date_time_new_from_unix_utc(seconds.time_since_epoch().count());
  if (date == nullptr) {
    return core::Fail(core::ErrorKind::kBadInput, "a message's date is out of range");
  }
  g_mime_message_set_date(message.get(), date);
  g_date_time_unref(date);
  g_mime_message_set_message_id(message.get(), parts.message_id.c_str());
  if (!parts.references.empty()) {
    g_mime_object_set_header(headers, "References", ("<" + parts.references + ">").c_str(),
                             "utf-8");
  }
  for (const auto& [name, value] : parts.headers) {
    g_mime_object_set_header(headers, name.c_str(), value.c_str(), "utf-8");
  }

  const Owned<GMimeMultipart> both = MakeMultipart("alternative", parts.message_id);
  const Owned<GMimeTextPart> text = MakeTextPart("plain", parts.text);
  const HtmlWithImages shown = TakeInlineImages(parts.html, parts.message_id);
  const Owned<GMimeTextPart> html = MakeTextPart("html", shown.html);
  g_mime_multipart_add(both.get(), GMIME_OBJECT(text.get()));
  if (shown.images.empty()) {
    g_mime_multipart_add(both.get(), GMIME_OBJECT(html.get()));
  } else {
    const Owned<GMimeMultipart> related = MakeMultipart("related", parts.message_id + "\nimages");
    g_mime_multipart_add(related.get(), GMIME_OBJECT(html.get()));
    for (const InlineImage& image : shown.images) {
      g_mime_multipart_add(related.get(), GMIME_OBJECT(MakeImagePart(image).get()));
    }
    g_mime_multipart_add(both.get(), GMIME_OBJECT(related.get()));
  }
  g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(both.get()));

  GMimeFormatOptions* format = g_mime_format_options_new();
  g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
  const Owned<GMimeStream> stream(g_mime_stream_mem_new());
  const gssize written = g_mime_object_write_to_stream(headers, format, stream.get());
  g_mime_format_options_free(format);
  if (written < 0) {
    return core::Fail(core::ErrorKind::kUnavailable, "a message could not be put together");
  }
  const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
  return std::string(reinterpret_cast<const char*>(bytes->data), bytes->len);
}

}  // namespace schoolwatch::alerts
