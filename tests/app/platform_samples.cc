#include "tests/app/platform_samples.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>

#include "config/diagnostics.h"
#include "config/section.h"

namespace schoolwatch::app {
namespace {

constexpr std::string_view kAnswers = R"(
answers:
  note:
    title: Notes
    items: /notes
    id: {from: /id}
    text: {from: /text}
)";

constexpr std::string_view kQuillnet = R"(title: Quillnet
group: social
certainty: documented
status: on
covers: notes that name the school
not_covered: private notes
report_instead: forward the link
terms: [{at: "https://quillnet.example/terms", read: never, says: be | kind}]
robots: api
robots_why: https://quillnet.example/docs
values:
  channel: {help: The school's own channel, required: true}
credentials:
  key: {help: A key, steps: [Log in, Press the button], link: "https://quillnet.example/keys"}
session: {kind: token, headers: {Authorization: "Bearer {key}"}}
routes:
  search:
    title: Search
    answer: note
    request: {url: "https://quillnet.example/search", with_session: true}
    words: {into: query.q}
  own:
    title: Notes below the channel
    answer: note
    request: {url: "https://quillnet.example/c/{channel}", with_session: true}
)";

constexpr std::string_view kQuillcast = R"(title: Quillcast
group: video
certainty: seen
seen: Quillcast 2.1
status: on
covers: talks that name the school
routes:
  search:
    title: Search
    answer: note
    request: {url: "https://quillcast.example/search"}
    words: {into: query.q}
)";

constexpr std::string_view kQuillpay = R"(title: Quillpay
group: social
certainty: agreed
status: on
covers: all that is public
credentials:
  bearer: {help: A bearer token}
session: {kind: token, headers: {Authorization: "Bearer {bearer}"}}
budgets: [{what: money, currency: USD, calendar_month: true}]
routes:
  search:
    title: Search
    answer: note
    request: {url: "https://quillpay.example/search", with_session: true}
    words: {into: query.q}
    cost: {most_money: 0.5, prices: {/notes/*: 0.005}}
)";

constexpr std::string_view kQuilltry = R"(title: Quilltry
group: social
certainty: untried
status: off
covers: perhaps something
routes:
  search:
    title: Search
    answer: note
    request: {url: "https://quilltry.example/search"}
    words: {into: query.q}
)";

constexpr std::string_view kQuillgram = R"(title: Quillgram
group: messages
certainty: documented
status: coverage
covers: nothing
not_covered: Its messages are private and vanish.
report_instead: Type what it said into a mail to the school's reports address.
)";

}  // namespace

crawler::Platforms SamplePlatforms() {
  crawler::Platforms platforms;
  config::Diagnostics problems;
  for (const auto& [name, text] :
       {std::pair("quillnet", kQuillnet), std::pair("quillcast", kQuillcast),
        std::pair("quillpay", kQuillpay), std::pair("quilltry", kQuilltry),
        std::pair("quillgram", kQuillgram)}) {
    const bool has_routes = text != kQuillgram;
    const auto section = config::ParseYaml(
        name, std::string(text) + (has_routes ? std::string(kAnswers) : ""), problems);
    if (section) {
      if (auto platform = crawler::ReadPlatform(name, *section, {}, problems)) {
        platforms.emplace(name, std::make_shared<const crawler::Platform>(std::move(*platform)));
      }
    }
  }
  EXPECT_TRUE(problems.empty()) << problems.ToText();
  return platforms;
}

std::vector<PolicyName> SampleNames() {
  const auto name = [](std::string text, std::vector<std::string> platforms) {
    PolicyName made;
    made.name = std::move(text);
    made.group = "Networks";
    made.platforms = std::move(platforms);
    return made;
  };
  std::vector<PolicyName> names{
      name("Quillnet", {"quillnet"}),       name("Quillcast", {"quillcast"}),
      name("Quillpay", {"quillpay"}),       name("Quilltry", {"quilltry"}),
      name("Quillgram", {"quillgram"}),     name("Blogs", {}),
      name("The school's own web site", {})};
  names[0].hosts = {"quillnet.example"};
  names[4].indirectly = {"quillcast"};
  names[5].words = {"blog"};
  names[6].own_site = true;
  return names;
}

}  // namespace schoolwatch::app
