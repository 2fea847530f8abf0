#pragma once

#include <bitset>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "crawler/readers/html_tree.h"

namespace schoolwatch::crawler {

// The identifiers, classes and attribute names that stand in a tree, in one small filter: tells in
// no time that a selector matches nothing there. May say yes wrongly, never no.
class TreeWords {
 public:
  explicit TreeWords(const HtmlTree& tree);
  bool MayHold(std::string_view kind, std::string_view word) const;

 private:
  static std::size_t PlaceOf(std::string_view kind, std::string_view word);
  static constexpr std::size_t kBits = 1u << 15;
  std::bitset<kBits> bits_;
};

// A small part of CSS selectors over an HtmlTree: tag, #id, .class, [attr], [attr=x], [attr^=x],
// [attr*=x], [attr$=x], :not(…) of one such step, descendant (space), child (>), alternatives (,),
// and "@attr" behind all of it: the attribute's value is meant, not the element's words. Compiled
// once; immutable.
class Selector {
 public:
  // kBadInput: not of this form, with the place where it stops being so.
  static core::Result<Selector> Compile(std::string_view written);

  // All elements of [first, end) that match, looking at nothing outside, in document order. One
  // pass: cost is nodes times steps, whatever the nesting.
  std::vector<NodeId> All(const HtmlTree& tree, NodeId first, NodeId end) const;
  // The first of them; kNoNode for none.
  NodeId First(const HtmlTree& tree, NodeId first, NodeId end) const;
  // False: nothing in the tree matches.
  bool MayMatch(const TreeWords& words) const;
  // Behind "@"; empty where words are meant.
  const std::string& attribute() const { return attribute_; }

 private:
  struct Test {
    enum class Kind { kHas, kIs, kStarts, kHolds, kEnds, kClass } kind = Kind::kHas;
    std::string name;
    std::string value;
  };
  struct Compound {
    std::string tag;  // Empty: any.
    std::vector<Test> tests;
    std::vector<Compound> none_of;
    bool is_child = false;  // Of what the step before matched; else anywhere below.
  };
  using Path = std::vector<Compound>;

  class Parser;
  static bool Matches(const Test& test, const HtmlTree& tree, NodeId id);
  static bool Matches(const Compound& compound, const HtmlTree& tree, NodeId id);
  bool MatchesLastStep(const HtmlTree& tree, NodeId id) const;
  template <class Visit>
  void Walk(const HtmlTree& tree, NodeId first, NodeId end, Visit visit) const;

  std::vector<Path> alternatives_;
  std::string attribute_;
};

}  // namespace schoolwatch::crawler
