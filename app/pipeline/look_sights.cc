#include "app/pipeline/look_sights.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "app/pipeline/judged_document.h"
#include "core/place.h"
#include "crawler/url_memory.h"
#include "net/fetcher.h"

namespace schoolwatch::app {
namespace {

Sight SightOf(crawler::Stands stands) {
  switch (stands) {
    case crawler::Stands::kYes:
      return Sight::kThere;
    case crawler::Stands::kNo:
      return Sight::kMissing;
    case crawler::Stands::kUnknown:
      break;
  }
  return Sight::kUnknown;
}

Sights NothingToldOf(const crawler::CrawlRequest& request, const WatchList& watch) {
  Sights sights;
  if (!IsLook(request)) {
    for (const std::string& id : watch.FindingsOn(core::PageKey(request.url.href()))) {
      sights.emplace(id, Sight::kUnknown);
    }
    return sights;
  }
  for (const crawler::AskedPost& post : request.call->looks) {
    for (std::string& id : watch.FindingsOf(post.key, {})) {
      sights.emplace(std::move(id), Sight::kUnknown);
    }
  }
  return sights;
}

}  // namespace

bool IsLook(const crawler::CrawlRequest& request) {
  return request.call != nullptr && !request.call->looks.empty();
}

Sights SightsOfLook(const crawler::LookAnswer& answer, std::span<const std::string> deleted,
                    const WatchList& watch) {
  const std::vector<crawler::Stands> stands = crawler::ReadLook(answer);
  Sights sights;
  for (std::size_t i = 0; i < stands.size(); ++i) {
    const crawler::AskedPost& post = answer.call->looks[i];
    const bool is_deleted = std::ranges::find(deleted, post.id) != deleted.end();
    for (std::string& id : watch.FindingsOf(post.key, {})) {
      sights.insert_or_assign(std::move(id), is_deleted ? Sight::kUnknown : SightOf(stands[i]));
    }
  }
  return sights;
}

void NoteLook(const WatchList& watch, core::Result<crawler::Document>& document,
              JudgedDocument& judged) {
  const crawler::FetchedDocument& fetched = judged.fetched;
  const crawler::ApiCall& call = *fetched.request.call;
  crawler::LookAnswer answer{.call = &call,
                             .status = fetched.response.status,
                             .body = fetched.response.body,
                             .whole = document && !fetched.response.truncated &&
                                      fetched.final_url.origin() == fetched.request.url.origin(),
                             .error = {}};
  std::vector<std::string> deleted;
  if (document) {
    answer.error = document->answer_error;
    deleted = document->gone;
    if (answer.error && answer.error->meaning == crawler::AnswerMeaning::kNothingThere) {
      document->answer_error.reset();
    }
  }
  for (const crawler::AskedPost& post : call.looks) {
    if (std::ranges::find(deleted, post.id) != deleted.end()) {
      judged.gone.push_back(post.key);
    }
  }
  judged.sights = SightsOfLook(answer, deleted, watch);
}

Sights SightsOfFailure(const crawler::FetchFailure& failure, const WatchList& watch,
                       const crawler::EngineSet* engines, core::Timestamp now) {
  if (!IsLook(failure.request)) {
    const bool answered = failure.status != 0 &&
                          crawler::ClassifyStatus(failure.status) != crawler::AnswerKind::kNotFound;
    return answered ? NothingToldOf(failure.request, watch) : Sights();
  }
  const crawler::ApiCall& call = *failure.request.call;
  std::optional<crawler::AnswerError> error;
  if (call.recipe != nullptr && !failure.body.empty()) {
    const core::Result<crawler::Document> read =
        ReadAnswer({.url = failure.request.url,
                    .content_type = std::string(net::FindHeader(failure.headers, "content-type")),
                    .body = failure.body,
                    .status = failure.status},
                   call, engines, now);
    if (read) {
      error = read->answer_error;
    }
  }
  if (failure.status == 0) {
    return NothingToldOf(failure.request, watch);
  }
  return SightsOfLook({.call = &call,
                       .status = failure.status,
                       .body = failure.body,
                       .whole = true,
                       .error = std::move(error)},
                      {}, watch);
}

Sights SightsOfRefusal(const crawler::Refusal& refusal, const WatchList& watch) {
  switch (refusal.reason) {
    case crawler::RefusalReason::kRobots:
    case crawler::RefusalReason::kAddress:
    case crawler::RefusalReason::kRedirects:
    case crawler::RefusalReason::kTrap:
      return NothingToldOf(refusal.request, watch);
    default:
      return {};
  }
}

}  // namespace schoolwatch::app
