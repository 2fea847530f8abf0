#include "tests/app/samples.h"

#include <filesystem>
#include <utility>

#include "core/fingerprint.h"
#include "core/url.h"

namespace schoolwatch::app {

core::Timestamp At(std::string_view rfc3339) { return core::ParseRfc3339(rfc3339).value(); }

JudgedPost Allegation(std::string id, std::string text, core::Severity severity) {
  JudgedPost judged;
  judged.post.kind = core::PostKind::kComment;
  judged.post.id = std::move(id);
  judged.post.url = "http://herald.example/gates#" + judged.post.id;
  judged.post.text = std::move(text);
  judged.post.author = "watchful";
  judged.post.source = "herald";
  judged.post.published = At("2026-11-20T18:00:00Z");
  judged.judgement.mentions = true;
  judged.judgement.schools = {{.school = "quillbrook", .score = 0.99, .why = "full name"}};
  judged.judgement.categories = {core::Category::kDefamatory};
  judged.judgement.severity = severity;
  judged.key = core::PostKey(judged.post);
  judged.text_hash = core::PostTextHash(judged.post);
  judged.fingerprint = core::MakeFingerprint(judged.post.text);
  return judged;
}

std::vector<config::Contact> HeadAlone() {
  return {{.role = "headteacher",
           .name = "Mrs Ada Wren",
           .email = "head@quillbrook.example",
           .schools = {},
           .where = {}}};
}

JudgedDocument DocumentOf(std::vector<JudgedPost> posts) {
  const core::HttpUrl url = core::HttpUrl::Parse("http://herald.example/gates").value();
  crawler::FetchedDocument fetched{.request = {.source = "herald", .url = url, .thread = {}},
                                   .final_url = url,
                                   .redirects = {},
                                   .response = {},
                                   .url_state = {},
                                   .host_state = {}};
  fetched.fetched_at = At("2026-11-20T18:30:00Z");
  fetched.url_state.key = core::CanonicalKey(url);
  JudgedDocument document{.fetched = std::move(fetched)};
  document.posts = std::move(posts);
  return document;
}

Workspace TestWorkspace(std::string_view second_reader) {
  Workspace workspace;
  workspace.data_dir = std::filesystem::path(SW_SOURCE_DIR) / "config";
  config::Settings& settings = workspace.config.settings;
  core::School school;
  school.key = "quillbrook";
  school.name = "Quillbrook Academy";
  school.town = "Quillbrook";
  school.places = {"Quillbrook"};
  school.headteacher = "Mrs Ada Wren";
  school.staff = {"Mr Silas Thrale"};
  settings.schools = {school};
  settings.contacts = {{.role = "headteacher",
                        .name = "Mrs Ada Wren",
                        .email = "head@quillbrook.example",
                        .schools = {},
                        .where = {}},
                       {.role = "dsl",
                        .name = "Miss Noor Hadley",
                        .email = "dsl@quillbrook.example",
                        .schools = {},
                        .where = {}}};
  settings.alerts.from = "schoolwatch@quillbrook.example";
  settings.crawl.contact = "it@quillbrook.example";
  settings.crawl.page_gap = std::chrono::milliseconds{1000};
  settings.crawl.feed_gap = std::chrono::milliseconds{1000};
  config::Source source;
  source.name = "herald";
  source.url = "http://herald.example/rss.xml";
  source.platform = "news";
  source.follow = "articles";
  workspace.config.sources = {source};
  workspace.judge =
      MakeJudge(settings.schools, workspace.data_dir, std::nullopt, second_reader).value();
  return workspace;
}

}  // namespace schoolwatch::app
