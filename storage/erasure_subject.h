#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/finding.h"
#include "storage/address_finder.h"
#include "storage/name_finder.h"
#include "storage/quote_finder.h"

namespace schoolwatch::storage {

// What an erasure is to leave no trace of.
struct ErasureSubject {
  std::vector<core::Finding> findings;       // That go, whole.
  std::set<std::string, std::less<>> cases;  // That go whatever else is in them.
  std::vector<NameFinder> names;             // Of authors who are erased.
  std::set<std::string, std::less<>> look_hashes;

  // Worked out from the findings by Derive.
  std::set<std::string, std::less<>> finding_ids;
  std::set<std::string, std::less<>> post_keys;
  // Addresses that nothing else stands at; as given, and as PlaceKey has them. Who makes a subject
  // puts into `urls` those that were asked for by themselves.
  std::set<std::string, std::less<>> urls;
  std::set<std::string, std::less<>> places;
  std::set<std::string, std::less<>> kept_places;  // core::OwnLink of posts that stay.
  // Texts of at least kLongText letters, folded: what quotes one of them goes.
  std::vector<std::string> texts;
  static constexpr std::size_t kLongText = 40;

  // `shared` are the places (PlaceKey) of posts that stay.
  void Derive(const std::set<std::string, std::less<>>& shared);
  bool Leads(std::string_view url) const;    // To what is erased.
  bool Quotes(std::string_view text) const;  // An erased text, or its beginning.
  // The same of HTML, XML or JSON, whatever tags and escapes stand between its letters.
  bool QuotesInMarkup(std::string_view markup) const;
  // Puts stars in place of their names, where these are told from everyday words. False: none
  // stands there.
  bool MaskName(std::string& text) const;
  // The same of the addresses, however they are written.
  bool MaskAddresses(std::string& text) const { return finder_.Mask(text); }
  // The same of the erased posts' own words in HTML, XML or JSON, where they are all that stands
  // between two tags or quotes. A few letters could be anybody's, but not where the name stands
  // too.
  bool MaskWordsInMarkup(std::string& markup) const;
  // Where an author is erased, the same of the whole text of a post wherever it stands in one of
  // these, which belong together, if any of them gives the name too ("Jo Fry wrote: …"), or
  // `answered` is the id of one of the author's posts. Without either, words are anybody's.
  bool MaskQuotes(std::span<std::string* const> parts, Reading reading,
                  std::string_view answered = "") const;

 private:
  // What an author wrote that is erased.
  struct OwnWords {
    explicit OwnWords(NameFinder name) : author(std::move(name)) {}
    NameFinder author;
    std::set<std::string, std::less<>> posts;  // Their ids.
    std::set<std::string, std::less<>> words;  // As LettersOf has them.
  };

  std::map<std::string, OwnWords, std::less<>> by_author_;
  PlaceFinder finder_;
};

}  // namespace schoolwatch::storage
