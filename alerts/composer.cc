#include "alerts/composer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "alerts/clean_text.h"
#include "alerts/entry_view.h"
#include "alerts/mime.h"
#include "alerts/playbooks.h"
#include "alerts/subject.h"
#include "alerts/template_set.h"
#include "alerts/wording.h"
#include "net/mail_transport.h"

namespace schoolwatch::alerts {
namespace {

constexpr std::size_t kMaxEntries = 30;  // Shown in full; the rest is counted.
constexpr std::size_t kTextColumns = 76;
constexpr std::size_t kSchoolNameBytes = 80;
constexpr std::size_t kSubjectBytes = 160;
constexpr std::size_t kMaxAnswerBytes = 1'500;

// Case ids are ours; what comes from a damaged store must still not reach a header as it is.
std::string SafeId(std::string_view id) {
  std::string safe;
  for (const char c : id.substr(0, 40)) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-') {
      safe += c;
    }
  }
  return safe;
}

std::string DomainOf(std::string_view address) {
  return std::string(address.substr(address.rfind('@') + 1));
}

// Blank lines at most one in a row, none at the start.
std::string Tidy(std::string_view text) {
  std::string tidy;
  for (const char c : text) {
    if (c == '\n' && (tidy.empty() || tidy.ends_with("\n\n"))) {
      continue;
    }
    tidy += c;
  }
  while (tidy.ends_with("\n\n")) {
    tidy.pop_back();
  }
  return tidy;
}

std::vector<std::string> Paragraphs(std::string_view text) {
  std::vector<std::string> paragraphs;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\n\n"), text.size());
    if (end > 0) {
      paragraphs.emplace_back(text.substr(0, end));
    }
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return paragraphs;
}

// A mailto link of printable ASCII, as RFC 6068 has it; nothing else becomes a button.
bool IsMailto(std::string_view href) {
  return href.starts_with("mailto:") && href.size() <= kMaxAnswerBytes &&
         std::ranges::all_of(
             href, [](char c) { return c > ' ' && c < 0x7F && c != '"' && c != '<' && c != '>'; });
}

// The answers about one case, for {{> answers}}.
void AddAnswers(const AlertBatch& batch, std::string_view case_id, View& view) {
  for (const AnswerLink& link : batch.answers) {
    if (link.case_id == case_id && IsMailto(link.href)) {
      view.Set("answer_to", CleanLine(link.to, 254))
          .SetFlag("has_answers", true)
          .Add("answers", View()
                              .Set("answer", CleanLine(link.label, 40))
                              .Set("answer_href", link.href)
                              .Set("answer_token", CleanLine(link.token, 200)));
    }
  }
}

const core::OutboxItem* FindNotice(const core::OutboxBatch& batch) {
  const auto found = std::ranges::find_if(
      batch.items, [](const core::OutboxItem& item) { return !item.notice.kind.empty(); });
  return found == batch.items.end() ? nullptr : &*found;
}

// What was said in private and reported is quoted to two people alone, whatever the settings say.
bool MayQuote(const AlertEntry& entry, const AlertBatch& batch) {
  return entry.finding.post.visibility != core::Visibility::kReportedPrivate ||
         std::ranges::all_of(batch.batch.items, [](const core::OutboxItem& item) {
           return item.role == "dsl" || item.role == "headteacher";
         });
}

// What every mail says of itself to mail programs.
std::vector<std::pair<std::string, std::string>> CommonHeaders() {
  return {{"Auto-Submitted", "auto-generated"},
          {"X-Auto-Response-Suppress", "All"},
          {"Content-Language", "en-GB"}};
}

std::string_view TemplateOf(MailKind kind) {
  switch (kind) {
    case MailKind::kAlert:
      return "alert";
    case MailKind::kDigest:
      return "digest";
    case MailKind::kBacklog:
      return "backlog";
    case MailKind::kNobody:
      break;
  }
  return "notice";
}

