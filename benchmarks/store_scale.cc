// The store against SQLite, both synced, doing the same work: "seen before?" for each post of a
// batch, and one commit of the batch, over stores that remember more and more posts, one in a
// hundred of which mentions a school. Prints the table of docs/performance.md. What is timed is the
// stores' work alone: batches are made before.
//   store_scale [LARGEST]      10^4, 10^5 … up to LARGEST (1000000) remembered posts
#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/file_descriptor.h"
#include "core/hash.h"
#include "core/outcome.h"
#include "storage/audit.h"
#include "storage/codec.h"
#include "storage/db.h"
#include "storage/keys.h"
#include "storage/store.h"

namespace {

using namespace schoolwatch;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kMention = 100;  // One post in so many.

[[noreturn]] void Die(const std::string& what) {
  fmt::print(stderr, "store_scale: {}\n", what);
  std::exit(1);
}

double SecondsSince(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

// A new folder under $TMPDIR, /var/tmp by default: /tmp may be memory, where a sync costs nothing.
class Folder {
 public:
  Folder() {
    const char* base = std::getenv("TMPDIR");
    std::string name = std::string(base == nullptr ? "/var/tmp" : base) + "/store-scale-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
      Die("no folder");
    }
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::uint64_t BytesIn(const fs::path& folder) {
  std::uint64_t bytes = 0;
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    bytes += file.is_regular_file() ? file.file_size() : 0;
  }
  return bytes;
}

// Of the process: what is not a mapped file.
double AnonymousMegabytes() {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("RssAnon:")) {
      return std::strtod(line.c_str() + 8, nullptr) / 1024;
    }
  }
  return 0;
}

enum class Posts { kPlain, kMixed };

std::string PostKeyOf(std::uint64_t number) { return core::ShortHash(std::to_string(number)); }

// Words as often as they stand in ordinary posts: those that config/language/ordinary-counts.txt
// counts, and for the quarter of all words that it leaves out any everyday word.
class Language {
 public:
  Language() {
    ForLines("ordinary-counts.txt", [this](std::string_view line) {
      const std::size_t tab = line.find('\t');
      const std::string_view word = line.substr(0, tab);
      const std::uint64_t count = std::strtoull(line.substr(tab + 1).data(), nullptr, 10);
      if (word == "*") {
        all_ = count;
      } else if (word.find(' ') == word.npos) {
        counted_ += count;
        words_.push_back({counted_, std::string(word)});
      }
    });
    ForLines("everyday-words.txt", [this](std::string_view line) { others_.emplace_back(line); });
    if (all_ <= counted_ || others_.empty()) {
      Die("the tables of config/language cannot be read");
    }
  }

  // The same for the same number, some 400 characters long, as most mentioning posts are.
  std::string TextOf(std::uint64_t number) const {
    std::mt19937_64 random(number);
    std::string text;
    while (text.size() < 400) {
      const std::uint64_t at = random() % all_;
      const auto word = std::ranges::upper_bound(words_, at, {}, &Counted::until);
      text += word != words_.end() ? word->word : others_[random() % others_.size()];
      text += ' ';
    }
    text.pop_back();
    return text;
  }

 private:
  struct Counted {
    std::uint64_t until;  // Of all words, counted from the first.
    std::string word;
  };
  template <class Take>
  static void ForLines(const char* name, Take take) {
    std::ifstream in(fs::path(SW_LANGUAGE_FOLDER) / name);
    for (std::string line; std::getline(in, line);) {
      if (!line.empty() && !line.starts_with('#')) {
        take(line);
      }
    }
  }
  std::uint64_t all_ = 0;
  std::uint64_t counted_ = 0;
  std::vector<Counted> words_;
  std::vector<std::string> others_;
};

const Language& OrdinaryLanguage() {
  static const Language language;
  return language;
}

