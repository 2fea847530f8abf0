#include "matchers/school_index.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <unordered_map>
#include <utility>

#include "matchers/evidence.h"
#include "matchers/mention_filter.h"
#include "matchers/phrase_table.h"
#include "matchers/post_scanner.h"
#include "matchers/rivals.h"
#include "matchers/school_candidates.h"
#include "matchers/school_phrases.h"

namespace schoolwatch::matchers {
namespace {

// What a post inherits from its thread: log-odds +1.0, less where the thread named several schools.
constexpr double kInheritedScore = 0.73;
constexpr double kSharedInheritedScore = 0.6;

constexpr double kThreshold = 0.5;
constexpr double kPossible = 0.12;  // Less likely candidates are not worth a line.
constexpr std::size_t kMaxPossible = 5;

double Logistic(double sum) { return 1.0 / (1.0 + std::exp(-sum)); }

class HashedSchoolIndex final : public SchoolIndex {
 public:
  HashedSchoolIndex(SchoolPhrases phrases, SensePhrases lexicon)
      : scanner_(phrases, std::move(lexicon)),
        filter_(MakeFilter(phrases.plain)),
        profiles_(std::move(phrases.profiles)) {
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
    scanner_.AddPlainScan(TextRole::kText, text, scans);
    bool people = false;
    bool places = false;
    for (std::size_t i = 0; i < scans.size(); ++i) {
      const TextScan& scan = scans[i];
      for (const PhraseTable::Hit& hit : scan.hits) {
        for (const Use& use : scanner_.UsesOf(scan, hit)) {
          if (use.kind == UseKind::kName) {
            return true;
          }
          people = people || use.kind == UseKind::kPerson || use.kind == UseKind::kSurname;
          places = places || use.kind == UseKind::kTown || use.kind == UseKind::kExactPlace;
        }
      }
      // Wanted where no name stands in the open.
      if (!scan.evaded) {
        scanner_.AddEvadedScan(TextRole::kText, text, scans);
      }
    }
    if (!people && !places) {
      return false;
    }
    return (people && places) || scanner_.ReadSenses(scans);
  }

  std::vector<Weighing> WeighAll(const core::Post& post) const override {
    std::vector<TextScan> scans = scanner_.Scan(post);
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
    std::vector<TextScan> scans = scanner_.Scan(post);
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

  // Every school that anything in the post points to, best first.
  std::vector<Scored> Score(const core::Post& post, std::vector<TextScan>& scans) const {
    std::vector<Scored> scored;
    if (std::ranges::none_of(scans, [](const TextScan& scan) { return !scan.hits.empty(); })) {
      return scored;
    }
    const bool has_school_word = scanner_.ReadSenses(scans);
    Candidates candidates = CollectCandidates(scans, scanner_, profiles_);
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
    WeighNeighbours(candidates, profiles_, scored);
    std::ranges::stable_sort(scored, std::greater<>{},
                             [](const Scored& one) { return one.weighed.score; });
    return scored;
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

  PostScanner scanner_;
  MentionFilter filter_;
  std::vector<Profile> profiles_;
  std::vector<core::School> schools_;
  std::unordered_map<std::string, std::size_t> by_key_;
};

}  // namespace

core::Result<std::shared_ptr<const SchoolIndex>> SchoolIndex::Make(
    std::vector<core::School> schools) {
  SW_ASSIGN(SchoolPhrases phrases, MakeSchoolPhrases(std::move(schools)));
  return std::make_shared<const HashedSchoolIndex>(std::move(phrases), MakeSensePhrases());
}

}  // namespace schoolwatch::matchers
