#include "crawler/readers/hints.h"

#include <algorithm>
#include <array>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

enum class Match { kWord, kPart };

struct Row {
  std::string_view part;
  Match match;
  std::uint32_t hints;
};

// A word is what stands between '-', '_', spaces and changes of case; a part may stand anywhere.
constexpr Row kRows[] = {
    {"author", Match::kPart, kHintAuthor},
    {"user", Match::kWord, kHintAuthor},
    {"username", Match::kPart, kHintAuthor},
    {"userinfo", Match::kPart, kHintAuthor},
    {"usergroup", Match::kPart, kHintAuthor},
    {"member", Match::kWord, kHintAuthor},
    {"poster", Match::kPart, kHintAuthor},
    {"profile", Match::kPart, kHintAuthor},
    {"avatar", Match::kPart, kHintAuthor},
    {"byline", Match::kPart, kHintAuthor},
    {"nick", Match::kWord, kHintAuthor},
    {"nickname", Match::kWord, kHintAuthor},
    {"benutzer", Match::kPart, kHintAuthor},
    {"verfasser", Match::kPart, kHintAuthor},
    {"auteur", Match::kPart, kHintAuthor},
    {"usuario", Match::kPart, kHintAuthor},
    {"pseudo", Match::kWord, kHintAuthor},
    {"commenter", Match::kPart, kHintAuthor},
    {"postbit_user", Match::kPart, kHintAuthor},
    {"vcard", Match::kWord, kHintAuthor},
    {"signature", Match::kPart, kHintSignature},
    {"postsig", Match::kPart, kHintSignature},
    {"sig", Match::kWord, kHintSignature},
    {"toolbar", Match::kPart, kHintTools},
    {"tools", Match::kWord, kHintTools},
    {"controls", Match::kPart, kHintTools},
    {"actions", Match::kPart, kHintTools},
    {"action", Match::kWord, kHintTools},
    {"buttons", Match::kPart, kHintTools},
    {"button", Match::kWord, kHintTools},
    {"btn", Match::kWord, kHintTools},
    {"share", Match::kPart, kHintTools | kHintBoilerplate},
    {"sharing", Match::kPart, kHintTools | kHintBoilerplate},
    {"social", Match::kWord, kHintTools | kHintBoilerplate},
    {"like", Match::kWord, kHintTools},
    {"likes", Match::kWord, kHintTools},
    {"reaction", Match::kPart, kHintTools},
    {"vote", Match::kWord, kHintTools},
    {"votes", Match::kWord, kHintTools},
    {"voting", Match::kWord, kHintTools},
    {"thanks", Match::kWord, kHintTools},
    {"report", Match::kWord, kHintTools},
    {"reply", Match::kWord, kHintTools},
    {"menu", Match::kWord, kHintTools | kHintBoilerplate},
    {"dropdown", Match::kWord, kHintTools},
    {"meta", Match::kWord, kHintMeta},
    {"metadata", Match::kPart, kHintMeta},
    {"header", Match::kWord, kHintMeta},
    {"head", Match::kWord, kHintMeta},
    {"postheader", Match::kPart, kHintMeta},
    {"footer", Match::kWord, kHintMeta | kHintBoilerplate},
    {"foot", Match::kWord, kHintMeta},
    {"date", Match::kWord, kHintMeta},
    {"time", Match::kWord, kHintMeta},
    {"timestamp", Match::kPart, kHintMeta},
    {"datum", Match::kWord, kHintMeta},
    {"fecha", Match::kWord, kHintMeta},
    {"permalink", Match::kPart, kHintMeta},
    {"attribution", Match::kPart, kHintMeta},
    {"rank", Match::kWord, kHintMeta},
    {"badge", Match::kWord, kHintMeta},
    {"badges", Match::kWord, kHintMeta},
    {"status", Match::kWord, kHintMeta},
    {"rating", Match::kPart, kHintMeta},
    {"stars", Match::kWord, kHintMeta},
    {"star", Match::kWord, kHintMeta},
    {"helpful", Match::kPart, kHintTools},
    {"counter", Match::kWord, kHintMeta},
    {"quote", Match::kPart, kHintQuote},
    {"quotation", Match::kPart, kHintQuote},
    {"lastedit", Match::kPart, kHintNotice},
    {"postedit", Match::kPart, kHintNotice},
    {"edited", Match::kWord, kHintNotice},
    {"attachment", Match::kPart, kHintNotice},
    {"attachments", Match::kPart, kHintNotice},
    {"expand", Match::kWord, kHintTools},
    {"articlebody", Match::kPart, kHintBody | kHintArticle},
    {"article_body", Match::kPart, kHintBody | kHintArticle},
    {"article-body", Match::kPart, kHintBody | kHintArticle},
    {"story-body", Match::kPart, kHintBody | kHintArticle},
    {"entry-content", Match::kPart, kHintBody | kHintArticle},
    {"post-body", Match::kPart, kHintBody | kHintArticle},
    {"postbody", Match::kPart, kHintBody},
    {"message", Match::kWord, kHintBody},
    {"messagetext", Match::kPart, kHintBody},
    {"bbwrapper", Match::kPart, kHintBody},
    {"cooked", Match::kWord, kHintBody},
    {"content", Match::kWord, kHintBody},
    {"postcontent", Match::kPart, kHintBody},
    {"body", Match::kWord, kHintBody},
    {"text", Match::kWord, kHintBody},
    {"description", Match::kWord, kHintBody},
    {"comments", Match::kPart, kHintComments},
    {"comment-list", Match::kPart, kHintComments},
    {"commentlist", Match::kPart, kHintComments},
    {"commentarea", Match::kPart, kHintComments},
    {"disqus", Match::kPart, kHintComments},
    {"respond", Match::kWord, kHintComments},
    {"kommentar", Match::kPart, kHintComments},
    {"comentario", Match::kPart, kHintComments},
    {"commentaire", Match::kPart, kHintComments},
    {"caption", Match::kPart, kHintCaption},
    {"credit", Match::kWord, kHintCaption},
    {"credits", Match::kWord, kHintCaption},
    {"bildunterschrift", Match::kPart, kHintCaption},
    {"bildnachweis", Match::kPart, kHintCaption},
    {"legende", Match::kWord, kHintCaption},
    {"sidebar", Match::kPart, kHintBoilerplate},
    {"breadcrumb", Match::kPart, kHintBoilerplate},
    {"related", Match::kPart, kHintBoilerplate},
    {"recommend", Match::kPart, kHintBoilerplate},
    {"newsletter", Match::kPart, kHintBoilerplate},
    {"news-letter", Match::kPart, kHintBoilerplate},
    {"subscribe", Match::kPart, kHintBoilerplate},
    {"subscription", Match::kPart, kHintBoilerplate},
    {"promo", Match::kPart, kHintBoilerplate},
    {"sponsor", Match::kPart, kHintBoilerplate},
    {"advert", Match::kPart, kHintBoilerplate},
    {"ad", Match::kWord, kHintBoilerplate},
    {"ads", Match::kWord, kHintBoilerplate},
    {"adslot", Match::kPart, kHintBoilerplate},
    {"banner", Match::kWord, kHintBoilerplate},
    {"cookie", Match::kPart, kHintBoilerplate},
    {"consent", Match::kPart, kHintBoilerplate},
    {"gdpr", Match::kPart, kHintBoilerplate},
    {"popup", Match::kPart, kHintBoilerplate},
    {"modal", Match::kWord, kHintBoilerplate},
    {"overlay", Match::kWord, kHintBoilerplate},
    {"widget-area", Match::kPart, kHintBoilerplate},
    {"widget_", Match::kPart, kHintBoilerplate},
    {"pagination", Match::kPart, kHintBoilerplate},
    {"pager", Match::kWord, kHintBoilerplate},
    {"paging", Match::kWord, kHintBoilerplate},
    {"navigation", Match::kPart, kHintBoilerplate},
    {"nav", Match::kWord, kHintBoilerplate},
    {"navbar", Match::kPart, kHintBoilerplate},
    {"navi", Match::kWord, kHintBoilerplate},
    {"masthead", Match::kPart, kHintBoilerplate},
    {"trending", Match::kPart, kHintBoilerplate},
    {"popular", Match::kPart, kHintBoilerplate},
    {"tags", Match::kWord, kHintBoilerplate},
    {"taglist", Match::kPart, kHintBoilerplate},
    {"login", Match::kPart, kHintBoilerplate},
    {"signup", Match::kPart, kHintBoilerplate},
    {"copyright", Match::kPart, kHintBoilerplate},
    {"disclaimer", Match::kPart, kHintBoilerplate},
    {"disclosure", Match::kPart, kHintBoilerplate},
    {"skip", Match::kWord, kHintBoilerplate},
    {"outbrain", Match::kPart, kHintBoilerplate},
    {"taboola", Match::kPart, kHintBoilerplate},
    {"most-read", Match::kPart, kHintBoilerplate},
    {"read-more", Match::kPart, kHintBoilerplate},
    {"readmore", Match::kPart, kHintBoilerplate},
    {"jp-relatedposts", Match::kPart, kHintBoilerplate},
    {"screen-reader", Match::kPart, kHintBoilerplate},
    {"sr-only", Match::kPart, kHintBoilerplate},
    {"visually-hidden", Match::kPart, kHintBoilerplate},
    {"noprint", Match::kPart, kHintBoilerplate},
    {"article", Match::kWord, kHintArticle},
    {"story", Match::kWord, kHintArticle},
    {"main", Match::kWord, kHintArticle},
};

