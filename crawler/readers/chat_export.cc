#include "crawler/readers/chat_export.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/hash.h"
#include "core/text/fold.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kMaxNameBytes = 200;

// Days alone, in an order that compares as the calendar does.
std::int64_t DayNumber(int year, int month, int day) {
  return (std::int64_t{year} * 16 + month) * 32 + day;
}

// Sentences of the app that begin with a person's name and may go on with a colon.
bool IsAppSentence(std::string_view before_colon) {
  static constexpr PartList kPhrases(std::array<std::string_view, 16>{
      " changed the subject", " changed the group", " changed this group", " created group",
      " created this group", " changed their phone number", " added ", " removed ", " pinned ",
      "end-to-end encrypted", " joined using", " changed the settings", " turned on ",
      " turned off ", "security code", " started a call"});
  return kPhrases.IsIn(before_colon);
}

// What the app puts in the place of a file, alone in a line.
bool IsLeftOutFile(std::string_view line) {
  if (line.starts_with('<') && line.ends_with('>') && line.size() <= 80 &&
      line.find('<', 1) == std::string_view::npos) {
    return line.find("edited") == std::string_view::npos;  // <Media omitted>, <attached: …>
  }
  if (line.ends_with("(file attached)")) {
    return true;
  }
  static constexpr std::array<std::string_view, 8> kWords = {
      "image omitted", "video omitted",    "audio omitted",        "sticker omitted",
      "GIF omitted",   "document omitted", "Contact card omitted", "video note omitted"};
  return std::ranges::any_of(kWords, [line](std::string_view word) {
    // "report.pdf • 3 pages document omitted"
    return line == word || (word == "document omitted" && line.ends_with(word));
  });
}

bool IsDeletedNote(std::string_view line) {
  static constexpr std::array<std::string_view, 4> kWords = {
      "This message was deleted", "You deleted this message", "This message was deleted by admin",
      "null"};
  while (line.ends_with('.')) {
    line.remove_suffix(1);
  }
  return std::ranges::find(kWords, line) != kWords.end() ||
         (line.starts_with("This message was deleted by admin ") && line.size() < 200);
}

constexpr std::string_view kEdited = "<This message was edited>";

}  // namespace

void ChatLines::Add(std::string_view piece, const Sink& sink) {
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    std::string_view line = piece.substr(0, end);
    const bool whole = end != std::string_view::npos;
    piece.remove_prefix(whole ? end + 1 : piece.size());
    if (whole && rest_.empty() && !cutting_ && line.size() <= kMaxChatMessageBytes) {
      if (line.ends_with('\r')) {
        line.remove_suffix(1);
      }
      sink(line);
      continue;
    }
    if (!cutting_) {
      const std::size_t room = kMaxChatMessageBytes - std::min(kMaxChatMessageBytes, rest_.size());
      cutting_ = line.size() > room;
      rest_ += line.substr(0, room);
    }
    if (whole) {
      Finish(sink);
    }
  }
}

void ChatLines::Finish(const Sink& sink) {
  if (rest_.empty() && !cutting_) {
    return;
  }
  if (rest_.ends_with('\r')) {
    rest_.pop_back();
  }
  cutting_ = false;
  // A sink may not ask for more lines, so that `rest_` is safe to lend.
  sink(rest_);
  rest_.clear();
}

void ChatSurvey::Add(std::string_view piece) {
  lines_.Add(piece, [this](std::string_view line) { TakeLine(line); });
}

void ChatSurvey::Finish() {
  lines_.Finish([this](std::string_view line) { TakeLine(line); });
}

