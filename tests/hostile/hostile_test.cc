// usage: hostile_test SCHOOLWATCH PRELOAD [MEGABYTES]
//
// One run of the real program over all hosts of the table at once; then each row is looked up in
// what it printed.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/hostile/cases.h"
#include "tests/hostile/program_run.h"
#include "tests/hostile/server.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SW_SANITIZED 1
#else
#define SW_SANITIZED 0
#endif

namespace schoolwatch::hostile {
namespace {

// Some hosts never answer, so even an idle machine takes as long as they are waited for. A busy one
// takes longer; what the program itself may use is bounded beside.
constexpr std::chrono::seconds kPatience{400};
constexpr std::chrono::seconds kMaxProcessorTime{SW_SANITIZED ? 300 : 120};

std::filesystem::path program;
std::filesystem::path preload;
std::size_t max_megabytes = 256;

// The rows of this run: all, or those whose name holds the words of SW_HOSTILE_ONLY.
std::vector<Case> WantedCases(std::uint16_t port) {
  std::vector<Case> cases = AllCases(port);
  if (const char* only = std::getenv("SW_HOSTILE_ONLY"); only != nullptr) {
    std::erase_if(cases, [only](const Case& one) { return !one.name.contains(only); });
  }
  return cases;
}

// The run, made once.
class Everything {
 public:
  static Everything& Get() {
    static Everything everything;
    return everything;
  }

  const std::vector<Case>& cases() const { return cases_; }
  const ProgramRun& run() const { return run_; }
  const std::vector<Asked>& asked() const { return server_.asked(); }
  std::size_t mails() const { return mails_; }
  std::size_t crowded() const { return crowded_; }

 private:
  Everything() : server_([this](const Asked& asked) { return Answers(asked); }) {
    cases_ = WantedCases(server_.port(Opening::kPlain));
    for (const Case& one : cases_) {
      by_host_.emplace(one.name + ".example", &one);
    }
    std::string pattern = std::filesystem::temp_directory_path() / "schoolwatch-hostile-XXXXXX";
    const std::filesystem::path folder = mkdtemp(pattern.data());
    run_ = RunProgram(program, Configure(folder, 32), preload, folder, kPatience);
    AskAgain(folder);
    server_.Stop();
    if (std::filesystem::exists(folder / "out")) {
      for (const auto& entry : std::filesystem::directory_iterator(folder / "out")) {
        mails_ += entry.path().extension() == ".eml" ? 1u : 0u;
      }
    }
    if (const char* keep = std::getenv("SW_HOSTILE_KEEP"); keep != nullptr) {
      std::filesystem::copy(folder, keep,
                            std::filesystem::copy_options::recursive |
                                std::filesystem::copy_options::overwrite_existing);
    }
    std::filesystem::remove_all(folder);
  }

  Script Answers(const Asked& asked) const {
    const auto found = by_host_.find(asked.host);
    if (found == by_host_.end()) {
      return Answer(404, "");
    }
    const Case& one = *found->second;
    if (asked.target.starts_with("/robots.txt")) {
      return one.robots ? one.robots(asked) : Answer(404, "");
    }
    return one.site(asked);
  }

  // Which large bodies find no room beside the others is chance; asked one by one each is read, as
  // by the next run of an ordinary installation.
  void AskAgain(const std::filesystem::path& folder) {
    std::vector<std::string> arguments = Configure(folder, 1);
    std::erase(arguments, "--all");
    for (const auto& [name, lines] : run_.sources) {
      if (lines.trouble.contains("too many large bodies at once")) {
        arguments.insert(arguments.end(), {"--source", name});
        ++crowded_;
      }
    }
    if (crowded_ == 0 || !run_.in_time) {
      return;
    }
    ProgramRun again = RunProgram(program, arguments, preload, folder, kPatience);
    for (auto& [name, lines] : again.sources) {
      run_.sources[name] = lines;
    }
    run_.in_time = again.in_time;
    run_.exit_status = std::max(run_.exit_status, again.exit_status);
    run_.reached_time_limit = run_.reached_time_limit || again.reached_time_limit;
    run_.elapsed += again.elapsed;
    run_.processor_time += again.processor_time;
    run_.requests += again.requests;
    run_.peak_kilobytes = std::max(run_.peak_kilobytes, again.peak_kilobytes);
    run_.errors += again.errors;
    run_.output += again.output;
    run_.contacts = again.contacts;  // The file was appended to.
  }

