#include "crawler/readers/signatures.h"

#include <string>
#include <string_view>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// A signature with its links' words is no longer than this.
constexpr std::size_t kMaxSignature = 150;

}  // namespace

void CutSignature(core::Post& post) {
  const std::size_t date = post.text.rfind(post.published_text);
  if (post.published_text.empty() || date == std::string::npos) {
    return;
  }
  const std::size_t name = post.author.empty() ? date : post.text.rfind(post.author, date);
  const std::size_t cut = name == std::string::npos || date - name > kMaxSignature ? date : name;
  std::string_view own = Trim(std::string_view(post.text).substr(0, cut));
  while (own.ends_with('-') || own.ends_with("\u2014") || own.ends_with("\u2013")) {
    own.remove_suffix(own.ends_with('-') ? 1 : std::string_view("\u2014").size());
    own = Trim(own);
  }
  post.text = std::string(own);
}

}  // namespace schoolwatch::crawler
