#include "crawler/readers/date_words.h"

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

struct MonthRow {
  unsigned month;
  std::string_view names;  // Lower case, space-separated.
};

// A name stands whole; English, German, French, Spanish, Portuguese, Italian, Dutch, Scandinavian,
// Polish, Russian, Greek, Hungarian and their usual abbreviations.
constexpr MonthRow kMonths[] = {
    {1,
     "jan january januar januari janvier janv enero ene janeiro gennaio gen januar jänner januari "
     "stycznia styczeń "
     "января янв ιαν ιανουαρίου január januári jän"},
    {2,
     "feb february februar februari février fév fevr févr febrero fevereiro fev febbraio lutego "
     "luty февраля фев "
     "φεβ φεβρουαρίου február febr februári"},
    {3,
     "mar march märz mär maart mrt mars marzo março marca marzec марта мар μαρ μάρ μαρτίου μάρτιος "
     "március "
     "márc mrz maerz"},
    {4,
     "apr april avril avr abril abr aprile kwietnia kwiecień апреля апр απρ απριλίου április ápr "
     "áprili"},
    {5, "may mai mei mayo maio maggio mag maj maja мая май μαι μάι μαϊ μαΐ μαΐου május máj"},
    {6,
     "jun june juni juin junio junho giugno giu czerwca czerwiec июня июн ιουν ιούν ιουνίου június "
     "jún"},
    {7,
     "jul july juli juillet juil julio julho luglio lug lipca lipiec июля июл ιουλ ιούλ ιουλίου "
     "július júli júl"},
    {8,
     "aug august augustus août aout agosto ago augusti sierpnia sierpień августа авг αυγ αύγ "
     "αυγούστου "
     "augusztus"},
    {9,
     "sep sept september septembre septiembre setembro set settembre września wrzesień сентября "
     "сен σεπ "
     "σεπτεμβρίου szeptember szept"},
    {10,
     "oct october okt oktober octobre octubre outubro out ottobre ott października październik "
     "октября окт "
     "οκτ οκτωβρίου október ókt"},
    {11,
     "nov november novembre noviembre novembro listopada listopad ноября ноя νοε νοέ νοεμβρίου"},
    {12,
     "dec december dez dezember déc décembre diciembre dic dezembro dicembre des desember grudnia "
     "grudzień "
     "декабря дек δεκ δεκεμβρίου decembre"},
};

constexpr std::string_view kWeekdays =
    " mon monday tue tues tuesday wed weds wednesday thu thur thurs thursday fri friday sat "
    "saturday sun sunday"
    " montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so"
    " lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim"
    " lunes martes miércoles jueves viernes sábado domingo"
    " κυρ δευ τρι τετ πεμ παρ σαβ ma woe don vr zo zat ";

struct ZoneRow {
  std::string_view name;
  int minutes;
};
constexpr ZoneRow kZones[] = {
    {"acdt", 630},  {"acst", 570}, {"adt", -180}, {"aedt", 660}, {"aest", 600}, {"akdt", -480},
    {"akst", -540}, {"ast", -240}, {"at", -240},  {"awst", 480}, {"bst", 60},   {"cdt", -300},
    {"cest", 120},  {"cet", 60},   {"cst", -360}, {"ct", -360},  {"edt", -240}, {"eest", 180},
    {"eet", 120},   {"est", -300}, {"et", -300},  {"gmt", 0},    {"hst", -600}, {"ist", 60},
    {"jst", 540},   {"kst", 540},  {"mdt", -360}, {"mesz", 120}, {"mez", 60},   {"msk", 180},
    {"mst", -420},  {"mt", -420},  {"nzdt", 780}, {"nzst", 720}, {"pdt", -420}, {"pst", -480},
    {"pt", -480},   {"sast", 120}, {"sgt", 480},  {"ut", 0},     {"utc", 0},    {"wat", 60},
    {"west", 60},   {"wet", 0},    {"z", 0},
};

