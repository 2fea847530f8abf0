// What is erased of evidence. Of others' only what names or quotes the erased: the post's part of
// the page is foreign markup, so words are looked for as letters and addresses also by their paths.

#include <algorithm>
#include <array>

#include "core/place.h"
#include "storage/address_finder.h"
#include "storage/erasure_needles.h"
#include "storage/sweeper.h"

namespace schoolwatch::storage {
namespace {

constexpr std::string_view kErasedUrl = "urn:erased";  // A URI, as WARC wants one.
constexpr std::size_t kShortestPath = 8;               // A shorter one stands in any page.

// "/users/moira" of "https://forum.example/users/moira"; empty: too short to tell anybody.
std::string_view PathOf(std::string_view url) {
  const std::size_t host = url.find("://");
  const std::size_t path = host == std::string_view::npos ? host : url.find('/', host + 3);
  const std::string_view found =
      path == std::string_view::npos ? std::string_view() : url.substr(path);
  return found.size() < kShortestPath ? std::string_view() : found;
}

bool MaskAddress(std::string& text, std::string_view address) {
  bool masked = false;
  for (std::size_t at = FindAddress(text, address); at != std::string::npos;
       at = FindAddress(text, address, at + address.size())) {
    text.replace(at, address.size(), address.size(), '*');
    masked = true;
  }
  return masked;
}

bool MaskWords(std::string& text, std::string_view words) {
  bool masked = false;
  for (std::size_t at = text.find(words); at != std::string::npos;
       at = text.find(words, at + words.size())) {
    text.replace(at, words.size(), words.size(), '*');
    masked = true;
  }
  return masked;
}

}  // namespace

bool Sweeper::Clean(core::Evidence& evidence) const {
  const std::string answered = evidence.post.parent;
  bool changed = Clean(evidence.post);
  if (subject_.QuotesInMarkup(evidence.fragment)) {
    evidence.fragment.clear();
    changed = true;
  }
  // Before the name goes: what it says by it is told by it.
  changed = subject_.MaskWordsInMarkup(evidence.fragment) || changed;
  std::string* const fragment[] = {&evidence.fragment};
  changed = subject_.MaskQuotes(fragment, Reading::kMarkup, answered) || changed;
  for (const core::Finding& erased : subject_.findings) {
    if (erased.post.text.size() < kShortestText) {
      continue;
    }
    for (const std::string& form : FormsOf(erased.post.text)) {
      changed = MaskWords(evidence.fragment, form) || changed;
    }
  }
  changed = Mask(evidence.fragment) || changed;
  for (const std::string& url : subject_.urls) {
    // Plain text gives an address without its scheme; of a whole site that is everybody's.
    const std::string place = PlaceKey(url);
    const bool told = !core::IsWholeSite(place);
    for (const std::string_view part :
         {std::string_view(url), told ? std::string_view(place) : "", PathOf(url)}) {
      for (const std::string& form : FormsOf(part)) {
        changed = MaskAddress(evidence.fragment, form) || changed;
      }
    }
  }
  if (subject_.Leads(evidence.url)) {
    evidence.url = kErasedUrl;
    changed = true;
  }
  const auto dropped = std::erase_if(evidence.redirects,
                                     [&](const std::string& url) { return subject_.Leads(url); });
  if (changed || dropped > 0) {
    evidence.fragment_note +=
        std::string(evidence.fragment_note.empty() ? "" : "; ") +
        "what names, quotes or leads to somebody was erased from this record at their request, so "
        "the page held more";
  }
  return changed || dropped > 0;
}

core::Result<void> Sweeper::Evidence() {
  return ForEachRecord<core::Evidence>(
      kEvidencePrefix, [&](const std::string& key, core::Evidence evidence) -> core::Result<void> {
        if (subject_.finding_ids.contains(evidence.finding_id)) {
          Remove(key, "evidence records");
          return {};
        }
        if (!Clean(evidence)) {
          return {};
        }
        SW_ASSIGN(const auto finding,
                  reader_.Find<core::Finding>(Key(kFindingPrefix, evidence.finding_id)));
        Change(key, evidence, "evidence records of others");
        // Entered anew, so that an export can still be checked against the log.
        Tell(core::AuditAction::kEvidenceKept, finding ? finding->case_id : "",
             core::EvidenceSubject(evidence.finding_id), core::EvidenceStatement(evidence));
        return {};
      });
}

core::Result<void> Sweeper::Versions() {
  return ForEachRecord<core::PostVersion>(
      kVersionPrefix, [&](const std::string& key, core::PostVersion version) -> core::Result<void> {
        if (subject_.finding_ids.contains(version.finding_id)) {
          Remove(key, "earlier versions");
          return {};
        }
        const bool quotes = subject_.Quotes(version.text);
        if (quotes) {
          version.text = kErasedTitle;
        }
        const std::array texts{&version.title, &version.text};
        const bool cut = subject_.MaskQuotes(texts, Reading::kText);
        const bool told = Mask(version.text);
        if (Mask(version.title) || told || quotes || cut) {
          Change(key, version, "earlier versions of others");
        }
        return {};
      });
}

}  // namespace schoolwatch::storage
