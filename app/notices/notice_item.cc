#include "app/notices/notice_item.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/hash.h"

namespace schoolwatch::app {
namespace {

bool HearsOf(const config::Contact& contact, std::string_view school) {
  return school.empty() || contact.schools.empty() ||
         std::ranges::find(contact.schools, school) != contact.schools.end();
}

}  // namespace

core::OutboxItem NoticeItem(const config::Contact& to, core::Notice notice, std::string_view unique,
                            std::string_view school, core::Timestamp now, NeverWaits never_waits) {
  core::OutboxItem item;
  item.id =
      core::ShortHash("notice\n" + notice.kind + "\n" + to.email + "\n" + std::string(unique));
  item.recipient = to.email;
  item.batch_key = "notice:" + item.id;
  item.delivery = core::Delivery::kNow;
  item.school = school;
  item.reason = notice.kind;
  item.created_at = now;
  item.role = to.role;
  item.never_waits = never_waits == NeverWaits::kYes;
  item.notice = std::move(notice);
  return item;
}

std::vector<const config::Contact*> ContactsFor(const std::vector<config::Contact>& contacts,
                                                const std::vector<std::string>& roles,
                                                std::string_view school, Fallback fallback) {
  std::vector<const config::Contact*> found;
  const auto add = [&](const config::Contact& contact) {
    const bool known = std::ranges::any_of(found, [&](const config::Contact* one) {
      return IsSameAddress(one->email, contact.email);
    });
    if (!known && HearsOf(contact, school)) {
      found.push_back(&contact);
    }
  };
  for (const config::Contact& contact : contacts) {
    if (std::ranges::find(roles, contact.role) != roles.end()) {
      add(contact);
    }
  }
  for (const std::string_view role : {"headteacher", "dsl"}) {
    for (const config::Contact& contact : contacts) {
      if (found.empty() && fallback == Fallback::kHeadteacher && contact.role == role) {
        add(contact);
      }
    }
  }
  return found;
}

std::string OnlySchool(const config::Contact& contact, const config::Settings& settings) {
  if (contact.schools.size() == 1) {
    return contact.schools.front();
  }
  return contact.schools.empty() && settings.schools.size() == 1 ? settings.schools.front().key
                                                                 : "";
}

bool IsSameAddress(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view RoleWords(std::string_view role) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kWords = {
      {{"headteacher", "the headteacher"},
       {"dsl", "the designated safeguarding lead"},
       {"deputy", "the deputy headteacher"},
       {"chair", "the chair of governors"},
       {"it", "IT"}}};
  const auto found = std::ranges::find(kWords, role, [](const auto& pair) { return pair.first; });
  return found == kWords.end() ? "a contact" : found->second;
}

}  // namespace schoolwatch::app
