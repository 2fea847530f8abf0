#include "crawler/platforms/session_plan.h"

#include <fmt/format.h>
#include <sodium.h>

#include <charconv>
#include <optional>

#include "core/hash.h"
#include "crawler/platforms/route_values.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::string_view kJsonType = "application/json";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

std::string Base64(std::string_view text) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string out(sodium_base64_encoded_len(text.size(), kVariant), '\0');
  ::sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()),
                      text.size(), kVariant);
  out.resize(out.size() - 1);  // Its NUL.
  return out;
}

core::Result<std::map<std::string, std::string>> FillAll(
    const std::map<std::string, std::string>& templates, const TemplateValues& values) {
  std::map<std::string, std::string> filled;
  for (const auto& [name, text] : templates) {
    SW_ASSIGN(std::string value, FillTemplate(text, values));
    if (!value.empty()) {
      filled.emplace(name, std::move(value));
    }
  }
  return filled;
}

core::Result<void> AddBasic(const SessionSpec& spec, const TemplateValues& values,
                            SessionRequest& request) {
  if (spec.basic_user.empty()) {
    return {};
  }
  SW_ASSIGN(const std::string user, FillTemplate(spec.basic_user, values));
  SW_ASSIGN(const std::string password, FillTemplate(spec.basic_password, values));
  request.headers.emplace_back("Authorization", "Basic " + Base64(user + ":" + password));
  return {};
}

// Seconds, where the answer says them as a number or its text.
std::optional<std::chrono::seconds> ParseSeconds(const std::string& text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  constexpr std::int64_t kYear = 366 * 24 * 3600;
  if (error != std::errc() || end != text.data() + text.size() || count <= 0) {
    return std::nullopt;
  }
  return std::chrono::seconds(std::min(count, kYear));
}

}  // namespace

std::string SessionKey(const Platform& platform, const TemplateValues& values) {
  std::string made_with;
  const SessionSpec& spec = platform.session;
  for (const auto* templates : {&spec.create_form, &spec.create_json, &spec.refresh_form}) {
    for (const auto& [key, text] : *templates) {
      for (const std::string& name : NamesIn(text)) {
        // The login's own tokens change; whose login it is does not.
        const auto value = values.find(name);
        made_with += value == values.end() ? "" : '\n' + name + '=' + value->second;
      }
    }
  }
  for (const std::string* text : {&spec.create_url, &spec.basic_user, &spec.basic_password}) {
    made_with += '\n' + FillTemplate(*text, values).value_or(std::string());
  }
  return platform.name + "/" + core::ShortHash(made_with);
}

core::Result<SessionRequest> CreateSession(const Platform& platform, const TemplateValues& values) {
  const SessionSpec& spec = platform.session;
  SessionRequest request;
  const bool by_refresh = spec.create_form.empty() && spec.create_json.empty();
  SW_ASSIGN(request.url, FillTemplate(spec.create_url.empty() ? spec.refresh_url : spec.create_url,
                                      values, TemplatePlace::kAddress));
  SW_TRY(AddBasic(spec, values, request));
  if (!spec.create_json.empty()) {
    request.body = "{}";
    for (const auto& [name, text] : spec.create_json) {
      SW_ASSIGN(const std::string value, FillTemplate(text, values));
      request.body = WithMember(request.body, name, value,
                                NamesIn(text).empty() ? JsonForm::kAsWritten : JsonForm::kText);
    }
    request.body_type = kJsonType;
    return request;
  }
  // A person's refresh token, given as a credential, is all that there is to begin with.
  SW_ASSIGN(const auto fields, FillAll(by_refresh ? spec.refresh_form : spec.create_form, values));
  request.body = EncodePairs(fields);
  request.body_type = kFormType;
  return request;
}

core::Result<SessionRequest> RefreshSession(const Platform& platform, const TemplateValues& values,
                                            const core::PlatformSession& old) {
  const SessionSpec& spec = platform.session;
  if (old.refresh_token.empty() || (!spec.refresh_by_bearer && spec.refresh_form.empty())) {
    return core::Fail(core::ErrorKind::kNotFound, "the login has nothing to be made fresh with");
  }
  TemplateValues with_tokens = values;
  with_tokens.insert_or_assign("refresh_token", old.refresh_token);
  with_tokens.insert_or_assign("access", old.access_token);
  SessionRequest request;
  SW_ASSIGN(request.url, FillTemplate(spec.refresh_url.empty() ? spec.create_url : spec.refresh_url,
                                      with_tokens, TemplatePlace::kAddress));
  if (spec.refresh_by_bearer) {
    request.headers.emplace_back("Authorization", "Bearer " + old.refresh_token);
    return request;
  }
  SW_TRY(AddBasic(spec, with_tokens, request));
  SW_ASSIGN(const auto fields, FillAll(spec.refresh_form, with_tokens));
  request.body = EncodePairs(fields);
  request.body_type = kFormType;
  return request;
}

core::Result<core::PlatformSession> ReadSession(const Platform& platform, std::string_view answer,
                                                const core::PlatformSession& old,
                                                core::Timestamp now) {
  const SessionSpec& spec = platform.session;
  SW_ASSIGN(const RouteValues values, RouteValues::Parse(answer));
  core::PlatformSession session = old;
  session.access_token = values.Text(spec.access_pointer);
  if (session.access_token.empty()) {
    return core::Fail(core::ErrorKind::kBadInput,
                      fmt::format("the answer has no token at '{}'", spec.access_pointer));
  }
  if (std::string refresh = values.Text(spec.refresh_pointer); !refresh.empty()) {
    session.refresh_token = std::move(refresh);
  }
  session.access_until =
      now + ParseSeconds(values.Text(spec.lifetime_pointer)).value_or(spec.lifetime);
  return session;
}

}  // namespace schoolwatch::crawler
