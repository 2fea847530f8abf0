#include "app/lost_erasures.h"

#include <fmt/format.h>

#include <optional>
#include <ostream>
#include <string_view>

#include "app/terminal.h"

namespace schoolwatch::app {
namespace {

constexpr std::string_view kToldNote = "erasure/lost-key-told";

std::string Date(core::Timestamp time) { return core::FormatRfc3339(time).substr(0, 10); }

}  // namespace

std::string DescribeLostErasures(const storage::LostMarks& lost) {
  if (lost.marks == 0) {
    return "";
  }
  return fmt::format(
      "the audit.key that erasures since {} were kept under is lost: what was erased is taken in "
      "again where it still stands ({}, the last of which counts until {})",
      Date(lost.since), Count(lost.marks, "mark"), Date(lost.until));
}

core::Result<bool> TellLostErasures(storage::Store& store, core::Timestamp now,
                                    std::ostream& errors) {
  const storage::LostMarks lost = store.FindLostMarks(now);
  SW_ASSIGN(const std::optional<std::string> told, store.FindNote(kToldNote));
  // The first and the last are other ones when another key is lost, or these are found again.
  const std::string these =
      lost.marks == 0 ? ""
                      : core::FormatRfc3339(lost.since) + " " + core::FormatRfc3339(lost.until);
  if (told.value_or("") == these) {
    return false;
  }
  if (lost.marks > 0) {
    errors << "schoolwatch: " << DescribeLostErasures(lost) << "; " << kLostErasuresAdvice << '\n';
    if (!errors.flush()) {
      return true;
    }
  }
  SW_TRY(store.SetNote(kToldNote, these));
  return lost.marks > 0;
}

}  // namespace schoolwatch::app
