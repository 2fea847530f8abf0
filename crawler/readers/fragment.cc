#include "crawler/readers/fragment.h"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include "crawler/readers/encoding.h"
#include "crawler/readers/feed.h"
#include "crawler/readers/feed_text.h"
#include "crawler/readers/html_tokenizer.h"
#include "crawler/readers/tags.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kMaxContainers = 200'000;
constexpr std::size_t kMaxDepth = 400;
constexpr std::size_t kMaxFeedEntries = 10'000;
constexpr std::size_t kWordsTried = 24;
constexpr std::size_t kWordsWanted = 12;
constexpr std::size_t kPlacesTried = 50;
constexpr std::size_t kMostPlaces = 10'000;  // Of one word.
constexpr std::size_t kTextLooked = 8'000;   // Bytes of a post from which words are taken.

bool IsWordByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || IsAsciiAlpha(c) || IsAsciiDigit(c);
}

// The longest words of the post, longest first: what is least likely to stand elsewhere.
std::vector<std::string> LongestWords(const core::Post& post) {
  const std::string& source = !post.text.empty()     ? post.text
                              : !post.quoted.empty() ? post.quoted
                                                     : post.title;
  const std::string_view text = std::string_view(source).substr(0, kTextLooked);
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    if (!IsWordByte(text[at])) {
      ++at;
      continue;
    }
    const std::size_t start = at;
    while (at < text.size() && IsWordByte(text[at])) {
      ++at;
    }
    words.emplace_back(text.substr(start, at - start));
  }
  std::ranges::sort(words, [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  words.erase(std::ranges::unique(words).begin(), words.end());
  if (words.size() > kWordsTried) {
    words.resize(kWordsTried);
  }
  return words;
}

// Cuts without splitting a character.
std::string_view CutAt(std::string_view text, std::size_t size) {
  if (text.size() <= size) {
    return text;
  }
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0u) == 0x80u) {
    --size;
  }
  return text.substr(0, size);
}

// Replaces what data: addresses hold. True: there was one.
bool DropEmbedded(std::string& text) {
  constexpr std::string_view kScheme = "data:";
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = text.find(kScheme); at != std::string::npos;
       at = text.find(kScheme, at + 1)) {
    const std::size_t end = std::min(text.find_first_of("\"' \t\r\n)>", at), text.size());
    const std::string_view address = std::string_view(text).substr(at, end - at);
    const std::size_t comma = address.find(',');
    const std::size_t slash = address.find('/');
    if (comma == std::string_view::npos || slash == std::string_view::npos || slash > comma) {
      continue;  // "data:" in somebody's words.
    }
    out.append(text, copied, at - copied);
    out += "data:,left-out";
    copied = end;
  }
  if (copied == 0) {
    return false;
  }
  out.append(text, copied);
  text = std::move(out);
  return true;
}

}  // namespace

FragmentCutter::FragmentCutter(const RawDocument& raw, DocumentKind kind) {
  const bool is_json =
      kind == DocumentKind::kJson || (kind == DocumentKind::kFeed && LooksLikeJsonFeed(raw.body));
  if (is_json) {
    text_ = DecodeJson(raw.body, raw.content_type).text;
    media_type_ = "application/json";
    ListObjects();
  } else if (kind == DocumentKind::kFeed) {
    text_ = CleanXml(DecodeXml(raw.body, raw.content_type).text);
    media_type_ = "application/xml; charset=utf-8";
    ListEntries();
  } else {
    text_ = DecodeHtml(raw.body, raw.content_type).text;
    media_type_ = "text/html; charset=utf-8";
    ListElements();
  }
}

std::size_t FragmentCutter::OpenContainer(std::size_t begin, std::size_t outer) {
  const std::size_t index = containers_.size();
  containers_.push_back({static_cast<std::uint32_t>(begin),
                         static_cast<std::uint32_t>(text_.size()),
                         static_cast<std::uint32_t>(std::min(outer, index))});
  return index;
}