void AddMention(std::uint64_t number, core::DocumentOutcome& outcome) {
  const std::string id = core::ShortHash("finding" + std::to_string(number));
  const auto at = outcome.seen.back().seen_at;
  core::Finding finding;
  finding.id = id;
  finding.school = "quillbrook";
  finding.case_id = id.substr(0, 9);
  finding.post.url = "https://forum.example/t/" + std::to_string(number);
  finding.post.author = "watcher" + std::to_string(number % 977);
  finding.post.source = "forum";
  finding.post.text = OrdinaryLanguage().TextOf(number);
  finding.fetched_at = at;
  finding.judgement.mentions = true;
  finding.judgement.schools.push_back({"quillbrook", 0.96, "full name"});
  finding.judgement.categories.push_back(core::Category::kReputational);
  finding.judgement.severity = core::Severity::kMedium;
  core::Case opened;
  opened.id = finding.case_id;
  opened.school = finding.school;
  opened.title = finding.post.text.substr(0, 60);
  opened.opened_at = opened.changed_at = at;
  opened.findings = {id};
  opened.sources = {"forum"};
  outcome.findings.push_back(std::move(finding));
  outcome.cases.push_back(std::move(opened));
}

core::DocumentOutcome MakeBatch(std::uint64_t first, std::uint64_t count, Posts posts) {
  core::DocumentOutcome outcome;
  for (std::uint64_t number = first; number < first + count; ++number) {
    const std::string key = PostKeyOf(number);
    // A post a second, so that weeks pass as they do in an installation's life.
    outcome.seen.push_back(
        {key, core::ShortHash(key), core::Timestamp{std::chrono::seconds{1'700'000'000 + number}}});
    if (posts == Posts::kMixed && number % kMention == 0) {
      AddMention(number, outcome);
    }
  }
  return outcome;
}

class Remembering {
 public:
  virtual ~Remembering() = default;
  virtual bool WasSeen(const std::string& key) = 0;
  virtual void Commit(const core::DocumentOutcome& outcome) = 0;
};

class Ours final : public Remembering {
 public:
  explicit Ours(const fs::path& folder) {
    auto opened = storage::Store::Open(folder, storage::OpenMode::kReadWrite);
    if (!opened) {
      Die(opened.error().message);
    }
    store_ = *std::move(opened);
  }
  // As in a daemon that has been at work for a while.
  void AwaitKnownKeys() {
    const auto known = store_->WithDatabase(
        storage::DatabaseUse::kRead,
        [](storage::Db& db, const storage::AuditContext& /*unused*/) -> core::Result<void> {
          return db.AwaitKnownKeys() ? core::Result<void>{}
                                     : core::Fail(core::ErrorKind::kCorrupt, "not read");
        });
    if (!known) {
      Die(known.error().message);
    }
  }
  bool WasSeen(const std::string& key) override {
    const auto mark = store_->FindSeen(key);
    return mark && mark->has_value();
  }
  void Commit(const core::DocumentOutcome& outcome) override {
    if (const auto done = store_->Commit({&outcome, 1}); !done) {
      Die(done.error().message);
    }
  }

 private:
  std::unique_ptr<storage::Store> store_;
};

// The same records in tables with the indexes that the same questions need.
class Sqlite final : public Remembering {
 public:
  explicit Sqlite(const fs::path& folder) {
    if (sqlite3_open((folder / "store.sqlite").c_str(), &db_) != SQLITE_OK) {
      Die("sqlite");
    }
    Do("PRAGMA journal_mode=WAL");
    Do("PRAGMA synchronous=FULL");
    Do("PRAGMA cache_size=-65536");  // 64 MiB: what all of our process takes at 10^7.
    Do("CREATE TABLE IF NOT EXISTS seen(key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID");
    Do("CREATE TABLE IF NOT EXISTS finding(id TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID");
    Do("CREATE TABLE IF NOT EXISTS cases(id TEXT PRIMARY KEY, school TEXT, changed INTEGER, value "
       "BLOB) WITHOUT ROWID");
    Do("CREATE INDEX IF NOT EXISTS changed ON cases(changed)");
    Do("CREATE INDEX IF NOT EXISTS changed_in ON cases(school, changed)");
    Do("CREATE TABLE IF NOT EXISTS link(url TEXT, case_id TEXT, PRIMARY KEY(url, case_id)) WITHOUT "
       "ROWID");
    Do("CREATE TABLE IF NOT EXISTS near(key BLOB, id TEXT, PRIMARY KEY(key, id)) WITHOUT ROWID");
    Do("CREATE TABLE IF NOT EXISTS audit(number INTEGER PRIMARY KEY, value BLOB)");
    find_ = Prepare("SELECT value FROM seen WHERE key = ?");
    seen_ = Prepare("INSERT OR REPLACE INTO seen VALUES(?, ?)");
    finding_ = Prepare("INSERT OR REPLACE INTO finding VALUES(?, ?)");
    case_ = Prepare("INSERT OR REPLACE INTO cases VALUES(?, 'quillbrook', ?, ?)");
    link_ = Prepare("INSERT OR REPLACE INTO link VALUES(?, ?)");
    near_ = Prepare("INSERT OR REPLACE INTO near VALUES(?, ?)");
    audit_ = Prepare("INSERT INTO audit(value) VALUES(?)");
  }
  ~Sqlite() override {
    for (sqlite3_stmt* statement : {find_, seen_, finding_, case_, link_, near_, audit_}) {
      sqlite3_finalize(statement);
    }
    sqlite3_close(db_);
  }
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;

  bool WasSeen(const std::string& key) override {
    Bind(find_, 1, key);
    const bool found = sqlite3_step(find_) == SQLITE_ROW;
    sqlite3_reset(find_);
    return found;
  }
  void Commit(const core::DocumentOutcome& outcome) override {
    Do("BEGIN");
    for (const core::SeenMark& mark : outcome.seen) {
      Run(seen_, mark.post_key, storage::Encode(mark));
    }
    for (const core::Finding& finding : outcome.findings) {
      Run(finding_, finding.id, storage::Encode(finding));
      Run(link_, storage::LinkPrefix(finding.school, finding.post.url), finding.case_id);
      for (const std::string& key : storage::NearKeysOf(finding)) {
        Run(near_, key, finding.id);
      }
      Audit();
    }
    for (const core::Case& one : outcome.cases) {
      const std::string value = storage::Encode(one);
      Bind(case_, 1, one.id);
      sqlite3_bind_int64(case_, 2, one.changed_at.time_since_epoch().count());
      Bind(case_, 3, value);
      Step(case_);
      Audit();
    }
    Do("COMMIT");
  }

 private:
  // An entry's size; its hashes cost little beside the rest.
  void Audit() {
    const std::string value(190, 'a');
    Bind(audit_, 1, value);
    Step(audit_);
  }
  void Do(const char* sql) {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
      Die(sqlite3_errmsg(db_));
    }
  }
  sqlite3_stmt* Prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr) != SQLITE_OK) {
      Die(sqlite3_errmsg(db_));
    }
    return statement;
  }
  // The text must live until Step.
  static void Bind(sqlite3_stmt* statement, int place, const std::string& text) {
    sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()), nullptr);
  }
  void Step(sqlite3_stmt* statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) {
      Die(sqlite3_errmsg(db_));
    }
    sqlite3_reset(statement);
  }
  void Run(sqlite3_stmt* statement, const std::string& key, const std::string& value) {
    Bind(statement, 1, key);
    Bind(statement, 2, value);
    Step(statement);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt* find_ = nullptr;
  sqlite3_stmt* seen_ = nullptr;
  sqlite3_stmt* finding_ = nullptr;
  sqlite3_stmt* case_ = nullptr;
  sqlite3_stmt* link_ = nullptr;
  sqlite3_stmt* near_ = nullptr;
  sqlite3_stmt* audit_ = nullptr;
};

