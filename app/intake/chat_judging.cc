#include "app/intake/chat_judging.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/hash.h"
#include "core/parallel.h"
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

// Judged together, on all the cores that there are: judging is most of the work. Few, so that they
// take no memory to speak of.
constexpr std::size_t kJudgedTogether = 512;
constexpr std::size_t kJudgedTogetherBytes = 1u << 20;

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
    blank_.kind = core::PostKind::kThreadPost;
    blank_.thread_title = context.name;
    if (!context.name.empty()) {
      blank_.thread_url = "whatsapp:" + core::ShortHash(context.name);  // One talk is one case.
    }
    blank_.page_of = context.page_of;
    blank_.platform = "whatsapp";
    blank_.visibility = core::Visibility::kReportedPrivate;
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
    JudgeAsked();
    std::ranges::sort(kept_, {}, &Kept::number);
    for (Kept& kept : kept_) {
      out_.kept.push_back(std::move(kept.message));
    }
    return std::move(out_);
  }
  JudgedChat& out() { return out_; }

 private:
  // To be judged, with all that is wanted of it if it is kept.
  struct Asked {
    Held held;
    core::Post post;
    core::Judgement judgement;
    std::string quoted{};  // The neighbours.
    bool waits = false;    // For the message behind it.
  };
  struct Kept {
    JudgedMessage message;
    std::size_t number = 0;
    std::string author;
    bool waits = false;
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
    if (const auto known = numbers_.find(author); known != numbers_.end()) {
      return known->second;
    }
    if (members_.size() >= crawler::kMaxChatMembers) {
      return 0;
    }
    const auto added = members_.emplace(std::string(author), members_.size() + 1).first;
    return numbers_.emplace(added->first, added->second).first->second;
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

  // Of what was judged or kept and waits, the newest message is the neighbour.
  void FillNeighbour() {
    if (!asked_.empty() && asked_.back().waits) {
      asked_.back().waits = false;
      AddNeighbour(recent_.back(), asked_.back().held.author, "After it", asked_.back().quoted);
    } else if (asked_.empty() && !kept_.empty() && kept_.back().waits) {
      kept_.back().waits = false;
      AddNeighbour(recent_.back(), kept_.back().author, "After it",
                   kept_.back().message.post.quoted);
    }
  }
  void AddNeighbour(const Held& neighbour, std::string_view author, std::string_view where,
                    std::string& quoted) {
    quoted += quoted.empty() ? "" : "\n";
    quoted += Neighbour(neighbour, author, where);
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
    Asked& asked = asked_.emplace_back(Asked{.held = held, .post = blank_, .judgement = {}});
    asked.post.text = WithoutMembers(held.text, held.author);
    if (index > 0) {
      AddNeighbour(recent_[index - 1], held.author, "Before it", asked.quoted);
    }
    asked.waits = index + 1 == recent_.size();
    if (!asked.waits) {
      AddNeighbour(recent_[index + 1], held.author, "After it", asked.quoted);
    }
    asked_bytes_ += held.text.size();
    const bool one_by_one = context_.page_of.empty();  // Each hangs on the one before.
    if (one_by_one) {
      asked.post.thread_schools = schools_;
    }
    if (one_by_one || asked_.size() == kJudgedTogether || asked_bytes_ > kJudgedTogetherBytes) {
      JudgeAsked();
    }
  }

  void JudgeAsked() {
    core::ForEachIndex(asked_.size(), [this](std::size_t i) {
      asked_[i].judgement = judge_.Evaluate(asked_[i].post);
    });
    for (Asked& asked : asked_) {
      if (context_.page_of.empty() && asked.judgement.mentions) {
        schools_.clear();
        for (const core::SchoolScore& school : asked.judgement.schools) {
          schools_.push_back(school.school);
        }
      }
      if (!asked.judgement.categories.empty() && !asked.judgement.schools.empty()) {
        Keep(std::move(asked));
      }
    }
    asked_.clear();
    asked_bytes_ = 0;
  }

  void Keep(Asked asked) {
    core::Post& post = asked.post;
    const Held& held = asked.held;
    post.author = held.author;
    post.published = TimeOfStamp(held.stamp, order_, context_.time_zone);
    post.id = "chat:" +
              core::ShortHash(context_.name + "\n" + StampText(held.stamp) + "\n" + held.author +
                              "\n" + held.text + "\n" + std::to_string(held.same));
    post.quoted = std::move(asked.quoted);
    if (kept_.size() >= kMaxKeptMessages) {
      kept_.pop_front();
      ++out_.not_kept;
    }
    kept_.push_back({.message = {std::move(post), std::move(asked.judgement)},
                     .number = held.number,
                     .author = held.author,
                     .waits = asked.waits});
  }

  const matchers::Judge& judge_;
  const ChatContext& context_;
  const crawler::DayMonthOrder order_;
  JudgedChat out_;
  std::vector<std::string> surnames_;
  std::map<std::string, std::size_t> members_;
  std::unordered_map<std::string_view, std::size_t> numbers_;  // Of members_, whose names it lends.
  core::Post blank_;  // What all of its posts have in common.
  std::vector<Held> recent_;
  std::vector<Asked> asked_;
  std::size_t asked_bytes_ = 0;
  std::deque<Kept> kept_;
  std::vector<std::string> schools_;  // That the talk is about, where nobody said whose it is.
  std::string lower_;
  std::size_t left_ = 0;
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
