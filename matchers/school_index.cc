#include "matchers/school_index.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "matchers/evidence.h"
#include "matchers/mention_filter.h"
#include "matchers/phrase_table.h"
#include "matchers/school_phrases.h"

namespace schoolwatch::matchers {
namespace {

// What a post inherits from its thread: log-odds +1.0, less where the thread named several schools.
constexpr double kInheritedScore = 0.73;
constexpr double kSharedInheritedScore = 0.6;

constexpr double kThreshold = 0.5;
constexpr double kPossible = 0.12;  // Less likely candidates are not worth a line.
constexpr std::size_t kMaxPossible = 5;
constexpr std::size_t kMaxRivals = 64;  // Schools that share one name and are weighed one by one.
// Uses of one kind that are kept of one text for one school: all are compared with all, and
// somebody who writes a name 50,000 times says no more than with 64.
constexpr std::size_t kMaxUses = 64;
constexpr std::size_t kMaxSharedPlace = 24;  // A place of more schools than this points at none.
constexpr double kSure = 1.5;

double Logistic(double sum) { return 1.0 / (1.0 + std::exp(-sum)); }

class HashedSchoolIndex final : public SchoolIndex {
 public:
  HashedSchoolIndex(SchoolPhrases phrases, SensePhrases lexicon)
      : profiles_(std::move(phrases.profiles)),
        table_(phrases.plain.TakePhrases()),
        uses_(phrases.plain.uses()),
        skeleton_table_(phrases.skeleton.TakePhrases(), Spelling::kSkeleton),
        skeleton_uses_(phrases.skeleton.uses()),
        filter_(MakeFilter(phrases.plain)),
        lexicon_(std::move(lexicon.phrases)),
        lexicon_senses_(std::move(lexicon.senses)) {
    for (std::size_t index = 0; index < profiles_.size(); ++index) {
      schools_.push_back(profiles_[index].school);
      by_key_.emplace(profiles_[index].school.key, index);
    }
  }

  const std::vector<core::School>& schools() const override { return schools_; }

  const core::School* FindSchool(std::string_view key) const override {
    const auto found = by_key_.find(std::string(key));
    return found == by_key_.end() ? nullptr : &schools_[found->second];
  }

  std::vector<Variant> VariantsOf(std::string_view key) const override {
    std::vector<Variant> variants;
    const auto found = by_key_.find(std::string(key));
    if (found == by_key_.end()) {
      return variants;
    }
    for (const NameVariant& variant : profiles_[found->second].variants) {
      variants.push_back({std::string(key), variant.text, std::string(NameKindName(variant.kind)),
                          variant.strength});
    }
    std::ranges::stable_sort(variants, std::greater<>{}, &Variant::strength);
    return variants;
  }

  // Where the filter sees the start of a phrase, the same scan and the same question as Find's: it
  // cannot say no where Find finds something, since whatever Find weighs must pass HasAnchor with
  // what stands in the text.
  bool MayMention(std::string_view text) const override {
    if (!filter_.MayHold(text)) {
      return false;
    }
    std::vector<TextScan> scans;
    AddPlainScan(TextRole::kText, text, scans);
    bool people = false;
    bool places = false;
    for (std::size_t i = 0; i < scans.size(); ++i) {
      const TextScan& scan = scans[i];
      const auto& uses = scan.evaded ? skeleton_uses_ : uses_;
      for (const PhraseTable::Hit& hit : scan.hits) {
        for (const Use& use : uses[hit.phrase]) {
          if (use.kind == UseKind::kName) {
            return true;
          }
          people = people || use.kind == UseKind::kPerson || use.kind == UseKind::kSurname;
          places = places || use.kind == UseKind::kTown || use.kind == UseKind::kExactPlace;
        }
      }
      if (!scan.evaded) {
        AddEvadedScan(TextRole::kText, text, scans);  // Wanted where no name stands in the open.
      }
    }
    if (!people && !places) {
      return false;
    }
    return (people && places) || HasSchoolWord(scans);
  }

