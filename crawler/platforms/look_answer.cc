#include "crawler/platforms/look_answer.h"

#include <set>
#include <string>

#include "crawler/platforms/platform.h"
#include "crawler/platforms/route_values.h"

namespace schoolwatch::crawler {
namespace {

// Whether the answer to a question for one post says that there is none.
bool SaysNothingThere(const LookAnswer& answer, const LookSpec& spec) {
  if (answer.error && answer.error->meaning == AnswerMeaning::kNothingThere) {
    return true;
  }
  // A refusal in words is one, whatever the number in front of it.
  const bool is_plain = !answer.error || answer.error->meaning == AnswerMeaning::kOther;
  return spec.by_status && is_plain && (answer.status == 404 || answer.status == 410);
}

}  // namespace

std::vector<Stands> ReadLook(const LookAnswer& answer) {
  const std::vector<AskedPost>& asked = answer.call->looks;
  const LookSpec& spec = *answer.call->route->looks_at;
  std::vector<Stands> stands(asked.size(), Stands::kUnknown);
  if (asked.size() == 1 && answer.whole && SaysNothingThere(answer, spec)) {
    stands.front() = Stands::kNo;
    return stands;
  }
  if (answer.error || answer.status < 200 || answer.status >= 300) {
    return stands;
  }
  const core::Result<RouteValues> values = RouteValues::Parse(answer.body);
  if (!values) {
    return stands;
  }
  std::set<std::string> shown;
  if (!spec.shown.empty()) {
    for (std::string& word : values->Texts(spec.shown)) {
      shown.insert(std::move(word));
    }
  }
  const bool proves = answer.whole && spec.list && values->HasArray(*spec.list);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    stands[i] = shown.contains(asked[i].word) ? Stands::kYes
                : proves                      ? Stands::kNo
                                              : Stands::kUnknown;
  }
  return stands;
}

}  // namespace schoolwatch::crawler
