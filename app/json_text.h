#pragma once

#include <string>

#include "core/finding.h"
#include "core/judgement.h"
#include "core/post.h"
#include "crawler/readers/document.h"

namespace boost::json {
class object;
class value;
}  // namespace boost::json

namespace schoolwatch::app {

// The JSON that commands print: the field names are a contract (docs/reference.md). What is not
// known is left out of a post, but for `text`.
boost::json::object ToJson(const core::Post& post);
boost::json::object ToJson(const core::Judgement& judgement);
boost::json::object ToJson(const core::Finding& finding);
boost::json::object ToJson(const core::Case& one);
boost::json::object ToJson(const core::CaseEvent& event);
boost::json::object ToJson(const core::KeptExample& example);
boost::json::object ToJson(const crawler::Document& document);

}  // namespace schoolwatch::app
