#include "app/pipeline/batch_index.h"

#include <fmt/format.h>

#include "storage/near_duplicates.h"

namespace schoolwatch::app {
namespace {

constexpr std::size_t kTextsPerKey = 8;  // As the store keeps them.

// Two posts that IsSamePost takes for one share one of these.
std::vector<std::string> KeysOf(const PostIdentity& identity) {
  std::vector<std::string> keys{"key\n" + identity.key};
  if (!identity.link.empty()) {
    keys.push_back("link\n" + identity.link);
  }
  if (!identity.host.empty() && !identity.id.empty()) {
    keys.push_back("id\n" + identity.host + "\n" + identity.id);
  }
  if (!identity.author.empty()) {
    keys.push_back(fmt::format("text\n{}\n{}", identity.author, identity.text));
  }
  return keys;
}

}  // namespace

void BatchIndex::PutThread(std::string_view school, std::string_view thread_url,
                           std::string_view case_id) {
  if (!thread_url.empty()) {
    threads_[{std::string(school), std::string(thread_url)}].emplace(case_id);
  }
}

void BatchIndex::PutText(const BatchText& entry) {
  Positions& keys = text_keys_[entry.school];
  for (const std::uint64_t key : storage::LookupKeys(entry.fingerprint)) {
    std::vector<std::size_t>& positions = keys[key];
    positions.push_back(texts_.size());
    if (positions.size() > kTextsPerKey) {
      positions.erase(positions.begin());
    }
  }
  texts_.push_back(entry);
}

void BatchIndex::PutPost(std::string_view case_id, const PostIdentity& identity) {
  for (std::string& key : KeysOf(identity)) {
    posts_[std::move(key)].emplace(case_id);
  }
}

const std::set<std::string>& BatchIndex::CasesAt(std::string_view school,
                                                 std::string_view thread_url) const {
  static const std::set<std::string> kNone;
  const auto found = threads_.find({std::string(school), std::string(thread_url)});
  return found == threads_.end() ? kNone : found->second;
}

std::vector<const BatchText*> BatchIndex::TextsLike(std::string_view school,
                                                    const core::Fingerprint& fingerprint) const {
  std::vector<const BatchText*> texts;
  const auto keys = text_keys_.find(school);
  if (keys == text_keys_.end()) {
    return texts;
  }
  std::set<std::size_t> positions;
  for (const std::uint64_t key : storage::LookupKeys(fingerprint)) {
    if (const auto found = keys->second.find(key); found != keys->second.end()) {
      positions.insert(found->second.begin(), found->second.end());
    }
  }
  for (const std::size_t position : positions) {
    texts.push_back(&texts_[position]);
  }
  return texts;
}

std::set<std::string> BatchIndex::CasesWith(const PostIdentity& identity) const {
  std::set<std::string> cases;
  for (const std::string& key : KeysOf(identity)) {
    if (const auto found = posts_.find(key); found != posts_.end()) {
      cases.insert(found->second.begin(), found->second.end());
    }
  }
  return cases;
}

}  // namespace schoolwatch::app
