#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

// Texts with names in braces, as platforms' files hold them: "https://{host}/r/{sub}/new".
//   {name}   what stands there; where nothing does, the text cannot be filled in.
//   {?name}  the same, but the whole text is left out where nothing stands there.
//   {+name}  in an address: with its slashes, as "/wiki" of "https://{host}{+script}/api.php"; "/"
//            is no folder.
//   {{ }}    braces themselves.
namespace schoolwatch::crawler {

using TemplateValues = std::map<std::string, std::string, std::less<>>;

// Where a text is put, which says what is escaped.
enum class TemplatePlace {
  kText,     // As it is: whoever writes JSON, a form or a query escapes the whole.
  kHeader,   // No control bytes.
  kAddress,  // Percent-encoded by part; a host takes only what can be one.
};

// kBadInput: braces that do not close, or hold no name.
core::Result<void> CheckTemplate(std::string_view text);

// The names in it, each once, in order. None for what CheckTemplate refuses.
std::vector<std::string> NamesIn(std::string_view text);
bool IsNamedIn(std::string_view text, std::string_view name);

// "" where an optional name is empty. kBadInput: a name has no value, or one that cannot stand
// there; the message holds no value.
core::Result<std::string> FillTemplate(std::string_view text, const TemplateValues& values,
                                       TemplatePlace place = TemplatePlace::kText);

// Everything but letters, digits and "-._~" as %XX: one part of a path, query or form.
std::string PercentEncode(std::string_view text);
// "a=1&b=2", names and values percent-encoded.
std::string EncodePairs(const std::map<std::string, std::string>& pairs);

}  // namespace schoolwatch::crawler
