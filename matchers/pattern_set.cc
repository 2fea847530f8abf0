#include "matchers/pattern_set.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/parallel.h"
#include "matchers/pattern_regex.h"
#include "matchers/pattern_triggers.h"

namespace schoolwatch::matchers {
namespace {

constexpr std::int64_t kSetMemory = 64 << 20;  // At the default 8 MiB a set throws its states away
                                               // again and again (measured 20 MB/s).

std::string TooLarge(std::size_t size) {
  return "the pattern needs " + (size == 0 ? std::string("too many") : std::to_string(size)) +
         " instructions, at most " + std::to_string(PatternSet::kMaxProgram) +
         " are allowed: make its counts {…} smaller";
}

class FilteredPatternSet final : public PatternSet {
 public:
  explicit FilteredPatternSet(std::span<const std::string> patterns)
      : regexes_(patterns.size()), shapes_(patterns.size()) {
    for (std::size_t index = 0; index < patterns.size(); ++index) {
      regexes_[index].Set(LowerPattern(patterns[index]));
    }
  }

  // False where something is wrong; `failures` then says what.
  bool Build(std::vector<Failure>& failures) {
    const std::size_t before = failures.size();
    std::vector<std::string> wrong(regexes_.size());
    core::ForEachIndex(regexes_.size(), [&](std::size_t index) { wrong[index] = Examine(index); });
    for (std::size_t index = 0; index < wrong.size(); ++index) {
      if (!wrong[index].empty()) {
        failures.push_back({index, std::move(wrong[index])});
      }
    }
    if (failures.size() == before) {
      triggers_.emplace(shapes_);
      MakeSet(failures);
    }
    return failures.size() == before;
  }

  std::vector<Match> FindAll(std::string_view text) const override {
    std::vector<Match> matches;
    if (regexes_.empty()) {
      return matches;
    }
    thread_local PatternTriggers::Found found;  // For its room.
    triggers_->Find(text, found);
    std::vector<Touch>& touches = found.touches;
    for (const std::size_t pattern : FindUnfiltered(text)) {
      touches.push_back({.pattern = static_cast<std::uint32_t>(pattern), .word = kWholeText});
    }
    std::ranges::sort(touches);
    matches.reserve(touches.size());
    for (std::size_t begin = 0; begin < touches.size();) {
      std::size_t end = begin + 1;
      while (end < touches.size() && touches[end].pattern == touches[begin].pattern) {
        ++end;
      }
      const std::span<Touch> group = std::span(touches).subspan(begin, end - begin);
      switch (triggers_->WayOf(group.front().pattern)) {
        case PatternTriggers::Way::kAround:
          AppendAround(group, found.literals.stretches, text, matches);
          break;
        case PatternTriggers::Way::kFromStart:
          AppendFromStarts(group, found.literals.stretches, text, matches);
          break;
        case PatternTriggers::Way::kJust:
          AppendJust(group, matches);
          break;
        case PatternTriggers::Way::kGap:
          AppendGaps(group, found, text, matches);
          break;
      }
      begin = end;
    }
    return matches;
  }

  std::vector<Match> FindAllOneByOne(std::string_view text) const override {
    std::vector<Match> matches;
    for (std::size_t pattern = 0; pattern < regexes_.size(); ++pattern) {
      std::size_t room = kMaxMatches;
      AppendMatches(pattern, text, 0, text.size(), room, matches);
    }
    return matches;
  }

  bool Matches(std::size_t pattern, std::string_view text) const override {
    return RE2::PartialMatch({text.data(), text.size()}, regexes_[pattern].Get());
  }
  bool MatchesJust(std::size_t pattern, std::string_view text, std::size_t start,
                   std::size_t end) const override {
    return regexes_[pattern].Get().Match({text.data(), text.size()}, start, end, RE2::ANCHOR_BOTH,
                                         nullptr, 0);
  }

  const PatternShape& ShapeOf(std::size_t pattern) const override { return shapes_[pattern]; }
  int ProgramSize(std::size_t pattern) const override {
    return regexes_[pattern].Get().ProgramSize();
  }

 private:
  static constexpr std::uint32_t kWholeText = 0xFFFFFFFF;
  using Touch = PatternTriggers::Touch;