void ChatSurvey::TakeLine(std::string_view raw) {
  if (settled_) {
    return;
  }
  const std::string_view line = PlainChatLine(raw, buffer_);
  if (Trim(line).empty()) {
    return;
  }
  const std::optional<StampedChatLine> found = FindChatStamp(line);
  starts_with_stamp_ = starts_with_stamp_ || (!any_line_ && found);
  any_line_ = true;
  if (!found) {
    return;
  }
  ++stamps_;
  const ChatStamp& stamp = found->stamp;
  if (stamp.year_first) {
    settled_ = true;
    return;
  }
  if (stamp.first > 12 || stamp.second > 12) {
    told_ = stamp.first > 12 ? DayMonthOrder::kDayFirst : DayMonthOrder::kMonthFirst;
    settled_ = true;
    return;
  }
  const int year = FullChatYear(stamp.third);
  const std::int64_t day_first = DayNumber(year, stamp.second, stamp.first);
  const std::int64_t month_first = DayNumber(year, stamp.first, stamp.second);
  day_first_runs_back_ = day_first_runs_back_ || (dates_ > 0 && day_first < last_day_first_);
  month_first_runs_back_ =
      month_first_runs_back_ || (dates_ > 0 && month_first < last_month_first_);
  last_day_first_ = day_first;
  last_month_first_ = month_first;
  ++dates_;
}

DayMonthOrder ChatSurvey::order(DayMonthOrder otherwise) const {
  if (told_) {
    return *told_;
  }
  if (day_first_runs_back_ != month_first_runs_back_) {
    return day_first_runs_back_ ? DayMonthOrder::kMonthFirst : DayMonthOrder::kDayFirst;
  }
  return otherwise;
}

void ChatReader::Add(std::string_view piece) {
  lines_.Add(piece, [this](std::string_view line) { TakeLine(line); });
}

void ChatReader::Finish() {
  lines_.Finish([this](std::string_view line) { TakeLine(line); });
  HandOver();
}

void ChatReader::TakeLine(std::string_view raw) {
  const std::string_view line = PlainChatLine(raw, buffer_);
  const std::optional<StampedChatLine> found = FindChatStamp(line);
  if (!found) {
    return Continue(line);
  }
  HandOver();
  // On an iPhone the app marks its own words by a direction mark behind the name.
  const bool by_app = raw.find(": \xE2\x80\x8E") != std::string_view::npos && line[0] == '[';
  Begin(found->stamp, found->rest, by_app);
}

std::size_t ChatReader::FindNameEnd(std::string_view rest) const {
  const std::string_view head = rest.substr(0, kMaxNameBytes + 2);
  std::size_t first = head.find(": ");
  if (first == std::string_view::npos) {
    // A message without words, or with its words on the next line.
    return head.ends_with(':') && head.size() == rest.size() ? head.size() - 1
                                                             : std::string_view::npos;
  }
  if (names_with_colon_ > 0) {
    for (std::size_t at = head.rfind(": "); at != first && at != std::string_view::npos;
         at = head.rfind(": ", at - 1)) {
      if (names_.contains(head.substr(0, at))) {
        return at;
      }
    }
  }
  return first;
}

void ChatReader::RememberName(std::string_view name) {
  if (names_.size() < kMaxChatMembers && !names_.contains(name)) {
    names_.emplace(name);
    names_with_colon_ += name.find(": ") != std::string_view::npos ? 1u : 0u;
  }
}

void ChatReader::Begin(const ChatStamp& stamp, std::string_view rest, bool by_app) {
  // The one sentence of the app that shows a name with a colon in it before that is heard.
  for (const std::string_view sentence :
       {" joined using this group's invite link", " joined from the community"}) {
    if (rest.ends_with(sentence) && rest.size() <= kMaxNameBytes + sentence.size()) {
      RememberName(rest.substr(0, rest.size() - sentence.size()));
      ++system_lines_;
      return;
    }
  }
  const std::size_t end = FindNameEnd(rest);
  const std::string_view name = end == std::string_view::npos ? "" : Trim(rest.substr(0, end));
  const bool is_known = names_.contains(name);
  if (name.empty() || (!is_known && IsAppSentence(name))) {
    ++system_lines_;
    return;
  }
  if (!is_known) {
    RememberName(name);
  }
  open_ = true;
  if (!(stamp == stamp_)) {
    of_this_minute_.clear();
  }
  stamp_ = stamp;
  author_ = name;
  std::string_view text = rest.substr(std::min(rest.size(), end + 1));
  if (text.starts_with(' ')) {
    text.remove_prefix(1);
  }
  const bool users = text.starts_with("POLL:") || text.starts_with("Location: ");
  const std::string_view words = Trim(text);
  if (by_app && !users && !IsLeftOutFile(words) && !IsDeletedNote(words)) {
    open_ = false;  // "You added Kit", under the group's own name.
    ++system_lines_;
    return;
  }
  Continue(text);
}

