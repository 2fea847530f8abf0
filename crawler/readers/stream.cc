#include "crawler/readers/stream.h"

#include <algorithm>

namespace schoolwatch::crawler {
namespace {

enum OuterPointer : std::size_t { kPayload, kEvent, kCursor };

bool IsListed(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::vector<std::string> OuterPointers(const StreamSpec& spec) {
  // What is not asked for is looked for at a member that no message has.
  const auto or_nothing = [](const std::string& pointer) {
    return pointer.empty() ? std::string("/\x01") : pointer;
  };
  return {or_nothing(spec.unwrap_text), or_nothing(spec.event_pointer),
          or_nothing(spec.cursor_pointer)};
}

}  // namespace

StreamSieve::StreamSieve(const StreamSpec& spec, const core::TextGate* gate)
    : spec_(spec),
      gate_(gate),
      outer_pointers_(OuterPointers(spec)),
      pointers_(spec.gate),
      gates_(spec.gate.size()),
      outer_(outer_pointers_),
      probe_(pointers_) {
  const auto add = [this](const std::vector<RecipeFilter>& filters, std::vector<Filter>& to) {
    for (const RecipeFilter& filter : filters) {
      to.push_back({&filter, pointers_.size()});
      pointers_.push_back(filter.pointer);
    }
  };
  add(spec.only, only_);
  add(spec.read_whole, read_whole_);
  cursor_ = pointers_.size();
  pointers_.push_back(outer_pointers_[kCursor]);
  probe_ = JsonProbe(pointers_);
}

bool StreamSieve::Holds(const Filter& filter) const {
  bool listed = false;
  bool there = false;
  for (const ProbeFinds::Find& find : finds_.finds) {
    if (find.pointer == filter.pointer) {
      there = true;
      listed = listed || IsListed(filter.filter->values, finds_.ValueOf(find));
    }
  }
  listed = listed || (!there && IsListed(filter.filter->values, "null"));
  return listed != filter.filter->negate;
}

Sifted::Worth StreamSieve::Judge() {
  const auto holds = [this](const Filter& filter) { return Holds(filter); };
  if (!std::ranges::all_of(only_, holds)) {
    return Sifted::Worth::kNothing;
  }
  if (gate_ == nullptr || gates_ == 0 || std::ranges::any_of(read_whole_, holds)) {
    return Sifted::Worth::kWhole;
  }
  words_.clear();
  bool has_strings = false;
  for (const ProbeFinds::Find& find : finds_.finds) {
    if (find.pointer < gates_) {
      has_strings = true;
      words_ += finds_.ValueOf(find);
      words_ += '\n';
    }
  }
  return !has_strings || gate_->MayMention(words_) ? Sifted::Worth::kWhole
                                                   : Sifted::Worth::kNothing;
}

Sifted StreamSieve::Sift(std::string_view data, std::string_view event) {
  Sifted sifted;
  sifted.body = data;
  const bool wrapped = !spec_.unwrap_text.empty() || !spec_.event_pointer.empty();
  if (wrapped) {
    if (!outer_.Look(data, outer_finds_)) {
      sifted.worth = Sifted::Worth::kUnreadable;
      return sifted;
    }
    if (!spec_.event_pointer.empty()) {
      event = outer_finds_.First(kEvent);
    }
    if (!spec_.unwrap_text.empty() && outer_finds_.Has(kPayload)) {
      sifted.body = outer_finds_.First(kPayload);
    }
    sifted.cursor = outer_finds_.First(kCursor);
  }
  if (!event.empty() && IsListed(spec_.gone_events, event)) {
    sifted.worth = Sifted::Worth::kGone;
    return sifted;
  }
  if (!spec_.events.empty() && !IsListed(spec_.events, event)) {
    return sifted;
  }
  if (!probe_.Look(sifted.body, finds_)) {
    sifted.worth = Sifted::Worth::kUnreadable;
    return sifted;
  }
  if (sifted.cursor.empty()) {
    sifted.cursor = finds_.First(cursor_);
  }
  sifted.worth = Judge();
  return sifted;
}

}  // namespace schoolwatch::crawler
