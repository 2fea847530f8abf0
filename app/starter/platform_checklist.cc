#include "app/starter/platform_checklist.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "app/coverage/platform_needs.h"
#include "config/yaml_text.h"

namespace schoolwatch::app {
namespace {

using crawler::CredentialSpec;
using crawler::Platform;
using crawler::PlatformStatus;
using crawler::ValueSpec;

constexpr std::string_view kHead =
    R"(# Platforms that need an account or a key

What needs nothing is in `sources.yaml` already. What follows is worth the trouble in this order; stop
wherever you like. Nothing here is an account to read private places with: each is the school's own
page or channel, or a key with which a platform lets programs ask for what is public.

For each: do the steps, put the secret into a file of its own beside `sources.yaml`, add the lines to
`sources.yaml`, then run `schoolwatch check` and `schoolwatch platforms try NAME`.
`schoolwatch platforms show NAME` has all that is known of a platform. A secret's file is written with

    (umask 077; cat > NAME.secret)      # Paste it, then Enter and Ctrl-D.

and belongs to the user that schoolwatch runs as. Accounts should be the school's, with an address that
outlives whoever makes them.
)";

std::string SecretFile(const Platform& platform, const CredentialSpec& credential) {
  std::string name = platform.name + "-" + credential.name + ".secret";
  std::ranges::replace(name, '_', '-');
  return name;
}

bool IsOpen(const Platform& platform) {
  return platform.status != PlatformStatus::kCoverage && !platform.routes.empty();
}

// Credentials that any usual route names.
std::vector<const CredentialSpec*> Wanted(const Platform& platform) {
  std::set<const CredentialSpec*> wanted;
  for (const crawler::Route* route : UsualRoutes(platform)) {
    const auto of_route = CredentialsOf(platform, *route);
    wanted.insert(of_route.begin(), of_route.end());
  }
  std::vector<const CredentialSpec*> in_order;
  for (const CredentialSpec& credential : platform.credentials) {
    if (wanted.contains(&credential)) {
      in_order.push_back(&credential);
    }
  }
  return in_order;
}

std::string Line(std::string_view name, std::string_view text) {
  return text.empty() ? "" : fmt::format("{}: {}\n", name, text);
}

std::string Linked(std::string_view link) { return link.empty() ? "" : fmt::format(" <{}>", link); }

std::string ItemOf(const Platform& platform, const config::ChecklistEntry* entry,
                   const config::StarterValues& values, std::size_t number) {
  std::string text = fmt::format("\n## {}. {}\n\n", number, platform.title);
  if (entry != nullptr) {
    text += entry->why + "\n\n" + Line("Effort", entry->effort);
  }
  text += Line("Seen", platform.covers) + Line("Not seen", platform.not_covered);
  for (const crawler::BudgetSpec& budget : platform.budgets) {
    if (budget.what == "money") {
      text += fmt::format(
          "It costs money ({}): give `spend:`, the most that a month may cost; it is never "
          "crossed, "
          "and without it nothing is asked.\n",
          budget.currency);
    }
  }
  if (platform.status == PlatformStatus::kOff &&
      platform.certainty == crawler::Certainty::kUntried) {
    text +=
        "Untried: nobody has looked at its answers with this program yet. Look at what `try` shows "
        "before you rely on it.\n";
  }
  for (const crawler::TermsNote& terms : platform.terms) {
    text += fmt::format("Terms to read first: <{}>{}\n", terms.at,
                        terms.says.empty() ? "" : " (" + terms.says + ")");
  }
  text += '\n';
  for (const CredentialSpec* credential : Wanted(platform)) {
    text += fmt::format("- [ ] **{}**{}{}{}\n", credential->name,
                        credential->help.empty() ? "" : ": " + credential->help,
                        credential->optional ? " (may be left out)" : "", Linked(credential->link));
    for (const std::string& step : credential->steps) {
      text += fmt::format("  - [ ] {}\n", step);
    }
    text += fmt::format("  - [ ] Put it into `{}`\n", SecretFile(platform, *credential));
  }
  text += "- [ ] Add to `sources.yaml`:\n\n```yaml\n" + SourceSketch(platform, values) + "```\n\n";
  return text + fmt::format("- [ ] `schoolwatch check`, then `schoolwatch platforms try {}`\n",
                            platform.name);
}

}  // namespace

std::string SourceSketch(const Platform& platform, const config::StarterValues& values) {
  std::string text = fmt::format("  {}:\n    title: {}\n    platform: {}\n", platform.name,
                                 config::QuoteYaml(platform.title), platform.name);
  std::string with;
  for (const ValueSpec& value : platform.values) {
    if (!value.required &&
        !(value.default_value.empty() && UsualRoutesName(platform, value.name))) {
      continue;
    }
    const auto given = values.find(value.name);
    const std::string example =
        given != values.end() && !given->second.empty() ? given->second.front() : "…";
    with += fmt::format(
        "      {}: {}{}\n", value.name,
        value.is_list ? "[" + config::QuoteYaml(example) + "]" : config::QuoteYaml(example),
        value.help.empty() ? "" : "   # " + value.help);
  }
  if (!with.empty()) {
    text += "    with:\n" + with;
  }
  std::string credentials;
  for (const CredentialSpec* credential : Wanted(platform)) {
    credentials += fmt::format("      {}: ${{file:{}}}\n", credential->name,
                               SecretFile(platform, *credential));
  }
  if (!credentials.empty()) {
    text += "    credentials:\n" + credentials;
  }
  return text + (CostsMoney(platform) ? "    spend: 10   # A month, at most.\n" : "");
}

std::string MakePlatformChecklist(const std::vector<config::ChecklistEntry>& order,
                                  const crawler::Platforms& platforms,
                                  const std::vector<PolicyName>& names,
                                  const config::StarterValues& values) {
  std::vector<std::pair<const Platform*, const config::ChecklistEntry*>> items;
  std::set<std::string_view> listed;
  for (const config::ChecklistEntry& entry : order) {
    const auto found = platforms.find(entry.platform);
    if (found != platforms.end() && IsOpen(*found->second)) {
      items.emplace_back(found->second.get(), &entry);
      listed.insert(found->first);
    }
  }
  const auto known = static_cast<std::ptrdiff_t>(items.size());
  for (const auto& [name, platform] : platforms) {
    if (IsOpen(*platform) && !listed.contains(name) && !Wanted(*platform).empty()) {
      items.emplace_back(platform.get(), nullptr);
    }
  }
  std::ranges::sort(items.begin() + known, items.end(), {},
                    [](const auto& item) { return item.first->title; });
  std::string text(kHead);
  for (std::size_t i = 0; i < items.size(); ++i) {
    text += ItemOf(*items[i].first, items[i].second, values, i + 1);
  }
  std::string closed;
  for (const PolicyName& name : names) {
    const auto file = std::ranges::find_if(
        name.platforms, [&](const std::string& one) { return platforms.contains(one); });
    const Platform* platform =
        file == name.platforms.end() ? nullptr : platforms.find(*file)->second.get();
    if (platform != nullptr && IsOpen(*platform)) {
      continue;
    }
    const std::string& report = !name.report_instead.empty() || platform == nullptr
                                    ? name.report_instead
                                    : platform->report_instead;
    if (!report.empty()) {
      closed += fmt::format("- **{}**: {}\n", name.name, report);
    }
  }
  if (!closed.empty()) {
    text +=
        "\n## What no program may read\n\nTell staff and parents how to report what they see "
        "there:\n\n" +
        closed;
  }
  return text;
}

}  // namespace schoolwatch::app
