#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/pipeline/post_identity.h"
#include "core/fingerprint.h"

namespace schoolwatch::app {

// The text of a finding that the batch holds.
struct BatchText {
  std::string finding_id;
  std::string case_id;
  std::string school;
  core::Fingerprint fingerprint;
};

// Where to look, in what a batch has changed and the store does not know yet: the store's indexes
// over again, so that the five-hundredth post of a batch costs what the first did. Gives
// candidates; who asks compares.
class BatchIndex {
 public:
  void PutThread(std::string_view school, std::string_view thread_url, std::string_view case_id);
  void PutText(const BatchText& entry);
  void PutPost(std::string_view case_id, const PostIdentity& identity);

  // Ids of cases that stand at this thread, in their order.
  const std::set<std::string>& CasesAt(std::string_view school, std::string_view thread_url) const;
  // Texts that may be this one, in the order in which they came. A key that many texts share is a
  // phrase and no story: of those only the newest count. They live until the next one is put.
  std::vector<const BatchText*> TextsLike(std::string_view school,
                                          const core::Fingerprint& fingerprint) const;
  // Ids of cases in which a post stands that may be this one, in their order.
  std::set<std::string> CasesWith(const PostIdentity& identity) const;

  // The batch is committed.
  void Clear() { *this = {}; }

 private:
  using Positions = std::unordered_map<std::uint64_t, std::vector<std::size_t>>;

  std::map<std::pair<std::string, std::string>, std::set<std::string>> threads_;
  std::vector<BatchText> texts_;
  std::map<std::string, Positions, std::less<>> text_keys_;  // By school.
  std::unordered_map<std::string, std::set<std::string>> posts_;
};

}  // namespace schoolwatch::app
