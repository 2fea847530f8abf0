#include "matchers/pack_macros.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "config/nearest.h"

namespace schoolwatch::matchers {
namespace {

std::string UnknownMacro(std::string_view name, const Macros& own, const Macros& shared) {
  std::vector<std::string> known;
  for (const Macros* macros : {&own, &shared}) {
    for (const auto& [known_name, fragment] : *macros) {
      known.push_back(known_name);
    }
  }
  std::string hint = config::DidYouMean(name, known);
  if (hint.empty() && !known.empty()) {
    hint = "; known are " + config::JoinNames(known);
  }
  return "there is no macro '" + config::ForMessage(name) + "'" + hint;
}

}  // namespace

std::string Expand(const config::Located<std::string>& pattern, const Macros& own,
                   const Macros& shared, std::string_view holder, config::Diagnostics& problems) {
  const auto complain = [&](const std::string& message) {
    problems.Add(pattern.where, std::string(holder) + ": " + message);
  };
  const std::string_view text = pattern.value;
  std::string expanded;
  std::size_t at = 0;
  for (std::size_t open = text.find("{{"); open != std::string_view::npos;
       open = text.find("{{", at)) {
    const std::size_t close = text.find("}}", open);
    if (close == std::string_view::npos) {
      complain("'{{' without '}}'");
      return {};
    }
    const std::string_view name = text.substr(open + 2, close - open - 2);
    expanded += text.substr(at, open - at);
    if (const auto macro = own.find(name); macro != own.end()) {
      expanded += macro->second;
    } else if (const auto common = shared.find(name); common != shared.end()) {
      expanded += common->second;
    } else {
      complain(UnknownMacro(name, own, shared));
    }
    at = close + 2;
  }
  expanded += text.substr(at);
  if (expanded.size() > kMaxPattern) {
    complain("longer than " + std::to_string(kMaxPattern) + " bytes once its macros are in place");
    return {};
  }
  return expanded;
}

Macros ExpandMacros(const std::map<std::string, config::Located<std::string>>& written,
                    const Macros& shared, config::Diagnostics& problems) {
  // The map is by name, and what counts is which stands above which.
  std::vector<std::pair<std::string_view, const config::Located<std::string>*>> in_file_order;
  for (const auto& [name, fragment] : written) {
    in_file_order.emplace_back(name, &fragment);
  }
  std::ranges::sort(in_file_order, {}, [](const auto& macro) {
    return std::pair(macro.second->where.line, macro.second->where.column);
  });
  Macros macros;
  for (const auto& [name, fragment] : in_file_order) {
    std::string expanded =
        Expand(*fragment, macros, shared, "macro '" + std::string(name) + "'", problems);
    macros.insert_or_assign(std::string(name), std::move(expanded));
  }
  return macros;
}

}  // namespace schoolwatch::matchers