  std::vector<Weighing> WeighAll(const core::Post& post) const override {
    std::vector<TextScan> scans = ScansOf(post);
    std::vector<Weighing> all;
    for (const Scored& one : Score(post, scans)) {
      Weighing weighing{.school = profiles_[one.school].school.key,
                        .probability = Logistic(one.weighed.score),
                        .log_odds = one.weighed.score,
                        .lines = {},
                        .names = {}};
      for (const EvidenceLine& line : one.weighed.lines) {
        weighing.lines.push_back({std::string(line.label), line.value});
      }
      for (const Span& span : one.weighed.named) {
        const TextScan& scan = scans[span.scan];
        const core::FoldedText::Range range =
            scan.folded.Original(scan.tokens[span.first].start, scan.tokens[span.last - 1].end);
        weighing.names.emplace_back(scan.written.substr(range.start, range.end - range.start));
      }
      all.push_back(std::move(weighing));
    }
    return all;
  }

  Mentions Find(const core::Post& post) const override {
    std::vector<TextScan> scans = ScansOf(post);
    const auto page = by_key_.find(post.page_of);
    Mentions mentions;
    Decide(post, scans, mentions);
    if (page != by_key_.end()) {
      std::erase_if(mentions.schools, [&post](const core::SchoolScore& score) {
        return score.school == post.page_of;
      });
      std::erase_if(mentions.also_possible, [&post](const core::SchoolScore& score) {
        return score.school == post.page_of;
      });
      mentions.schools.insert(mentions.schools.begin(),
                              {post.page_of, 0.99, "stands on the school's own page"});
    }
    // A reply that names no school is about the one that its thread named: "the head is a thief".
    if (mentions.schools.empty()) {
      const double score =
          post.thread_schools.size() == 1 ? kInheritedScore : kSharedInheritedScore;
      for (const std::string& key : post.thread_schools) {
        if (by_key_.contains(key)) {
          mentions.schools.push_back({key, score, "thread, where an earlier post names it"});
        }
      }
    }
    return mentions;
  }

 private:
  // What is only known to be somebody else asks for no second look. Hidden names are among the
  // plain ones: the filter spells all as skeletons.
  static MentionFilter MakeFilter(const PhraseBook& plain) {
    std::vector<Phrase> phrases = plain.TakePhrases();
    std::vector<Phrase> wanted;
    for (std::size_t number = 0; number < phrases.size(); ++number) {
      if (std::ranges::any_of(plain.uses()[number],
                              [](const Use& use) { return use.kind != UseKind::kNotUs; })) {
        wanted.push_back(std::move(phrases[number]));
      }
    }
    return MentionFilter(wanted);
  }

  std::vector<TextScan> ScansOf(const core::Post& post) const {
    std::vector<TextScan> scans;
    AddScans(TextRole::kTitle, post.title, scans);
    AddScans(TextRole::kText, post.text, scans);
    AddScans(TextRole::kThreadTitle, post.thread_title, scans);
    AddScans(TextRole::kAuthor, post.author, scans);
    return scans;
  }

  void AddScans(TextRole role, std::string_view written, std::vector<TextScan>& scans) const {
    if (!written.empty()) {
      AddPlainScan(role, written, scans);
      AddEvadedScan(role, written, scans);
    }
  }

  void AddPlainScan(TextRole role, std::string_view written, std::vector<TextScan>& scans) const {
    TextScan& scan = scans.emplace_back();
    scan.role = role;
    scan.written = written;
    scan.folded = core::Fold(written);
    Tokenise(scan.folded.text, Spelling::kPlain, scan.tokens);
    table_.Find(scan.folded.text, scan.tokens, scan.hits);
  }

