#include "matchers/post_scanner.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/text/fold.h"
#include "matchers/tokens.h"

namespace schoolwatch::matchers {
namespace {

// Whether nothing is hidden where the name stands, but only somewhere else in the text: then it
// is taken as it is written, and not for any other that has its skeleton.
bool IsOpen(const TextScan& evaded, const PhraseTable::Hit& hit) {
  const std::size_t start = evaded.tokens[hit.first].start;
  const std::size_t end = evaded.tokens[hit.last - 1].end;
  const auto range = evaded.folded.Original(start, end);
  return core::Fold(evaded.written.substr(range.start, range.end - range.start)).text ==
         std::string_view(evaded.folded.text).substr(start, end - start);
}

// Whether its writer sets capitals: at the start, and in a longer text also where no telephone
// sets them by itself.
bool IsCased(const TextScan& scan) {
  constexpr std::size_t kLongText = 12;  // Tokens.
  if (scan.tokens.empty() || !scan.IsCapital(0)) {
    return false;
  }
  if (scan.tokens.size() < kLongText) {
    return true;
  }
  for (std::size_t token = 1; token < scan.tokens.size(); ++token) {
    const std::string_view word = scan.Word(token);
    if (scan.IsCapital(token) && word != "i" && !word.starts_with("i'") &&
        scan.Between(token - 1, token).find_first_of(".!?\n") == std::string_view::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

PostScanner::PostScanner(const SchoolPhrases& phrases, SensePhrases lexicon)
    : table_(phrases.plain.TakePhrases()),
      uses_(phrases.plain.uses()),
      skeleton_table_(phrases.skeleton.TakePhrases(), Spelling::kSkeleton),
      skeleton_uses_(phrases.skeleton.uses()),
      lexicon_(std::move(lexicon.phrases)),
      lexicon_senses_(std::move(lexicon.senses)) {}

std::vector<TextScan> PostScanner::Scan(const core::Post& post) const {
  std::vector<TextScan> scans;
  for (const auto& [role, written] :
       {std::pair(TextRole::kTitle, std::string_view(post.title)),
        std::pair(TextRole::kText, std::string_view(post.text)),
        std::pair(TextRole::kThreadTitle, std::string_view(post.thread_title)),
        std::pair(TextRole::kAuthor, std::string_view(post.author))}) {
    if (!written.empty()) {
      AddPlainScan(role, written, scans);
      AddEvadedScan(role, written, scans);
    }
  }
  return scans;
}

void PostScanner::AddPlainScan(TextRole role, std::string_view written,
                               std::vector<TextScan>& scans) const {
  TextScan& scan = scans.emplace_back();
  scan.role = role;
  scan.written = written;
  scan.folded = core::Fold(written);
  Tokenise(scan.folded.text, Spelling::kPlain, scan.tokens);
  table_.Find(scan.folded.text, scan.tokens, scan.hits);
}

void PostScanner::AddEvadedScan(TextRole role, std::string_view written,
                                std::vector<TextScan>& scans) const {
  core::FoldedText evasion = core::EvasionView(scans.back().folded);
  if (evasion.text.empty()) {
    return;
  }
  TextScan& evaded = scans.emplace_back();
  evaded.role = role;
  evaded.evaded = true;
  evaded.written = written;
  evaded.folded = std::move(evasion);
  Tokenise(evaded.folded.text, Spelling::kSkeleton, evaded.tokens);
  skeleton_table_.Find(evaded.folded.text, evaded.tokens, evaded.hits);
  std::erase_if(evaded.hits, [&](const PhraseTable::Hit& hit) { return IsOpen(evaded, hit); });
}

bool PostScanner::ReadSenses(std::vector<TextScan>& scans) const {
  bool found = false;
  std::vector<PhraseTable::Hit> hits;
  for (TextScan& scan : scans) {
    scan.senses.assign(scan.tokens.size(), {});
    if (scan.evaded) {
      continue;
    }
    hits.clear();
    lexicon_.Find(scan.folded.text, scan.tokens, hits);
    for (const PhraseTable::Hit& hit : hits) {
      const SenseSet senses = lexicon_senses_[hit.phrase];
      for (std::uint32_t token = hit.first; token < hit.last; ++token) {
        scan.senses[token].Add(senses);
      }
      found = found || senses.Has(Sense::kSchool) || senses.Has(Sense::kFamily);
    }
    scan.cased = IsCased(scan);
  }
  return found;
}

}  // namespace schoolwatch::matchers
