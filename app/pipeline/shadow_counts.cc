#include "app/pipeline/shadow_counts.h"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "core/hash.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

constexpr std::string_view kNote = "shadow-rules";

std::string HashOf(const matchers::Rule& rule) {
  std::string all;
  for (const std::vector<std::string>* texts : {&rule.patterns, &rule.unless, &rule.unless_post}) {
    for (const std::string& text : *texts) {
      all += text + '\0';
    }
    all += '\1';
  }
  for (const std::vector<matchers::Need>& alternatives : rule.needs) {
    for (const matchers::Need& need : alternatives) {
      all += (need.absent ? "!" : "") + need.name + '\0';
    }
    all += '\1';
  }
  return core::ShortHash(all + std::to_string(rule.near));
}

struct Stored {
  std::string hash;
  ShadowTrial trial;
};

core::Timestamp TimeOf(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  const json::string* text = value != nullptr ? value->if_string() : nullptr;
  if (text == nullptr) {
    return {};
  }
  const auto time = core::ParseRfc3339({text->data(), text->size()});
  return time ? *time : core::Timestamp{};
}

// A note that cannot be read counts as none: it is a convenience, and the next run writes it anew.
std::map<std::string, Stored> Parse(const std::optional<std::string>& note) {
  std::map<std::string, Stored> stored;
  boost::system::error_code error;
  const json::value value = json::parse(note.value_or("{}"), error);
  if (error || !value.is_object()) {
    return stored;
  }
  for (const auto& [rule, one] : value.get_object()) {
    const json::object* object = one.if_object();
    const json::value* posts = object != nullptr ? object->if_contains("posts") : nullptr;
    const json::value* hash = object != nullptr ? object->if_contains("hash") : nullptr;
    if (posts == nullptr || !posts->is_int64() || posts->get_int64() < 0 || hash == nullptr ||
        !hash->is_string()) {
      continue;
    }
    stored[rule] = {.hash = std::string(hash->get_string()),
                    .trial = {.posts = static_cast<std::size_t>(posts->get_int64()),
                              .since = TimeOf(*object, "since"),
                              .last = TimeOf(*object, "last")}};
  }
  return stored;
}

}  // namespace

ShadowCounts::ShadowCounts(const matchers::RuleSet& rules) {
  for (const matchers::Rule& rule : rules.pack().rules) {
    if (rule.shadow) {
      shadows_.emplace(rule.id, Shadow{.hash = HashOf(rule)});
    }
  }
}

void ShadowCounts::Add(const core::Judgement& judgement) {
  if (shadows_.empty()) {
    return;
  }
  for (const core::Hit& hit : judgement.hits) {
    if (const auto found = shadows_.find(hit.rule); found != shadows_.end()) {
      ++found->second.posts;
    }
  }
}

core::Result<void> ShadowCounts::Save(storage::Notes& notes, core::Timestamp now) const {
  SW_ASSIGN(const std::optional<std::string> note, notes.FindNote(kNote));
  if (shadows_.empty() && !note) {
    return {};
  }
  const std::map<std::string, Stored> before = Parse(note);
  json::object after;
  for (const auto& [rule, shadow] : shadows_) {
    ShadowTrial trial{.since = now};
    if (const auto known = before.find(rule);
        known != before.end() && known->second.hash == shadow.hash) {
      trial = known->second.trial;
    }
    trial.posts += shadow.posts;
    if (shadow.posts > 0) {
      trial.last = now;
    }
    json::object one{{"hash", shadow.hash},
                     {"posts", static_cast<std::int64_t>(trial.posts)},
                     {"since", core::FormatRfc3339(trial.since)}};
    if (trial.last != core::Timestamp{}) {
      one["last"] = core::FormatRfc3339(trial.last);
    }
    after[rule] = std::move(one);
  }
  const std::string text = json::serialize(after);
  return note == text ? core::Result<void>() : notes.SetNote(kNote, text);
}

core::Result<std::map<std::string, ShadowTrial>> ShadowCounts::Load(const storage::Notes& notes) {
  SW_ASSIGN(const std::optional<std::string> note, notes.FindNote(kNote));
  std::map<std::string, ShadowTrial> trials;
  for (auto& [rule, stored] : Parse(note)) {
    trials.emplace(rule, stored.trial);
  }
  return trials;
}

}  // namespace schoolwatch::app
