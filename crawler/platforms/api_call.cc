#include "crawler/platforms/api_call.h"

#include "core/hash.h"

namespace schoolwatch::crawler {

std::string ApiCall::Identity() const {
  const bool is_secret = !secret_headers.empty() || !secret_query.empty() || !secret_target.empty();
  if (method == "GET" && body.empty() && !is_secret) {
    return {};
  }
  // The same address asked for two accounts has two answers; a token that was renewed asks for the
  // same one. Hence whose question it is, which the state's key says, instead of the secrets.
  return core::ShortHash(method + '\n' + body_type + '\n' + body + '\n' +
                         (is_secret ? state_key : std::string()));
}

}  // namespace schoolwatch::crawler
