#include "crawler/readers/text_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "core/text/byte_block.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// Speed counts: every page's text comes this way, and a step for each byte took half as long as
// looking for the schools' names. Nobody gains by a collision but a page whose next look then comes
// later.
std::uint64_t Join(std::uint64_t all, std::uint64_t part) {
  all = (all ^ part) * 0x9e3779b97f4a7c15U;
  return all ^ (all >> 29);
}

// The word [start, end) of a text, eight bytes at a time.
std::uint64_t HashWord(std::string_view text, std::size_t start, std::size_t end) {
  std::uint64_t hash = end - start;
  for (; start < end; start += 8) {
    std::uint64_t part = 0;
    const std::size_t size = std::min<std::size_t>(end - start, 8);
    if (start + 8 <= text.size()) {
      std::memcpy(&part, text.data() + start, 8);
      if constexpr (std::endian::native == std::endian::big) {
        part = __builtin_bswap64(part);
      }
      part &= ~std::uint64_t{0} >> (64 - 8 * size);
    } else {
      for (std::size_t i = size; i-- > 0;) {
        part = part << 8 | static_cast<unsigned char>(text[start + i]);
      }
    }
    hash = Join(hash, part);
  }
  return hash;
}

// Where a run of letters and figures ends that begins at or before `at`. What lies above ASCII is a
// letter.
std::size_t EndOfRun(std::string_view text, std::size_t at) {
  const auto in_run = [](char c) {
    return IsAsciiAlpha(c) || IsAsciiDigit(c) || static_cast<unsigned char>(c) >= 0x80;
  };
  while (at < text.size() && in_run(text[at])) {
    ++at;
  }
  return at;
}

}  // namespace

bool TextTrace::MayMention(std::string_view text) const {
  Add(text);
  return gate_ != nullptr && gate_->MayMention(text);
}

void TextTrace::Add(std::string_view text) const {
  constexpr std::size_t kSize = core::ByteBlock::kSize;
  std::array<char, kSize> last;
  for (std::size_t at = 0; at < text.size();) {
    const char* bytes = text.data() + at;
    if (text.size() - at < kSize) {
      last.fill(' ');
      std::memcpy(last.data(), bytes, text.size() - at);
      bytes = last.data();
    }
    const core::ByteBlock block(bytes);
    const std::uint64_t figures = block.Between('0', '9');
    const std::uint64_t word = block.Letters() | block.NotAscii() | figures;
    std::size_t next = at + kSize;
    for (std::uint64_t left = word; left != 0;) {
      const auto start = static_cast<std::size_t>(std::countr_zero(left));
      std::size_t end = start + static_cast<std::size_t>(std::countr_one(word >> start));
      if (end == kSize && start > 0) {
        next = at + start;  // May go on in the next block, which begins with it then.
        break;
      }
      bool has_figures = (figures & (~std::uint64_t{0} >> (kSize - end + start) << start)) != 0;
      if (end == kSize) {
        next = EndOfRun(text, at + end);
        has_figures = text.substr(at, next - at).find_first_of("0123456789") != text.npos;
        end = next - at;
      }
      if (!has_figures) {
        hash_ = Join(hash_, HashWord(text, at + start, at + end));
      }
      left = end < kSize ? left >> end << end : 0;
    }
    at = next;
  }
}

std::string TextTrace::hash() const { return fmt::format("{:016x}", hash_); }

std::string TextTrace::HashOf(const Document& document) const {
  if (!document.gated_out) {
    // Other words than the gate saw: those that count.
    hash_ = 0;
    Add(document.title);
    Add(document.main_text);
    for (const core::Post& post : document.posts) {
      Add(post.title);
      Add(post.text);
      Add(post.author);
    }
  }
  return hash();
}

}  // namespace schoolwatch::crawler