  // Behind the plain scan of the same text, which comes last; none where nothing is hidden.
  void AddEvadedScan(TextRole role, std::string_view written, std::vector<TextScan>& scans) const {
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

  // Whether nothing is hidden where the name stands, but only somewhere else in the text: then it
  // is taken as it is written, and not for any other that has its skeleton.
  static bool IsOpen(const TextScan& evaded, const PhraseTable::Hit& hit) {
    const std::size_t start = evaded.tokens[hit.first].start;
    const std::size_t end = evaded.tokens[hit.last - 1].end;
    const auto range = evaded.folded.Original(start, end);
    return core::Fold(evaded.written.substr(range.start, range.end - range.start)).text ==
           std::string_view(evaded.folded.text).substr(start, end - start);
  }

  // Fills in what the words mean; true where one speaks of a school or of children.
  bool HasSchoolWord(std::vector<TextScan>& scans) const {
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

  // Whether its writer sets capitals: at the start, and in a longer text also where no telephone
  // sets them by itself.
  static bool IsCased(const TextScan& scan) {
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

  // Two words of a name do not stand in two sentences, "St. Mary's" apart.
  static bool IsBroken(const TextScan& scan, const PhraseTable::Hit& hit) {
    for (std::uint32_t token = hit.first; token + 1 < hit.last; ++token) {
      const std::string_view between = scan.Between(token, token + 1);
      if (between.size() > 6 || between.find_first_of("!?\n") != std::string_view::npos ||
          (between.find(". ") != std::string_view::npos &&
           scan.tokens[token].end - scan.tokens[token].start > 2)) {
        return true;
      }
    }
    return false;
  }

  // Where names stand openly: what the evasion view shows there, too, nobody hid. Sorted.
  std::vector<std::size_t> OpenNames(const std::vector<TextScan>& scans, TextRole role) const {
    std::vector<std::size_t> starts;
    for (const TextScan& scan : scans) {
      if (scan.evaded || scan.role != role) {
        continue;
      }
      for (const PhraseTable::Hit& hit : scan.hits) {
        if (IsName(uses_[hit.phrase])) {
          starts.push_back(StartOf(scan, hit));
        }
      }
    }
    std::ranges::sort(starts);
    return starts;
  }
  static std::size_t StartOf(const TextScan& scan, const PhraseTable::Hit& hit) {
    return scan.folded.Original(scan.tokens[hit.first].start, scan.tokens[hit.last - 1].end).start;
  }
  static bool IsName(const std::vector<Use>& uses) {
    return std::ranges::any_of(uses, [](const Use& use) { return use.kind == UseKind::kName; });
  }

  static bool HasComma(const TextScan& scan, const PhraseTable::Hit& hit) {
    for (std::uint32_t token = hit.first; token + 1 < hit.last; ++token) {
      if (scan.Between(token, token + 1).find_first_of(",;:") != std::string_view::npos) {
        return true;
      }
    }
    return false;
  }

  using Candidates = std::map<std::uint32_t, Candidate>;

  void Collect(const std::vector<TextScan>& scans, Candidates& candidates) const {
    // Names first: places and people of schools that nobody names are looked at only where few
    // schools share them.
    for (const UseKind wanted : {UseKind::kName, UseKind::kTown}) {
      for (std::size_t number = 0; number < scans.size(); ++number) {
        const TextScan& scan = scans[number];
        const auto& uses = scan.evaded ? skeleton_uses_ : uses_;
        const std::vector<std::size_t> open =
            scan.evaded ? OpenNames(scans, scan.role) : std::vector<std::size_t>();
        for (const PhraseTable::Hit& hit : scan.hits) {
          if (IsBroken(scan, hit) ||
              (scan.evaded && std::ranges::binary_search(open, StartOf(scan, hit)))) {
            continue;
          }
          const bool has_comma = HasComma(scan, hit);
          for (const Use& use : uses[hit.phrase]) {
            if ((use.kind == UseKind::kName) != (wanted == UseKind::kName)) {
              continue;
            }
            // "St Mary's, Quillbrook" is a name, "finch, coppice" are two things.
            if (has_comma && use.kind == UseKind::kName &&
                profiles_[use.school].variants[use.variant].kind != NameKind::kWithPlace) {
              continue;
            }
            const bool may_open =
                use.kind == UseKind::kName ||
                (use.kind != UseKind::kTrust && uses[hit.phrase].size() <= kMaxSharedPlace);
            auto candidate = candidates.find(use.school);
            if (candidate == candidates.end()) {
              if (!may_open || candidates.size() > kMaxRivals * 4) {
                continue;
              }
              candidate = candidates.emplace(use.school, Candidate{}).first;
            }
            AddUse(use, {number, hit.first, hit.last}, candidate->second);
          }
        }
      }
    }
  }

  void AddUse(const Use& use, const Span& span, Candidate& candidate) const {
    // Uses come text by text.
    const auto has_room = [&span](const auto& uses, auto span_of) {
      return uses.size() < kMaxUses || span_of(uses[uses.size() - kMaxUses]).scan != span.scan;
    };
    const auto of_use = [](const auto& one) -> const Span& { return one.span; };
    switch (use.kind) {
      case UseKind::kName:
        if (has_room(candidate.names, of_use)) {
          candidate.names.push_back({span, &profiles_[use.school].variants[use.variant], false});
        }
        break;
      case UseKind::kTown:
      case UseKind::kExactPlace:
        if (has_room(candidate.places, of_use)) {
          candidate.places.push_back({span, use.kind == UseKind::kExactPlace});
        }
        break;
      case UseKind::kPerson:
      case UseKind::kSurname:
        if (has_room(candidate.people, of_use)) {
          candidate.people.push_back({span, use.kind == UseKind::kPerson});
        }
        break;
      case UseKind::kTrust:
        candidate.has_trust = true;
        break;
      case UseKind::kNotUs:
        if (has_room(candidate.not_us, std::identity())) {
          candidate.not_us.push_back(span);
        }
        break;
    }
  }

  // A longer name swallows a shorter one inside it, of whatever school: "Weir Road Girls" is not
  // "Weir Road". Of one span and school, the strongest meaning stays.
  static void KeepLongest(Candidates& candidates) {
    std::vector<Span> spans;
    for (const auto& [school, candidate] : candidates) {
      for (const Candidate::Name& name : candidate.names) {
        spans.push_back(name.span);
      }
    }
    // Schools of one name bring the same places.
    const auto order = [](const Span& span) {
      return std::tuple(span.scan, span.first, span.last);
    };
    std::ranges::sort(spans, {}, order);
    const auto same = std::ranges::unique(spans, {}, order);
    spans.erase(same.begin(), same.end());
    for (auto& [school, candidate] : candidates) {
      std::erase_if(candidate.names, [&spans](const Candidate::Name& name) {
        return std::ranges::any_of(spans, [&name](const Span& other) {
          return other.Contains(name.span) && !name.span.Contains(other);
        });
      });
    }
    for (auto& [school, candidate] : candidates) {
      for (Candidate::Name& name : candidate.names) {
        name.is_shared = std::ranges::any_of(candidates, [&](const auto& other) {
          return other.first != school &&
                 std::ranges::any_of(other.second.names, [&](const Candidate::Name& rival) {
                   return rival.span.Overlaps(name.span);
                 });
        });
      }
    }
  }

  struct Scored {
    std::uint32_t school = 0;
    Weighed weighed;
    double own_evidence = 0;  // What only this school has.
  };

  // Every school that anything in the post points to, best first.
  std::vector<Scored> Score(const core::Post& post, std::vector<TextScan>& scans) const {
    std::vector<Scored> scored;
    if (std::ranges::none_of(scans, [](const TextScan& scan) { return !scan.hits.empty(); })) {
      return scored;
    }
    const bool has_school_word = HasSchoolWord(scans);
    Candidates candidates;
    Collect(scans, candidates);
    KeepLongest(candidates);
    for (auto& [school, candidate] : candidates) {
      if (!HasAnchor(candidate, has_school_word)) {
        continue;
      }
      const Profile& profile = profiles_[school];
      const bool shared = std::ranges::any_of(candidate.names, &Candidate::Name::is_shared);
      candidate.other_page = shared && !post.page_of.empty() &&
                             post.page_of != profile.school.key && by_key_.contains(post.page_of);
      candidate.type_words = profile.type_words;
      candidate.place_words = profile.place_words;
      candidate.ages = profile.ages;
      scored.push_back(
          {school, Weigh(candidate, scans),
           static_cast<double>(candidate.places.size() + 2 * candidate.people.size())});
    }
    WeighRivals(candidates, scored);
    WeighNeighbours(candidates, scored);
    std::ranges::stable_sort(scored, std::greater<>{},
                             [](const Scored& one) { return one.weighed.score; });
    return scored;
  }

  static void WeighRivals(const Candidates& candidates, std::vector<Scored>& scored) {
    for (Scored& one : scored) {
      const Candidate& candidate = candidates.at(one.school);
      double rival_evidence = -1;
      for (const Scored& other : scored) {
        if (other.school != one.school && SharesAll(candidate, candidates.at(other.school))) {
          rival_evidence = std::max(rival_evidence, other.own_evidence);
        }
      }
      if (rival_evidence > one.own_evidence) {
        AddLine(one.weighed, Evidence::kRivalFits);
      } else if (rival_evidence == one.own_evidence) {
        AddLine(one.weighed, Evidence::kRival);
      }
    }
  }

  // Schools of one trust or town are spoken of together: where one is surely meant, a weak name of
  // the other is likely its own.
  void WeighNeighbours(const Candidates& candidates, std::vector<Scored>& scored) const {
    std::vector<std::uint32_t> sure;
    for (const Scored& one : scored) {
      if (one.weighed.score > kSure && !candidates.at(one.school).names.empty()) {
        sure.push_back(one.school);
      }
    }
    for (Scored& one : scored) {
      const Candidate& candidate = candidates.at(one.school);
      // A village is named beside its neighbours' schools, too.
      if (one.weighed.score > kSure ||
          std::ranges::all_of(candidate.names,
                              [](const Candidate::Name& name) { return name.variant->is_place; })) {
        continue;
      }
      if (std::ranges::any_of(sure, [&](std::uint32_t other) {
            return other != one.school && AreNeighbours(one.school, other) &&
                   !SharesAll(candidate, candidates.at(other));
          })) {
        AddLine(one.weighed, Evidence::kNeighbour);
      }
    }
  }

  bool AreNeighbours(std::uint32_t one, std::uint32_t other) const {
    const core::School& a = profiles_[one].school;
    const core::School& b = profiles_[other].school;
    if (!a.trust.empty() && (a.trust == b.trust || a.trust == b.name)) {
      return true;
    }
    const auto lies_in = [](const core::School& school, const std::string& place) {
      return school.town == place || std::ranges::find(school.places, place) != school.places.end();
    };
    return a.trust == b.name || a.name == b.trust || (!a.town.empty() && lies_in(b, a.town)) ||
           std::ranges::any_of(a.places,
                               [&](const std::string& place) { return lies_in(b, place); });
  }

  static void AddLine(Weighed& weighed, Evidence evidence) {
    const EvidenceLine& line = WeightOf(evidence);
    weighed.lines.push_back(line);
    weighed.score += line.value;
  }

  void Decide(const core::Post& post, std::vector<TextScan>& scans, Mentions& mentions) const {
    for (const Scored& one : Score(post, scans)) {
      const double probability = Logistic(one.weighed.score);
      core::SchoolScore score{profiles_[one.school].school.key, probability, one.weighed.why};
      if (probability >= kThreshold) {
        AddPlaces(one.weighed, scans, score.school, mentions);
        mentions.schools.push_back(std::move(score));
      } else if (probability >= kPossible && mentions.also_possible.size() < kMaxPossible) {
        mentions.also_possible.push_back(std::move(score));
      }
    }
  }

  // Whether every name of `candidate` may as well be one of `other`.
  static bool SharesAll(const Candidate& candidate, const Candidate& other) {
    if (candidate.names.empty()) {
      return other.names.empty() && !candidate.places.empty() &&
             std::ranges::all_of(candidate.places, [&other](const Candidate::Place& place) {
               return std::ranges::any_of(other.places, [&place](const Candidate::Place& rival) {
                 return rival.span.Overlaps(place.span);
               });
             });
    }
    return std::ranges::all_of(candidate.names, [&other](const Candidate::Name& name) {
      return std::ranges::any_of(other.names, [&name](const Candidate::Name& rival) {
        return rival.span.Contains(name.span);
      });
    });
  }

  static void AddPlaces(const Weighed& weighed, const std::vector<TextScan>& scans,
                        const std::string& school, Mentions& mentions) {
    for (const Span& span : weighed.named) {
      const TextScan& scan = scans[span.scan];
      if (scan.role != TextRole::kTitle && scan.role != TextRole::kText) {
        continue;
      }
      const core::FoldedText::Range range =
          scan.folded.Original(scan.tokens[span.first].start, scan.tokens[span.last - 1].end);
      mentions.places.push_back(
          {scan.role == TextRole::kTitle ? core::PostField::kTitle : core::PostField::kText,
           range.start, range.end, school});
    }
  }

  std::vector<Profile> profiles_;
  std::vector<core::School> schools_;
  std::unordered_map<std::string, std::size_t> by_key_;
  PhraseTable table_;
  std::vector<std::vector<Use>> uses_;
  PhraseTable skeleton_table_;
  std::vector<std::vector<Use>> skeleton_uses_;
  MentionFilter filter_;
  PhraseTable lexicon_;
  std::vector<SenseSet> lexicon_senses_;
};

}  // namespace

core::Result<std::shared_ptr<const SchoolIndex>> SchoolIndex::Make(
    std::vector<core::School> schools) {
  SW_ASSIGN(SchoolPhrases phrases, MakeSchoolPhrases(std::move(schools)));
  return std::make_shared<const HashedSchoolIndex>(std::move(phrases), MakeSensePhrases());
}

}  // namespace schoolwatch::matchers