// What a pass asks of the store and commits: of each of its posts whether it was seen, and of as
// many that were, any of all: harder than a page that is looked at again, which shows late ones.
struct Turn {
  std::vector<std::string> known;
  core::DocumentOutcome batch;
};

Turn MakeTurn(std::uint64_t& next, std::uint64_t count) {
  Turn turn{.known = {}, .batch = MakeBatch(next, count, Posts::kMixed)};
  for (std::uint64_t i = 0; i < count; ++i) {
    turn.known.push_back(PostKeyOf(core::Hash64(std::to_string(next + i)) % next));
  }
  next += count;
  return turn;
}

void Work(Remembering& store, const Turn& turn) {
  std::uint64_t unexpected = 0;
  for (std::size_t i = 0; i < turn.known.size(); ++i) {
    unexpected += store.WasSeen(turn.known[i]) ? 0u : 1u;
    unexpected += store.WasSeen(turn.batch.seen[i].post_key) ? 1u : 0u;
  }
  if (unexpected > 0) {
    Die("a post was forgotten, or known too early");
  }
  store.Commit(turn.batch);
}

void Fill(Remembering& store, std::uint64_t& next, std::uint64_t until, Posts posts) {
  while (next < until) {
    const std::uint64_t count = std::min<std::uint64_t>(5000, until - next);
    store.Commit(MakeBatch(next, count, posts));
    next += count;
  }
}

