#include "alerts/composer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "alerts/clean_text.h"
#include "alerts/entry_view.h"
#include "alerts/mime.h"
#include "alerts/playbooks.h"
#include "alerts/template_set.h"
#include "alerts/wording.h"
#include "net/mail_transport.h"

namespace schoolwatch::alerts {
namespace {

constexpr std::size_t kMaxEntries = 30;  // Shown in full; the rest is counted.
constexpr std::size_t kTextColumns = 76;
constexpr std::size_t kSchoolNameBytes = 80;
constexpr std::size_t kSubjectBytes = 160;

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

// The worst that a batch holds.
struct Summary {
  core::Severity severity = core::Severity::kLow;
  core::Category category = core::Category::kReputational;
};

Summary Summarise(const AlertBatch& batch) {
  Summary summary;
  std::vector<core::Category> categories;
  for (const AlertEntry& entry : batch.entries) {
    const core::Judgement& judgement = entry.finding.judgement;
    summary.severity = std::max(summary.severity, judgement.severity);
    categories.insert(categories.end(), judgement.categories.begin(), judgement.categories.end());
  }
  summary.category = LeadingCategory(categories);
  return summary;
}

// The answers about one case, for {{> answers}}.
void AddAnswers(const AlertBatch& batch, std::string_view case_id, View& view) {
  for (const AnswerLink& link : batch.answers) {
    if (link.case_id == case_id) {
      view.Set("answer_to", link.to)
          .SetFlag("has_answers", true)
          .Add("answers", View()
                              .Set("answer", link.label)
                              .Set("answer_href", link.href)
                              .Set("answer_token", link.token));
    }
  }
}

const core::OutboxItem* FindNotice(const core::OutboxBatch& batch) {
  const auto found = std::ranges::find_if(
      batch.items, [](const core::OutboxItem& item) { return !item.notice.kind.empty(); });
  return found == batch.items.end() ? nullptr : &*found;
}

class MailComposer final : public Composer {
 public:
  MailComposer(ComposerOptions options, Display display, Playbooks playbooks,
               std::unique_ptr<TemplateSet> templates, std::unique_ptr<LocalClock> clock)
      : options_(std::move(options)),
        display_(display),
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
    const bool notice = std::ranges::any_of(
        batch.entries, [](const AlertEntry& entry) { return entry.reason == kReasonNobody; });
    const std::string school = CleanLine(batch.school_name, kSchoolNameBytes);
    const std::string case_id = SafeId(batch.entries.front().case_now.id);
    const Summary summary = Summarise(batch);
    const bool single = notice || batch.batch.delivery == core::Delivery::kNow;

    std::string template_name;
    std::string subject;
    if (notice) {
      template_name = "notice";
      subject = fmt::format("{}: a case that only you can pass on [case {}]", school, case_id);
    } else if (single) {
      template_name = "alert";
      subject = fmt::format("{}: {} {} – {} [case {}]", school, PriorityWord(summary.severity),
                            core::CategoryName(summary.category),
                            summary.category == core::Category::kDefamatory
                                ? "possible allegation of fact"
                                : "possible concern",
                            case_id);
    } else {
      const bool backlog = batch.batch.delivery == core::Delivery::kBacklog;
      template_name = backlog ? "backlog" : "digest";
      subject = fmt::format("{}: {}{}, the first {} {}", school,
                            backlog ? "from before watching began: " : "",
                            CountOf(batch.entries.size(), "possible concern", "possible concerns"),
                            PriorityWord(summary.severity), core::CategoryName(summary.category));
    }

    View view = MakeView(batch, notice, summary);
    if (single && !notice) {
      AddAnswers(batch, batch.entries.front().case_now.id, view);
    }
    view.Set("subject", subject).Set("school", school).Set("case_id", case_id);

    MailMessage message;
    message.from = options_.from;
    message.to = batch.batch.recipient;
    message.subject = subject;
    message.text = WrapLines(Tidy(templates_->Render(template_name + ".txt", view)), kTextColumns);

    MailParts parts{.from_name = "schoolwatch",
                    .from = message.from,
                    .to = message.to,
                    .subject = subject,
                    .message_id = batch.batch.message_id,
                    .references = {},
                    .date = batch.batch.created_at,
                    .headers = {{"Auto-Submitted", "auto-generated"},
                                {"X-Auto-Response-Suppress", "All"},
                                {"Content-Language", "en-GB"}},
                    .text = message.text,
                    .html = templates_->Render(template_name + ".html", view)};
    if (single && !case_id.empty()) {
      // A message that was never sent, but the same for all of a case: mail programs put those that
      // refer to one message into one thread.
      parts.references = "case-" + case_id + "@" + DomainOf(options_.from);
    }
    if (single && (notice || summary.severity == core::Severity::kUrgent)) {
      parts.headers.emplace_back("Importance", "high");
      parts.headers.emplace_back("X-Priority", "1");
    }
    SW_ASSIGN(message.rfc5322, MakeMime(parts));
    return message;
  }

