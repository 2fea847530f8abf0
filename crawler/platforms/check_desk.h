#pragma once

#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "config/section.h"
#include "crawler/platforms/platform.h"

namespace schoolwatch::crawler {

// What the checks of a platform's file share: where a line stands, and which names its templates
// may have. Borrows all.
class CheckDesk {
 public:
  CheckDesk(const Platform& platform, const config::Section& root, config::Diagnostics& problems)
      : platform_(platform), root_(root), problems_(problems) {}

  const Platform& platform() const { return platform_; }
  const config::Section& root() const { return root_; }

  // At the deepest of the keys that is there.
  void Add(std::initializer_list<std::string_view> keys, std::string message) const;
  void AddAt(const config::Location& where, std::string message) const;

  // Refuses templates with a name that is not among `known`; `what` begins the message.
  using Keys = std::vector<std::string_view>;
  void CheckNames(const std::map<std::string, std::string>& templates, const Keys& keys,
                  const std::set<std::string>& known, std::string_view what) const;
  void CheckTemplateNames(std::string_view text, const Keys& keys,
                          const std::set<std::string>& known, std::string_view what) const;

  // What every template may name: values, credentials, version and contact.
  std::set<std::string> CommonNames() const;
  bool HasBudget(std::string_view what) const;

 private:
  const Platform& platform_;
  const config::Section& root_;
  config::Diagnostics& problems_;
};

// What one line of a route says of another.
void CheckRoute(const CheckDesk& desk, const Route& route);
// The same of one that looks at posts again; `what` begins the messages.
void CheckLook(const CheckDesk& desk, const Route& route, const std::string& what);

}  // namespace schoolwatch::crawler
