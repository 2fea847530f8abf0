#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/hash.h"
#include "storage/codec.h"
#include "storage/codec_fields.h"
#include "storage/codec_post.h"

namespace schoolwatch::storage {

template <>
struct LastOf<core::Category> {
  static constexpr auto kValue = core::Category::kReputational;
};
template <>
struct LastOf<core::Severity> {
  static constexpr auto kValue = core::Severity::kUrgent;
};
template <>
struct LastOf<core::PostField> {
  static constexpr auto kValue = core::PostField::kText;
};
template <>
struct LastOf<core::CaseState> {
  static constexpr auto kValue = core::CaseState::kClosed;
};

template <>
struct LastOf<core::LastPage> {
  static constexpr auto kValue = core::LastPage::kUnknown;
};
template <>
struct LastOf<core::CaseOutcome> {
  static constexpr auto kValue = core::CaseOutcome::kReferred;
};
template <>
struct LastOf<core::CaseEventKind> {
  static constexpr auto kValue = core::CaseEventKind::kSplitOff;
};

template <class V>
void Visit(V& visit, typename V::template Ref<core::SchoolScore> score) {
  visit(1, score.school);
  visit(2, score.score);
  visit(3, score.why);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::Hit> hit) {
  visit(1, hit.rule);
  visit(2, hit.category);
  visit(3, hit.weight);
  visit(4, hit.field);
  visit(5, hit.start);
  visit(6, hit.end);
  visit(7, hit.text);
  visit(8, hit.why);
  visit(9, hit.severity);
  visit(10, hit.topic);
  visit(11, hit.decides);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::Term> term) {
  visit(1, term.category);
  visit(2, term.label);
  visit(3, term.value);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::Judgement> judgement) {
  visit(1, judgement.mentions);
  visit(2, judgement.schools);
  visit(3, judgement.also_possible);
  visit(4, judgement.categories);
  visit(5, judgement.severity);
  visit(6, judgement.topics);
  visit(7, judgement.scores[0]);
  visit(8, judgement.scores[1]);
  visit(9, judgement.scores[2]);
  visit(10, judgement.hits);
  visit(11, judgement.terms);
  visit(12, judgement.rules_version);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::Standing> standing) {
  visit(1, standing.seen_at);
  visit(2, standing.missed_at);
  visit(3, standing.looked_at);
  visit(4, standing.posts);
  visit(5, standing.gone);
  visit(6, standing.missing);
  visit(7, standing.page);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::Finding> finding) {
  visit(1, finding.id);
  visit(2, finding.school);
  visit(3, finding.case_id);
  visit(4, finding.post);
  visit(5, finding.judgement);
  visit(6, finding.fetched_at);
  visit(7, finding.placed);
  visit(8, finding.edit_of);
  visit(9, finding.standing);
  visit(10, finding.merged_from);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::CaseEvent> event) {
  visit(1, event.at);
  visit(2, event.who);
  visit(3, event.kind);
  visit(4, event.about);
  visit(5, event.reason);
  visit(6, event.finding);
  visit(7, event.answer);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::Case> a_case) {
  visit(1, a_case.id);
  visit(2, a_case.school);
  visit(3, a_case.state);
  visit(4, a_case.title);
  visit(5, a_case.severity);
  visit(6, a_case.categories);
  visit(7, a_case.topics);
  visit(8, a_case.opened_at);
  visit(9, a_case.changed_at);
  visit(10, a_case.thread_url);
  visit(11, a_case.findings);
  visit(12, a_case.authors);
  visit(13, a_case.sources);
  visit(14, a_case.outcome);
  visit(15, a_case.history);
  visit(16, a_case.merged_into);
  visit(17, a_case.edits);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::PostVersion> version) {
  visit(1, version.finding_id);
  visit(2, version.at);
  visit(3, version.title);
  visit(4, version.text);
  visit(5, version.severity);
  visit(6, version.categories);
}

template <class V>
void Visit(V& visit, typename V::template Ref<core::KeptExample> example) {
  visit(1, example.id);
  visit(2, example.school);
  visit(3, example.case_id);
  visit(4, example.outcome);
  visit(5, example.post);
  visit(6, example.kept_at);
}

// Ids as they are, or, where all are the usual 16 hexadecimal digits, the 8 bytes that these stand
// for, one after the other.
struct StoredNear {
  std::vector<std::string> ids;
  std::string hashes;
};

template <class V>
void Visit(V& visit, typename V::template Ref<StoredNear> list) {
  visit(1, list.ids);
  visit(2, list.hashes);
}

SW_RECORD(core::Finding)
SW_RECORD(core::Case)
SW_RECORD(core::PostVersion)
SW_RECORD(core::KeptExample)

namespace {

constexpr std::size_t kHashBytes = 8;

// The bytes of 16 small hexadecimal digits.
std::optional<std::string> HashOf(std::string_view id) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (id.size() != 2 * kHashBytes || id.find_first_not_of(kDigits) != std::string_view::npos) {
    return std::nullopt;
  }
  std::string bytes;
  for (std::size_t i = 0; i < id.size(); i += 2) {
    bytes += static_cast<char>(kDigits.find(id[i]) << 4 | kDigits.find(id[i + 1]));
  }
  return bytes;
}

}  // namespace

template <>
std::string Encode(const NearList& list) {
  StoredNear stored;
  for (const std::string& id : list.findings) {
    const std::optional<std::string> hash = HashOf(id);
    if (!hash) {
      return Encode(StoredNear{.ids = list.findings, .hashes = {}});
    }
    stored.hashes += *hash;
  }
  return Encode(stored);
}

template <>
core::Result<NearList> Decode(std::string_view bytes) {
  SW_ASSIGN(StoredNear stored, Decode<StoredNear>(bytes));
  if (stored.hashes.size() % kHashBytes != 0) {
    return core::Fail(core::ErrorKind::kCorrupt, "a list of hashes is cut");
  }
  NearList list{.findings = std::move(stored.ids)};
  for (std::size_t i = 0; i < stored.hashes.size(); i += kHashBytes) {
    list.findings.push_back(core::ToHex(std::string_view(stored.hashes).substr(i, kHashBytes)));
  }
  return list;
}

}  // namespace schoolwatch::storage
