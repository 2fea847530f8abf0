#include "app/notices/take_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "alerts/answer_mail.h"
#include "alerts/answers.h"
#include "app/case_changes.h"
#include "app/notices/may_know.h"
#include "app/notices/notice_item.h"

namespace schoolwatch::app {
namespace {

using alerts::Answer;
using core::CaseState;

core::AuditActor ActorOf(std::string_view role) {
  static constexpr std::array<std::pair<std::string_view, core::AuditActor>, 5> kActors = {
      {{"headteacher", core::AuditActor::kHeadteacher},
       {"dsl", core::AuditActor::kDsl},
       {"deputy", core::AuditActor::kDeputy},
       {"chair", core::AuditActor::kChair},
       {"it", core::AuditActor::kIt}}};
  const auto found = std::ranges::find(kActors, role, [](const auto& pair) { return pair.first; });
  return found == kActors.end() ? core::AuditActor::kProgram : found->second;
}

// One answer on its way into the store.
class Taking {
 public:
  Taking(const config::Settings& settings, const NameMask& mask, storage::Store& store,
         core::Timestamp now)
      : settings_(settings),
        mask_(mask),
        store_(store),
        now_(now),
        audience_(settings.contacts, settings.schools) {}

  core::Result<AnswerReceipt> Take(const alerts::AnswerMail& mail, std::string_view key);

 private:
  core::Result<AnswerReceipt> Refuse(const alerts::AnswerMail& mail, std::string_view why,
                                     const std::string& case_id = {});
  core::Result<core::DocumentOutcome> Apply(Answer answer, const core::Case& of,
                                            const Decision& decision, bool& changes) const;
  void AddCalls(const core::Case& of, const config::Contact& by, const alerts::CaseVoices& voices,
                std::string_view answer_id, core::DocumentOutcome& outcome) const;