void AddSteps(const std::vector<Step>& steps, const std::string& list, View& view) {
  for (const Step& step : steps) {
    view.Add(list, View().Set("step", step.text).SetFlag("check", step.unconfirmed));
  }
}

// The advice for what a message holds, once for each nation and category in it.
struct Guide {
  const Playbooks* playbooks = nullptr;
  core::Category category = core::Category::kReputational;
  Guidance guidance;
};

class MailComposer final : public Composer {
 public:
  using AllPlaybooks = std::map<std::string, Playbooks, std::less<>>;
  using Displays = std::map<std::string, Display, std::less<>>;

  MailComposer(ComposerOptions options, Display display, Displays displays, AllPlaybooks playbooks,
               std::unique_ptr<TemplateSet> templates, std::unique_ptr<LocalClock> clock)
      : options_(std::move(options)),
        display_(display),
        displays_(std::move(displays)),
        playbooks_(std::move(playbooks)),
        templates_(std::move(templates)),
        clock_(std::move(clock)) {}

  core::Result<MailMessage> Compose(const AlertBatch& batch) const override {
    if (const core::OutboxItem* item = FindNotice(batch.batch)) {
      return ComposeNotice(batch, item->notice);
    }
    if (batch.entries.empty()) {
      return core::Fail(core::ErrorKind::kBadInput, "a message needs something to say");
    }
    const MailKind kind = KindOf(batch);
    const bool of_one_case = kind == MailKind::kAlert || kind == MailKind::kNobody;
    const std::string school = CleanLine(batch.school_name, kSchoolNameBytes);
    const std::string case_id = SafeId(batch.entries.front().case_now.id);
    const std::string subject = SubjectOf(batch, school, case_id);

    View view = MakeView(batch);
    if (kind != MailKind::kNobody) {  // Else nothing of the posts, by construction.
      AddFindings(batch, kind, view);
    }
    view.Set("subject", subject).Set("school", school).Set("case_id", case_id);

    MailParts parts = MakeParts(batch, subject, std::string(TemplateOf(kind)), view);
    if (of_one_case && !case_id.empty()) {
      // A message that was never sent, but the same for all of a case: mail programs put those that
      // refer to one message into one thread.
      parts.references = "case-" + case_id + "@" + DomainOf(options_.from);
    }
    if (of_one_case &&
        (kind == MailKind::kNobody || Summarise(batch).severity == core::Severity::kUrgent)) {
      parts.headers.emplace_back("Importance", "high");
      parts.headers.emplace_back("X-Priority", "1");
    }
    return MakeMessage(std::move(parts));
  }

 private:
  core::Result<MailMessage> ComposeNotice(const AlertBatch& batch,
                                          const core::Notice& notice) const {
    const std::string school = CleanLine(batch.school_name, kSchoolNameBytes);
    const std::string subject = CleanLine(notice.subject, kSubjectBytes);
    View view = MakeView(batch);
    view.Set("subject", Capitalised(subject))
        .Set("school", school)
        .Set("html", notice.html)
        .SetFlag("is_notice", true);
    for (const std::string& paragraph : Paragraphs(CleanText(notice.text))) {
      view.Add("paragraphs", View().Set("text", paragraph));
    }
    return MakeMessage(MakeParts(batch, school + ": " + subject, "message", view));
  }

  MailParts MakeParts(const AlertBatch& batch, const std::string& subject,
                      const std::string& template_name, const View& view) const {
    return {.from_name = "schoolwatch",
            .from = options_.from,
            .to = batch.batch.recipient,
            .subject = subject,
            .message_id = batch.batch.message_id,
            .references = {},
            .date = batch.batch.created_at,
            .headers = CommonHeaders(),
            .text = WrapLines(Tidy(templates_->Render(template_name + ".txt", view)), kTextColumns),
            .html = templates_->Render(template_name + ".html", view)};
  }

