#include "alerts/inline_images.h"

#include <fmt/format.h>
#include <glib.h>

#include <memory>

#include "core/hash.h"

namespace schoolwatch::alerts {
namespace {

constexpr std::string_view kBegin = "src=\"data:image/png;base64,";
constexpr std::size_t kMostImages = 10;

std::string Decoded(std::string_view base64) {
  struct Free {
    void operator()(guchar* bytes) const { g_free(bytes); }
  };
  gsize size = 0;
  const std::unique_ptr<guchar, Free> bytes(g_base64_decode(std::string(base64).c_str(), &size));
  return bytes == nullptr ? "" : std::string(reinterpret_cast<const char*>(bytes.get()), size);
}

}  // namespace

HtmlWithImages TakeInlineImages(std::string_view html, std::string_view message_id) {
  HtmlWithImages taken;
  for (;;) {
    const std::size_t begin = html.find(kBegin);
    const std::size_t end =
        begin == std::string_view::npos ? begin : html.find('"', begin + kBegin.size());
    if (end == std::string_view::npos || taken.images.size() == kMostImages) {
      taken.html += html;
      return taken;
    }
    InlineImage image;
    image.id = fmt::format("image{}.{}", taken.images.size() + 1, core::ShortHash(message_id)) +
               std::string(message_id.substr(message_id.rfind('@')));
    image.bytes = Decoded(html.substr(begin + kBegin.size(), end - begin - kBegin.size()));
    taken.html += html.substr(0, begin);
    taken.html += "src=\"cid:" + image.id + '"';
    taken.images.push_back(std::move(image));
    html.remove_prefix(end + 1);
  }
}

}  // namespace schoolwatch::alerts