// Lower case, with '-' where a word ends: "postHeader_1 odd" is "post-header-1 odd".
void Spell(std::string_view names, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const char c = names[i];
    if (c >= 'A' && c <= 'Z') {
      if (i > 0 && names[i - 1] >= 'a' && names[i - 1] <= 'z') {
        out += '-';
      }
      out += ToAsciiLower(c);
    } else if (c == '_' || c == ':' || c == '.') {
      out += '-';
    } else {
      out += c;
    }
  }
}

// The rows by their first letter, so that one pass over the names finds all: a search for each of
// them was a quarter of what reading a page cost.
struct RowIndex {
  std::array<Row, std::size(kRows)> rows{};
  std::array<std::size_t, 27>
      starts{};  // Rows that begin with 'a' + i are [starts[i], starts[i + 1]).
};

constexpr RowIndex MakeRowIndex(Match match) {
  RowIndex index;
  std::size_t count = 0;
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    index.starts[static_cast<std::size_t>(letter - 'a')] = count;
    for (const Row& row : kRows) {
      if (row.match == match && row.part.front() == letter) {
        index.rows[count++] = row;
      }
    }
  }
  index.starts[26] = count;
  return index;
}

constexpr RowIndex kParts = MakeRowIndex(Match::kPart);
constexpr RowIndex kWords = MakeRowIndex(Match::kWord);
static_assert(kParts.starts[26] + kWords.starts[26] == std::size(kRows), "a row begins otherwise");