  static core::Result<MailMessage> MakeMessage(MailParts parts) {
    MailMessage message;
    SW_ASSIGN(message.rfc5322, MakeMime(parts));
    message.from = std::move(parts.from);
    message.to = std::move(parts.to);
    message.subject = std::move(parts.subject);
    message.text = std::move(parts.text);
    message.html = std::move(parts.html);
    return message;
  }

  const Playbooks& PlaybooksFor(std::string_view school) const {
    const auto nation = options_.nations.find(school);
    const auto found =
        nation == options_.nations.end() ? playbooks_.end() : playbooks_.find(nation->second);
    return found != playbooks_.end() ? found->second : playbooks_.find("england")->second;
  }

  Display DisplayFor(std::string_view recipient) const {
    const auto found = displays_.find(recipient);
    return found != displays_.end() ? found->second : display_;
  }

  // What every mail has.
  View MakeView(const AlertBatch& batch) const {
    View view;
    view.Set("made", clock_->Format(batch.batch.created_at))
        .Set("school_hours", CleanLine(options_.school_hours, 120))
        .Set("chair", PlaybooksFor(batch.batch.school).RoleName("chair"));
    if (!batch.batch.items.empty() && !batch.batch.items.front().role.empty()) {
      const core::OutboxItem& item = batch.batch.items.front();
      view.Set("role", PlaybooksFor(item.school).RoleName(item.role));
    }
    return view;
  }

  std::vector<Guide> GuidesFor(const AlertBatch& batch) const {
    std::vector<Guide> guides;
    for (const AlertEntry& entry : batch.entries) {
      const Playbooks& playbooks = PlaybooksFor(entry.finding.school);
      const core::Category category = LeadingCategory(entry.finding.judgement.categories);
      auto guide = std::ranges::find_if(guides, [&](const Guide& known) {
        return known.playbooks == &playbooks && known.category == category;
      });
      if (guide == guides.end()) {
        guide = guides.insert(guides.end(), {&playbooks, category, {}});
      }
      const Guidance advice = playbooks.For(entry.finding.judgement, entry.withheld);
      if (guide->guidance.first.empty()) {
        guide->guidance.first = advice.first;
      }
      AppendNew(advice.steps, guide->guidance.steps);
      AppendNew(advice.avoid, guide->guidance.avoid);
    }
    std::ranges::stable_sort(guides, {}, &Guide::category);
    return guides;
  }

  void AddGuides(const std::vector<Guide>& guides, View& view) const {
    std::set<std::string> based_on;
    for (const Guide& guide : guides) {
      View item;
      if (guides.size() > 1) {
        item.Set("about", "About each " + std::string(CategoryPhrase(guide.category)));
      }
      AddSteps(guide.guidance.steps, "steps", item);
      AddSteps(guide.guidance.avoid, "avoid", item);
      item.SetFlag("has_avoid", !guide.guidance.avoid.empty());
      const std::string& source = guide.playbooks->based_on();
      if (!source.empty() && guide.category == core::Category::kSafeguarding &&
          based_on.insert(source).second) {
        view.Add("based_on", View().Set("source", source));
      }
      view.Add("guides", std::move(item));
    }
    if (!guides.empty()) {
      AddSteps(guides.front().guidance.first, "first", view);
    }
  }

