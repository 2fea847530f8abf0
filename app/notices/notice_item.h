#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "core/outbox.h"
#include "core/time.h"

namespace schoolwatch::app {

// A message about no finding, for the outbox. `unique` says what makes it one: queueing the same
// again adds nothing.
enum class NeverWaits { kNo, kYes };  // Whether quiet hours and budgets may hold it.
core::OutboxItem NoticeItem(const config::Contact& to, core::Notice notice, std::string_view unique,
                            std::string_view school, core::Timestamp now,
                            NeverWaits never_waits = NeverWaits::kNo);

// The contacts with one of `roles` that are told about `school` (empty: about any), in the
// configuration's order, no address twice. Where there is none, the first headteacher or DSL, as
// nobody's message should get lost.
enum class Fallback { kNone, kHeadteacher };
std::vector<const config::Contact*> ContactsFor(const std::vector<config::Contact>& contacts,
                                                const std::vector<std::string>& roles,
                                                std::string_view school, Fallback fallback);

// The one school that a contact is told about; empty where there are several.
std::string OnlySchool(const config::Contact& contact, const config::Settings& settings);

// "head@x.example" and "Head@X.example" are one mailbox.
bool IsSameAddress(std::string_view a, std::string_view b);

// "the headteacher", "the designated safeguarding lead", …
std::string_view RoleWords(std::string_view role);

}  // namespace schoolwatch::app