void FragmentCutter::ListElements() {
  struct Open {
    std::string_view name;
    std::size_t container;
  };
  std::vector<Open> open;
  HtmlTokenizer tokenizer(text_);
  HtmlToken token;
  while (tokenizer.Next(token) && containers_.size() < kMaxContainers) {
    if (token.kind == HtmlToken::Kind::kText) {
      continue;
    }
    const auto name_at = static_cast<std::size_t>(token.name.data() - text_.data());
    if (token.kind == HtmlToken::Kind::kEnd) {
      const auto match = std::find_if(open.rbegin(), open.rend(), [&token](const Open& one) {
        return EqualsIgnoreCase(one.name, token.name);
      });
      if (match == open.rend()) {
        continue;
      }
      // What stands open inside ends where this one's end tag begins.
      const std::size_t inner_end = name_at - 2;
      for (auto one = open.rbegin(); one != match; ++one) {
        containers_[one->container].end = static_cast<std::uint32_t>(inner_end);
      }
      containers_[match->container].end = static_cast<std::uint32_t>(tokenizer.position());
      open.erase(match.base() - 1, open.end());
      continue;
    }
    if (Has(token.tag, kVoid)) {
      continue;
    }
    const std::size_t begin = name_at - 1;
    if (!open.empty() && EqualsIgnoreCase(open.back().name, token.name) &&
        (token.tag == Tag::kP || token.tag == Tag::kLi || token.tag == Tag::kTd ||
         token.tag == Tag::kTr || token.tag == Tag::kDd || token.tag == Tag::kDt)) {
      containers_[open.back().container].end = static_cast<std::uint32_t>(begin);
      open.pop_back();
    }
    if (open.size() < kMaxDepth) {
      const std::size_t outer = open.empty() ? containers_.size() : open.back().container;
      open.push_back({token.name, OpenContainer(begin, outer)});
    }
  }
}

void FragmentCutter::ListEntries() {
  for (const std::string_view entry : SplitFeed(text_, kMaxFeedEntries).entries) {
    // Entries lie in the text itself.
    const auto begin = static_cast<std::size_t>(entry.data() - text_.data());
    const std::size_t index = OpenContainer(begin, containers_.size());
    containers_[index].end = static_cast<std::uint32_t>(begin + entry.size());
  }
}

void FragmentCutter::ListObjects() {
  std::vector<std::size_t> open;
  for (std::size_t at = 0; at < text_.size() && containers_.size() < kMaxContainers; ++at) {
    const char c = text_[at];
    if (c == '"') {
      for (++at; at < text_.size() && text_[at] != '"'; ++at) {
        at += text_[at] == '\\' ? 1u : 0u;
      }
    } else if (c == '{' && open.size() < kMaxDepth) {
      open.push_back(OpenContainer(at, open.empty() ? containers_.size() : open.back()));
    } else if (c == '}' && !open.empty()) {
      containers_[open.back()].end = static_cast<std::uint32_t>(at + 1);
      open.pop_back();
    }
  }
}

std::size_t FragmentCutter::InnermostAt(std::size_t place) const {
  auto after = std::ranges::upper_bound(containers_, place, {}, &Container::begin);
  if (after == containers_.begin()) {
    return containers_.size();
  }
  auto index = static_cast<std::size_t>(after - containers_.begin()) - 1;
  while (containers_[index].end <= place) {
    if (containers_[index].outer == index) {
      return containers_.size();
    }
    index = containers_[index].outer;
  }
  return index;
}

FragmentCutter::Word FragmentCutter::FindWord(std::string_view word) const {
  Word found{.places = {}, .size = word.size()};
  for (std::size_t at = text_.find(word);
       at != std::string::npos && found.places.size() < kMostPlaces;
       at = text_.find(word, at + 1)) {
    found.places.push_back(static_cast<std::uint32_t>(at));
  }
  return found;
}

bool FragmentCutter::Holds(const Container& container, const Word& word) {
  const auto place = std::ranges::lower_bound(word.places, container.begin);
  return place != word.places.end() && *place + word.size <= container.end;
}

