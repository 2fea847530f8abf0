#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/platforms/check_desk.h"
#include "crawler/platforms/look_plan.h"
#include "crawler/platforms/route_request.h"
#include "crawler/platforms/template.h"
#include "crawler/readers/recipe.h"

namespace schoolwatch::crawler {
namespace {

class LookCheck {
 public:
  LookCheck(const CheckDesk& desk, const Route& route, const std::string& what)
      : desk_(desk), route_(route), look_(*route.looks_at), what_(what) {
    for (std::string& group : GroupsOf(look_)) {
      groups_.insert(std::move(group));
    }
  }

  void Run() const {
    CheckPattern();
    CheckAlone();
    CheckQuestion();
    CheckHost();
    CheckProof();
  }

 private:
  void Add(std::string_view key, std::string_view message) const {
    desk_.Add({"routes", route_.name, "looks_at", key}, fmt::format("{}: {}", what_, message));
  }

  void CheckPattern() const {
    const re2::RE2 pattern(look_.posts, re2::RE2::Quiet);
    if (!pattern.ok()) {
      Add("posts", fmt::format("'posts' is no regular expression: {}", pattern.error()));
      return;
    }
    for (const std::string& group : groups_) {
      // Whoever writes a post chooses these.
      if (desk_.CommonNames().contains(group) || group == "access") {
        Add("posts", fmt::format("the group '{}' has the name of a value or credential, which a "
                                 "post is not to give",
                                 group));
      }
    }
    std::set<std::string> names = groups_;
    names.insert("id");
    desk_.CheckTemplateNames(look_.ask, {"routes", route_.name, "looks_at", "ask"}, names, what_);
  }

  // Posts are chosen by what is known of them, so nothing that finds new ones has a meaning here.
  void CheckAlone() const {
    if (route_.reader != "json") {
      Add("posts", "'looks_at' is for answers in JSON");
    }
    if (route_.words || route_.since || route_.next || route_.paging.by != PagingSpec::By::kNone) {
      Add("posts", "'looks_at' goes with neither 'words', 'since', 'paging' nor 'next'");
    }
    if (route_.cost.most_money > 0 || !route_.cost.prices.empty()) {
      Add("posts", "a look never spends money, so a route that costs some cannot have 'looks_at'");
    }
  }

  void CheckQuestion() const {
    const std::set<std::string> named = NamesOf(route_.request);
    const auto tells = [&](const std::string& name) { return named.contains(name); };
    if (look_.into.empty() && !tells("id") && std::ranges::none_of(groups_, tells)) {
      Add("posts",
          "every post would be asked for alike: give 'into', or name a group of 'posts' "
          "in the request");
    }
    if (look_.most > 1 && look_.into.empty()) {
      Add("most", "several posts are asked for at once, so 'into' must say where");
    }
    if (look_.repeat && !look_.into.starts_with("query.")) {
      Add("repeat", "'repeat' is for a parameter of the query: 'into: query.NAME'");
    }
  }

  // A post's author may name any host.
  void CheckHost() const {
    const std::string& url = route_.request.url;
    const std::size_t path = url.find('/', std::min(url.find("//"), url.size() - 2) + 2);
    const std::vector<std::string> in_host = NamesIn(url.substr(0, path));
    const auto is_of_post = [&](const std::string& name) {
      return name == "id" || groups_.contains(name);
    };
    if (std::ranges::none_of(in_host, is_of_post)) {
      return;
    }
    if (!route_.robots_asked) {
      Add("posts", "it asks hosts that posts name, so it needs 'robots_asked: true'");
    }
    const std::set<std::string> named = NamesOf(route_.request);
    const bool names_credential = std::ranges::any_of(
        desk_.platform().credentials,
        [&](const CredentialSpec& credential) { return named.contains(credential.name); });
    if (route_.request.with_session || names_credential) {
      Add("posts", "it asks hosts that posts name, so no credential may go with it");
    }
  }

  // What never tells that a post is missing would be asked for nothing.
  void CheckProof() const {
    if (look_.most > 1 && !look_.list) {
      Add("most",
          "several posts are asked for at once, so 'list' must say where the answer has "
          "those that are there");
    }
    if (look_.by_status && look_.most > 1) {
      Add("by_status", "a status tells of one post, and 'most' is more");
    }
    const auto answer = desk_.platform().answers.find(route_.answer);
    const bool recipe_tells =
        answer != desk_.platform().answers.end() &&
        std::ranges::any_of(answer->second->errors, [](const RecipeError& error) {
          return error.means == AnswerMeaning::kNothingThere;
        });
    if (!look_.list && !look_.by_status && !recipe_tells) {
      Add("posts",
          "nothing would tell that a post is missing: give 'list' or 'by_status', or an "
          "answer whose errors have one that means nothing_there");
    }
  }

  const CheckDesk& desk_;
  const Route& route_;
  const LookSpec& look_;
  const std::string& what_;
  std::set<std::string> groups_;
};

}  // namespace

void CheckLook(const CheckDesk& desk, const Route& route, const std::string& what) {
  LookCheck(desk, route, what).Run();
}

}  // namespace schoolwatch::crawler