// The hints of the rows that stand at `text[at]`.
std::uint32_t HintsAt(std::string_view text, std::size_t at, const RowIndex& index) {
  if (text[at] < 'a' || text[at] > 'z') {
    return kNoHint;
  }
  const auto letter = static_cast<std::size_t>(text[at] - 'a');
  const std::string_view rest = text.substr(at);
  std::uint32_t hints = kNoHint;
  for (std::size_t i = index.starts[letter]; i < index.starts[letter + 1]; ++i) {
    const Row& row = index.rows[i];
    const bool ends = row.match == Match::kPart || rest.size() <= row.part.size() ||
                      !IsAsciiAlpha(rest[row.part.size()]);
    if (ends && rest.starts_with(row.part)) {
      hints |= row.hints;
    }
  }
  return hints;
}

bool IsNoiseWord(std::string_view word) {
  constexpr std::array kNoise = {
      std::string_view("odd"),     std::string_view("even"),         std::string_view("first"),
      std::string_view("last"),    std::string_view("alt"),          std::string_view("active"),
      std::string_view("new"),     std::string_view("unread"),       std::string_view("read"),
      std::string_view("online"),  std::string_view("offline"),      std::string_view("depth"),
      std::string_view("thread"),  std::string_view("bypostauthor"), std::string_view("op"),
      std::string_view("starter"), std::string_view("pinned"),       std::string_view("highlight"),
      std::string_view("featured")};
  return std::find(kNoise.begin(), kNoise.end(), word) != kNoise.end() || word.ends_with("odd") ||
         word.ends_with("even") || word.ends_with("firstpost") || word.ends_with("lastpost");
}

}  // namespace