bool FragmentCutter::FindBest(const std::vector<Word>& words, const std::vector<Word>& marks,
                              std::size_t max_bytes, Choice& best) const {
  const auto known_in = [&](const Container& container) {
    return static_cast<std::size_t>(
        std::ranges::count_if(marks, [&](const Word& mark) { return Holds(container, mark); }));
  };
  bool found = false;
  std::set<std::size_t> tried;
  const std::span<const std::uint32_t> places(words.front().places);
  for (const std::uint32_t place : places.first(std::min(places.size(), kPlacesTried))) {
    std::size_t at = InnermostAt(place);
    // Up to the first that holds all words…
    while (at < containers_.size()) {
      const Container& container = containers_[at];
      if (container.end - container.begin > max_bytes) {
        at = containers_.size();
      } else if (std::ranges::all_of(words,
                                     [&](const Word& word) { return Holds(container, word); })) {
        break;
      } else {
        at = container.outer == at ? containers_.size() : container.outer;
      }
    }
    if (at >= containers_.size() || !tried.insert(at).second) {
      continue;
    }
    // …and on to what is not much larger and holds more of the post's marks.
    const std::size_t most =
        std::min(max_bytes, 3 * std::size_t{containers_[at].end - containers_[at].begin} + 4'096);
    Choice choice{at, known_in(containers_[at])};
    for (std::size_t up = at; containers_[up].outer != up;) {
      up = containers_[up].outer;
      if (containers_[up].end - containers_[up].begin > most) {
        break;
      }
      if (const std::size_t known = known_in(containers_[up]); known > choice.known) {
        choice = {up, known};
      }
    }
    const auto size = [this](std::size_t index) {
      return containers_[index].end - containers_[index].begin;
    };
    if (!found || choice.known > best.known ||
        (choice.known == best.known && size(choice.container) < size(best.container))) {
      best = choice;
      found = true;
    }
  }
  return found;
}

Fragment FragmentCutter::Cut(const core::Post& post, std::size_t max_bytes) const {
  std::vector<Word> words;
  const std::vector<std::string> longest = LongestWords(post);
  for (const std::string& word : longest) {
    if (Word found = FindWord(word); !found.places.empty()) {
      words.push_back(std::move(found));
    }
  }
  const bool is_there = 2 * words.size() > longest.size();
  if (words.size() > kWordsWanted) {
    words.resize(kWordsWanted);
  }
  std::vector<Word> marks;
  for (const std::string* mark : {&post.author, &post.id, &post.url, &post.published_text}) {
    if (!mark->empty()) {
      marks.push_back(FindWord(*mark));
    }
  }
  Fragment fragment{.text = {}, .media_type = media_type_, .note = {}, .cut = false};
  Choice best;
  // A part larger than what is kept is looked for too, and then cut.
  if (is_there && FindBest(words, marks, 8 * max_bytes, best)) {
    const std::string_view part = TextOf(containers_[best.container]);
    fragment.text = CutAt(part, max_bytes);
    fragment.cut = fragment.text.size() < part.size();
    fragment.note = fragment.cut ? "the post's part is longer; this is its beginning" : "";
  } else {
    const std::size_t place = words.empty() ? 0 : words.front().places.front();
    std::size_t begin = place > max_bytes / 2 ? place - max_bytes / 2 : 0;
    while (begin > 0 && (static_cast<unsigned char>(text_[begin]) & 0xC0u) == 0x80u) {
      --begin;
    }
    fragment.text = CutAt(std::string_view(text_).substr(begin), max_bytes);
    fragment.cut = fragment.text.size() < text_.size();
    fragment.note = words.empty() ? "the post's part could not be told apart: the document"
                                  : "the post's part could not be told apart: the document around "
                                    "its words";
  }
  if (DropEmbedded(fragment.text)) {
    fragment.note += fragment.note.empty() ? "" : "; ";
    fragment.note += "embedded files were left out";
  }
  return fragment;
}

}  // namespace schoolwatch::crawler
