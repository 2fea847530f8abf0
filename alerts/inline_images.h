#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::alerts {

// An image that a mail carries beside its HTML.
struct InlineImage {
  std::string id;  // Content-ID, without angle brackets.
  std::string bytes;
};

struct HtmlWithImages {
  std::string html;
  std::vector<InlineImage> images;
};

// Takes each `src="data:image/png;base64,…"` out of HTML of ours and leaves `src="cid:…"`: mail
// programs show images that come with a mail, and hide those within its text. What is escaped, as
// all that is from a post, holds no such quotation mark. Ids are made from the mail's own.
HtmlWithImages TakeInlineImages(std::string_view html, std::string_view message_id);

}  // namespace schoolwatch::alerts
