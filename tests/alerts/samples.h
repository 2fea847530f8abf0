#pragma once

#include <string>
#include <vector>

#include "alerts/alert.h"
#include "config/settings.h"
#include "core/finding.h"
#include "core/time.h"

// Findings and messages about the invented Quillbrook Academy.
namespace schoolwatch::alerts::testing {

core::Timestamp At(const char* rfc3339);

// A finding as the pipeline makes it: in the forum, by "GateWatcher", on 20 November 2026.
struct FindingSketch {
  std::string id = "f1";
  std::vector<core::Category> categories{core::Category::kSafeguarding};
  core::Severity severity = core::Severity::kUrgent;
  std::vector<std::string> topics{"threat", "weapon"};
  std::string title{};
  std::string text = "He says he will bring a knife to Quillbrook Academy tomorrow. Tell someone.";
  std::string hit = "bring a knife";  // Marked where it stands in the text.
};
core::Finding MakeFinding(const FindingSketch& sketch = {});
core::Case CaseOf(const core::Finding& finding, const std::string& id = "Q7F3-2K");

// One message to the DSL.
AlertBatch MakeBatch(std::vector<core::Finding> findings,
                     core::Delivery delivery = core::Delivery::kNow,
                     std::string_view reason = kReasonNew);

config::Contact Contact(std::string role, std::string name, std::string email);

// config/templates of the source tree.
std::string TemplatesFolder();

}  // namespace schoolwatch::alerts::testing
