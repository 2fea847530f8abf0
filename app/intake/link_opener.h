#pragma once

#include <stop_token>

#include "app/intake/take_report.h"
#include "app/workspace.h"
#include "core/clock.h"
#include "net/fetcher.h"
#include "storage/store.h"

namespace schoolwatch::app {

// Reads a link as any page is read: robots.txt is asked, gaps are kept, private addresses are
// refused. A page of one post gives that post; of others the title alone is told, or what the
// oEmbed answer that they name says. Where the file of the link's platform names its oEmbed, that
// is asked instead of the page; where it says that pages are left, nothing is. Borrows all but the
// token.
LinkOpener MakeLinkOpener(const Workspace& workspace, storage::Store& store, net::Fetcher& fetcher,
                          const core::Clock& clock, std::stop_token stop);

}  // namespace schoolwatch::app
