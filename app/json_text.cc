#include "app/json_text.h"

#include <boost/json.hpp>
#include <string_view>

#include "core/time.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

void Put(json::object& object, std::string_view key, const std::string& value) {
  if (!value.empty()) {
    object[key] = value;
  }
}

void Put(json::object& object, std::string_view key, const std::optional<core::Timestamp>& time) {
  if (time) {
    object[key] = core::FormatRfc3339(*time);
  }
}

std::optional<core::Timestamp> IfSet(core::Timestamp time) {
  return time == core::Timestamp{} ? std::nullopt : std::optional(time);
}

json::array Names(const std::vector<std::string>& names) {
  json::array array;
  for (const std::string& name : names) {
    array.emplace_back(name);
  }
  return array;
}

json::array Names(const std::vector<core::Category>& categories) {
  json::array array;
  for (const core::Category category : categories) {
    array.emplace_back(core::CategoryName(category));
  }
  return array;
}

json::array Schools(const std::vector<core::SchoolScore>& schools) {
  json::array array;
  for (const core::SchoolScore& school : schools) {
    json::object one{{"school", school.school}, {"score", school.score}};
    Put(one, "why", school.why);
    array.emplace_back(std::move(one));
  }
  return array;
}

}  // namespace

json::object ToJson(const core::Post& post) {
  json::object object;
  object["kind"] = core::PostKindName(post.kind);
  Put(object, "id", post.id);
  Put(object, "url", post.url);
  Put(object, "title", post.title);
  object["text"] = post.text;
  Put(object, "quoted", post.quoted);
  Put(object, "summary", post.summary);
  Put(object, "author", post.author);
  Put(object, "author_url", post.author_url);
  Put(object, "published", post.published);
  Put(object, "published_text", post.published_text);
  Put(object, "updated", post.updated);
  Put(object, "parent", post.parent);
  Put(object, "language", post.language);
  if (post.visibility != core::Visibility::kPublic) {
    object["visibility"] = core::VisibilityName(post.visibility);
  }
  return object;
}

json::object ToJson(const core::Judgement& judgement) {
  json::object object;
  object["mentions"] = judgement.mentions;
  object["schools"] = Schools(judgement.schools);
  if (!judgement.also_possible.empty()) {
    object["also_possible"] = Schools(judgement.also_possible);
  }
  object["categories"] = Names(judgement.categories);
  object["severity"] = core::SeverityName(judgement.severity);
  object["topics"] = Names(judgement.topics);
  json::object scores;
  for (std::size_t i = 0; i < core::kCategories.size(); ++i) {
    scores[core::CategoryName(core::kCategories[i])] = judgement.scores[i];
  }
  object["scores"] = std::move(scores);
  json::array hits;
  for (const core::Hit& hit : judgement.hits) {
    hits.emplace_back(json::object{{"rule", hit.rule},
                                   {"category", core::CategoryName(hit.category)},
                                   {"weight", hit.weight},
                                   {"field", core::PostFieldName(hit.field)},
                                   {"start", hit.start},
                                   {"end", hit.end},
                                   {"text", hit.text},
                                   {"why", hit.why}});
  }
  object["hits"] = std::move(hits);
  Put(object, "rules_version", judgement.rules_version);
  return object;
}

json::object ToJson(const core::Finding& finding) {
  json::object object;
  object["finding"] = finding.id;
  object["case"] = finding.case_id;
  object["school"] = finding.school;
  object["source"] = finding.post.source;
  object["fetched"] = core::FormatRfc3339(finding.fetched_at);
  object["post"] = ToJson(finding.post);
  object["judgement"] = ToJson(finding.judgement);
  Put(object, "edit_of", finding.edit_of);
  Put(object, "last_seen_there", IfSet(finding.standing.seen_at));
  Put(object, "missed_there", IfSet(finding.standing.missed_at));
  if (finding.standing.gone) {
    object["gone"] = true;
  }
  return object;
}

json::object ToJson(const core::Case& one) {
  json::object object;
  object["case"] = one.id;
  object["school"] = one.school;
  object["state"] = core::CaseStateName(one.state);
  if (one.outcome != core::CaseOutcome::kNone) {
    object["outcome"] = core::CaseOutcomeName(one.outcome);
  }
  object["title"] = one.title;
  object["severity"] = core::SeverityName(one.severity);
  object["categories"] = Names(one.categories);
  object["topics"] = Names(one.topics);
  object["opened"] = core::FormatRfc3339(one.opened_at);
  object["changed"] = core::FormatRfc3339(one.changed_at);
  Put(object, "thread_url", one.thread_url);
  object["posts"] = core::PostsIn(one);
  object["authors"] = one.authors;
  object["sources"] = Names(one.sources);
  return object;
}

json::object ToJson(const core::CaseEvent& event) {
  json::object object;
  object["at"] = core::FormatRfc3339(event.at);
  Put(object, "who", event.who);
  object["event"] = core::CaseEventKindName(event.kind);
  Put(object, "about", event.about);
  Put(object, "reason", event.reason);
  Put(object, "finding", event.finding);
  return object;
}

json::object ToJson(const core::PostVersion& version) {
  json::object object;
  object["read"] = core::FormatRfc3339(version.at);
  Put(object, "title", version.title);
  object["text"] = version.text;
  object["categories"] = Names(version.categories);
  object["severity"] = core::SeverityName(version.severity);
  return object;
}

json::object ToJson(const core::KeptExample& example) {
  json::object object = ToJson(example.post);
  object["id"] = example.id;
  Put(object, "platform", example.post.platform);
  Put(object, "page_of", example.post.page_of);
  object["school"] = example.school;
  object["case"] = example.case_id;
  object["outcome"] = core::CaseOutcomeName(example.outcome);
  object["kept"] = core::FormatRfc3339(example.kept_at);
  return object;
}

json::object ToJson(const crawler::Document& document) {
  json::object object;
  object["kind"] = crawler::DocumentKindName(document.kind);
  object["encoding"] = document.encoding;
  if (document.feed) {
    json::object feed;
    Put(feed, "title", document.feed->title);
    Put(feed, "subtitle", document.feed->subtitle);
    Put(feed, "url", document.feed->url);
    Put(feed, "id", document.feed->id);
    Put(feed, "author", document.feed->author);
    Put(feed, "updated", document.feed->updated);
    object["feed"] = std::move(feed);
  }
  Put(object, "title", document.title);
  Put(object, "author", document.author);
  Put(object, "published", document.published);
  json::array posts;
  for (const core::Post& post : document.posts) {
    posts.emplace_back(ToJson(post));
  }
  object["posts"] = std::move(posts);
  json::array links;
  for (const crawler::Link& link : document.links) {
    links.emplace_back(json::object{
        {"url", link.url}, {"text", link.text}, {"kind", crawler::LinkKindName(link.kind)}});
  }
  object["links"] = std::move(links);
  object["main_text"] = document.main_text;
  if (!document.notes.empty()) {
    object["notes"] = Names(document.notes);
  }
  if (document.answer_error) {
    object["answer_error"] =
        json::object{{"means", crawler::AnswerMeaningName(document.answer_error->meaning)},
                     {"words", document.answer_error->words}};
  }
  if (!document.gone.empty()) {
    object["gone"] = Names(document.gone);
  }
  return object;
}

}  // namespace schoolwatch::app
