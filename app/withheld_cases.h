#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/withheld.h"
#include "config/settings.h"
#include "core/finding.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

// Who may not be told of a case, as all of its posts say it by now: an item that was planned before
// a later post, an edit or a merge named its recipient must not go out. Whoever sends or queues
// anything about a case asks here, whatever planned it. Remembers what it read, so it is for one
// round; not thread-safe.
class WithheldCases {
 public:
  // Borrows both.
  WithheldCases(const storage::CaseReader& cases, const config::Settings& settings)
      : cases_(cases), settings_(settings) {}

  // False where the address belongs to somebody whom the case may mean as a danger to children.
  core::Result<bool> MayBeTold(const core::Case& of, std::string_view address);
  // The roles that the case may so mean.
  core::Result<std::vector<std::string>> AccusedIn(const core::Case& of);
  // What was said in a case that may be about safeguarding; of any other nothing. Lives as long as
  // this.
  core::Result<const alerts::CaseVoices*> VoicesOf(const core::Case& of);

 private:
  const storage::CaseReader& cases_;
  const config::Settings& settings_;
  std::unique_ptr<const alerts::Audience> audience_;  // Made when first needed: there may be many.
  std::map<std::string, alerts::CaseVoices, std::less<>> voices_;
};

// All that was said in a case: its title, its findings and their other texts. Findings that were
// erased meanwhile are left out.
core::Result<alerts::CaseVoices> HearCase(const storage::CaseReader& cases,
                                          const alerts::Audience& audience, const core::Case& of);

}  // namespace schoolwatch::app
