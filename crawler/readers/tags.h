#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace schoolwatch::crawler {

// The elements that reading treats differently from an unknown one. Generated from tags.inc, which
// says per element what it is.
enum class Tag : std::uint8_t {
  kUnknown,
#define SW_TAG(id, name, flags) id,
#include "crawler/readers/tags.inc"
#undef SW_TAG
  kCount
};

// What an element is, for reading and for the guard (names of the HTML Standard, 13.2.4).
enum TagFlag : std::uint16_t {
  kPlain = 0,
  kBlock = 1,           // Its words stand on lines of their own.
  kVoid = 2,            // Has no content and no end tag.
  kRawText = 4,         // Its content is not mark-up.
  kRcData = 8,          // Its content is not mark-up, but references are decoded.
  kHidden = 16,         // Its words are not shown.
  kFormatting = 32,     // Kept in the list of active formatting elements.
  kSpecial = 64,        // The Standard's "special" category.
  kScopeBarrier = 128,  // Ends the search for an element in scope.
  kClosesP = 256,       // Its start tag ends an open paragraph.
  kTablePart = 512,     // Has a meaning inside a table only.
  kHeading = 1024,
};

// The element of a name in any case; kUnknown for others.
Tag TagOfName(std::string_view name);
std::string_view TagName(Tag tag);
inline constexpr std::uint16_t kTagFlags[] = {
    kPlain,
#define SW_TAG(id, name, flags) flags,
#include "crawler/readers/tags.inc"
#undef SW_TAG
};
inline std::uint16_t TagFlags(Tag tag) { return kTagFlags[static_cast<std::size_t>(tag)]; }
inline bool Has(Tag tag, TagFlag flag) { return (TagFlags(tag) & flag) != 0; }

}  // namespace schoolwatch::crawler
