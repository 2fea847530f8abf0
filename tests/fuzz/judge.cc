#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "matchers/judge.h"
#include "matchers/rule_pack.h"

namespace {

using namespace schoolwatch;  // One function and its fixture; nothing else is in this program.

const matchers::Judge& TheJudge() {
  static const matchers::Judge judge = [] {
    core::School school;
    school.key = "quillbrook";
    school.name = "Quillbrook Academy";
    school.also = {"QBA"};
    school.handles = {"@QuillbrookAcad"};
    school.places = {"Quillbrook", "Tanner's Lane"};
    school.headteacher = "Mrs Odile Marchbank";
    school.not_us = {"Quillbrook Brewery"};
    config::Diagnostics problems;
    const std::vector<matchers::PackFile> files{
        {"fuzz.yaml", R"(pack: {name: fuzz, version: "1", category: safeguarding}
cues:
  - {id: negation, scope: before, weight: -2, lowers: 1, re2: '\b(?:not|never)\b', except: 'not only', why: denied}
rules:
  - {id: a, topic: weapon, severity: urgent, weight: 3, re2: '\bknife\W+(?:\w+\W+){0,3}\w+', unless: 'cake', damp: [negation], why: w, tests: {hit: [x], miss: [x]}}
  - {id: b, topic: threat, severity: low, weight: 1, near: sentence, re2: '\bk\W?y\W?s\b', needs: [named_person|link, not question], why: w, tests: {hit: [x], miss: [x]}}
)"}};
    matchers::RulePack pack = matchers::ReadRulePacks(files, problems);
    auto rules = matchers::RuleSet::Compile(std::move(pack), problems);
    auto index = matchers::SchoolIndex::Make({school});
    if (!rules.has_value() || !index.has_value()) {
      std::abort();
    }
    return matchers::Judge(*index, *rules);
  }();
  return judge;
}

}  // namespace

// The first byte chooses where the rest stands: as text, as title, on the school's own page.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::unique_ptr<char[]> exact(new char[size]);
  for (std::size_t at = 0; at < size; ++at) {
    exact[at] = static_cast<char>(data[at]);
  }
  const std::string_view input(exact.get(), size);
  core::Post post;
  const int where = input.empty() ? 0 : input.front() % 4;
  const std::string_view rest = input.substr(input.empty() ? 0 : 1);
  (where == 1 ? post.title : post.text) = rest;
  post.author = rest.substr(0, 40);
  post.page_of = where == 2 ? "quillbrook" : "";
  const core::Judgement judgement = TheJudge().Evaluate(post);
  for (const core::Hit& hit : judgement.hits) {
    const std::string& written = hit.field == core::PostField::kTitle ? post.title : post.text;
    if (hit.start > hit.end || hit.end > written.size() ||
        written.substr(hit.start, hit.end - hit.start) != hit.text) {
      std::abort();
    }
  }
  core::Post text_only;
  text_only.text = rest;
  if (TheJudge().Evaluate(text_only).mentions && !TheJudge().schools().MayMention(rest)) {
    std::abort();  // The gate must never miss what the full path finds.
  }
  (void)matchers::Explain(post, judgement);
  return 0;
}
