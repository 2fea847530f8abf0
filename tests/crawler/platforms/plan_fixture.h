#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/section.h"
#include "crawler/platforms/route_plan.h"

namespace schoolwatch::crawler {

inline core::Timestamp At(std::string_view text) {
  const core::Result<core::Timestamp> time = core::ParseRfc3339(text);
  EXPECT_TRUE(time) << text;
  return time.value_or(core::Timestamp());
}

// A platform's file around some routes.
inline std::shared_ptr<const Platform> MakePlatform(std::string_view routes,
                                                    std::string_view more = "") {
  const std::string text = std::string(R"(title: Quillnet
group: social
certainty: documented
status: on
values:
  host: {help: The server, default: quillnet.example}
  subs: {help: Places, list: true}
  plain: {help: Anything}
credentials:
  key: {help: A key}
budgets:
  - {what: units, most: 100}
  - {what: money, currency: USD, calendar_month: true}
)") + std::string(more) + "\nroutes:\n" +
                           std::string(routes) + R"(
answers:
  note:
    title: Notes
    items: /notes
    id: {from: /id}
    text: {from: /text}
)";
  config::Diagnostics problems;
  const auto section = config::ParseYaml("quillnet.yaml", text, problems);
  if (!section) {
    ADD_FAILURE() << problems.ToText();
    return nullptr;
  }
  std::optional<Platform> platform = ReadPlatform("quillnet", *section, {}, problems);
  EXPECT_TRUE(platform) << problems.ToText();
  return platform ? std::make_shared<const Platform>(std::move(*platform)) : nullptr;
}

// A source of that platform, one school, and a memory of states.
class PlanTest : public testing::Test {
 protected:
  PlanTest() {
    source_.name = "net";
    source_.platform = "quillnet";
    core::School school;
    school.key = "quillbrook";
    school.name = "Quillbrook Academy";
    school.town = "Quillbrook";
    school.also = {"QA", "Quillbrook Secondary"};
    school.handles = {"@QuillbrookAcad", "#QuillbrookAcademy"};
    school.headteacher = "Dr Imogen Vale";
    schools_ = {school};
  }

  PlanInput Input(std::shared_ptr<const Platform> platform) {
    PlanInput input{.platform = std::move(platform), .source = &source_, .schools = schools_};
    input.now = now_;
    input.state = [this](const std::string& key) -> std::optional<core::RouteState> {
      const auto found = states_.find(key);
      return found == states_.end() ? std::nullopt : std::optional(found->second);
    };
    input.version = "1.2";
    input.contact = "it@quillbrook.example";
    return input;
  }

  static std::vector<std::string> Addresses(const std::vector<CrawlRequest>& requests) {
    std::vector<std::string> addresses;
    for (const CrawlRequest& request : requests) {
      addresses.push_back(request.url.href());
    }
    return addresses;
  }

  // An answer with posts of these ids, an hour old.
  AnswerSteps Answer(const PlanInput& input, const CrawlRequest& request, std::string_view body,
                     const std::vector<std::string>& ids = {"1"}, bool any_new = true,
                     std::string_view link = "", const core::TextGate* gate = nullptr) {
    std::vector<core::Post> posts;
    for (const std::string& id : ids) {
      core::Post post;
      post.id = id;
      post.published = now_ - std::chrono::hours(1);
      posts.push_back(post);
    }
    AnswerSeen seen{.request = &request, .body = body, .link_header = link, .posts = posts};
    seen.any_new = any_new;
    seen.gate = gate;
    AnswerSteps steps = FollowAnswer(input, seen);
    if (steps.state) {
      states_[steps.state->key] = *steps.state;
    }
    return steps;
  }

  core::Timestamp now_ = At("2026-11-20T18:00:00Z");
  config::Source source_;
  std::vector<core::School> schools_;
  std::map<std::string, core::RouteState> states_;
};

}  // namespace schoolwatch::crawler
