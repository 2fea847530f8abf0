#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "crawler/readers/chat_stamp.h"
#include "crawler/readers/dates.h"

// WhatsApp's exported chats, in every shape that its phones write. An export may be of any size, so
// it is read in pieces and only one message at a time is held: once by a ChatSurvey, which finds in
// which order days and months stand, and once by a ChatReader.
namespace schoolwatch::crawler {

// One message, valid only while it is handed over.
struct ChatMessage {
  std::string_view author;  // The exporter's label for the person, or a telephone number.
  std::string_view text;    // Without what the app itself wrote; may be empty.
  ChatStamp stamp;
  std::size_t number = 0;    // Of the message in its export, from 0.
  std::size_t same = 0;      // How many messages of this minute before it were word for word this.
  bool edited = false;       // The app says so.
  bool deleted = false;      // Nothing of it is left.
  std::size_t pictures = 0;  // Files that it names, or that were left out of the export.
};

inline constexpr std::size_t kMaxChatMessageBytes = 64u << 10;
inline constexpr std::size_t kMaxChatMembers = 5'000;  // Told apart; later ones are not remembered.

// Splits pieces into lines, whose end may be LF or CRLF; a line longer than a message may be is
// cut.
class ChatLines {
 public:
  using Sink = std::function<void(std::string_view line)>;
  void Add(std::string_view piece, const Sink& sink);
  void Finish(const Sink& sink);

 private:
  std::string rest_;
  bool cutting_ = false;
};

// Looks over an export: whether it is one, and in which order its dates are written.
class ChatSurvey {
 public:
  void Add(std::string_view piece);
  void Finish();

  // Whether more of it could change the answer. A date with a number above 12 settles it.
  bool is_settled() const { return settled_; }
  // Some lines begin with a stamp, the first one that is not empty among them.
  bool is_chat() const { return stamps_ > 0 && starts_with_stamp_; }
  // Any first number above 12 means that days come first, any second one that months do. Else the
  // order in which the dates never run backwards, if only one is; else `otherwise`.
  DayMonthOrder order(DayMonthOrder otherwise) const;

 private:
  void TakeLine(std::string_view line);

  ChatLines lines_;
  std::string buffer_;
  std::size_t stamps_ = 0;
  std::size_t dates_ = 0;  // That could be read either way.
  bool any_line_ = false;
  bool starts_with_stamp_ = false;
  bool settled_ = false;
  std::optional<DayMonthOrder> told_;
  std::int64_t last_day_first_ = 0;
  std::int64_t last_month_first_ = 0;
  bool day_first_runs_back_ = false;
  bool month_first_runs_back_ = false;
};

// Hands over the messages of an export, in order. What the app wrote (who joined, what is
// encrypted) is left out and counted.
class ChatReader {
 public:
  using Sink = std::function<void(const ChatMessage&)>;
  explicit ChatReader(Sink sink) : sink_(std::move(sink)) {}

  void Add(std::string_view piece);
  void Finish();

  std::size_t messages() const { return number_; }
  std::size_t system_lines() const { return system_lines_; }

 private:
  void TakeLine(std::string_view line);
  void Begin(const ChatStamp& stamp, std::string_view rest, bool by_app);
  void Continue(std::string_view line);
  void HandOver();
  std::size_t FindNameEnd(std::string_view rest) const;
  void RememberName(std::string_view name);

  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const {
      return std::hash<std::string_view>()(name);
    }
  };

  Sink sink_;
  ChatLines lines_;
  std::string buffer_;
  bool open_ = false;
  std::string author_;
  std::string text_;
  std::string author_and_text_;
  ChatStamp stamp_;
  bool edited_ = false;
  bool deleted_ = false;
  std::size_t pictures_ = 0;
  std::size_t number_ = 0;
  std::size_t system_lines_ = 0;
  // Names that hold ": " can only be told from the words behind them by having been seen.
  std::unordered_set<std::string, NameHash, std::equal_to<>> names_;
  std::size_t names_with_colon_ = 0;
  std::vector<std::uint64_t> of_this_minute_;  // Hashes of the messages under one stamp.
};

// Whether bytes begin as an export does: its first line has a stamp and what follows one.
bool LooksLikeChat(std::string_view beginning);

// The chat's name by its file's: "Y6 parents" of "WhatsApp Chat with Y6 parents.txt" and of
// "WhatsApp Chat - Y6 parents.zip"; empty for others.
std::string ChatNameOf(std::string_view file_name);

}  // namespace schoolwatch::crawler
