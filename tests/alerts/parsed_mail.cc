#include "tests/alerts/parsed_mail.h"

#include <gmime/gmime.h>

#include <cstddef>

namespace schoolwatch::alerts::testing {
namespace {

std::string ContentOf(GMimePart* part) {
  GMimeStream* stream = g_mime_stream_mem_new();
  g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(part), stream);
  const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
  std::string content(reinterpret_cast<const char*>(bytes->data), bytes->len);
  g_object_unref(stream);
  std::erase(content, '\r');
  return content;
}

}  // namespace

std::string ParsedMail::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) {
      return value;
    }
  }
  return "";
}

std::vector<std::string> ParsedMail::HeaderNames() const {
  std::vector<std::string> names;
  for (const auto& [key, value] : headers) {
    names.push_back(key);
  }
  return names;
}

ParsedMail ParseMail(const std::string& bytes) {
  g_mime_init();
  ParsedMail mail;
  GMimeStream* stream = g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size());
  GMimeParser* parser = g_mime_parser_new_with_stream(stream);
  GMimeMessage* message = g_mime_parser_construct_message(parser, nullptr);
  if (message != nullptr) {
    GMimeHeaderList* headers = g_mime_object_get_header_list(GMIME_OBJECT(message));
    for (int i = 0; i < g_mime_header_list_get_count(headers); ++i) {
      GMimeHeader* header = g_mime_header_list_get_header_at(headers, i);
      mail.headers.emplace_back(g_mime_header_get_name(header), g_mime_header_get_value(header));
    }
    InternetAddressList* all = g_mime_message_get_all_recipients(message);
    for (int i = 0; i < (all != nullptr ? internet_address_list_length(all) : 0); ++i) {
      mail.recipients.emplace_back(internet_address_mailbox_get_addr(
          INTERNET_ADDRESS_MAILBOX(internet_address_list_get_address(all, i))));
    }
    if (all != nullptr) {
      g_object_unref(all);
    }
    GMimeObject* body = g_mime_message_get_mime_part(message);
    if (GMIME_IS_MULTIPART(body)) {
      for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(body)); ++i) {
        GMimeObject* part = g_mime_multipart_get_part(GMIME_MULTIPART(body), i);
        GMimeContentType* type = g_mime_object_get_content_type(part);
        char* name = g_mime_content_type_get_mime_type(type);
        mail.part_types.emplace_back(name);
        g_free(name);
        if (GMIME_IS_MULTIPART(part) &&
            g_mime_multipart_get_count(GMIME_MULTIPART(part)) > 0) {  // HTML with its images.
          part = g_mime_multipart_get_part(GMIME_MULTIPART(part), 0);
          mail.html = ContentOf(GMIME_PART(part));
        } else if (GMIME_IS_PART(part)) {
          (mail.part_types.back() == "text/html" ? mail.html : mail.text) =
              ContentOf(GMIME_PART(part));
        }
      }
    }
    g_object_unref(message);
  }
  g_object_unref(parser);
  g_object_unref(stream);
  return mail;
}

bool HasCleanLines(std::string_view bytes) {
  std::size_t line = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\r') {
      if (i + 1 >= bytes.size() || bytes[i + 1] != '\n' || line > 998) {
        return false;
      }
      ++i;
      line = 0;
    } else if (bytes[i] == '\n' || bytes[i] == '\0') {
      return false;
    } else {
      ++line;
    }
  }
  return line == 0;
}

}  // namespace schoolwatch::alerts::testing
