#include "core/text/fold_table.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uniset.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>

#include <algorithm>
#include <cassert>
#include <map>
#include <memory>

#include "core/text/utf8.h"

namespace schoolwatch::core {
namespace {

constexpr char32_t kCodePoints = 0x110000;

const icu::Normalizer2& Normalizer() {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
  assert(U_SUCCESS(status));  // The data is compiled into ICU.
  return *normalizer;
}

// Calls `visit` for each code point of a set written as ICU's patterns are.
template <class Visit>
void ForEachOf(const char* pattern, Visit visit) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeSet set(icu::UnicodeString::fromUTF8(pattern), status);
  assert(U_SUCCESS(status));
  for (int32_t range = 0; range < set.getRangeCount(); ++range) {
    for (UChar32 c = set.getRangeStart(range); c <= set.getRangeEnd(range); ++c) {
      visit(static_cast<char32_t>(c));
    }
  }
}

// What UTS 39 reduces a letter to: equal skeletons look alike.
std::string SkeletonOf(const USpoofChecker* checker, char32_t code_point) {
  std::string letter;
  AppendUtf8(code_point, letter);
  std::array<char, 64> skeleton{};
  UErrorCode status = U_ZERO_ERROR;
  const int32_t size =
      uspoof_getSkeletonUTF8(checker, 0, letter.data(), static_cast<int32_t>(letter.size()),
                             skeleton.data(), static_cast<int32_t>(skeleton.size()), &status);
  return U_SUCCESS(status) ? std::string(skeleton.data(), static_cast<std::size_t>(size)) : letter;
}

}  // namespace

char32_t PlainPunctuation(char32_t code_point) {
  switch (code_point) {
    case U'`':
    case 0x00B4:  // Acute accent.
    case 0x02B9:  // Modifier prime.
    case 0x02BB:
    case 0x02BC:  // Modifier apostrophe.
    case 0x02BD:
    case 0x02CA:
    case 0x02CB:
    case 0x0374:  // Greek numeral sign, which NFKC makes 02B9.
    case 0x1FEF:  // Greek grave accent.
    case 0x1FFD:  // Greek acute accent.
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x201B:
    case 0x2032:  // Prime.
    case 0x2035:
      return U'\'';
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x201F:
    case 0x2033:  // Double prime; NFKC would make two primes of it.
    case 0x2036:
      return U'"';
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212:  // Minus.
      return U'-';
    default:
      return code_point;
  }
}

std::string FoldSequence(std::u32string_view code_points) {
  icu::UnicodeString plain;
  for (const char32_t c : code_points) {
    plain.append(static_cast<UChar32>(PlainPunctuation(c)));
  }
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString folded = Normalizer().normalize(plain, status);
  assert(U_SUCCESS(status));
  std::string out;
  for (int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    AppendUtf8(PlainPunctuation(static_cast<char32_t>(folded.char32At(i))), out);
  }
  return out;
}

const FoldTable& FoldTable::Get() {
  static const FoldTable table;
  return table;
}

FoldTable::FoldTable() : page_of_(kCodePoints >> kPageBits), pages_(1) {
  AddFoldings();
  AddJoiners();
  AddLookalikes();
}

FoldEntry& FoldTable::At(char32_t code_point) {
  std::uint16_t& page = page_of_[code_point >> kPageBits];
  if (page == 0) {
    page = static_cast<std::uint16_t>(pages_.size());
    pages_.emplace_back();
  }
  return pages_[page][code_point & (kPageSize - 1)];
}

void FoldTable::AddFoldings() {
  const auto add = [this](char32_t c) {
    const std::string folded = FoldSequence({&c, 1});
    At(c) = FoldEntry(pool_.size(), folded.size());
    pool_ += folded;
  };
  ForEachOf("[:Changes_When_NFKC_Casefolded:]", add);
  for (char32_t c = 0; c < 0x2300; ++c) {
    if (PlainPunctuation(c) != c) {
      add(c);
    }
  }
  ForEachOf("[[\\U0001D400-\\U0001D7FF\\uFF21-\\uFF3A\\uFF41-\\uFF5A]&[:Alphabetic:]]",
            [this](char32_t c) { At(c).Set(FoldEntry::kStyled); });
}

void FoldTable::AddJoiners() {
  const icu::Normalizer2& normalizer = Normalizer();
  // Ideographs and ready Hangul syllables stand for themselves. So do unassigned code points, save
  // those that are ignorable already.
  ForEachOf(
      "[[:Assigned:][:Default_Ignorable_Code_Point:]-[:Ideographic:]-[\\uAC00-\\uD7A3]"
      "-[:Co:]-[:Cs:]]",
      [&](char32_t c) {
        if (normalizer.hasBoundaryBefore(static_cast<UChar32>(c)) == 0) {
          At(c).Set(FoldEntry::kJoins);
        }
      });
}

void FoldTable::AddLookalikes() {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<USpoofChecker, decltype(&uspoof_close)> checker(uspoof_open(&status),
                                                                        &uspoof_close);
  if (U_FAILURE(status)) {
    return;  // Without its data nothing looks alike; folding itself is whole.
  }
  std::map<std::string, char> latin;
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    latin.emplace(SkeletonOf(checker.get(), static_cast<unsigned char>(letter)), letter);
  }
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    latin.emplace(SkeletonOf(checker.get(), static_cast<unsigned char>(letter - 'a' + 'A')),
                  letter);
  }
  // Scripts whose letters are swapped for Latin ones in practice. Others (Arabic, Han, …) have
  // look-alikes too, but stand next to Latin letters without a space in honest text.
  ForEachOf("[[[:Cyrl:][:Grek:][:Armn:][:Copt:][:Cher:]]&[:L:]]", [&](char32_t c) {
    const char32_t upper = static_cast<char32_t>(u_toupper(static_cast<UChar32>(c)));
    char letter = 0;
    if (c == 0x03B7) {
      letter = 'n';  // Eta: its capital looks like H, but it is the small one that is used.
    } else if (const auto small = latin.find(SkeletonOf(checker.get(), c)); small != latin.end()) {
      letter = small->second;
    } else if (const auto big = latin.find(SkeletonOf(checker.get(), upper)); big != latin.end()) {
      letter = big->second;  // Text is folded to small letters: "К" has become "к".
    }
    if (letter != 0 && !Find(c).Has(FoldEntry::kChanged)) {
      lookalikes_.emplace_back(c, letter);
    }
  });
  for (const auto& [c, letter] : lookalikes_) {
    At(c).Set(FoldEntry::kLookalike);
  }
  // And what folds to one of them, so that a single test of the input is enough.
  ForEachOf("[:Changes_When_NFKC_Casefolded:]", [this](char32_t c) {
    const std::string_view folded = BytesOf(Find(c));
    for (std::size_t i = 0; i < folded.size();) {
      const Utf8Step step = DecodeUtf8(folded, i);
      if (LookalikeOf(step.code_point) != 0) {
        At(c).Set(FoldEntry::kLookalike);
      }
      i += step.size;
    }
  });
}

char FoldTable::LookalikeOf(char32_t letter) const {
  const auto found =
      std::ranges::lower_bound(lookalikes_, letter, {}, &std::pair<char32_t, char>::first);
  return found != lookalikes_.end() && found->first == letter ? found->second : '\0';
}

}  // namespace schoolwatch::core
