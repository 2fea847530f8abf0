#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::app {

// One thing that `doctor` looked at.
struct Advice {
  enum class Urgency {
    kFine,
    kNote,  // Worth knowing; nothing is lost if it stays.
    kAct,   // A person must do something.
  };
  Urgency urgency = Urgency::kFine;
  std::string about;  // "clock", "store", "mail", …
  std::string what;   // How it is, in plain words.
  std::string mend;   // What to do; empty where nothing is to be done.
};

// "fine", "note", "act".
constexpr std::string_view UrgencyName(Advice::Urgency urgency) {
  switch (urgency) {
    case Advice::Urgency::kFine:
      return "fine";
    case Advice::Urgency::kNote:
      return "note";
    case Advice::Urgency::kAct:
      return "act";
  }
  return "";
}

}  // namespace schoolwatch::app
