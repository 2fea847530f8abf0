#include "app/intake/chat_judging.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "core/hash.h"
#include "core/text/fold.h"
#include "crawler/readers/chat_export.h"
#include "crawler/readers/text.h"

namespace schoolwatch::app {
namespace {

using crawler::ChatMessage;

// Around a message that speaks of the school: "have you heard?" before it, "he should go" after.
constexpr std::size_t kJudgedBefore = 3;
constexpr std::size_t kJudgedAfter = 10;
constexpr std::chrono::hours kSameTalk{12};
constexpr std::size_t kNeighbourBytes = 1'000;

// Words by which people speak of a school that they need not name to one another.
bool SpeaksOfSchool(std::string_view text, std::string& lower) {
  static constexpr crawler::PartList kWords(std::array<std::string_view, 22>{
      "school",       "academy",   "teacher",   "headmaster", "headmistress", " head ",
      "the head",     "pupil",     "classroom", "playground", "governor",     "ofsted",
      "safeguarding", "detention", "assembly",  "nursery",    "deputy",       "lesson",
      "mr ",          "mrs ",      "ms ",       "senco"});
  lower.resize(text.size());
  std::ranges::transform(text, lower.begin(), [](char c) { return crawler::ToAsciiLower(c); });
  return kWords.IsIn(lower);
}

struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const {
    return std::hash<std::string_view>{}(name);
  }
};

struct Held {
  std::string author;
  std::string text;
  crawler::ChatStamp stamp;
  std::size_t same = 0;
  std::size_t number = 0;
  bool judged = false;
};

class ChatJudging {
 public:
  ChatJudging(const matchers::Judge& judge, const ChatContext& context,
              crawler::DayMonthOrder order)
      : judge_(judge), context_(context), order_(order) {
    for (const core::School& school : judge.schools().schools()) {
      AddSurname(school.headteacher);
      for (const std::string& person : school.staff) {
        AddSurname(person);
      }
    }
  }

  void Take(const ChatMessage& message) {
    out_.pictures += message.pictures;
    NumberOf(message.author);
    if (message.text.empty()) {
      return;
    }
    Remember(message);
    FillNeighbour();
    const bool anchor = SpeaksOfSchool(message.text, lower_) || NamesStaff() ||
                        judge_.schools().MayMention(message.text);
    if (anchor) {
      left_ = kJudgedAfter;
      anchor_stamp_ = message.stamp;
      anchor_time_.reset();
      for (std::size_t i = 0; i < recent_.size(); ++i) {
        if (recent_.size() - i <= kJudgedBefore + 1) {
          JudgeAt(i);
        }
      }
    } else if (left_ > 0) {
      --left_;
      if (IsSameTalk(message.stamp)) {
        JudgeAt(recent_.size() - 1);
      } else {
        left_ = 0;
      }
    }
  }

  JudgedChat Finish() {
    std::ranges::sort(kept_, {}, &Kept::number);
    for (Kept& kept : kept_) {
      out_.kept.push_back(std::move(kept.message));
    }
    return std::move(out_);
  }
  JudgedChat& out() { return out_; }

 private:
  struct Kept {
    JudgedMessage message;
    std::size_t number = 0;
    std::string author;
    bool waits = false;  // For the message behind it.
  };

  void AddSurname(std::string_view name) {
    const std::size_t space = name.rfind(' ');
    const std::string surname =
        crawler::ToAsciiLower(name.substr(space == std::string_view::npos ? 0 : space + 1));
    if (surname.size() > 3) {
      surnames_.push_back(surname);
    }
  }
  bool NamesStaff() const {
    return std::ranges::any_of(surnames_, [this](const std::string& surname) {
      return lower_.find(surname) != std::string::npos;
    });
  }

  // "Member 2": by their first word in the export.
  std::size_t NumberOf(std::string_view author) {
    if (const auto known = members_.find(author); known != members_.end()) {
      return known->second;
    }
    if (members_.size() >= crawler::kMaxChatMembers) {
      return 0;
    }
    return members_.emplace(std::string(author), members_.size() + 1).first->second;
  }
  std::string MemberName(std::string_view author) {
    const std::size_t number = NumberOf(author);
    return number == 0 ? "Another member" : "Member " + std::to_string(number);
  }

  // "@Dana K" is a member, too.
  std::string WithoutMembers(std::string text, std::string_view author) const {
    if (text.find('@') == std::string::npos) {
      return text;
    }
    for (const auto& [name, number] : members_) {
      const std::string call = "@" + name;
      for (std::size_t at = text.find(call); at != std::string::npos;
           at = text.find(call, at + 1)) {
        if (name != author) {
          text.replace(at, call.size(), "@Member " + std::to_string(number));
        }
      }
    }
    return text;
  }

  void Remember(const ChatMessage& message) {
    if (recent_.size() > kJudgedBefore + 1) {
      // What passes by is gone with this.
      std::rotate(recent_.begin(), recent_.begin() + 1, recent_.end());
    } else {
      recent_.emplace_back();
    }
    Held& held = recent_.back();
    held.author = message.author;
    held.text = message.text;
    held.stamp = message.stamp;
    held.same = message.same;
    held.number = message.number;
    held.judged = false;
  }

