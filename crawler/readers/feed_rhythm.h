#pragma once

#include "core/fetch_state.h"
#include "crawler/readers/xml_node.h"

namespace schoolwatch::crawler {

// What a feed's header says about when to come again: RSS's <ttl>, <skipHours> and <skipDays>, the
// syndication module's sy:updatePeriod and sy:updateFrequency. What makes no sense counts as not
// said; the longer of two waits counts.
core::FeedHints ReadFeedHints(XmlElement channel);

}  // namespace schoolwatch::crawler
