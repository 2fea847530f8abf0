#include "matchers/phrase_table.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "matchers/word_hash.h"

namespace schoolwatch::matchers {
namespace {

// A bitmap of more bytes than this does not stay in the cache, and is asked for in advance…
constexpr std::size_t kCached = 256 * 1024;
// …for so many tokens.
constexpr std::size_t kAhead = 32;

std::vector<std::uint64_t> HashWords(const Phrase& phrase) {
  std::vector<std::uint64_t> hashes;
  std::size_t at = 0;
  while (at <= phrase.words.size()) {
    const std::size_t end = std::min(phrase.words.find(' ', at), phrase.words.size());
    hashes.push_back(HashWord(std::string_view(phrase.words).substr(at, end - at), phrase.is_tag));
    at = end + 1;
  }
  return hashes;
}

}  // namespace

PhraseTable::PhraseTable(std::vector<Phrase> phrases, Spelling spelling)
    : phrases_(std::move(phrases)), spelling_(spelling) {
  std::vector<Entry> entries;
  std::vector<std::uint64_t> starts;
  entries.reserve(phrases_.size());
  starts.reserve(phrases_.size());
  for (std::size_t index = 0; index < phrases_.size(); ++index) {
    const std::vector<std::uint64_t> words = HashWords(phrases_[index]);
    if (words.empty() || words.size() > kMaxWords) {
      continue;
    }
    Entry entry{.start = words[0], .hash = words[0], .words = words.size()};
    for (std::size_t at = 1; at < words.size(); ++at) {
      entry.hash = CombineHashes(entry.hash, words[at]);
      entry.start = at == 1 ? entry.hash : entry.start;
    }
    entry.phrase = static_cast<std::uint32_t>(index);
    entries.push_back(entry);
    starts.push_back(entry.start);
  }
  // Many phrases start alike: what is asked of every two words is as large as the starts need.
  std::ranges::sort(starts);
  starts.erase(std::ranges::unique(starts).begin(), starts.end());
  const std::size_t start_count = std::max<std::size_t>(starts.size(), 16);
  bitmap_.assign(std::bit_ceil(start_count * 16) / 64, 0);
  bitmap_mask_ = bitmap_.size() - 1;
  lengths_.assign(std::bit_ceil(start_count * 4), 0);
  lengths_mask_ = lengths_.size() - 1;
  slots_.assign(std::bit_ceil(std::max<std::size_t>(phrases_.size(), 16) * 2), {});
  slots_mask_ = slots_.size() - 1;
  for (const Entry& entry : entries) {
    Insert(entry);
  }
}

void PhraseTable::Insert(const Entry& entry) {
  if (entry.words > 1) {
    lengths_[(entry.start >> 20) & lengths_mask_] |=
        static_cast<std::uint16_t>(1U << (entry.words - 1));
  }
  bitmap_[(entry.start >> 6) & bitmap_mask_] |= std::uint64_t{1} << (entry.start & 63);
  std::uint64_t slot = entry.hash & slots_mask_;
  while (slots_[slot].hash != 0) {
    slot = (slot + 1) & slots_mask_;
  }
  slots_[slot] = {entry.hash, entry.phrase};
}

bool PhraseTable::Spells(const Phrase& phrase, std::string_view folded,
                         std::span<const Token> tokens, TokenPart last_part) const {
  std::string words;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    words += at == 0 ? "" : " ";
    words += CanonicalToken(folded, tokens[at], spelling_,
                            at + 1 == tokens.size() ? last_part : TokenPart::kWhole);
  }
  return words == phrase.words && tokens.front().is_tag == phrase.is_tag;
}

void PhraseTable::Lookup(std::uint64_t hash, std::string_view folded, std::span<const Token> tokens,
                         TokenPart last_part, std::uint32_t first, std::vector<Hit>& hits) const {
  for (std::uint64_t slot = hash & slots_mask_; slots_[slot].hash != 0;
       slot = (slot + 1) & slots_mask_) {
    // Equal hashes are compared word by word: an accusation linked to the wrong school by a
    // collision is not acceptable.
    if (slots_[slot].hash == hash &&
        Spells(phrases_[slots_[slot].phrase], folded, tokens, last_part)) {
      hits.push_back(
          {slots_[slot].phrase, first, first + static_cast<std::uint32_t>(tokens.size())});
    }
  }
}

// All that Find will ask of the bitmap, at once: one such post otherwise waits for the memory as
// often as it has words.
void PhraseTable::Prefetch(std::span<const Token> tokens) const {
  const auto fetch = [this](std::uint64_t hash) {
    __builtin_prefetch(&bitmap_[(hash >> 6) & bitmap_mask_]);
  };
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    fetch(tokens[at].hash);
    if (at > 0) {
      fetch(CombineHashes(tokens[at - 1].hash, tokens[at].hash));
    }
  }
}

void PhraseTable::Find(std::string_view folded, std::span<const Token> tokens,
                       std::vector<Hit>& hits) const {
  const bool is_cached = bitmap_.size() * sizeof(bitmap_[0]) <= kCached;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    if (!is_cached && at % kAhead == 0) {
      Prefetch(tokens.subspan(at, std::min(kAhead + 1, tokens.size() - at)));
    }
    const Token& token = tokens[at];
    const auto first = static_cast<std::uint32_t>(at);
    if (MayStart(token.hash)) {
      Lookup(token.hash, folded, tokens.subspan(at, 1), TokenPart::kWhole, first, hits);
    }
    if (token.stem_hash != 0 && MayStart(token.stem_hash)) {
      Lookup(token.stem_hash, folded, tokens.subspan(at, 1), TokenPart::kStem, first, hits);
    }
    if (at + 1 == tokens.size()) {
      break;
    }
    const Token& second = tokens[at + 1];
    if (second.stem_hash != 0) {
      if (const std::uint64_t pair = CombineHashes(token.hash, second.stem_hash); MayStart(pair)) {
        Lookup(pair, folded, tokens.subspan(at, 2), TokenPart::kStem, first, hits);
      }
    }
    std::uint64_t hash = CombineHashes(token.hash, second.hash);
    if (!MayStart(hash)) {
      continue;
    }
    const std::uint16_t lengths = lengths_[(hash >> 20) & lengths_mask_];
    const auto longest = static_cast<std::size_t>(std::bit_width(lengths));
    for (std::size_t words = 2; words <= longest && at + words <= tokens.size(); ++words) {
      const Token& last = tokens[at + words - 1];
      const bool wanted = (lengths >> (words - 1) & 1) != 0;
      if (words > 2) {
        if (wanted && last.stem_hash != 0) {
          Lookup(CombineHashes(hash, last.stem_hash), folded, tokens.subspan(at, words),
                 TokenPart::kStem, first, hits);
        }
        hash = CombineHashes(hash, last.hash);
      }
      if (wanted) {
        Lookup(hash, folded, tokens.subspan(at, words), TokenPart::kWhole, first, hits);
      }
    }
  }
}

std::size_t PhraseTable::bytes() const {
  std::size_t total = bitmap_.size() * sizeof(bitmap_[0]) + lengths_.size() * sizeof(lengths_[0]) +
                      slots_.size() * sizeof(slots_[0]) + phrases_.size() * sizeof(phrases_[0]);
  for (const Phrase& phrase : phrases_) {
    total += phrase.words.capacity() > 15 ? phrase.words.capacity() : 0;
  }
  return total;
}

}  // namespace schoolwatch::matchers
