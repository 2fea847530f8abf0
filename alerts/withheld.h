#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "alerts/named.h"
#include "config/settings.h"
#include "core/finding.h"
#include "core/school.h"

// Who may not be told: whoever may be meant by a case as somebody who harms children is told
// nothing of it, in no alert, digest, thread, summary, escalation, report or webhook.
namespace schoolwatch::alerts {

// The roles whose holders a post can mean. IT is none: nobody is meant by it.
inline constexpr std::array<std::string_view, 4> kMeantRoles{"headteacher", "dsl", "deputy",
                                                             "chair"};

// Somebody who could be told.
struct Person {
  std::string role;
  std::string email;
  std::string lower_email;
  std::string shown;  // As the configuration names them; may be empty.
  PersonName name;
};

// What the posts of one case have said so far of those who could be told of it. Grows by one
// finding at a time (Audience::Hear), so that the thousandth voice in a thread costs what the first
// did.
struct CaseVoices {
  bool heard = false;       // Any finding at all.
  bool delicate = false;    // One may name a perpetrator.
  std::vector<bool> named;  // By contact of the case's school, in its order: by surname…
  std::vector<bool> meant;  // …and by office.
  // By kMeantRoles: one who holds it is named, or the office is; also where no contact has it.
  std::array<bool, kMeantRoles.size()> roles{};
  bool operator==(const CaseVoices&) const = default;
};

enum class Withheld {
  kNo,
  kNamed,       // The surname stands in a post of the case or its title.
  kMeant,       // The office does.
  kSamePerson,  // One who is withheld has this contact's address or name.
};

// The contacts, ready to be looked for in posts. Immutable, thread-safe.
class Audience {
 public:
  // Borrows nothing. `schools` lend the headteacher's name where a contact has none.
  explicit Audience(std::span<const config::Contact> contacts,
                    std::span<const core::School> schools = {});

  // Those of one school, in the configuration's order. They live as long as the Audience.
  std::vector<const Person*> Of(std::string_view school) const;

  // Adds one of a case's findings to what was said in it; or any other text of the case: its title,
  // or what an edit made of a post.
  void Hear(const core::Finding& finding, CaseVoices& voices) const;
  void HearText(const std::string& text, std::string_view school, CaseVoices& voices) const;

  // Of each of Of(school) whether they are withheld from a case that said this.
  std::vector<Withheld> WithheldFrom(std::string_view school, const CaseVoices& voices) const;
  // Whether an address may be told: no contact with it is withheld. True of addresses that no
  // contact has.
  bool MayBeTold(std::string_view address, std::string_view school, const CaseVoices& voices) const;

 private:
  std::vector<Person> people_;
  std::vector<std::size_t> everywhere_;  // Indexes of those who serve all schools.
  std::unordered_map<std::string, std::vector<std::size_t>> by_school_;
  std::unordered_map<std::string, PersonName> headteachers_;  // By school key.
  std::array<PersonName, kMeantRoles.size()> offices_;        // Without a name.
};

// The roles that are meant in a delicate case; none in any other.
std::vector<std::string> AccusedRoles(const CaseVoices& voices);
// The roles that are named or meant in whatever case.
std::vector<std::string> RolesSpokenOf(const CaseVoices& voices);

}  // namespace schoolwatch::alerts