  // Writes the configuration; returns the program's arguments.
  std::vector<std::string> Configure(const std::filesystem::path& folder,
                                     std::size_t max_in_flight) const {
    std::ofstream settings(folder / "schoolwatch.yaml");
    settings << fmt::format(
        "schools:\n"
        "  quillbrook:\n"
        "    name: Quillbrook Academy\n"
        "    town: Quillbrook\n"
        "    people: {{headteacher: Mrs Ada Wren, others: [Mr Silas Thrale]}}\n"
        "contacts:\n"
        "  - {{role: headteacher, name: Mrs Ada Wren, email: head@quillbrook.example}}\n"
        "  - {{role: dsl, name: Miss Noor Hadley, email: dsl@quillbrook.example}}\n"
        "alerts: {{channel: folder, from: watch@quillbrook.example, folder: {0}/out}}\n"
        "storage: {{folder: {0}/store}}\n"
        "crawl:\n"
        "  contact: it@quillbrook.example\n"
        "  page_gap: 0 ms\n"
        "  feed_gap: 0 ms\n"
        "  max_in_flight: {2}\n"
        "  timeouts: {{connect: 5 s, stalled: 6 s, answer: 20 s}}\n"
        "  allow_addresses: [{1}]\n"
        "limits: {{run_time: 5 min}}\n",
        folder.string(), kOtherAddress, max_in_flight);
    std::vector<std::string> arguments{"--config", folder, "run", "--all", "--json"};
    std::ofstream sources(folder / "sources.yaml");
    sources << "sources:\n";
    for (const Case& one : cases_) {
      const bool tls = one.opening != Opening::kPlain && one.opening != Opening::kNobody;
      const std::string host = one.name + ".example";
      const std::uint16_t port = server_.port(one.opening);
      sources << fmt::format("  {}: {{url: '{}://{}{}{}', platform: forum{}{}}}\n", one.name,
                             tls ? "https" : "http", host,
                             one.by_name ? ":" + std::to_string(port) : "", one.target,
                             one.keys.empty() ? "" : ", ", one.keys);
      if (!one.by_name) {
        arguments.emplace_back("--connect-to");
        arguments.push_back(fmt::format("{}:{}:127.0.0.1:{}", host, tls ? 443 : 80, port));
      }
    }
    return arguments;
  }

