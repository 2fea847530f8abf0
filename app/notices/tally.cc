#include "app/notices/tally.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <string>

namespace schoolwatch::app {

core::Result<Tally> LoadTally(const storage::Notes& notes, std::string_view name) {
  SW_ASSIGN(const std::optional<std::string> note, notes.FindNote(name));
  // "TIME rounds posts mentions findings"; what is not so begins anew.
  const std::size_t space = note ? note->find(' ') : std::string::npos;
  if (space == std::string::npos) {
    return Tally{};
  }
  Tally tally;
  tally.since = core::ParseRfc3339(note->substr(0, space)).value_or(core::Timestamp{});
  const char* at = note->data() + space;
  const char* const end = note->data() + note->size();
  for (std::uint64_t* const number :
       {&tally.rounds, &tally.posts, &tally.mentions, &tally.findings}) {
    if (at == end || *at != ' ') {
      return Tally{};
    }
    const auto read = std::from_chars(at + 1, end, *number);
    if (read.ec != std::errc()) {
      return Tally{};
    }
    at = read.ptr;
  }
  return tally;
}

core::Result<void> SaveTally(storage::Notes& notes, std::string_view name, const Tally& tally) {
  return notes.SetNote(name,
                       fmt::format("{} {} {} {} {}", core::FormatRfc3339(tally.since), tally.rounds,
                                   tally.posts, tally.mentions, tally.findings));
}

core::Result<void> CountPass(const PassReport& pass, storage::Notes& notes, core::Timestamp now) {
  std::uint64_t mentions = 0;
  for (const SourceTurn& turn : pass.turns) {
    mentions += turn.mentions;
  }
  for (const std::string_view name : {kDayTally, kWeekTally}) {
    SW_ASSIGN(Tally tally, LoadTally(notes, name));
    if (tally.since == core::Timestamp{}) {
      tally.since = now;
    } else if (pass.turns.empty()) {
      continue;  // Nothing was due: no write for it.
    }
    ++tally.rounds;
    tally.posts += pass.posts_read;
    tally.mentions += mentions;
    tally.findings += pass.findings.size();
    SW_TRY(SaveTally(notes, name, tally));
  }
  return {};
}

}  // namespace schoolwatch::app
