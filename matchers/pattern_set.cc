#include "matchers/pattern_set.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <cctype>
#include <utility>

#include "matchers/literal_scanner.h"

namespace schoolwatch::matchers {
namespace {

constexpr int kMinLiteral = 3;  // Measured: 3 is the knee, at 4 five times as many rules
                                // have no literal.
constexpr std::int64_t kSetMemory = 64 << 20;  // At the default 8 MiB a set throws its states away
                                               // again and again (measured 20 MB/s).

RE2::Options PatternOptions() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(false);
  return options;
}

class FilteredPatternSet final : public PatternSet {
 public:
  FilteredPatternSet(std::unique_ptr<re2::FilteredRE2> filtered, std::span<const std::string> atoms,
                     std::vector<int> unfiltered, std::unique_ptr<RE2::Set> set)
      : filtered_(std::move(filtered)),
        scanner_(atoms),
        unfiltered_(std::move(unfiltered)),
        set_(std::move(set)),
        has_literal_(static_cast<std::size_t>(filtered_->NumRegexps()), true) {
    for (const int pattern : unfiltered_) {
      has_literal_[static_cast<std::size_t>(pattern)] = false;
    }
  }

  std::vector<Match> FindAll(std::string_view text) const override {
    std::vector<Match> matches;
    if (filtered_->NumRegexps() == 0) {
      return matches;
    }
    std::vector<int> atoms;
    scanner_.Find(text, atoms);
    std::vector<int> touched;
    if (!atoms.empty()) {
      filtered_->AllPotentials(atoms, &touched);
    }
    // AllPotentials also names the patterns without a literal: the set decides about those.
    std::vector<bool> run(has_literal_.size(), false);
    for (const int pattern : touched) {
      run[static_cast<std::size_t>(pattern)] = has_literal_[static_cast<std::size_t>(pattern)];
    }
    MarkSetMatches(text, run);
    for (std::size_t pattern = 0; pattern < run.size(); ++pattern) {
      if (run[pattern]) {
        AppendMatches(pattern, text, matches);
      }
    }
    return matches;
  }

  std::vector<Match> FindAllOneByOne(std::string_view text) const override {
    std::vector<Match> matches;
    for (std::size_t pattern = 0; pattern < has_literal_.size(); ++pattern) {
      AppendMatches(pattern, text, matches);
    }
    return matches;
  }

  bool Matches(std::size_t pattern, std::string_view text) const override {
    return RE2::PartialMatch({text.data(), text.size()}, Regex(pattern));
  }

  Cost CostOf(std::size_t pattern) const override {
    return {.program_size = Regex(pattern).ProgramSize(), .has_literal = has_literal_[pattern]};
  }

 private:
  const RE2& Regex(std::size_t pattern) const {
    return filtered_->GetRE2(static_cast<int>(pattern));
  }

  void MarkSetMatches(std::string_view text, std::vector<bool>& run) const {
    if (set_ == nullptr) {
      return;
    }
    std::vector<int> matched;
    RE2::Set::ErrorInfo error{};
    if (set_->Match({text.data(), text.size()}, &matched, &error)) {
      for (const int index : matched) {
        run[static_cast<std::size_t>(unfiltered_[static_cast<std::size_t>(index)])] = true;
      }
    } else if (error.kind != RE2::Set::kNoError) {
      // The automaton ran out of memory: one by one is slower and says the same.
      for (const int pattern : unfiltered_) {
        run[static_cast<std::size_t>(pattern)] = true;
      }
    }
  }

  void AppendMatches(std::size_t pattern, std::string_view text,
                     std::vector<Match>& matches) const {
    const RE2& regex = Regex(pattern);
    const re2::StringPiece whole(text.data(), text.size());
    std::size_t from = 0;
    for (std::size_t found = 0; found < kMaxMatches && from < text.size();) {
      re2::StringPiece match;
      if (!regex.Match(whole, from, text.size(), RE2::UNANCHORED, &match, 1)) {
        return;
      }
      const auto start = static_cast<std::size_t>(match.data() - text.data());
      if (match.empty()) {
        from = start + 1;
        while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80) {
          ++from;
        }
        ++found;  // Counted, or a pattern of empty matches would walk the whole text byte by byte.
        continue;
      }
      from = start + match.size();
      matches.push_back({pattern, start, from});
      ++found;
    }
  }

  std::unique_ptr<re2::FilteredRE2> filtered_;
  LiteralScanner scanner_;
  std::vector<int> unfiltered_;  // Patterns without a literal, in the set's order.
  std::unique_ptr<RE2::Set> set_;
  std::vector<bool> has_literal_;
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
  const RE2::Options options = PatternOptions();
  auto filtered = std::make_unique<re2::FilteredRE2>(kMinLiteral);
  const std::size_t failures_before = failures.size();
  std::vector<std::string> lowered;
  lowered.reserve(patterns.size());
  for (std::size_t index = 0; index < patterns.size(); ++index) {
    lowered.push_back(LowerPattern(patterns[index]));
    // FilteredRE2 drops the reason, so a bad pattern is compiled by itself to hear it.
    int id = 0;
    if (filtered->Add(lowered.back(), options, &id) != RE2::NoError) {
      const RE2 alone(lowered.back(), options);
      failures.push_back(
          {index, "'" + patterns[index] + "' is not a valid RE2 pattern: " + alone.error()});
      continue;
    }
    if (const int size = filtered->GetRE2(id).ProgramSize(); size > kMaxProgram) {
      failures.push_back({index, "the pattern needs " + std::to_string(size) +
                                     " instructions, at most " + std::to_string(kMaxProgram) +
                                     " are allowed: make its counts {…} smaller"});
    }
  }
  if (failures.size() != failures_before) {
    return core::Fail(
        core::ErrorKind::kBadInput,
        std::to_string(failures.size() - failures_before) + " patterns do not compile");
  }

  std::vector<std::string> atoms;
  std::vector<int> unfiltered;
  std::unique_ptr<RE2::Set> set;
  if (filtered->NumRegexps() > 0) {
    filtered->Compile(&atoms);
    filtered->AllPotentials({}, &unfiltered);
  }
  if (!unfiltered.empty()) {
    RE2::Options set_options = options;
    set_options.set_max_mem(kSetMemory);
    set = std::make_unique<RE2::Set>(set_options, RE2::UNANCHORED);
    for (const int pattern : unfiltered) {
      std::string error;
      if (set->Add(lowered[static_cast<std::size_t>(pattern)], &error) < 0) {
        failures.push_back({static_cast<std::size_t>(pattern), error});
      }
    }
    if (!set->Compile()) {
      // A program that ignores this gets "no match" for everything.
      failures.push_back({static_cast<std::size_t>(unfiltered.front()),
                          "the patterns without any three letters that must occur are too large "
                          "together (" +
                              std::to_string(unfiltered.size()) +
                              " of them): give them such letters"});
    }
    if (failures.size() != failures_before) {
      return core::Fail(core::ErrorKind::kBadInput, failures.back().message);
    }
  }
  return std::make_unique<const FilteredPatternSet>(std::move(filtered), atoms,
                                                    std::move(unfiltered), std::move(set));
}

}  // namespace schoolwatch::matchers
