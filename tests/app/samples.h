#pragma once

#include <string>
#include <vector>

#include "app/pipeline/judged_document.h"
#include "app/workspace.h"
#include "core/time.h"

namespace schoolwatch::app {

// A moment that tests call now.
core::Timestamp At(std::string_view rfc3339);

// A finding-worthy post of Quillbrook Academy: a possible allegation against an invented teacher.
JudgedPost Allegation(std::string id, std::string text, core::Severity severity);

// Mrs Ada Wren, the headteacher, as the only one to be told.
std::vector<config::Contact> HeadAlone();

// A document that holds `posts`.
JudgedDocument DocumentOf(std::vector<JudgedPost> posts);

// One school, one source, head and DSL, the shipped rules, templates and platforms. Without the
// second reader, so that what is said of a sample stays as it is when that learns something new.
Workspace TestWorkspace(std::string_view second_reader = "off");

}  // namespace schoolwatch::app
