#include "app/lost_evidence.h"

#include <fmt/format.h>

#include <cstddef>

#include "app/terminal.h"

namespace schoolwatch::app {
namespace {

std::size_t Sum(const storage::LostEvidence::Posts& posts) {
  std::size_t sum = 0;
  for (const auto& [case_id, number] : posts) {
    sum += number;
  }
  return sum;
}

}  // namespace

std::string DescribeCases(const storage::LostEvidence::Posts& posts) {
  std::string text;
  for (const auto& [case_id, number] : posts) {
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", case_id, Count(number, "post"));
  }
  return text;
}

std::string DescribeLostEvidence(const storage::LostEvidence& evidence) {
  std::string text;
  if (!evidence.lost.empty()) {
    text = fmt::format(
        "the evidence of {} is lost (the audit log says that it was kept, and not that "
        "anybody deleted it): {} {}",
        Count(Sum(evidence.lost), "post"), evidence.lost.size() == 1 ? "case" : "cases",
        DescribeCases(evidence.lost));
  }
  if (!evidence.unsure.empty()) {
    text += fmt::format(
        "{}there is no evidence of {}, and whether there was any the audit log cannot say, as "
        "entries or the key of it are lost: {} {}",
        text.empty() ? "" : "; ", Count(Sum(evidence.unsure), "post"),
        evidence.unsure.size() == 1 ? "case" : "cases", DescribeCases(evidence.unsure));
  }
  return text;
}

}  // namespace schoolwatch::app
