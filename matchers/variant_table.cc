#include "matchers/variant_table.h"

#include <algorithm>
#include <utility>

#include "config/language.h"
#include "matchers/lexicon.h"

namespace schoolwatch::matchers {

void VariantTable::Add(Words words, std::string text, NameKind kind, double strength,
                       bool everyday) {
  if (words.empty() || words.size() > PhraseTable::kMaxWords) {
    return;
  }
  Phrase phrase{JoinWords(words), false};
  if (phrase.words.size() < 2) {
    return;
  }
  Keep({std::move(phrase), std::move(text), kind, strength, everyday, false});
}

void VariantTable::AddTag(const std::string& word, std::string text, NameKind kind, double strength,
                          bool everyday) {
  Keep({{word, true}, std::move(text), kind, strength, everyday, false});
}

void VariantTable::Keep(NameVariant variant) {
  const std::string& words = variant.phrase.words;
  variant.is_place =
      senses_.IsOwnPlace(words) ||
      (variant.kind == NameKind::kCore && config::FindPlaceKind(words) == config::PlaceKind::kHome);
  variant.is_saint =
      variant.kind != NameKind::kWithPlace && !variant.phrase.is_tag &&
      (words.starts_with("st ") || words.starts_with("saint ") || IsCommonDedication(words)) &&
      std::ranges::none_of(SplitWords(words), IsTypeWord);
  // What is one long word or a slip means nothing else anyhow; and looking costs.
  if (variant.kind == NameKind::kCore || variant.kind == NameKind::kPart ||
      variant.kind == NameKind::kShort || variant.kind == NameKind::kFull) {
    variant.is_person = config::IsProperWord(words);
    variant.only_proper = variant.is_person && !config::IsEverydayWord(words);
    variant.distinct = std::ranges::any_of(SplitWords(words), [this](const std::string& word) {
      return word.size() >= 5 && !IsTypeWord(word) && !senses_.IsKnown(word) &&
             !senses_.IsOwnPlace(word);
    });
  } else if (variant.kind == NameKind::kInitials) {
    variant.distinct = words.size() >= 4 && !senses_.IsKnown(words);
  }
  if (const auto known = variants_.find(variant.phrase); known != variants_.end()) {
    if (variant.strength > known->second.strength) {
      known->second = std::move(variant);
    }
  } else if (variants_.size() < kMaxVariants) {
    variants_.emplace(variant.phrase, variant);
  }
}

void VariantTable::AddJoined(const Words& words, double strength, bool everyday) {
  const std::string joined = WithoutSpaces(words);
  if (joined.size() < 5) {
    return;
  }
  AddTag(joined, "#" + joined, NameKind::kJoined, strength + 0.3, everyday);
  if (words.size() > 1 && joined.size() >= 8) {
    Add({joined}, joined, NameKind::kJoined, strength, everyday);
  }
}

std::vector<NameVariant> VariantTable::Take() {
  std::vector<NameVariant> all;
  for (auto& [phrase, variant] : variants_) {
    all.push_back(std::move(variant));
  }
  variants_.clear();
  return all;
}

}  // namespace schoolwatch::matchers