 private:
  core::Result<MailMessage> ComposeNotice(const AlertBatch& batch,
                                          const core::Notice& notice) const {
    const std::string school = CleanLine(batch.school_name, kSchoolNameBytes);
    View view;
    view.Set("made", clock_->Format(batch.batch.created_at))
        .Set("subject", CleanLine(notice.subject, kSubjectBytes))
        .Set("school", school)
        .Set("html", notice.html);
    for (const std::string& paragraph : Paragraphs(CleanText(notice.text))) {
      view.Add("paragraphs", View().Set("text", paragraph));
    }
    MailMessage message;
    message.from = options_.from;
    message.to = batch.batch.recipient;
    message.subject = school + ": " + CleanLine(notice.subject, kSubjectBytes);
    message.text = WrapLines(Tidy(templates_->Render("message.txt", view)), kTextColumns);
    SW_ASSIGN(message.rfc5322, MakeMime({.from_name = "schoolwatch",
                                         .from = message.from,
                                         .to = message.to,
                                         .subject = message.subject,
                                         .message_id = batch.batch.message_id,
                                         .references = {},
                                         .date = batch.batch.created_at,
                                         .headers = {{"Auto-Submitted", "auto-generated"},
                                                     {"X-Auto-Response-Suppress", "All"},
                                                     {"Content-Language", "en-GB"}},
                                         .text = message.text,
                                         .html = templates_->Render("message.html", view)}));
    return message;
  }

  View MakeView(const AlertBatch& batch, bool notice, const Summary& summary) const {
    View view;
    view.Set("made", clock_->Format(batch.batch.created_at));
    if (notice) {
      return view;  // Nothing of the posts, by construction.
    }
    const std::size_t shown = std::min(batch.entries.size(), kMaxEntries);
    std::set<std::string> versions;
    std::set<std::string> asked;  // A case's answers stand once, under its first post.
    std::vector<std::pair<core::Category, Guidance>> guides;
    for (std::size_t i = 0; i < batch.entries.size(); ++i) {
      const AlertEntry& entry = batch.entries[i];
      if (i < shown) {
        View shown_entry = MakeEntryView(entry, display_, *clock_);
        if (batch.batch.delivery != core::Delivery::kNow &&
            asked.insert(entry.case_now.id).second) {
          AddAnswers(batch, entry.case_now.id, shown_entry);
        }
        view.Add("entries", std::move(shown_entry));
      }
      versions.insert(CleanLine(entry.finding.judgement.rules_version, 60));
      const core::Category category = LeadingCategory(entry.finding.judgement.categories);
      const auto known =
          std::ranges::find(guides, category, [](const auto& guide) { return guide.first; });
      Guidance& guide =
          known != guides.end() ? known->second : guides.emplace_back(category, Guidance{}).second;
      const Guidance advice = playbooks_.For(entry.finding.judgement);
      AppendNew(advice.steps, guide.steps);
      AppendNew(advice.avoid, guide.avoid);
    }
    if (batch.entries.size() > shown) {
      view.Set("more",
               CountOf(batch.entries.size() - shown, "further finding is", "further findings are"));
    }
    std::ranges::sort(guides, {}, [](const auto& guide) { return guide.first; });
    for (const auto& [category, guide] : guides) {
      View item;
      if (guides.size() > 1) {
        item.Set("about", "About each " + std::string(CategoryPhrase(category)));
      }
      for (const std::string& step : guide.steps) {
        item.Add("steps", View().Set("step", step));
      }
      for (const std::string& step : guide.avoid) {
        item.Add("avoid", View().Set("step", step)).SetFlag("has_avoid", true);
      }
      view.Add("guides", std::move(item));
    }
    versions.erase("");
    std::string all_versions;
    for (const std::string& version : versions) {
      all_versions += (all_versions.empty() ? "" : ", ") + version;
    }
    const core::Case& case_now = batch.entries.front().case_now;
    view.Set("rules_version", CleanLine(all_versions, 200))
        .Set("priority", std::string(PriorityWord(summary.severity)))
        .Set("phrase", std::string(CategoryPhrase(summary.category)))
        .Set("phrase_title", Capitalised(CategoryPhrase(summary.category)))
        .Set("count", CountOf(batch.entries.size(), "finding", "findings"))
        .Set("reason", ReasonSentence(batch.entries.front()))
        .Set("spread", SpreadSentence(case_now))
        .Set("answer_by", clock_->Format(batch.batch.created_at + std::chrono::hours(24)))
        .SetFlag("several", batch.entries.size() > 1)
        .SetFlag("safeguarding", summary.category == core::Category::kSafeguarding);
    return view;
  }

  ComposerOptions options_;
  Display display_;
  Playbooks playbooks_;
  std::unique_ptr<TemplateSet> templates_;
  std::unique_ptr<LocalClock> clock_;
};

}  // namespace

core::Result<std::unique_ptr<Composer>> Composer::Make(ComposerOptions options) {
  if (core::Result<void> sender = net::CheckMailAddress(options.from); !sender.has_value()) {
    return core::FailWith("alerts: 'from'", sender.error());
  }
  SW_ASSIGN(const Display display, ParseDisplay(options.display));
  const std::filesystem::path folder(options.templates_folder);
  SW_ASSIGN(Playbooks playbooks, Playbooks::Load(folder / "playbooks.yaml"));
  SW_ASSIGN(auto templates,
            TemplateSet::Load(folder, {"alert", "digest", "backlog", "notice", "message"}));
  SW_ASSIGN(auto clock, LocalClock::Make(options.time_zone));
  return std::make_unique<MailComposer>(std::move(options), display, std::move(playbooks),
                                        std::move(templates), std::move(clock));
}

}  // namespace schoolwatch::alerts