  void AddFindings(const AlertBatch& batch, MailKind kind, View& view) const {
    const MailSummary summary = Summarise(batch);
    const Display display = DisplayFor(batch.batch.recipient);
    const std::size_t shown = std::min(batch.entries.size(), kMaxEntries);
    std::set<std::string> versions;
    std::set<std::string> asked;
    core::Timestamp answer_by{};
    std::map<core::Severity, std::size_t, std::greater<>> counts;
    for (std::size_t i = 0; i < batch.entries.size(); ++i) {
      const AlertEntry& entry = batch.entries[i];
      if (i < shown) {
        const bool further = kind == MailKind::kAlert && i > 0;
        const Display shown_as = MayQuote(entry, batch) ? display : Display::kMasked;
        View shown_entry = MakeEntryView(entry, shown_as, *clock_, batch.batch.created_at);
        if (asked.insert(entry.case_now.id).second) {  // Once a case, under its first post.
          AddAnswers(batch, entry.case_now.id, shown_entry);
        }
        view.Add(kind != MailKind::kAlert ? "entries"
                 : further                ? "others"
                                          : "lead",
                 std::move(shown_entry));
      }
      versions.insert(CleanLine(entry.finding.judgement.rules_version, 60));
      ++counts[std::max(entry.finding.judgement.severity, core::Severity::kLow)];
      if (entry.answer_by != core::Timestamp{} &&
          (answer_by == core::Timestamp{} || entry.answer_by < answer_by)) {
        answer_by = entry.answer_by;
      }
    }
    if (answer_by == core::Timestamp{}) {
      answer_by = batch.batch.created_at + std::chrono::hours(24);
    }
    if (batch.entries.size() > shown) {
      view.Set("more",
               CountOf(batch.entries.size() - shown, "further finding is", "further findings are"));
    }
    AddGuides(GuidesFor(batch), view);

    versions.erase("");
    std::string all_versions;
    for (const std::string& version : versions) {
      all_versions += (all_versions.empty() ? "" : ", ") + version;
    }
    std::string tally;
    for (const auto& [severity, count] : counts) {
      tally += fmt::format("{}{} {}", tally.empty() ? "" : ", ", count, PriorityWord(severity));
    }
    const std::string priority(PriorityWord(summary.severity));
    view.Set("rules_version", CleanLine(all_versions, 200))
        .Set("priority", priority)
        .Set("priority_title", Capitalised(priority))
        .SetFlag("is_" + priority, true)
        .Set("phrase", std::string(CategoryPhrase(summary.category)))
        .Set("phrase_title", Capitalised(CategoryPhrase(summary.category)))
        .Set("count", CountOf(batch.entries.size(), "possible concern", "possible concerns"))
        .Set("tally", tally)
        .Set("reason", ReasonSentence(summary.reason))
        .SetFlag("again", summary.reason != kReasonNew)
        .Set("spread", SpreadSentence(batch.entries.front().case_now))
        .Set("answer_by", clock_->Format(answer_by))
        .SetFlag("answer_in_a_day", answer_by <= batch.batch.created_at + std::chrono::hours(24))
        .SetFlag("safeguarding", summary.category == core::Category::kSafeguarding);
  }

  ComposerOptions options_;
  Display display_;
  Displays displays_;
  AllPlaybooks playbooks_;
  std::unique_ptr<TemplateSet> templates_;
  std::unique_ptr<LocalClock> clock_;
};

}  // namespace

core::Result<std::unique_ptr<Composer>> Composer::Make(ComposerOptions options) {
  if (core::Result<void> sender = net::CheckMailAddress(options.from); !sender.has_value()) {
    return core::FailWith("alerts: 'from'", sender.error());
  }
  SW_ASSIGN(const Display display, ParseDisplay(options.display));
  MailComposer::Displays displays;
  for (const auto& [recipient, name] : options.displays) {
    SW_ASSIGN(displays[recipient], ParseDisplay(name));
  }
  const std::filesystem::path folder(options.templates_folder);
  SW_ASSIGN(MailComposer::AllPlaybooks playbooks, LoadAllPlaybooks(folder / "playbooks"));
  SW_ASSIGN(auto templates,
            TemplateSet::Load(folder, {"alert", "digest", "backlog", "notice", "message"}));
  SW_ASSIGN(auto clock, LocalClock::Make(options.time_zone));
  return std::make_unique<MailComposer>(std::move(options), display, std::move(displays),
                                        std::move(playbooks), std::move(templates),
                                        std::move(clock));
}

}  // namespace schoolwatch::alerts
