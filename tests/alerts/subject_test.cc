#include "alerts/subject.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using core::Category;
using core::Delivery;
using core::Severity;

struct SubjectCase {
  const char* name;
  Category category;
  Severity severity;
  Delivery delivery;
  std::string_view reason;
  const char* subject;
};
class SubjectTest : public ::testing::TestWithParam<SubjectCase> {};

TEST_P(SubjectTest, HoldsPriorityCategorySchoolAndCase) {
  const SubjectCase& row = GetParam();
  const AlertBatch batch = testing::MakeBatch(
      {testing::MakeFinding({.categories = {row.category}, .severity = row.severity})},
      row.delivery, row.reason);
  EXPECT_EQ(SubjectOf(batch, "Quillbrook Academy", "Q7F3-2K"), row.subject);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SubjectTest,
    ::testing::Values(
        SubjectCase{"New", Category::kSafeguarding, Severity::kUrgent, Delivery::kNow, kReasonNew,
                    "Urgent: possible safeguarding concern – Quillbrook Academy [Q7F3-2K]"},
        SubjectCase{
            "Worse", Category::kSafeguarding, Severity::kHigh, Delivery::kNow, kReasonWorse,
            "High, now more serious: possible safeguarding concern – Quillbrook Academy [Q7F3-2K]"},
        SubjectCase{"Growing", Category::kDefamatory, Severity::kMedium, Delivery::kNow,
                    kReasonGrowing,
                    "Medium, growing fast: possible allegation of fact – Quillbrook Academy "
                    "[Q7F3-2K]"},
        SubjectCase{"Edited", Category::kSafeguarding, Severity::kHigh, Delivery::kNow,
                    kReasonEdited,
                    "High, edited: possible safeguarding concern – Quillbrook Academy [Q7F3-2K]"},
        SubjectCase{"Reopened", Category::kSafeguarding, Severity::kHigh, Delivery::kNow,
                    kReasonReopened,
                    "High, open again: possible safeguarding concern – Quillbrook Academy "
                    "[Q7F3-2K]"},
        SubjectCase{"Summary", Category::kSafeguarding, Severity::kHigh, Delivery::kSummary,
                    kReasonMore,
                    "High, more posts: possible safeguarding concern – Quillbrook Academy "
                    "[Q7F3-2K]"},
        SubjectCase{"Backlog", Category::kReputational, Severity::kLow, Delivery::kBacklog,
                    kReasonBacklog,
                    "From before watching began: 1 post, highest low: possible concern for the "
                    "school's reputation – Quillbrook Academy"},
        SubjectCase{"Nobody", Category::kSafeguarding, Severity::kUrgent, Delivery::kNow,
                    kReasonNobody,
                    "A case that only you can pass on – Quillbrook Academy [Q7F3-2K]"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(SubjectOfTest, OfSeveralReasonsTheOneThatSaysMost) {
  AlertBatch batch = testing::MakeBatch(
      {testing::MakeFinding(), testing::MakeFinding({.id = "f2"})}, Delivery::kNow, kReasonMore);
  batch.entries[1].reason = std::string(kReasonWorse);
  EXPECT_EQ(SubjectOf(batch, "Quillbrook Academy", "Q7F3-2K"),
            "Urgent, now more serious: possible safeguarding concern – Quillbrook Academy "
            "[Q7F3-2K]");
}

}  // namespace
}  // namespace schoolwatch::alerts