  // Finds the pattern's shape; gives what is wrong with it.
  std::string Examine(std::size_t index) {
    const std::string& pattern = regexes_[index].pattern();
    shapes_[index] = matchers::ShapeOf(pattern);
    if (!shapes_[index].is_well_formed) {
      if (const std::string error = SyntaxError(pattern); !error.empty()) {
        return "'" + pattern + "' is not a valid RE2 pattern: " + error;
      }
    }
    if (shapes_[index].size <= kMaxProgram / 2) {
      return {};
    }
    // The estimate is a rough one (never below what RE2 needs for the shipped patterns, and up to
    // twice as much): near the limit only the automaton itself tells.
    const RE2* const regex = regexes_[index].TryGet();
    if (regex == nullptr) {
      return TooLarge(0);
    }
    const int size = regex->ProgramSize();
    return size > kMaxProgram ? TooLarge(static_cast<std::size_t>(size)) : "";
  }

  void MakeSet(std::vector<Failure>& failures) {
    for (std::size_t pattern = 0; pattern < regexes_.size(); ++pattern) {
      if (shapes_[pattern].branches.empty()) {
        unfiltered_.push_back(pattern);
      }
    }
    if (unfiltered_.empty()) {
      return;
    }
    RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(false);
    options.set_max_mem(kSetMemory);
    set_ = std::make_unique<RE2::Set>(options, RE2::UNANCHORED);
    for (const std::size_t pattern : unfiltered_) {
      std::string error;
      if (set_->Add(regexes_[pattern].pattern(), &error) < 0) {
        failures.push_back({pattern, error});
      }
    }
    if (!set_->Compile()) {
      // A program that ignores this gets "no match" for everything.
      failures.push_back({unfiltered_.front(),
                          "the patterns without any letters that must occur are too large "
                          "together (" +
                              std::to_string(unfiltered_.size()) +
                              " of them): give them such letters"});
    }
  }

  // The patterns without a literal that match `text`.
  std::vector<std::size_t> FindUnfiltered(std::string_view text) const {
    if (set_ == nullptr) {
      return {};
    }
    std::vector<int> matched;
    RE2::Set::ErrorInfo error{};
    if (!set_->Match({text.data(), text.size()}, &matched, &error)) {
      // Where the automaton ran out of memory, one by one is slower and says the same.
      return error.kind == RE2::Set::kNoError ? std::vector<std::size_t>() : unfiltered_;
    }
    std::vector<std::size_t> patterns;
    for (const int index : matched) {
      patterns.push_back(unfiltered_[static_cast<std::size_t>(index)]);
    }
    return patterns;
  }

  // Runs one pattern on the words around those that touch it: a match holds one of them, and can
  // touch no more words than its shape says, so it lies wholly inside.
  void AppendAround(std::span<const Touch> touches, std::span<const LiteralScanner::Stretch> words,
                    std::string_view text, std::vector<Match>& matches) const {
    const std::size_t pattern = touches.front().pattern;
    const std::size_t reach = triggers_->ReachOf(pattern);
    std::size_t room = kMaxMatches;
    if (touches.front().word == kWholeText || reach >= words.size()) {
      AppendMatches(pattern, text, 0, text.size(), room, matches);
      return;
    }
    std::size_t begin = text.size() + 1;  // Of a stretch that is still growing.
    std::size_t end = 0;
    for (const Touch& touch : touches) {
      const std::size_t from = touch.word > reach ? words[touch.word - reach - 1].end : 0;
      const std::size_t to =
          touch.word + reach + 1 < words.size() ? words[touch.word + reach + 1].start : text.size();
      if (begin <= text.size() && from <= end) {
        end = to;
        continue;
      }
      if (begin <= text.size()) {
        AppendMatches(pattern, text, begin, end, room, matches);
      }
      begin = from;
      end = to;
    }
    AppendMatches(pattern, text, begin, end, room, matches);
  }

  // The same where each match begins with what touches it.
  void AppendFromStarts(std::span<Touch> touches, std::span<const LiteralScanner::Stretch> words,
                        std::string_view text, std::vector<Match>& matches) const {
    std::ranges::sort(touches, {}, &Touch::start);
    const std::size_t pattern = touches.front().pattern;
    const std::size_t reach = triggers_->ReachOf(pattern);
    const RE2& regex = regexes_[pattern].Get();
    const re2::StringPiece whole(text.data(), text.size());
    AppendEach(touches, matches, [&](const Touch& touch) -> std::optional<std::size_t> {
      const std::size_t end = reach < words.size() && touch.word + reach + 1 < words.size()
                                  ? words[touch.word + reach + 1].start
                                  : text.size();
      re2::StringPiece match;
      if (!regex.Match(whole, touch.start, end, RE2::ANCHOR_START, &match, 1)) {
        return std::nullopt;
      }
      return touch.start + match.size();
    });
  }

