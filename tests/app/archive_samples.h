#pragma once

#include "app/archive/case_archive.h"

namespace schoolwatch::app {

// A case of Quillbrook Academy with two posts, their evidence and six entries of the log.
CaseExport SampleExport();

}  // namespace schoolwatch::app