struct BatchSize {
  std::uint64_t posts;
  std::uint64_t rounds;
};
constexpr BatchSize kSizes[] = {{1, 4000}, {20, 600}, {500, 80}};
// Before anything is timed, so that files are open, caches warm, and what filling left to tidy is
// tidied: the same work for both.
constexpr BatchSize kWarmUp{20, 1500};

struct Contestant {
  Remembering& store;
  std::uint64_t& next;
  double seconds = 0;

  std::vector<Turn> MakeTurns(BatchSize batch) const {
    std::vector<Turn> turns;
    for (std::uint64_t i = 0; i < batch.rounds; ++i) {
      turns.push_back(MakeTurn(next, batch.posts));
    }
    return turns;
  }
  void Run(std::span<const Turn> turns) {
    const Clock::time_point began = Clock::now();
    for (const Turn& turn : turns) {
      Work(store, turn);
    }
    seconds += SecondsSince(began);
  }
};

// By turns, so that what else the machine and its disk do meanwhile meets both.
void Race(Contestant& one, Contestant& other, BatchSize batch) {
  constexpr std::uint64_t kTurns = 20;
  one.seconds = other.seconds = 0;
  const std::vector<Turn> of_one = one.MakeTurns(batch);
  const std::vector<Turn> of_other = other.MakeTurns(batch);
  const std::size_t rounds = batch.rounds / kTurns;
  for (std::size_t turn = 0; turn < kTurns; ++turn) {
    one.Run(std::span(of_one).subspan(turn * rounds, rounds));
    other.Run(std::span(of_other).subspan(turn * rounds, rounds));
  }
}