  // The same where what touches it is what matches.
  static void AppendJust(std::span<Touch> touches, std::vector<Match>& matches) {
    std::ranges::sort(touches, {}, &Touch::start);
    AppendEach(touches, matches, [](const Touch& touch) -> std::optional<std::size_t> {
      return touch.start + touch.size;
    });
  }

  // The same for a literal, some words and another literal.
  void AppendGaps(std::span<const Touch> touches, const PatternTriggers::Found& found,
                  std::string_view text, std::vector<Match>& matches) const {
    thread_local std::vector<Touch> firsts;
    triggers_->FindFirsts(touches, found, firsts);
    AppendEach(firsts, matches,
               [&](const Touch& first) { return triggers_->MatchGap(first, found, text); });
  }

  // Where `end_of` gives an end of what begins with a touch, as far as they do not overlap.
  // `touches` are by where they start.
  template <class EndOf>
  static void AppendEach(std::span<const Touch> touches, std::vector<Match>& matches,
                         const EndOf& end_of) {
    std::size_t room = kMaxMatches;
    std::size_t from = 0;  // Where the next match may begin.
    for (const Touch& touch : touches) {
      if (touch.start < from) {
        continue;
      }
      from = touch.start + 1;
      if (const std::optional<std::size_t> end = end_of(touch)) {
        from = *end;
        matches.push_back({touch.pattern, touch.start, from});
        if (--room == 0) {
          return;
        }
      }
    }
  }

  // The matches in [begin, end), at most `room`, of which it takes.
  void AppendMatches(std::size_t pattern, std::string_view text, std::size_t begin, std::size_t end,
                     std::size_t& room, std::vector<Match>& matches) const {
    const RE2& regex = regexes_[pattern].Get();
    const re2::StringPiece whole(text.data(), text.size());
    for (std::size_t from = begin; room > 0 && from < end; --room) {
      re2::StringPiece match;
      if (!regex.Match(whole, from, end, RE2::UNANCHORED, &match, 1)) {
        return;
      }
      const auto start = static_cast<std::size_t>(match.data() - text.data());
      if (match.empty()) {
        // Counted, or a pattern of empty matches would walk the whole text byte by byte.
        from = start + 1;
        while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80) {
          ++from;
        }
        continue;
      }
      from = start + match.size();
      matches.push_back({pattern, start, from});
    }
  }

  std::vector<LazyRegex> regexes_;
  std::vector<PatternShape> shapes_;
  std::optional<PatternTriggers> triggers_;
  std::vector<std::size_t> unfiltered_;  // Patterns without a literal, as in the set.
  std::unique_ptr<RE2::Set> set_;
};

}  // namespace

std::string LowerPattern(std::string_view pattern) {
  std::string lower;
  lower.reserve(pattern.size());
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const char byte = pattern[at];
    if (byte == '\\' && at + 1 < pattern.size()) {
      lower += byte;
      lower += pattern[++at];
      if ((pattern[at] == 'p' || pattern[at] == 'P') && at + 1 < pattern.size()) {
        const bool braces = pattern[at + 1] == '{';
        do {
          lower += pattern[++at];
        } while (braces && pattern[at] != '}' && at + 1 < pattern.size());
      }
      continue;
    }
    if (byte == '(' && at + 1 < pattern.size() && pattern[at + 1] == '?') {
      // Flags or a group's name: up to ':', '>' or ')'.
      while (at < pattern.size() && pattern[at] != ':' && pattern[at] != '>' &&
             pattern[at] != ')') {
        lower += pattern[at++];
      }
      if (at < pattern.size()) {
        lower += pattern[at];
      }
      continue;
    }
    lower += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
  }
  return lower;
}

core::Result<std::unique_ptr<const PatternSet>> PatternSet::Compile(
    std::span<const std::string> patterns, std::vector<Failure>& failures) {
  const std::size_t before = failures.size();
  auto set = std::make_unique<FilteredPatternSet>(patterns);
  if (!set->Build(failures)) {
    return core::Fail(core::ErrorKind::kBadInput,
                      std::to_string(failures.size() - before) + " patterns do not compile");
  }
  return set;
}

}  // namespace schoolwatch::matchers