std::uint32_t FindHints(const HtmlTree& tree, NodeId id, HintMemory& memory) {
  std::string& names = memory.names;
  names.clear();
  bool only_class = true;
  for (const std::string_view attribute : {"class", "id", "itemprop", "role", "data-role"}) {
    const std::string_view value = tree.Attribute(id, attribute);
    if (!value.empty()) {
      only_class = only_class && attribute == "class";
      names += ' ';
      names += value.substr(0, 200);
    }
  }
  if (names.empty()) {
    return kNoHint;
  }
  if (only_class) {
    if (const auto known = memory.of_class.find(tree.Class(id)); known != memory.of_class.end()) {
      return known->second;
    }
  }
  Spell(names, memory.spelled);
  for (char& c : names) {
    c = ToAsciiLower(c);
  }
  std::uint32_t hints = kNoHint;
  for (std::size_t at = 0; at < names.size(); ++at) {
    hints |= HintsAt(names, at, kParts);
  }
  for (std::size_t at = 0; at < memory.spelled.size(); ++at) {
    if (at == 0 || !IsAsciiAlpha(memory.spelled[at - 1])) {
      hints |= HintsAt(memory.spelled, at, kWords);
    }
  }
  if (only_class) {
    memory.of_class.emplace(tree.Class(id), hints);
  }
  return hints;
}

std::string ShapeOf(const HtmlTree& tree, NodeId id) {
  std::string shape(tree[id].name);
  std::string_view classes = tree.Class(id);
  int taken = 0;
  while (!classes.empty() && taken < 2) {
    const std::size_t start = classes.find_first_not_of(" \t\r\n\f");
    if (start == std::string_view::npos) {
      break;
    }
    classes.remove_prefix(start);
    const std::size_t end = std::min(classes.find_first_of(" \t\r\n\f"), classes.size());
    std::string word;
    bool digits = false;
    for (const char c : classes.substr(0, end)) {
      if (IsAsciiDigit(c)) {
        digits = true;
      } else {
        word += ToAsciiLower(c);
      }
    }
    classes.remove_prefix(end);
    // "post--op" is a post of another kind ("block--modifier").
    if (const std::size_t modifier = word.find("--"); modifier != std::string::npos) {
      word.erase(modifier);
      if (taken > 0 && shape.ends_with("." + word)) {
        continue;
      }
    }
    while (digits && !word.empty() && (word.back() == '-' || word.back() == '_')) {
      word.pop_back();
    }
    // Classes that carry an identifier or a person's name differ from record to record.
    if (word.empty() || IsNoiseWord(word) || word.find("author-") != std::string::npos ||
        (digits && word.size() < 3)) {
      continue;
    }
    shape += '.';
    shape += word;
    ++taken;
  }
  return shape;
}

bool IsPersonLink(std::string_view href) {
  static constexpr PartList kPersonParts(
      std::to_array<std::string_view>({"/user/",         "/users/",     "/u/",
                                       "/member",        "member.php",  "/profile",
                                       "profile.php",    "profile.asp", "/author/",
                                       "/people/",       "/mitglied",   "/personal_pages/",
                                       "memberlist.php", "/usr/",       "userid=",
                                       "user_id=",       "uid=",        "/@",
                                       "action=profile", "showuser=",   "/community/mitglieder",
                                       "/benutzer/",     "/membre"}));
  return kPersonParts.IsIn(ToAsciiLower(href.substr(0, 300)));
}

}  // namespace schoolwatch::crawler
