#include "storage/erasure_needles.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/place.h"
#include "core/text/html_escape.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace schoolwatch::storage {
namespace {

constexpr std::size_t kTextPiece = 48;
// As our own pages and mails write it; most others leave it as it is.
constexpr std::string_view kApostrophe = "&#39;";
constexpr std::string_view kAmpersand = "&amp;";

std::string Replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

}  // namespace

std::vector<std::string> FormsOf(std::string_view text) {
  const std::string ours = core::EscapeHtml(text);
  const std::string others = Replaced(ours, kApostrophe, "'");
  const std::string json = Replaced(std::string(text), "/", "\\/");
  std::vector<std::string> forms{std::string(text), others, ours, json};
  if (text.find('&') != std::string_view::npos) {
    for (const std::string_view reference :
         {"&#038;", "&#38;", "&#x26;"}) {  // WordPress: the first.
      forms.push_back(Replaced(others, kAmpersand, reference));
    }
    forms.push_back(Replaced(others, "/", "\\/"));  // HTML in JSON.
    forms.push_back(Replaced(std::string(text), "&", "\\u0026"));
    forms.push_back(Replaced(json, "&", "\\u0026"));
  }
  for (auto form = forms.begin(); form != forms.end();) {
    const bool known = std::find(forms.begin(), form, *form) != form;
    form = known ? forms.erase(form) : form + 1;
  }
  return forms;
}

std::vector<Needle> NeedlesOf(const ErasureSubject& subject, const std::set<std::string>& names) {
  std::vector<Needle> needles;
  const auto add = [&needles](std::string_view bytes, std::string_view what,
                              bool is_address = false) {
    for (std::string& form : FormsOf(bytes)) {
      const bool known = std::ranges::find(needles, form, &Needle::bytes) != needles.end();
      if (!form.empty() && !known) {
        needles.push_back({std::move(form), std::string(what), is_address});
      }
    }
  };
  for (const std::string& name : names) {
    add(name, kNameNeedle);
  }
  for (const std::string& url : subject.urls) {
    // Without its scheme it is found however it was written; but a whole site is everybody's.
    const std::string place = PlaceKey(url);
    const bool told = !core::IsWholeSite(place);
    if (told) {
      add(place, "an address", true);
    }
    if (!told || url.find(place) == std::string::npos) {
      add(url, "an address", true);
    }
  }
  for (const core::Finding& finding : subject.findings) {
    add(finding.id, "a post's number");
    const std::string_view text = finding.post.text;
    if (text.size() >= kShortestText) {
      add(text.substr(0, kTextPiece), "a text");
      add(text.substr(text.size() - std::min(kTextPiece, text.size())), "a text");
    }
  }
  return needles;
}

core::Result<std::vector<LeftRecord>> FindLeft(const Db& db, std::span<const Needle> needles) {
  constexpr std::size_t kPage = 256;
  constexpr std::array<std::string_view, 4> kPrefixes{kFindingPrefix, kEvidencePrefix,
                                                      kVersionPrefix, kCasePrefix};
  const RecordReader reader(db);
  std::vector<LeftRecord> left;
  const auto add = [&](std::string_view prefix, const std::string& key, const std::string& value,
                       const std::string& what) -> core::Result<void> {
    LeftRecord one{std::string(prefix.substr(0, prefix.size() - 1)), "", "", what};
    std::string id = key.substr(prefix.size());
    if (prefix == kCasePrefix) {
      one.case_id = std::move(id);
    } else {
      if (prefix == kVersionPrefix) {  // Its time stands behind the id.
        SW_ASSIGN(const auto version, DecodeRecord<core::PostVersion>(reader.store(), key, value));
        id = version.finding_id;
      }
      SW_ASSIGN(const auto finding, reader.Find<core::Finding>(Key(kFindingPrefix, id)));
      if (finding) {
        one.case_id = finding->case_id;
        one.url = finding->post.url.empty() ? finding->post.thread_url : finding->post.url;
      }
    }
    if (std::ranges::find(left, one) == left.end()) {
      left.push_back(std::move(one));
    }
    return {};
  };
  for (const std::string_view prefix : kPrefixes) {
    std::string after(prefix);
    for (;;) {
      SW_ASSIGN(const auto entries, reader.view().ListAfter(after, prefix, kPage));
      if (entries.empty()) {
        break;
      }
      for (const auto& [key, value] : entries) {
        for (const Needle& needle : needles) {
          if (needle.what != kNameNeedle && FindNeedle(value, needle) != std::string::npos) {
            SW_TRY(add(prefix, key, value, needle.what));
          }
        }
      }
      after = entries.back().first;
    }
  }
  return left;
}

}  // namespace schoolwatch::storage
