#include "storage/kind_counts.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace schoolwatch::storage {
namespace {

struct KindWord {
  std::string_view many;
  std::string_view one;
};
constexpr std::array kKindWords = std::to_array<KindWord>({
    {"addresses", "address"},
    {"addresses that led there", "address that led there"},
    {"cases", "case"},
    {"cases that go on", "case that goes on"},
    {"counts of looks", "count of looks"},
    {"earlier versions", "earlier version"},
    {"earlier versions of others", "earlier version of others"},
    {"errors of sources", "error of a source"},
    {"evidence records", "evidence record"},
    {"evidence records of others", "evidence record of others"},
    {"hosts", "host"},
    {"index entries", "index entry"},
    {"index entries of others", "index entry of others"},
    {"kept examples", "kept example"},
    {"kept examples of others", "kept example of others"},
    {"ledgers", "ledger"},
    {"ledgers of hosts", "ledger of a host"},
    {"logins at platforms", "login at a platform"},
    {"mails given up", "mail given up"},
    {"mails in the folder for messages", "mail in the folder for messages"},
    {"marks of erasures", "mark of an erasure"},
    {"notes of commands", "note of a command"},
    {"posts", "post"},
    {"posts of others", "post of others"},
    {"reasons for looks", "reason for looks"},
    {"reports", "report"},
    {"reports of others", "report of others"},
    {"routes of platforms", "route of a platform"},
    {"seen marks", "seen mark"},
    {"sources", "source"},
    {"spending at platforms", "record of spending at a platform"},
    {"traces of mails", "trace of a mail"},
    {"waiting alerts", "waiting alert"},
    {"waiting mails", "waiting mail"},
    {"waiting mails that tell of others too", "waiting mail that tells of others too"},
});

}  // namespace

std::string CountsLine(const KindCounts& counts) {
  std::string line;
  for (const auto& [kind, count] : counts) {
    const auto* const word = std::ranges::find(kKindWords, std::string_view(kind), &KindWord::many);
    line += (line.empty() ? "" : ", ") + std::to_string(count) + " ";
    line += count == 1 && word != kKindWords.end() ? word->one : std::string_view(kind);
  }
  return line.empty() ? "nothing" : line;
}

}  // namespace schoolwatch::storage