// What a batch of one cannot go below, in either: bytes written over others, and synced.
double SyncMicroseconds() {
  constexpr int kSyncs = 2000;
  constexpr std::size_t kBytes = 100;
  const Folder folder;
  const core::FileDescriptor file(
      ::open((folder.path() / "sync").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  const std::string bytes(kSyncs * kBytes, 'a');
  const auto write = [&](std::size_t at, std::size_t size) {
    if (::pwrite(file.number(), bytes.data(), size, static_cast<off_t>(at)) < 0 ||
        ::fdatasync(file.number()) != 0) {
      Die("the disk cannot be written");
    }
  };
  write(0, bytes.size());
  const Clock::time_point began = Clock::now();
  for (std::size_t i = 0; i < kSyncs; ++i) {
    write(i * kBytes, kBytes);
  }
  return SecondsSince(began) * 1e6 / kSyncs;
}

// Open, filled so far, warm, and knowing its keys.
class Warm {
 public:
  Warm(const fs::path& folder, std::uint64_t& next, std::uint64_t size) : next_(next) {
    {
      Ours filled(folder);
      Fill(filled, next, size, Posts::kMixed);
    }
    const Clock::time_point began = Clock::now();
    ours_.emplace(folder);
    opening_ = SecondsSince(began);
    Contestant contestant = Enter();
    contestant.Run(contestant.MakeTurns(kWarmUp));
    ours_->AwaitKnownKeys();
    ::malloc_trim(0);  // What the turns took is no part of the store.
  }
  Contestant Enter() { return {*ours_, next_}; }
  double opening() const { return opening_; }

 private:
  std::uint64_t& next_;
  std::optional<Ours> ours_;
  double opening_ = 0;
};

// How much more a post costs in the store of `folder` than in one that remembers 10^5, by turns as
// well: a machine's speed drifts in the minutes between two lines of the other table.
void Grow(const fs::path& folder, std::uint64_t& next) {
  const Folder small_folder;
  std::uint64_t small_next = 0;
  Warm small(small_folder.path(), small_next, 100'000);
  Warm large(folder, next, next);
  const std::uint64_t size = next;
  Contestant few = small.Enter();
  Contestant many = large.Enter();
  fmt::print(
      "\n| batch | ours at 100000, posts/s | ours at {}, posts/s | cost, times |\n"
      "| ---: | ---: | ---: | ---: |\n",
      size);
  for (const BatchSize& batch : kSizes) {
    Race(few, many, batch);
    const double posts = static_cast<double>(batch.posts * batch.rounds);
    fmt::print("| {} | {:.0f} | {:.0f} | {:.2f} |\n", batch.posts, posts / few.seconds,
               posts / many.seconds, many.seconds / few.seconds);
  }
}

void Compare(std::uint64_t largest) {
  fmt::print("A write of 100 bytes and its sync: {:.0f} µs\n\n", SyncMicroseconds());
  fmt::print(
      "| remembered | batch | ours, posts/s | SQLite, posts/s | ratio |\n"
      "| ---: | ---: | ---: | ---: | ---: |\n");
  const Folder ours_folder;
  const Folder sqlite_folder;
  std::uint64_t ours_next = 0;
  std::uint64_t sqlite_next = 0;
  std::string memory;
  for (std::uint64_t size = 10'000; size <= largest; size *= 10) {
    Warm ours(ours_folder.path(), ours_next, size);
    Contestant we = ours.Enter();
    memory += fmt::format("| {} | {:.0f} | {:.3f} | {:.1f} |\n", size, AnonymousMegabytes(),
                          ours.opening(), static_cast<double>(BytesIn(ours_folder.path())) / 1e6);
    Sqlite sqlite(sqlite_folder.path());
    Fill(sqlite, sqlite_next, size, Posts::kMixed);
    Contestant they{sqlite, sqlite_next};
    they.Run(they.MakeTurns(kWarmUp));
    for (const BatchSize& batch : kSizes) {
      Race(we, they, batch);
      const double posts = static_cast<double>(batch.posts * batch.rounds);
      fmt::print("| {} | {} | {:.0f} | {:.0f} | {:.2f} |\n", size, batch.posts, posts / we.seconds,
                 posts / they.seconds, they.seconds / we.seconds);
      std::fflush(stdout);
    }
  }
  fmt::print(
      "\n| remembered | anonymous memory, MB | opening, s | on disk, MB |\n"
      "| ---: | ---: | ---: | ---: |\n{}",
      memory);
  Grow(ours_folder.path(), ours_next);
}

// What a mentioning post's records are long, by kind, before tables leave out what keys have in
// common and compress the rest.
void Kinds() {
  const Folder folder;
  std::uint64_t next = 0;
  constexpr std::uint64_t kPosts = 100'000;
  {
    Ours ours(folder.path());
    Fill(ours, next, kPosts, Posts::kMixed);
  }
  const auto store = storage::Store::Open(folder.path(), storage::OpenMode::kReadOnly);
  std::map<std::string, std::uint64_t> bytes;
  std::map<std::string, std::uint64_t> records;
  if (!store || !(*store)->VisitRecords([&](std::string_view key, std::string_view value) {
        const std::string kind(key.substr(0, key.find('/')));
        bytes[kind] += key.size() + value.size();
        ++records[kind];
        return core::Result<void>{};
      })) {
    Die("the records cannot be read");
  }
  constexpr double kMentions = static_cast<double>(kPosts) / kMention;
  fmt::print(
      "\n| kind | records a mentioning post | bytes a mentioning post |\n| --- | ---: | ---: |\n");
  for (const auto& [kind, all] : bytes) {
    if (kind != "seen" && kind != "meta") {
      fmt::print("| {} | {:.1f} | {:.0f} |\n", kind, static_cast<double>(records[kind]) / kMentions,
                 static_cast<double>(all) / kMentions);
    }
  }
}

// Closed and opened again, so that what waits in the log is in tables.
std::uint64_t SizeOf(std::uint64_t posts, Posts kind) {
  const Folder folder;
  std::uint64_t next = 0;
  {
    Ours ours(folder.path());
    Fill(ours, next, posts, kind);
  }
  const Ours again(folder.path());
  return BytesIn(folder.path());
}

void Sizes() {
  constexpr std::uint64_t kPosts = 200'000;
  const auto plain = static_cast<double>(SizeOf(kPosts, Posts::kPlain));
  const auto mixed = static_cast<double>(SizeOf(kPosts, Posts::kMixed));
  fmt::print(
      "\nOn disk: {:.0f} bytes a plain seen mark, {:.0f} a mentioning post with its case, "
      "fingerprint, index and audit entries\n",
      plain / kPosts, (mixed - plain) / (kPosts / kMention));
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t largest = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  Compare(largest);
  Sizes();
  Kinds();
}
