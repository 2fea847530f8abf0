#include "app/commands/inspect.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/app/samples.h"

namespace schoolwatch::app {
namespace {

std::string Answer(ExitCode (*inspect)(std::istream&, std::ostream&), const std::string& lines) {
  std::istringstream in(lines);
  std::ostringstream out;
  EXPECT_EQ(inspect(in, out), ExitCode::kDone);
  return out.str();
}

TEST(InspectTest, ABadLineIsSaidAndTheOthersGoOn) {
  EXPECT_EQ(Answer(InspectUrl, "nonsense\n[1]\n\n{\"id\":3,\"url\":\"http://a.example\"}\n"),
            "{\"id\":null,\"error\":\"no JSON: syntax error\"}\n"
            "{\"id\":null,\"error\":\"a line must be a JSON object\"}\n"
            "{\"id\":3,\"url\":\"http://a.example/\",\"key\":\"http://a.example/\"}\n");
}

TEST(InspectTest, ABaseThatIsNoWebAddressIsNone) {
  EXPECT_EQ(
      Answer(InspectUrl, "{\"id\":1,\"url\":\"http://a.example/x\",\"base\":\"about:blank\"}\n"),
      "{\"id\":1,\"url\":\"http://a.example/x\",\"key\":\"http://a.example/x\"}\n");
}

TEST(InspectTest, ReadTakesBase64) {
  const auto read = [](std::istream& in, std::ostream& out) {
    static const crawler::EngineSet kNone;
    return InspectRead({.engines = kNone}, in, out);
  };
  const std::string answer = Answer(
      read,
      "{\"id\":\"f\",\"url\":\"http://a.example/feed\",\"content_type\":\"application/rss+xml\","
      "\"body_b64\":\"PHJzcyB2ZXJzaW9uPSIyLjAiPjxjaGFubmVsPjxpdGVtPjx0aXRsZT5IaTwvdGl0bGU+PGxpbms+"
      "aHR0cDovL2EuZXhhbXBsZS8xPC9saW5rPjwvaXRlbT48L2NoYW5uZWw+PC9yc3M+\"}\n"
      "{\"id\":\"g\",\"body_b64\":\"***\"}\n");
  EXPECT_NE(answer.find("\"kind\":\"feed\""), std::string::npos) << answer;
  EXPECT_NE(answer.find("\"title\":\"Hi\""), std::string::npos) << answer;
  EXPECT_NE(answer.find("{\"id\":\"g\",\"error\":\"'body_b64' is not base64\"}"), std::string::npos)
      << answer;
}

TEST(InspectTest, GroupJoinsCopiesAndEqualLinks) {
  std::istringstream in(
      "{\"id\":1,\"text\":\"Parents are angry about the lunch queue at the academy on Weir "
      "Road\"}\n"
      "{\"id\":2,\"text\":\"RT @x: Parents are angry about the lunch queue at the academy on Weir "
      "Road\"}\n"
      "{\"id\":3,\"text\":\"Lovely concert\",\"url\":\"http://a.example/1#c\"}\n"
      "{\"id\":4,\"text\":\"Quite another text\",\"url\":\"http://a.example/1\"}\n"
      "{\"id\":5}\n");
  std::ostringstream out;
  InspectGroup(Explanation::kNone, in, out);
  EXPECT_EQ(
      out.str(),
      "{\"id\":1,\"group\":\"g1\"}\n{\"id\":2,\"group\":\"g1\"}\n{\"id\":3,\"group\":\"g3\"}\n"
      "{\"id\":4,\"group\":\"g3\"}\n{\"id\":5,\"error\":\"'text' is missing or is no "
      "text\"}\n");
}

TEST(InspectTest, GroupExplainsWhatJoinsAndWhatKeepsApart) {
  std::istringstream in(
      "{\"id\":1,\"text\":\"I know that Mr Thrale took the money for the trip to the sea\"}\n"
      "{\"id\":2,\"text\":\"RT @x: I know that Mr Thrale took the money for the trip to the sea, "
      "all of it\"}\n"
      "{\"id\":3,\"text\":\"I know that Mr Reed took the money for the trip to the sea\"}\n"
      "{\"id\":4,\"text\":\"I know that Mr Thrale never took the money for the trip to the "
      "sea\"}\n"
      "{\"id\":5,\"text\":\"The hall is open on Sunday from ten to four for the fair of the "
      "friends\"}\n"
      "{\"id\":6,\"text\":\"The hall is open on Monday from ten to four for the fair of the "
      "friends\"}\n"
      "{\"id\":7,\"text\":\"Nobody else said a word\",\"url\":\"http://a.example/1\"}\n"
      "{\"id\":8,\"text\":\"Quite another text\",\"url\":\"http://a.example/1\"}\n");
  std::ostringstream out;
  InspectGroup(Explanation::kForPeople, in, out);
  std::vector<boost::json::object> rows{{}};
  std::istringstream lines(out.str());
  for (std::string line; std::getline(lines, line);) {
    rows.push_back(boost::json::parse(line).as_object());
  }
  ASSERT_EQ(rows.size(), 9u);
  const auto text = [](const auto& value) { return boost::json::serialize(value); };
  EXPECT_EQ(rows[2].at("group"), "g1");
  const boost::json::object& joined = rows[2].at("joined").as_object();
  EXPECT_EQ(text(joined.at("like")), "1");
  EXPECT_NE(text(joined.at("shared")).find("thrale took money"), std::string::npos)
      << text(joined.at("shared"));
  EXPECT_NE(text(joined.at("why")).find("words added before or behind"), std::string::npos);
  const auto apart = [&](std::size_t row) {
    const auto* found = rows[row].if_contains("kept_apart");
    return found != nullptr && !found->as_array().empty() ? text(found->as_array()[0]) : "";
  };
  EXPECT_NE(apart(3).find("but a name differs"), std::string::npos) << apart(3);
  EXPECT_NE(apart(3).find("\"only_here\":[\"reed (name)\"]"), std::string::npos) << apart(3);
  EXPECT_NE(apart(4).find("but a negation differs"), std::string::npos) << apart(4);
  EXPECT_NE(apart(4).find("never (negation)"), std::string::npos) << apart(4);
  EXPECT_NE(apart(6).find("but a day differs"), std::string::npos) << apart(6);
  EXPECT_NE(apart(6).find("monday (day)"), std::string::npos) << apart(6);
  EXPECT_EQ(rows[8].at("why"), "the same link");
  EXPECT_EQ(rows[8].at("group"), "g7");
}

TEST(InspectTest, JudgeSaysWhereTheWordsStand) {
  const Workspace workspace = TestWorkspace();
  std::istringstream in(
      "{\"id\":7,\"platform\":\"facebook\",\"text\":\"😡 Mr Thrale at Quillbrook Academy stole the "
      "money for the school trip\"}\n");
  std::ostringstream out;
  InspectJudge(*workspace.judge, Explanation::kNone, in, out);
  EXPECT_NE(out.str().find("\"mentions\":true"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("\"school\":\"quillbrook\""), std::string::npos);
  EXPECT_NE(out.str().find("\"defamatory\""), std::string::npos);
  EXPECT_NE(out.str().find("\"field\":\"text\""), std::string::npos);
}

}  // namespace
}  // namespace schoolwatch::app