  const config::Settings& settings_;
  const NameMask& mask_;
  storage::Store& store_;
  const core::Timestamp now_;
  const alerts::Audience audience_;
};

core::Result<AnswerReceipt> Taking::Refuse(const alerts::AnswerMail& mail, std::string_view why,
                                           const std::string& case_id) {
  const core::AuditEvent event{.action = core::AuditAction::kAnswerRefused,
                               .actor = core::AuditActor::kProgram,
                               .case_id = case_id,
                               .subject = "answer from " + mail.from,
                               .content = std::string(why)};
  SW_TRY(store_.Record({&event, 1}));
  return AnswerReceipt{.fate = AnswerFate::kRefused, .what = "refused: " + std::string(why)};
}

bool IsSafeguarding(const core::Case& of) {
  return std::ranges::find(of.categories, core::Category::kSafeguarding) != of.categories.end();
}

bool WasUsed(const core::Case& of, std::string_view id) {
  return std::ranges::any_of(of.history,
                             [id](const core::CaseEvent& event) { return event.answer == id; });
}

bool Closes(Answer answer) { return answer == Answer::kNoConcern || answer == Answer::kNotAboutUs; }

core::Result<core::DocumentOutcome> Taking::Apply(Answer answer, const core::Case& of,
                                                  const Decision& decision, bool& changes) const {
  changes = true;
  if (Closes(answer)) {
    const core::CaseOutcome outcome = answer == Answer::kNoConcern ? core::CaseOutcome::kNoConcern
                                                                   : core::CaseOutcome::kNotAboutUs;
    const bool may_close = !IsSafeguarding(of) || !decision.reason.empty();
    if (may_close && !(of.state == CaseState::kClosed && of.outcome == outcome)) {
      Decision closing = decision;
      if (closing.reason.empty()) {
        closing.reason = "Answered by mail, without further words.";
      }
      return CloseCase(store_, of.id, outcome, mask_, closing);
    }
  }
  const CaseState state = answer == Answer::kInHand ? CaseState::kInHand : CaseState::kSeen;
  // A closed case stays closed: the mail may be older than the closing.
  const bool further =
      of.state == CaseState::kNew || (of.state == CaseState::kSeen && state == CaseState::kInHand);
  if (further) {
    changes = !Closes(answer);
    return SetState(store_, of.id, state, decision);
  }
  changes = answer == Answer::kCallMe;
  Decision note = decision;
  note.reason = fmt::format("Answered by mail: {}.{}{}", alerts::AnswerLabel(answer),
                            decision.reason.empty() ? "" : "\n", decision.reason);
  return NoteCase(store_, of.id, note);
}

// Tells those who would deal with the case, and may know of it, that somebody wants to be called.
void Taking::AddCalls(const core::Case& of, const config::Contact& by,
                      const alerts::CaseVoices& voices, std::string_view answer_id,
                      core::DocumentOutcome& outcome) const {
  const std::vector<std::string> first = IsSafeguarding(of)
                                             ? std::vector<std::string>{"dsl", "headteacher"}
                                             : std::vector<std::string>{"headteacher", "deputy"};
  for (const std::vector<std::string>& roles :
       {first, std::vector<std::string>{"deputy", "chair"}, std::vector<std::string>{"it"}}) {
    for (const config::Contact* const contact :
         ContactsFor(settings_.contacts, roles, of.school, Fallback::kNone)) {
      if (IsSameAddress(contact->email, by.email) ||
          !audience_.MayBeTold(contact->email, of.school, voices)) {
        continue;
      }
      core::Notice notice;
      notice.kind = "call";
      notice.subject = fmt::format("please call {} [case {}]", RoleWords(by.role), of.id);
      notice.text = fmt::format(
          "{} answered the mail about case {} with “{}”.\n\nWhat was written with it stands in the "
          "case: schoolwatch cases show {}",
          RoleWords(by.role), of.id, alerts::AnswerLabel(Answer::kCallMe), of.id);
      notice.text.front() = notice.text.front() == 't' ? 'T' : notice.text.front();
      outcome.outbox.push_back(
          NoticeItem(*contact, std::move(notice), answer_id, of.school, now_, NeverWaits::kYes));
    }
    if (!outcome.outbox.empty()) {
      return;
    }
  }
}

core::Result<AnswerReceipt> Taking::Take(const alerts::AnswerMail& mail, std::string_view key) {
  if (mail.tokens.empty()) {
    return AnswerReceipt{.fate = AnswerFate::kNoAnswer, .what = "no answer is in it"};
  }
  if (mail.automatic) {
    return Refuse(mail, "a program wrote it");
  }
  if (mail.tokens.size() > 1) {
    return Refuse(mail, "it holds several answers; use one of the links");
  }
  const auto given = alerts::CheckAnswerToken(mail.tokens.front(), mail.from, key, now_);
  if (!given) {
    return Refuse(mail, alerts::TokenFaultName(given.error()));
  }
  core::Result<core::Case> found = store_.LoadCase(given->case_id);
  if (!found && found.error().kind != core::ErrorKind::kNotFound) {
    return core::Fail(std::move(found).error());
  }
  if (!found) {
    return Refuse(mail, "its case is no longer kept");
  }
  const core::Case& of = *found;
  const auto contact = std::ranges::find_if(settings_.contacts, [&](const config::Contact& one) {
    return IsSameAddress(one.email, mail.from) &&
           (one.schools.empty() || std::ranges::find(one.schools, of.school) != one.schools.end());
  });
  if (contact == settings_.contacts.end()) {
    return Refuse(mail, "its sender is no contact of the school any more", of.id);
  }
  SW_ASSIGN(const std::vector<core::Finding> findings, FindingsOf(store_, of));
  SW_ASSIGN(const alerts::CaseVoices voices, HearCase(store_, audience_, of, findings));
  if (!audience_.MayBeTold(contact->email, of.school, voices)) {
    return Refuse(mail, "its sender may be named in the case by now", of.id);
  }
  // The same link once more, now with the reason that was missing, is no repeat.
  const bool lacks_reason = Closes(given->answer) && IsSafeguarding(of) && mail.reason.empty();
  const std::string used = given->id + (lacks_reason ? "?" : "");
  if (WasUsed(of, used) || WasUsed(of, given->id)) {
    return Refuse(mail, "used before", of.id);
  }
  const Decision decision{
      .who = fmt::format("{}{}, by mail", contact->name.empty() ? "" : contact->name + ", ",
                         RoleWords(contact->role)),
      .reason = mail.reason,
      .at = now_};
  bool changes = false;
  SW_ASSIGN(core::DocumentOutcome outcome, Apply(given->answer, of, decision, changes));
  for (core::Case& changed : outcome.cases) {
    changed.history.back().answer = used;
  }
  outcome.by = ActorOf(contact->role);
  if (given->answer == Answer::kCallMe) {
    AddCalls(of, *contact, voices, given->id, outcome);
  }
  const core::Case after = outcome.cases.back();
  SW_TRY(store_.Commit({&outcome, 1}));
  AnswerReceipt receipt{.fate = changes ? AnswerFate::kTaken : AnswerFate::kNoted, .what = {}};
  receipt.what =
      fmt::format("case {} is {}{}; {} answered: {}", after.id, core::CaseStateName(after.state),
                  after.outcome == core::CaseOutcome::kNone
                      ? ""
                      : fmt::format(" as {}", core::CaseOutcomeName(after.outcome)),
                  RoleWords(contact->role), alerts::AnswerLabel(given->answer));
  if (lacks_reason) {
    receipt.what += "; a case of possible safeguarding is only closed with a reason";
  }
  return receipt;
}

}  // namespace

core::Result<AnswerReceipt> TakeAnswer(std::string_view mail, const config::Settings& settings,
                                       const NameMask& mask, std::string_view key,
                                       storage::Store& store, core::Timestamp now) {
  const core::Result<alerts::AnswerMail> parsed = alerts::ParseAnswerMail(mail);
  if (!parsed) {
    return AnswerReceipt{.fate = AnswerFate::kNoAnswer, .what = parsed.error().message};
  }
  return Taking(settings, mask, store, now).Take(*parsed, key);
}

}  // namespace schoolwatch::app
