#include "app/owner/served_request.h"

#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "app/version.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t kMaxWords = 10'000;
constexpr std::size_t kMaxWidth = 10'000;

std::unexpected<core::Error> Wrong(std::string what) {
  return core::Fail(core::ErrorKind::kBadInput, std::move(what));
}

core::Result<json::object> ParseObject(std::string_view frame) {
  json::parse_options options;
  options.max_depth = 4;
  // Arguments and output are bytes: a file's name need not be UTF-8.
  options.allow_invalid_utf8 = true;
  boost::system::error_code error;
  json::value value = json::parse(frame, error, {}, options);
  if (error || !value.is_object()) {
    return Wrong("this is no JSON object");
  }
  return std::move(value.get_object());
}

core::Result<std::string> TextOf(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) {
    return Wrong("'" + std::string(name) + "' is missing or no text");
  }
  return std::string(value->get_string());
}

// A path that leads to the same place from any folder.
core::Result<fs::path> PathOf(const json::object& object, std::string_view name) {
  SW_ASSIGN(std::string text, TextOf(object, name));
  if ((!text.empty() && text.front() != '/') || text.find('\0') != std::string::npos) {
    return Wrong("'" + std::string(name) + "' is no absolute path");
  }
  return fs::path(std::move(text));
}

core::Result<std::size_t> NumberOf(const json::object& object, std::string_view name,
                                   std::size_t most) {
  const json::value* const value = object.if_contains(name);
  if (value == nullptr || !value->is_int64() || value->get_int64() < 0 ||
      static_cast<std::uint64_t>(value->get_int64()) > most) {
    return Wrong("'" + std::string(name) + "' is missing or no number up to " +
                 std::to_string(most));
  }
  return static_cast<std::size_t>(value->get_int64());
}

}  // namespace

std::string ToFrame(const ServedRequest& request) {
  json::array words;
  for (const std::string& word : request.words) {
    words.emplace_back(word);
  }
  return json::serialize(json::object{{"schoolwatch", kVersion},
                                      {"words", std::move(words)},
                                      {"folder", request.folder.string()},
                                      {"config", request.config_dir.string()},
                                      {"data", request.data_dir.string()},
                                      {"user", request.user},
                                      {"width", request.width}});
}

core::Result<ServedRequest> ParseRequest(std::string_view frame) {
  SW_ASSIGN(const json::object object, ParseObject(frame));
  SW_ASSIGN(const std::string version, TextOf(object, "schoolwatch"));
  if (version != kVersion) {
    return Wrong("the store is held by schoolwatch " + std::string(kVersion) +
                 ", and this is another release");
  }
  ServedRequest request;
  const json::value* const words = object.if_contains("words");
  if (words == nullptr || !words->is_array() || words->get_array().size() > kMaxWords) {
    return Wrong("'words' is missing or no list");
  }
  for (const json::value& word : words->get_array()) {
    if (!word.is_string() || word.get_string().find('\0') != std::string::npos) {
      return Wrong("a word is no text");
    }
    request.words.emplace_back(word.get_string());
  }
  SW_ASSIGN(request.folder, PathOf(object, "folder"));
  SW_ASSIGN(request.config_dir, PathOf(object, "config"));
  SW_ASSIGN(request.data_dir, PathOf(object, "data"));
  SW_ASSIGN(request.user, TextOf(object, "user"));
  if (request.user.empty() || request.user.size() > kMaxUserBytes) {
    return Wrong("'user' is empty or too long");
  }
  SW_ASSIGN(request.width, NumberOf(object, "width", kMaxWidth));
  return request;
}

std::string ToFrame(const Reply& reply) {
  json::object object;
  if (std::holds_alternative<Begun>(reply)) {
    object["begun"] = true;
  } else if (const auto* const output = std::get_if<Output>(&reply)) {
    object[output->to == Output::To::kOut ? "out" : "errors"] = output->bytes;
  } else if (const auto* const ended = std::get_if<Ended>(&reply)) {
    object["exit"] = static_cast<int>(ended->status);
  } else {
    object["not_now"] = std::get<NotNow>(reply).why;
  }
  return json::serialize(object);
}

core::Result<Reply> ParseReply(std::string_view frame) {
  SW_ASSIGN(const json::object object, ParseObject(frame));
  if (object.contains("begun")) {
    return Begun{};
  }
  if (object.contains("out")) {
    SW_ASSIGN(std::string bytes, TextOf(object, "out"));
    return Output{Output::To::kOut, std::move(bytes)};
  }
  if (object.contains("errors")) {
    SW_ASSIGN(std::string bytes, TextOf(object, "errors"));
    return Output{Output::To::kErrors, std::move(bytes)};
  }
  if (object.contains("exit")) {
    SW_ASSIGN(const std::size_t status, NumberOf(object, "exit", 255));
    return Ended{static_cast<ExitCode>(status)};
  }
  SW_ASSIGN(std::string why, TextOf(object, "not_now"));
  return NotNow{std::move(why)};
}

}  // namespace schoolwatch::app
