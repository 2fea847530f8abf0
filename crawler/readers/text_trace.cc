#include "crawler/readers/text_trace.h"

#include <fmt/format.h>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// FNV-1a, and a finaliser to join words: speed counts, nobody gains by a collision but a page whose
// next look then comes later.
constexpr std::uint64_t kStart = 0xcbf29ce484222325U;
constexpr std::uint64_t kPrime = 0x100000001b3U;

std::uint64_t Join(std::uint64_t all, std::uint64_t word) {
  all = (all ^ word) * 0x9e3779b97f4a7c15U;
  return all ^ (all >> 29);
}

}  // namespace

bool TextTrace::MayMention(std::string_view text) const {
  Add(text);
  return gate_ != nullptr && gate_->MayMention(text);
}

void TextTrace::Add(std::string_view text) const {
  std::uint64_t word = kStart;
  bool any = false;
  bool digits = false;
  for (const char c : text) {
    if (IsAsciiAlpha(c) || static_cast<unsigned char>(c) >= 0x80) {
      word = (word ^ static_cast<unsigned char>(c)) * kPrime;
      any = true;
    } else if (IsAsciiDigit(c)) {
      digits = true;
    } else {
      if (any && !digits) {
        hash_ = Join(hash_, word);
      }
      word = kStart;
      any = digits = false;
    }
  }
  if (any && !digits) {
    hash_ = Join(hash_, word);
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