  Server server_;
  std::vector<Case> cases_;
  std::map<std::string, const Case*> by_host_;
  ProgramRun run_;
  std::size_t mails_ = 0;
  std::size_t crowded_ = 0;
};

std::string Describe(const SourceLines& lines) {
  std::string text = fmt::format("documents {}, failed {}, findings {}, trouble '{}'",
                                 lines.documents, lines.failed, lines.findings, lines.trouble);
  for (std::size_t i = 0; i < std::min<std::size_t>(lines.details.size(), 12); ++i) {
    text += "\n  " + lines.details[i];
  }
  return text;
}

bool Says(const SourceLines& lines, const std::string& words) {
  return std::ranges::any_of(lines.details,
                             [&](const std::string& detail) { return detail.contains(words); });
}

TEST(Hostile, TheRunEndsInTimeWithAnExitStatusOfTheContract) {
  const ProgramRun& run = Everything::Get().run();
  ASSERT_TRUE(run.in_time) << run.errors;
  EXPECT_TRUE(run.exit_status == 0 || run.exit_status == 1) << run.exit_status << run.errors;
  EXPECT_FALSE(run.reached_time_limit);
  EXPECT_LT(run.processor_time, kMaxProcessorTime);
  // No sanitizer's report and no internal error: only what a person should do about a source.
  std::istringstream errors(run.errors);
  for (std::string line; std::getline(errors, line);) {
    EXPECT_TRUE(line.starts_with("schoolwatch: source '")) << line;
  }
  const auto seconds = [](std::chrono::milliseconds time) {
    return std::chrono::duration<double>(time).count();
  };
  fmt::print(
      "{} hosts, {} requests, {:.1f} s, {:.1f} s of a processor, peak resident {} MB, {} mails, {} "
      "asked twice\n",
      Everything::Get().cases().size(), run.requests, seconds(run.elapsed),
      seconds(run.processor_time), run.peak_kilobytes / 1024, Everything::Get().mails(),
      Everything::Get().crowded());
}

TEST(Hostile, MemoryStaysWithinItsLimit) {
  if (SW_SANITIZED) {
    GTEST_SKIP() << "a sanitizer's own memory is not the product's";
  }
  EXPECT_GT(Everything::Get().run().peak_kilobytes, 0u);
  EXPECT_LT(Everything::Get().run().peak_kilobytes, max_megabytes * 1024);
}

TEST(Hostile, NothingButLoopbackIsContacted) {
  EXPECT_EQ(Everything::Get().run().contacts, std::vector<std::string>{});
}

TEST(Hostile, NoForbiddenAddressIsAsked) {
  std::set<std::string> hosts;
  for (const Case& one : Everything::Get().cases()) {
    hosts.insert(one.name + ".example");
  }
  for (const Asked& asked : Everything::Get().asked()) {
    EXPECT_TRUE(hosts.contains(asked.host)) << asked.host << asked.target;
  }
}

TEST(Hostile, EveryRequestSaysWhoWeAreAndNothingThatAServerGaveUs) {
  EXPECT_GT(Everything::Get().asked().size(), 0u);
  for (const Asked& asked : Everything::Get().asked()) {
    EXPECT_TRUE(asked.header.contains("it@quillbrook.example")) << asked.header;
    EXPECT_FALSE(asked.header.contains("Cookie:")) << asked.header;
    EXPECT_FALSE(asked.header.contains("Referer:")) << asked.header;
    EXPECT_FALSE(asked.header.contains("Authorization:")) << asked.header;
  }
}

TEST(Hostile, NothingOfThisMachineIsInWhatWasRead) {
  EXPECT_FALSE(Everything::Get().run().output.contains("root:x:"));
}

TEST(Hostile, ConcernsAreMailed) {
  if (std::ranges::find(Everything::Get().cases(), Outcome::kReported, &Case::outcome) ==
      Everything::Get().cases().end()) {
    GTEST_SKIP() << "no host of SW_HOSTILE_ONLY has one";
  }
  EXPECT_GT(Everything::Get().mails(), 0u);
}

void CheckCase(const Case& one) {
  const auto& sources = Everything::Get().run().sources;
  const auto found = sources.find(one.name);
  ASSERT_TRUE(found != sources.end()) << "is not in the output";
  const SourceLines& lines = found->second;
  const std::string what = one.does + "\n" + Describe(lines);
  switch (one.outcome) {
    case Outcome::kRead:
      EXPECT_GE(lines.documents, 1u) << what;
      EXPECT_EQ(lines.trouble, "") << what;
      break;
    case Outcome::kReported:
      EXPECT_GE(lines.documents, 1u) << what;
      EXPECT_EQ(lines.trouble, "") << what;
      EXPECT_GE(lines.findings, 1u) << what;
      break;
    case Outcome::kUnreadable:
      EXPECT_EQ(lines.documents, 1u) << what;
      EXPECT_EQ(lines.failed, 1u) << what;
      EXPECT_NE(lines.trouble, "") << what;
      EXPECT_TRUE(lines.trouble.contains(one.words)) << what;
      break;
    case Outcome::kFailed:
      EXPECT_EQ(lines.documents, 0u) << what;
      EXPECT_EQ(lines.failed, 1u) << what;
      EXPECT_NE(lines.trouble, "") << what;
      EXPECT_TRUE(lines.trouble.contains(one.words)) << what;
      break;
    case Outcome::kReadSafely:
      EXPECT_TRUE(lines.documents == 1 || Says(lines, one.words)) << what;
      break;
    case Outcome::kRefused:
      EXPECT_EQ(lines.documents, 0u) << what;
      EXPECT_TRUE(Says(lines, "refused")) << what;
      EXPECT_TRUE(Says(lines, one.words)) << what;
      break;
  }
  if (!one.note.empty()) {
    EXPECT_TRUE(Says(lines, one.note)) << what;
  }
}

class HostileCase : public testing::Test {
 public:
  explicit HostileCase(const Case& one) : one_(one) {}
  void TestBody() override { CheckCase(one_); }

 private:
  const Case one_;
};

// One test a row; the sweeps of resets share one each.
void RegisterCases() {
  for (const Case& one : WantedCases(0)) {
    testing::RegisterTest("HostileCase", one.name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [one]() -> HostileCase* { return new HostileCase(one); });
  }
}

}  // namespace
}  // namespace schoolwatch::hostile

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 3 && argc != 4) {
    fmt::print(stderr, "usage: hostile_test SCHOOLWATCH PRELOAD [MEGABYTES]\n");
    return 2;
  }
  schoolwatch::hostile::program = std::filesystem::absolute(argv[1]);
  schoolwatch::hostile::preload = std::filesystem::absolute(argv[2]);
  if (argc == 4) {
    schoolwatch::hostile::max_megabytes = std::strtoul(argv[3], nullptr, 10);
  }
  schoolwatch::hostile::RegisterCases();
  return RUN_ALL_TESTS();
}
