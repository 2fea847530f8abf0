#include "crawler/platforms/check_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "config/nearest.h"
#include "crawler/platforms/template.h"

namespace schoolwatch::crawler {
namespace {

// The builtin names that every template may have.
constexpr std::array kAlwaysThere{std::string_view("version"), std::string_view("contact")};

}  // namespace

void CheckDesk::Add(std::initializer_list<std::string_view> keys, std::string message) const {
  config::Section at = root_;
  for (const std::string_view key : keys) {
    const std::optional<config::Section> next = at.Find(key);
    if (!next) {
      break;
    }
    at = *next;
  }
  AddAt(at.where(), std::move(message));
}

void CheckDesk::AddAt(const config::Location& where, std::string message) const {
  problems_.Add(where, std::move(message));
}

void CheckDesk::CheckNames(const std::map<std::string, std::string>& templates, const Keys& keys,
                           const std::set<std::string>& known, std::string_view what) const {
  for (const auto& [key, text] : templates) {
    Keys path = keys;
    path.push_back(key);
    CheckTemplateNames(text, path, known, what);
  }
}

void CheckDesk::CheckTemplateNames(std::string_view text, const Keys& keys,
                                   const std::set<std::string>& known,
                                   std::string_view what) const {
  for (const std::string& name : NamesIn(text)) {
    if (!known.contains(name)) {
      config::Section at = root_;
      for (const std::string_view key : keys) {
        if (const std::optional<config::Section> next = at.Find(key)) {
          at = *next;
        }
      }
      problems_.Add(at.where(),
                    fmt::format("{}: there is no value '{}'; it is not in 'values' or "
                                "'credentials', and nothing else gives it{}",
                                what, name,
                                config::DidYouMean(
                                    name, std::vector<std::string>(known.begin(), known.end()))));
    }
  }
}

std::set<std::string> CheckDesk::CommonNames() const {
  std::set<std::string> names(kAlwaysThere.begin(), kAlwaysThere.end());
  for (const ValueSpec& value : platform_.values) {
    names.insert(value.name);
  }
  for (const CredentialSpec& credential : platform_.credentials) {
    names.insert(credential.name);
  }
  return names;
}

bool CheckDesk::HasBudget(std::string_view what) const {
  return std::ranges::find(platform_.budgets, what, &BudgetSpec::what) != platform_.budgets.end();
}

}  // namespace schoolwatch::crawler
