#pragma once

#include <cstddef>
#include <memory>

#include "alerts/planner.h"
#include "app/withheld_cases.h"
#include "config/settings.h"
#include "core/finding.h"
#include "core/outbox.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

// What may not be told to the one for whom it was planned, since a later post, an edit or a merge
// named them, is queued for whoever may be told of it now: nothing is lost with whom it named. For
// one round; not thread-safe.
class Retelling {
 public:
  // Borrows all.
  Retelling(storage::Store& store, const config::Settings& settings, WithheldCases& withheld)
      : store_(store), settings_(settings), withheld_(withheld) {}

  // Looks at all that waits. Call before it is settled into messages, so that what is queued here
  // joins the mail that tells the others of the accusation.
  core::Result<void> TellOthersOfWaiting();

  // The same for one item, of whose case somebody learned only now that its recipient may not be
  // told. Call before its message is dropped: once committed, it is safe. Doing it twice adds
  // nothing.
  core::Result<void> TellOthers(const core::OutboxItem& item, const core::Case& of,
                                const core::Finding& finding);

  // How many items of TellOthers there was nobody for.
  std::size_t untold() const { return untold_; }

 private:
  storage::Store& store_;
  const config::Settings& settings_;
  WithheldCases& withheld_;
  std::size_t untold_ = 0;
  // Made when first needed: it reads all contacts.
  std::unique_ptr<const alerts::Planner> planner_;
};

}  // namespace schoolwatch::app