// Lower case of Latin-1, Greek and Cyrillic capitals too, as far as month names need it.
std::string Lower(std::string_view word) {
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const auto byte = static_cast<unsigned char>(word[i]);
    const unsigned next = i + 1 < word.size() ? static_cast<unsigned char>(word[i + 1]) : 0u;
    const auto put = [&](unsigned first, unsigned second) {
      out += static_cast<char>(first);
      out += static_cast<char>(second);
      ++i;
    };
    if (byte == 0xC3 && next >= 0x80 && next <= 0x9E) {
      put(0xC3, next + 0x20);
    } else if (byte == 0xCE && next >= 0x91 && next <= 0x9F) {
      put(0xCE, next + 0x20);
    } else if (byte == 0xCE && next >= 0xA0 && next <= 0xA9) {
      put(0xCF, next - 0x20);
    } else if (byte == 0xD0 && next >= 0x90 && next <= 0x9F) {
      put(0xD0, next + 0x20);
    } else if (byte == 0xD0 && next >= 0xA0 && next <= 0xAF) {
      put(0xD1, next - 0x20);
    } else {
      out += ToAsciiLower(word[i]);
    }
  }
  return out;
}

// Words that begin a date without naming a day or a month: "yesterday", "an hour ago".
constexpr std::string_view kBeginnings =
    "today heute aujourd hoy oggi vandaag yesterday gestern hier ayer ieri gisteren just a an one";

// All words that may begin a date, by hash: some others pass, none of these is missed. Every word
// of a page is asked, and hardly any is one.
class WordFilter {
 public:
  WordFilter() {
    for (const MonthRow& row : kMonths) {
      Add(row.names);
    }
    Add(kWeekdays);
    Add(kBeginnings);
  }
  bool MayHold(std::string_view word) const { return bits_.test(PlaceOf(word)); }

 private:
  static constexpr std::size_t kBits = 1u << 13;
  // Letters beyond ASCII count by their number alone, so that their case does not matter.
  static std::size_t PlaceOf(std::string_view word) {
    std::uint32_t hash = 0x811c9dc5U;
    for (const char c : word) {
      const char lower = static_cast<unsigned char>(c) >= 0x80 ? '?' : ToAsciiLower(c);
      hash = (hash ^ static_cast<unsigned char>(lower)) * 0x01000193U;
    }
    return (hash ^ (hash >> 15)) % kBits;
  }
  void Add(std::string_view words) {
    while (!words.empty()) {
      const std::size_t end = std::min(words.find(' '), words.size());
      bits_.set(PlaceOf(words.substr(0, end)));
      words.remove_prefix(std::min(end + 1, words.size()));
    }
  }
  std::bitset<kBits> bits_;
};

bool HasWord(std::string_view list, std::string_view word) {
  for (std::size_t at = 0; (at = list.find(word, at)) != std::string_view::npos; ++at) {
    const bool starts = at == 0 || list[at - 1] == ' ';
    const bool ends = at + word.size() == list.size() || list[at + word.size()] == ' ';
    if (starts && ends) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool MayBeginDate(std::string_view word) {
  static const WordFilter filter;
  return filter.MayHold(word);
}

unsigned MonthOfWord(std::string_view word) {
  if (word.size() < 3 || word.size() > 32 || !MayBeginDate(word)) {
    return 0;
  }
  const std::string lower = Lower(word);
  for (const MonthRow& row : kMonths) {
    if (HasWord(row.names, lower)) {
      return row.month;
    }
  }
  return 0;
}

bool IsWeekday(std::string_view word) {
  return word.size() >= 2 && word.size() <= 24 && MayBeginDate(word) &&
         HasWord(kWeekdays, Lower(word));
}

std::optional<int> ZoneMinutes(std::string_view word) {
  const std::string lower = ToAsciiLower(word);
  const auto* const found =
      std::lower_bound(std::begin(kZones), std::end(kZones), std::string_view(lower),
                       [](const ZoneRow& row, std::string_view name) { return row.name < name; });
  if (found == std::end(kZones) || found->name != lower) {
    return std::nullopt;
  }
  return found->minutes;
}

}  // namespace schoolwatch::crawler
