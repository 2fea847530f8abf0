#include "crawler/platforms/look_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/crawler/platforms/plan_fixture.h"

namespace schoolwatch::crawler {
namespace {

using Meaning = AnswerMeaning;
using testing::ElementsAreArray;

struct LookCase {
  std::string name;
  std::string looks_at;  // Beside `posts` and `into`.
  std::vector<std::string> asked;
  int status = 200;
  std::string body;
  std::vector<Stands> stands;
  std::optional<Meaning> error{};
  bool whole = true;
};

constexpr char kList[] = "most: 5, list: /notes, shown: /notes/*/id";

class LookAnswerTest : public testing::TestWithParam<LookCase> {};

TEST_P(LookAnswerTest, TellsNoMoreThanItProves) {
  const LookCase& row = GetParam();
  const auto platform = MakePlatform(R"(
  again:
    title: Again
    answer: note
    request: {url: "https://{host}/notes"}
    looks_at: {posts: 'n[0-9]+', into: query.ids, )" +
                                     row.looks_at + "}\n");
  ASSERT_NE(platform, nullptr);
  ApiCall call;
  call.platform = platform;
  call.route = platform->FindRoute("again");
  for (const std::string& id : row.asked) {
    call.looks.push_back({"key of " + id, id, id});
  }
  LookAnswer answer{
      .call = &call, .status = row.status, .body = row.body, .whole = row.whole, .error = {}};
  if (row.error) {
    answer.error = AnswerError{*row.error, "words"};
  }
  EXPECT_THAT(ReadLook(answer), ElementsAreArray(row.stands));
}

constexpr Stands kYes = Stands::kYes;
constexpr Stands kNo = Stands::kNo;
constexpr Stands kUnknown = Stands::kUnknown;

INSTANTIATE_TEST_SUITE_P(
    Rows, LookAnswerTest,
    testing::Values(
        LookCase{"SomeAreThereAndOneIsNot",
                 kList,
                 {"n1", "n2", "n3"},
                 200,
                 R"({"notes":[{"id":"n3"},{"id":"n1"}]})",
                 {kYes, kNo, kYes}},
        LookCase{"NumbersAreIds",
                 "most: 5, list: /notes, shown: /notes/*/id",
                 {"12", "13"},
                 200,
                 R"({"notes":[{"id":12}]})",
                 {kYes, kNo}},
        LookCase{"AnEmptyListIsOne", kList, {"n1", "n2"}, 200, R"({"notes":[]})", {kNo, kNo}},
        LookCase{"TheWholeAnswerMayBeTheList",
                 R"(most: 5, list: "", shown: "/*/id")",
                 {"n1", "n2"},
                 200,
                 R"([{"id":"n2"}])",
                 {kNo, kYes}},
        LookCase{"AnswerOfAnotherFormProvesNothing",
                 kList,
                 {"n1"},
                 200,
                 R"({"message":"back soon"})",
                 {kUnknown}},
        LookCase{"AnObjectIsNoList", kList, {"n1"}, 200, R"({"notes":{}})", {kUnknown}},
        LookCase{"NorIsNull", kList, {"n1"}, 200, R"({"notes":null})", {kUnknown}},
        LookCase{"APageIsNoAnswer", kList, {"n1"}, 200, "<html>Sign in</html>", {kUnknown}},
        LookCase{"WhatWasCutOffMayHaveHeldIt",
                 kList,
                 {"n1", "n2"},
                 200,
                 R"({"notes":[{"id":"n1"}]})",
                 {kYes, kUnknown},
                 {},
                 false},
        LookCase{"ErrorsInWordsTellNothing",
                 kList,
                 {"n1"},
                 200,
                 R"({"notes":[],"error":"slow"})",
                 {kUnknown},
                 Meaning::kSlowDown},
        LookCase{"AListWithAServersErrorIsNone", kList, {"n1"}, 500, R"({"notes":[]})", {kUnknown}},
        LookCase{"NothingThereIsAnAnswerToOneQuestion",
                 kList,
                 {"n1"},
                 404,
                 R"({"error":"no such note"})",
                 {kNo},
                 Meaning::kNothingThere},
        LookCase{"NothingThereMayComeWithAnyStatus",
                 kList,
                 {"n1"},
                 400,
                 "{}",
                 {kNo},
                 Meaning::kNothingThere},
        LookCase{"OfSeveralItTellsNothing",
                 kList,
                 {"n1", "n2"},
                 404,
                 R"({"error":"no such note"})",
                 {kUnknown, kUnknown},
                 Meaning::kNothingThere},
        LookCase{"AStatusAloneTellsNothingUnlessTheFileSaysSo",
                 "list: /notes",
                 {"n1"},
                 404,
                 "",
                 {kUnknown}},
        LookCase{"ByStatus404", "by_status: true", {"n1"}, 404, "", {kNo}},
        LookCase{"ByStatus410", "by_status: true", {"n1"}, 410, "gone", {kNo}, Meaning::kOther},
        LookCase{"ByStatusNot403", "by_status: true", {"n1"}, 403, "", {kUnknown}},
        LookCase{"ByStatusNotWhereTheLoginEnded",
                 "by_status: true",
                 {"n1"},
                 404,
                 "",
                 {kUnknown},
                 Meaning::kDeadCredential},
        LookCase{"ADocumentWithoutItsIdIsNotIt",
                 "by_status: true, shown: /id",
                 {"n1"},
                 200,
                 R"({"id":"n2"})",
                 {kUnknown}},
        LookCase{"TheIdAloneShowsIt",
                 "by_status: true, shown: /id",
                 {"n1"},
                 200,
                 R"({"id":"n1"})",
                 {kYes}}),
    [](const testing::TestParamInfo<LookCase>& row) { return row.param.name; });

}  // namespace
}  // namespace schoolwatch::crawler
