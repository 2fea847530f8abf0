#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>

#include "app/pipeline/standing.h"
#include "app/pipeline/watch_list.h"
#include "core/result.h"
#include "core/time.h"
#include "crawler/crawler.h"
#include "crawler/platforms/look_answer.h"
#include "crawler/readers/document.h"
#include "crawler/readers/engines.h"

namespace schoolwatch::app {

struct JudgedDocument;  // app/pipeline/judged_document.h, which holds Sights.

// What was told of findings' posts, by the findings' ids.
using Sights = std::map<std::string, Sight, std::less<>>;

// Whether a request asks a platform for posts by their ids.
bool IsLook(const crawler::CrawlRequest& request);

// What an answer tells of the posts that it was asked for. Those that it says are deleted
// (`deleted`, the platform's ids) are left to that: kUnknown.
Sights SightsOfLook(const crawler::LookAnswer& answer, std::span<const std::string> deleted,
                    const WatchList& watch);

// The same of a document that was read, or could not be: into `judged`, together with those that
// are deleted. That there is nothing is no error afterwards. The posts that the document shows are
// there, too, and met where they are judged.
void NoteLook(const WatchList& watch, core::Result<crawler::Document>& document,
              JudgedDocument& judged);

// The same where there was no document: an error may say that there is no such post, and all else
// tells nothing of any. Of a page, too, on which posts of the watch list stand, but where it says
// that there is no such page: that is for whoever knows what kind of page it was.
Sights SightsOfFailure(const crawler::FetchFailure& failure, const WatchList& watch,
                       const crawler::EngineSet* engines, core::Timestamp now);

// Of a look, at a page or by ids, that was not made, and would not be tomorrow: it waits for its
// next turn like one that told nothing, or it would be in the way of others for ever. Empty where
// it is worth trying with the next run.
Sights SightsOfRefusal(const crawler::Refusal& refusal, const WatchList& watch);

}  // namespace schoolwatch::app