  std::string Neighbour(const Held& held, std::string_view author, std::string_view where) {
    std::string text = WithoutMembers(held.text, author);
    if (text.size() > kNeighbourBytes) {
      text = core::RepairUtf8(std::string_view(text).substr(0, kNeighbourBytes)) + "…";
    }
    return std::string(where) + ", " +
           (held.author == author ? std::string("the same member") : MemberName(held.author)) +
           ": " + text;
  }

  // Of what was kept and waits, the newest message is the neighbour.
  void FillNeighbour() {
    if (!any_waits_) {
      return;
    }
    any_waits_ = false;
    for (auto kept = kept_.rbegin(); kept != kept_.rend() && kept->waits; ++kept) {
      kept->waits = false;
      AddNeighbour(*kept, recent_.back(), "After it");
    }
  }
  void AddNeighbour(Kept& kept, const Held& neighbour, std::string_view where) {
    std::string& quoted = kept.message.post.quoted;
    quoted += quoted.empty() ? "" : "\n";
    quoted += Neighbour(neighbour, kept.author, where);
  }

  bool IsSameTalk(const crawler::ChatStamp& stamp) {
    if (stamp.first == anchor_stamp_.first && stamp.second == anchor_stamp_.second &&
        stamp.third == anchor_stamp_.third) {
      return true;
    }
    if (!anchor_time_) {
      anchor_time_ = TimeOfStamp(anchor_stamp_, order_, context_.time_zone);
    }
    const auto time = TimeOfStamp(stamp, order_, context_.time_zone);
    return anchor_time_ && time && *time - *anchor_time_ < kSameTalk;
  }

  void JudgeAt(std::size_t index) {
    Held& held = recent_[index];
    if (held.judged) {
      return;
    }
    held.judged = true;
    ++out_.looked_at;
    core::Post post;
    post.kind = core::PostKind::kThreadPost;
    post.text = WithoutMembers(held.text, held.author);
    post.thread_title = context_.name;
    if (!context_.name.empty()) {
      post.thread_url = "whatsapp:" + core::ShortHash(context_.name);  // One talk is one case.
    }
    post.page_of = context_.page_of;
    post.platform = "whatsapp";
    post.visibility = core::Visibility::kReportedPrivate;
    if (context_.page_of.empty()) {
      post.thread_schools = schools_;
    }
    core::Judgement judgement = judge_.Evaluate(post);
    if (context_.page_of.empty() && judgement.mentions) {
      schools_.clear();
      for (const core::SchoolScore& school : judgement.schools) {
        schools_.push_back(school.school);
      }
    }
    if (judgement.categories.empty() || judgement.schools.empty()) {
      return;
    }
    post.author = held.author;
    post.published = TimeOfStamp(held.stamp, order_, context_.time_zone);
    post.id = "chat:" +
              core::ShortHash(context_.name + "\n" + StampText(held.stamp) + "\n" + held.author +
                              "\n" + held.text + "\n" + std::to_string(held.same));
    Kept kept{.message = {std::move(post), std::move(judgement)},
              .number = held.number,
              .author = held.author};
    if (index > 0) {
      AddNeighbour(kept, recent_[index - 1], "Before it");
    }
    if (index + 1 < recent_.size()) {
      AddNeighbour(kept, recent_[index + 1], "After it");
    } else {
      kept.waits = true;
      any_waits_ = true;
    }
    if (kept_.size() >= kMaxKeptMessages) {
      kept_.pop_front();
      ++out_.not_kept;
    }
    kept_.push_back(std::move(kept));
  }

  const matchers::Judge& judge_;
  const ChatContext& context_;
  const crawler::DayMonthOrder order_;
  JudgedChat out_;
  std::vector<std::string> surnames_;
  std::map<std::string, std::size_t, std::less<>> members_;
  std::vector<Held> recent_;
  std::deque<Kept> kept_;
  std::vector<std::string> schools_;  // That the talk is about, where nobody said whose it is.
  std::string lower_;
  std::size_t left_ = 0;
  bool any_waits_ = false;
  crawler::ChatStamp anchor_stamp_;
  std::optional<core::Timestamp> anchor_time_;
};

}  // namespace

core::Result<JudgedChat> JudgeChat(const ByteSource& bytes, const matchers::Judge& judge,
                                   const ChatContext& context) {
  crawler::ChatSurvey survey;
  SW_TRY(bytes([&survey](std::string_view piece) {
    survey.Add(piece);
    return !survey.is_settled();
  }));
  survey.Finish();
  if (!survey.is_chat()) {
    return core::Fail(core::ErrorKind::kBadInput, "it is no exported chat");
  }
  ChatJudging judging(judge, context, survey.order(context.order));
  crawler::ChatReader reader([&judging](const ChatMessage& message) { judging.Take(message); });
  SW_TRY(bytes([&reader](std::string_view piece) {
    reader.Add(piece);
    return true;
  }));
  reader.Finish();
  judging.out().messages = reader.messages();
  return judging.Finish();
}

}  // namespace schoolwatch::app