void ChatReader::Continue(std::string_view line) {
  if (!open_) {
    return;  // More of the app's own words, or what stands before the first message.
  }
  line = Trim(line);
  if (line.ends_with(kEdited)) {
    edited_ = true;
    line = Trim(line.substr(0, line.size() - kEdited.size()));
  }
  if (text_.empty() && IsDeletedNote(line)) {
    deleted_ = true;
    return;
  }
  if (IsLeftOutFile(line)) {
    ++pictures_;
    return;
  }
  // A caption stands before its file: "look at this <attached: 0031-PHOTO.jpg>".
  if (const std::size_t at = line.rfind("<attached: ");
      at != std::string_view::npos && line.ends_with('>')) {
    ++pictures_;
    line = Trim(line.substr(0, at));
  }
  if (line.empty() && text_.empty()) {
    return;
  }
  if (text_.size() + 1 + line.size() > kMaxChatMessageBytes) {
    line = line.substr(0, kMaxChatMessageBytes - std::min(kMaxChatMessageBytes, text_.size() + 1));
  }
  if (!text_.empty()) {
    text_ += '\n';
  }
  text_ += line;
}

void ChatReader::HandOver() {
  if (!open_) {
    return;
  }
  while (text_.ends_with('\n')) {
    text_.pop_back();
  }
  if (!core::IsValidUtf8(text_)) {
    text_ = core::RepairUtf8(text_);
  }
  if (!core::IsValidUtf8(author_)) {
    author_ = core::RepairUtf8(author_);
  }
  author_and_text_.assign(author_).append("\n").append(text_);
  const std::uint64_t hash = core::Hash64(author_and_text_);
  const auto same = std::ranges::count(of_this_minute_, hash);
  if (of_this_minute_.size() < 200) {  // A flood under one stamp need not be told apart further.
    of_this_minute_.push_back(hash);
  }
  sink_({.author = author_,
         .text = text_,
         .stamp = stamp_,
         .number = number_,
         .same = static_cast<std::size_t>(same),
         .edited = edited_,
         .deleted = deleted_,
         .pictures = pictures_});
  ++number_;
  open_ = false;
  text_.clear();
  edited_ = false;
  deleted_ = false;
  pictures_ = 0;
}

bool LooksLikeChat(std::string_view beginning) {
  std::string buffer;
  while (!beginning.empty()) {
    const std::string_view line = beginning.substr(0, beginning.find('\n'));
    beginning.remove_prefix(std::min(beginning.size(), line.size() + 1));
    if (const std::string_view plain = Trim(PlainChatLine(line.substr(0, 4000), buffer));
        !plain.empty()) {
      return FindChatStamp(plain).has_value();
    }
  }
  return false;
}

std::string ChatNameOf(std::string_view file_name) {
  const std::size_t slash = file_name.find_last_of("/\\");
  file_name.remove_prefix(slash == std::string_view::npos ? 0 : slash + 1);
  if (const std::size_t dot = file_name.rfind('.');
      dot != std::string_view::npos && file_name.size() - dot <= 5) {
    file_name = file_name.substr(0, dot);
  }
  for (const std::string_view start : {"WhatsApp Chat with ", "WhatsApp Chat - "}) {
    if (StartsWithIgnoreCase(file_name, start)) {
      return core::RepairUtf8(Trim(file_name.substr(start.size())));
    }
  }
  return "";
}

}  // namespace schoolwatch::crawler
