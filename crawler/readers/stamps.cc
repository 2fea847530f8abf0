#include "crawler/readers/stamps.h"

#include <algorithm>

#include "crawler/readers/node_text.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kMaxStamps = 5'000;
constexpr std::size_t kMaxStampText = 100;

// The attribute that holds a machine's date, where the element has one.
std::string_view MachineDate(const HtmlTree& tree, NodeId id) {
  for (const std::string_view name :
       {"datetime", "data-time", "data-timestamp", "data-utime", "data-xutime", "data-date",
        "data-datetime", "data-created", "data-epoch"}) {
    const std::string_view value = Trim(tree.Attribute(id, name));
    if (!value.empty() && value.size() < 64 && ParseMachineDate(value)) {
      return value;
    }
  }
  const std::string_view property = tree.Attribute(id, "itemprop");
  if (property.find("date") != std::string_view::npos) {
    return Trim(tree.Attribute(id, "content"));
  }
  return {};
}

std::string ShownText(const HtmlTree& tree, NodeId id) {
  return CollapseSpace(PlainText(tree, id));
}

bool TitleIsDate(const HtmlTree& tree, NodeId id, const DateContext& context) {
  const std::string_view title = tree.Attribute(id, "title");
  if (title.size() < 8 || title.size() > 60) {
    return false;
  }
  const auto found = FindDate(title, context);
  return found && found->precision == DatePrecision::kSecond;
}

// Dates that are not of what was written: of members' first days, last visits, edits.
bool IsAboutSomethingElse(std::string_view label) {
  const std::string lower = ToAsciiLower(label);
  for (const std::string_view word :
       {"join", "regist", "member since", "seit", "dabei", "inscri", "last visit", "last active",
        "last seen", "zuletzt", "anmeld", "edited", "geändert", "bearbeitet", "modif", "updated",
        "last post", "born"}) {
    if (lower.find(word) != std::string::npos) {
      return true;
    }
  }
  return false;
}

// What stands before a date: in its own text, or in the text node before it close by.
bool IsAboutSomethingElse(const HtmlTree& tree, NodeId text, std::string_view before) {
  before = Trim(before);
  if (!before.empty()) {
    return IsAboutSomethingElse(before);
  }
  for (NodeId id = text; id > 0 && text - id < 6;) {
    --id;
    if (tree[id].is_text && !Trim(tree[id].text).empty()) {
      // A label stands beside its date, not in the box before.
      const NodeId box = tree[tree[text].parent].parent;
      return box != kNoNode && tree.Contains(box, id) && tree[box].end - box < 16 &&
             tree[id].text.size() < 40 && IsAboutSomethingElse(tree[id].text);
    }
  }
  return false;
}

}  // namespace

std::vector<Stamp> FindStamps(const HtmlTree& tree, DateContext& context) {
  std::vector<Stamp> stamps;
  NodeId inside = 0;  // Up to here everything belongs to the last stamp.
  for (NodeId id = 0; id < tree.size() && stamps.size() < kMaxStamps; ++id) {
    const HtmlNode& node = tree[id];
    if (id < inside) {
      continue;
    }
    if (!node.is_text) {
      if (IsHidden(tree, id) && node.tag != Tag::kMeta) {
        inside = node.end;
        continue;
      }
      if (node.attributes == 0 || node.end - id > 60) {
        continue;
      }
      const std::string_view machine = MachineDate(tree, id);
      const bool is_time = node.tag == Tag::kTime;
      if (machine.empty() && !is_time && !TitleIsDate(tree, id, context)) {
        continue;
      }
      Stamp stamp;
      stamp.node = id;
      stamp.shown = ShownText(tree, id);
      if (stamp.shown.size() > kMaxStampText) {
        continue;
      }
      stamp.machine = machine;
      const std::string_view title = tree.Attribute(id, "title");
      if (!machine.empty()) {
        stamp.time = ParseMachineDate(machine);
      } else if (const auto found = FindDate(stamp.shown, context);
                 found && found->time && !found->relative) {
        stamp.time = found->time;
      } else if (const auto titled = FindDate(title, context)) {
        stamp.time = titled->time;
      }
      if (stamp.shown.empty()) {
        stamp.shown = !title.empty() ? std::string(title) : stamp.machine;
      }
      if (stamp.time || !stamp.shown.empty()) {
        stamps.push_back(std::move(stamp));
        inside = node.end;
      }
      continue;
    }
    const std::string_view text = Trim(node.text);
    if (text.size() < 5 || text.size() > kMaxStampText || node.parent == kNoNode) {
      continue;
    }
    auto found = FindDate(text, context);
    if (!found || found->precision < DatePrecision::kDay) {
      continue;
    }
    if (IsAboutSomethingElse(tree, id, text.substr(0, found->start))) {
      continue;
    }
    Stamp stamp;
    stamp.node = node.parent;
    stamp.shown = text.substr(found->start, found->end - found->start);
    stamp.time = found->time;
    // The clock often stands in an element of its own beside the day.
    const HtmlNode& parent = tree[node.parent];
    if (found->precision == DatePrecision::kDay && parent.end - node.parent < 12) {
      const std::string whole = ShownText(tree, node.parent);
      if (whole.size() <= kMaxStampText) {
        if (const auto more = FindDate(whole, context);
            more && more->precision == DatePrecision::kSecond) {
          stamp.shown = whole.substr(more->start, more->end - more->start);
          stamp.time = more->time;
        }
      }
    }
    stamps.push_back(std::move(stamp));
  }
  // One date that tells the order tells it for the whole page.
  std::vector<std::string> shown;
  for (const Stamp& stamp : stamps) {
    shown.push_back(stamp.shown);
  }
  if (const auto order = GuessDayMonthOrder(shown); order && *order != context.order) {
    context.order = *order;
    for (Stamp& stamp : stamps) {
      if (stamp.machine.empty()) {
        if (const auto found = FindDate(stamp.shown, context)) {
          stamp.time = found->time;
        }
      }
    }
  }
  return stamps;
}

}  // namespace schoolwatch::crawler
